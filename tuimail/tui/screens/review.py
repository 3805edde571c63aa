"""The Review pane: what waits for a decision, and the decision."""

from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from textual.binding import BindingType

from tuimail.core.finding import Severity
from tuimail.errors import TuimailError
from tuimail.tui import batching, standing, wording
from tuimail.tui.batching import Counted, Marked, Outcome, Unwanted
from tuimail.tui.keymap import bindings, filled
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look
from tuimail.tui.screens import deciding
from tuimail.tui.screens.accept import AcceptScreen
from tuimail.tui.screens.assign import AssignScreen
from tuimail.tui.screens.batch import BatchScreen
from tuimail.tui.screens.batch_no import BatchNoScreen
from tuimail.tui.screens.deciding import LetStand, Refusal
from tuimail.tui.screens.list_pane import GONE, Target
from tuimail.tui.screens.looking import LookingPane
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.signing_pane import said
from tuimail.workspace.foretelling import Reading
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

NOBODY_NAMED: Final = "Nobody is named who could be asked to decide."
HOW_TO_HAND_IN: Final = "tuimail submit --to ADDRESS --actor agent:NAME"
"""What a program, or an agent, is told to call."""
NOTHING_TO_REJECT: Final = "Nothing that is marked waits for a decision any more."
HOW_TO_NAME: Final = "Name somebody: tuimail reviewers add NAME"
HOW_TO_READ: Final = (
    "Open each of these tabs, and go to its end: {reading.next-tab}, then {text.bottom}"
)


class ReviewScreen(LookingPane):
    """Shows each draft as its receiver will get it, and asks for a decision."""

    MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REVIEW)]
    SCOPES = IN_PANES[MODE]
    STATUSES = frozenset({"review", "approved"})
    EMPTY = (
        "Nothing to review.\n\n"
        "Programs hand in mail with:\n"
        f"{HOW_TO_HAND_IN}\n\n"
        "{review.copy-how} copies that.  {pane.new} writes a new mail."
    )

    def __init__(self) -> None:
        super().__init__()
        self._told_unread = ("", "")
        """Of which mail it was said that it is to be read first, and how."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "diff":
            return self.has_tab("diff")
        if action == "act_later":
            action = "act"
        if action == "edit_in_editor":
            action, parameters = "act", ("edit",)
        if action in {"batch", "batch_no"} and self.is_mounted:
            return bool(self.table.marked)
        if action == "accept" and self.is_mounted:
            return self._has_warnings
        if action == "copy_how":
            return self.is_mounted and self.row is None
        return super().check_action(action, parameters)

    def action_copy_how(self) -> None:
        """Have the terminal take the command that programs hand mail in by."""
        self.app.copy_to_clipboard(HOW_TO_HAND_IN)
        self.tuimail.say(f"Copied, as far as this terminal allows it: {HOW_TO_HAND_IN}")

    def action_act(self, verb: str) -> None:
        target = self.target
        if target is None:
            return
        if verb == "edit":
            self.ask(lambda ws: ws.drafts.page(target.id), self._edit)
        else:
            self.decide(partial(self._begin, verb, target))

    def action_act_later(self, verb: str) -> None:
        target = self.target
        if target is not None:
            self.decide(partial(self._ask_release, verb, target, has_time=True))

    def action_edit_in_editor(self) -> None:
        target = self.target
        if target is not None:
            edit = partial(self._edit, in_editor=True)
            self.ask(lambda ws: ws.drafts.page(target.id), edit)

    def action_diff(self) -> None:
        self.detail.turn("diff")

    def action_batch(self) -> None:
        self.decide(self._sort_out)

    def action_batch_no(self) -> None:
        self.decide(
            lambda: self.ask(
                batching.unwanted(self.table.marked),
                self._ask_batch_no,
            )
        )

    def action_accept(self) -> None:
        target = self.target
        if target is not None:
            self.ask(lambda ws: ws.drafts.page(target.id), self._ask_what_stands)

    def looked(self, found: Look) -> None:
        """Say in a dialog about it who was first."""
        super().looked(found)
        self._say_what_is_left(found.page)
        row = found.page.row
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

    def gone(self, row_id: str) -> None:
        super().gone(row_id)
        dialog = self.app.screen
        if (
            isinstance(dialog, ReleaseScreen | ReasonScreen)
            and dialog.page.row.id == row_id
        ):
            dialog.overtake(GONE)

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

    def _edit(self, page: Page, *, in_editor: bool = False) -> None:
        edit = partial(self.tuimail.edit, back_to=self.MODE, in_editor=in_editor)
        self.sign_edit(page, lambda: edit(page.row.id))

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
            if verb == "approve" and page.standing.unread:
                self._say_unread(page)
            else:
                self.ask_consent(verb, page, self._decided_for, has_time=has_time)

        self.ask(lambda ws: ws.drafts.page(target.id), ask)

    def _say_unread(self, page: Page) -> None:
        hint = filled(HOW_TO_READ, self.tuimail.changed_keys)
        self.notice.say(standing.to_read(page.standing), hint=hint)
        self._told_unread = (page.row.id, self.notice.text)

    def _say_what_is_left(self, shown: Page) -> None:
        """Say no longer what is to be read of a mail once it was, or is not shown."""
        told_about, text = self._told_unread
        if not text or self.notice.text != text:
            return
        if shown.row.id == told_about and shown.standing.unread:
            self._say_unread(shown)
        else:
            self.notice.clear()

    def _decided_for(self, row: Row) -> None:
        self.acted(row, deciding.what_became(row), leave=True)
        self.tuimail.wake_sender()

    def _ask_reason(self, verb: str, target: Target) -> None:
        self.ask(
            lambda ws: (
                ws.drafts.page(target.id),
                ws.reading(target.id),
                Refusal(
                    reason="",
                    comments=ws.looking.remarks(target.id, target.revision),
                ),
            ),
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
        refuse, done = deciding.REFUSALS[verb]
        kept = replace(no, signature=None)
        id_, revision = page.row.id, page.row.revision

        def call(workspace: Workspace) -> Row:
            row = refuse(id_, revision, no)(workspace)
            workspace.looking.remark(id_, revision, ())
            return row

        self.ask(
            call,
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

    @property
    def _has_warnings(self) -> bool:
        """Whether there is a warning about the mail that may be let stand."""
        shown, row = self.detail.shown, self.row
        if shown is None or row is None or shown.page.row.id != row.id:
            return False
        found = {one.severity for one in shown.page.findings}
        return row.status == "review" and Severity.WARNING in found

    def _ask_what_stands(
        self, page: Page, given: LetStand | None = None, complaint: str = ""
    ) -> None:
        dialog = AcceptScreen(
            page, name=self.signer(page), given=given, complaint=complaint
        )
        self.app.push_screen(dialog, partial(self._let_stand, page))

    def _let_stand(self, page: Page, answer: LetStand | None) -> None:
        if answer is None:
            return
        self.signed(answer.signature)
        kept = replace(answer, signature=None)
        self.ask(
            deciding.let_stand(page.row, answer),
            lambda _done: self._look_now(),
            otherwise=lambda error: self._ask_what_stands(page, kept, said(error)),
        )

    def _sort_out(self) -> None:
        self.ask(batching.sorted_out(self.table.marked), self._ask_batch)

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
        self._unmark(result)
        self._said_of_all(result, "released")
        self.tuimail.wake_sender()

    def _unmark(self, result: Outcome) -> None:
        """Keep the marks of those that stayed; the others go with their mails."""
        if not result.left:
            self.table.unmark()
        self.refresh_bindings()

    def _said_of_all(self, result: Outcome, what: str) -> None:
        self.tuimail.say(f"{wording.count(len(result.done), 'mail')} {what}")
        self.tuimail.workspace_changed()
        if result.left:
            subject, why = result.left[0]
            more = f" And {len(result.left) - 1} more." if result.left[1:] else ""
            self.notice.say(f"{subject} was not {what}: {why}{more}")

    def _ask_batch_no(
        self, unwanted: Unwanted, given: Refusal | None = None, complaint: str = ""
    ) -> None:
        if not unwanted.rows:
            self.notice.say(NOTHING_TO_REJECT)
            return
        dialog = BatchNoScreen(
            unwanted, name=self.tuimail.signer, given=given, complaint=complaint
        )
        self.app.push_screen(dialog, partial(self._reject_all, unwanted))

    def _reject_all(self, unwanted: Unwanted, no: Refusal | None) -> None:
        if no is None:
            return
        self.signed(no.signature)
        kept = replace(no, signature=None)
        self.ask(
            batching.reject_all(unwanted, no),
            self._all_rejected,
            otherwise=lambda error: self._ask_batch_no(unwanted, kept, said(error)),
        )

    def _all_rejected(self, result: Outcome) -> None:
        self._unmark(result)
        self._said_of_all(result, "rejected")
