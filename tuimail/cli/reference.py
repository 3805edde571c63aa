"""What every verb takes, read from the parsers: for the man page and for shells."""

import argparse
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tuimail.cli.entry import command_of
from tuimail.cli.parser import Parser
from tuimail.cli.verbs import LINEAR, VERBS
from tuimail.core.draft import Priority
from tuimail.core.service import Category
from tuimail.core.values import dataclass

_OF_METAVAR: Final[Mapping[str, str]] = {
    "ID": "mails",
    "PATH": "files",
    "FILE": "files",
    "LOCAL": "files",
    "DEST": "folders",
    "DIR": "folders",
    "PAGE": "pages",
    "NAME|FILE": "templates",
}
"""What a value is one of, by what stands for it in the help; anything else is text."""
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "priority": tuple(Priority),
    "category": tuple(Category),
    "verb": tuple(
        dict.fromkeys(word for verb in VERBS for word in verb.split() if verb != LINEAR)
    ),
}
"""Values that a parser takes as text: a template may say them, or they are several."""
_OF_OTHERS: Final = frozenset(
    {"client_id", "in_reply_to", "oauth_client_id", "template_id"}
)
"""Ids that are none of mail here: others give them."""
_OF_NAMES: Final[Mapping[str, str]] = {
    "accounts": "accounts",
    "auth": "accounts",
    "clients": "clients",
    "reviewers": "reviewers",
    "template": "templates",
}
"""What a name is of, by the first word of the verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A flag of a verb, or a word that it takes."""

    flags: tuple[str, ...]
    """As typed; none where it is a word."""
    metavar: str
    """What stands for its value; empty where it has none."""
    help: str
    choices: tuple[str, ...]
    """All that the value can be; empty where that is not known."""
    kind: str
    """What the value is one of: mails, files and so on; empty where it is text."""
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb, with all that its help says."""

    name: str
    summary: str
    words: tuple[Taken, ...]
    flags: tuple[Taken, ...]
    examples: tuple[str, ...]


@cache
def verbs() -> tuple[Verb, ...]:
    """Return every verb that is typed as one, in the order of the overview's table."""
    return tuple(_verb(name) for name in VERBS if name not in {"", LINEAR})


def _verb(name: str) -> Verb:
    command = command_of(name)
    parser = Parser(name, VERBS[name][1])
    command.arguments(parser)
    taken = tuple(_taken(parser, name))
    return Verb(
        name=name,
        summary=VERBS[name][1],
        words=tuple(one for one in taken if not one.flags),
        flags=tuple(one for one in taken if one.flags),
        examples=command.examples,
    )


def _taken(parser: Parser, verb: str) -> Iterator[Taken]:
    for action in parser.actions:
        metavar = _metavar(action)
        choices = tuple(map(str, action.choices or _CHOICES.get(action.dest, ())))
        yield Taken(
            flags=tuple(action.option_strings),
            metavar=metavar,
            help=(action.help or "") % vars(action),
            choices=choices,
            kind="" if choices else _kind(verb, action, metavar),
            is_required=action.required and action.nargs != argparse.ZERO_OR_MORE,
        )


def _metavar(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    return "WORD" if action.choices else action.dest.upper()


def _kind(verb: str, action: argparse.Action, metavar: str) -> str:
    """Return what a value is one of."""
    if action.dest == "account":
        return "accounts"
    if action.dest == "reviewer":
        return "reviewers"
    if action.dest == "template" and action.option_strings:
        return "templates"
    if metavar == "NAME" and not action.option_strings and " " in verb:
        return _OF_NAMES.get(verb.partition(" ")[0], "")
    if action.dest in _OF_OTHERS:
        return ""
    return _OF_METAVAR.get(metavar, "")
