"""A whole message that was handed in, read into what a draft can say."""
