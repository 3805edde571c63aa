"""Short time limits, and the certificate authority of the SMTP tests."""

from datetime import timedelta

from tuimail.providers.http.request import HttpLimits
from tuimail.testing import Drip, Hang, Say, WebAct, WebScript

SHORT = timedelta(milliseconds=150)
QUICK = HttpLimits(connect=SHORT, block=SHORT, reply=SHORT)


def patience(*acts: WebAct, script: WebScript | None = None) -> HttpLimits:
    """Return short limits for a server that will never answer, else the usual."""
    found = [*acts, *(script or {}).values()]
    nested = [
        one for act in found for one in (act if isinstance(act, tuple) else [act])
    ]
    ends_in_silence = isinstance(nested[-1], Hang | Drip | Say) if nested else False
    return QUICK if ends_in_silence else HttpLimits()
