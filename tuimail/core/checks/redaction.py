"""Findings without the secrets that they quote.

Most checks quote the mail: a link, hidden words, the name of a file. What they
quote goes into the journal and onto a screen that others may see, so it is told
here as the finding about a secret tells it.

Pure.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from tuimail.core.checks import cards, secrets
from tuimail.core.finding import PLACE_LIMIT, Finding
from tuimail.core.patterns import regex
from tuimail.core.values import replace

_BETWEEN: Final = "\n\0\n"
"""No part of a secret, nor of the words before one that make it something else."""
_KEY_BODY: Final = regex(r"(PRIVATE[ \n]KEY(?: BLOCK)? ?-{4,5})[^-]+")


def without_secrets(finding: Finding, values: Iterable[str]) -> Finding:
    """Return ``finding`` with every secret cut down to how it begins.

    Args:
        finding: Of any check.
        values: Secrets that were found in the mail: out of their place, a password
            does not look like one.
    """
    whole = _BETWEEN.join((finding.message, finding.hint, finding.place))
    if masked(whole, values) == whole:
        return finding
    return replace(
        finding,
        message=masked(finding.message, values),
        hint=masked(finding.hint, values),
        place=masked(finding.place, values)[:PLACE_LIMIT],
    )


def masked(text: str, values: Iterable[str] = ()) -> str:
    """Return ``text`` without secrets, even those that are percent-encoded."""
    text = _masked(text, values)
    decoded = unquote(text) if "%" in text else text
    if decoded == text:
        return text
    clean = _masked(decoded, values)
    return text if clean == decoded else clean


def _masked(text: str, values: Iterable[str]) -> str:
    for value in values:
        if value in text:
            text = text.replace(value, secrets.redacted(value))
    text = cards.masked(secrets.masked(text))
    return _KEY_BODY.sub(r"\1 …", text) if "PRIVATE" in text else text
