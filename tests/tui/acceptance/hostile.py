"""What a terminal, markup or an eye could be made to act upon, in every field there is.

The workspace refuses most of it at its doors. Here the doors are taken off: what the
app is told is changed on its way from the workspace to the screens, as if every check
before had failed. The app has to stand on its own.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import fields, is_dataclass
from itertools import cycle
from typing import Any, Final
from unittest.mock import patch

from tests.core.corpus import DATA
from tuimail.workspace.bridge import Bridge

ASKS: Final = (
    "\x1b[>7q", "\x1b[5c", "\x1b[>5c", "\x1b[6n", "\x1b[5n", "\x1bZ", "\x05",
    "\x1b[21t", "\x1b[18t", "\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\",
    "\x1b]52;c;?\x07", "\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\", "\x1b[?1$p",
    "\x9b5c", "\x9b6n", "\x9d52;c;?\x9c", "\x90$qm\x9c",
)  # fmt: skip
"""Questions that terminals answer into the keyboard, none of which Textual asks."""
MARKUP: Final = (
    "[/b]", "[@click=app.quit]x[/]", "[link=https://e.vil]y[/link]", "[red]z",
    "Re: fix [/etc/hosts]",
)  # fmt: skip
HIDES: Final = "\u202eabc\u202c \u2066x\u2069 \u200b\u200e\ufeff\U000e0041\u2028\u2029"
CORPUS: Final = tuple(
    str(json.loads(line)["input"]["value"])
    for line in (DATA / "corpus_terminal.jsonl").read_text("ascii").splitlines()
)
"""Every row of the corpus of attacks that is about terminals."""
ALL: Final = "\n".join((*ASKS, *MARKUP, HIDES, *CORPUS))
_HIDDEN: Final = re.compile(r"[\u2400-\u2421]|\u2039U\+[0-9A-F]+\u203a")
LONG: Final = frozenset({"text", "html", "reason", "note", "message", "reply"})
LINES: Final = frozenset({
    *("subject", "sender", "sender_name", "hint", "why", "server", "error", "claim"),
    *("place", "problem", "blocked", "signature", "enhanced", "what", "said", "actor"),
    *("held_reason", "rest_reason", "to_type", "run_url", "handle", "assigned"),
    *("to", "content_type", "verdict", "author", "title", "advice", "taken"),
})  # fmt: skip
"""Fields whose text comes from elsewhere, and is shown in one line."""
NAMED: Final = frozenset({"Attachment", "RecipientView", "Enclosed", "Picture"})
"""What has a ``name`` that nothing is looked up by."""


def is_in(shown: str) -> bool:
    """Return whether something hostile stands there, as a person may see it.

    Which of all that is hostile a line gets is a matter of how often it was asked for.
    """
    return _HIDDEN.search(shown) is not None or any(one in shown for one in MARKUP)


class Poison:
    """Puts something hostile before every text that is shown and not of our making."""

    def __init__(self) -> None:
        self._next = cycle((*ASKS, *MARKUP, HIDES, *CORPUS))

    def into(self, value: Any) -> Any:
        """Return ``value`` with hostile texts in it."""
        if is_dataclass(value) and not isinstance(value, type):
            return self._into_fields(value)
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return tuple(self.into(one) for one in value)
        if isinstance(value, list):
            return [self.into(one) for one in value]
        if isinstance(value, dict):
            return {key: self.into(one) for key, one in value.items()}
        return value

    def line(self, text: str) -> str:
        """Return ``text`` behind one hostile value after the other."""
        return f"{next(self._next)} {text}"

    def _into_fields(self, value: Any) -> Any:
        made = copy(value)
        for one in fields(value):
            old = getattr(value, one.name)
            new = self._of(type(value).__name__, one.name, old)
            if new is not old:
                object.__setattr__(made, one.name, new)
        return made

    def _of(self, kind: str, name: str, value: Any) -> Any:
        is_line = name in LINES or (name == "name" and kind in NAMED)
        if type(value) is str and name in LONG:
            return f"{ALL}\n{value}"
        if type(value) is str and is_line:
            return self.line(value)
        if is_line and isinstance(value, tuple) and all(type(v) is str for v in value):
            return tuple(self.line(one) for one in value)
        return self.into(value)


@contextmanager
def no_doors() -> Iterator[Poison]:
    """Have everything that a workspace tells the app be hostile."""
    poison = Poison()
    call, aside = Bridge.call, Bridge.aside

    async def told(self: Bridge, function: Callable[..., Any]) -> Any:
        return poison.into(await call(self, function))

    async def told_aside(self: Bridge, function: Callable[..., Any]) -> Any:
        return poison.into(await aside(self, function))

    with patch.object(Bridge, "call", told), patch.object(Bridge, "aside", told_aside):
        yield poison
