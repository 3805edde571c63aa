"""Asks through which other account mail is to leave, and says what that changes."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import AccountView, Row

_CONSEQUENCE: Final = (
    "It is withdrawn and open again for those who do not have it, with a new "
    "revision that has to be approved."
)
_ABOUT_FROM: Final = (
    "Where the account does not send as that address, it is From the account's own; "
    "receivers may trust it less if its domain does not name that server."
)


class RerouteScreen(Over[str]):
    """Returns the name of an account, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REROUTE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.REROUTE, Scope.PICKS)
    TITLE_TEXT = "Leave through which account?"

    def __init__(self, row: Row, accounts: Sequence[AccountView]) -> None:
        """Offer ``accounts`` but the one that ``row`` takes now."""
        super().__init__()
        self._row = row
        self.choices = tuple(_choices(row, accounts))

    def content(self) -> ComposeResult:
        yield Facts()
        yield Picks(self.choices, id="accounts")

    def on_mount(self) -> None:
        row = self._row
        from_ = f"{wording.line(row.sender)}   via {wording.line(row.account)} now"
        self.query_one(Facts).show(
            (
                Paragraph(label="Subject", text=wording.subject(row.subject)),
                Paragraph(label="To", text=wording.people(row.to)),
                Paragraph(label="From", text=from_),
                Paragraph(text=""),
                Paragraph(text=_CONSEQUENCE),
                Paragraph(text=_ABOUT_FROM, kind=Kind.MUTED),
                Paragraph(text=""),
            )
        )
        self.query_one(Picks).focus()

    @on(Picks.Taken)
    def action_take(self) -> None:
        chosen = self.query_one(Picks).key
        if chosen:
            self.decide(lambda: chosen)


def _choices(row: Row, accounts: Iterable[AccountView]) -> Iterable[Choice]:
    for one in accounts:
        if one.name == row.account:
            continue
        more = [wording.line(one.address)]
        if not any(own in row.sender for own in (one.address, *one.identities)):
            more.append("another From")
        if one.held_reason:
            more.append("held")
        yield Choice(key=one.name, text=wording.line(one.name), more=", ".join(more))
