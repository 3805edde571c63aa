"""HTML as mail uses it: read as text, made, cleaned, looked through."""
