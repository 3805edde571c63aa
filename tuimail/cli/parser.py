"""One verb's flags, with errors that go the way of all others."""

import argparse
import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NoReturn

from tuimail.cli.call import Call
from tuimail.cli.verbs import GLOBAL_OPTIONS
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import UsageError
from tuimail.settings.files import is_unicode

_ABOUT_ONE: Final = regex(r"argument (-{0,2}[\w-]+)[^:]*: (.*)", re.DOTALL)
_MISSING: Final = regex(r"the following arguments are required: ([\w-]+)")
_UNMEASURED: Final = partial(argparse.RawDescriptionHelpFormatter, width=0)
"""What tries each flag as it is added: to measure the terminal, argparse loads shutil,
and with that all that packs archives."""
_LONGEST_WAIT: Final = 7 * 24 * 3600.0


def _one_or_many(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


vars(argparse).update(_=str, ngettext=_one_or_many)
"""What it says is read out of its English below, whatever else a machine has for it;
and to look whether it has, every command would load what knows of languages."""


class Parser(argparse.ArgumentParser):
    """Argparse that raises instead of printing and leaving."""

    def __init__(
        self, verb: str, summary: str, *, examples: Sequence[str] = ()
    ) -> None:
        super().__init__(
            prog=f"tuimail {verb}".strip(),
            description=f"{summary[:1].upper()}{summary[1:]}.",
            epilog=_below(examples),
            formatter_class=_UNMEASURED,
            add_help=False,
            allow_abbrev=False,
        )

    def format_help(self) -> str:
        """Return all about the verb, as wide as the terminal."""
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print, as one sentence that names the flag.

        Raises:
            UsageError: Always.
        """
        about = _ABOUT_ONE.fullmatch(message)
        flag, text = about.groups() if about else ("", message)
        missing = _MISSING.match(message)
        raise UsageError(
            f"{flag} {text}." if about else f"{text[0].upper()}{text[1:]}.",
            hint=_hint(text, flag, verb=self.prog),
            field=(missing[1] if missing else flag).lstrip("-").lower(),
        )

    @property
    def actions(self) -> Sequence[argparse.Action]:
        """All that it takes, in the order in which its help has it."""
        return self._actions

    def refuse_bytes(self, found: argparse.Namespace) -> None:
        """Refuse values with bytes that are not UTF-8.

        Python hands them over as halves of surrogate pairs, which nothing that
        is stored or sent can hold.

        Raises:
            UsageError: A value has some; the field is the first such flag.
        """
        for action in self._actions:
            name = (action.option_strings or [str(action.metavar)])[-1]
            if not all(map(is_unicode, _texts(getattr(found, action.dest, None)))):
                raise UsageError(
                    f"{name} has bytes that are not UTF-8.",
                    hint="Write it as UTF-8; a file can be renamed.",
                    field=name.lstrip("-").lower(),
                )


def _below(examples: Sequence[str]) -> str:
    """Return what stands below the flags: how it is typed, and what always may be."""
    shown = "\n".join(f"  {one}" for one in examples)
    return f"For example:\n{shown}\n\n{GLOBAL_OPTIONS}" if shown else GLOBAL_OPTIONS


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _hint(text: str, flag: str, *, verb: str) -> str:
    if text.startswith("expected one argument"):
        return f"Write {flag}=VALUE, above all where the value begins with a dash."
    return f"See what it takes: {verb} --help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One verb: what it takes, and what it does."""

    arguments: Callable[[Parser], None]
    run: Callable[[Call], int]
    examples: tuple[str, ...] = ()
    """Whole lines as somebody would type them; ``--help`` and the manual show them."""
    takes_words: bool = False
    """Whether it reads its words by rules of its own: they are in ``words``."""


def parse(parser: Parser, command: Command, words: Sequence[str]) -> argparse.Namespace:
    """Return the flags in ``words``.

    Raises:
        UsageError: A flag is unknown, missing or has a value it cannot have.
    """
    if command.takes_words:
        return argparse.Namespace(words=list(words))
    command.arguments(parser)
    left, further = _without_further(parser, words)
    found = parser.parse_args(left)
    for dest, values in further.items():
        getattr(found, dest).extend(values)
    parser.refuse_bytes(found)
    return found


def _without_further(
    parser: Parser, words: Sequence[str]
) -> tuple[list[str], dict[str, list[str]]]:
    """Return the words with each repeated flag once, and its further values.

    For each flag argparse looks at all others, which makes minutes of fifty thousand
    ``--to``. A line that says one in another way (``--to=…``, a value that begins
    with a dash, a ``--``) is left to it as it is, for it alone knows what that means.
    """
    named = {
        flag: one.dest
        for one in parser.actions
        for flag in one.option_strings
        if isinstance(one.default, list) and one.type is None
    }
    left: list[str] = []
    further: dict[str, list[str]] = {}
    if _is_for_argparse(words, frozenset(named)):
        return list(words), further
    upcoming = iter(words)
    for word in upcoming:
        dest = named.get(word, "")
        if dest in further:
            further[dest].append(next(upcoming))
            continue
        left.append(word)
        if dest:
            further[dest] = []
    return left, further


def _is_for_argparse(words: Sequence[str], flags: Collection[str]) -> bool:
    """Return whether one of these flags is not followed by a value and no more."""
    return "--" in words or any(
        word.partition("=")[0] in flags and ("=" in word or value.startswith("-"))
        for word, value in pairwise((*words, "-"))
    )


def nothing(_parser: Parser) -> None:
    """Take no flags."""


def seconds(text: str) -> float:
    """Return a time to wait, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _LONGEST_WAIT:  # nor is a number that is none
        raise argparse.ArgumentTypeError(
            f"takes seconds from 0 to {_LONGEST_WAIT:.0f}, not {text!r}"
        )
    return number


def positive(text: str) -> int:
    """Return a whole number above zero, for argparse."""
    if not text.isdecimal() or not 0 < len(text) <= len("100000") or not int(text):
        raise argparse.ArgumentTypeError(
            f"takes a number from 1 to 999999, not {text!r}"
        )
    return int(text)


def add_id(parser: Parser) -> None:
    """Take the id of one mail."""
    parser.add_argument(
        "id", metavar="ID", help="the mail; the beginning or end of its id will do"
    )


def add_revision(parser: Parser) -> None:
    """Take the revision that was looked at."""
    parser.add_argument(
        "--revision",
        type=positive,
        metavar="N",
        help="refuse if N is not the newest revision any more",
    )
