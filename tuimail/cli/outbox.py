"""Verbs about mail on its way out, and the sender that runs without an app."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.listing import add_paging, print_rows
from tuimail.cli.parser import Command, Parser, add_id
from tuimail.cli.serving import keep_sending
from tuimail.workspace.views import OUTBOX_STATUSES, Fate, Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace


def _outbox(call: Call) -> int:
    with call.open() as workspace:
        return print_rows(call, workspace, statuses=OUTBOX_STATUSES, shows_due=True)


def _run_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--drain",
        "--once",
        action="store_true",
        help="end as soon as nothing is due any more",
    )


def _run(call: Call) -> int:
    return _drain(call) if call.options.drain else keep_sending(call, door="cli")


def _drain(call: Call) -> int:
    from tuimail.workspace.sending import drain  # noqa: PLC0415 - brings asyncio

    is_sender = drain(call.open, say=call.console.say)
    with call.open() as workspace:
        holder = workspace.sender_holder() or ""
        counts = workspace.drafts.counts()
    if call.console.is_json:
        call.console.document(
            {"is_sender": is_sender, "outbox": counts.outbox, "unknown": counts.unknown}
        )
        return exits.DONE
    if not is_sender:
        call.console.say(f"Another sender is at it: {holder or 'it just ended'}.")
    call.console.data(f"outbox: {counts.outbox}", f"unknown: {counts.unknown}")
    return exits.DONE


def _step(take: "Callable[[Workspace, str], Row]") -> Callable[[Call], int]:
    """Return the verb that takes one step with one mail and prints its record."""

    def run(call: Call) -> int:
        with call.open() as workspace:
            row = take(workspace, workspace.drafts.resolve(call.options.id))
            print_record(call, workspace.drafts.page(row.id))
        return exits.DONE

    return run


def _resolve_arguments(parser: Parser) -> None:
    add_id(parser)
    either = parser.add_mutually_exclusive_group(required=True)
    for flag, what in (
        ("--sent", "it arrived: never try again"),
        ("--resend", "it did not: try again now"),
        ("--give-up", "let it be"),
    ):
        either.add_argument(
            flag, dest="way", action="store_const", const=flag, help=what
        )


def _resolve(workspace: "Workspace", found: str, way: str) -> Row:
    return workspace.outbox.resolve(found, _FATES[way])


_FATES: Final = {
    "--sent": Fate.ARRIVED,
    "--resend": Fate.RESEND,
    "--give-up": Fate.GIVE_UP,
}


def _resolve_one(call: Call) -> int:
    way: str = call.options.way
    return _step(lambda workspace, found: _resolve(workspace, found, way))(call)


def _reroute_arguments(parser: Parser) -> None:
    add_id(parser)
    parser.add_argument(
        "--account",
        required=True,
        metavar="NAME",
        help="the way out to take; it has to be approved again",
    )


def _reroute(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.drafts.resolve(call.options.id)
        row = workspace.outbox.reroute(found, call.options.account)
        print_record(call, workspace.drafts.page(row.id))
        if not call.console.is_json:
            call.console.say(
                f"It leaves after: tuimail approve {row.id} && tuimail release {row.id}"
            )
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "outbox": Command(arguments=add_paging, run=_outbox),
    "outbox run": Command(arguments=_run_arguments, run=_run),
    "cancel": Command(
        arguments=add_id, run=_step(lambda ws, found: ws.outbox.cancel(found))
    ),
    "hold": Command(
        arguments=add_id, run=_step(lambda ws, found: ws.outbox.hold(found))
    ),
    "resume": Command(
        arguments=add_id, run=_step(lambda ws, found: ws.outbox.resume(found))
    ),
    "reroute": Command(arguments=_reroute_arguments, run=_reroute),
    "resolve": Command(arguments=_resolve_arguments, run=_resolve_one),
}
