"""A workspace's stores with mail in them, taken as far as a test needs it."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.message import EnvelopeRecipient, Message, Role
from tuimail.core.origin import Origin
from tuimail.core.submission import Receipt, Recipient
from tuimail.store.accounts import Accounts
from tuimail.store.batches import Batches, Intended
from tuimail.store.database import Database
from tuimail.store.decisions import ApprovalRow, DecisionRow, Decisions
from tuimail.store.drafts import DraftRow, Drafts, Revision
from tuimail.store.facts import Facts
from tuimail.store.journal import Journal
from tuimail.store.rows import Rows
from tuimail.store.submissions import SubmissionRow, Submissions

NOW: Final = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MARA: Final = "person:mara"
BILLING: Final = "agent:billing"
BCC: Final = "quiet@example.org"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    return Address(local=local, domain=domain, name=local.title())


def draft(subject: str = "Q3 report", **changes: object) -> Draft:
    values: dict[str, object] = {
        "sender": address("mara@example.org"),
        "to": (address("ana@example.org"),),
        "cc": (address("bo@example.org"),),
        "bcc": (address(BCC),),
        "subject": subject,
        "body": Body(text="Grüße, see attached.\n"),
        "attachments": (
            Attachment(
                name="q3.pdf",
                content_type="application/pdf",
                digest=digest("q3"),
                size_bytes=2,
            ),
        ),
        "headers": (("X-Project", "q3"),),
        "account": "work",
        **changes,
    }
    return Draft(**values)  # type: ignore[arg-type]  # one test changes one field


def message(name: str) -> Message:
    return Message(
        message_id=f"<{name}@example.org>",
        date=NOW,
        digest=digest(name),
        size_bytes=900,
    )


def revision(
    draft_id: str, number: int = 1, at: datetime = NOW, **changes: object
) -> Revision:
    values: dict[str, object] = {
        "draft_id": draft_id,
        "number": number,
        "draft": draft(),
        "author": MARA,
        "created_at": at,
        "message": message(f"{draft_id}.{number}"),
        "findings": (
            Finding(
                code="att.forgotten",
                severity=Severity.WARNING,
                field="text",
                message="Says “attached”.",
            ),
        ),
        "release_digest": digest(f"release {draft_id}.{number}"),
        **changes,
    }
    return Revision(**values)  # type: ignore[arg-type]  # as above


def recipient(role: Role, text: str) -> Recipient:
    return Recipient(
        envelope=EnvelopeRecipient(role=role, address=text, wire_address=text)
    )


EVERYBODY: Final = (
    recipient(Role.TO, "ana@example.org"),
    recipient(Role.CC, "bo@example.org"),
    recipient(Role.BCC, BCC),
)
REFUSED: Final = Receipt(
    stage="rcpt", code=550, enhanced="5.1.1", text=f"550 5.1.1 <{BCC}>: no such user"
)


class Bench:
    """Every store on one database, and the steps that mail takes to get far."""

    def __init__(
        self, folder: Path, *, actor: Callable[[], str] = lambda: MARA
    ) -> None:
        self.path = folder / "tuimail.db"
        self.database = Database.open(self.path, actor=actor)
        self.drafts = Drafts(self.database)
        self.decisions = Decisions(self.database)
        self.submissions = Submissions(self.database)
        self.batches = Batches(self.database)
        self.accounts = Accounts(self.database)
        self.facts = Facts(self.database)
        self.rows = Rows(self.database)
        self.journal = Journal(self.database)

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.database.transaction():
            yield

    def write(self, sql: str, *values: str | int | None) -> int:
        """Run one statement the way no store would."""
        with self.database.transaction():
            return self.database.write(sql, values)

    def drafted(
        self,
        id: str = "d1",
        *,
        state: DraftState = DraftState.DRAFT,
        at: datetime = NOW,
        actor: str = MARA,
        **changes: object,
    ) -> str:
        row = DraftRow(
            id=id,
            state=state,
            revision=1,
            origin=Origin(actor=actor, door="app", note="please"),
            account="work",
            created_at=at,
            changed_at=at,
        )
        with self.writing():
            self.drafts.insert(row, revision(id, 1, at, **changes))
        return id

    def decided(self, id: str, verdict: str = "approved", reason: str = "") -> None:
        row = self.drafts.get(id)
        with self.writing():
            self.decisions.add(
                DecisionRow(
                    draft_id=id,
                    revision=row.revision,
                    verdict=verdict,
                    actor=MARA,
                    door="app",
                    reason=reason,
                    at=NOW,
                )
            )

    def approval(self, draft_id: str, /, **changes: object) -> ApprovalRow:
        row = self.drafts.get(draft_id)
        newest = self.drafts.revision(draft_id, row.revision)
        values: dict[str, object] = {
            "id": f"a-{draft_id}-{row.revision}",
            "draft_id": draft_id,
            "revision": row.revision,
            "message_digest": newest.message.digest if newest.message else "",
            "release_digest": newest.release_digest,
            "actor": MARA,
            "at": NOW,
            **changes,
        }
        return ApprovalRow(**values)  # type: ignore[arg-type]  # as above

    def approved(self, id: str = "d1", *, at: datetime = NOW) -> str:
        if not self.drafts.among([id]):
            self.drafted(id, at=at)
        with self.writing():
            self.decisions.approve(self.approval(id, at=at))
            self.drafts.set_state(id, DraftState.APPROVED, at)
        return id

    def submission(self, draft_id: str, /, **changes: object) -> SubmissionRow:
        row = self.drafts.get(draft_id)
        newest = self.drafts.revision(draft_id, row.revision)
        values: dict[str, object] = {
            "id": f"s-{draft_id}-{row.revision}",
            "draft_id": draft_id,
            "approval_id": f"a-{draft_id}-{row.revision}",
            "account": "work",
            "provider": "smtp",
            "message": newest.message,
            "release_digest": newest.release_digest,
            "return_path": "mara@example.org",
            "needs_smtputf8": False,
            "state": SubmissionState.READY,
            "released_at": NOW,
            "due_at": later(10),
            "undo_until": later(10),
            "changed_at": NOW,
            **changes,
        }
        return SubmissionRow(**values)  # type: ignore[arg-type]  # as above

    def released(self, draft_id: str = "d1", /, **changes: object) -> str:
        """Release a draft, written and approved if need be; return its submission."""
        known = self.drafts.among([draft_id])
        if not known or known[draft_id].state is not DraftState.APPROVED:
            self.approved(draft_id)
        row = self.submission(draft_id, **changes)
        with self.writing():
            self.submissions.insert(row, EVERYBODY)
            self.drafts.set_state(
                draft_id, DraftState.RELEASED, row.released_at, submission_id=row.id
            )
        return row.id

    def sending(self, draft_id: str = "d1", /, **changes: object) -> str:
        """Have a draft released and its first attempt open."""
        submission_id = self.released(draft_id, **changes)
        with self.writing():
            self.claim(submission_id, later(11))
        return submission_id

    def claim(self, submission_id: str, at: datetime) -> int:
        return self.batches.claim([submission_id], at)[submission_id]

    def commit(
        self, submission_id: str, number: int, at: datetime, handle: str = ""
    ) -> bool:
        attempt = Intended(submission_id, number, handle)
        return bool(self.batches.commit([attempt], at))

    def settled(
        self,
        submission_id: str,
        state: SubmissionState,
        outcome: str,
        receipt: Receipt = Receipt(),  # noqa: B008 - a frozen value
    ) -> None:
        """End the attempt that is open and leave ``sending``."""
        number = len(self.submissions.attempts(submission_id))
        with self.writing():
            self.submissions.end_attempt(
                submission_id, number, outcome, receipt, later(12)
            )
            self.submissions.set_state(
                submission_id, state, at=later(12), due_at=later(60)
            )

    def keyed(self, kind: str, text: str) -> str:
        """Return the hash that the journal has of a text that nobody is to guess."""
        key = (self.path.parent / "keys" / "journal").read_bytes()
        return hmac.digest(key, f"{kind}:{text}".encode(), "sha256").hex()

    def close(self) -> None:
        self.database.close()
