"""Mail being written: opened, kept within a second, cut into revisions.

What is typed is stored as a working copy. A revision is cut from it when somebody
wants to look at it, goes on with something else, sends it, and every five minutes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from textual import events, on
from textual.timer import Timer

from tuimail.core.draft import Draft
from tuimail.errors import (
    ConfigurationError,
    FieldError,
    NewerCopyError,
    StaleApprovalError,
    StoreError,
    TuimailError,
)
from tuimail.tui import editing, keymap, placing, senders, wording
from tuimail.tui.asking import Call
from tuimail.tui.editing import Kept, Opened, Saved, Typed
from tuimail.tui.placing import Place
from tuimail.tui.screens.attaching import AttachingPane
from tuimail.tui.screens.keeping import Keeper
from tuimail.tui.signing_off import Signatures, SigningOff
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.views import AccountView, IdentityView, Row
from tuimail.workspace.writing import Accountless, Begun

AUTOSAVE_SECONDS: Final = 0.8
"""After the first key that is not stored; the rest of a second is for the disk."""
AGAIN_SECONDS: Final = 5.0
"""After the disk did not take it."""
LOOK_SECONDS: Final = 2.0
"""After the last key, what is previewed beside the fields is made anew."""
CUT_SECONDS: Final = 300.0
"""How often what is being written becomes a revision by itself."""
AGE_SECONDS: Final = 1.0
"""How often it is said how long ago that was."""
_SECOND: Final = timedelta(seconds=1)
_NOBODY: Final = (
    "There is no account to send from yet; what is typed is kept here until there is."
)
_NEWER: Final = (
    "Another window, or somebody else, has written into this draft meanwhile; what "
    "stands here is not in it."
)


class WritingPane(AttachingPane):
    """A form with a mail in it of which nothing is lost."""

    def __init__(self) -> None:
        super().__init__()
        self._autosave: Timer | None = None
        self._looking: Timer | None = None
        self._accounts: tuple[AccountView, ...] = ()
        self._identities: tuple[IdentityView, ...] = ()
        self._keeper = Keeper(
            self._store, lambda: self.form.typed, lambda: self._place.text
        )
        self._signing = SigningOff(lambda: self.form, lambda: self._identity)
        self._saved_at: datetime | None = None
        self._is_refused = False
        """Whether the last try to store it failed."""
        self._moved = ""
        """What is to be said of whom the mail is from, once it is stored as that."""
        self._status = ("", "")
        """What is said of it, and of which part."""
        self._is_fresh = True
        """Whether nobody chose yet what to write."""
        self._back_to = ""
        self.is_previewing = False

    def hide_preview(self) -> None:
        """Show the fields alone: another mail is about to be in them."""

    def look_around(self) -> None:
        """Look for what else there is of the draft that was just opened."""

    def show_saved(self, saved: Saved) -> None:
        """Show a revision that was just cut, where it is being looked at."""

    @property
    def form(self) -> MailForm:
        """The fields."""
        return self.query_one(MailForm)

    @property
    def opened(self) -> Opened:
        """The stored draft that is being edited, or none yet."""
        return self._keeper.opened

    def on_mount(self) -> None:
        self.form.say("new mail")
        self.form.focus_on("to")
        self.set_interval(CUT_SECONDS, self._cut)
        self.set_interval(AGE_SECONDS, self._say_where)
        self.ask(lambda ws: ws.writing.left_behind(), self._go_on_with)
        self.ask(lambda ws: ws.writing.take_accountless(), self._go_on_without)

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Cut a revision when the pane is left, but not below a dialog."""
        del event
        if self.app.current_mode != self.MODE:
            self._cut()

    def reload(self) -> None:
        super().reload()
        self.ask(
            lambda ws: (ws.accounts.views(), ws.writing.identities()),
            self._show_accounts,
            group="accounts",
        )
        if self.opened.id:
            draft_id = self.opened.id
            self.ask(lambda ws: ws.writing.begin(draft_id), self._look_after)

    def took(self, saved: Saved) -> None:
        """Show what was written elsewhere, and is stored."""
        self._fill(saved.opened, saved.typed, back_to=self._back_to)
        self._autosaved(saved)
        if saved.left_out:
            self._complain(saved.left_out[0])

    def write(self, begun: FirstDraft | None) -> None:
        """Write a new mail, with what was begun already; keep the one before."""
        self._is_fresh = False
        begin = partial(self._begin, begun)
        self._put_away_and(begin)

    def edit(self, draft_id: str, *, back_to: str) -> None:
        """Open a stored draft; keep the one before."""
        self._is_fresh = False
        begin = partial(self._ask_for_draft, draft_id, back_to)
        self._put_away_and(begin)

    def _put_away_and(self, begin: Callable[[], None]) -> None:
        """Go on with another mail once a draft has this one; else stay at it."""

        def go_on() -> None:
            if self.opened.is_accountless and not self.is_blank:
                self.notice.say(_NOBODY, hint=self._how_to_store)
            else:
                begin()

        self.save_and(*self.before_keys(go_on, self.not_saved))

    def _ask_for_draft(self, draft_id: str, back_to: str) -> None:
        then = partial(self._open, back_to)
        self.ask(lambda ws: ws.writing.begin(draft_id), then)

    def save_and(
        self, then: Callable[[], None], otherwise: Callable[[TuimailError], None]
    ) -> None:
        """Store what is in no draft yet, then go on; for leaving the app."""
        if self._keeper.is_free:
            then()
        else:
            self._keeper.put_down(lambda _: then(), otherwise)

    @property
    def is_blank(self) -> bool:
        """Whether no mail is being written here, stored or not."""
        return self.form.typed.is_blank

    @property
    def _identity(self) -> tuple[str, str]:
        """The account and the address that the mail is from."""
        typed = self.form.typed
        return typed.account, typed.sender

    @property
    def _place(self) -> Place:
        return placing.place_in(self.form)

    @on(MailForm.Changed)
    def _typing(self) -> None:
        """Save a second after the first key, also while the typing goes on."""
        self._signing.follow()
        if self._autosave is None:
            self._autosave = self.set_timer(AUTOSAVE_SECONDS, self._save_soon)
        if self.is_previewing:
            self._look_later()

    def _look_later(self) -> None:
        """Cut a revision for the preview once the typing rests."""
        if self._looking is None:
            self._looking = self.set_timer(LOOK_SECONDS, self._look_again)
        else:
            self._looking.reset()

    def _look_again(self) -> None:
        self._looking = None
        if self.is_previewing:
            self._cut()

    def _store(
        self,
        call: Call[Kept],
        then: Callable[[Kept], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        self.ask(call, then, otherwise=otherwise, is_awaited=False)

    def _save_soon(self) -> None:
        self._autosave = None
        self._keeper.autosave(self._autosaved, self._not_kept)

    def _cut(self) -> None:
        """Make a revision of what is being written, if there is anything new."""
        if not self._keeper.is_free and not self._keeper.is_alone:
            self._keeper.put_down(self._autosaved, self._not_kept, gives_way=True)

    def _autosaved(self, kept: Kept) -> None:
        if self._is_refused:
            self.notice.say(self._moved)
        self._saved_at, self._is_refused, self._moved = kept.at, False, ""
        self._say_where()
        if isinstance(kept, Saved):
            self.show_saved(kept)
            self.tuimail.workspace_changed()
        if self._keeper.is_dirty:
            self._typing()

    def not_saved(self, error: TuimailError) -> None:
        """Say why what is being written was not stored, and go where it is wrong.

        A field that is no mail yet is kept as it was typed all the same, so that
        the next autosave is no reason to take back what is said of it.
        """
        if isinstance(error, FieldError):
            self.refused(error)
        else:
            self._not_kept(error)
        self.form.focus_on(error.field)

    def _not_kept(self, error: TuimailError) -> None:
        """Say why nothing was stored, and let whoever types go on typing.

        A disk that was full or busy may not be so in a moment.
        """
        self._is_refused = True
        if isinstance(error, NewerCopyError | StaleApprovalError):
            self.notice.say(_NEWER, hint=self._how_to_keep)
        elif not self._accounts and isinstance(error, ConfigurationError):
            self.notice.say(_NOBODY, hint=self._how_to_store)
        else:
            self.refused(error)
        self._say_where()
        if isinstance(error, ConfigurationError):
            self.reload()
        if isinstance(error, StoreError) and self._autosave is None:
            self._autosave = self.set_timer(AGAIN_SECONDS, self._save_soon)

    @property
    def _how_to_keep(self) -> str:
        key = self._press("compose.save")
        return f"{key} keeps it as a draft of its own."

    @property
    def _how_to_store(self) -> str:
        add, elsewhere = map(self._press, ("pane.add-account", "pane.write-elsewhere"))
        return f"{add} adds one; {elsewhere} saves this as a file."

    def _press(self, id_: str) -> str:
        return keymap.named(id_, self.tuimail.changed_keys)

    def _complain(self, error: TuimailError) -> None:
        self.refused(error)
        self.form.focus_on(error.field)

    def _go_on_with(self, row: Row | None) -> None:
        """Open what somebody was writing when their program ended, if one may."""
        if row is None:
            return
        if self._is_fresh and self.is_blank:
            self.edit(row.id, back_to="")
        else:
            subject = wording.subject(row.subject)
            self.notice.say(
                f"“{subject}” was being written when tuimail ended; it is all there, "
                "under Drafts.",
                is_error=False,
            )

    def _go_on_without(self, copy: Accountless | None) -> None:
        """Go on with what was typed before there was an account."""
        if copy is None or not (self._is_fresh and self.is_blank):
            return
        self._is_fresh = False
        typed = editing.with_fields(Typed(), copy.fields)
        self._fill(Opened(is_accountless=True), typed, back_to="")
        self._put_cursor(typed, placing.read(copy.place))
        self._keeper.begin(self.opened, self.form.typed, cut=Typed())
        self._cut()

    def _open(self, back_to: str, begun: Begun) -> None:
        self._fill(
            editing.opened_of(begun),
            editing.typed_into(begun),
            back_to=back_to,
            begun=begun,
        )
        self.look_around()

    def _begin(self, begun: FirstDraft | None) -> None:
        draft = begun.draft if begun else None
        typed = editing.typed_of(draft) if draft else Typed()
        self._fill(Opened(draft=draft), typed, back_to="")
        if begun is not None:
            self.form.explain(begun.reason)
            self.notice.say(" ".join(begun.noticed), is_error=False)

    def _fill(
        self,
        opened: Opened,
        typed: Typed,
        *,
        back_to: str,
        begun: Begun | None = None,
    ) -> None:
        if not opened.id or opened.id != self.opened.id:
            self.mail_number += 1
        if self.opened.is_accountless:
            self.ask(lambda ws: ws.writing.forget_accountless(), lambda _: None)
        self._back_to = back_to
        self.hide_preview()
        self.notice.clear()
        self.form.explain("")
        self._offer(typed, opened.draft)
        if not opened.id:
            typed = self._signed(typed)
        self.form.fill(typed)
        cut = editing.typed_of(begun.page.draft) if begun else None
        self._keeper.begin(opened, self.form.typed, cut=cut)
        self._signing.begin(is_new=not opened.id)
        self._saved_at = begun.saved_at if begun else None
        self._is_refused = False
        self._say_where()
        self._put_cursor(typed, placing.read(begun.place if begun else ""))
        if begun and begun.earlier:
            self._tell_of_earlier(begun)

    def _signed(self, typed: Typed) -> Typed:
        """Return a new mail with a signature under it, unless it has one."""
        account = typed.account or self.form.typed.account
        address = typed.sender or self.form.typed.sender
        return self._signing.signed(typed, account=account, address=address)

    def _put_cursor(self, typed: Typed, place: Place) -> None:
        if place.field:
            placing.go_to(self.form, place)
        elif typed.to:
            self.form.part.focus()
        else:
            self.form.focus_on("to")

    def _tell_of_earlier(self, begun: Begun) -> None:
        newest = begun.earlier[0]
        at = wording.clock(newest.saved_at, self.tuimail.now())
        self.notice.say(
            f"Somebody made revision {begun.page.row.revision} of it. What was typed "
            f"into revision {newest.revision} at {at} is kept.",
            hint=f"{self._press('compose.revisions')} shows it.",
            is_error=False,
        )

    def _offer(self, typed: Typed, draft: Draft | None) -> None:
        offered = senders.choices(self._accounts, self._identities, draft)
        default = next((one.name for one in self._accounts if one.is_default), "")
        account = typed.account or default
        self.form.offer(offered, account=account, sender=typed.sender)
        if self._accounts and typed.account:
            self._tell_of_another_sender(typed)

    def _tell_of_another_sender(self, wanted: Typed) -> None:
        """Say so where whom the mail was from is gone, and it is from another now."""
        account, sender = self._identity
        is_own = wanted.sender.lower() in {"", sender.lower()}
        if account == wanted.account and is_own:
            return
        gone = wording.line(wanted.sender or wanted.account)
        self._moved = (
            f"{gone} cannot be sent from any more; the mail is from "
            f"{wording.line(sender)} now. Look whether that is right."
        )
        self.notice.say(self._moved)

    def _show_accounts(
        self, found: tuple[tuple[AccountView, ...], tuple[IdentityView, ...]]
    ) -> None:
        accounts, identities = found
        self._signing.signatures = Signatures(identities=identities)
        if (accounts, identities) != (self._accounts, self._identities):
            is_dirty = self._keeper.is_dirty
            self._accounts, self._identities = accounts, identities
            draft, typed = self.opened.draft, self.form.typed
            if draft is not None and not typed.account:
                typed = editing.typed_of(draft)
            self._offer(typed, draft)
            if is_dirty or self.opened.is_accountless:
                self._typing()
            else:
                self._begin_anew()

    def _begin_anew(self) -> None:
        """Take the account in the fields as nobody's change; sign what is new."""
        if self.opened.id:
            self._keeper.take_account(*self._identity)
            return
        signed = self._signed(self.form.typed)
        if signed != self.form.typed:
            self.form.fill(signed)
        self._keeper.begin(self.opened, self.form.typed)
        self._signing.begin(is_new=True)

    def _look_after(self, begun: Begun) -> None:
        """Notice what others did to the draft that is open here."""
        row, opened = begun.page.row, self.opened
        if row.id != opened.id or self._keeper.is_busy or self._keeper.is_dirty:
            return
        if "edit" not in row.actions:
            self._went_its_way(row)
        elif (row.revision, begun.seen) > (opened.revision, opened.seen):
            self._open(self._back_to, begun)

    def _went_its_way(self, row: Row) -> None:
        """Show the draft no more, unless something of it is nowhere else."""
        if not self._keeper.is_uncut:
            self._fill(Opened(), Typed(), back_to="")
        elif not self._keeper.is_alone:
            self._keeper.is_alone = True
            self.notice.say(
                f"Revision {row.revision} of it is {row.status} by now, without what "
                "was typed since.",
                hint=self._how_to_keep,
            )

    def _say_where(self) -> None:
        """Say how long ago it was stored, and as what."""
        text = " · ".join(self._facts()) or "new mail"
        status = (text, self.form.part_name)
        if status != self._status:
            self._status = status
            self.form.say(text)

    def _facts(self) -> Iterator[str]:
        if self._is_refused:
            yield "NOT SAVED"
        if self._saved_at is not None:
            span = max(self.tuimail.now() - self._saved_at, _SECOND)
            last = "last saved" if self._is_refused else "saved"
            yield f"{last} {wording.duration(span)}"
        if self.opened.id:
            yield f"revision {self.opened.revision}"
        if self.opened.is_accountless:
            yield "a draft once there is an account"
        typed = self.form.typed
        if self.opened.is_accountless and typed.files:
            yield "its files are not kept until then"
        if typed.html.strip() and typed.text.strip():
            yield "has a text and an HTML part"
        draft = self.opened.draft
        if draft is not None and draft.in_reply_to:
            number = len(draft.references) + 1
            yield f"answers {wording.line(draft.in_reply_to)}, in a thread of {number}"
