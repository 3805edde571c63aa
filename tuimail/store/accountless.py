"""What is typed before there is an account that it could be from.

No draft can hold it, because a draft says whom it is from. It is as durable as a
working copy, and nothing else. Each program has one of its own, so that nobody
writes over what another window shows.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.facts import Facts
from tuimail.store.instants import instant, instant_text

_PREFIX: Final = "typed without an account: "


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountlessCopy:
    """What one program shows of a mail that can be from nobody yet."""

    writer: str
    """The program."""
    fields: Mapping[str, str]
    """What was typed, by field."""
    place: str
    """Where the cursor stood, in the words of the face that wrote it."""
    saved_at: datetime


class AccountlessCopies:
    """Reads and writes them; writes are in the caller's transaction."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def keep(self, copy: AccountlessCopy) -> None:
        """Store ``copy`` in place of what its program stored before."""
        value = {
            "fields": dict(copy.fields),
            "place": copy.place,
            "saved_at": instant_text(copy.saved_at),
        }
        text = json.dumps(value, ensure_ascii=False)
        self._facts.set(_PREFIX + copy.writer, text)

    def newest(self) -> tuple[AccountlessCopy, ...]:
        """Return all of them, the newest first."""
        found = self._facts.beginning(_PREFIX)
        copies = [
            _copy(name.removeprefix(_PREFIX), value) for name, value in found.items()
        ]
        return tuple(sorted(copies, key=lambda one: one.saved_at, reverse=True))

    def drop(self, writer: str) -> None:
        """Remove what a program stored; a draft has it, or nobody wants it."""
        self._facts.forget(_PREFIX + writer)


def _copy(writer: str, value: str) -> AccountlessCopy:
    read = json.loads(value)
    return AccountlessCopy(
        writer=writer,
        fields=read["fields"],
        place=read["place"],
        saved_at=instant(read["saved_at"]),
    )
