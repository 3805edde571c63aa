"""The Compose pane: fields, attachments, body, preview; nothing is ever lost.

What is typed is stored as a revision about a second after the last key.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from tuimail.core.address import Address
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import Finding
from tuimail.errors import TuimailError
from tuimail.tui import editing, wording
from tuimail.tui.asking import Call
from tuimail.tui.editing import Opened, Saved, Typed
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look, look
from tuimail.tui.screens import deciding
from tuimail.tui.screens.consenting import ConsentingPane
from tuimail.tui.screens.keeping import Keeper
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.widgets.choosers import Choice
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import AccountView, Page, Row

AUTOSAVE_SECONDS: Final = 1.0
"""After the last key."""


class ComposeScreen(ConsentingPane):
    """One mail being written: new, postponed, or somebody's to correct."""

    MODE = "compose"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMPOSE)]
    SCOPES = (Scope.COMPOSE, Scope.ACCOUNTS, Scope.FILES, Scope.PANE, Scope.APP)

    def __init__(self) -> None:
        super().__init__()
        self._autosave: Timer | None = None
        self._accounts: tuple[AccountView, ...] = ()
        self._keeper = Keeper(self._store, lambda: self.form.typed)
        self._back_to = ""
        self.is_previewing = False

    def body(self) -> ComposeResult:
        yield MailForm(id="form")
        yield Detail(tab="text", has_facts=False, id="detail")

    @property
    def form(self) -> MailForm:
        """The fields."""
        return self.query_one(MailForm)

    @property
    def opened(self) -> Opened:
        """The stored draft that is being edited, or none yet."""
        return self._keeper.opened

    def on_mount(self) -> None:
        super().on_mount()
        self.form.say("new mail")
        self.form.focus_on("to")

    def reload(self) -> None:
        super().reload()
        self.ask(lambda ws: ws.accounts.views(), self._show_accounts, group="accounts")
        if self.opened.id:
            draft_id = self.opened.id
            self.ask(lambda ws: ws.drafts.page(draft_id), self._look_after)

    def write(self, draft: Draft | None) -> None:
        """Write a new mail, with what ``draft`` has already; keep the one before."""
        typed = editing.typed_of(draft) if draft else Typed()
        self.save_and(
            lambda: self._fill(Opened(draft=draft), typed, back_to=""),
            self._not_saved,
        )

    def edit(self, draft_id: str, *, back_to: str) -> None:
        """Open a stored draft; keep the one before."""
        self.save_and(
            lambda: self.ask(
                lambda ws: ws.drafts.page(draft_id), partial(self._open, back_to)
            ),
            self._not_saved,
        )

    def save_and(
        self, then: Callable[[], None], otherwise: Callable[[TuimailError], None]
    ) -> None:
        """Store what is not stored yet, then go on; for leaving the app."""
        if self._keeper.is_free:
            then()
        else:
            self._keeper.store(lambda _saved: then(), otherwise, strict=False)

    @property
    def is_blank(self) -> bool:
        """Whether no mail is being written here, stored or not."""
        return self.form.typed.is_blank

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return super().check_action(action, parameters)
        is_in_field = self.focused is not None
        if action == "tab":
            return self.is_previewing and isinstance(self.focused, TextView)
        if action in {"write", "discard"}:
            return not is_in_field
        if action == "key_mode":
            return is_in_field
        return super().check_action(action, parameters)

    def action_send(self) -> None:
        self._keeper.store(self._ask_release, self._not_saved, strict=True)

    def action_save(self) -> None:
        self._keeper.store(self._kept, self._not_saved, strict=False)

    def action_attach(self) -> None:
        self.app.push_screen(PathScreen(), self._chosen)

    def action_preview(self) -> None:
        if self.is_previewing:
            self._preview(is_shown=False)
        else:
            self._keeper.store(self._show_preview, self._not_saved, strict=False)

    def action_other_part(self) -> None:
        self.form.other_part()
        self._say_where()

    def action_key_mode(self) -> None:
        if self.is_previewing and isinstance(self.focused, TextView):
            self._preview(is_shown=False)
        else:
            self.set_focus(None)

    def action_write(self) -> None:
        self.form.part.focus()

    def action_tab(self, step: int) -> None:
        self.query_one(Detail).step(step)

    def action_discard(self) -> None:
        question = ConfirmScreen(
            "Throw this draft away?",
            (Paragraph(text="It cannot be sent or edited any more."),),
        )
        self.decide(partial(self._ask_to_discard, question))

    def _ask_to_discard(self, question: ConfirmScreen) -> None:
        self.app.push_screen(question, self._discard)

    @on(MailForm.Changed)
    def _typing(self) -> None:
        """Save a second after the first key, also while the typing goes on."""
        if self._autosave is None:
            self._autosave = self.set_timer(AUTOSAVE_SECONDS, self._save_soon)

    @on(MailForm.TooLong)
    def _too_long(self, message: MailForm.TooLong) -> None:
        self.notice.say(
            f"The {message.part} part is too long to be edited here; "
            "the other fields are not."
        )
        self.form.query_one("#subject").focus()

    def _store(
        self,
        call: Call[Saved],
        then: Callable[[Saved], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        self.ask(call, then, otherwise=otherwise)

    def _save_soon(self) -> None:
        self._autosave = None
        self._keeper.autosave(self._autosaved, self._not_saved)

    def _autosaved(self, saved: Saved) -> None:
        self._say_where(saved)
        self._refresh_preview(saved)
        self.tuimail.workspace_changed()
        if self._keeper.is_dirty:
            self._typing()

    def _kept(self, saved: Saved) -> None:
        self._autosaved(saved)
        if saved.left_out:
            self._complain(saved.left_out[0])
        else:
            self.done(saved.page.row, "kept as a draft")

    def _not_saved(self, error: TuimailError) -> None:
        self._complain(error)
        self.form.say("not saved")

    def _complain(self, error: TuimailError) -> None:
        self.refused(error)
        self.form.focus_on(error.field)

    def _open(self, back_to: str, page: Page) -> None:
        row = page.row
        opened = Opened(draft=page.draft, id=row.id, revision=row.revision)
        self._fill(opened, editing.typed_of(page.draft), back_to=back_to)

    def _fill(self, opened: Opened, typed: Typed, *, back_to: str) -> None:
        self._back_to = back_to
        self._preview(is_shown=False)
        self.notice.clear()
        self._offer(typed.account, opened.draft.sender if opened.draft else None)
        self.form.fill(typed)
        self._keeper.begin(opened, self.form.typed)
        self._say_where()
        if typed.to:
            self.form.part.focus()
        else:
            self.form.focus_on("to")

    def _offer(self, account: str, sender: Address | None) -> None:
        choices = [_choice(one) for one in self._accounts]
        if sender is not None and account not in {one.account for one in choices}:
            text = f"{wording.address(sender)}   {wording.line(account)}"
            choices.insert(0, Choice(account=account, text=text))
        default = next((one.name for one in self._accounts if one.is_default), "")
        self.form.offer(choices, account=account or default)

    def _show_accounts(self, accounts: tuple[AccountView, ...]) -> None:
        if accounts != self._accounts:
            is_dirty = self._keeper.is_dirty
            self._accounts = accounts
            draft = self.opened.draft
            chosen = self.form.typed.account or (draft.account if draft else "")
            self._offer(chosen, draft.sender if draft else None)
            if not is_dirty:
                self._keeper.begin(self.opened, self.form.typed)

    def _look_after(self, page: Page) -> None:
        """Notice what others did to the draft that is open here."""
        if page.row.id != self.opened.id:
            return
        is_newer = page.row.revision > self.opened.revision
        if "edit" in page.row.actions and not is_newer:
            return
        if self._keeper.is_dirty:
            return
        if "edit" in page.row.actions:
            self._open(self._back_to, page)
        else:
            self._fill(Opened(), Typed(), back_to="")

    def _say_where(self, saved: Saved | None = None) -> None:
        parts = []
        if saved is not None:
            now = self.tuimail.now()
            parts.append(f"saved {wording.clock(now, now)}")
        if self.opened.id:
            parts.append(f"revision {self.opened.revision}")
        typed = self.form.typed
        if typed.html.strip() and typed.text.strip():
            parts.append("has a text and an HTML part")
        self.form.say(" · ".join(parts) or "new mail")

    def _ask_release(self, saved: Saved) -> None:
        self._autosaved(saved)
        page = saved.page
        verb = next((one for one in deciding.WAYS_OUT if one in page.row.actions), "")
        if not verb:
            self.notice.say(page.not_composable or "It cannot be sent as it stands.")
            self.form.focus_on("" if page.draft.recipients else "to")
            return
        self.notice.clear()
        self.ask_consent(verb, page, self._released)

    def _released(self, row: Row) -> None:
        self._fill(Opened(), Typed(), back_to=self._back_to)
        self.done(row, deciding.what_became(row))
        self.tuimail.wake_sender()
        self.tuimail.go(self._back_to or "outbox", select=row.id)

    def _chosen(self, path: Path | None) -> None:
        if path is not None:
            self.ask(
                lambda ws: ws.drafts.attach(path),
                self._attached,
                otherwise=partial(self._not_attached, path),
            )

    def _attached(self, found: tuple[Attachment, tuple[Finding, ...]]) -> None:
        file, noticed = found
        self.notice.clear()
        if noticed:
            self.notice.say(noticed[0].message)
        self.form.attach(file)

    def _not_attached(self, path: Path, error: TuimailError) -> None:
        complaint = f"{error} {error.hint}".strip()
        dialog = PathScreen(text=str(path), complaint=complaint)
        self.app.push_screen(dialog, self._chosen)

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
        self._say_where(saved)
        self._preview(is_shown=True)
        self._refresh_preview(saved)
        if not self.has_class("-wide"):
            self.query_one(Detail).text_view.focus()

    def _refresh_preview(self, saved: Saved) -> None:
        if self.is_previewing:
            self.ask(look(saved.page.row.id), self._show_look, group="look")

    def _show_look(self, found: Look) -> None:
        self.query_one(Detail).show(found)

    def _preview(self, *, is_shown: bool) -> None:
        was_shown, self.is_previewing = self.is_previewing, is_shown
        self.set_class(is_shown, "-previewing")
        if was_shown and not is_shown:
            self.form.part.focus()
        self.refresh_bindings()


def _choice(account: AccountView) -> Choice:
    address = f"{account.sender_name} <{account.address}>".strip()
    way = f"{account.name}, {account.provider}"
    held = "   HELD" if account.held_reason else ""
    return Choice(
        account=account.name,
        text=f"{wording.line(address)}   {wording.line(way)}{held}",
    )
