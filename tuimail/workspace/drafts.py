"""The desk for drafts: made, checked, changed, found and thrown away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from tuimail.core.compose import envelope
from tuimail.core.draft import Attachment, Draft, check_run_url
from tuimail.core.finding import Finding
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    DraftEvent,
    DraftState,
    advance,
)
from tuimail.core.origin import Origin, is_agent
from tuimail.core.policy import deciding
from tuimail.core.values import replace
from tuimail.errors import (
    StaleApprovalError,
    StoreError,
)
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import consent, keys, mirror, pages
from tuimail.workspace.attaching import FileToAttach, attach
from tuimail.workspace.authority import require_author
from tuimail.workspace.fields import Fields, compose
from tuimail.workspace.keys import Asked
from tuimail.workspace.mails import MailDesk
from tuimail.workspace.rendering import (
    bytes_again,
    file_digest,
    is_behind,
    new_revision,
    required_message,
    verify,
)
from tuimail.workspace.storing import NewMail, Stored, store_new
from tuimail.workspace.views import (
    JournalLine,
    Page,
    Row,
    Signature,
)
from tuimail.workspace.ways_out import handed_on


class DraftDesk(MailDesk):
    """Everything that can be done with a draft before somebody decides."""

    def compose(self, fields: Fields) -> Draft:
        """Return what ``fields`` say, every field checked, files frozen.

        Raises:
            FieldError: One field has a value that it may not have.
            ConfigurationError: The account named does not exist.
        """
        return compose(self._stores, fields)

    def import_message(
        self,
        raw: bytes,
        *,
        account: str = "",
        sender: str = "",
        is_lenient: bool = False,
        noticed: tuple[Finding, ...] = (),
    ) -> Draft:
        """Return what a whole message says, as a draft with its files frozen.

        Args:
            raw: Header and body (RFC 5322).
            account: Name of the account it is to leave through; empty means the
                one that its From belongs to, or else the default.
            sender: Whom it is from where it does not say so; empty means the
                account's own.
            is_lenient: Whether text that cannot be read is shown as U+FFFD, and
                noted, where it would be refused otherwise.
            noticed: What was noticed before, where it was kept until now.

        Raises:
            FieldError: It cannot be said exactly, or is not from the account.
            ConfigurationError: The account does not exist.
        """
        from tuimail.workspace.importing import import_message  # noqa: PLC0415 - on use

        return import_message(
            self._stores,
            raw,
            account=account,
            sender=sender,
            is_lenient=is_lenient,
            noticed=noticed,
        )

    def attach(self, path: Path) -> tuple[Attachment, tuple[Finding, ...]]:
        """Freeze the file at ``path``; return the attachment, and what was noticed.

        Raises:
            AttachmentError: Missing, unreadable, not a regular file, too big.
        """
        return attach(self._stores, FileToAttach(source=path))

    def new(self, draft: Draft, *, note: str = "", key: str = "") -> Row:
        """Store ``draft`` as revision 1, of whoever is acting.

        What an agent hands in goes to review, under its key if it has one. A
        person's own is a draft, and uses up no key.

        Raises:
            KeyConflictError: The key stands for another request.
            NotComposableError: An agent's cannot become a message.
        """
        if deciding.needs_person(self.origin(note)):
            return self.submit(draft, note=note, key=key)
        return self._insert(draft, DraftState.DRAFT, origin=self.origin(note))

    def submit(
        self,
        draft: Draft,
        *,
        note: str = "",
        key: str = "",
        at: datetime | None = None,
        lifetime: timedelta | None = None,
        run_url: str = "",
        revises: str = "",
    ) -> Row:
        """Store ``draft`` and ask a person to decide, whoever wrote it.

        What a rule of the policy lets leave is released at once instead.

        Args:
            draft: What it says.
            note: What the reviewer should know; no part of the request.
            key: Asking for the same under the same key again makes nothing, and
                returns the row of what there is, wherever it stands.
            at: When it was to leave: part of the request, and for whoever
                releases it to say.
            lifetime: How long from now it is of use.
            run_url: Where the author says its work can be looked at.
            revises: Id of an earlier mail that this takes the place of.

        Raises:
            FieldError: What is said about where it comes from cannot be.
            NotAllowedError: It has the name of a client, and came without its token.
            KeyConflictError: The key stands for another request.
            NotComposableError: It cannot become a message; nothing is stored.
        """
        submitted = self.submitted(
            draft,
            note=note,
            key=key,
            at=at,
            lifetime=lifetime,
            run_url=run_url,
            revises=revises,
        )
        return self.row(submitted.id)

    def submitted(
        self,
        draft: Draft,
        *,
        note: str = "",
        key: str = "",
        at: datetime | None = None,
        lifetime: timedelta | None = None,
        run_url: str = "",
        revises: str = "",
    ) -> Stored:
        """Do what ``submit`` does, and look nothing up for a list."""
        check_run_url(run_url)
        self._require_token()
        origin = self.origin(note, run_url=run_url, revises=revises)
        about = keys.revising(revises)
        request = keys.asked(
            self._stores, draft, key, at=at, lifetime=lifetime, about=about
        )
        draft = self._limited(draft, lifetime)
        return self._hand_in(draft, origin, request, at)

    def dry_run(self, draft: Draft, *, lifetime: timedelta | None = None) -> Row:
        """Render, check and store ``draft`` without telling any provider.

        It uses up no key.

        Args:
            draft: What it says.
            lifetime: How long from now it is of use.

        Raises:
            NotComposableError: It cannot become a message; nothing is stored.
        """
        draft = self._limited(draft, lifetime)
        row = self._insert(draft, DraftState.DRAFT, event=DraftEvent.DRY_RUN)
        verify(self._stores, self._revision(row.id))
        return row

    def edit(
        self,
        draft_id: str,
        draft: Draft,
        *,
        revision: int,
        note: str = "",
        follow: Callable[[int], None] | None = None,
    ) -> Row:
        """Store ``draft`` as the next revision; nothing is approved any more.

        Args:
            draft_id: Which draft.
            draft: The whole new content.
            revision: The one that was looked at.
            note: What the reviewer should know about it; makes the same content
                a revision of its own.
            follow: What else is written in the same step, given the number of the
                newest revision afterwards; raises to have none of it.

        Raises:
            StaleApprovalError: Somebody else made a newer one meanwhile.
            TransitionError: It was released or discarded.
        """
        with consent.as_editor(self._stores, draft_id):
            return self._edit(draft_id, draft, revision, note, follow)

    def _edit(
        self,
        draft_id: str,
        draft: Draft,
        revision: int,
        note: str,
        follow: Callable[[int], None] | None,
    ) -> Row:
        state = self.after_edit(draft_id, revision)
        row = self._stores.drafts.get(draft_id)
        is_other = draft != self._revision(draft_id).draft
        if is_other or note or state is not row.state:
            self._add_revision(draft_id, draft, revision, note=note, follow=follow)
        elif follow is not None:
            with self._stores.database.transaction():
                self.after_edit(draft_id, revision)
                follow(revision)
        return self.row(draft_id)

    def after_edit(self, draft_id: str, revision: int) -> DraftState:
        """Return where an edit of that revision leads, if it is allowed.

        Raises:
            StaleApprovalError: It is not the newest.
            TransitionError: The draft was released or discarded.
            NotAllowedError: It is not the author who asks, nor a person.
        """
        row = self._stores.drafts.get(draft_id)
        require_author(self._stores, row)
        require_revision(row, revision)
        is_handed_in = is_agent(row.origin.actor)
        event = DraftEvent.EDIT_HANDED_IN if is_handed_in else DraftEvent.EDIT
        return advance(DRAFT_STEPS, row.state, event)

    def change(
        self,
        draft_id: str,
        typed: Fields,
        *,
        revision: int,
        lifetime: timedelta | None = None,
        signature: Signature | None = None,
    ) -> Row:
        """Write some fields anew, and keep everything else; errors as of ``edit``.

        With a signature it is that reviewer's change, for who changed a mail may
        be kept from approving it.
        """
        from tuimail.workspace.editing import changed  # noqa: PLC0415 - on use

        draft = changed(self._stores, self._revision(draft_id).draft, typed)
        draft = self._limited(draft, lifetime)
        if signature is None:
            return self.edit(draft_id, draft, revision=revision)
        row = self._stores.drafts.get(draft_id)
        who = consent.decider(self._stores, row, signature)
        with consent.acting_as(self._stores, who):
            return self.edit(draft_id, draft, revision=revision)

    def dated(self, draft_id: str, revision: int, date: datetime) -> int:
        """Render the same again with another Date; return the new revision's number.

        For a time that is known only when somebody decides about it.
        """
        same = self._revision(draft_id).draft
        self._add_revision(draft_id, same, revision, date=date)
        return revision + 1

    def request_review(self, draft_id: str) -> Row:
        """Ask a person to decide about the newest revision."""
        required_message(self._revision(draft_id))
        return self._step(draft_id, DraftEvent.REQUEST_REVIEW)

    def discard(self, draft_id: str) -> Row:
        """Throw the draft away; its record stays."""
        return self._step(draft_id, DraftEvent.DISCARD)

    def page(self, draft_id: str) -> Page:
        """Return everything about one mail, Bcc included."""
        return pages.page_view(self._stores, self._stores.rows.row(draft_id))

    def message_bytes(self, draft_id: str) -> bytes:
        """Return the bytes of the newest revision, as they leave or left.

        Where the stored ones were changed, they are made anew, for this answer
        only: whoever looks mends nothing, and hides nothing from the doctor.

        Raises:
            NotComposableError: It cannot become a message yet.
            DigestMismatchError: The stored bytes are damaged for good.
        """
        revision = self._revision(draft_id)
        message = required_message(revision)
        stored = b"".join(self._stored(draft_id))
        if sha256(stored).hexdigest() == message.digest:
            return stored
        return bytes_again(self._stores, revision)

    def handed_on(self, draft_id: str) -> bytes | None:
        """Return what a provider hands on in the place of the bytes.

        None where it hands on the bytes as they are. An approval of the bytes is
        one of this, too.

        Raises:
            NotComposableError: It cannot become a message yet.
            UnsupportedFeatureError: The provider cannot be told all of it.
            ConfigurationError: The account cannot be used.
        """
        draft = self._revision(draft_id).draft
        account = self._stores.settings.account(draft.account)
        if account is None:
            return None
        content = self.message_bytes(draft_id)
        return handed_on(self._stores, account, content, envelope(draft))

    def is_as_stored(self, draft_id: str) -> bool:
        """Return whether ``message_bytes`` are those of the file beside the mail.

        A file that was not written yet says nothing else.
        """
        message = self._revision(draft_id).message
        found = file_digest(self._stores, draft_id)
        if message is None or found == message.digest:
            return True
        return is_behind(self._stores, self._stores.drafts.get(draft_id), found)

    def journal(self, draft_id: str) -> tuple[JournalLine, ...]:
        """Return every step in the life of one mail, oldest first."""
        lines = self._stores.journal.lines(draft_id)
        return tuple(pages.journal_view(line) for line in lines)

    def origin(self, note: str = "", *, run_url: str = "", revises: str = "") -> Origin:
        """Return whoever is acting as the origin of a draft; fields as of that."""
        acting = self._stores.acting
        return Origin(
            actor=acting.actor,
            door=acting.door,
            note=note,
            run_url=run_url,
            revises=revises,
        )

    def _require_token(self) -> None:
        """Refuse a client's name to who came by no door that asks for its token.

        Raises:
            NotAllowedError: It is a client's.
        """
        acting = self._stores.acting
        if not is_agent(acting.actor):
            return
        from tuimail.workspace.clients import (  # noqa: PLC0415 - for programs
            DOORS,
            require_no_client,
        )

        if acting.door not in DOORS:
            require_no_client(self._stores, acting.actor)

    def _stored(self, draft_id: str) -> list[bytes]:
        try:
            return list(self._stores.outbound.read_message(draft_id))
        except (FileNotFoundError, StoreError):
            return []

    def _limited(self, draft: Draft, lifetime: timedelta | None) -> Draft:
        if lifetime is None:
            return draft
        from tuimail.workspace.releasing import limited  # noqa: PLC0415 - on use

        return limited(draft, lifetime, now=self._stores.clock.now())

    def _revision(self, draft_id: str) -> Revision:
        row = self._stores.drafts.get(draft_id)
        return self._stores.drafts.revision(draft_id, row.revision)

    def _hand_in(
        self,
        draft: Draft,
        origin: Origin,
        request: Asked | None,
        at: datetime | None,
    ) -> Stored:
        """Store what is for review, unless a rule of the policy lets it leave."""
        from tuimail.workspace import by_rule  # noqa: PLC0415 - not for one's own mail

        stores, may_leave = self._stores, by_rule.may_leave(self._stores, draft, origin)

        def release(row: DraftRow, revision: Revision) -> None:
            by_rule.release_by_rule(stores, row, revision, at=at)

        mail = NewMail(
            draft=draft,
            origin=origin,
            state=DraftState.REVIEW,
            check=_must_be_composable,
            follow=release if may_leave else None,
            request=request,
            leaves=may_leave,
        )
        return store_new(stores, mail)

    def _insert(
        self,
        draft: Draft,
        state: DraftState,
        *,
        origin: Origin | None = None,
        event: DraftEvent | None = None,
    ) -> Row:
        mail = NewMail(
            draft=draft,
            origin=origin or self.origin(),
            state=state,
            check=_anything_goes if event is None else _must_be_composable,
            follow=None
            if event is None
            else lambda row, _: self._move(row.id, state, event),
        )
        return self.row(store_new(self._stores, mail).id)

    def _add_revision(
        self,
        draft_id: str,
        draft: Draft,
        revision: int,
        *,
        date: datetime | None = None,
        note: str = "",
        follow: Callable[[int], None] | None = None,
    ) -> None:
        stores, number = self._stores, revision + 1
        new = new_revision(stores, draft, draft_id=draft_id, number=number, date=date)
        with stores.database.transaction():
            state = self.after_edit(draft_id, revision)
            stores.drafts.add_revision(replace(new, note=note), state=state)
            if follow is not None:
                follow(number)
        mirror.follow(stores, draft_id, is_new=True)

    def _step(self, draft_id: str, event: DraftEvent) -> Row:
        with self._stores.database.transaction():
            row = self._stores.drafts.get(draft_id)
            require_author(self._stores, row)
            self._move(draft_id, row.state, event)
        mirror.follow(self._stores, draft_id, is_new=False)
        return self.row(draft_id)

    def _move(self, draft_id: str, state: DraftState, event: DraftEvent) -> None:
        target = advance(DRAFT_STEPS, state, event)
        self._stores.drafts.set_state(draft_id, target, at=self._stores.clock.now())


def _must_be_composable(revision: Revision) -> None:
    required_message(revision)


def _anything_goes(_revision: Revision) -> None:
    """Let a draft be kept that is not finished yet."""


def require_revision(row: DraftRow, revision: int) -> None:
    """Refuse to act on a revision that is not the newest any more."""
    if row.revision != revision:
        raise StaleApprovalError(row.id, approved=revision, current=row.revision)
