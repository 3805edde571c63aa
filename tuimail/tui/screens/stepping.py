"""Panes whose keys take one step with one mail, after a question if need be."""

from functools import partial

from tuimail.tui import wording
from tuimail.tui.screens import deciding
from tuimail.tui.screens.answering import AnsweringPane
from tuimail.tui.screens.deciding import Act, Step
from tuimail.tui.screens.list_pane import Target
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.views import Page, Row


class SteppingPane(AnsweringPane):
    """Does what ``deciding.STEPS`` says for the key that was pressed."""

    def action_act(self, verb: str) -> None:
        target = self.target
        if target is None:
            return
        if verb == "edit":
            self.tuimail.edit(target.id, back_to=self.MODE)
        elif verb == "take_back":
            self.decide(partial(self.take_back, target.id))
        elif verb == "send":
            self.decide(partial(self._begin_sending, target))
        elif verb == "undo_reject":
            self.decide(partial(self._begin_undoing, target))
        else:
            self.decide(partial(self._begin, deciding.STEPS[verb], target))

    def _begin(self, step: Step, target: Target) -> None:
        row = self.row
        if row is None or row.id != target.id:
            return
        if not step.question:
            self._step(lambda ws: step.call(ws, row.id), step.done)
            return
        dialog = ConfirmScreen(step.question, _about(row, step.consequence))
        self.app.push_screen(dialog, partial(self._answered, step, row))

    def _answered(self, step: Step, row: Row, answer: bool | None) -> None:
        if answer:
            self._step(deciding.take(step, row), step.done)

    def _step(self, call: Act, done: str) -> None:
        self.act_at_once(call, done)
        self.tuimail.wake_sender()

    def _begin_sending(self, target: Target) -> None:
        self.ask(lambda ws: ws.drafts.page(target.id), self._ask_release)

    def _ask_release(self, page: Page) -> None:
        self.ask_consent("send", page, self._sent)

    def _begin_undoing(self, target: Target) -> None:
        self.ask(lambda ws: ws.drafts.page(target.id), self._undo_reject)

    def _undo_reject(self, page: Page) -> None:
        done = deciding.STEPS["undo_reject"].done
        self.undo_reject(page, lambda row: self.acted(row, done, leave=False))

    def _sent(self, row: Row) -> None:
        self.acted(row, deciding.what_became(row), leave=True)
        self.tuimail.wake_sender()


def _about(row: Row, consequence: str) -> tuple[Paragraph, ...]:
    return (
        Paragraph(label="Subject", text=wording.subject(row.subject)),
        Paragraph(label="To", text=wording.people(row.to)),
        Paragraph(text=""),
        Paragraph(text=consequence),
    )
