"""The spelling of what is being written: looked at meanwhile, gone through on request.

Only words that were not asked before are asked, beside the loop. It never keeps mail
from leaving, and where hunspell is missing nothing is said unless somebody asks.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from tuimail.core import spelling
from tuimail.core.finding import Finding
from tuimail.core.spelling import Word
from tuimail.errors import TuimailError
from tuimail.settings.compose import NO_SPELLING
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.spelling_line import SpellingLine
from tuimail.workspace import spelling as hunspell
from tuimail.workspace.aside import aside

if TYPE_CHECKING:
    from tuimail.tui.screens.body_pane import BodyPane

T = TypeVar("T")
LOOK_SECONDS: Final = 1.0
"""After the first key that was not looked at."""


@dataclass(slots=True)
class Dictionary:
    """What is known of words so far, in this run of the app."""

    languages: str = ""
    config: Path | None = None
    """The settings beside which the person's own words are."""
    right: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()

    @property
    def is_wanted(self) -> bool:
        """Whether the spelling is to be looked at."""
        return self.languages != NO_SPELLING

    def unknown(self, words: Collection[str]) -> frozenset[str]:
        """Return which of ``words`` nobody asked about yet."""
        return frozenset(words) - self.right - self.wrong

    def answered(self, asked: frozenset[str], wrong: frozenset[str]) -> None:
        """Take what was said about ``asked``."""
        self.right |= asked - wrong
        self.wrong |= wrong & asked

    def accept(self, word: str) -> None:
        """Take ``word`` for right."""
        self.right |= {word}
        self.wrong -= {word}


class Speller:
    """Looks at the text part of one screen."""

    def __init__(self, screen: "BodyPane") -> None:
        self._screen = screen
        self._found: tuple[Word, ...] = ()
        self._at = 0
        self._is_broken = False
        self.dictionary = Dictionary()

    @property
    def count(self) -> int:
        """How many words are misspelt, as far as is known."""
        return len(self._found)

    @property
    def findings(self) -> Iterator[Finding]:
        """What is said of them."""
        return spelling.findings(self._found)

    def use(self, languages: str, config: Path) -> None:
        """Begin with what the person configured."""
        right = hunspell.own_words(config)
        self.dictionary = Dictionary(languages, config, right=right)

    def look(self) -> None:
        """Look at what was written, unless that was asked to be left alone."""
        if self.dictionary.is_wanted and not self._is_broken:
            self._look(self._screen.spelled, self._give_up)

    def go_through(self) -> None:
        """Ask about every misspelt word, from the cursor on."""
        if not self.dictionary.is_wanted:
            self._screen.complain(
                f"The spelling is not looked at: compose.spelling is “{NO_SPELLING}”."
            )
        elif self._screen.form.part_name != "text":
            self._screen.complain("The spelling of the HTML part is not looked at.")
        else:
            self._look(self._begin, self._screen.refused)

    def choose(self, text: str) -> None:
        """Put ``text`` in the place of the word that is asked about."""
        word = self._word
        if word is not None:
            self._editor.put(text, (word.row, word.start), (word.row, word.end))
        self._look(self._go_on, self._screen.refused)

    def step(self, step: int) -> None:
        """Ask about the next word, or the one before."""
        self._ask(self._at + step)

    def accept(self, *, is_kept: bool) -> None:
        """Take the word that is asked about for right."""
        word = self._word
        if word is not None:
            self._accept(word.text, is_kept=is_kept)
        self._look(self._go_on, self._screen.refused)

    def close(self) -> None:
        """Ask no more."""
        self._line.close()
        self._editor.focus()

    @property
    def _word(self) -> Word | None:
        """The word that is asked about, if it still stands there."""
        for word in self._found[self._at : self._at + 1]:
            lines = self._lines
            if word.row < len(lines) and word in spelling.words_of(
                lines[word.row], word.row
            ):
                return word
        return None

    @property
    def _editor(self) -> BodyEditor:
        return self._screen.form.query_one("#text-part", BodyEditor)

    @property
    def _lines(self) -> Sequence[str]:
        """What was written; nothing of what is too long to be edited."""
        return () if self._editor.is_too_long else self._editor.document.lines

    @property
    def _line(self) -> SpellingLine:
        return self._screen.form.query_one(SpellingLine)

    def _look(
        self, then: Callable[[], None], otherwise: Callable[[TuimailError], None]
    ) -> None:
        def looked(looked: "_Looked") -> None:
            self.dictionary.answered(looked.asked, looked.wrong)
            self._found = looked.found
            self._editor.mark_wrong(self.dictionary.wrong)
            then()

        call = partial(_looked, tuple(self._lines), self.dictionary)
        self._later(call, looked, otherwise)

    def _accept(self, word: str, *, is_kept: bool) -> None:
        self.dictionary.accept(word)
        config = self.dictionary.config
        if is_kept and config is not None:
            self._later(lambda: hunspell.learn(config, word), _nothing)

    def _give_up(self, _error: TuimailError) -> None:
        """Say nothing where nobody asked; whoever does is told."""
        self._is_broken = True

    def _begin(self) -> None:
        self._screen.spelled()
        place = self._editor.cursor_location
        following = (n for n, one in enumerate(self._found) if one[:2] >= place)
        self._ask(next(following, 0))

    def _go_on(self) -> None:
        self._screen.spelled()
        self._ask(self._at)

    def _ask(self, place: int) -> None:
        if not self._found:
            self.close()
            self._screen.tuimail.say("No word is misspelt, as far as is known.")
            return
        self._at = place % len(self._found)
        word = self._found[self._at]
        self._editor.select((word.row, word.start), (word.row, word.end))
        self._line.ask(word.text, place=self._at + 1, number=len(self._found))
        languages = self.dictionary.languages
        self._later(
            lambda: hunspell.suggestions(word.text, languages),
            lambda found: self._line.suggest(word.text, found),
        )

    def _later(
        self,
        call: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[TuimailError], None] | None = None,
    ) -> None:
        answer = asyncio.ensure_future(aside(call))
        self._screen.ask_for(answer, then, otherwise=otherwise or self._screen.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What came of a look."""

    asked: frozenset[str]
    wrong: frozenset[str]
    found: tuple[Word, ...]


def _looked(lines: Sequence[str], known: Dictionary) -> _Looked:
    """Look at ``lines``; beside the loop, as a megabyte of them takes its time."""
    written = tuple(spelling.words(lines))
    asked = known.unknown({one.text for one in written})
    wrong = hunspell.wrong(asked, known.languages)
    all_wrong = known.wrong | wrong
    found = tuple(one for one in written if one.text in all_wrong)
    return _Looked(asked=asked, wrong=wrong, found=found)


def _nothing(_answer: object) -> None:
    """Go on without a word."""
