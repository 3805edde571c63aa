"""What is kept on disk: the only SQL and the only maildir code."""
