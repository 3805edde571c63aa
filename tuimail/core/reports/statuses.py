"""The part of a report that programs read: fields about each recipient (RFC 3464).

Only what has a form is believed: a word for the action, digits for the status.
Prose is never looked into. What servers get wrong is put up with where there is
one way to understand it.

Pure.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from tuimail.core.characters import on_one_line, storable
from tuimail.core.patterns import regex
from tuimail.core.reports.parts import Fields, read_fields
from tuimail.core.reports.report import Action, Fate
from tuimail.core.status import enhanced_code

FATES_LIMIT: Final = 1_000
"""Recipients that one report is read about: no server takes more of a mail at once."""
REPLY_LIMIT: Final = 1_000
"""Characters of a server's reply that are kept."""
NAME_LIMIT: Final = 255
ADDRESS_LIMIT: Final = 500

_ORIGINAL: Final = "original-recipient"
_FINAL: Final = "final-recipient"
_OF_THE_MESSAGE: Final = ("reporting-mta", "arrival-date", "original-envelope-id")
_WORD: Final = regex(r"[a-z]+")
_STATUS: Final = regex(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_TYPE: Final = regex(r"[A-Za-z0-9-]{1,40} ?; ?")
_XTEXT: Final = regex(r"\+([0-9A-F]{2})")
_UNICODE: Final = regex(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_HIGHEST: Final = 0x10FFFF
_BY_CLASS: Final = {"5": Action.FAILED, "4": Action.DELAYED}
_UNSPECIFIC: Final = ".0.0"
"""How a status ends that says no more than its class (RFC 3463 §3.1)."""


def read_fates(text: str) -> tuple[str, tuple[Fate, ...]]:
    """Return the envelope id, or nothing, and what became of each recipient.

    Args:
        text: The content of a ``message/delivery-status`` part.
    """
    message: dict[str, str] = {}
    fates: list[Fate] = []
    for fields in _groups(text):
        for name in _OF_THE_MESSAGE:
            message.setdefault(name, fields.get(name, ""))
        if len(fates) < FATES_LIMIT:
            fates += _fate(fields, message)
    return message.get("original-envelope-id", "")[:ADDRESS_LIMIT], tuple(fates)


def _groups(text: str) -> Iterator[Fields]:
    """Yield the groups of fields; an empty line ends one, if it was not forgotten."""
    lines: list[str] = []
    seen: set[str] = set()
    for line in text.split("\n"):
        name = line.partition(":")[0].rstrip().lower()
        if not line.strip() or name in seen:
            yield read_fields("\n".join(lines))
            lines, seen = [], set()
        if name in {_ORIGINAL, _FINAL}:
            seen.add(name)
        lines.append(line)
    yield read_fields("\n".join(lines))


def _fate(fields: Fields, message: Fields) -> Iterator[Fate]:
    """Yield what a group says, if it is about somebody and says something."""
    reply = _untyped(fields.get("diagnostic-code", ""))
    status = _status(fields.get("status", ""), reply)
    action = _action(fields.get("action", ""), status)
    addresses = tuple(_addresses(fields))
    if addresses and action is not None:
        server = fields.get("remote-mta") or message.get("reporting-mta", "")
        yield Fate(
            addresses=addresses,
            action=action,
            status=status,
            reply=_shown(reply, REPLY_LIMIT),
            server=_shown(_untyped(server), NAME_LIMIT),
            digest=_digest(fields, message),
        )


def _action(said: str, status: str) -> Action | None:
    found = _WORD.match(said.lower())
    if found is not None and found[0] in set(Action):
        return Action(found[0])
    return _BY_CLASS.get(status[:1])


def _status(said: str, reply: str) -> str:
    """Return the code that says most: some servers give theirs in the reply only."""
    found = _STATUS.search(said)
    status = found[0] if found is not None else ""
    better = enhanced_code(reply)
    if not status or (status.endswith(_UNSPECIFIC) and better[:1] == status[:1]):
        return better
    return status


def _addresses(fields: Fields) -> Iterator[str]:
    """Yield every reading of whom a group is about, the sender's own word first."""
    for name in (_ORIGINAL, _FINAL):
        written = _untyped(fields.get(name, "")).strip("<> ")
        if "@" in written and len(written) <= ADDRESS_LIMIT:
            for one in dict.fromkeys((written, _from_xtext(written))):
                yield storable(_UNICODE.sub(_character, one))


def _from_xtext(written: str) -> str:
    """Undo RFC 3461 §4, which a server should have undone; most addresses have none."""
    escaped = _XTEXT.sub(r"%\1", written.replace("%", "%25"))
    return unquote_to_bytes(escaped).decode("utf-8", "replace")


def _character(found: re.Match[str]) -> str:
    """Undo RFC 6533 §3."""
    number = int(found[1], 16)
    return chr(number) if number <= _HIGHEST else found[0]


def _untyped(value: str) -> str:
    """Return a value without the word for its type that stands before it."""
    found = _TYPE.match(value)
    return value[found.end() :] if found is not None else value


def _shown(text: str, limit: int) -> str:
    return on_one_line(storable(text))[:limit]


def _digest(fields: Fields, message: Fields) -> str:
    said = [sorted(fields.items()), sorted(message.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
