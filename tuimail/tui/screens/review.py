"""The Review pane: what waits for a decision, and the decision."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType

from tuimail.core.finding import Severity
from tuimail.errors import TuimailError
from tuimail.tui import batching, standing, wording
from tuimail.tui.batching import Counted, Marked, Outcome
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look
from tuimail.tui.screens import deciding
from tuimail.tui.screens.assign import AssignScreen
from tuimail.tui.screens.batch import BatchScreen
from tuimail.tui.screens.consenting import said
from tuimail.tui.screens.deciding import Refusal
from tuimail.tui.screens.list_pane import ListPane, Target
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.widgets.detail import Seen
from tuimail.tui.widgets.layouts import Card
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.foretelling import Reading
from tuimail.workspace.views import Page, Row

_FIRST = {Severity.BLOCK.value: 0, Severity.WARNING.value: 1}
NOBODY_NAMED: Final = "Nobody is named who could be asked to decide."
HOW_TO_NAME: Final = "Name somebody: tuimail reviewers add NAME"
_READ: Final = frozenset({"text", "html"})
"""Tabs whose end has to have been on the screen before a mail goes in a batch."""


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

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[Seen] = set()
        self._shown: dict[tuple[str, int], frozenset[str]] = {}
        """Which tabs there are to be read of each revision that was looked at."""

    def order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return what needs a person first: the worst, then the oldest."""
        return sorted(
            rows, key=lambda row: (_FIRST.get(row.worst_finding, 2), row.updated_at)
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act_later":
            return super().check_action("act", parameters)
        if action in {"unmark", "batch"} and self.is_mounted:
            return bool(self.table.marked)
        if action == "mark" and self.is_mounted:
            return self.row is not None
        if action == "diff":
            return self.has_tab("diff")
        return super().check_action(action, parameters)

    def action_act(self, verb: str) -> None:
        target = self.target
        if target is None:
            return
        if verb == "edit":
            self.tuimail.edit(target.id, back_to=self.MODE)
        else:
            self.decide(partial(self._begin, verb, target))

    def action_act_later(self, verb: str) -> None:
        target = self.target
        if target is not None:
            self.decide(partial(self._ask_release, verb, target, has_time=True))

    def action_diff(self) -> None:
        self.detail.turn("diff")

    def action_mark(self) -> None:
        self.table.mark_selected()
        self.refresh_bindings()

    def action_unmark(self) -> None:
        self.table.unmark()
        self.refresh_bindings()

    def action_batch(self) -> None:
        self.decide(self._sort_out)

    @on(TextView.EndShown)
    def _end_shown(self, message: TextView.EndShown) -> None:
        message.stop()
        if isinstance(message.what, Seen):
            self._seen.add(message.what)

    def looked(self, found: Look) -> None:
        """Remember what is to be read of it; say in a dialog who was first."""
        row = found.page.row
        tabs = frozenset(tab.name for tab in found.tabs)
        self._shown[row.id, row.revision] = _READ & tabs
        dialog = self.app.screen
        if not isinstance(dialog, ReleaseScreen | ReasonScreen):
            return
        asked = dialog.page.row
        if (row.id, row.revision, row.status) != (
            asked.id,
            asked.revision,
            asked.status,
        ) and row.id == asked.id:
            dialog.overtake(standing.overtaken(found.page, asked, self.tuimail.now()))

    def look_closer(self, shown: Look) -> None:
        """Notice an approval, a rule or a reviewer that the list does not tell."""
        page = shown.page
        self.ask(
            lambda ws: ws.drafts.page(page.row.id),
            partial(self._looked_closer, page),
            group="closer",
        )

    def _looked_closer(self, before: Page, now: Page) -> None:
        if now != before and now.row.id == self.table.selected:
            self._look_now()

    def _begin(self, verb: str, target: Target) -> None:
        if verb in deciding.WAYS_OUT:
            self._ask_release(verb, target)
        elif verb in deciding.REFUSALS:
            self._ask_reason(verb, target)
        elif verb == "assign":
            self.ask(
                lambda ws: ws.drafts.page(target.id), partial(self._ask_whom, target)
            )
        else:
            step = deciding.REVIEW_STEPS[verb]
            self.act_at_once(lambda ws: step.call(ws, target.id), step.done)

    def _ask_release(
        self, verb: str, target: Target, *, has_time: bool = False
    ) -> None:
        def ask(page: Page) -> None:
            self.ask_consent(verb, page, self._decided_for, has_time=has_time)

        self.ask(lambda ws: ws.drafts.page(target.id), ask)

    def _decided_for(self, row: Row) -> None:
        self.acted(row, deciding.what_became(row), leave=True)
        self.tuimail.wake_sender()

    def _ask_reason(self, verb: str, target: Target) -> None:
        self.ask(
            lambda ws: (ws.drafts.page(target.id), ws.reading(target.id)),
            lambda found: self._ask_why(verb, *found),
        )

    def _ask_why(
        self,
        verb: str,
        page: Page,
        reading: Reading,
        given: Refusal | None = None,
        complaint: str = "",
    ) -> None:
        if self.row is None or self.row.id != page.row.id:
            return
        dialog = ReasonScreen(
            verb,
            page,
            reading,
            name=self.signer(page),
            given=given,
            complaint=complaint,
        )
        self.app.push_screen(dialog, partial(self._say_no, verb, page, reading))

    def _say_no(
        self, verb: str, page: Page, reading: Reading, no: Refusal | None
    ) -> None:
        if no is None:
            return
        self.signed(no.signature)
        call, done = deciding.REFUSALS[verb]
        kept = replace(no, signature=None)
        self.ask(
            call(page.row.id, page.row.revision, no),
            lambda row: self.acted(row, done, leave=True),
            otherwise=partial(self._not_said, verb, page, reading, kept),
        )

    def _not_said(
        self,
        verb: str,
        page: Page,
        reading: Reading,
        given: Refusal,
        error: TuimailError,
    ) -> None:
        """Ask again, with what was written: it is lost in no case."""
        self._ask_why(verb, page, reading, given, said(error))

    def _ask_whom(self, target: Target, page: Page) -> None:
        found = page.standing
        if not found.reviewers:
            self.notice.say(NOBODY_NAMED, hint=HOW_TO_NAME)
            return
        dialog = AssignScreen(found.reviewers, assigned=found.assigned)
        self.app.push_screen(dialog, partial(self._assign, target))

    def _assign(self, target: Target, name: str | None) -> None:
        if name is not None:
            done = (
                f"is for {wording.line(name)} to decide" if name else "is for anybody"
            )
            self.act_at_once(lambda ws: ws.reviews.assign(target.id, name), done)

    def _sort_out(self) -> None:
        rows = [row for row in self.table.rows if row.id in self.table.marked]
        unread = [row for row in rows if not self._is_read(row)]
        self.ask(batching.sorted_out(rows, unread), self._ask_batch)

    def _is_read(self, row: Row) -> bool:
        """Return whether every part of this revision was on the screen to its end."""
        tabs = self._shown.get((row.id, row.revision))
        return tabs is not None and all(
            Seen(id=row.id, revision=row.revision, tab=tab) in self._seen
            for tab in tabs
        )

    def _ask_batch(self, marked: Marked, complaint: str = "") -> None:
        dialog = BatchScreen(marked, name=self.tuimail.signer, complaint=complaint)
        self.app.push_screen(dialog, partial(self._counted, marked))

    def _counted(self, marked: Marked, counted: Counted | None) -> None:
        if counted is None:
            return
        self.signed(counted.signature)
        self.ask(
            batching.release_all(marked, counted, self.tuimail.settings.undo),
            self._batch_done,
            otherwise=lambda error: self._ask_batch(marked, said(error)),
        )

    def _batch_done(self, result: Outcome) -> None:
        self.action_unmark()
        self.tuimail.say(wording.count(len(result.released), "mail") + " released")
        self.tuimail.wake_sender()
        self.tuimail.workspace_changed()
        if result.left:
            subject, why = result.left[0]
            more = f" And {len(result.left) - 1} more." if result.left[1:] else ""
            self.notice.say(f"{subject} was not released: {why}{more}")
