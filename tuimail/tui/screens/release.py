"""The question before mail leaves: to whom exactly, what was found, and when."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tuimail.core.schedule import Late
from tuimail.errors import FieldError
from tuimail.tui import moments, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.outgoing import release_lines
from tuimail.tui.screens.deciding import Consent
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.when import LATE_CHOICES
from tuimail.tui.standing import is_part
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.picks import Stepper
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import Page

_NOW: Final = f"Empty means now. For example: {moments.EXAMPLES}"


class ReleaseScreen(Over[Consent]):
    """Shows what is about to leave; nothing is focused on yes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RELEASE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.RELEASE, Scope.TEXT)
    DEFAULT_CSS = """
    ReleaseScreen.-low.-narrow .late { display: none; }
    ReleaseScreen.-short .late, ReleaseScreen.-flat .late { display: none; }
    """

    def __init__(
        self,
        page: Page,
        *,
        verb: str,
        undo: timedelta,
        name: str = "",
        has_time: bool = False,
        given: Consent | None = None,
        complaint: str = "",
    ) -> None:
        """Ask about the newest revision of ``page``.

        Args:
            page: What is about to leave.
            verb: ``approve``, ``release`` or ``send``.
            undo: How long it can be taken back.
            name: The reviewer who is offered first.
            has_time: Whether the cursor is where a time is typed.
            given: What was answered before, to go on from; its PIN is not used.
            complaint: Why that was refused.
        """
        super().__init__()
        self.page = page
        self._verb = verb
        self._undo = undo
        self._signer = name
        self._given = given or Consent()
        self._has_time = has_time or self._given.at is not None
        self._complaint = complaint
        self._is_asked = verb == "approve" and not page.standing.blocked
        is_signed = self._is_asked and bool(page.standing.reviewers)
        self.has_fields(has_fields=self._has_time or is_signed or self._is_overrulable)

    @property
    def title_text(self) -> str:
        number = len(self.page.recipients)
        people = wording.count(number, "person", "people")
        if self._verb == "approve" and is_part(self.page):
            standing = self.page.standing
            place = f"{len(standing.given) + 1} of {standing.needed}"
            return f"Approve for {people}, as {place}?"
        return f"Release to {people}?"

    def content(self) -> ComposeResult:
        standing = self.page.standing
        yield TextView(id="release-text")
        if self._is_overrulable:
            yield DialogRow(
                "Overrule",
                PlainField(self._given.overrule, id="overrule", compact=True),
            )
            word = wording.line(standing.to_type)
            hint = f"Type {word} to overrule what blocks it, or leave it to a second."
            yield Static(Content(hint), classes="remark", markup=False)
        hidden = "time" if self._has_time else "time -hidden"
        yield DialogRow(
            "At",
            PlainField(self._typed_time, id="at", compact=True),
            classes=hidden,
        )
        yield Static(Content(_NOW), id="echo", classes=f"remark {hidden}", markup=False)
        late = Stepper(LATE_CHOICES, key=self._given.late.value, id="late")
        yield DialogRow("If late", late, classes=f"late {hidden}")
        names = standing.reviewers if self._is_asked else ()
        yield Signing(names, name=self._signer)

    def on_mount(self) -> None:
        view = self.query_one(TextView)
        now = self.tuimail.now()
        view.show(release_lines(self.page, self._undo, verb=self._verb, now=now))
        self.complain(wording.line(self._complaint))
        (self._at if self._has_time else view).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "decide":
            return super().check_action(action, parameters)
        if self.is_overtaken or (self._verb == "approve" and self._is_blocked):
            return False
        part = self._is_part
        offered = {"approve"} if part else {"release"}
        if self._verb == "approve" and not part:
            offered.add("wait")
        return parameters[0] in offered

    def action_schedule(self) -> None:
        """Let a time be typed; once it is, offer those that are often meant."""
        if self._has_time:
            self._offer_next()
            return
        self._has_time = True
        for widget in self.query(".time"):
            widget.remove_class("-hidden")
        self.has_fields(has_fields=True)
        self._at.focus()
        self.refresh_bindings()

    def action_decide(self, how: str) -> None:
        try:
            at = self._moment()
        except FieldError as error:
            self.complain(wording.line(f"{error} {error.hint}"))
            self._at.focus()
            return
        self.decide(lambda: self._consent(at, waits=how == "wait"))

    @on(Input.Changed, "#overrule")
    def _offer_what_it_is_then(self) -> None:
        self.refresh_bindings()

    @on(Input.Changed, "#at")
    def _say_when(self) -> None:
        """Say what the time was understood as, while it is typed."""
        now = self.tuimail.now()
        try:
            at = self._moment()
        except FieldError as error:
            said = wording.line(f"{error} {error.hint}")
        else:
            there = moments.there(at, self.page.row.to) if at else ""
            more = f"; {wording.line(there)}" if there else ""
            said = f"It leaves {moments.spoken(at, now)}{more}." if at else _NOW
        self.query_one("#echo", Static).update(Content(said))

    def _offer_next(self) -> None:
        offered = [text for text, _at in moments.presets(self.tuimail.now())]
        typed = self._at.value.strip()
        place = offered.index(typed) + 1 if typed in offered else 0
        if offered:
            self._at.value = offered[place % len(offered)]
            self._at.cursor_position = len(self._at.value)

    @property
    def _at(self) -> PlainField:
        return self.query_one("#at", PlainField)

    @property
    def _is_overrulable(self) -> bool:
        """Whether a word lets one person do what otherwise takes two."""
        standing = self.page.standing
        return self._is_asked and bool(standing.to_type) and not standing.given

    @property
    def _is_part(self) -> bool:
        """Whether one yes is not enough: what blocks takes a word, or a second one."""
        if self._verb != "approve":
            return False
        waits_for_word = self._is_overrulable and not self._overruling
        return waits_for_word or is_part(self.page)

    @property
    def _overruling(self) -> str:
        """The word that overrules, as far as it is typed."""
        typed = [one.value for one in self.query("#overrule").results(Input)]
        return typed[0].strip() if typed else ""

    @property
    def _is_blocked(self) -> bool:
        return bool(self.page.standing.blocked)

    @property
    def _typed_time(self) -> str:
        at = self._given.at
        return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""

    def _moment(self) -> datetime | None:
        typed = self._at.value.strip() if self._has_time else ""
        return moments.moment(typed, now=self.tuimail.now()) if typed else None

    def _consent(self, at: datetime | None, *, waits: bool) -> Consent:
        return Consent(
            overrule=self._overruling,
            signature=self.query_one(Signing).take(),
            at=at,
            late=Late(self.query_one("#late", Stepper).key),
            release_digest=self.page.release_digest,
            waits=waits,
        )
