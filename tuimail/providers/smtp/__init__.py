"""Submission over SMTP (RFC 6409)."""
