"""Short time limits, and the certificate authority of the SMTP tests."""

from datetime import timedelta

from tuimail.providers.http.request import HttpLimits

SHORT = timedelta(milliseconds=150)
QUICK = HttpLimits(connect=SHORT, block=SHORT, reply=SHORT)
