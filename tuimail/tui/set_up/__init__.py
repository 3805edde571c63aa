"""What the pane that sets an account up shows."""
