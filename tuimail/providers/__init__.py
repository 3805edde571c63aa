"""Ways out: one file a service, none of which sees the database."""
