"""The door for programs that speak HTTP: on a Unix socket, or on the loopback."""
