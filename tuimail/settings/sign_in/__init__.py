"""Signing in at a service once, so that it hands out tokens from then on."""
