"""The way out through Amazon SES (API version 2)."""
