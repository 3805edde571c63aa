"""What fits tuimail into other people's frameworks; imported only where named."""
