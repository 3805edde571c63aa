"""One mail while its envelope is told: MAIL and RCPT, read strictly.

RFC 5321 §4.1.2, with the parameters of SIZE (RFC 1870), 8BITMIME (RFC 6152),
SMTPUTF8 (RFC 6531), AUTH (RFC 4954) and DSN (RFC 3461).

Pure.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tuimail.core.address import parse_address, wire_address
from tuimail.core.patterns import regex
from tuimail.errors import AddressError
from tuimail.intake.smtp.limits import Limits
from tuimail.intake.smtp.replies import Complete, RefusalError, lines

_PATH: Final = regex(
    r'[ \t]*(?:<(?P<path>(?:"(?:[^"\\]|\\.)*+"|[^"<>])*+)>|(?P<bare>[^\s<>"]++))'
    r"(?P<rest>[ \t].*)?"
)
_ROUTE: Final = regex(r"@[^:]*:")
"""Servers on the way, which RFC 5321 §4.1.1.3 says to leave out."""
_PARAMETER: Final = regex(r"([A-Za-z0-9][A-Za-z0-9-]*+)(?:=([!-<>-~]++))?")
_LOCAL_NAME: Final = regex(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")
_XTEXT: Final = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})"
_EVENT: Final = "(?:SUCCESS|FAILURE|DELAY)"
_VALUES: Final[Mapping[str, re.Pattern[str]]] = {
    name: regex(pattern, re.IGNORECASE)
    for name, pattern in {
        "SIZE": "[0-9]{1,20}",
        "BODY": "7BIT|8BITMIME",
        "SMTPUTF8": "",
        "AUTH": ".+",
        "RET": "FULL|HDRS",
        "ENVID": f"{_XTEXT}{{1,100}}",
        "NOTIFY": f"NEVER|{_EVENT}(?:,{_EVENT}){{0,2}}",
        "ORCPT": f"[A-Z0-9-]+;{_XTEXT}{{1,500}}",
    }.items()
}
"""What a parameter may say; without a value it is the empty text."""
_OF_MAIL: Final = frozenset({"SIZE", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID"})
_OF_RCPT: Final = frozenset({"NOTIFY", "ORCPT"})

_SHOWN: Final = 3
"""Recipients that are named in a note."""
SYNTAX_MAIL: Final = "501 5.5.4 Write MAIL FROM:<address>"
SYNTAX_RCPT: Final = "501 5.5.4 Write RCPT TO:<address>"


class Envelope:
    """Whom one mail is from and for, as it is told."""

    def __init__(self, limits: Limits, *, takes_names: bool = False) -> None:
        self.sender: str | None = None
        """Where reports go; empty for a report, None before it is told."""
        self._recipients: dict[str, str] = {}
        self._limits = limits
        self._takes_names = takes_names
        self._asked: list[str] = []

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody it is for, in the order told, none twice."""
        return tuple(self._recipients)

    @property
    def note(self) -> str:
        """What was asked of servers on the way, in words for the reviewer."""
        asked = [*self._asked, *self._reports()]
        return f"Asked for reports: {'; '.join(asked)}" if asked else ""

    def _reports(self) -> Iterator[str]:
        """Yield each wish, with the first few it is about."""
        for how in sorted({how for how in self._recipients.values() if how}):
            about = [to for to, wish in self._recipients.items() if wish == how]
            more = len(about) - _SHOWN
            rest = f" and {more} more" if more > 0 else ""
            yield f"NOTIFY={how} for {', '.join(about[:_SHOWN])}{rest}"

    def mail(self, argument: str, *, is_extended: bool) -> str:
        """Return the reply to MAIL.

        Raises:
            RefusalError: It is not understood, or cannot be done.
        """
        if self.sender is not None:
            raise RefusalError("503 5.5.1 One MAIL at a time; RSET forgets it")
        path, rest = _split(argument, "FROM:", SYNTAX_MAIL)
        parameters = _parameters(rest, _OF_MAIL, is_extended=is_extended)
        _check_values(parameters)
        if int(parameters.get("SIZE", "0")) > self._limits.message_bytes:
            raise RefusalError(too_big(self._limits))
        self.sender = self._address(path, "from") if path else ""
        self._asked = [
            f"{name}={_shown(parameters[name])}"
            for name in ("RET", "ENVID")
            if name in parameters
        ]
        return "250 2.1.0 Ok"

    def rcpt(self, argument: str, *, is_extended: bool) -> str:
        """Return the reply to RCPT.

        Raises:
            RefusalError: It is not understood, or nobody mail can go to.
        """
        if self.sender is None:
            raise RefusalError("503 5.5.1 Say MAIL first")
        path, rest = _split(argument, "TO:", SYNTAX_RCPT)
        parameters = _parameters(rest, _OF_RCPT, is_extended=is_extended)
        _check_values(parameters)
        recipient = self._address(path, "to")
        if len(self._recipients) >= self._limits.recipients:
            raise RefusalError("452 4.5.3 Too many recipients for one mail")
        self._recipients.setdefault(recipient, parameters.get("NOTIFY", "").upper())
        return "250 2.1.5 Ok"

    def require_complete(self, argument: str) -> None:
        """Refuse DATA before there is somebody that the mail is for.

        Raises:
            RefusalError: It says what is missing.
        """
        if not self._recipients:
            raise RefusalError("503 5.5.1 Say RCPT first, and be answered 250")
        if argument:
            raise RefusalError("501 5.5.4 DATA takes nothing")

    def _address(self, path: str, field: str) -> str:
        if self._takes_names and _LOCAL_NAME.fullmatch(path):
            return path
        try:
            return wire_address(parse_address(_ROUTE.sub("", path, 1), field=field))
        except AddressError as error:
            enhanced = "5.1.7" if field == "from" else "5.1.3"
            raise _refused("553", enhanced, error) from None


def too_big(limits: Limits) -> str:
    """Return the reply to a message that is too long."""
    return f"552 5.3.4 A message may have {limits.message_bytes} bytes"


def _refused(code: str, enhanced: str, error: AddressError) -> RefusalError:
    reply: Complete = lines(code, enhanced, str(error), error.hint)
    return RefusalError(reply)


def _split(argument: str, keyword: str, syntax: str) -> tuple[str, str]:
    """Return the path after ``keyword``, and the parameters after that."""
    if argument[: len(keyword)].upper() != keyword:
        raise RefusalError(syntax)
    found = _PATH.fullmatch(argument, len(keyword))
    if found is None:
        raise RefusalError(syntax)
    path = found["path"] if found["bare"] is None else found["bare"]
    return path, found["rest"] or ""


def _parameters(
    text: str, known: Collection[str], *, is_extended: bool
) -> dict[str, str]:
    """Return the parameters in ``text``: upper-case names, and their values.

    Raises:
        RefusalError: One is malformed, unknown or there twice (RFC 5321 §4.1.1.11).
    """
    found: dict[str, str] = {}
    for word in text.split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None:
            raise RefusalError("501 5.5.4 A parameter is NAME or NAME=VALUE")
        name = parameter[1].upper()
        if name not in known or not is_extended:
            raise RefusalError(f"555 5.5.4 The parameter {name[:40]} is not known here")
        if name in found:
            raise RefusalError(f"501 5.5.4 The parameter {name} is there twice")
        found[name] = parameter[2] or ""
    return found


def _check_values(parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        if not _VALUES[name].fullmatch(value):
            raise RefusalError(f"501 5.5.4 The parameter {name} cannot have that value")


def _shown(value: str) -> str:
    """Return a value with its ``+41`` read (RFC 3461 §4), as far as it is ASCII."""
    return re.sub(
        r"\+([2-7][0-9A-F])", lambda found: chr(int(found[1], 16)), value
    ).replace("\x7f", "+7F")
