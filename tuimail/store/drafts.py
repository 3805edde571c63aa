"""Drafts and their revisions: who wrote what, when, and where it stands."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState
from tuimail.core.message import Message
from tuimail.core.origin import Origin
from tuimail.core.values import dataclass
from tuimail.errors import InputError, NotFoundError, StoreError
from tuimail.store.columns import DRAFT_COLUMNS, DRAFT_STATES
from tuimail.store.database import Database, Value, Values
from tuimail.store.decoding import decoder
from tuimail.store.encoding import json_text
from tuimail.store.instants import instant, instant_text, instant_text_or_none
from tuimail.store.unchanged import UNCHANGED, Unchanged, changed


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """Where one draft stands; its content is in its revisions."""

    id: str
    state: DraftState
    revision: int
    """Number of the newest revision, from 1."""
    origin: Origin
    account: str
    """Name of the account it is to leave through."""
    created_at: datetime
    changed_at: datetime
    """The newest change of the draft or of its submission."""
    submission_id: str | None = None
    """The newest submission of it, if it was ever released."""
    assigned: str = ""
    """Name of the reviewer who is asked to decide; empty for anybody."""
    held_reason: str = ""
    """Why nobody is to approve it for now; empty while somebody may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a draft, and what it becomes; never changed."""

    draft_id: str
    number: int
    """Counts from 1 within the draft, without gaps."""
    draft: Draft
    author: str
    created_at: datetime
    message: Message | None = None
    """The rendered message; None while it cannot become one."""
    findings: tuple[Finding, ...] = ()
    release_digest: str = ""
    """Digest over bytes, envelope and account; empty while there is no message."""
    not_composable: str = ""
    """Why it cannot become a message, or empty."""
    duplicate_of: str = ""
    """Id of a mail that was decided about and says nearly the same; or empty."""
    note: str = ""
    """What its author said about it to the reviewer; of the first, the origin's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionHead:
    """What a list says about one revision; its content may be long."""

    number: int
    author: str
    created_at: datetime
    subject: str
    size_bytes: int | None
    """Of the message; None while it cannot become one."""
    finding_count: int


class Drafts:
    """Reads and writes drafts; every write is within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, row: DraftRow, revision: Revision) -> None:
        """Store a new draft with its first revision; born ``draft`` or ``review``."""
        self._database.write(_INSERT, _draft_values(row))
        self._database.write(_INSERT_REVISION, _revision_values(revision))

    def add_earlier(self, revision: Revision) -> None:
        """Store a revision that is not the newest, in a database without guards."""
        self._database.write(_INSERT_REVISION, _revision_values(revision))

    def add_revision(self, revision: Revision, state: DraftState) -> None:
        """Store the next revision and where the draft stands with it.

        It takes the draft's account along where the revision names one, and
        leaves no approval in force.
        """
        self._database.write(
            _ADVANCE,
            {
                "id": revision.draft_id,
                "number": revision.number,
                "state": state.value,
                "account": revision.draft.account,
                "at": instant_text(revision.created_at),
            },
        )
        self._database.write(_INSERT_REVISION, _revision_values(revision))

    def set_state(
        self,
        id: str,
        state: DraftState,
        at: datetime,
        *,
        submission_id: str | Unchanged | None = UNCHANGED,
    ) -> None:
        """Move a draft; the database refuses a step that is not legal.

        Raises:
            NotFoundError: There is no such draft.
        """
        values: dict[str, Value] = {"id": id, "state": state.value}
        values |= {"at": instant_text(at), **changed("submission_id", submission_id)}
        found = self._database.write(_MOVE, values)
        if not found:
            raise _no_draft(id)

    def assign(self, id: str, name: str, at: datetime) -> None:
        """Ask one reviewer to decide, or anybody where ``name`` is empty."""
        self._database.write(_ASSIGN, (name, instant_text(at), id))

    def set_held(self, id: str, reason: str, at: datetime) -> None:
        """Keep a draft in review from being approved; an empty reason lets it go on.

        The database refuses to hold what is not in review, and to approve what
        is held; a hold ends with the review.
        """
        self._database.write(_SET_HELD, (reason, instant_text(at), id))

    def get(self, id: str) -> DraftRow:
        """Return one draft; raises NotFoundError."""
        row = self._database.read_one(_SELECT + "WHERE id = ?", (id,), decode_draft)
        if row is None:
            raise _no_draft(id)
        return row

    def among(self, ids: Iterable[str]) -> dict[str, DraftRow]:
        """Return those of ``ids`` that there are, by id."""
        wanted = list(ids)
        if not wanted:
            return {}
        values = {"ids": json.dumps(wanted)}
        found = self._database.read(_SELECT + _AMONG, values, decode_draft)
        return {row.id: row for row in found}

    def revision(self, id: str, number: int) -> Revision:
        """Return one revision; raises NotFoundError."""
        found = self._database.read_one(
            _REVISIONS + "AND number = ?", (id, number), _revision
        )
        if found is None:
            raise NotFoundError(
                f"There is no revision {number} of draft {id}.",
                hint=f"Look at what there is: tuimail show {id}",
            )
        return found

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Return all revisions, oldest first."""
        return tuple(
            self._database.read(_REVISIONS + "ORDER BY number", (id,), _revision)
        )

    def heads(self, id: str) -> tuple[RevisionHead, ...]:
        """Return what a list says about each revision, newest first."""
        return tuple(self._database.read(_HEADS, (id,), _head))

    def authors(self, id: str) -> frozenset[str]:
        """Return who wrote one revision of it or more."""
        return frozenset(self._database.read(_AUTHORS, (id,), _author))

    def matching(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return ids that are ``text``, or that begin or end with it."""
        exact = self._database.read(_EXACT, (text,), _id)
        if exact:
            return tuple(exact)
        return tuple(
            self._database.read(_MATCHING, {"text": text, "limit": limit}, _id)
        )


def _id(*, id: str) -> str:
    return id


def _author(*, author: str) -> str:
    return author


def _head(*, created_at: str, **values: Any) -> RevisionHead:  # noqa: ANN401 - columns
    return RevisionHead(created_at=instant(created_at), **values)


def _no_draft(id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no draft {id}.", hint="See which there are: tuimail list"
    )


def _draft_values(row: DraftRow) -> Values:
    return {
        "id": row.id,
        "state": row.state.value,
        "revision": row.revision,
        "actor": row.origin.actor,
        "door": row.origin.door,
        "note": row.origin.note,
        "run_url": row.origin.run_url,
        "revises": row.origin.revises,
        "account": row.account,
        "submission_id": row.submission_id,
        "created_at": instant_text(row.created_at),
        "changed_at": instant_text(row.changed_at),
    }


def decode_draft(  # noqa: PLR0917 - columns
    id: str,
    state: str,
    revision: int,
    actor: str,
    door: str,
    note: str,
    run_url: str,
    revises: str,
    account: str,
    submission_id: str | None,
    created_at: str,
    changed_at: str,
    assigned: str,
    held_reason: str,
) -> DraftRow:
    """Return the draft that one row of the table holds; given as ``DRAFT_COLUMNS``."""
    return DraftRow(
        id=id,
        state=DRAFT_STATES[state],
        revision=revision,
        origin=Origin(
            actor=actor, door=door, note=note, run_url=run_url, revises=revises
        ),
        account=account,
        submission_id=submission_id,
        created_at=instant(created_at),
        changed_at=instant(changed_at),
        assigned=assigned,
        held_reason=held_reason,
    )


def _revision_values(revision: Revision) -> dict[str, Value]:
    draft, noticed = revision.draft, revision.findings
    content, findings = content_text(draft), json_text(noticed)
    _DRAFT.remember(content, draft)
    _FINDINGS.remember(findings, noticed)
    return {
        "draft_id": revision.draft_id,
        "number": revision.number,
        "author": revision.author,
        "created_at": instant_text(revision.created_at),
        "release_digest": revision.release_digest,
        "not_composable": revision.not_composable,
        "subject": draft.subject,
        "sender": draft.sender.text,
        "shown_to": json_text([address.text for address in (*draft.to, *draft.cc)]),
        "shown_name": next((one.name for one in (*draft.to, *draft.cc)), ""),
        "attachment_count": len(draft.attachments),
        "worst_finding": _worst(revision.findings),
        "finding_count": len(revision.findings),
        "findings": findings,
        "content": content,
        "expires_at": instant_text_or_none(draft.expires_at),
        "duplicate_of": revision.duplicate_of,
        "note": revision.note,
        **_message_values(revision.message),
    }


def _message_values(message: Message | None) -> dict[str, Value]:
    if message is None:
        return dict.fromkeys(_MESSAGE_COLUMNS)
    return {
        "message_id": message.message_id,
        "message_date": instant_text(message.date),
        "message_digest": message.digest,
        "size_bytes": message.size_bytes,
    }


def _worst(findings: tuple[Finding, ...]) -> str:
    """Return the worst severity there is: they are declared worst first."""
    found = {finding.severity for finding in findings}
    return next((severity.value for severity in Severity if severity in found), "")


def content_text(draft: Draft) -> str:
    """Return ``draft`` as JSON that is the same for the same content.

    What was added to drafts later is left out where it says nothing, so that
    digests of earlier drafts stay what they are.
    """
    return json_text(draft, but="expires_at" if draft.expires_at is None else "")


def _revision(
    *,
    draft_id: str,
    number: int,
    author: str,
    created_at: str,
    message_id: str | None,
    message_date: str,
    message_digest: str,
    size_bytes: int,
    release_digest: str,
    not_composable: str,
    findings: str,
    content: str,
    duplicate_of: str,
    note: str,
) -> Revision:
    """Return the revision that one row of the table holds.

    Raises:
        StoreError: Its content is not what any tuimail writes.
    """
    try:
        draft, noticed = _DRAFT.decode(content), _FINDINGS.decode(findings)
    except (ValueError, InputError) as error:
        raise StoreError(
            f"Revision {number} of draft {draft_id} cannot be read: {error}.",
            hint=f"Leave it out, and discard it: tuimail discard {draft_id}",
        ) from error
    message = message_id and Message(
        message_id=message_id,
        date=instant(message_date),
        digest=message_digest,
        size_bytes=size_bytes,
    )
    return Revision(
        draft_id=draft_id,
        number=number,
        draft=draft,
        author=author,
        created_at=instant(created_at),
        message=message or None,
        findings=noticed,
        release_digest=release_digest,
        not_composable=not_composable,
        duplicate_of=duplicate_of,
        note=note,
    )


_DRAFT: Final = decoder(Draft)
_FINDINGS: Final = decoder(tuple[Finding, ...])
_MESSAGE_COLUMNS: Final = (
    "message_id",
    "message_date",
    "message_digest",
    "size_bytes",
)

_INSERT: Final = """
INSERT INTO drafts (
  id, state, status, revision, actor, door, note, run_url, revises, account,
  submission_id, created_at, changed_at)
VALUES (
  :id, :state, :state, :revision, :actor, :door, :note, :run_url, :revises, :account,
  :submission_id, :created_at, :changed_at)
"""
_SELECT: Final = f"""
SELECT {", ".join(DRAFT_COLUMNS)} FROM drafts
"""  # noqa: S608 - of constants
_AMONG: Final = "WHERE id IN (SELECT value FROM json_each(:ids))"
_ADVANCE: Final = """
UPDATE drafts
SET revision = :number, state = :state, changed_at = :at,
    account = iif(:account = '', account, :account)
WHERE id = :id
"""
_MOVE: Final = """
UPDATE drafts
SET state = :state, changed_at = :at,
    submission_id = iif(:sets_submission_id, :submission_id, submission_id)
WHERE id = :id
"""
_ASSIGN: Final = "UPDATE drafts SET assigned = ?, changed_at = ? WHERE id = ?"
_SET_HELD: Final = "UPDATE drafts SET held_reason = ?, changed_at = ? WHERE id = ?"
_HEADS: Final = """
SELECT number, author, created_at, subject, size_bytes, finding_count
FROM revisions WHERE draft_id = ? ORDER BY number DESC
"""
_AUTHORS: Final = "SELECT DISTINCT author FROM revisions WHERE draft_id = ?"
_EXACT: Final = "SELECT id FROM drafts WHERE id = ?"
_MATCHING: Final = """
SELECT id FROM drafts
WHERE substr(id, 1, length(:text)) = :text OR substr(id, -length(:text)) = :text
ORDER BY id LIMIT :limit
"""
_INSERT_REVISION: Final = """
INSERT INTO revisions (
  draft_id, number, author, created_at, message_id, message_date, message_digest,
  size_bytes, release_digest, not_composable, subject, sender, shown_to,
  attachment_count, worst_finding, finding_count, findings, content, expires_at,
  duplicate_of, note, shown_name)
VALUES (
  :draft_id, :number, :author, :created_at, :message_id, :message_date,
  :message_digest, :size_bytes, :release_digest, :not_composable, :subject, :sender,
  :shown_to, :attachment_count, :worst_finding, :finding_count, :findings, :content,
  :expires_at, :duplicate_of, :note, :shown_name)
"""
_REVISIONS: Final = """
SELECT
  draft_id, number, author, created_at, message_id, message_date, message_digest,
  size_bytes, release_digest, not_composable, findings, content, duplicate_of,
  note
FROM revisions WHERE draft_id = ?
"""
