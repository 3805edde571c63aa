"""Mail with blanks, and the data that fills them in."""
