"""What a careful reader would notice about a draft, one file an area."""
