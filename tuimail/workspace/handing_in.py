"""The desk for programs: their own mail, and nobody else's.

Whoever acts is the one whose mail it is. Of all other mail, not even whether
there is any is told.
"""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.address import Address, parse_addresses, wire_address
from tuimail.core.characters import NOT_IN_A_NOTE, describe
from tuimail.core.compose import envelope
from tuimail.core.draft import Draft, check_run_url
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState
from tuimail.core.values import replace
from tuimail.errors import (
    FieldError,
    KeyConflictError,
    NotAllowedError,
    NotComposableError,
    NotFoundError,
)
from tuimail.store.drafts import DraftRow
from tuimail.workspace import keys, mirror
from tuimail.workspace.answering import Answer, answer, answer_about
from tuimail.workspace.clients import Client, ClientDesk
from tuimail.workspace.deciding import own_revision
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.releasing import limited
from tuimail.workspace.stores import Stores

LONGEST_NOTE: Final = 4000
MOST_RECIPIENTS: Final = 1_000
"""Of one mail. More is a list, and for a provider's own tools."""
_NAMES_LIMIT: Final = 300


class HandingDesk:
    """What a program may do with its own mail: hand in, revise, ask, take back."""

    def __init__(
        self, stores: Stores, *, drafts: DraftDesk, clients: ClientDesk
    ) -> None:
        self._stores = stores
        self._drafts = drafts
        self._clients = clients

    def hand_in(
        self,
        client: Client,
        draft: Draft,
        *,
        key: str = "",
        note: str = "",
        run_url: str = "",
        revises: str = "",
        at: datetime | None = None,
        lifetime: timedelta | None = None,
    ) -> Answer:
        """Store ``draft`` for review; on disk when it returns.

        Inside ``together`` it is on disk when that ends. Asking for the same
        under the same key again stores nothing, however much was handed in.

        Args:
            client: Whose it is; has to be who acts.
            draft: What it says.
            key: What the program calls the request.
            note: What the reviewer should know.
            run_url: Where the program's work can be looked at.
            revises: Id of an earlier mail of its own that this takes the place of.
            at: When it is to leave.
            lifetime: How long from now it is of use.

        Raises:
            FieldError: One of these cannot be.
            NotFoundError: What it revises is not the program's own.
            TooManyError: It has to wait.
            KeyConflictError: The key stands for another request.
            NotComposableError: It cannot become a message; nothing is stored.
        """
        _check_note(note)
        _require_some(draft)
        draft = _timed(draft, at)
        with self._at_once():
            if revises:
                revises = self._of_its_own(revises).id
            about = keys.revising(revises)
            request = keys.asked(
                self._stores, draft, key, at=at, lifetime=lifetime, about=about
            )
            if not keys.known(self._stores, request):
                self._clients.require_room(client)
            stored = self._drafts.submitted(
                draft,
                note=note,
                key=key,
                at=at,
                lifetime=lifetime,
                run_url=run_url,
                revises=revises,
            )
            if stored.row is None or stored.revision is None:
                return answer(self._stores, stored.id)
            return answer_about(self._stores, stored.row, stored.revision)

    def revise(
        self,
        client: Client,
        draft_id: str,
        draft: Draft,
        *,
        key: str = "",
        note: str = "",
        run_url: str = "",
        at: datetime | None = None,
        lifetime: timedelta | None = None,
    ) -> Answer:
        """Store ``draft`` as the next revision, and ask a person to decide.

        Args:
            client: Whose it is; has to be who acts.
            draft_id: Which mail, of its own.
            draft: The whole new content.
            key: What the program calls the request; again the same, and nothing
                changes.
            note: What the reviewer should know about this revision.
            run_url: Where the program's work on it can be looked at.
            at: When it is to leave.
            lifetime: How long from now it is of use.

        Raises:
            FieldError: One of these cannot be.
            NotFoundError: It has no such mail.
            NotAllowedError: It was decided, or a person's words are in it.
            TooManyError: It has to wait.
            KeyConflictError: The key stands for another request.
            NotComposableError: It cannot become a message; nothing is stored.
        """
        _check_note(note)
        _require_some(draft)
        check_run_url(run_url)
        draft = _timed(draft, at)
        with self._at_once():
            row = self._of_its_own(draft_id)
            about = keys.revision_of(row.id)
            request = keys.asked(
                self._stores, draft, key, at=at, lifetime=lifetime, about=about
            )
            known = keys.known(self._stores, request)
            if known and known != row.id:
                raise KeyConflictError(key, known)
            if not known:
                self._clients.require_room(client)
                draft = limited(draft, lifetime, now=self._stores.clock.now())
                said = "\n".join(one for one in (note, run_url) if one)
                self._store_revision(row, draft, note=said)
                with self._stores.transaction():
                    keys.take(self._stores, request, row.id)
            return answer(self._stores, row.id)

    def own(self, draft_id: str) -> DraftRow:
        """Return where a mail of whoever acts stands.

        Raises:
            NotFoundError: They have none of that id, whoever else has.
        """
        return self._of_its_own(draft_id)

    def answer(self, draft_id: str) -> Answer:
        """Return how a mail of whoever acts stands.

        Raises:
            NotFoundError: They have none of that id, whoever else has.
        """
        return answer(self._stores, self._of_its_own(draft_id).id)

    def own_words(self, draft_id: str) -> Draft:
        """Return what a mail of whoever acts said when they last handed it in.

        Nothing of it is a person's: neither words nor recipients.

        Raises:
            NotFoundError: They have none of that id, whoever else has.
        """
        row = self._of_its_own(draft_id)
        newest = self._stores.drafts.revision(row.id, row.revision)
        return own_revision(self._stores, row, newest).draft

    def cancel(self, draft_id: str) -> Answer:
        """Throw a mail of whoever acts away; again, and nothing changes.

        Raises:
            NotFoundError: They have none of that id, whoever else has.
            NotAllowedError: A person decided about it.
        """
        row = self._of_its_own(draft_id)
        if row.state is not DraftState.DISCARDED:
            self._drafts.discard(row.id)
        return answer(self._stores, row.id)

    def list(self, *, limit: int = 50, before: str = "") -> tuple[Answer, ...]:
        """Return how mails of whoever acts stand, newest first.

        Args:
            limit: At most so many, 1 or more.
            before: Id of the last of the page before this one.
        """
        with self._stores.database.reading():
            ids = self._stores.clients.draft_ids(
                self._stores.acting.actor, limit=limit, before=before
            )
            return tuple(answer(self._stores, one) for one in ids)

    def _store_revision(self, row: DraftRow, draft: Draft, *, note: str) -> None:
        """Replace what it says, unless that would undo what a person wrote.

        Who shares a transaction takes no step back, so nothing is refused midway.
        """
        envelope(draft)
        newest = self._stores.drafts.revision(row.id, row.revision)
        if row.state is DraftState.REVIEW and newest.author != row.origin.actor:
            raise NotAllowedError(
                f"A person changed draft {row.id} since it was handed in, and it "
                "waits for a decision as it is now.",
                hint="Wait for the decision.",
            )
        self._drafts.edit(row.id, draft, revision=row.revision, note=note)
        if self._stores.drafts.get(row.id).state is DraftState.DRAFT:
            self._drafts.request_review(row.id)

    def _of_its_own(self, draft_id: str) -> DraftRow:
        row = self._stores.drafts.among([draft_id]).get(draft_id)
        if row is None or row.origin.actor != self._stores.acting.actor:
            raise NotFoundError(
                "You have no mail with that id.",
                hint="Use an id that you were told when you handed it in.",
                field="id",
            )
        return row

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Look and write in one transaction, also where others share it."""
        if self._stores.database.is_in_transaction:
            yield
            return
        with self._stores.together():
            yield
        mirror.catch_up(self._stores)


def require_few(number: int) -> None:
    """Refuse more recipients than one mail of a program may have.

    Raises:
        FieldError: They are more.
    """
    if number > MOST_RECIPIENTS:
        raise FieldError(
            f"A mail may go to {MOST_RECIPIENTS:,} recipients, not to {number:,}.",
            hint="Hand in several, for fewer each.",
            field="to",
        )


def _require_some(draft: Draft) -> None:
    """Refuse a mail for nobody, or for too many; of neither is anything stored.

    Raises:
        NotComposableError: It is for nobody.
        FieldError: It is for too many.
    """
    if not draft.recipients:
        raise NotComposableError(
            "Nobody is to get this mail; it was not taken.",
            hint="Name somebody in to, cc or bcc.",
            field="to",
        )
    require_few(len(draft.recipients))


def within(draft: Draft, addresses: tuple[str, ...]) -> Draft:
    """Return ``draft`` for exactly those whom an envelope names.

    Who is in the envelope alone gets a blind copy (RFC 5321 §7.2). Who is in the
    header alone was not to get it: programs that split a message for many do so.

    Args:
        draft: What the message says.
        addresses: As they were told to a server; empty changes nothing.

    Raises:
        AddressError: One of them cannot be written into mail.
    """
    if not addresses:
        return draft
    wanted: dict[str, Address] = {}
    for one in parse_addresses(addresses, field="to"):
        wanted.setdefault(_key(one), one)
    named = set(map(_key, draft.recipients))
    blind = [one for key, one in wanted.items() if key not in named]

    def kept(role: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(one for one in role if _key(one) in wanted)

    return replace(
        draft,
        to=kept(draft.to),
        cc=kept(draft.cc),
        bcc=(*kept(draft.bcc), *blind),
        noticed=(*draft.noticed, *_left_out(draft, wanted)),
    )


def _key(address: Address) -> str:
    """Return what all ways to write one mailbox have in common."""
    return wire_address(address).lower()


def _left_out(draft: Draft, wanted: Container[str]) -> tuple[Finding, ...]:
    names = [one.text for one in (*draft.to, *draft.cc) if _key(one) not in wanted]
    if not names:
        return ()
    finding = Finding(
        code="rcpt.not-in-envelope",
        severity=Severity.WARNING,
        field="to",
        message="The header named people whom it was not handed in for; they do not "
        f"get it, and are not named any more: {', '.join(names)[:_NAMES_LIMIT]}.",
        hint="Hand it in for everybody whom its header names.",
    )
    return (finding,)


def _timed(draft: Draft, at: datetime | None) -> Draft:
    """Return ``draft`` with a word to the reviewer about when it is to leave."""
    if at is None:
        return draft
    if at.tzinfo is None:
        raise FieldError(
            f"{at.isoformat()} has no time zone, so that it is no moment.",
            hint="Add its offset: 2027-01-31T08:00+01:00",
            field="at",
        )
    finding = Finding(
        code="time.asked-for",
        severity=Severity.INFO,
        field="at",
        message=f"Its author wants it to leave at {at.isoformat(timespec='minutes')}.",
        hint="Approve it for then, or at once.",
    )
    return replace(draft, noticed=(*draft.noticed, finding))


def _check_note(note: str) -> None:
    found = NOT_IN_A_NOTE.search(note)
    if found is not None or len(note) > LONGEST_NOTE:
        what = (
            f"contains {describe(found.group())}"
            if found
            else f"has {len(note)} characters, where {LONGEST_NOTE} are the limit"
        )
        raise FieldError(
            f"The note {what}.", hint="Say it shorter, in plain text.", field="note"
        )
