"""The desk for what is being written: kept as typed, cut into revisions, found again.

Typing is stored a second after the last key as a working copy, which is durable and
nothing else: not rendered, not checked, not told in the journal. A revision is cut
from it when somebody wants to look, to go on with something else, or to send.

The rule that lives here: nobody writes over what they have not seen, in a working
copy as in a revision, and what no revision has is never dropped.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.origin import is_agent
from tuimail.core.values import dataclass, field, replace
from tuimail.errors import NewerCopyError, TransitionError
from tuimail.store.accountless import AccountlessCopies, AccountlessCopy
from tuimail.store.working_copies import WorkingCopy
from tuimail.workspace.authority import require_person
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import IdentityView, Page, RevisionLine, Row

_NOTHING: Final[Mapping[str, str]] = {}
_LOOKED_AT: Final = 20
"""Working copies among which one is looked for that a program left when it died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into one revision, and is in none."""

    revision: int
    fields: Mapping[str, str]
    """What is other than in the revision, as typed, by field."""
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft to go on with: its newest revision, and what was typed into it."""

    page: Page
    seen: int = 0
    """Version of the working copy; 0 where there is none."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What is other than in the revision; empty where nothing is."""
    place: str = ""
    """Where the cursor stood, as it was told."""
    saved_at: datetime
    """When any of it was stored last."""
    earlier: tuple[Typed, ...] = ()
    """What was typed into earlier revisions and is in none, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountless:
    """What was typed where there was no account that it could be from."""

    fields: Mapping[str, str]
    place: str
    """Where the cursor stood, as it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A revision that has what was typed."""

    page: Page
    seen: int
    """Version of the working copy that is left of it."""


class WritingDesk:
    """Everything about mail while somebody writes it."""

    def __init__(self, stores: Stores, *, drafts: DraftDesk) -> None:
        self._stores = stores
        self._drafts = drafts
        self._accountless = AccountlessCopies(stores.facts)

    def begin(self, draft_id: str) -> Begun:
        """Return a draft as it is to be gone on with."""
        with self._stores.database.reading():
            page = self._drafts.page(draft_id)
            copies = self._stores.working_copies
            copy = copies.get(draft_id, page.row.revision)
            earlier = tuple(
                Typed(revision=one.revision, fields=one.fields, saved_at=one.saved_at)
                for one in copies.unfinished(draft_id)
                if one.revision != page.row.revision
            )
        if copy is None:
            return Begun(page=page, saved_at=page.row.updated_at, earlier=earlier)
        return Begun(
            page=page,
            seen=copy.version,
            fields=copy.fields,
            place=copy.place,
            saved_at=copy.saved_at,
            earlier=earlier,
        )

    def is_step(self, draft_id: str, revision: int) -> bool:
        """Return whether the first change of that revision moves the draft.

        What is approved is not approved any more once somebody changes it, and so
        the first change is a revision, and no working copy.

        Raises:
            StaleApprovalError: Somebody else made a newer one meanwhile.
            TransitionError: It was released or discarded.
        """
        state = self._drafts.after_edit(draft_id, revision)
        return state is not self._stores.drafts.get(draft_id).state

    def keep(
        self,
        draft_id: str,
        fields: Mapping[str, str],
        *,
        revision: int,
        seen: int,
        place: str = "",
    ) -> int:
        """Store what was typed, and return its version.

        Args:
            draft_id: Which draft.
            fields: What is other than in the revision.
            revision: The one that is being changed.
            seen: Version of the working copy that was seen last; 0 for none.
            place: Where the cursor stands.

        Raises:
            NewerCopyError: Another window stored something there meanwhile.
            StaleApprovalError: Somebody made a newer revision meanwhile.
            TransitionError: It was released or discarded.
            NotAllowedError: A program tries.
        """
        require_person(self._stores)
        self._stores.require_room()
        with self._stores.database.transaction():
            if self.is_step(draft_id, revision):
                raise TransitionError(
                    f"The first change of draft {draft_id} makes a revision of it.",
                    hint="Save it.",
                )
            copy = self._copy(draft_id, fields, revision, seen, place)
            self._write(replace(copy, writer=self._writer))
        return seen + 1

    def first(
        self, draft: Draft, *, fields: Mapping[str, str] = _NOTHING, place: str = ""
    ) -> Cut:
        """Store a new draft; see ``cut`` for ``fields`` and ``place``.

        What was kept of it before there was an account is kept no more.
        """
        row = self._drafts.new(draft)
        with self._stores.database.transaction():
            self._accountless.drop(self._writer)
            self._write(self._copy(row.id, fields, row.revision, 0, place))
        return Cut(page=self._drafts.page(row.id), seen=1)

    def cut(
        self,
        draft_id: str,
        draft: Draft,
        *,
        revision: int,
        seen: int,
        fields: Mapping[str, str] = _NOTHING,
        place: str = "",
        earlier: int = 0,
    ) -> Cut:
        """Store ``draft`` as the next revision, and let it be what was typed.

        Args:
            draft_id: Which draft.
            draft: The whole new content.
            revision: The one that was being changed.
            seen: Version of the working copy that was seen last; 0 for none.
            fields: What was typed and is no mail yet, so that it is not in
                ``draft``.
            place: Where the cursor stands.
            earlier: Revision that it was typed into, where that was not the newest;
                it is typed no more.

        Raises:
            NewerCopyError: Another window stored something there meanwhile.
            StaleApprovalError: Somebody made a newer revision meanwhile.
            TransitionError: It was released or discarded.
            NotAllowedError: A program tries.
        """
        require_person(self._stores)
        kept = 0

        def follow(number: int) -> None:
            nonlocal kept
            kept = self._settle(draft_id, revision, number, seen)
            if earlier:
                self._stores.working_copies.drop(draft_id, earlier)
            self._write(self._copy(draft_id, fields, number, kept, place))

        row = self._drafts.edit(draft_id, draft, revision=revision, follow=follow)
        return Cut(page=self._drafts.page(row.id), seen=kept + 1)

    def revisions(self, draft_id: str) -> tuple[RevisionLine, ...]:
        """Return what a list says about each revision of a draft, newest first."""
        return tuple(
            RevisionLine(
                number=head.number,
                author=head.author,
                created_at=head.created_at,
                subject=head.subject,
                size_bytes=head.size_bytes,
                finding_count=head.finding_count,
            )
            for head in self._stores.drafts.heads(draft_id)
        )

    def revision(self, draft_id: str, number: int) -> Draft:
        """Return what one revision says.

        Raises:
            NotFoundError: There is no such revision.
        """
        return self._stores.drafts.revision(draft_id, number).draft

    def restore(self, draft_id: str, number: int, *, revision: int, seen: int) -> Cut:
        """Store what an earlier revision says as the next one; errors as of ``cut``.

        Nothing between the two is lost: it stays in the list.
        """
        earlier = self.revision(draft_id, number)
        return self.cut(draft_id, earlier, revision=revision, seen=seen)

    def identities(self) -> tuple[IdentityView, ...]:
        """Return everybody that mail can be from, the default account's first."""
        config = self._stores.config
        return tuple(
            IdentityView(
                account=account.name,
                address=identity.address.text,
                name=identity.address.name,
                signature=identity.signature,
            )
            for account in sorted(
                config.accounts, key=lambda one: one.name != config.default_account
            )
            for identity in account.identities
        )

    def left_behind(self) -> Row | None:
        """Return the draft that somebody typed into when their program ended.

        None where there is no such draft, or it is being typed into still. What a
        program handed in is gone on with from the review, where it may have to be
        signed for.
        """
        for copy in self._stores.working_copies.newest(_LOOKED_AT):
            row = self._drafts.row(copy.draft_id)
            is_own = "edit" in row.actions and not is_agent(row.origin.actor)
            if is_own and not _is_running(copy.writer):
                return row
        return None

    @property
    def has_account(self) -> bool:
        """Whether there is an account that mail could be from."""
        return bool(self._stores.config.accounts)

    def keep_accountless(self, fields: Mapping[str, str], *, place: str = "") -> None:
        """Store what was typed where there is no account that it could be from.

        Args:
            fields: What was typed, by field.
            place: Where the cursor stands.

        Raises:
            NotAllowedError: A program tries.
        """
        require_person(self._stores)
        self._stores.require_room()
        with self._stores.database.transaction():
            self._accountless.keep(
                AccountlessCopy(
                    writer=self._writer,
                    fields=fields,
                    place=place,
                    saved_at=self._stores.clock.now(),
                )
            )

    def forget_accountless(self) -> None:
        """Drop what ``keep_accountless`` stored: whoever typed it wants none of it."""
        with self._stores.database.transaction():
            self._accountless.drop(self._writer)

    def take_accountless(self) -> Accountless | None:
        """Return what was typed without an account by a program that ended.

        The newest of what there is becomes this program's own.
        """
        for copy in self._accountless.newest():
            if copy.writer == self._writer or not _is_running(copy.writer):
                with self._stores.database.transaction():
                    self._accountless.drop(copy.writer)
                    self._accountless.keep(replace(copy, writer=self._writer))
                return Accountless(fields=copy.fields, place=copy.place)
        return None

    def _settle(self, draft_id: str, revision: int, number: int, seen: int) -> int:
        """Give up the working copy of what became a revision; return what is left."""
        copies = self._stores.working_copies
        copy = copies.get(draft_id, revision)
        if (copy.version if copy else 0) != seen:
            raise NewerCopyError(draft_id)
        if number == revision:
            return seen
        copies.drop(draft_id, revision)
        return 0

    def _copy(
        self,
        draft_id: str,
        fields: Mapping[str, str],
        revision: int,
        seen: int,
        place: str,
    ) -> WorkingCopy:
        """Return what stays beside a revision, with nobody at it."""
        return WorkingCopy(
            draft_id=draft_id,
            revision=revision,
            version=seen + 1,
            fields=fields,
            place=place,
            writer="",
            saved_at=self._stores.clock.now(),
        )

    def _write(self, copy: WorkingCopy) -> None:
        if not self._stores.working_copies.keep(copy):
            raise NewerCopyError(copy.draft_id)

    @property
    def _writer(self) -> str:
        return f"{self._stores.acting.door}, pid {os.getpid()}"


def _is_running(writer: str) -> bool:
    """Return whether the program still runs that calls itself ``writer``.

    A number that another program has by now is a program that runs: then the draft
    is found in the list, and nothing is lost.
    """
    number = writer.rpartition(" ")[2]
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True
