"""Verbs for one mail: show; and discard, for what nobody wants to see."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.history import attempt_lines, journal_lines
from tuimail.cli.pages import page_lines
from tuimail.cli.parser import Command, Parser, add_id
from tuimail.core.draft import Draft
from tuimail.errors import UsageError
from tuimail.workspace.documents import (
    Document,
    attempts_document,
    journal_document,
    page_document,
)
from tuimail.workspace.shown import shown_steps
from tuimail.workspace.views import SENT_STATUSES, JournalLine, Page

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

Headers = Sequence[tuple[str, str]]


def _show_arguments(parser: Parser) -> None:
    add_id(parser)
    parser.add_argument(
        "--bcc", action="store_true", help="show blind copies, to you alone"
    )
    parser.add_argument(
        "--attempts",
        action="store_true",
        help="show every try and its answer, and every step: who, when, what",
    )
    parser.add_argument(
        "--diff",
        nargs="?",
        const="previous",
        choices=("previous", "first", "answered"),
        metavar="WITH",
        help="show what changed since the previous revision, since what its author "
        "wrote first, or against the mail it answers",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--headers", action="store_true", help="show the headers as they leave"
    )
    how.add_argument(
        "--raw", action="store_true", help="write the exact bytes that leave"
    )


def _show(call: Call) -> int:
    options = call.options
    _refuse_beside_raw(call)
    with call.open() as workspace:
        found = workspace.drafts.resolve(options.id)
        if options.raw:
            call.console.raw(message_of(call, workspace, found))
            return exits.DONE
        headers = (
            _headers(message_of(call, workspace, found)) if options.headers else ()
        )
        steps = shown_steps(
            workspace.drafts.journal(found) if options.attempts else (),
            with_bcc=options.bcc,
        )
        _print_page(call, workspace.drafts.page(found), headers, steps)
    return exits.DONE


def _refuse_beside_raw(call: Call) -> None:
    options = call.options
    further = (call.console.is_json, options.attempts, options.bcc, options.diff)
    if options.raw and any(further):
        raise UsageError(
            "--raw writes the bytes of the message and nothing beside them.",
            hint="Leave out --json, --attempts, --bcc and --diff.",
            field="raw",
        )


def message_of(call: Call, workspace: "Workspace", draft_id: str) -> bytes:
    """Return the bytes of a mail, and say so where they are not the stored ones."""
    message = workspace.drafts.message_bytes(draft_id)
    if not workspace.drafts.is_as_stored(draft_id):
        is_sent = workspace.drafts.row(draft_id).status in SENT_STATUSES
        call.console.say(
            f"The stored bytes of {draft_id} are missing or changed: they are not "
            f"those that were {'sent' if is_sent else 'written'}. These are made "
            "anew, and have the digest of those.",
            "Look at it: tuimail doctor",
        )
    return message


def _print_page(
    call: Call, page: Page, headers: Headers, steps: Sequence[JournalLine]
) -> None:
    options = call.options
    if not call.console.is_json:
        call.console.data(*page_lines(page, with_bcc=options.bcc, headers=headers))
        if options.diff:
            call.console.data(
                "", *_diff_lines(page, options.diff, with_bcc=options.bcc)
            )
        if options.attempts:
            call.console.data("", *attempt_lines(page, with_bcc=options.bcc))
            call.console.data("", *journal_lines(steps))
        return
    document = page_document(page, with_bcc=options.bcc)
    if options.headers:
        document["message_headers"] = [list(header) for header in headers]
    if options.diff:
        document["diff"] = _diff_document(page, options.diff, with_bcc=options.bcc)
    if options.attempts:
        document |= _history(page, steps, with_bcc=options.bcc)
    call.console.document(document)


_COMPARED: Final = {
    "previous": "since the revision before",
    "first": "since what its author wrote first",
    "answered": "against the mail it answers",
}


def _diff_lines(page: Page, what: str, *, with_bcc: bool) -> list[str]:
    from tuimail.cli.changes import compared, word_lines  # noqa: PLC0415 - rare

    before: Draft | None = getattr(page, what)
    if before is None:
        return [f"There is nothing to compare: {_COMPARED[what]}."]
    found = compared(before, page.draft, with_bcc=with_bcc)
    return [f"Changed {_COMPARED[what]}:", *word_lines(found)]


def _diff_document(page: Page, what: str, *, with_bcc: bool) -> Document | None:
    from tuimail.cli.changes import compared, document  # noqa: PLC0415 - rare

    before: Draft | None = getattr(page, what)
    if before is None:
        return None
    found = compared(before, page.draft, with_bcc=with_bcc)
    return {"with": what, **document(found)}


def _history(page: Page, steps: Sequence[JournalLine], *, with_bcc: bool) -> Document:
    return {
        "attempts": attempts_document(page, page.attempts, with_bcc=with_bcc),
        "earlier_attempts": attempts_document(
            page, page.earlier_attempts, with_bcc=with_bcc
        ),
        "journal": journal_document(steps),
    }


def _headers(message: bytes) -> Headers:
    from tuimail.core.preview import preview  # noqa: PLC0415 - only where asked for

    block = message.partition(b"\r\n\r\n")[0]
    return preview(block + b"\r\n\r\n").headers


def _discard(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.drafts.resolve(call.options.id)
        print_record(call, workspace.drafts.page(workspace.drafts.discard(found).id))
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "show": Command(
        arguments=_show_arguments,
        run=_show,
        examples=(
            "tuimail show k7xq2m",
            "tuimail show k7xq2m --raw > letter.eml",
            "tuimail show k7xq2m --attempts --bcc --json",
        ),
    ),
    "discard": Command(
        arguments=add_id, run=_discard, examples=("tuimail discard k7xq2m",)
    ),
}
