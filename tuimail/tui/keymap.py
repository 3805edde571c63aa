"""Every key of the terminal app: the tables of ``keys``, joined and asked.

The footer, the help screen and the person's own changes all come from these
tables. A key names an action; whether that action is allowed now is asked of
``row.actions`` by the screen that has it.

Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType

from tuimail.tui.keys.dialogs import DIALOGS
from tuimail.tui.keys.key import Key, Scope
from tuimail.tui.keys.panes import PANES
from tuimail.tui.keys.places import PLACES

KEYS: Final[tuple[Key, ...]] = (*PANES, *PLACES, *DIALOGS)
"""In the order of the footer, within each place."""

_RANK: Final = {(key.id, key.action): place for place, key in enumerate(KEYS)}
_NAMES: Final = {
    "question_mark": "?",
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "backspace": "Backspace",
    "space": "Space",
    "tab": "Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
}
_PLACEHOLDER: Final = re.compile(r"\{([a-z.-]+)\}")
_MODIFIERS: Final = {"ctrl": "Ctrl-", "alt": "Alt-", "shift": "Shift-"}


def bindings(*scopes: Scope) -> list[Binding]:
    """Return Textual's bindings for ``scopes``, in the order of the table."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label,
            show=key.show,
            priority=key.priority,
            id=key.id,
        )
        for key in KEYS
        if key.scope in scopes
    ]


def without(theirs: Iterable[BindingType], *keys: str) -> list[BindingType]:
    """Return a Textual widget's own bindings but those for ``keys``."""
    return [one for one in theirs if not (isinstance(one, Binding) and one.key in keys)]


def rank(binding: Binding) -> int:
    """Return where ``binding`` stands in the table; foreign ones come last."""
    return _RANK.get((binding.id or "", binding.action), len(KEYS))


def shown(key: str) -> str:
    """Return ``key`` as people write it: ``ctrl+s`` is ``Ctrl-s``."""
    *modifiers, name = key.split("+")
    prefix = "".join(_MODIFIERS.get(one, f"{one}-") for one in modifiers)
    plain = name.upper() if _is_function_key(name) else name
    return prefix + _NAMES.get(name, plain)


def named(id_: str, changed: Mapping[str, str]) -> str:
    """Return the first key of the action ``id_``, as people write it."""
    keys = next(key.keys for key in KEYS if key.id == id_)
    return shown(changed.get(id_, keys).split(",")[0])


def filled(text: str, changed: Mapping[str, str]) -> str:
    """Return ``text`` with every ``{id}`` replaced by that action's key."""
    return _PLACEHOLDER.sub(lambda found: named(found[1], changed), text)


def help_lines(
    scopes: Iterable[Scope], changed: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """Return heading, keys and sentence of every key in ``scopes``.

    Args:
        scopes: Places, in the order in which they are explained.
        changed: The person's own keys by id, as ``remap`` accepted them.
    """
    return tuple(
        (scope.value, _all_shown(changed.get(key.id, key.keys)), key.help)
        for scope in scopes
        for key in KEYS
        if key.scope is scope
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """What became of the person's own keys."""

    accepted: Mapping[str, str]
    """Textual's names by id."""
    problems: tuple[str, ...]
    """One sentence for each change that was left out."""


def remap(wanted: Mapping[str, str]) -> Remap:
    """Return which of the person's keys can be used, and why not the others.

    A key that already means something else in the same place is refused, as
    pressing it would do what the person did not ask for.
    """
    accepted: dict[str, str] = {}
    problems: list[str] = []
    for id_, keys in wanted.items():
        problem = _problem(id_, keys, accepted)
        if problem:
            problems.append(problem)
        else:
            accepted[id_] = keys
    return Remap(accepted=accepted, problems=tuple(problems))


def _problem(id_: str, keys: str, accepted: Mapping[str, str]) -> str:
    scopes = {key.scope for key in KEYS if key.id == id_}
    if not scopes:
        return f"keys.{id_}: there is no such action."
    for name in keys.split(","):
        if not _is_key(name):
            return f"keys.{id_}: {name!r} is not a key."
        other = _taken(id_, name, scopes, accepted)
        if other:
            return f"keys.{id_}: {shown(name)} already means {other}."
    return ""


def _taken(id_: str, name: str, scopes: set[Scope], accepted: Mapping[str, str]) -> str:
    for key in KEYS:
        if key.id != id_ and key.scope in scopes:
            used = accepted.get(key.id, key.keys)
            if name in used.split(","):
                return key.id
    return ""


def _is_key(name: str) -> bool:
    *modifiers, plain = name.split("+")
    if not set(modifiers) <= set(_MODIFIERS):
        return False
    is_character = len(plain) == 1 and plain.isprintable() and not plain.isspace()
    return is_character or plain in _NAMES or _is_function_key(plain)


def _is_function_key(name: str) -> bool:
    return name[:1] == "f" and name[1:].isdecimal()


def _all_shown(keys: str) -> str:
    return " ".join(shown(key) for key in keys.split(","))
