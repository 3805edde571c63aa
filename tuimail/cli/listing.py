"""Lists of mail, by pages, for people and for programs."""

from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.documents import row_document
from tuimail.cli.parser import Parser, positive
from tuimail.cli.table import local, print_table
from tuimail.workspace.views import Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

SHORT_ID: Final = 6
"""So many characters of an id's end tell it from the others."""
_HEADS: Final = ("id", "status", "changed", "to", "subject")


def add_paging(parser: Parser) -> None:
    """Take how many, and after which."""
    parser.add_argument(
        "--limit", type=positive, default=50, metavar="N", help="at most N (default 50)"
    )
    parser.add_argument(
        "--before", metavar="ID", help="go on after this one, the last of the page"
    )


def print_rows(
    call: Call, workspace: "Workspace", *, statuses: frozenset[str] | None
) -> int:
    """Print one page of the mails of these statuses, newest change first."""
    limit, before = call.options.limit, call.options.before
    found = workspace.drafts.rows(
        statuses=statuses,
        limit=limit + 1,
        before=workspace.drafts.resolve(before) if before else "",
    )
    _print_page(call, found[:limit], has_more=len(found) > limit)
    return exits.DONE


def _print_page(call: Call, rows: tuple[Row, ...], *, has_more: bool) -> None:
    cursor = rows[-1].id if has_more else None
    if call.console.is_json:
        call.console.document(
            {"mails": [row_document(row) for row in rows], "next": cursor}
        )
        return
    print_table(call.console, _HEADS, [_cells(row) for row in rows], ids=SHORT_ID)
    if not rows:
        call.console.say("Nothing here.")
    if cursor:
        call.console.say(f"There is more: add --before {cursor}")


def _cells(row: Row) -> tuple[str, ...]:
    subject = row.subject or "(no subject)"
    return (
        row.id,
        row.status,
        local(row.updated_at),
        ", ".join(row.to),
        f"{subject}: {row.reason}" if row.reason else subject,
    )
