"""The fields of a mail being written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tuimail.core.draft import Attachment
from tuimail.tui import editing
from tuimail.tui.editing import Typed
from tuimail.tui.keymap import without
from tuimail.tui.widgets.choosers import AccountChoice, Choice, FileList
from tuimail.tui.widgets.line_input import LineInput

FIELDS: Final = {
    "to": "#to",
    "cc": "#cc",
    "bcc": "#bcc",
    "subject": "#subject",
    "text": "#text-part",
    "html": "#html-part",
    "attach": "#files",
    "from": "#account",
    "account": "#account",
}
"""Which widget a complaint about a field is about."""
_LINES: Final = ("to", "cc", "bcc", "subject")


class BodyArea(TextArea, inherit_bindings=False):
    """An editor that leaves F6 and F7 to the pane."""

    BINDINGS: ClassVar[list[BindingType]] = without(TextArea.BINDINGS, "f6", "f7")


class MailForm(Vertical):
    """Holds text, and says when it changed; knows no draft."""

    DEFAULT_CSS = """
    MailForm { height: 1fr; }
    MailForm HorizontalGroup { height: 1; }
    MailForm .field-label {
        width: 10;
        padding: 0 0 0 1;
        color: $text-muted;
        text-style: bold;
    }
    MailForm Input { width: 1fr; height: 1; }
    MailForm Bar { width: 1fr; }
    MailForm TextArea { height: 1fr; min-height: 2; }
    MailForm #form-status { height: 1; color: $text-muted; background: $panel; }
    """

    class Changed(Message):
        """The person changed something."""

    @dataclass
    class TooLong(Message):
        """A body is shown but cannot be edited here."""

        part: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._is_html = False

    def compose(self) -> ComposeResult:
        yield _labelled("From", AccountChoice(id="account"))
        for name in _LINES:
            joint = " " if name == "subject" else ", "
            yield _labelled(name.capitalize(), LineInput(id=name, joint=joint))
        yield _labelled("Files", FileList(id="files"))
        yield Static("", id="form-status", markup=False)
        yield BodyArea(id="text-part", compact=True)
        yield BodyArea(id="html-part", compact=True)

    @property
    def typed(self) -> Typed:
        """What stands in the fields now."""
        lines = {name: self._line(name).value for name in _LINES}
        return Typed(
            account=self.query_one(AccountChoice).account,
            text=self._part("text").text,
            html=self._part("html").text,
            files=self.query_one(FileList).files,
            **lines,
        )

    @property
    def part(self) -> TextArea:
        """The part of the body that is being edited."""
        return self._part("html" if self._is_html else "text")

    def on_mount(self) -> None:
        self._show_part(is_html=False)

    def offer(self, choices: Iterable[Choice], *, account: str) -> None:
        """Offer the accounts to send from."""
        self.query_one(AccountChoice).offer(tuple(choices), account=account)

    def fill(self, typed: Typed) -> None:
        """Put ``typed`` into the fields; not a change by the person."""
        with self.prevent(Input.Changed, TextArea.Changed):
            for name in _LINES:
                self._line(name).value = getattr(typed, name)
            self._load("text", typed.text)
            self._load("html", typed.html)
        self.query_one(FileList).files = typed.files
        self._show_part(is_html=bool(typed.html.strip()) and not typed.text.strip())

    def attach(self, file: Attachment) -> None:
        """Add ``file`` to the attachments."""
        listed = self.query_one(FileList)
        listed.files = (*listed.files, file)
        self.post_message(self.Changed())

    def say(self, status: str) -> None:
        """Say above the body where the draft stands; safe text."""
        part = "HTML" if self._is_html else "Text"
        self.query_one("#form-status", Static).update(Content(f" {part} · {status}"))

    def focus_on(self, field: str) -> None:
        """Put the cursor into what a complaint about ``field`` is about."""
        if field == "html" or (field == "text" and self._is_html):
            self._show_part(is_html=field == "html")
        selector = FIELDS.get(field)
        if selector is not None:
            self.query_one(selector).focus()

    def other_part(self) -> None:
        """Edit the HTML part instead of the text part, or back."""
        self._show_part(is_html=not self._is_html)
        self.part.focus()

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(AccountChoice.Changed)
    @on(FileList.Changed)
    def _changed(self, message: Message) -> None:
        message.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _next_field(self, message: Input.Submitted) -> None:
        message.stop()
        self.screen.focus_next()

    def _line(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _part(self, name: str) -> TextArea:
        return self.query_one(f"#{name}-part", TextArea)

    def _load(self, name: str, text: str) -> None:
        area = self._part(name)
        area.load_text(text)
        area.read_only = editing.is_too_long(text)
        if area.read_only:
            self.post_message(self.TooLong(name))

    def _show_part(self, *, is_html: bool) -> None:
        self._is_html = is_html
        self._part("html").display = is_html
        self._part("text").display = not is_html


def _labelled(label: str, field: Widget) -> HorizontalGroup:
    return HorizontalGroup(Static(label, classes="field-label", markup=False), field)
