"""One command that writes several mails: one for each row of data.

All of them are checked before the first is stored, and answered together.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import (
    count_down,
    left_behind,
    record_lines,
    say_findings,
    undo_window,
    wait_for_verdict,
)
from tuimail.cli.fields import Request, lifetime_of
from tuimail.core.schedule import Late
from tuimail.core.values import replace
from tuimail.errors import TuimailError
from tuimail.workspace.documents import Document, record_document
from tuimail.workspace.views import Page, Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

Show = Callable[[Page], tuple[Document, Iterable[str]]]
"""Gives what is printed about one mail: for programs, and for people."""


def stored_each(
    call: Call,
    workspace: "Workspace",
    requests: Sequence[Request],
    store: Callable[[Request], Row],
) -> list[Row]:
    """Store all of ``requests``, or none: what was begun is thrown away.

    Where they have keys, what was begun stays: asking again under the same keys
    goes on from there, and makes nothing twice.

    Raises:
        TuimailError: One could not be stored.
        KeyboardInterrupt: A person broke it off.
    """
    rows: list[Row] = []
    try:
        for request in requests:
            rows.append(store(request))  # noqa: PERF401 - what there is must be known
    except (TuimailError, KeyboardInterrupt):
        call.console.say(
            f"{len(rows)} of {len(requests)} mails had been stored; "
            + _what_is_kept(workspace, requests, rows)
        )
        raise
    return rows


def _what_is_kept(
    workspace: "Workspace", requests: Sequence[Request], rows: Sequence[Row]
) -> str:
    if any(request.key for request in requests):
        return "they are kept: ask again under the same keys for the rest."
    left = forget(workspace, rows)
    return f"these are kept: {', '.join(left)}." if left else "none is kept."


def send_each(call: Call, workspace: "Workspace", requests: Sequence[Request]) -> int:
    """Release all of ``requests``, wait for their verdicts, print their records.

    Ctrl-C before the window ends takes all of them back.
    """
    undo = undo_window(call, workspace)

    def send(request: Request) -> Row:
        return workspace.outbox.send_new(
            request.draft,
            key=request.key,
            undo=undo,
            at=call.options.at,
            late=Late(call.options.late),
            lifetime=lifetime_of(call),
        )

    released = stored_each(call, workspace, requests, send)
    try:
        count_down(call, undo)
    except KeyboardInterrupt:
        rows = [_taken_back(workspace, row) for row in released]
        call.console.say("", "Taken back: nothing left, and all are drafts again.")
        print_each(call, workspace, rows)
        return exits.INTERRUPTED
    return _hand_over(call, workspace, released)


def _taken_back(workspace: "Workspace", row: Row) -> Row:
    """Return the row after undo; what was asked for before may be long gone."""
    return workspace.outbox.take_back(row.id) if row.undo_until else row


def print_each(
    call: Call,
    workspace: "Workspace",
    rows: Iterable[Row],
    show: Show = lambda page: (record_document(page), record_lines(page)),
    *,
    with_bcc: bool = False,
    beside: Document | None = None,
    further: Sequence[Document] = (),
) -> list[Page]:
    """Print the records of several mails: one document, or one after another.

    Returns what there is about each.

    Args:
        call: The command.
        workspace: Where the mails are.
        rows: Which.
        show: Gives what is printed about each.
        with_bcc: Whether blind copies are named.
        beside: What else is in the document.
        further: Records of more mails, for the document.
    """
    pages = [workspace.drafts.page(row.id) for row in rows]
    if call.console.is_json:
        mails = [*(show(page)[0] for page in pages), *further]
        call.console.document({"mails": mails, **(beside or {})})
        return pages
    for number, page in enumerate(pages):
        call.console.data(*([""] if number else []), *show(page)[1])
        say_findings(call, page, with_bcc=with_bcc)
    return pages


def dry_run_each(
    call: Call, workspace: "Workspace", requests: Sequence[Request]
) -> int:
    """Store ``requests``, print everything that would be sent, return the exit code."""
    from tuimail.cli.dry_run import dry_run_of  # noqa: PLC0415 - brings a parser

    def store(request: Request) -> Row:
        return workspace.drafts.dry_run(request.draft, lifetime=lifetime_of(call))

    keyless = [replace(request, key="") for request in requests]
    rows = stored_each(call, workspace, keyless, store)

    def show(page: Page) -> tuple[Document, Iterable[str]]:
        document, lines = dry_run_of(workspace, page)
        return document, (*record_lines(page), *lines)

    pages = print_each(call, workspace, rows, show, with_bcc=True)
    return exits.worst(exits.of_dry_run(is_sayable=one.is_sayable) for one in pages)


def _hand_over(call: Call, workspace: "Workspace", released: Sequence[Row]) -> int:
    has_waited = bool(call.options.wait) and call.options.at is None
    rows = list(released)
    try:
        for number, row in enumerate(released if has_waited else ()):
            rows[number] = wait_for_verdict(call, workspace, row, call.options.wait)
    except KeyboardInterrupt:
        call.console.say("")
        for row in rows:
            behind = left_behind(workspace, workspace.drafts.page(row.id))
            call.console.say(f"{row.id}: not waiting any more{behind}")
        print_each(call, workspace, rows)
        return exits.INTERRUPTED
    print_each(call, workspace, rows)
    return exits.worst(
        exits.of_status(row.status, has_waited=has_waited) for row in rows
    )


def forget(workspace: "Workspace", rows: Iterable[Row]) -> list[str]:
    """Throw away what did not leave; return the ids of what could not be.

    What was released is taken back first, and refuses that once it is being
    handed over.
    """
    left = []
    for row in rows:
        try:
            if "take_back" in row.actions:
                workspace.outbox.take_back(row.id)
            workspace.drafts.discard(row.id)
        except TuimailError:
            left.append(row.id)
    return left
