"""An answer without the secrets that were shown to get it.

Some services repeat a token in the error about it, or all of the request on a page for
those who look for mistakes; and answers are kept, for people to read. Pure.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from tuimail.core.values import replace
from tuimail.providers.failures import REDACTED
from tuimail.providers.http.request import Exchanged


def without(found: Exchanged, *secrets: str) -> Exchanged:
    """Return ``found`` without ``secrets``, in its body and in its headers.

    Also as JSON, addresses and HTML write them; and without the beginning of one
    where the answer broke off.
    """
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            found = _without_one(found, secret)
    return found


def _without_one(found: Exchanged, secret: str) -> Exchanged:
    pattern = "".join(map(_written, secret))
    struck_out = partial(re.compile(pattern).sub, REDACTED)
    body = re.sub(pattern.encode(), REDACTED.encode(), found.body)
    if not found.is_complete:
        body = _without_beginning(body, secret.encode())
    headers = {name: struck_out(value) for name, value in found.headers.items()}
    return replace(found, body=body, headers=headers)


def _written(one: str) -> str:
    """Return a pattern for every way in which a character is written."""
    if one.isalnum():
        return one
    return "|".join(_ways(one)).join(("(?:", ")"))


def _ways(one: str) -> Iterator[str]:
    """Yield patterns, longer ones first; JSON within JSON has more backslashes."""
    code = f"(?i:{ord(one):02x})"
    yield rf"\\+u00{code}"
    yield rf"\\*{re.escape(one)}"
    yield f"%{code}"
    yield f"&#0*{ord(one)};"
    yield f"&#[xX]0*{code};"
    if one in _NAMED:
        yield f"&{_NAMED[one]};"
    if one == " ":
        yield r"\+"


def _without_beginning(body: bytes, secret: bytes) -> bytes:
    """Return ``body`` without a part of the secret that nothing came after."""
    for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
        if body.endswith(secret[:length]):
            return body[:-length] + REDACTED.encode()
    return body


SHORTEST_SECRET: Final = 6
"""Characters; a shorter one is none, and may be part of any word."""
_NAMED: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
"""How HTML names characters that mean something to it."""
