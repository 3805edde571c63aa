"""The Compose pane: body, preview, and what becomes of the mail."""

from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.errors import TuimailError
from tuimail.tui import elsewhere, on_demand, wording
from tuimail.tui.editing import Opened, Saved, Typed
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look, look
from tuimail.tui.screens import deciding
from tuimail.tui.screens.body_pane import BodyPane
from tuimail.tui.screens.filling_in import FillingIn
from tuimail.tui.screens.looking_back import LookingBack
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.proof_view import ProofView
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import Row

_TYPED_ON: Final = (
    "Storing it took so long that you typed on meanwhile; what you are asked about "
    "would be without that."
)


class ComposeScreen(BodyPane):
    """One mail being written: new, postponed, or somebody's to correct."""

    MODE = "compose"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMPOSE)]
    SCOPES = IN_PANES[MODE]

    def __init__(self) -> None:
        super().__init__()
        self._looking_back = LookingBack(self)
        self._filling_in = FillingIn(self)

    def body(self) -> ComposeResult:
        yield MailForm(id="form", names=self.tuimail.names)
        yield ProofView(id="proof")
        yield Detail(tab="text", has_facts=False, id="detail")

    def hide_preview(self) -> None:
        self._preview(is_shown=False)

    def save_elsewhere(self, pane: PaneScreen, path: Path | None) -> None:
        """Save what is being written as a file, where the workspace takes nothing.

        Args:
            pane: Where it was asked for; told what is wrong.
            path: Where to; None asks for it.
        """
        if path is None:
            screen = on_demand.ElsewhereScreen(elsewhere.proposed(self.form.typed))
            self.app.push_screen(screen, partial(self._chose_elsewhere, pane))
        else:
            pane.notice.clear()
            self._save_elsewhere(pane, path)

    def show_saved(self, saved: Saved) -> None:
        if self.is_previewing:
            call = look(saved.page.row.id, self.tuimail.names)
            self.ask(call, self._show_look, group="look")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return super().check_action(action, parameters)
        is_in_field = self.focused is not None
        if action == "tab":
            return isinstance(self.focused, TextView)
        if action in {"write", "discard"}:
            return not is_in_field
        if action == "key_mode":
            return is_in_field
        return super().check_action(action, parameters)

    def action_send(self) -> None:
        if self.is_reading():
            return
        then, otherwise = self.before_keys(self._ask_release, self.not_saved)
        self._keeper.store(then, otherwise, strict=True)

    def action_save(self) -> None:
        then, otherwise = self.before_keys(self._kept, self.not_saved)
        self._keeper.store(then, otherwise, strict=False)

    def action_preview(self) -> None:
        if self.is_previewing:
            self._preview(is_shown=False)
        else:
            then, otherwise = self.before_keys(self._show_preview, self.not_saved)
            self._keeper.store(then, otherwise, strict=False)

    def action_pipe(self) -> None:
        """Let a command of the person's read the message as it stands."""
        then, otherwise = self.before_keys(self._ask_for_command, self.not_saved)
        self._keeper.store(then, otherwise, strict=False)

    def action_signature(self) -> None:
        signature = self._signing.change()
        first = signature.partition("\n")[0]
        line = wording.line(first)
        self.tuimail.say(f"Signed: {line}" if first else "Not signed.")

    def action_template(self) -> None:
        self._filling_in.go()

    def action_revisions(self) -> None:
        self._looking_back.go()

    def action_key_mode(self) -> None:
        if self.is_previewing and isinstance(self.focused, TextView):
            self._preview(is_shown=False)
        else:
            self.set_focus(None)

    def action_write(self) -> None:
        self.form.part.focus()

    def action_tab(self, step: int) -> None:
        if self.is_previewing:
            self.query_one(Detail).step(step)
        else:
            self.query_one(ProofView).step(step)

    def action_discard(self) -> None:
        question = ConfirmScreen(
            "Throw this draft away?",
            (Paragraph(text="It cannot be sent or edited any more."),),
        )
        self.decide(partial(self._ask_to_discard, question))

    def _ask_to_discard(self, question: ConfirmScreen) -> None:
        self.app.push_screen(question, self._discard)

    def _kept(self, saved: Saved) -> None:
        self._autosaved(saved)
        if saved.left_out:
            self._complain(saved.left_out[0])
        else:
            self.done(saved.page.row, "kept as a draft")

    def _ask_for_command(self, saved: Saved) -> None:
        self._autosaved(saved)
        draft_id = saved.page.row.id
        self.ask(lambda ws: ws.drafts.message_bytes(draft_id), self._pipe)

    def _pipe(self, content: bytes) -> None:
        self.app.push_screen(on_demand.PipeScreen(content))

    def _chose_elsewhere(self, pane: PaneScreen, path: Path | None) -> None:
        if path is not None:
            self._save_elsewhere(pane, path)

    def _save_elsewhere(self, pane: PaneScreen, path: Path) -> None:
        try:
            elsewhere.save(path, elsewhere.content(self.form.typed, self.sender))
        except TuimailError as error:
            pane.refused(error)
        else:
            self.tuimail.say(
                f"Saved in {wording.line(str(path))}; only you can read it."
            )

    def _ask_release(self, saved: Saved) -> None:
        self._autosaved(saved)
        if self._keeper.is_uncut:
            self.notice.say(_TYPED_ON, hint=self._how_to_send)
            return
        page = saved.page
        verb = next((one for one in deciding.WAYS_OUT if one in page.row.actions), "")
        if not verb:
            self.notice.say(page.not_composable or "It cannot be sent as it stands.")
            self.form.focus_on("" if page.draft.recipients else "to")
            return
        self.notice.clear()
        self.ask_consent(verb, page, self._released)

    @property
    def _how_to_send(self) -> str:
        return f"{self._press('compose.send')} looks at it as it is now."

    def _released(self, row: Row) -> None:
        self._fill(Opened(), Typed(), back_to=self._back_to)
        self.done(row, deciding.what_became(row))
        self.tuimail.wake_sender()
        self.tuimail.go(self._back_to or "outbox", select=row.id)

    def _discard(self, answer: bool | None) -> None:
        if not answer:
            return
        opened = self.opened
        self._fill(Opened(), Typed(), back_to="")
        if opened.id:
            self.ask(
                lambda ws: ws.drafts.discard(opened.id),
                lambda row: self.done(row, "thrown away"),
            )

    def _show_preview(self, saved: Saved) -> None:
        self._preview(is_shown=True)
        self._autosaved(saved)
        if not self.has_class("-wide"):
            self.query_one(Detail).text_view.focus()

    def _show_look(self, found: Look) -> None:
        self.query_one(Detail).show(found)

    def _preview(self, *, is_shown: bool) -> None:
        was_shown, self.is_previewing = self.is_previewing, is_shown
        self.set_class(is_shown, "-previewing")
        if was_shown and not is_shown:
            self.form.part.focus()
        self.refresh_bindings()
