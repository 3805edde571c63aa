"""A filled workspace and a mail server, to try things with."""
