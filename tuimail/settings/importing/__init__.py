"""What other programs are set up with, read so that it need not be typed again."""
