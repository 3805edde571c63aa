"""Verbs that write mail or let it leave: send, submit, release, retry."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.agents import actor_of, add_actor
from tuimail.cli.call import Call
from tuimail.cli.delivery import (
    add_wait,
    deliver,
    hand_over,
    print_record,
    undo_window,
)
from tuimail.cli.fields import (
    Request,
    fields_of,
    lifetime_of,
    require_keys,
)
from tuimail.cli.flags import add_expires, add_fields
from tuimail.cli.parser import Command, Parser, add_id, seconds
from tuimail.cli.times import moment_for
from tuimail.core.draft import Draft, require_recipient
from tuimail.core.schedule import Late
from tuimail.workspace.documents import answer_document, record_document
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

POLL_SECONDS: Final = 0.25


def _send_arguments(parser: Parser) -> None:
    add_fields(parser)
    _add_leaving(parser, may_stay=True)
    add_wait(parser)


def _send(call: Call) -> int:
    mails, is_list = _mails(call)
    with call.open() as workspace:
        requests = _requests(workspace, mails)
        if call.options.dry_run:
            return _dry_run(call, workspace, requests, is_list=is_list)
        if is_list:
            from tuimail.cli.several import send_each  # noqa: PLC0415 - rare

            return send_each(call, workspace, requests)
        return _send_one(call, workspace, requests[0])


def _send_one(call: Call, workspace: "Workspace", request: Request) -> int:
    undo = undo_window(call, workspace)
    row = workspace.outbox.send_new(
        request.draft,
        key=request.key,
        undo=undo,
        at=call.options.at,
        late=Late(call.options.late),
        lifetime=lifetime_of(call),
    )
    return deliver(call, workspace, row, undo=undo)


def _mails(call: Call) -> tuple[tuple[Fields, ...], bool]:
    """Return what is to be written, and whether the answer is a list."""
    fields, options = fields_of(call), call.options
    mails: tuple[Fields, ...] = (fields,)
    is_list = False
    if options.template is not None or options.data is not None:
        from tuimail.cli.merging import merge_of  # noqa: PLC0415 - templates are rare

        merge = merge_of(call, fields)
        mails, is_list = merge.mails, merge.is_list
    require_keys(call, mails)
    return mails, is_list


def _requests(workspace: "Workspace", mails: Sequence[Fields]) -> tuple[Request, ...]:
    drafts = _drafts(workspace, mails)
    return tuple(
        Request(draft=draft, key=fields.idempotency_key)
        for draft, fields in zip(drafts, mails, strict=True)
    )


def _drafts(workspace: "Workspace", mails: Sequence[Fields]) -> tuple[Draft, ...]:
    def compose(fields: Fields) -> Draft:
        draft = workspace.drafts.compose(fields)
        return require_recipient(draft, hint="Add a recipient: --to ADDRESS")

    if len(mails) == 1:
        return (compose(mails[0]),)
    from tuimail.workspace.merging import composed  # noqa: PLC0415 - templates are rare

    return composed(mails, compose)


def _dry_run(
    call: Call, workspace: "Workspace", requests: Sequence[Request], *, is_list: bool
) -> int:
    if is_list:
        from tuimail.cli.several import dry_run_each  # noqa: PLC0415 - rare

        return dry_run_each(call, workspace, requests)
    from tuimail.cli.dry_run import print_dry_run  # noqa: PLC0415 - brings a parser

    draft, lifetime = requests[0].draft, lifetime_of(call)
    page = workspace.drafts.page(workspace.drafts.dry_run(draft, lifetime=lifetime).id)
    print_dry_run(call, workspace, page)
    return exits.of_dry_run(is_sayable=page.is_sayable)


def _submit_arguments(parser: Parser) -> None:
    add_fields(parser)
    add_actor(parser)
    parser.add_argument(
        "--revises",
        metavar="ID",
        help="an earlier mail of the same author that this takes the place of",
    )
    parser.add_argument(
        "--run-url",
        default="",
        metavar="URL",
        help="where the work that it comes from can be looked at",
    )
    parser.add_argument(
        "--wait",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for a decision (default 0)",
    )


def _submit(call: Call) -> int:
    actor = actor_of(call.options.actor)
    mails, is_list = _mails(call)
    with call.open() as workspace:
        with workspace.acting_as(actor or workspace.actor, door="cli"):
            rows = _submitted(call, workspace, _requests(workspace, mails))
        waited = [_wait_for_decision(call, workspace, row) for row in rows]
        if is_list:
            from tuimail.cli.several import print_each  # noqa: PLC0415 - rare

            print_each(call, workspace, rows)
        for row in () if is_list else rows:
            _print_submitted(call, workspace, row)
    return exits.worst(map(exits.of_status, waited if call.options.wait else ()))


def _print_submitted(call: Call, workspace: "Workspace", row: Row) -> None:
    """Print the record; to programs also what every other door answers them."""
    page = workspace.drafts.page(row.id)
    if not call.console.is_json:
        print_record(call, page)
        return
    with workspace.acting_as(row.origin.actor, door="cli"):
        answer = workspace.handing_in.answer(row.id)
    call.console.document(record_document(page) | answer_document(answer))


def _submitted(
    call: Call, workspace: "Workspace", requests: Sequence[Request]
) -> list[Row]:
    revises = _revised(call, workspace)

    def store(request: Request) -> Row:
        return workspace.drafts.submit(
            request.draft,
            note=call.options.note,
            key=request.key,
            lifetime=lifetime_of(call),
            run_url=call.options.run_url,
            revises=revises,
        )

    if len(requests) == 1:
        return [store(requests[0])]
    from tuimail.cli.several import stored_each  # noqa: PLC0415 - rare

    return stored_each(call, workspace, requests, store)


def _revised(call: Call, workspace: "Workspace") -> str:
    """Return the full id of what it takes the place of, if that is one's own."""
    if call.options.revises is None:
        return ""
    return workspace.handing_in.own(workspace.drafts.resolve(call.options.revises)).id


def _wait_for_decision(call: Call, workspace: "Workspace", row: Row) -> str:
    """Return how it stands once somebody decided, or the time is over.

    It is looked at again only after another process wrote something.
    """
    end, seen = call.clock() + call.options.wait, -1
    while exits.of_status(row.status) == exits.WAITS and call.clock() < end:
        call.sleep(POLL_SECONDS)
        if (version := workspace.data_version()) != seen:
            row, seen = workspace.drafts.row(row.id), version
    return row.status


def _release_arguments(parser: Parser) -> None:
    add_id(parser)
    add_expires(parser)
    _add_leaving(parser)
    add_wait(parser)


def _release(call: Call) -> int:
    with call.open() as workspace:
        undo = undo_window(call, workspace)
        row = workspace.outbox.release(
            workspace.drafts.resolve(call.options.id),
            undo=undo,
            at=call.options.at,
            late=Late(call.options.late),
            lifetime=call.options.expires,
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
        "--at",
        type=moment_for("at"),
        metavar="TIME",
        help="not before: 2027-03-04 09:30, with an offset or the name of a zone after "
        "it, or neither for local time; a day alone means its midnight",
    )
    add_late(parser)
    if may_stay:
        either.add_argument(
            "--dry-run",
            action="store_true",
            help="render, check and store; send nothing",
        )


def add_late(parser: Parser) -> None:
    """Take what becomes of mail that misses its time."""
    parser.add_argument(
        "--late",
        choices=[one.value for one in Late],
        default=Late.ASK.value,
        help="what to do over a quarter of an hour after that time: hold it (ask), "
        "let it leave all the same, or make it a draft again",
    )


COMMANDS: Final[Mapping[str, Command]] = {
    "send": Command(
        arguments=_send_arguments,
        run=_send,
        examples=(
            (
                "tuimail send --to ana@example.org --subject Report "
                "--text 'It is attached.' --attach report.pdf"
            ),
            "date | tuimail send --to ana@example.org --subject 'The time' --text -",
            "tuimail send --template welcome.md --data people.csv --dry-run",
        ),
    ),
    "submit": Command(
        arguments=_submit_arguments,
        run=_submit,
        examples=(
            (
                "tuimail submit --actor billing --to ana@example.org "
                "--subject Invoice --text-file invoice.txt "
                "--note 'The price is new' --wait 3600"
            ),
        ),
    ),
    "release": Command(
        arguments=_release_arguments,
        run=_release,
        examples=(
            "tuimail release k7xq2m",
            "tuimail release k7xq2m --at '2027-03-04 09:30 Europe/Berlin'",
        ),
    ),
    "retry": Command(
        arguments=_retry_arguments,
        run=_retry,
        examples=("tuimail retry k7xq2m --wait 30",),
    ),
}
