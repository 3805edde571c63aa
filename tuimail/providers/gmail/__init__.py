"""Gmail's own API as a way out, through Google's client library."""
