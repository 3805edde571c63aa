"""The Review pane: what waits for a decision, and the decision."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from tuimail.core.finding import Severity
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look, look
from tuimail.tui.screens import deciding
from tuimail.tui.screens.list_pane import ListPane, Target
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.widgets.layouts import Card
from tuimail.workspace.views import Row

_FIRST = {Severity.BLOCK.value: 0, Severity.WARNING.value: 1}


class ReviewScreen(ListPane):
    """Shows each draft as its receiver will get it, and asks for a decision."""

    MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REVIEW)]
    SCOPES = (Scope.REVIEW, Scope.LIST, Scope.READING, Scope.PANE, Scope.APP)
    STATUSES = frozenset({"review", "approved"})
    LAYOUT = Card(usual="review")
    EMPTY = (
        "Nothing to review.\n\n"
        "Programs hand in mail with:\n"
        "  tuimail submit --to … --actor agent:NAME\n\n"
        "{pane.new} writes a new mail."
    )

    def order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return what needs a person first: the worst, then the oldest."""
        return sorted(
            rows, key=lambda row: (_FIRST.get(row.worst_finding, 2), row.updated_at)
        )

    def action_act(self, verb: str) -> None:
        target = self.target
        if target is None:
            return
        if verb == "edit":
            self.tuimail.edit(target.id, back_to=self.MODE)
        else:
            self.decide(partial(self._begin, verb, target))

    def _begin(self, verb: str, target: Target) -> None:
        if verb in {"approve", "release"}:
            self.ask(look(target.id), partial(self._ask_release, verb))
        else:
            self._ask_reason(verb, target, "")

    def _ask_release(self, verb: str, found: Look) -> None:
        undo = self.tuimail.settings.undo
        dialog = ReleaseScreen(found.page, undo=undo)
        self.app.push_screen(dialog, partial(self._release, verb, found))

    def _release(self, verb: str, found: Look, answer: bool | None) -> None:
        if not answer:
            return
        call = deciding.WAYS_OUT[verb](found.page.row, self.tuimail.settings.undo)
        self.act_at_once(call, "released", leave=True)
        self.tuimail.wake_sender()

    def _ask_reason(
        self, verb: str, target: Target, text: str, complaint: str = ""
    ) -> None:
        row = self.row
        if row is None or row.id != target.id:
            return
        dialog = ReasonScreen(
            verb, author=row.origin.actor, text=text, complaint=complaint
        )
        self.app.push_screen(dialog, partial(self._say_no, verb, target))

    def _say_no(self, verb: str, target: Target, reason: str | None) -> None:
        if reason is None:
            return
        call, done = deciding.REFUSALS[verb]
        self.ask(
            partial(call, target.id, target.revision, reason),
            lambda row: self._acted(row, done, leave=True),
            otherwise=lambda error: self._ask_reason(
                verb, target, reason, f"{error} {error.hint}"
            ),
        )
