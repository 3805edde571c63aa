"""Splits what was typed into global options, a verb, and the verb's words.

Done by hand because the global options stand before and after the verb, and
because how an error is answered (``--json``) must be known before anything
else is understood. Pure.
"""

from collections.abc import Sequence
from typing import Self

from tuimail.cli.verbs import VERBS
from tuimail.errors import UsageError


class Words:
    """A command line, taken apart; what is wrong is in ``error``."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.is_json = False
        self.is_quiet = False
        self.wants_help = False
        self.wants_version = False
        self.workspace: str | None = None
        self.config: str | None = None
        self.verb = ""
        """Empty where none was typed."""
        self.rest: list[str] = []
        """Everything that is the verb's own."""
        self.error: UsageError | None = None
        self._read(list(arguments))

    @classmethod
    def of(cls, verb: str, rest: Sequence[str]) -> Self:
        """Return the words of a verb that is the program itself."""
        words = cls(())
        words.verb, words.rest = verb, list(rest)
        return words

    def _read(self, left: list[str]) -> None:
        typed: list[str] = []
        while left:
            word = left.pop(0)
            if word == "--":
                typed += [word, *left]
                break
            if _counts_hops(word, typed, left) or not self._is_global(word, left):
                typed.append(word)
        self._find_verb(typed)

    def _is_global(self, word: str, left: list[str]) -> bool:
        name, equals, value = word.partition("=")
        if name in {"--workspace", "--config"}:
            self._set(name, value if equals else (left.pop(0) if left else ""))
            return True
        if word in {"--json", "--quiet", "-h", "--help", "--version"}:
            self.is_json |= word == "--json"
            self.is_quiet |= word == "--quiet"
            self.wants_help |= word in {"-h", "--help"}
            self.wants_version |= word == "--version"
            return True
        return False

    def _set(self, name: str, value: str) -> None:
        if not value or value.startswith("--"):
            self._wrong(f"{name} needs a value.", hint=f"Write {name} PATH.", at=name)
        elif any("\ud800" <= character <= "\udfff" for character in value):
            self._wrong(
                f"{name} has bytes that are not UTF-8.",
                hint="Rename that folder or file, or name another.",
                at=name,
            )
        elif name == "--workspace":
            self.workspace = value
        else:
            self.config = value

    def _find_verb(self, typed: list[str]) -> None:
        """Take two words for a verb where they are one, such as ``outbox run``."""
        for length in (2, 1):
            verb = " ".join(typed[:length])
            if verb in VERBS and typed:
                self.verb, self.rest = verb, typed[length:]
                return
        if typed:
            self._unknown(typed)

    def _unknown(self, typed: Sequence[str]) -> None:
        longer = [verb for verb in VERBS if verb.startswith(f"{typed[0]} ")]
        if longer:
            self._wrong(
                f"{typed[0]} needs another word.",
                hint=f"Write one of: {', '.join(longer)}.",
            )
        elif typed[0].startswith("-"):
            self._wrong(f"The option {typed[0]} belongs after a verb, or is unknown.")
        else:
            self._wrong(f"There is no verb {typed[0]!r}.", hint=_nearest(typed[0]))

    def _wrong(
        self, text: str, *, hint: str = "See the verbs: tuimail --help", at: str = ""
    ) -> None:
        if self.error is None:
            self.error = UsageError(text, hint=hint, field=at.lstrip("-"))


def _counts_hops(word: str, before: Sequence[str], behind: Sequence[str]) -> bool:
    """Return whether ``-h`` is that of ``sendmail``: how often a mail was passed on.

    Programs write a number behind it; a person who asks for help writes it alone.
    """
    return word == "-h" and before[:1] == ["sendmail"] and bool(before[1:] or behind)


def _nearest(word: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong word

    found = get_close_matches(word, VERBS, n=1)
    return f"Did you mean: tuimail {found[0]}" if found else "See: tuimail --help"
