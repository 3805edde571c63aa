"""What holds after every fault, whatever it was: one piece of code for all.

(a) What was acknowledged is there and whole. (b) Nobody has a mail twice unless
somebody asked for it, and who is said to have it has it. (c) Every mail stands
somewhere that has a name, and says why. (d) Nothing is blocked for ever. (e) A
second start recovers without help. (f) No blind copy is named, no secret is
kept, and the journal is what it was.
"""

import base64
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.faults.place import PASSWORD, USER, Place
from tests.faults.waiting import wait_until
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.submission import OPEN_RECIPIENTS, AttemptPhase, RecipientState
from tuimail.store.journal import JournalRow
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.rendering import file_digest
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.workspace import Workspace

NAMED: Final = {state.value for state in (*DraftState, *SubmissionState)} - {
    DraftState.RELEASED.value
}
"""Where a mail can stand: what was released stands where its submission does."""
SAYING_WHY: Final = frozenset({"held", "deferred", "unknown", "error", "partial"})
WAITING_FOR_A_TIME: Final = frozenset({"ready", "deferred"})
_MESSAGE_ID: Final = re.compile(rb"(?im)^message-id:\s*(<[^>]+>)")
_POLITELY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One mail that was released, and what became of it."""

    row: SubmissionRow
    states: dict[str, RecipientState]
    """By wire address."""
    hidden: frozenset[str]
    """Who got a blind copy, and is in no header."""
    again: Counter[str]
    """How often it was let go again to whom nobody knew about."""
    vouched: frozenset[str]
    """Of whom a person said that they have it."""


def check(place: Place, *, damaged: Collection[str] = ()) -> None:
    """Fail unless everything holds that has to hold after any fault.

    Ends what still runs, and recovers as the next sender would. Nothing else
    in this process may have the workspace open.

    Args:
        place: Where the fault happened.
        damaged: Mail whose stored bytes the test itself spoilt.
    """
    _nothing_is_blocked(place)
    with place.open() as workspace:
        _a_second_start_recovers(workspace)
        stores = workspace._stores
        told = _journal(stores)
        sent = [_sent(stores, row, told[row.draft_id]) for row in _submissions(stores)]
        _what_was_acknowledged_is_there(place, workspace, damaged)
        _every_mail_says_where_it_stands(workspace)
        _nobody_has_it_twice(place, sent)
        _no_blind_copy_is_named(place, sent, told)
        verified = stores.journal.verify()
        assert verified.ok, f"The journal was changed at {verified.first_bad}."
    _no_secret_is_kept(place)


def _nothing_is_blocked(place: Place) -> None:
    """(d) What was started has ended, or ends when it is asked to."""
    for process in place.started:
        assert process.ends_politely(_POLITELY_SECONDS), f"{process.words} is stuck."


def _a_second_start_recovers(workspace: Workspace) -> None:
    """(e) Whoever sends next finishes what the last one left."""
    lock = workspace.sender_lock()
    wait_until(lambda: lock.acquire("check"), what="the sender lock")
    try:
        workspace.take_over()
    finally:
        lock.release()
    submissions = workspace._stores.submissions
    assert submissions.in_state(SubmissionState.SENDING) == ()
    for row in _submissions(workspace._stores):
        phases = {one.phase for one in submissions.attempts(row.id)}
        assert phases <= {AttemptPhase.DONE}, f"An attempt at {row.id} is {phases}."


def _what_was_acknowledged_is_there(
    place: Place, workspace: Workspace, damaged: Collection[str]
) -> None:
    """(a) The row, and the very bytes that it names."""
    for draft_id in place.acknowledged:
        page = workspace.drafts.page(draft_id)
        is_purged = page.row.status == DraftState.DISCARDED
        if draft_id in damaged or is_purged or not page.message_digest:
            continue
        found = file_digest(workspace._stores, draft_id)
        assert found == page.message_digest, f"The bytes of {draft_id} are not whole."


def _every_mail_says_where_it_stands(workspace: Workspace) -> None:
    """(c) One of the named states; a reason where it waits or failed."""
    for listed in workspace._stores.rows.rows(limit=1_000_000):
        row = row_view(workspace._stores, listed)
        assert row.status in NAMED, f"{row.id} is “{row.status}”."
        if row.status in SAYING_WHY:
            assert row.reason.strip(), f"{row.id} is {row.status} and says not why."
        if row.status in WAITING_FOR_A_TIME:
            assert row.due_at is not None, f"{row.id} waits for no time."


def _nobody_has_it_twice(place: Place, sent: Iterable[Sent]) -> None:
    """(b) Copies that the servers answer for, against what is said of them."""
    copies, contents = _copies(place)
    known = {mail.row.message.message_id: mail for mail in sent}
    assert contents.keys() <= known.keys(), "A server has a mail that nobody knows."
    for message_id, mail in known.items():
        digests = contents.get(message_id, set())
        assert digests <= {mail.row.message.digest}, f"{message_id} was not approved."
        for address, state in mail.states.items():
            _has_it_as_often_as_it_says(mail, address, state, copies)


def _has_it_as_often_as_it_says(
    mail: Sent, address: str, state: RecipientState, copies: Counter[tuple[str, str]]
) -> None:
    found = copies[mail.row.message.message_id, address]
    told = f"{mail.row.draft_id} to {address}, {state}: {found} copies"
    assert found <= 1 + mail.again[address], told
    if state in {RecipientState.SENT, RecipientState.QUEUED}:
        assert found >= 1 or address in mail.vouched, told
    elif state is not RecipientState.UNKNOWN and not mail.again[address]:
        assert found == 0, told


def _copies(place: Place) -> tuple[Counter[tuple[str, str]], dict[str, set[str]]]:
    """Count by Message-ID and recipient; and note which contents there were."""
    copies: Counter[tuple[str, str]] = Counter()
    contents: dict[str, set[str]] = {}
    for delivery in [one for server in place.servers for one in server.accepted]:
        found = _MESSAGE_ID.search(delivery.content)
        assert found, "A mail without a Message-ID was accepted."
        message_id = found[1].decode()
        digest = sha256(delivery.content).hexdigest()
        contents.setdefault(message_id, set()).add(digest)
        copies.update((message_id, recipient) for recipient in delivery.recipients)
    return copies, contents


def _no_blind_copy_is_named(
    place: Place, sent: Iterable[Sent], told: Mapping[str, list[JournalRow]]
) -> None:
    """(f) Neither on the wire, accepted or not, nor in the journal."""
    hidden = {mail.row.message.message_id.encode(): mail.hidden for mail in sent}
    for delivery in [one for server in place.servers for one in server.deliveries]:
        found = _MESSAGE_ID.search(delivery.content)
        for address in hidden.get(found[1], frozenset()) if found else ():
            assert address.encode() not in delivery.content, f"{address} is named."
    for mail in sent:
        lines = str(told[mail.row.draft_id])
        named = [address for address in mail.hidden if address in lines]
        assert named == [], f"The journal names {named}."


def _no_secret_is_kept(place: Place) -> None:
    """(f) Not in a file of the workspace or the log, nor in what was said."""
    plain, login = PASSWORD.encode(), f"\0{USER}\0{PASSWORD}".encode()
    secrets = [plain, *(base64.b64encode(one) for one in (plain, login))]
    for path in [*_files(place.folder), *_files(Path(place.tuimail.environ["HOME"]))]:
        content = path.read_bytes()
        assert not any(one in content for one in secrets), f"{path} has the password."
    said = "".join(place.said).encode()
    assert not any(one in said for one in secrets), "The password was said."


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()]


def _submissions(stores: Stores) -> tuple[SubmissionRow, ...]:
    return stores.submissions.in_state(*SubmissionState)


def _journal(stores: Stores) -> Mapping[str, list[JournalRow]]:
    """Return the lines of the journal by the mail that they are about."""
    found: dict[str, list[JournalRow]] = defaultdict(list)
    for line in stores.journal.all(limit=10_000_000):
        found[line.draft_id].append(line)
    return found


def _sent(stores: Stores, row: SubmissionRow, told: Iterable[JournalRow]) -> Sent:
    recipients = stores.submissions.recipients(row.id)
    addresses = [one.envelope.wire_address for one in recipients]
    moves = [
        (addresses[int(line.details["recipient"]) - 1], line.details["to"], line.actor)
        for line in told
        if line.event == "recipient_moved"
        and line.details["submission"] == row.id
        and line.details["from"] == RecipientState.UNKNOWN
    ]
    return Sent(
        row=row,
        states={one.envelope.wire_address: one.state for one in recipients},
        hidden=_hidden([one.envelope for one in recipients]),
        again=Counter(address for address, to, _ in moves if to in OPEN_RECIPIENTS),
        vouched=frozenset(
            address
            for address, to, actor in moves
            if to == RecipientState.SENT and actor.startswith("person:")
        ),
    )


def _hidden(recipients: Collection[EnvelopeRecipient]) -> frozenset[str]:
    """Return the addresses that are only in Bcc."""
    shown = {one.wire_address for one in recipients if one.role is not Role.BCC}
    return frozenset({one.wire_address for one in recipients} - shown)
