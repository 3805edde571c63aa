"""What other servers report about mail that was sent (RFC 3464, RFC 6522)."""
