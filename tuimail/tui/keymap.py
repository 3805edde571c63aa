"""Every key of the terminal app: the tables of ``keys``, joined and asked.

The footer, the help screen and the person's own changes all come from these
tables. A key names an action; whether that action is allowed now is asked of
``row.actions`` by the screen that has it.

Pure.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from textual.binding import Binding, BindingType

from tuimail.tui.keys import strokes
from tuimail.tui.keys.dialogs import DIALOGS
from tuimail.tui.keys.key import FOCUSED, Key, Scope
from tuimail.tui.keys.panes import PANES
from tuimail.tui.keys.places import PLACES
from tuimail.tui.keys.strokes import shown

KEYS: Final[tuple[Key, ...]] = (*PANES, *PLACES, *DIALOGS)
"""In the order of the footer, within each place."""

_NEAR: Final = frozenset({Scope.RECIPIENTS, Scope.FILES, Scope.ACCOUNTS})
"""Small places with keys of their own, which come before those of the pane."""
_RANK: Final = {
    (key.id, key.action): place
    for place, key in enumerate(
        sorted(KEYS, key=lambda key: (key.scope != Scope.APP, key.scope not in _NEAR))
    )
}
_USUAL: Final = {key.id: key.keys for key in reversed(KEYS)}
"""The keys of each action that nobody changed, as its first row has them."""
_IDS: Final = _USUAL.keys()
_PLACEHOLDER: Final = re.compile(r"\{([a-z.-]+)\}")
Names = Callable[[str], str]
"""Gives the first key of an action by its id, as people write it."""
_WIDEST_KEYS: Final = 13
HOW_TO_WRITE: Final = "Write it as f9, ctrl+s or alt+x, several strokes as g g."


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


def beginnings(changed: Mapping[str, str]) -> frozenset[str]:
    """Return the strokes that chords begin with, wherever they work."""
    chords = (
        strokes.strokes(name)
        for key in KEYS
        for name in strokes.alternatives(changed.get(key.id, key.keys))
    )
    return frozenset(first for first, *others in chords if others)


def together(scopes: Iterable[Scope]) -> tuple[frozenset[Scope], ...]:
    """Return which of a screen's places work at the same time.

    Of those that have the focus, only one does.
    """
    found = frozenset(scopes)
    around = found - FOCUSED
    return tuple(around | {scope} for scope in sorted(found & FOCUSED))


def rank(binding: Binding) -> int:
    """Return where ``binding`` stands in the table; foreign ones come last."""
    return _RANK.get((binding.id or "", binding.action), len(KEYS))


def named(id_: str, changed: Mapping[str, str]) -> str:
    """Return the first key of the action ``id_``, as people write it."""
    return shown(strokes.alternatives(changed.get(id_, _USUAL[id_]))[0])


def names(changed: Mapping[str, str]) -> Names:
    """Return what names keys where texts are made that say some."""
    return partial(named, changed=changed)


USUAL: Final = names({})
"""Names keys where nobody changed any."""


def filled(text: str, changed: Mapping[str, str]) -> str:
    """Return ``text`` with every ``{id}`` replaced by that action's key."""
    return _PLACEHOLDER.sub(lambda found: named(found[1], changed), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """What the help screen says about one key."""

    place: str
    keys: str
    help: str
    id: str


def help_lines(
    scopes: Iterable[Scope], changed: Mapping[str, str]
) -> tuple[HelpLine, ...]:
    """Return what is to be known about every key in ``scopes``.

    A key that does one thing or another, as the mail allows, has one line.

    Args:
        scopes: Places, in the order in which they are explained.
        changed: The person's own keys by id, as ``remap`` accepted them.
    """
    told: dict[tuple[Scope, str], list[Key]] = {}
    for scope in scopes:
        for key in KEYS:
            if key.scope is scope:
                told.setdefault((scope, key.id), []).append(key)
    return tuple(
        HelpLine(
            place=scope.value,
            keys=_first_shown(changed.get(id_, same[0].keys)),
            help=" ".join(dict.fromkeys(key.help for key in same)),
            id=id_,
        )
        for (scope, id_), same in told.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """What became of the person's own keys."""

    accepted: Mapping[str, str]
    """Keys by id: those of the preset, then the person's own."""
    problems: tuple[str, ...]
    """One sentence for each change that was left out."""


def remap(
    wanted: Mapping[str, str],
    *,
    preset: Mapping[str, str] = MappingProxyType({}),
    together: Iterable[Collection[Scope]] = (),
    places: Mapping[str, str] = MappingProxyType({}),
) -> Remap:
    """Return which of the person's keys can be used, and why not the others.

    A key that already means something else in the same place is refused, as
    pressing it would do what the person did not ask for. All changes are looked
    at together, so that two keys can be swapped.

    Args:
        wanted: Keys by id, as the person wrote them.
        preset: The keys that are changed before.
        together: Places whose keys work at the same time, beside each alone.
        places: Where in which file the person wrote it, by id.
    """
    problems = {id_: _misspelt(id_, keys) for id_, keys in wanted.items()}
    accepted = {id_: ",".join(strokes.alternatives(keys))
                for id_, keys in wanted.items() if not problems[id_]}  # fmt: skip
    neighbours = _neighbours((*together, *((scope,) for scope in Scope)))
    while clash := _first_clash(accepted, {**preset, **accepted}, neighbours):
        id_, sentence = clash
        problems[id_] = sentence
        del accepted[id_]
    return Remap(
        accepted={**preset, **accepted},
        problems=tuple(
            f"{places[id_]}: {text}" if id_ in places else text
            for id_, text in problems.items()
            if text
        ),
    )


def _misspelt(id_: str, keys: str) -> str:
    """Return what is wrong with one change, whatever the others are."""
    if id_ not in _IDS:
        return f"keys.{id_}: there is no such action. {_nearest(id_)}"
    wrong = [name for name in keys.split(",") if not strokes.is_key(name)]
    return f"keys.{id_}: {wrong[0]!r} is not a key. {HOW_TO_WRITE}" if wrong else ""


def _nearest(id_: str) -> str:
    found = difflib.get_close_matches(id_, sorted(_IDS), n=1)
    return f"Did you mean {found[0]}?" if found else "Help lists them with their keys."


def _neighbours(
    together: Iterable[Collection[Scope]],
) -> Mapping[Scope, frozenset[Scope]]:
    """Return for each place which others work at the same time."""
    found: dict[Scope, set[Scope]] = {}
    for scopes in together:
        for scope in scopes:
            found.setdefault(scope, set()).update(scopes)
    return {scope: frozenset(others) for scope, others in found.items()}


def _first_clash(
    own: Mapping[str, str],
    changed: Mapping[str, str],
    neighbours: Mapping[Scope, frozenset[Scope]],
) -> tuple[str, str] | None:
    """Return the newest change that cannot be, and why; None if all can."""
    for id_ in reversed(list(own)):
        for name in strokes.alternatives(own[id_]):
            other = _taken(id_, name, changed, neighbours)
            if other:
                return id_, f"keys.{id_}: {shown(name)} already means {other}."
    return None


def _taken(
    id_: str,
    name: str,
    changed: Mapping[str, str],
    neighbours: Mapping[Scope, frozenset[Scope]],
) -> str:
    """Return what else ``name`` means where ``id_`` works.

    What shared a key before may go on: there the nearer place wins on purpose.
    """
    near = frozenset[Scope]().union(
        *(neighbours[key.scope] for key in KEYS if key.id == id_)
    )
    is_as_before = name in _usually(id_)
    for key in KEYS:
        used = strokes.alternatives(changed.get(key.id, key.keys))
        is_other = key.id != id_ and key.scope in near and name in used
        if is_other and not (is_as_before and name in _usually(key.id)):
            return key.id
    return ""


def _usually(id_: str) -> frozenset[str]:
    """Return every key of ``id_`` that nobody changed."""
    return frozenset(
        name for key in KEYS if key.id == id_ for name in strokes.alternatives(key.keys)
    )


def _first_shown(keys: str) -> str:
    """Return as many of ``keys`` as a narrow column has room for, the first always."""
    first, *others = map(shown, strokes.alternatives(keys))
    said = first
    for name in others:
        if len(said) + 1 + len(name) > _WIDEST_KEYS:
            break
        said = f"{said} {name}"
    return said
