"""What can be done here and now, by name: for the command line and the palette.

A command is a key with a name: the last word of its id, which is the verb of the
command line where there is one. So whatever is not allowed now is no command, and
nothing can be done by name that no key does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from textual.binding import ActiveBinding
from textual.dom import DOMNode

from tuimail.tui.keymap import KEYS, rank
from tuimail.tui.keys import strokes
from tuimail.tui.keys.key import Key, Scope

ALIASES: Final[Mapping[str, str]] = {
    "h": "help",
    "q": "quit",
    "exit": "quit",
    "w": "write",
    "take-back": "undo",
}
"""What else fingers type."""

_LISTS: Final = "{command.complete} lists them."
_MOVES: Final = frozenset({
    Scope.LIST, Scope.TEXT, Scope.FILES, Scope.ACCOUNTS, Scope.PICKS, Scope.STEPPER,
    Scope.RECIPIENTS,
})  # fmt: skip
_DECIDES: Final = frozenset({
    Scope.REVIEW, Scope.OUTBOX, Scope.SENT, Scope.DRAFTS, Scope.COMPOSE,
    Scope.WAYS_OUT,
})  # fmt: skip
_STAYS: Final = frozenset({"pane.command", "pane.palette"})
"""Keys that open what commands are chosen in."""
_BY_ROW: Final = {(key.id, key.action): key for key in KEYS}
_VERB: Final = "act('"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something that can be done now."""

    name: str
    help: str
    """A sentence."""
    key: str = ""
    """The key that does it here, as people write it; maybe none."""
    action: str = ""
    node: DOMNode | None = None
    """Whose action it is."""
    act: Callable[[str], None] | None = None
    """Does it with what was typed behind its name; without, the action is done if
    there is one."""
    choices: tuple[str, ...] = ()
    """What has to stand behind its name, one of these."""
    takes: str = ""
    """What may stand behind its name, in a word; empty where nothing else may."""
    is_move: bool = False
    """Whether it only moves about, which nobody looks up by name."""
    decides: bool = False
    """Whether it may be a decision about mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A command that was typed, or why it is none."""

    command: Command | None = None
    rest: str = ""
    """What was typed behind its name."""
    problem: str = ""
    """One sentence; empty for a command."""
    hint: str = ""
    """What helps, with the ids of keys."""


def commands(
    active: Mapping[str, ActiveBinding], more: Iterable[Command] = ()
) -> tuple[Command, ...]:
    """Return what can be done, in the order of the keymap.

    Args:
        active: Every key that works now, and what it does.
        more: Commands that no key has; one with the name of a key says what that
            does with something behind its name.
    """
    others = {one.name: one for one in more}
    found: dict[str, tuple[int, Command]] = {}
    for key, one in active.items():
        row = _BY_ROW.get((one.binding.id or "", one.binding.action))
        if row is not None and one.enabled and row.id not in _STAYS:
            command = _command(key, one.node, row)
            other = others.get(command.name)
            if other is not None:
                command = replace(command, act=other.act, takes=other.takes)
            found.setdefault(command.name, (rank(one.binding), command))
    ordered = sorted(found.values(), key=lambda ranked: ranked[0])
    rest = (one for name, one in others.items() if name not in found)
    return (*(command for _rank, command in ordered), *rest)


def meant(typed: str, found: Sequence[Command]) -> Wanted:
    """Return which of ``found`` was ``typed``, whole or as far as it is clear."""
    word, _space, rest = typed.strip().partition(" ")
    names = {one.name: one for one in found}
    if not word:
        return Wanted(problem="Type the name of a command.", hint=_LISTS)
    name = _resolved(word, names)
    alike = [name] if name in names else sorted(n for n in names if n.startswith(name))
    if len(alike) > 1:
        return Wanted(problem=f"“{word}” may be {', '.join(alike)}. Type more of it.")
    if not alike:
        problem = f"There is no command “{word}” here."
        return Wanted(problem=problem, hint=_LISTS)
    return _with_rest(names[alike[0]], rest.strip())


def completions(typed: str, found: Sequence[Command]) -> tuple[str, ...]:
    """Return every whole line that ``typed`` may become."""
    word, space, rest = typed.lstrip().partition(" ")
    names = {one.name: one for one in found}
    if space:
        command = names.get(_resolved(word, names))
        choices = command.choices if command else ()
        return tuple(f"{word} {one}" for one in choices if one.startswith(rest))
    return tuple(sorted(name for name in names if name.startswith(word)))


def matching(words: str, found: Sequence[Command]) -> tuple[Command, ...]:
    """Return which of ``found`` have all ``words``, the best first."""
    wanted = words.casefold().split()
    ranked = [(fit, place, one) for place, one in enumerate(found)
              if (fit := _fit(one, wanted)) is not None]  # fmt: skip
    return tuple(one for _fit, _place, one in sorted(ranked, key=lambda it: it[:2]))


def spread(found: Sequence[Command]) -> Iterator[Command]:
    """Yield ``found`` for choosing from: one for each choice, no moves.

    What the pane is for comes first, and what two keys do, once.
    """
    named = dict.fromkeys(one.action for one in found)
    for one in sorted(found, key=lambda one: not one.decides):
        if one.is_move or (one.action and named.pop(one.action, True)):
            continue
        for choice in one.choices or ("",):
            name = f"{one.name} {choice}".strip()
            yield Command(
                name=name,
                help=one.help,
                key=one.key,
                action=one.action,
                node=one.node,
                act=one.act,
                decides=one.decides,
            )


def _resolved(word: str, names: Iterable[str]) -> str:
    """Return the command that ``word`` is another word for."""
    known = set(names)
    while word not in known and word in ALIASES:
        word = ALIASES[word]
    return word


def _with_rest(command: Command, rest: str) -> Wanted:
    if rest and not (command.choices or command.takes):
        return Wanted(problem=f"Nothing may stand behind “{command.name}”.")
    if command.choices and rest not in command.choices:
        some = ", ".join(command.choices)
        return Wanted(problem=f"Behind “{command.name}” may stand: {some}.")
    return Wanted(command=command, rest=rest)


def _command(key: str, node: DOMNode, row: Key) -> Command:
    return Command(
        name=_name(row),
        help=row.help,
        key=strokes.shown(key),
        action=row.action,
        node=node,
        is_move=row.scope in _MOVES and row.id != "list.open",
        decides=row.scope in _DECIDES,
    )


def _name(row: Key) -> str:
    """Return the verb; where one key does two things, the verb of this one."""
    is_shared = sum(key.id == row.id for key in KEYS) > 1
    if is_shared and row.action.startswith(_VERB):
        return row.action.removeprefix(_VERB).rstrip("')").replace("_", "-")
    return row.id.rpartition(".")[2]


def _fit(command: Command, wanted: Sequence[str]) -> int | None:
    """Return how well ``command`` fits, 0 best; None if it does not."""
    name, text = command.name.casefold(), command.help.casefold()
    fits = [_fit_of(word, name, text) for word in wanted]
    return None if None in fits else max((fit or 0 for fit in fits), default=0)


def _fit_of(word: str, name: str, text: str) -> int | None:
    if name.startswith(word):
        return 0
    if word in name:
        return 1
    if word in text:
        return 2
    return 3 if _is_within(word, name) else None


def _is_within(word: str, name: str) -> bool:
    """Return whether the letters of ``word`` stand in ``name`` in this order."""
    letters = iter(name)
    return all(letter in letters for letter in word)
