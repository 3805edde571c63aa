"""A new database from what is known of each mail, in place of one that is lost.

The one door past the guards: rows are put in as they are known to have been,
before the triggers are made that keep everything else from doing so. What it
makes is whole before it takes the old one's place, and the old one is put aside.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from tuimail.core.submission import Attempt, Recipient
from tuimail.core.values import dataclass
from tuimail.errors import StoreError, WorkspaceBusyError
from tuimail.store.attempts import answer_values, receipt_values
from tuimail.store.clients import Clients
from tuimail.store.database import DATABASE_NAME, Database, Value, beside
from tuimail.store.decisions import ApprovalRow, DecisionRow, Decisions
from tuimail.store.drafts import DraftRow, Drafts, Revision
from tuimail.store.durable import fsync_folder, make_folder
from tuimail.store.failures import told
from tuimail.store.instants import instant_text, instant_text_or_none
from tuimail.store.integrity import dangling_rows, faults
from tuimail.store.journal import Journal
from tuimail.store.kept import HEAD_NAME, KeptHead, kept_files, read_head
from tuimail.store.kept_access import NAME as ACCESS_NAME
from tuimail.store.kept_access import Access
from tuimail.store.keys import KeyRow, Keys
from tuimail.store.list_names import SUPPRESSIONS
from tuimail.store.notices import ACCESS_LOST, UNKNOWN, Notices
from tuimail.store.policy import Policies
from tuimail.store.reports import ReportRow, Reports
from tuimail.store.reviewers import Reviewers
from tuimail.store.spans import CUT
from tuimail.store.submissions import SubmissionRow, Submissions
from tuimail.store.suppressions import SuppressionRow, Suppressions

FOLDER: Final = "rebuilding"
"""Where the new one is made; what is in it from before is worth nothing."""
NOT_FOUND: Final = (
    "The workspace was rebuilt without the list of who reviews mail, which programs "
    "hand it in, and what the policy said."
)
UNSUPPRESSED: Final = (
    "The workspace was rebuilt without the list of who gets no mail any more: its "
    "file is damaged, and was put aside."
)
EVENT: Final = "workspace_rebuilt"
"""How the journal calls its first line."""
_MAIL_EVENT: Final = "mail_rebuilt"
_SHARED_LOCK: Final = 128
"""Byte of the shared memory that everybody who has the database open locks
(``UNIX_SHM_DMS`` in SQLite's ``os_unix.c``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSubmission:
    """A message on its way out, as a file tells it."""

    row: SubmissionRow
    approval: ApprovalRow
    recipients: tuple[Recipient, ...]
    attempts: tuple[Attempt, ...]
    reports: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMail:
    """Everything about one mail that goes into the new database."""

    draft: DraftRow
    revisions: tuple[Revision, ...]
    """Oldest first, without gaps; the last is the newest."""
    decisions: tuple[DecisionRow, ...] = ()
    submission: KnownSubmission | None = None
    """The newest, where it was ever released."""
    earlier: tuple[KnownSubmission, ...] = ()
    """What it was released as before."""
    keys: tuple[KeyRow, ...] = ()
    was: str
    """Where it stood, by its file."""

    @property
    def status(self) -> str:
        """The one word that it has from now on."""
        if self.submission is not None and self.draft.state == "released":
            return self.submission.row.state.value
        return self.draft.state.value


class Rebuilding:
    """A database that is being filled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mails = 0
        self._spoilt: list[Path] = []

    def add(self, mail: KnownMail) -> None:
        """Put one mail in.

        Raises:
            StoreError: The database has no room for it: an id that another has.
        """
        with self._database.transaction():
            self._add_draft(mail)
            for decision in mail.decisions:
                Decisions(self._database).add(decision)
            for key in mail.keys:
                Keys(self._database).insert(key)
            for one in (*mail.earlier, mail.submission):
                if one is not None:
                    self._add_submission(one)
            self._database.write(_STATUS, (mail.status, mail.draft.id))
            self._database.write(_NOTE, (mail.draft.id, mail.was, mail.status))
        self._mails += 1

    def suppress(self, rows: Iterable[SuppressionRow]) -> None:
        """Put in who gets no mail any more."""
        with self._database.transaction():
            for row in rows:
                Suppressions(self._database).put(row)

    def let_in(self, access: Access) -> None:
        """Put in who may do what, and what the policy said last.

        Raises:
            StoreError: It does not fit together; nothing of it is in.
        """
        policy, reviewers = access.policy, Reviewers(self._database)
        with self._database.transaction():
            for client in access.clients:
                Clients(self._database).insert(client)
            for one in access.reviewers:
                reviewers.set(one.name, pin_hash=one.pin_hash, at=one.added_at)
            if policy is not None:
                kept = Policies(self._database)
                kept.keep(policy.content, policy.digest, policy.at)
            self._lose(reviewers=access.reviewers_lost, policy=access.policy_lost)

    def lose_access(self, at: datetime) -> None:
        """Note that nobody knows who may do what; for when all mail is in.

        Names of programs are spent: one of them may have been revoked.
        """
        with self._database.transaction():
            Clients(self._database).spend_names(at)
            self._lose(reviewers=True, policy=True)

    def lose_suppressions(self, at: datetime) -> None:
        """Note that nobody knows who gets no mail any more."""
        with self._database.transaction():
            Notices(self._database).add(
                kind=ACCESS_LOST,
                subject=SUPPRESSIONS,
                sentence=UNSUPPRESSED,
                at=at,
            )

    def set_aside(self, path: Path) -> None:
        """Have a file that cannot be understood put aside with the old database."""
        self._spoilt.append(path)

    @property
    def spoilt(self) -> tuple[Path, ...]:
        """What is put aside beside the old database."""
        return tuple(self._spoilt)

    def finish(self, *, at: datetime, head: tuple[int, str] | None) -> None:
        """Write what follows from the mails, and the first lines of the journal."""
        number, digest = head or (0, "")
        details = {
            "files": str(self._mails),
            "old_head": f"{number}:{digest}",
            **self._access(),
        }
        moment = instant_text(at)
        with self._database.transaction():
            for statement in _FOLLOWS:
                self._database.write(statement, ())
            self._database.write(_LINE, (moment, EVENT, "", json.dumps(details)))
            self._database.write(_LINES, (moment, _MAIL_EVENT))
            self._tell_of_unknown(at)
            self._tell_of_lost(at)

    def _access(self) -> dict[str, str]:
        """Return what is known of who may do what, for the journal."""
        reviewers = Reviewers(self._database)
        policy = Policies(self._database).newest()
        return {
            "clients": str(len(Clients(self._database).all())),
            "reviewers": str(len(reviewers.present())),
            "policy_digest": policy.digest if policy else "",
            "access": "lost" if reviewers.are_lost() else "known",
        }

    def _lose(self, *, reviewers: bool, policy: bool) -> None:
        if reviewers:
            Reviewers(self._database).lose()
        if policy:
            Policies(self._database).lose()

    def _add_draft(self, mail: KnownMail) -> None:
        drafts = Drafts(self._database)
        *earlier, newest = mail.revisions
        drafts.insert(mail.draft, newest)
        for revision in earlier:
            drafts.add_earlier(revision)

    def _add_submission(self, known: KnownSubmission) -> None:
        Decisions(self._database).approve(known.approval)
        Submissions(self._database).insert(known.row, known.recipients)
        rows = [_attempt_values(known.row.id, one) for one in known.attempts]
        self._database.write_each(_ATTEMPT, rows)
        for report in known.reports:
            Reports(self._database).add(known.row.id, report)

    def _tell_of_unknown(self, at: datetime) -> None:
        for draft_id, reason in self._database.read(_UNKNOWN, (), _pair):
            Notices(self._database).add(
                kind=UNKNOWN, subject=draft_id, sentence=reason, at=at
            )

    def _tell_of_lost(self, at: datetime) -> None:
        if Reviewers(self._database).are_lost():
            Notices(self._database).add(
                kind=ACCESS_LOST, subject=ACCESS_NAME, sentence=NOT_FOUND, at=at
            )


def require_alone(path: Path) -> None:
    """Refuse to go on while another process has the database open.

    It would go on writing into what was put aside. Nothing in this process may
    have it open either: the locks of that would be gone afterwards.

    Raises:
        WorkspaceBusyError: Somebody has.
    """
    shared = beside(path)[1]
    if shared.exists() and _is_locked(shared):
        raise WorkspaceBusyError(
            f"Another program has {path} open.",
            hint="Close every tuimail that works on it, then try again.",
        )


@contextmanager
def rebuilding(path: Path, *, actor: str, at: datetime) -> Iterator[Rebuilding]:
    """Yield a database to fill, which takes the place of ``path`` at the end.

    What was there is moved into a folder ``damaged-…`` beside it, with the files
    that SQLite kept for it. A rebuild that does not come to its end leaves
    everything as it was, but for a folder that the next one removes.
    """
    folder = path.parent / FOLDER
    _remove(folder)
    database = Database.open(folder / DATABASE_NAME, actor=lambda: actor)
    head = read_head(path.parent / HEAD_NAME)
    try:
        with database.together():
            guards = _take_guards(database)
            made = Rebuilding(database)
            yield made
            _bring_back(database, guards)
            made.finish(at=at, head=head)
        _require_whole(database)
        new_head = Journal(database).head()
    finally:
        database.close()
    aside = put_aside(path, at, also=made.spoilt)
    with told(path):
        (folder / DATABASE_NAME).rename(path)
        fsync_folder(path.parent)
        KeptHead(path.parent, database).write(new_head)
    _remove(folder)
    if aside is not None:
        fsync_folder(aside)


def put_aside(path: Path, at: datetime, *, also: Iterable[Path] = ()) -> Path | None:
    """Move the database and what belongs to it away; return the folder.

    None where there was nothing. The log goes with it: to a new database it
    would mean something else.

    Args:
        path: The database.
        at: When this is.
        also: Files beside it that go with it.
    """
    files = [path, *beside(path), *kept_files(path.parent), *also]
    found = [one for one in files if os.path.lexists(one)]
    if not found:
        return None
    folder = aside_name(path, at)
    make_folder(folder)
    with told(folder):
        for one in found:
            one.rename(folder / one.name)
        fsync_folder(folder)
        fsync_folder(path.parent)
    return folder


def aside_name(path: Path, at: datetime) -> Path:
    """Return a folder beside ``path`` that is not there yet."""
    stem = f"damaged-{at:%Y%m%d-%H%M%S}"
    number = 1
    folder = path.with_name(stem)
    while os.path.lexists(folder):
        number += 1
        folder = path.with_name(f"{stem}-{number}")
    return folder


def _take_guards(database: Database) -> tuple[str, ...]:
    """Take the triggers away; return what makes them again."""
    found = database.read(_TRIGGERS, (), _pair)
    with database.transaction():
        for name, _ in found:
            database.write(f'DROP TRIGGER "{name}"', ())
        database.write("PRAGMA defer_foreign_keys = 1", ())
        database.write(_NOTES, ())
    return tuple(sql for _, sql in found)


def _bring_back(database: Database, guards: tuple[str, ...]) -> None:
    with database.transaction():
        for sql in guards:
            database.write(sql, ())


def _require_whole(database: Database) -> None:
    found = faults(database)
    if found or dangling_rows(database):
        raise StoreError(
            f"What was rebuilt is not whole: {found or 'rows are missing'}.",
            hint="Nothing was changed. Please report this.",
        )


def _attempt_values(submission_id: str, attempt: Attempt) -> dict[str, Value]:
    return {
        "submission_id": submission_id,
        "number": attempt.number,
        "phase": attempt.phase.value,
        "started_at": instant_text(attempt.started_at),
        "committed_at": instant_text_or_none(attempt.committed_at),
        "ended_at": instant_text_or_none(attempt.ended_at),
        "outcome": attempt.outcome,
        **receipt_values(attempt.receipt),
        **answer_values(attempt.server, attempt.answers),
    }


def _is_locked(path: Path) -> bool:
    with told(path):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _SHARED_LOCK)
        except (BlockingIOError, PermissionError):
            return True
        finally:
            os.close(descriptor)
    return False


def _remove(folder: Path) -> None:
    with told(folder):
        if folder.is_dir():
            shutil.rmtree(folder)


def _pair(**row: str) -> tuple[str, str]:
    first, second = row.values()
    return first, second


_TRIGGERS: Final = """
SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid
"""
_NOTES: Final = """
CREATE TEMP TABLE rebuilt (
  draft_id TEXT NOT NULL, was TEXT NOT NULL, status TEXT NOT NULL)
"""
_NOTE: Final = "INSERT INTO temp.rebuilt VALUES (?, ?, ?)"
_STATUS: Final = "UPDATE drafts SET status = ? WHERE id = ?"
_ATTEMPT: Final = """
INSERT INTO attempts (
  submission_id, number, phase, started_at, committed_at, ended_at, outcome, stage,
  code, enhanced, reply, provider_message_id, server, answers)
VALUES (
  :submission_id, :number, :phase, :started_at, :committed_at, :ended_at, :outcome,
  :stage, :code, :enhanced, :reply, :provider_message_id, :server, :answers)
"""
_FOLLOWS: Final = (
    """
    INSERT INTO status_counts (status, count)
    SELECT status, count(*) FROM drafts GROUP BY status
    """,
    """
    INSERT INTO correspondents (address, first_at, last_at)
    SELECT address, min(changed_at), max(changed_at)
    FROM recipients WHERE state IN ('sent', 'queued')
    GROUP BY address COLLATE NOCASE
    """,
    """
    INSERT INTO correspondent_domains (domain, last_at)
    SELECT substr(address, instr(address, '@') + 1) AS domain, max(last_at)
    FROM correspondents GROUP BY domain
    """,
    """
    UPDATE drafts
    SET is_blocked = (newest.worst_finding = 'block'), expires_at = newest.expires_at
    FROM revisions AS newest
    WHERE newest.draft_id = drafts.id AND newest.number = drafts.revision
    """,
    CUT,
)
"""What triggers keep otherwise."""
_LINE: Final = """
INSERT INTO steps (at, event, draft_id, details) VALUES (?, ?, ?, ?)
"""
_LINES: Final = """
INSERT INTO steps (at, event, draft_id, details)
SELECT ?, ?, draft_id, json_object('from', was, 'to', status)
FROM temp.rebuilt ORDER BY draft_id
"""
_UNKNOWN: Final = """
SELECT draft_id, reason FROM submissions WHERE state = 'unknown' ORDER BY id
"""
