"""The SMTP door: programs hand in mail as they would to a mail server."""
