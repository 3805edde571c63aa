"""What mail is and may do: pure functions and values, without any I/O."""
