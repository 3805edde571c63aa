"""From a released mail to its verdict: the undo window, the wait, the record.

Shared by every verb after which mail may leave.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Parser, seconds
from tuimail.cli.times import spoken
from tuimail.cli.tints import Tint
from tuimail.workspace.documents import record_document
from tuimail.workspace.shown import shown_findings
from tuimail.workspace.views import OUTBOX_STATUSES, Page, Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

LONGEST_STEP = 1.0


def add_wait(parser: Parser) -> None:
    """Take how long to wait for a verdict."""
    parser.add_argument(
        "--wait",
        type=seconds,
        default=60.0,
        metavar="SECONDS",
        help="how long to wait for a verdict (default 60; 0 returns at once)",
    )


def undo_window(call: Call, workspace: "Workspace") -> timedelta:
    """Return how long the mail can be taken back: nobody there, nobody can."""
    options = call.options
    if options.no_undo or options.at or not call.console.is_terminal:
        return timedelta(0)
    return workspace.config.undo


def deliver(call: Call, workspace: "Workspace", row: Row, *, undo: timedelta) -> int:
    """Count down, hand over, wait, print the record, and return the exit code.

    Ctrl-C before the window ends takes the mail back; after that it only ends
    the wait.
    """
    try:
        count_down(call, undo if row.undo_until else timedelta(0))
    except KeyboardInterrupt:
        workspace.outbox.take_back(row.id)
        call.console.say("", "Taken back: nothing left, and it is a draft again.")
        print_record(call, workspace.drafts.page(row.id))
        return exits.INTERRUPTED
    return hand_over(call, workspace, row)


def hand_over(call: Call, workspace: "Workspace", row: Row) -> int:
    """Let whoever sends have it, wait for the verdict, and print the record."""
    wait = call.options.wait if row.due_at and not _is_later(call) else 0.0
    try:
        row = wait_for_verdict(call, workspace, row, wait) if wait else row
    except KeyboardInterrupt:
        page = workspace.drafts.page(row.id)
        call.console.say("", f"Not waiting any more{left_behind(workspace, page)}")
        print_record(call, page)
        return exits.INTERRUPTED
    print_record(call, workspace.drafts.page(row.id))
    if row.due_at and _is_later(call):
        call.console.say(f"It leaves at {spoken(row.due_at)}.")
    if not wait:
        say_if_nobody_sends(call, workspace, row)
    return exits.of_status(row.status, has_waited=bool(wait))


def say_if_nobody_sends(call: Call, workspace: "Workspace", row: Row) -> None:
    """Say what to type where a mail is to leave, and nobody is there to send it."""
    is_to_leave = row.due_at is not None and row.status in {"ready", "deferred"}
    if is_to_leave and workspace.sender_holder() is None:
        call.console.say("Nobody is sending now: tuimail outbox run --drain")


def is_overdue(row: Row) -> bool:
    """Whether a sender would have taken it by now."""
    return row.due_at is not None and row.due_at <= datetime.now(UTC)


def print_record(call: Call, page: Page) -> None:
    """Print what came of it: one fact a line, or one JSON document."""
    if call.console.is_json:
        call.console.document(record_document(page))
        return
    call.console.data(*record_lines(page))
    say_findings(call, page)


def say_findings(call: Call, page: Page, *, with_bcc: bool = False) -> None:
    """Say what was noticed about a mail; not to programs, who get it as data."""
    for finding in shown_findings(page, with_bcc=with_bcc):
        severity = finding.severity.value
        tint = _TINTS.get(severity, Tint.PLAIN)
        call.console.say(f" {finding.message}", mark=f"{severity}:", tint=tint)


_TINTS: Final = {"block": Tint.WRONG, "warning": Tint.WARNING}


def record_lines(page: Page) -> list[str]:
    """Return what came of a mail, one fact a line."""
    document = record_document(page)
    return [f"{name}: {document[name] or ''}".strip() for name in _FACTS]


_FACTS = ("id", "status", "provider", "provider_message_id", "error", "due_at")


def wait_for_verdict(call: Call, workspace: "Workspace", row: Row, wait: float) -> Row:
    """Return the row once there is a verdict, or ``wait`` seconds are over."""
    from tuimail.workspace.sending import send_now  # noqa: PLC0415 - brings asyncio

    return send_now(call.open, row.id, wait=wait, say=call.console.say, here=workspace)


def left_behind(workspace: "Workspace", page: Page) -> str:
    """Return how a mail stands that nobody waits for any more, for a sentence."""
    from tuimail.workspace.sending import is_handed_over  # noqa: PLC0415 - asyncio

    status, id_ = page.row.status, page.row.id
    if status == "sending" and (holder := workspace.sender_holder()):
        return f"; another sender goes on with it: {holder}."
    if status == "unknown" or (status == "sending" and is_handed_over(page)):
        return (
            ". It was handed over and the answer is not known, so nobody can say "
            f"whether it arrived: tuimail show {id_}"
        )
    return "; the mail stays in the outbox." if status in OUTBOX_STATUSES else "."


def _is_later(call: Call) -> bool:
    return getattr(call.options, "at", None) is not None


def count_down(call: Call, window: timedelta) -> None:
    """Wait until a mail cannot be taken back any more."""
    end = call.clock() + window.total_seconds()
    while (left := end - call.clock()) > 0:
        call.console.rewrite(f"Leaves in {math.ceil(left)} s; Ctrl-C takes it back.")
        call.sleep(min(left, LONGEST_STEP))
    if window:
        call.console.say("")
