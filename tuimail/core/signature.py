"""A signature under what somebody wrote, where readers' programs look for it.

In plain text it follows a line with two hyphens and a space (RFC 3676 §4.3), by
which programs know what to leave out of an answer.

Pure.
"""

import html
import re
from typing import Final

SEPARATOR: Final = "-- "
_SIGNED: Final = re.compile(r"^--[ ]?$", re.MULTILINE)


def is_signed(text: str) -> bool:
    """Return whether ``text`` has a signature under it."""
    return _SIGNED.search(text) is not None


def unsigned(text: str) -> str:
    """Return ``text`` without the signature under it."""
    found = _SIGNED.search(text)
    return text[: found.start()] if found else text


def signed_text(text: str, signature: str) -> str:
    """Return ``text`` with ``signature`` under it."""
    if not signature:
        return text
    start = f"{text.rstrip()}\n\n" if text.strip() else "\n"
    return f"{start}{SEPARATOR}\n{signature}\n"


def signed_html(source: str, signature: str) -> str:
    """Return HTML with ``signature`` at the end of what is shown."""
    if not signature or not source.strip():
        return source
    lines = "<br>\n".join(html.escape(line) for line in signature.split("\n"))
    block = f'\n<div class="signature">{SEPARATOR}<br>\n{lines}</div>\n'
    end = source.lower().rfind("</body")
    return source + block if end < 0 else source[:end] + block + source[end:]
