"""What the SMTP door answers: one text for each reply, complete and harmless.

Every reply carries an enhanced code (RFC 2034, RFC 3463), but for the greeting,
the answers to HELO and EHLO, and requests to go on. A reply is ASCII and inert,
whatever it quotes: it ends on somebody's terminal.

Pure.
"""

import textwrap
from collections.abc import Mapping
from typing import Final

from tuimail.core.display import display
from tuimail.errors import (
    AddressError,
    AuthenticationError,
    ConfigurationError,
    FullDiskError,
    InputError,
    NotAllowedError,
    StoreError,
    TooManyError,
    TuimailError,
    UnsupportedFeatureError,
)

GREETING: Final = "220"
OK: Final = "250 2.0.0 Ok"
CLOSING: Final = "421 4.3.2 The door is being closed, come back later"
CROWDED: Final = "421 4.3.2 Too many connections, come back later"
IDLE: Final = "421 4.4.2 Nothing was heard for too long"
LATE: Final = "421 4.7.0 Nobody logged in for too long"
MISTAKEN: Final = "421 4.7.0 Too many mistakes on one connection"
NOT_HTTP: Final = "421 4.7.0 This is SMTP and no web server"
UNHEARD: Final = "451 4.3.0 A mistake in tuimail: nothing was taken, try again later"

_LINE_LIMIT: Final = 400
"""Characters of text on one line; RFC 5321 §4.5.3.1.5 allows 512 with all else."""
_USUAL_CODES: Final[Mapping[str, str]] = {
    "221": "2.0.0", "250": "2.0.0", "252": "2.5.2", "421": "4.3.0",
    "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "504": "5.5.4",
}  # fmt: skip
"""Of the replies that the library words."""
_BY_ERROR: Final[tuple[tuple[type[TuimailError], str, str], ...]] = (
    (AuthenticationError, "535", "5.7.8"),
    (TooManyError, "451", "4.7.1"),
    (FullDiskError, "452", "4.3.1"),
    (StoreError, "451", "4.3.0"),
    (ConfigurationError, "451", "4.3.5"),
    (NotAllowedError, "550", "5.7.1"),
    (AddressError, "553", "5.1.3"),
    (UnsupportedFeatureError, "554", "5.3.3"),
    (InputError, "554", "5.6.0"),
    (TuimailError, "554", "5.0.0"),
)
"""The first that fits. What a person can mend without the program is 4yz: it is
to try again."""
_IN_ASCII: Final = {0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'", 0x2026: "..."}
"""Quotation marks, and what stands for more, in our own sentences."""


class RefusalError(Exception):
    """A command is answered with a refusal, and nothing else comes of it."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class Complete(str):
    """A reply that has all it needs, on one line or several."""

    __slots__ = ()


def complete(reply: str) -> Complete:
    """Return ``reply`` of one line with an enhanced code, if it has none."""
    if isinstance(reply, Complete):
        return reply
    code, _, text = reply.partition(" ")
    if code[0] in "245" and code != GREETING and not _is_enhanced(text):
        text = f"{_USUAL_CODES.get(code, code[0] + '.0.0')} {text}"
    return Complete(f"{code} {_harmless(text)[:_LINE_LIMIT]}")


def refusal(error: TuimailError, *, is_login: bool = False) -> Complete:
    """Return how an error is told: its sentence, and what to do about it.

    Args:
        error: Why nothing was taken.
        is_login: Whether somebody asked to be let in: what may not be done is
            then said as a login that failed (RFC 4954 §6).
    """
    code, enhanced = next(
        (code, enhanced)
        for kind, code, enhanced in _BY_ERROR
        if isinstance(error, kind)
    )
    if is_login:
        code, enhanced = _of_a_login(code, enhanced)
    return lines(code, enhanced, str(error), error.hint)


def lines(code: str, enhanced: str, *texts: str) -> Complete:
    """Return a reply of as many lines as its texts need."""
    found = [
        line for text in texts for line in textwrap.wrap(_harmless(text), _LINE_LIMIT)
    ] or [""]
    *before, last = (f"{enhanced} {line}" for line in found)
    return Complete(
        "\r\n".join([*(f"{code}-{one}" for one in before), f"{code} {last}"])
    )


def _of_a_login(code: str, enhanced: str) -> tuple[str, str]:
    """Return the codes of RFC 4954: 454 is for later, 535 for never."""
    return ("454", enhanced) if code.startswith("4") else ("535", enhanced)


def _is_enhanced(text: str) -> bool:
    numbers = text.partition(" ")[0].split(".")
    return len(numbers) == len(("class", "subject", "detail")) and all(
        number.isdecimal() for number in numbers
    )


def _harmless(text: str) -> str:
    """Return ``text`` in ASCII, without anything that acts on a terminal."""
    found = display(text).translate(_IN_ASCII)
    return found.encode("ascii", "backslashreplace").decode()
