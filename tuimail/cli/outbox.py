"""Verbs about mail on its way out, and the sender that runs without an app."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import is_overdue, print_record, say_if_nobody_sends
from tuimail.cli.listing import add_paging, print_rows
from tuimail.cli.parser import Command, Parser, add_id
from tuimail.cli.sending import add_late
from tuimail.cli.serving import keep_sending
from tuimail.cli.times import moment_for
from tuimail.core.schedule import Late
from tuimail.errors import UsageError
from tuimail.workspace.views import OUTBOX_STATUSES, Fate, Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace


_WAITING: Final = frozenset({"ready", "deferred"})
_LOOKED_AT: Final = 200


def _outbox(call: Call) -> int:
    with call.open() as workspace:
        code = print_rows(call, workspace, statuses=OUTBOX_STATUSES, shows_due=True)
        waiting = workspace.drafts.rows(statuses=_WAITING, limit=_LOOKED_AT)
        overdue = next((row for row in waiting if is_overdue(row)), None)
        if overdue is not None:
            say_if_nobody_sends(call, workspace, overdue)
        return code


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
            say_if_nobody_sends(call, workspace, row)
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
        _require_another(call, workspace, found)
        row = workspace.outbox.reroute(found, call.options.account)
        print_record(call, workspace.drafts.page(row.id))
        if not call.console.is_json:
            call.console.say(
                f"It leaves after: tuimail approve {row.id} && tuimail release {row.id}"
            )
    return exits.DONE


def _plan_arguments(parser: Parser) -> None:
    add_id(parser)
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument(
        "--at",
        type=moment_for("at"),
        metavar="TIME",
        help="not before: 2027-03-04 09:30, as release --at takes it",
    )
    either.add_argument("--now", action="store_true", help="without a time of its own")
    add_late(parser)


def _plan(call: Call) -> int:
    late = Late(call.options.late)
    return _step(
        lambda workspace, found: workspace.queue.plan(found, call.options.at, late=late)
    )(call)


def _require_another(call: Call, workspace: "Workspace", found: str) -> None:
    """Refuse the way out that it takes already: that is another approval for nothing.

    Raises:
        UsageError: It is the same.
    """
    if workspace.drafts.row(found).account == call.options.account:
        raise UsageError(
            f"Mail {found} leaves through {call.options.account} already.",
            hint="Name another account: tuimail accounts list",
            field="account",
        )


COMMANDS: Final[Mapping[str, Command]] = {
    "outbox": Command(arguments=add_paging, run=_outbox, examples=("tuimail outbox",)),
    "outbox run": Command(
        arguments=_run_arguments, run=_run, examples=("tuimail outbox run --drain",)
    ),
    "cancel": Command(
        arguments=add_id,
        run=_step(lambda ws, found: ws.outbox.cancel(found)),
        examples=("tuimail cancel k7xq2m",),
    ),
    "hold": Command(
        arguments=add_id,
        run=_step(lambda ws, found: ws.outbox.hold(found)),
        examples=("tuimail hold k7xq2m",),
    ),
    "resume": Command(
        arguments=add_id,
        run=_step(lambda ws, found: ws.outbox.resume(found)),
        examples=("tuimail resume k7xq2m",),
    ),
    "plan": Command(
        arguments=_plan_arguments,
        run=_plan,
        examples=(
            "tuimail plan k7xq2m --at '2027-03-04 09:30'",
            "tuimail plan k7xq2m --now",
        ),
    ),
    "reroute": Command(
        arguments=_reroute_arguments,
        run=_reroute,
        examples=("tuimail reroute k7xq2m --account backup",),
    ),
    "resolve": Command(
        arguments=_resolve_arguments,
        run=_resolve_one,
        examples=("tuimail resolve k7xq2m --sent", "tuimail resolve k7xq2m --resend"),
    ),
}
