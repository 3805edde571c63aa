"""A message as bytes: parts, headers and encodings, written and read back."""
