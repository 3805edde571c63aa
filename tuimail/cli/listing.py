"""Lists of mail, by pages, for people and for programs."""

from datetime import datetime
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
MOST_SHOWN: Final = 3
"""Recipients of one mail that its line names."""


def add_paging(parser: Parser) -> None:
    """Take how many, and after which."""
    parser.add_argument(
        "--limit", type=positive, default=50, metavar="N", help="at most N (default 50)"
    )
    parser.add_argument(
        "--before", metavar="ID", help="go on after this one, the last of the page"
    )


def print_rows(
    call: Call,
    workspace: "Workspace",
    *,
    statuses: frozenset[str] | None,
    shows_due: bool = False,
) -> int:
    """Print one page of the mails of these statuses, newest change first.

    Args:
        call: The command.
        workspace: What to look into.
        statuses: Words of the docs; None means all.
        shows_due: Whether people are told when it leaves, not when it changed.
    """
    limit, before = call.options.limit, call.options.before
    found = workspace.drafts.rows(
        statuses=statuses,
        limit=limit + 1,
        before=workspace.drafts.resolve(before) if before else "",
    )
    cursor = found[limit - 1].id if len(found) > limit else None
    if call.console.is_json:
        mails = [row_document(row) for row in found[:limit]]
        call.console.document({"mails": mails, "next": cursor})
    else:
        _print_page(call, found[:limit], cursor, shows_due=shows_due)
    return exits.DONE


def _print_page(
    call: Call, rows: tuple[Row, ...], cursor: str | None, *, shows_due: bool
) -> None:
    heads = ("id", "status", "due" if shows_due else "changed", "to", "subject")
    cells = [_cells(row, row.due_at if shows_due else row.updated_at) for row in rows]
    print_table(call.console, heads, cells, ids=SHORT_ID)
    if not rows:
        call.console.say("Nothing here.")
    if cursor:
        call.console.say(f"There is more: add --before {cursor}")


def _people(addresses: tuple[str, ...]) -> str:
    """Return the first few, and how many there are besides."""
    left = len(addresses) - MOST_SHOWN
    more = f" +{left}" if left > 0 else ""
    return ", ".join(addresses[:MOST_SHOWN]) + more


def _cells(row: Row, when: datetime | None) -> tuple[str, ...]:
    subject = row.subject or "(no subject)"
    return (
        row.id,
        row.status,
        local(when),
        _people(row.to),
        f"{subject}: {row.reason}" if row.reason else subject,
    )
