"""The journey of three mails, without a screen, and whether it went right.

An agent hands in three; a person approves one, corrects and approves another,
rejects the third; the sender delivers. One recipient is refused, one is told
to wait. In the end the bytes that the server was given are compared with the
bytes that were approved.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tuimail.core.draft import Body
from tuimail.demo.place import DOOR, MANNERS, Place, SetClock, actor_of
from tuimail.demo.samples import samples
from tuimail.demo.server import Delivery, DemoServer
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

_BEGIN: Final = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_AFTER_GREYLISTING: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How one mail of the journey must end."""

    sample: str
    decision: str
    status: str
    recipients: tuple[tuple[str, str], ...]
    """Address and state, in envelope order."""


APPROVED: Final = Expected(
    sample="invoice",
    decision="approved",
    status="sent",
    recipients=(
        ("accounts@tidewater.example", "sent"),
        ("frontdesk@slow.example", "sent"),
        ("bookkeeping@example.org", "sent"),
    ),
)
EDITED: Final = Expected(
    sample="newsletter",
    decision="edited, then approved",
    status="partial",
    recipients=(
        ("friends@harbour-cafe.example", "sent"),
        ("proofs@example.net", "sent"),
        ("gone@example.net", "invalid"),
    ),
)
REJECTED: Final = Expected(
    sample="outreach", decision="rejected", status="rejected", recipients=()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What became of one mail: what was approved, and what the server got."""

    expected: Expected
    page: Page
    approved: bytes
    """The exact bytes a person approved; empty where they did not."""
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """All that happened, as the workspace and the server saw it."""

    passages: tuple[Passage, ...]
    deliveries: tuple[Delivery, ...]
    """Everything the server was given, whoever sent it."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What went wrong, a sentence each."""
        found = [problem for one in self.passages for problem in problems_of(one)]
        ours = [one for passage in self.passages for one in passage.deliveries]
        if any(one not in ours for one in self.deliveries):
            found.append("The server was given a message that nobody sent.")
        return tuple(found)

    @property
    def report(self) -> dict[str, object]:
        """What programs read."""
        return {
            "ok": not self.problems,
            "problems": list(self.problems),
            "mails": [_document(one) for one in self.passages],
        }

    @property
    def exit_code(self) -> int:
        """0 only if all went right."""
        return 1 if self.problems else 0


def check() -> tuple[dict[str, object], int]:
    """Make the journey; return the report and the exit code."""
    made = travel()
    return made.report, made.exit_code


def travel() -> Journey:
    """Make the journey in a throw-away workspace, with a server of its own."""
    with (
        TemporaryDirectory(prefix="tuimail-demo-") as folder,
        DemoServer(MANNERS) as server,
    ):
        place = Place(folder=Path(folder), server=server)
        passages = _travel(place)
        return Journey(passages=passages, deliveries=server.deliveries)


def _travel(place: Place) -> tuple[Passage, ...]:
    clock = SetClock(_BEGIN)
    with place.open(clock) as workspace:
        place.add_account(workspace)
        rows = {one: _hand_in(place, workspace, one) for one in _EXPECTED}
        approved = _decide(workspace, rows)
        drain(lambda: place.open(clock))
        clock.forward(_AFTER_GREYLISTING)
        drain(lambda: place.open(clock))
        return tuple(
            _passage(place, workspace.drafts.page(row.id), one, approved.get(one, b""))
            for one, row in rows.items()
        )


_EXPECTED: Final = (APPROVED, EDITED, REJECTED)


def _hand_in(place: Place, workspace: Workspace, expected: Expected) -> Row:
    sample = samples()[expected.sample]
    with workspace.acting_as(actor_of(sample), door=DOOR):
        draft = place.compose(workspace, sample)
        return workspace.drafts.submit(draft, note=sample.note)


def _decide(workspace: Workspace, rows: dict[Expected, Row]) -> dict[Expected, bytes]:
    """Decide about all three; return the bytes that were approved and released."""
    rejected = rows[REJECTED]
    workspace.reviews.reject(
        rejected.id, revision=rejected.revision, reason="There was no call."
    )
    return {
        APPROVED: _let_go(workspace, rows[APPROVED]),
        EDITED: _let_go(workspace, _correct(workspace, rows[EDITED])),
    }


def _correct(workspace: Workspace, row: Row) -> Row:
    draft = workspace.drafts.page(row.id).draft
    text = draft.body.text.replace("19:30", "20:00")
    html = draft.body.html.replace("19:30", "20:00")
    corrected = replace(draft, body=Body(text=text, html=html))
    return workspace.drafts.edit(row.id, corrected, revision=row.revision)


def _let_go(workspace: Workspace, row: Row) -> bytes:
    workspace.reviews.approve(row.id, revision=row.revision)
    approved = workspace.drafts.message_bytes(row.id)
    workspace.outbox.release(row.id)
    return approved


def _passage(place: Place, page: Page, expected: Expected, approved: bytes) -> Passage:
    message_id = page.message_id.encode()
    return Passage(
        expected=expected,
        page=page,
        approved=approved,
        deliveries=tuple(
            one for one in place.server.deliveries if message_id in one.content
        ),
    )


def problems_of(passage: Passage) -> tuple[str, ...]:
    """Return what went wrong on one mail's way, a sentence each."""
    found = {
        f"It is {passage.page.row.status}, not {passage.expected.status}.": (
            passage.page.row.status != passage.expected.status
        ),
        "The server got other bytes than were approved.": any(
            one.content != passage.approved for one in passage.deliveries
        ),
        "A Bcc header was sent.": any(
            has_bcc_header(one.content) for one in passage.deliveries
        ),
        "Recipients ended otherwise than expected.": (
            _states(passage) != passage.expected.recipients
        ),
        "Not everybody, or somebody twice, was sent it.": (
            sorted(_told(passage.deliveries)) != sorted(_have_it(passage))
        ),
    }
    subject = passage.page.row.subject
    return tuple(f"“{subject}”: {text}" for text, is_so in found.items() if is_so)


def has_bcc_header(content: bytes) -> bool:
    """Return whether the header block of ``content`` has a Bcc field."""
    block = content.partition(b"\r\n\r\n")[0].lower()
    return any(
        line.startswith((b"bcc:", b"resent-bcc:")) for line in block.split(b"\r\n")
    )


def _states(passage: Passage) -> tuple[tuple[str, str], ...]:
    if passage.page.row.status == "rejected":
        return ()
    return tuple((one.address, one.state.value) for one in passage.page.recipients)


def _told(deliveries: Iterable[Delivery]) -> list[str]:
    return [address for one in deliveries for address in one.recipients]


def _have_it(passage: Passage) -> list[str]:
    return [
        address for address, state in passage.expected.recipients if state == "sent"
    ]


def _document(passage: Passage) -> dict[str, object]:
    page = passage.page
    return {
        "id": page.row.id,
        "subject": page.row.subject,
        "actor": page.row.origin.actor,
        "decision": passage.expected.decision,
        "revision": page.row.revision,
        "status": page.row.status,
        "attempts": page.row.attempts,
        "recipients": [
            {"address": address, "state": state} for address, state in _states(passage)
        ],
        "approved_sha256": _digest(passage.approved),
        "received_sha256": [_digest(one.content) for one in passage.deliveries],
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""
