"""Verbs that write mail or let it leave: send, submit, release, retry."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import (
    add_wait,
    deliver,
    hand_over,
    print_record,
    undo_window,
)
from tuimail.cli.fields import fields_of, require_recipient
from tuimail.cli.flags import add_fields
from tuimail.cli.parser import Command, Parser, add_id, seconds, time
from tuimail.core.draft import AGENT_PREFIX, check_line
from tuimail.errors import TuimailError, UsageError
from tuimail.workspace.views import Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

POLL_SECONDS: Final = 0.25
LONGEST_NAME: Final = 64


def _send_arguments(parser: Parser) -> None:
    add_fields(parser)
    _add_leaving(parser, may_stay=True)
    add_wait(parser)


def _send(call: Call) -> int:
    fields = fields_of(call)
    with call.open() as workspace:
        draft = require_recipient(workspace.drafts.compose(fields))
        if call.options.dry_run:
            row = workspace.drafts.dry_run(draft)
            _print_dry_run(call, workspace, row)
            return exits.of_status(row.status)
        undo = undo_window(call, workspace)
        row = workspace.drafts.new(draft)
        try:
            row = workspace.outbox.send(
                row.id, revision=row.revision, undo=undo, at=call.options.at
            )
        except TuimailError:
            _forget(workspace, row)
            raise
        return deliver(call, workspace, row, undo=undo)


def _print_dry_run(call: Call, workspace: "Workspace", row: Row) -> None:
    from tuimail.cli.dry_run import print_dry_run  # noqa: PLC0415 - brings a parser

    message = workspace.drafts.message_bytes(row.id)
    print_dry_run(call, workspace.drafts.page(row.id), message)


def _forget(workspace: "Workspace", row: Row) -> None:
    """Throw away what could not be sent; whoever typed it has the command."""
    with suppress(TuimailError):
        workspace.drafts.discard(row.id)


def _submit_arguments(parser: Parser) -> None:
    add_fields(parser)
    parser.add_argument(
        "--actor", metavar="NAME", help="the agent that hands it in, by its own name"
    )
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what the reviewer should know"
    )
    parser.add_argument(
        "--wait",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for a decision (default 0)",
    )


def _submit(call: Call) -> int:
    actor, fields = _agent(call.options.actor), fields_of(call)
    with call.open() as workspace:
        with workspace.acting_as(actor or workspace.actor, door="cli"):
            draft = require_recipient(workspace.drafts.compose(fields))
            row = workspace.drafts.submit(draft, note=call.options.note)
        status = _wait_for_decision(call, workspace, row)
        print_record(call, workspace.drafts.page(row.id))
    return exits.of_status(status) if call.options.wait else exits.DONE


def _agent(name: str | None) -> str:
    """Return the actor of that name, or nothing where none was given."""
    if name is None:
        return ""
    name = name.removeprefix(AGENT_PREFIX)
    check_line(name, field="actor", what="The name of the agent")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UsageError(
            f"An agent's name has 1 to {LONGEST_NAME} characters, not {len(name)}.",
            hint="Write --actor NAME.",
            field="actor",
        )
    return AGENT_PREFIX + name


def _wait_for_decision(call: Call, workspace: "Workspace", row: Row) -> str:
    end = call.clock() + call.options.wait
    while exits.of_status(row.status) == exits.WAITS and call.clock() < end:
        call.sleep(POLL_SECONDS)
        row = workspace.drafts.row(row.id)
    return row.status


def _release_arguments(parser: Parser) -> None:
    add_id(parser)
    _add_leaving(parser)
    add_wait(parser)


def _release(call: Call) -> int:
    with call.open() as workspace:
        undo = undo_window(call, workspace)
        row = workspace.outbox.release(
            workspace.drafts.resolve(call.options.id), undo=undo, at=call.options.at
        )
        return deliver(call, workspace, row, undo=undo)


def _retry_arguments(parser: Parser) -> None:
    add_id(parser)
    add_wait(parser)


def _retry(call: Call) -> int:
    with call.open() as workspace:
        row = workspace.outbox.retry(workspace.drafts.resolve(call.options.id))
        return hand_over(call, workspace, row)


def _add_leaving(parser: Parser, *, may_stay: bool = False) -> None:
    """Take when it may leave, or that it may not."""
    parser.add_argument(
        "--no-undo", action="store_true", help="no ten seconds to think again"
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--at", type=time, metavar="TIME", help="not before, e.g. 2027-03-04T09:30"
    )
    if may_stay:
        either.add_argument(
            "--dry-run",
            action="store_true",
            help="render, check and store; send nothing",
        )


COMMANDS: Final[Mapping[str, Command]] = {
    "send": Command(arguments=_send_arguments, run=_send),
    "submit": Command(arguments=_submit_arguments, run=_submit),
    "release": Command(arguments=_release_arguments, run=_release),
    "retry": Command(arguments=_retry_arguments, run=_retry),
}
