"""Says no to mail, in words and codes that its author will read."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from tuimail.core.decision import CODES, Comment
from tuimail.core.origin import is_agent
from tuimail.errors import FieldError
from tuimail.tui import commenting, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.deciding import Refusal
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.codes import Codes
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.foretelling import Reading, document
from tuimail.workspace.views import Page

_TITLES: Final = {
    "request_changes": "Send back for changes",
    "reject": "Reject for good",
}
_READS: Final = "The author will read:"


class ReasonScreen(Over[Refusal]):
    """Asks why; shows the very answer that a program will get."""

    AUTO_FOCUS = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REASON)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.REASON, Scope.TEXT)

    def __init__(
        self,
        verb: str,
        page: Page,
        reading: Reading,
        *,
        name: str = "",
        given: Refusal | None = None,
        complaint: str = "",
    ) -> None:
        """Ask why the newest revision of ``page`` does not leave.

        Args:
            verb: ``request_changes`` or ``reject``.
            page: What was looked at.
            reading: What its author is told, and what it wrote.
            name: The reviewer who is offered first.
            given: What was said before, to go on from; its PIN is not used.
            complaint: Why that was refused.
        """
        super().__init__()
        self.page = page
        self._verb = verb
        self._reading = reading
        self._signer = name
        self._given = given or Refusal(reason="")
        self._complaint = complaint
        self.has_fields(has_fields=True)

    @property
    def title_text(self) -> str:
        author = self.page.row.origin.actor
        return f"{_TITLES[self._verb]}: {wording.line(author)}"

    def content(self) -> ComposeResult:
        given = self._given
        yield Codes(CODES, chosen=given.codes, id="codes")
        reason = TextArea(given.reason, id="reason", soft_wrap=True, compact=True)
        yield DialogRow("Reason", reason)
        places = commenting.typed(given.comments)
        remarks = TextArea(places, id="comments", soft_wrap=True, compact=True)
        yield DialogRow("On lines", remarks)
        yield Static(Content(commenting.HOW), id="how", classes="remark", markup=False)
        yield TextView(id="reads")
        yield Signing(self.page.standing.reviewers, name=self._signer)

    def _fit_text(self) -> None:
        """Leave the room to what is typed; what the author reads is long."""

    def on_mount(self) -> None:
        self.complain(wording.line(self._complaint))
        self._show_answer()
        self.watch(self.query_one(Codes), "chosen", self._show_answer, init=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "decide" and self.is_overtaken:
            return False
        return super().check_action(action, parameters)

    def action_code(self, code: str) -> None:
        self.query_one(Codes).toggle(code)

    def action_decide(self) -> None:
        try:
            refusal = self._refusal()
        except FieldError as error:
            self.complain(wording.line(f"{error} {error.hint}"))
            self.query_one("#comments", TextArea).focus()
            return
        if refusal.reason or refusal.codes:
            self.decide(lambda: self._signed(refusal))
        else:
            self.complain("Write a reason first: its author will read it.")
            self.query_one("#reason", TextArea).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the lines of the text while one of them is commented on."""
        if event.widget.id == "comments":
            self.query_one("#reads", TextView).show(
                commenting.numbered(self._reading.text)
            )
        elif event.widget.id != "reads":
            self._show_answer()

    @on(TextArea.Changed, "#comments")
    def _quote(self) -> None:
        """Show which line is meant, so that a wrong number is seen at once."""
        typed = self.query_one("#comments", TextArea).text
        try:
            comments = commenting.comments_of(typed, self._reading.text)
        except FieldError as error:
            said = wording.line(f"{error} {error.hint}")
        else:
            quotes = commenting.quoted(comments, self._reading.text)
            said = "  ".join(f"{one.label}: {one.text}" for one in quotes)
            self._reveal(comments)
        self.query_one("#how", Static).update(Content(said or commenting.HOW))

    def _reveal(self, comments: Sequence[Comment]) -> None:
        """Go to the line that was named last, among those with their numbers."""
        named = [one.line for one in comments if one.line]
        if named and self.query_one("#comments", TextArea).has_focus:
            self.query_one("#reads", TextView).reveal(named[-1] - 1)

    @on(TextArea.Changed, "#reason")
    def _show_answer(self) -> None:
        view = self.query_one("#reads", TextView)
        view.show(self._reads(), is_same=True)

    def _reads(self) -> tuple[Paragraph, ...]:
        try:
            refusal = self._refusal()
        except FieldError as error:
            said = wording.line(f"{error} {error.hint}")
            return (Paragraph(text=said, kind=Kind.WARNING),)
        head = Paragraph(text=_READS, kind=Kind.MUTED)
        if not is_agent(self.page.row.origin.actor):
            return (head, Paragraph(text=wording.said(refusal.reason)))
        foreseen = self._reading.after(
            self._verb,
            reason=refusal.reason,
            codes=refusal.codes,
            comments=refusal.comments,
            by_role="reviewer" if self.page.standing.reviewers else "owner",
            at=self.tuimail.now(),
        )
        text = wording.line(document(foreseen))
        return (head, Paragraph(text=text, is_data=True))

    def _refusal(self) -> Refusal:
        comments = self.query_one("#comments", TextArea).text
        return Refusal(
            reason=self.query_one("#reason", TextArea).text.strip(),
            codes=self.query_one(Codes).in_order,
            comments=commenting.comments_of(comments, self._reading.text),
        )

    def _signed(self, refusal: Refusal) -> Refusal:
        return Refusal(
            reason=refusal.reason,
            codes=refusal.codes,
            comments=refusal.comments,
            signature=self.query_one(Signing).take(),
        )
