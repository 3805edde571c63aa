"""Mail APIs that are told apart by a file of data each."""
