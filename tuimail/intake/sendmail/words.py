"""The words of a ``sendmail`` command, as programs have written them for decades.

Read as POSIX getopt does: flags come first, one letter each, and what follows the
first word that is none is a recipient, whatever it looks like. A recipient that
begins with a hyphen is never a flag, so nobody can slip one in.

Pure.
"""

import getopt
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Final

from tuimail.core.address import split_items
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import UsageError

_FLAGS: Final = "A:B:b:C:cD:e:F:f:Gh:IiL:M:mN:nO:o:p:Q:R:r:sTtUV:vX:"
"""With a colon, those that take a value, joined to them or as the next word."""
_MAYBE_VALUED: Final = regex(r"-[qd].*")
"""The queue and debugging: a value only where it is joined to the letter."""
_ELSEWHERE: Final = {
    "p": "See what waits: tuimail list",
    "d": "Have mail taken over SMTP: tuimail serve --smtp PORT",
    "D": "Have mail taken over SMTP: tuimail serve --smtp PORT",
}
_HINT: Final = "Write: sendmail [-t] [-i] [-f ADDRESS] [-F NAME] [--] [ADDRESS ...]"


_REPORTS: Final = {"-N": "NOTIFY", "-R": "RET", "-V": "ENVID"}
"""Flags and parameters of the same meaning (RFC 3461)."""


class Mode(Enum):
    """What a ``sendmail`` command is to do."""

    MESSAGE = auto()
    """Take one message from stdin."""
    SMTP = auto()
    """Talk SMTP over stdin and stdout."""
    NOTHING = auto()
    """What other programs do by it and tuimail by itself: aliases, the queue."""


@dataclass(slots=True, kw_only=True)
class Wishes:
    """What was asked for; what has no meaning here is not among it."""

    mode: Mode = Mode.MESSAGE
    recipients: tuple[str, ...] = ()
    """As they were typed."""
    takes_header: bool = False
    """Whether it is for those in To, Cc and Bcc, too."""
    ignores_dots: bool = False
    """Whether a line that is a lone dot is content."""
    sender: str = ""
    """Where bounces are to go."""
    name: str = ""
    """Of the author, where the message names none."""
    is_verbose: bool = False
    is_quiet: bool = False
    """Whether only the exit code is to say what went wrong."""
    note: str = ""
    """What the reviewer is to know."""


def read_words(words: Sequence[str]) -> Wishes:
    """Return what the words after ``sendmail`` ask for.

    Raises:
        UsageError: A flag is unknown or lacks its value, or nobody is named.
    """
    flags, rest = _split(words)
    wishes = Wishes(note=_note(flags))
    for flag, value in flags:
        _read(wishes, flag.removeprefix("-"), value)
    wishes.recipients = tuple(item for word in rest for item in split_items(word))
    has_only_queue = not flags and not rest and any(map(_is_queue, words))
    if has_only_queue:
        wishes.mode = Mode.NOTHING
    if wishes.mode is Mode.MESSAGE and not (wishes.recipients or wishes.takes_header):
        raise UsageError(
            "Nobody is named who is to get it.",
            hint="Name somebody after the flags, or write -t for those in the header.",
            field="recipient",
        )
    return wishes


def _split(words: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    try:
        return getopt.getopt(list(_without_maybe_valued(words)), _FLAGS)
    except getopt.GetoptError as error:
        what = "needs a value" if "requires" in error.msg else "is not known"
        hyphens = "-" if len(error.opt) == 1 else "--"
        raise UsageError(
            f"The flag {hyphens}{error.opt[:40]} {what}.", hint=_HINT, field=error.opt
        ) from None


def _without_maybe_valued(words: Sequence[str]) -> Iterable[str]:
    """Leave out ``-q30m`` and ``-d0.1``, which getopt cannot know."""
    for place, word in enumerate(words):
        if word == "--" or not word.startswith("-"):
            yield from words[place:]
            return
        if not _MAYBE_VALUED.fullmatch(word):
            yield word


def _is_queue(word: str) -> bool:
    return word.startswith("-q")


def _read(wishes: Wishes, flag: str, value: str) -> None:
    """Take note of one flag; those that mean nothing here are let pass."""
    if flag == "b":
        wishes.mode = _mode(value)
    elif flag == "I":
        wishes.mode = Mode.NOTHING
    elif flag in "fr":
        wishes.sender = value
    elif flag == "F":
        wishes.name = value
    else:
        _switch(wishes, flag, value)


def _note(flags: Iterable[tuple[str, str]]) -> str:
    """Return what was asked of servers on the way, in the words of SMTP."""
    asked = [f"{_REPORTS[flag]}={value}" for flag, value in flags if flag in _REPORTS]
    return f"Asked for reports: {'; '.join(asked)}" if asked else ""


def _switch(wishes: Wishes, flag: str, value: str) -> None:
    said = value if flag == "o" else flag + value
    wishes.takes_header |= said == "t"
    wishes.ignores_dots |= said == "i"
    wishes.is_verbose |= said == "v"
    wishes.is_quiet |= said == "eq"


def _mode(value: str) -> Mode:
    known = {"m": Mode.MESSAGE, "s": Mode.SMTP, "i": Mode.NOTHING}
    if value not in known:
        raise UsageError(
            f"-b{value[:20]} is not something that tuimail does as sendmail.",
            hint=_ELSEWHERE.get(value, _HINT),
            field="b",
        )
    return known[value]
