"""Asks when mail is to leave: three moments that are often meant, or any other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tuimail.core.schedule import STILL_IN_TIME, Late, Plan
from tuimail.errors import FieldError
from tuimail.tui import moments, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.picks import Picks, Stepper
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.views import Row

_NOW: Final = "now"
_OTHER: Final = "other"
_HINT: Final = f"For example: {moments.EXAMPLES}"
LATE_CHOICES: Final = (
    Choice(key=Late.ASK.value, text="hold it and ask me"),
    Choice(key=Late.SEND.value, text="let it leave all the same"),
    Choice(key=Late.DRAFT.value, text="make it a draft again"),
)
"""What becomes of mail that misses its time."""
LATE_REMARK: Final = (
    f"Late is over {wording.duration(STILL_IN_TIME)}: this machine slept, or the "
    "network was away."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What was answered."""

    at: datetime | None
    """None means now."""
    late: Late


class WhenScreen(Over[When]):
    """Returns a time and what becomes of the mail if it is missed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WHEN)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.WHEN, Scope.PICKS, Scope.STEPPER)
    TITLE_TEXT = "When is it to leave?"
    DEFAULT_CSS = """
    WhenScreen #when { margin: 0 0 1 0; }
    WhenScreen.-low #when, WhenScreen.-short #when { margin: 0; }
    WhenScreen.-low #late-remark, WhenScreen.-short #late-remark { display: none; }
    WhenScreen.-short Facts { display: none; }
    """

    def __init__(self, row: Row, plan: Plan | None, *, now: datetime) -> None:
        """Ask about ``row``.

        Args:
            row: Mail that waits.
            plan: What somebody said before; None where nobody did.
            now: Aware.
        """
        super().__init__()
        self._row = row
        self._plan = plan
        self._presets = dict(moments.presets(now))

    def content(self) -> ComposeResult:
        yield Facts()
        yield Picks(tuple(self._choices()), id="when")
        field = PlainField(id="at", compact=True, select_on_focus=False)
        yield DialogRow("At", field)
        yield Static(Content(_HINT), id="echo", classes="remark", markup=False)
        late = self._plan.late if self._plan else Late.ASK
        yield DialogRow("If late", Stepper(LATE_CHOICES, key=late.value, id="late"))
        remark = Content(LATE_REMARK)
        yield Static(remark, id="late-remark", classes="remark", markup=False)

    def on_mount(self) -> None:
        self.query_one(Facts).show(tuple(self._about()))
        self.has_fields(has_fields=True)
        self.query_one(Picks).focus()

    def on_key(self, event: events.Key) -> None:
        """Begin to type a time where a digit is pressed among the choices."""
        is_digit = bool(event.character) and str(event.character).isdigit()
        if is_digit and self.query_one(Picks).has_focus:
            event.stop()
            event.prevent_default()
            self._field.value = str(event.character)
            self._field.focus()
            self._field.cursor_position = 1

    def action_take(self) -> None:
        try:
            at = self._at()
        except FieldError as error:
            self.complain(wording.line(f"{error} {error.hint}"))
            self._field.focus()
            return
        late = Late(self.query_one(Stepper).key)
        self.decide(lambda: When(at=at, late=late))

    @on(Picks.Taken)
    def _taken(self) -> None:
        self.action_take()

    @on(Input.Changed, "#at")
    def _say_when(self) -> None:
        """Say what the time was understood as, while it is typed."""
        typed = self._field.value.strip()
        self.query_one("#echo", Static).update(
            Content(echo(typed, self._now, self._row.to))
        )

    @property
    def _field(self) -> PlainField:
        return self.query_one("#at", PlainField)

    @property
    def _now(self) -> datetime:
        return self.tuimail.now()

    def _at(self) -> datetime | None:
        """Return the moment that was typed, or else chosen.

        Raises:
            FieldError: It is none to come.
        """
        typed, chosen = self._field.value.strip(), self.query_one(Picks).key
        if typed or chosen == _OTHER:
            return moments.moment(typed, now=self._now)
        return None if chosen == _NOW else self._presets[chosen]

    def _choices(self) -> Iterator[Choice]:
        now = self._now
        for text, at in self._presets.items():
            is_span = text.startswith("in ")
            name = "in two hours" if is_span else f"{at.astimezone():%A %H:%M}"
            yield Choice(key=text, text=name, more=moments.spoken(at, now))
        yield Choice(key=_NOW, text="now")
        yield Choice(key=_OTHER, text="another time", more="type it below")

    def _about(self) -> Iterator[Paragraph]:
        row = self._row
        yield Paragraph(label="Subject", text=wording.subject(row.subject))
        yield Paragraph(label="To", text=wording.people(row.to))
        if self._plan is not None:
            planned = moments.spoken(self._plan.at, self._now)
            yield Paragraph(label="Until now", text=planned)
        yield Paragraph(text="")


def echo(typed: str, now: datetime, to: Iterable[str] = ()) -> str:
    """Return what ``typed`` was understood as, or why it was not; safe text."""
    if not typed:
        return _HINT
    try:
        at = moments.moment(typed, now=now)
    except FieldError as error:
        return wording.line(f"{error} {error.hint}")
    there = moments.there(at, to)
    more = f"; {wording.line(there)}" if there else ""
    return f"It leaves {moments.spoken(at, now)}{more}."
