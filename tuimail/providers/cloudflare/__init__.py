"""The way out through Cloudflare Email Service."""
