"""The way out through one's own Cloudflare temp email service."""
