"""What people configure: files, variables and secrets."""
