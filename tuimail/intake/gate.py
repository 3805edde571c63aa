"""The one way in for programs, whichever door they come through.

Every door finds out who asks by a token, and hands over what was asked for. All
that is checked is checked here and in the workspace: a door translates, and
decides nothing. None of it approves, releases, or chooses a credential.
"""

from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.core.values import dataclass, replace
from tuimail.errors import (
    AddressError,
    FieldError,
    NotAllowedError,
    NotFoundError,
)
from tuimail.intake.bounds import (
    for_client,
    require_bound,
    require_few_of_each,
    require_own_sender,
)
from tuimail.settings.account import AccountSettings
from tuimail.workspace.answering import Answer, Resubmit
from tuimail.workspace.clients import DRAFT, STATUS, Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.handing_in import within
from tuimail.workspace.reports import Report
from tuimail.workspace.workspace import Workspace

REPORTED: Final = "reported"
"""The state of what was a report: no mail came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """How a mail is handed in, beside what it says."""

    door: str
    """``http``, ``smtp``, ``sendmail`` or ``mcp``."""
    key: str = ""
    """What the program calls this request; empty for none."""
    note: str = ""
    """What the reviewer should know."""
    run_url: str = ""
    """Where the program's work can be looked at."""
    revises: str = ""
    """Id of an earlier mail of the same program that this takes the place of."""
    at: datetime | None = None
    """When it is to leave, aware; a wish, which the reviewer is told."""
    lifetime: timedelta | None = None
    """How long from now it is of use."""


class Gate:
    """What a program may do; a door has one for each call.

    What a method writes is on disk when it returns, or, inside ``together``, when
    that ends: no door acknowledges anything before.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def client(self, token: str) -> Client:
        """Return whose token it is.

        Raises:
            AuthenticationError: Nobody's, or not any more.
        """
        return self._workspace.clients.authenticate(token)

    def require(self, client: Client, scope: str) -> None:
        """Refuse what a client has no scope for.

        Raises:
            NotAllowedError: Its token is not for that.
        """
        if scope not in client.scopes:
            raise NotAllowedError(
                f"The token of {client.name} is not for {scope[:40]!r}, but for "
                f"{' and '.join(sorted(client.scopes))}.",
                hint="Ask the owner of the workspace for another client.",
                field="token",
            )

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders that programs may attach files from; without a policy, none."""
        return self._workspace.policy.roots()

    def hand_in(self, client: Client, fields: Fields, handing: Handing) -> Answer:
        """Store a mail for review.

        The same under the same key is the same mail, wherever it stands by now.

        Raises:
            NotAllowedError: The token is not for that, or the account or From is
                not the client's.
            FieldError: One field has a value that it may not have.
            TooManyError: It has to wait.
            KeyConflictError: The key stands for another request.
            NotFoundError: What it revises is not its own.
            NotComposableError: Nobody would get it.
            StoreError: It could not be stored.
        """
        handing = _under_a_key(handing, fields)
        with self._let_in(client, handing, scope=DRAFT):
            return self._store(client, self._composed(client, fields), handing)

    def composed(
        self,
        client: Client,
        fields: Fields,
        handing: Handing,
        *,
        draft_id: str | None = None,
    ) -> Draft:
        """Check what a mail says, and freeze its files, which takes the longest.

        Nothing else is kept; so this may be done beside all else, and ``store``
        follows.

        Args:
            client: Whose it is.
            fields: What it says.
            handing: How it is handed in.
            draft_id: Which mail of its own it is a revision of, if of any.

        Raises:
            TuimailError: As ``hand_in``.
        """
        with self._let_in(client, handing, scope=DRAFT):
            if draft_id is not None:
                fields = self._by_the_same_way(client, fields, draft_id)
            return self._composed(client, fields)

    def store(
        self,
        client: Client,
        draft: Draft,
        handing: Handing,
        *,
        draft_id: str | None = None,
    ) -> Answer:
        """Store what was composed, for review.

        Args:
            client: Whose it is.
            draft: What ``composed`` or ``read_message`` returned to it.
            handing: How it is handed in.
            draft_id: Which mail of its own it is a revision of, if of any.

        Raises:
            TuimailError: As ``hand_in``.
        """
        with self._let_in(client, handing, scope=DRAFT):
            if draft_id is not None:
                return self._store_revision(client, draft_id, draft, handing)
            return self._store(client, draft, handing)

    def hand_in_message(
        self,
        client: Client,
        raw: bytes,
        handing: Handing,
        *,
        envelope_to: tuple[str, ...] = (),
        envelope_from: str | None = None,
        is_lenient: bool = False,
    ) -> Answer:
        """Store a whole message for review.

        What a report says about mail of this workspace is kept with that mail
        instead. The program is told the id of its own mail, and whether anything
        was kept: of another's that would tell who has a copy of it, or that there
        is such a mail.

        Args:
            client: Who hands it in.
            raw: Header and body (RFC 5322), as they came.
            handing: How it is handed in.
            envelope_to: Whom it is for, as a server was told; nobody else gets it.
                Empty for whom the header names.
            envelope_from: Where bounces were to go, as a server was told; empty
                or None where nobody said. They go where the account says, but
                it is the From of a message that has none, if it can be.
            is_lenient: Whether text that cannot be read is kept with U+FFFD in
                it, and noted, instead of being refused.

        Raises:
            TuimailError: As ``hand_in``.
        """
        with self._let_in(client, handing, scope=DRAFT):
            report = self._workspace.reports.take(raw)
            if report is not None:
                return self._reported(report)
        draft = self.read_message(
            client,
            raw,
            handing,
            envelope_to=envelope_to,
            envelope_from=envelope_from,
            is_lenient=is_lenient,
        )
        return self.store(client, draft, handing)

    def read_message(
        self,
        client: Client,
        raw: bytes,
        handing: Handing,
        *,
        envelope_to: tuple[str, ...] = (),
        envelope_from: str | None = None,
        is_lenient: bool = False,
    ) -> Draft:
        """Check what a whole message says, and freeze its files; as ``composed``.

        Args:
            client: Who hands it in.
            raw: Header and body (RFC 5322), as they came; no report.
            handing: How it is handed in.
            envelope_to: As of ``hand_in_message``.
            envelope_from: As of ``hand_in_message``.
            is_lenient: As of ``hand_in_message``.

        Raises:
            TuimailError: As ``hand_in``.
        """
        with self._let_in(client, handing, scope=DRAFT):
            draft = self._workspace.drafts.import_message(
                raw,
                account=client.account,
                sender=client.sender or self._sender(client, envelope_from or ""),
                is_lenient=is_lenient,
            )
            draft = within(draft, envelope_to)
            require_own_sender(client, draft)
            return draft

    def is_report(self, raw: bytes) -> bool:
        """Return whether a whole message is a report, of which no mail comes."""
        return self._workspace.reports.is_report(raw)

    def revise(
        self, client: Client, draft_id: str, fields: Fields, handing: Handing
    ) -> Answer:
        """Store the next revision of a mail of its own, and ask for a decision.

        Raises:
            TuimailError: As ``hand_in``; NotFoundError where it has no such mail,
                NotAllowedError where that was decided, or has a person's words.
        """
        handing = _under_a_key(handing, fields)
        with self._let_in(client, handing, scope=DRAFT):
            fields = self._by_the_same_way(client, fields, draft_id)
            draft = self._composed(client, fields)
            return self._store_revision(client, draft_id, draft, handing)

    def answer(self, client: Client, draft_id: str) -> Answer:
        """Return how a mail of its own stands.

        Raises:
            NotAllowedError: Its token is not for that.
            NotFoundError: It has none of that id, whoever else has.
        """
        with self._acting(client, "", scope=STATUS):
            return self._workspace.handing_in.answer(draft_id)

    def cancel(self, client: Client, draft_id: str) -> Answer:
        """Throw a mail of its own away, while nobody decided for it.

        Raises:
            NotAllowedError: Its token is not for that, or a person decided.
            NotFoundError: It has none of that id, whoever else has.
        """
        with self._acting(client, "", scope=DRAFT):
            return self._workspace.handing_in.cancel(draft_id)

    def list(
        self, client: Client, *, limit: int = 50, before: str = ""
    ) -> tuple[Answer, ...]:
        """Return how mails of its own stand, newest first.

        Args:
            client: Whose.
            limit: At most so many, 1 or more.
            before: Id of the last of the page before this one.

        Raises:
            NotAllowedError: Its token is not for that.
        """
        with self._acting(client, "", scope=STATUS):
            return self._workspace.handing_in.list(limit=limit, before=before)

    def accounts(self, client: Client) -> tuple[AccountSettings, ...]:
        """Return the accounts that a client may hand in for; not how they send.

        Raises:
            NotAllowedError: Its token is not for that.
        """
        self.require(client, STATUS)
        accounts = self._workspace.config.accounts
        return tuple(one for one in accounts if client.account in {"", one.name})

    def _let_in(
        self, client: Client, handing: Handing, *, scope: str
    ) -> AbstractContextManager[None]:
        """Act as the client, if it may hand in more; before anything is looked at."""
        acting = self._acting(client, handing.door, scope=scope)
        self._workspace.clients.require_room(client, key=handing.key)
        return acting

    def _acting(
        self, client: Client, door: str, *, scope: str
    ) -> AbstractContextManager[None]:
        self.require(client, scope)
        door = door or self._workspace.door
        return self._workspace.acting_as(client.actor, door=door)

    def _by_the_same_way(self, client: Client, fields: Fields, draft_id: str) -> Fields:
        """Return ``fields`` for the account of its mail, if they name no other."""
        row = self._workspace.handing_in.own(draft_id)
        if fields.account or fields.sender:
            return fields
        return replace(fields, account=client.account or row.account)

    def _composed(self, client: Client, fields: Fields) -> Draft:
        require_few_of_each(fields)
        fields = for_client(client, fields)
        for file in fields.attachments:
            require_bound(file)
        draft = self._workspace.drafts.compose(fields)
        require_own_sender(client, draft)
        return draft

    def _sender(self, client: Client, envelope_from: str) -> str:
        """Return the address that bounces were to go to, if it can be a From."""
        accounts = self._workspace.config.accounts
        with suppress(AddressError):
            sender = parse_address(envelope_from, field="from")
            for one in accounts:
                if client.account in {"", one.name} and one.identity_of(sender):
                    return envelope_from
        return ""

    def _reported(self, report: Report) -> Answer:
        try:
            own = self._workspace.handing_in.answer(report.draft_id)
        except NotFoundError:
            return _ABOUT_ANOTHERS
        # Whom a person added to it is not for its author to find out, either.
        if report.refusal and not own.edited:
            raise FieldError(
                report.refusal,
                hint="Nothing is to be done, if it was not to be of use here.",
                field="message",
            )
        return replace(own, state=REPORTED)

    def _store_revision(
        self, client: Client, draft_id: str, draft: Draft, handing: Handing
    ) -> Answer:
        _require_no_other(draft_id, handing.revises)
        return self._workspace.handing_in.revise(
            client,
            draft_id,
            draft,
            key=handing.key,
            note=handing.note,
            run_url=handing.run_url,
            at=handing.at,
            lifetime=handing.lifetime,
        )

    def _store(self, client: Client, draft: Draft, handing: Handing) -> Answer:
        return self._workspace.handing_in.hand_in(
            client,
            draft,
            key=handing.key,
            note=handing.note,
            run_url=handing.run_url,
            revises=handing.revises,
            at=handing.at,
            lifetime=handing.lifetime,
        )


_ABOUT_ANOTHERS: Final = Answer(
    id="",
    revision=0,
    state=REPORTED,
    decision=None,
    findings=(),
    edited=False,
    resubmit=Resubmit.NO,
    duplicate_of="",
)


def _under_a_key(handing: Handing, fields: Fields) -> Handing:
    """Return ``handing`` under the key that either of them has."""
    if handing.key or not fields.idempotency_key:
        return handing
    return replace(handing, key=fields.idempotency_key)


def _require_no_other(draft_id: str, revises: str) -> None:
    """Refuse a revision of one mail that is to take the place of another.

    Raises:
        FieldError: It is.
    """
    if revises not in {"", draft_id}:
        raise FieldError(
            f"A revision takes the place of its own mail, not of {revises[:60]!r}.",
            hint="Leave it out, or hand in a new mail that revises the other.",
            field="revises",
        )
