"""The editor for one part of a body: Textual's, with what mail needs.

It shows safe text of any length, but lets only as much be edited as keeps every key
quick. What stands in it goes to nobody as it is: an editor of lines cannot hold
every character, so what was not touched is taken from where it came from.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from tuimail.core import spelling
from tuimail.tui import editing, filling, hits, wording
from tuimail.tui.hits import Hit, Search
from tuimail.tui.keymap import bindings, without
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.quick_area import Mark, QuickArea

SHOWN_CHARACTERS: Final = 20_000
"""Of a text that is too long to be edited."""
LONGEST_STYLED: Final = 2_000
"""Characters of a line that is looked at for what stands in it."""
_KEPT: Final = 500
"""Lines whose marks are kept."""
_MARKS: Final = (
    ("quote", re.compile(r"^[ \t]{0,3}>.*|^-- ?$")),
    ("link", re.compile(r"(?:https?://|mailto:)[^\s<>\"]+|(?<=\])\([^()\s]*\)")),
)
_MARKDOWN: Final = (
    ("heading", re.compile(r"^ {0,3}#{1,6}(?: .*)?$")),
    ("strong", re.compile(r"(?<![\w*])\*\*(?=\S)[^*]+(?<=\S)\*\*|`[^`]+`")),
    ("emphasis", re.compile(r"(?<![\w*])\*(?=[^\s*])[^*]+(?<=[^\s*])\*(?![\w*])")),
)


class BodyEditor(QuickArea, inherit_bindings=False):
    """Finds, replaces and fills paragraphs; leaves F-keys to the pane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *without(TextArea.BINDINGS, "f6", "f7"),
        *bindings(Scope.BODY),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "body-editor--emphasis",
        "body-editor--heading",
        "body-editor--hit",
        "body-editor--link",
        "body-editor--misspelt",
        "body-editor--quote",
        "body-editor--strong",
    }
    DEFAULT_CSS = """
    BodyEditor {
        & > .body-editor--emphasis { text-style: italic; }
        & > .body-editor--heading { text-style: bold; color: $primary; }
        & > .body-editor--hit { text-style: underline; color: $warning; }
        & > .body-editor--link { color: $accent; }
        & > .body-editor--misspelt { text-style: underline; color: $error; }
        & > .body-editor--quote { color: $text-muted; }
        & > .body-editor--strong { text-style: bold; }
    }
    """

    @dataclass
    class Asked(Message):
        """Something is to be found, or replaced."""

        editor: "BodyEditor"
        replaces: bool

    @dataclass
    class Complained(Message):
        """Something could not be done; a sentence says why."""

        sentence: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._whole: str | None = None
        self._hits: tuple[Hit, ...] = ()
        self._hit_rows: dict[int, list[Hit]] = {}
        self._is_markdown = False
        self._wrong: frozenset[str] = frozenset()
        self._marks: LRUCache[str, tuple[Mark, ...]] = LRUCache(_KEPT)

    @property
    def content(self) -> str:
        """What stands in it, all of it."""
        return self.text if self._whole is None else self._whole

    @property
    def is_too_long(self) -> bool:
        """Whether it is shown in part only, and cannot be edited."""
        return self._whole is not None

    @property
    def found(self) -> Sequence[Hit]:
        """Where what was looked for stands."""
        return self._hits

    @property
    def selected_line(self) -> str:
        """What is selected, where that is on one line."""
        text = self.selected_text
        return "" if "\n" in text else text

    def load(self, text: str) -> None:
        """Show safe ``text``, from the beginning."""
        self._whole = text if editing.is_too_long(text) else None
        self.load_text(text if self._whole is None else _beginning(text))
        self.read_only = self.is_too_long
        self.stop_looking()

    def stop_looking(self) -> None:
        """Mark nothing any more."""
        self.look_for(Search(words=""))

    def mark_markdown(self, *, is_markdown: bool) -> None:
        """Show what Markdown makes of it, or not."""
        self._is_markdown = is_markdown
        self._redraw()

    def mark_wrong(self, words: frozenset[str]) -> None:
        """Show which words are misspelt, wherever they stand."""
        if words != self._wrong:
            self._wrong = words
            self._redraw()

    def select(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Select what stands from ``start`` to ``end``, and show it."""
        self.history.checkpoint()
        self.selection = Selection(start, end)
        self.scroll_cursor_visible(center=True)

    def put(self, text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Put ``text`` in the place of what stands there, as a step of its own."""
        self.history.checkpoint()
        self.replace(text, start, end)
        self.history.checkpoint()

    def look_for(self, search: Search) -> None:
        """Mark every place where ``search`` is found."""
        self._hits = hits.find(self.document.lines, search)
        rows: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in self._hits:
            rows[hit.row].append(hit)
        self._hit_rows = rows
        self._redraw()

    def go_to_hit(self, step: int, *, start: tuple[int, int] | None = None) -> int:
        """Select the next hit, or the one before; return its number from 1, or 0.

        Args:
            step: 1 for the next, -1 for the one before, 0 for the first that
                begins at ``start`` or later.
            start: Where to look from; None for the end of what is selected.
        """
        begin, end = sorted(self.selection)
        if step < 0:
            place = hits.before(self._hits, *(start or begin))
        else:
            place = hits.after(self._hits, *(start or end))
        if place >= 0:
            hit = self._hits[place]
            self.select((hit.row, hit.start), (hit.row, hit.end))
        return place + 1

    def replace_hit(self, words: str) -> bool:
        """Put ``words`` in the place of the hit that is selected, if one is."""
        begin, end = sorted(self.selection)
        selected = Hit(begin[0], begin[1], end[1])
        if self.read_only or begin[0] != end[0] or selected not in self._hits:
            return False
        self.put(words, begin, end)
        self.move_cursor((begin[0], begin[1] + len(words)))
        return True

    def replace_hits(self, words: str) -> int:
        """Put ``words`` in the place of every hit, as one step; return how many."""
        number = len(self._hits)
        if self.read_only or not number:
            return 0
        lines = hits.replaced(self.document.lines, self._hits, words)
        self._write(0, self.document.line_count - 1, lines)
        return number

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        for name, start, end in self.marks_in(line_index):
            style = self.get_component_rich_style(f"body-editor--{name}", partial=True)
            line.stylize(style, start, end)
        return line

    def marks_in(self, row: int) -> Sequence[Mark]:
        text = self.document.get_line(row)
        marks = self._marks.get(text)
        if marks is None:
            marks = self._marks[text] = tuple(self._styled(text))
        hits = self._hit_rows.get(row, ())
        return (*marks, *(("hit", hit.start, hit.end) for hit in hits))

    def action_find(self) -> None:
        self.post_message(self.Asked(self, replaces=False))

    def action_replace(self) -> None:
        self.post_message(self.Asked(self, replaces=True))

    def action_fill(self) -> None:
        """Fill the paragraph of the cursor, or all that are selected."""
        if self.read_only:
            return
        (first, _), (last, column) = sorted(self.selection)
        if last > first and not column:
            last -= 1
        made = filling.filled(self.document.lines, first, last, self.cursor_location)
        if made is None:
            self.post_message(self.Complained("Nothing here has to be wrapped anew."))
            return
        self._write(made.first, made.last, made.lines)
        self.move_cursor((made.row, made.column))

    async def _on_paste(self, event: events.Paste) -> None:
        """Take a paste as safe text, unless it would make every key slow.

        It goes on to the pane, which takes no key out of it, and offers to attach
        a file that it names.
        """
        event.prevent_default()
        if self.read_only:
            return
        text = wording.said(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if self.is_too_much(text):
            size = wording.size(len(text.encode()))
            self.post_message(
                self.Complained(
                    f"What was pasted has {size}, too much to be edited here: "
                    "attach it as a file, or paste it in your own editor."
                )
            )
            return
        made = self._replace_via_keyboard(text, *self.selection)
        if made is not None:
            self.move_cursor(made.end_location)

    def is_too_much(self, text: str) -> bool:
        """Return whether ``text``, put where the cursor is, would make keys slow."""
        line = self.document.get_line(self.cursor_location[0])
        return len(self.text) + len(text) > editing.LONGEST_BODY or editing.is_too_long(
            line + text
        )

    def _styled(self, line: str) -> Iterator[Mark]:
        """Yield what is marked in a line for what stands in it."""
        if len(line) > LONGEST_STYLED:
            return
        marks = (*_MARKS, *_MARKDOWN) if self._is_markdown else _MARKS
        for name, pattern in marks:
            for found in pattern.finditer(line):
                yield name, *found.span()
        for word in spelling.words_of(line) if self._wrong else ():
            if word.text in self._wrong:
                yield "misspelt", word.start, word.end

    def _write(self, first: int, last: int, lines: Sequence[str]) -> None:
        """Put ``lines`` in the place of others."""
        end = (last, len(self.document.get_line(last)))
        self.put("\n".join(lines), (first, 0), end)

    def _redraw(self) -> None:
        self._marks.clear()
        self.refresh()


def _beginning(text: str) -> str:
    """Return as much of a long text as is drawn without waiting."""
    lines = text[:SHOWN_CHARACTERS].split("\n")
    longest = SHOWN_CHARACTERS // 10
    shown = (line if len(line) <= longest else f"{line[:longest]}…" for line in lines)
    more = wording.size(len(text.encode()))
    return "\n".join((*shown, "", f"… {more} in all; the rest is not shown here."))
