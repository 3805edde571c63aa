"""The fields of a mail being written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tuimail.core.draft import Attachment
from tuimail.core.signature import unsigned
from tuimail.tui import wording
from tuimail.tui.editing import Typed
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.recipients import chip, split
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.body_field import BodyField
from tuimail.tui.widgets.chip_rows import Remarks
from tuimail.tui.widgets.choosers import AccountChoice, Choice
from tuimail.tui.widgets.file_list import FileList
from tuimail.tui.widgets.line_input import LineInput

FIELDS: Final = {
    "to": "#to",
    "cc": "#cc",
    "bcc": "#bcc",
    "subject": "#subject",
    "text": "#text-part",
    "markdown": "#text-part",
    "html": "#html-part",
    "attach": "#files",
    "from": "#account",
    "account": "#account",
}
"""Which widget a complaint about a field is about."""
_PEOPLE: Final = ("to", "cc", "bcc")
_LINES: Final = (*_PEOPLE, "subject")


class MailForm(Vertical):
    """Holds text, and says when it changed; knows no draft."""

    DEFAULT_CSS = """
    MailForm { height: 1fr; }
    MailForm HorizontalGroup { height: auto; min-height: 1; }
    MailForm .field-label {
        width: 10;
        padding: 0 0 0 1;
        color: $text-muted;
        text-style: bold;
    }
    MailForm Input { width: 1fr; height: 1; }
    MailForm Bar { width: 1fr; }
    MailForm #form-status { height: 1; color: $text-muted; background: $panel; }
    """

    class Changed(Message):
        """The person changed something."""

    class Filled(Message):
        """Another mail stands in the fields."""

    class Named(Message):
        """Other recipients are named than before."""

    class Enclosed(Message):
        """Other files are attached than before, or another account sends them."""

    @dataclass
    class TooLong(Message):
        """A body is shown but cannot be edited here."""

        part: str

    def __init__(self, *, id: str, names: Names = USUAL) -> None:
        super().__init__(id=id)
        self._names = names
        self._status = ""
        """Where the draft stands; safe text."""
        self._is_html = False
        self._is_markdown = False

    def compose(self) -> ComposeResult:
        yield _labelled("From", AccountChoice(id="account"))
        for name in _PEOPLE:
            is_blind = name == "bcc"
            field = AddressField(id=name, is_blind=is_blind, names=self._names)
            yield _labelled(name.capitalize(), field)
        yield _labelled("Subject", LineInput(id="subject", joint=" "))
        yield _labelled("Files", FileList(id="files"))
        yield Static("", id="form-status", markup=False)
        yield BodyField(id="bodies")

    @property
    def typed(self) -> Typed:
        """What stands in the fields now."""
        lines = {name: self._line(name).value for name in _LINES}
        chosen = self.query_one(AccountChoice).chosen
        return Typed(
            account=self.query_one(AccountChoice).account,
            sender=chosen.sender if chosen else "",
            text=self._part("text").content,
            html=self._part("html").content,
            is_markdown=self._is_markdown,
            files=self.query_one(FileList).files,
            **lines,
        )

    @property
    def named(self) -> tuple[str, ...]:
        """Every recipient that is done being typed."""
        fields = self.query(AddressField)
        return tuple(one.text for field in fields for one in field.entry.chips)

    def remark(self, remarks: Remarks) -> None:
        """Show what is known of the recipients."""
        for field in self.query(AddressField):
            field.remark(remarks)

    @property
    def part(self) -> BodyEditor:
        """The part of the body that is being edited."""
        return self._part("html" if self._is_html else "text")

    @property
    def part_name(self) -> str:
        """Which part of the body is being edited: ``text`` or ``html``."""
        return "html" if self._is_html else "text"

    def on_mount(self) -> None:
        self._show_part(is_html=False)

    @property
    def sender(self) -> str:
        """From whom the mail is, with the name; safe text."""
        chosen = self.query_one(AccountChoice).chosen
        return chosen.name if chosen else ""

    def way_of(self, sender: str) -> Choice | None:
        """Return how to send as ``sender``, of which the address counts."""
        wanted = split(sender)
        found = chip(wanted[0]).mailbox if len(wanted) == 1 else None
        ways = self.query_one(AccountChoice).choices
        address = found.text.lower() if found else ""
        return next((one for one in ways if one.sender.lower() == address), None)

    def offer(self, choices: Iterable[Choice], *, account: str, sender: str) -> None:
        """Offer everybody that mail may be from."""
        choice = self.query_one(AccountChoice)
        choice.offer(tuple(choices), account=account, sender=sender)

    def explain(self, reason: str) -> None:
        """Say why the mail is from whom it is, as long as it is from them."""
        choice = self.query_one(AccountChoice)
        sender = choice.chosen.sender if choice.chosen else ""
        choice.reason = (sender, wording.line(reason))

    def fill(self, typed: Typed) -> None:
        """Put ``typed`` into the fields; not a change by the person."""
        with self.prevent(Input.Changed, TextArea.Changed, AddressField.Changed):
            for name in _LINES:
                self._line(name).value = getattr(typed, name)
            self._load("text", typed.text)
            self._load("html", typed.html)
        self._mark(is_markdown=typed.is_markdown)
        self.query_one(FileList).files = typed.files
        self.post_message(self.Named())
        self._show_part(is_html=bool(typed.html.strip()) and not typed.text.strip())
        self.post_message(self.Filled())

    def put(self, name: str, text: str) -> None:
        """Have safe ``text`` stand in one line, as if the person had typed it."""
        self._line(name).value = text

    def insert(self, name: str, text: str) -> bool:
        """Put safe ``text`` into a part of the body, as if the person had typed it.

        Where the cursor is; at the beginning of what says nothing yet. Returns
        whether that part can be edited here, with the text in it.
        """
        part = self._part(name)
        if part.read_only or part.is_too_much(text):
            return False
        is_begun = bool(unsigned(part.text).strip())
        part.insert(text, part.cursor_location if is_begun else (0, 0))
        self.focus_on(name)
        return True

    def attach(self, file: Attachment) -> None:
        """Add ``file`` to the attachments."""
        listed = self.query_one(FileList)
        listed.files = (*listed.files, file)
        self.post_message(self.Changed())

    def say(self, status: str) -> None:
        """Say above the body where the draft stands; safe text."""
        self._status = status
        self._say_again()

    def focus_on(self, field: str) -> None:
        """Put the cursor into what a complaint about ``field`` is about."""
        if field == "html" or (field == "text" and self._is_html):
            self._show_part(is_html=field == "html")
        selector = FIELDS.get(field)
        if selector is not None:
            self.query_one(selector).focus()

    @property
    def is_markdown(self) -> bool:
        """Whether the text is Markdown, from which the HTML part is made."""
        return self._is_markdown

    def mark_down(self, *, is_markdown: bool) -> None:
        """Take the text for Markdown from now on, or for plain text."""
        self._mark(is_markdown=is_markdown)
        self._show_part(is_html=False)
        self.post_message(self.Changed())

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

    @on(AccountChoice.Changed)
    @on(FileList.Listed)
    def _enclosed(self) -> None:
        self.post_message(self.Enclosed())

    @on(AddressField.Changed)
    def _named(self, message: AddressField.Changed) -> None:
        message.stop()
        self.post_message(self.Changed())
        self.post_message(self.Named())

    @on(Input.Submitted)
    @on(AddressField.Finished)
    def _next_field(self, message: Message) -> None:
        message.stop()
        self.screen.focus_next()

    def _line(self, name: str) -> Input | AddressField:
        if name in _PEOPLE:
            return self.query_one(f"#{name}", AddressField)
        return self.query_one(f"#{name}", Input)

    def _part(self, name: str) -> BodyEditor:
        return self.query_one(f"#{name}-part", BodyEditor)

    def _load(self, name: str, text: str) -> None:
        area = self._part(name)
        area.load(text)
        if area.is_too_long:
            self.post_message(self.TooLong(name))

    def _mark(self, *, is_markdown: bool) -> None:
        self._is_markdown = is_markdown
        self._part("text").mark_markdown(is_markdown=is_markdown)
        self._say_again()

    def _show_part(self, *, is_html: bool) -> None:
        self._is_html = is_html
        self.query_one(BodyField).show(self.part_name)
        self._say_again()

    def _say_again(self) -> None:
        """Say which part is edited, and where the draft stands."""
        part = "HTML" if self._is_html else "Markdown" if self.is_markdown else "Text"
        text = f" {part} · {self._status}" if self._status else f" {part}"
        self.query_one("#form-status", Static).update(Content(text))


def _labelled(label: str, field: Widget) -> HorizontalGroup:
    return HorizontalGroup(Static(label, classes="field-label", markup=False), field)
