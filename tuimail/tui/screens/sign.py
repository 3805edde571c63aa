"""Asks which reviewer it is, for what is not a question before mail leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.views import Signature

NO_PIN = "Type your PIN."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who it is; nobody where a PIN is not needed, and none was typed."""

    signature: Signature | None


class SignScreen(Over[Signed]):
    """Returns a name with a PIN, or None."""

    AUTO_FOCUS = "#pin"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SIGN)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.SIGN,)

    def __init__(
        self,
        title: str,
        why: str,
        names: Sequence[str],
        *,
        name: str = "",
        is_needed: bool,
        complaint: str = "",
    ) -> None:
        """Ask who does something.

        Args:
            title: What is done; safe text.
            why: What a name means here; safe text.
            names: Of the reviewers, at least one.
            name: The one who is offered first.
            is_needed: Whether it is not done without a PIN.
            complaint: Why it was refused before; shown as untrusted text.
        """
        super().__init__()
        self._title = title
        self._why = why
        self._names = names
        self._first = name
        self._is_needed = is_needed
        self._complaint = complaint
        self.has_fields(has_fields=True)

    @property
    def title_text(self) -> str:
        return self._title

    def content(self) -> ComposeResult:
        yield Facts()
        yield Signing(self._names, name=self._first)

    def on_mount(self) -> None:
        self.query_one(Facts).show((Paragraph(text=self._why), Paragraph(text="")))
        self.complain(wording.line(self._complaint))

    def action_decide(self) -> None:
        if self._is_needed and not self.query_one("#pin", PlainField).value:
            self.complain(NO_PIN)
        else:
            self.decide(lambda: Signed(signature=self.query_one(Signing).take()))
