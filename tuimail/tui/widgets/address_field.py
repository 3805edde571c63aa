"""A field for recipients: those that are done as chips, the rest as text.

Chips wrap onto further rows while the field has the focus, and fold into one row
with a count when it has not. Everything works by keys; what they are is in ``keys``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuimail.errors import AddressError
from tuimail.tui import wording
from tuimail.tui.keymap import USUAL, Names, bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.recipients import Entry, chip_of, entry_of
from tuimail.tui.widgets import chip_rows
from tuimail.tui.widgets.chip_rows import MOST_ROWS, Part, Remarks, Rows
from tuimail.tui.widgets.suggestions import Suggestion, Suggestions


class AddressField(Widget, can_focus=True):
    """Holds recipients and says when they changed; knows nobody by itself."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RECIPIENTS)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "address-field--text",
        "address-field--chip",
        "address-field--odd",
        "address-field--bad",
        "address-field--chosen",
        "address-field--note",
        "address-field--cursor",
    }
    DEFAULT_CSS = """
    AddressField {
        width: 1fr;
        height: 1;
        background: $surface;
        & > .address-field--text { color: $foreground; }
        & > .address-field--chip { color: $foreground; background: $panel; }
        & > .address-field--odd { color: $warning; background: $panel; }
        & > .address-field--bad { color: $error; background: $panel; text-style: bold; }
        & > .address-field--chosen { text-style: bold reverse; }
        & > .address-field--note { color: $text-muted; }
        & > .address-field--cursor { text-style: reverse; }
    }
    """

    @dataclass
    class Changed(Message):
        """Something was typed, or a recipient came or went."""

        field: "AddressField"

    @dataclass
    class Wanted(Message):
        """Somebody is being typed: who may be meant? Nothing typed, nobody."""

        field: "AddressField"
        text: str

    @dataclass
    class Forgotten(Message):
        """The person wants somebody offered no more."""

        field: "AddressField"
        address: str

    @dataclass
    class Rejected(Message):
        """Some of what was pasted is no address; it stays, marked as that."""

        field: "AddressField"
        texts: tuple[str, ...]
        count: int
        """How many there were with those that are addresses."""

    @dataclass
    class Finished(Message):
        """Enter was pressed where there is nothing to be done: on to the next."""

        field: "AddressField"

    def __init__(
        self, *, id: str, is_blind: bool = False, names: Names = USUAL
    ) -> None:
        super().__init__(id=id)
        self._names = names
        self.is_blind = is_blind
        """Whether nobody else sees whom it names."""
        self._entry = Entry()
        self._remarks: Remarks = {}
        self._shown = Rows(rows=())
        self._top = 0
        self._sought = ""

    def compose(self) -> ComposeResult:
        yield Suggestions()

    @property
    def value(self) -> str:
        """Everything in the field, as one text."""
        return self._entry.value

    @value.setter
    def value(self, text: str) -> None:
        if text != self._entry.value:
            self._become(entry_of(text))

    @property
    def entry(self) -> Entry:
        """What is in the field, and where the person is in it."""
        return self._entry

    @property
    def suggestions(self) -> Suggestions:
        """The list of who may be meant."""
        return self.query_one(Suggestions)

    def remark(self, remarks: Remarks) -> None:
        """Show what is known of the recipients; of others, nothing is."""
        self._remarks = remarks
        self._draw()

    def offer(self, text: str, listed: Sequence[Suggestion]) -> None:
        """Offer who may be meant by ``text``, if that is still typed.

        The first is marked where what is typed can be nothing else yet, so that
        Enter never takes somebody else than was typed whole.
        """
        if text == self._sought and self.has_focus:
            taken = {one.mailbox.text for one in self._entry.chips if one.mailbox}
            further = [one for one in listed if one.address not in taken]
            self.suggestions.show(further, is_first_marked="@" not in text)
            self.refresh_bindings()

    def ask_again(self) -> None:
        """Ask anew who may be meant: somebody was forgotten."""
        if self._sought:
            self.post_message(self.Wanted(self, self._sought))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether the key is text here, so that no footer shows it."""
        del key
        return character is not None and character.isprintable()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key go on to where it means something, if it means nothing here."""
        del parameters
        entry = self._entry
        if action == "close":
            return self.suggestions.is_open
        if action == "take_and_go":
            return bool(entry.typed.strip())
        if action == "forget":
            return self._forgettable is not None
        if action == "delete":
            return self._forgettable is None
        return True

    def render_line(self, y: int) -> Strip:
        shown = self._shown
        hint = self._hint() if self.has_focus else ""
        row = y + self._top
        width = self.size.width
        if hint and y == self.size.height - 1:
            text = f"  {wording.clipped(hint, width - 2)}"
            return self._strip([Segment(text, self._style("note"))])
        if row >= len(shown.rows):
            return Strip.blank(width, self.visual_style.rich_style)
        segments = [
            Segment(one.text, self._style(one.style)) for one in shown.rows[row]
        ]
        strip = self._strip(segments)
        if self.has_focus and shown.cursor is not None and shown.cursor[1] == row:
            return self._with_cursor(strip, shown.cursor[0])
        return strip

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def watch_has_focus(self, value: bool) -> None:
        """Unfold; or have what was typed be recipients, if it is, and fold."""
        super().watch_has_focus(value)
        if not value and self.is_mounted:
            self._close()
            self._change(self._entry.settled().at_end())
        self._draw()

    def on_key(self, event: events.Key) -> None:
        """Take text before any key of the pane may mean something."""
        if event.is_printable and event.character is not None:
            event.stop()
            event.prevent_default()
            self._type(self._entry.with_character(event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        before = len(self._entry.chips)
        self._type(self._entry.with_paste(event.text))
        added = self._entry.chips[before:]
        bad = tuple(one.text for one in added if one.mailbox is None)
        if bad:
            self.post_message(self.Rejected(self, bad, len(added)))

    def on_click(self, event: events.Click) -> None:
        """Mark the recipient under the pointer, or go back to the text."""
        rows = self._shown.rows
        row = event.y + self._top
        part = _at(rows[row], event.x) if row < len(rows) else None
        place = part.place if part is not None else None
        if place is None:
            self._move(self._entry.at_end())
        else:
            self._move(self._entry.choosing(place))

    @on(Suggestions.Clicked)
    def _clicked(self, message: Suggestions.Clicked) -> None:
        message.stop()
        self.suggestions.place = message.place
        self.action_take()

    def action_take(self) -> None:
        """Take what is marked, else what was typed; else go on."""
        marked = self.suggestions.marked
        if marked is not None:
            self._take(marked)
        elif self._entry.marked is not None:
            self._type(self._entry.edited())
        elif self._entry.typed.strip():
            self._type(self._entry.finished())
        else:
            self.post_message(self.Finished(self))

    def action_take_and_go(self) -> None:
        """As ``take``; what is no address keeps the focus here, to be mended."""
        is_offered = self.suggestions.marked is not None
        self.action_take()
        if not is_offered:
            self.screen.focus_next()

    def action_close(self) -> None:
        self._close()

    def action_move(self, count: int) -> None:
        """Go up and down what is offered; else to the field above or below."""
        if self.suggestions.is_open:
            self.suggestions.move(count)
            self.refresh_bindings()
        elif count > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_step(self, count: int) -> None:
        self._move(self._entry.moved(count))

    def action_start(self) -> None:
        self._move(self._entry.at_start())

    def action_end(self) -> None:
        self._move(self._entry.at_end())

    def action_backspace(self) -> None:
        self._type(self._entry.backspaced())

    def action_delete(self) -> None:
        self._type(self._entry.deleted())

    def action_forget(self) -> None:
        gone = self._forgettable
        if gone is not None:
            self.post_message(self.Forgotten(self, gone.address))

    def action_without_word(self) -> None:
        self._type(self._entry.without_word())

    def action_clear(self) -> None:
        self._type(self._entry.without_text())

    @property
    def _forgettable(self) -> Suggestion | None:
        """The offered one that Delete is about: it takes no text away there."""
        is_at_end = self._entry.cursor == len(self._entry.typed)
        marked = self.suggestions.marked if self.is_mounted else None
        return marked if marked and marked.is_own and is_at_end else None

    def _take(self, offered: Suggestion) -> None:
        try:
            chip = chip_of(offered.name, offered.address)
        except AddressError:  # another program's name for somebody may be none
            chip = chip_of("", offered.address)
        self._type(self._entry.with_chip(chip))

    def _type(self, entry: Entry) -> None:
        """Go on with ``entry``, and ask who may be meant by what is typed now."""
        self._change(entry)
        sought = entry.typed.strip() if entry.chosen is None else ""
        if sought != self._sought:
            self._sought = sought
            if not sought:
                self._close()
            self.post_message(self.Wanted(self, sought))

    def _move(self, entry: Entry) -> None:
        if entry.chosen is not None:
            self._close()
        self._change(entry)

    def _change(self, entry: Entry) -> None:
        before, self._entry = self._entry, entry
        self._draw()
        self.refresh_bindings()
        if before.value != entry.value:
            self.post_message(self.Changed(self))

    def _become(self, entry: Entry) -> None:
        """Show another mail's recipients; not a change by the person."""
        self._sought = ""
        if self.is_mounted:
            self._close()
        self._change(entry)

    def _close(self) -> None:
        self._sought = ""
        self.suggestions.show((), is_first_marked=False)
        self.refresh_bindings()

    def _draw(self) -> None:
        """Make room for what is shown, keeping the cursor, and show it."""
        if not self.is_mounted:
            return
        self._shown = shown = self._laid_out()
        rows = min(len(shown.rows), MOST_ROWS)
        self._top = self._first_row(shown, rows)
        self.styles.height = rows + (1 if self.has_focus and self._hint() else 0)
        self._place_list(shown)
        self.refresh()

    def _first_row(self, shown: Rows, rows: int) -> int:
        if shown.cursor is not None:
            here = shown.cursor[1]
        else:
            here = next(
                (
                    y
                    for y, row in enumerate(shown.rows)
                    if any(one.style == "chosen" for one in row)
                ),
                0,
            )
        return max(0, min(max(self._top, here - rows + 1), here))

    def _place_list(self, shown: Rows) -> None:
        if shown.cursor is None:
            return
        column, row = shown.cursor
        self.suggestions.styles.offset = (0, row - self._top + 1)
        if self.has_focus:
            origin = self.content_region.offset
            self.app.cursor_position = origin + Offset(column, row - self._top)

    def _laid_out(self) -> Rows:
        lay_out = chip_rows.unfolded if self.has_focus else chip_rows.folded
        return lay_out(self._entry, self._remarks, max(1, self.size.width))

    def _hint(self) -> str:
        """Return what is said of the marked recipient, below the chips."""
        marked = self._entry.marked
        if marked is None:
            return ""
        said = chip_rows.about(marked, self._remarks.get(marked.text))
        edits, removes = map(self._names, ("recipients.take", "recipients.delete"))
        return f"{said}   {edits} edits, {removes} removes"

    def _strip(self, segments: Iterable[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(
            self.size.width, self.visual_style.rich_style
        )

    def _with_cursor(self, strip: Strip, column: int) -> Strip:
        column = min(column, self.size.width - 1)
        here = strip.crop(column, column + 1)
        style = self.get_component_rich_style("address-field--cursor", partial=True)
        pieces = (strip.crop(0, column), here.apply_style(style))
        return Strip.join([*pieces, strip.crop(column + 1)])

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"address-field--{name}")


def _at(row: Sequence[Part], column: int) -> Part | None:
    """Return what stands at ``column`` of a row."""
    for part in row:
        column -= wording.cells(part.text)
        if column < 0:
            return part
    return None
