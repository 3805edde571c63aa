"""One page of what is asked: notes, fields, and choices below them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tuimail.tui.keymap import bindings, without
from tuimail.tui.keys.key import Scope
from tuimail.tui.set_up.values import Field, Page
from tuimail.tui.widgets.picks import Picks, Stepper
from tuimail.tui.widgets.text_view import TextView

LONGEST: Final = 2000
"""Characters in one line; more than any address, password or path."""


_TAKES: Final = frozenset({"enter", "ctrl+s"})


class PlainField(Input, inherit_bindings=False):
    """A field that leaves Enter to the pane, so that its footer says so.

    Enter is on its way to the pane while the next key is here already, so what
    stood here when Enter came is held on to.
    """

    BINDINGS: ClassVar[list[BindingType]] = without(Input.BINDINGS, "enter")

    @dataclass
    class TooMany(Message):
        """Several lines were pasted, of which none was taken."""

        count: int

    held: str | None = None
    """What stood here when Enter came; None where it did not."""

    def on_key(self, event: events.Key) -> None:
        """Hold on to what stands here when Enter comes."""
        if event.key in _TAKES:
            self.held = self.value

    def settle(self) -> None:
        """Have again what stood here when Enter came."""
        if self.held is not None and self.value != self.held:
            self.value = self.held
        self.held = None

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self.held = None

    def action_copy(self) -> None:
        """Hand to the clipboard what may be seen: it goes through the terminal."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Take out what is selected; what may not be seen is not handed on."""
        if self.password:
            self.delete_selection()
        else:
            super().action_cut()

    def _on_paste(self, event: events.Paste) -> None:
        """Take one line, and of several none: the first might be half of it."""
        event.prevent_default()
        event.stop()
        lines = [line for line in event.text.splitlines() if line.strip()]
        if len(lines) > 1:
            self.post_message(self.TooMany(len(lines)))
        elif lines:
            self.replace(lines[0], *self.selection)


class Notes(TextView, can_focus=False):
    """As high as what it says, however much that is."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Notes { height: auto; margin: 0 0 1 0; scrollbar-size: 0 0; overflow-y: hidden; }
    """


class LongField(TextArea):
    """A field of several lines, in which Enter begins another one.

    As a key of its own, so that the footer offers the other key to go on by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LONG)]

    def action_new_line(self) -> None:
        self.insert("\n")


class StepPanel(VerticalScroll, can_focus=False):
    """Shows a page, and gives out what was typed once."""

    DEFAULT_CSS = """
    StepPanel { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    StepPanel .step-field { height: 1; margin: 0 0 1 0; }
    StepPanel .step-field.-long { height: 5; }
    StepPanel .step-label {
        width: 18;
        color: $text-muted;
        text-style: bold;
    }
    StepPanel Input { width: 1fr; height: 1; background: $panel; }
    StepPanel Stepper { width: 1fr; }
    StepPanel TextArea { width: 1fr; height: 5; background: $panel; }
    StepPanel Picks { max-height: 100%; }
    StepPanel #step-help { height: auto; color: $text-muted; margin: 0 0 1 0; }
    """

    @dataclass
    class Changed(Message):
        """A choice on a line was changed, so that other fields may be wanted."""

        panel: "StepPanel"

    def __init__(self, page: Page, *, focus: str = "") -> None:
        """Show ``page``.

        Args:
            page: What is asked.
            focus: Id of the widget that has the cursor; where something is to be
                typed first, if empty.
        """
        super().__init__()
        self.page = page
        self.is_ready = False
        """Whether its fields are there, and the cursor is in one of them."""
        self._focus = focus

    def compose(self) -> ComposeResult:
        if self.page.notes:
            yield Notes(id="step-notes")
        for one in self.page.fields:
            classes = "step-field -long" if one.is_long else "step-field"
            yield HorizontalGroup(
                Static(one.label, classes="step-label", markup=False),
                _widget(one),
                classes=classes,
            )
        if any(one.help for one in self.page.fields):
            first = self.page.fields[0].help
            yield Static(Content(first), id="step-help", markup=False)
        if self.page.choices:
            yield Picks(self.page.choices, id="step-picks")

    def on_mount(self) -> None:
        for notes in self.query(Notes):
            notes.show(self.page.notes)
        self.call_after_refresh(self._settle)

    def note(self, page: Page) -> None:
        """Show the notes of ``page``, which has the same fields and choices."""
        self.page = page
        for notes in self.query(Notes):
            notes.show(page.notes, is_same=True)

    def settle(self) -> None:
        """Drop what was typed after Enter came, before anybody took what it meant."""
        for field in self.query(PlainField):
            field.settle()

    @property
    def values(self) -> Mapping[str, str]:
        """What stands in the fields; never a secret."""
        return {
            one.id: _value(widget)
            for one, widget in self._fields()
            if not one.is_secret
        }

    @property
    def choice(self) -> str:
        """What Enter takes: the marked choice, or the first one from a field."""
        found = list(self.query(Picks))
        if not found or not self.page.choices:
            return ""
        is_in_fields = bool(self.page.fields) and not found[0].has_focus
        return self.page.choices[0].key if is_in_fields else found[0].key

    def take_secret(self) -> str:
        """Return what was typed unseen, which is nowhere on the page afterwards."""
        for field in self._secrets():
            typed, field.value = field.value, ""
            return typed
        return ""

    def focus_first(self) -> None:
        """Put the cursor where something is to be typed first."""
        found = list(self._empty()) or list(self.query(Picks)) or self.places
        if found:
            found[0].focus()

    def focus_next_empty(self) -> bool:
        """Put the cursor into the next empty field below, if there is one.

        A cursor that is nowhere on the page yet is put on it.
        """
        here, places = self.screen.focused, self.places
        if here not in places:
            self.focus_first()
            return bool(places)
        below = places[places.index(here) + 1 :]
        empty = [one for one in self._empty() if one in below]
        if empty:
            empty[0].focus()
        return bool(empty)

    def focus_on(self, field: str) -> None:
        """Put the cursor into the field that a complaint is about."""
        for one, widget in self._fields():
            if one.id == field:
                widget.focus()

    @property
    def places(self) -> list[Widget]:
        """Everything that can have the focus, from the top."""
        return [*(widget for _, widget in self._fields()), *self.query(Picks)]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for one in self.page.fields:
            if _id(one) == event.widget.id:
                self._explain(one.help)

    def _settle(self) -> None:
        self.is_ready = True
        kept = [one for one in self.places if one.id == self._focus]
        if kept:
            kept[0].focus()
        else:
            self.focus_first()

    def _explain(self, text: str) -> None:
        for static in self.query("#step-help").results(Static):
            static.update(Content(text))

    @on(Stepper.Changed)
    def _stepped(self, message: Stepper.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(self))

    def _fields(self) -> Iterator[tuple[Field, Widget]]:
        """Yield every field that is there: none before, and none afterwards."""
        for one in self.page.fields:
            for widget in self.query(f"#{_id(one)}"):
                yield one, widget

    def _secrets(self) -> Iterator[Input]:
        for one, widget in self._fields():
            if one.is_secret and isinstance(widget, Input):
                yield widget

    def _empty(self) -> Iterator[Widget]:
        for _, widget in self._fields():
            if isinstance(widget, Input) and not widget.value:
                yield widget


def _id(field: Field) -> str:
    return f"step-{field.id.replace('_', '-')}"


def _widget(field: Field) -> Widget:
    if field.choices:
        return Stepper(field.choices, key=field.value, id=_id(field))
    if field.is_long:
        return LongField(field.value, id=_id(field), compact=True, soft_wrap=True)
    return PlainField(
        field.value,
        id=_id(field),
        compact=True,
        password=field.is_secret,
        select_on_focus=False,
        max_length=LONGEST,
    )


def _value(widget: Widget) -> str:
    if isinstance(widget, Stepper):
        return widget.key
    if isinstance(widget, TextArea):
        return widget.text
    return widget.value.strip() if isinstance(widget, Input) else ""
