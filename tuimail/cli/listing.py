"""Lists of mail, by pages, for people and for programs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Final, TypeVar

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Parser, positive
from tuimail.cli.table import local, print_table
from tuimail.errors import NotFoundError

if TYPE_CHECKING:
    from tuimail.workspace.views import Row
    from tuimail.workspace.workspace import Workspace

Listed = TypeVar("Listed")
SHORT_ID: Final = 6
"""So many characters of an id's end tell it from the others."""
MANY_STEPS: Final = 10_000
"""In the journal: so many take seconds to be read for a search."""
MOST_SHOWN: Final = 3
"""Recipients of one mail that its line names."""


def add_paging(parser: Parser, *, metavar: str = "ID") -> None:
    """Take how many, and after which."""
    parser.add_argument(
        "--limit", type=positive, default=50, metavar="N", help="at most N (default 50)"
    )
    parser.add_argument(
        "--after",
        metavar=metavar,
        help="go on after this one, which was the last of a page",
    )


def paged(
    call: Call, rows: Sequence[Listed], key: Callable[[Listed], str]
) -> tuple[Sequence[Listed], str | None]:
    """Return the page of a short list that is asked for, and where the next begins.

    Raises:
        NotFoundError: Nothing in the list is called what it is to go on after.
    """
    limit, after = call.options.limit, call.options.after
    keys = [key(row) for row in rows]
    if after is not None and after not in keys:
        raise NotFoundError(
            f"Nothing in this list is called {after[:60]!r}.",
            hint="Leave --after out to begin at its beginning.",
            field="after",
        )
    begin = keys.index(after) + 1 if after is not None else 0
    page = rows[begin : begin + limit]
    is_last = begin + limit >= len(rows)
    return page, None if is_last else key(page[-1])


def say_more(call: Call, cursor: str | None) -> None:
    """Say how to go on, where there is more."""
    if cursor:
        call.console.say(f"There is more: add --after {quote(cursor)}")


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
    limit, after = call.options.limit, call.options.after
    found = workspace.mails.rows(
        statuses=statuses,
        limit=limit + 1,
        before=workspace.mails.resolve(after) if after else "",
    )
    cursor = found[limit - 1].id if len(found) > limit else None
    return _print(call, found[:limit], cursor, shows_due=shows_due)


def print_hits(
    call: Call,
    workspace: "Workspace",
    words: str,
    *,
    statuses: frozenset[str] | None,
) -> int:
    """Print one page of the mails that match ``words``, newest change first."""
    limit, after = call.options.limit, call.options.after
    read_all(call, workspace)
    found = workspace.search.page(
        words,
        statuses,
        limit=limit + 1,
        before=workspace.mails.resolve(after) if after else "",
    )
    cursor = found[limit - 1].id if len(found) > limit else None
    return _print(call, found[:limit], cursor, shows_due=False)


def read_all(call: Call, workspace: "Workspace") -> None:
    """Read what was not read yet; say so where that takes a while."""
    if workspace.search.behind > MANY_STEPS:
        call.console.say("Reading all mail once, to find it by its words.")
    while workspace.search.catch_up():
        pass


def _print(
    call: Call, rows: "tuple[Row, ...]", cursor: str | None, *, shows_due: bool
) -> int:
    if call.console.is_json:
        from tuimail.workspace.documents import (  # noqa: PLC0415 - for programs only
            row_document,
        )

        mails = [row_document(row) for row in rows]
        call.console.document({"mails": mails, "next": cursor})
    else:
        _print_page(call, rows, cursor, shows_due=shows_due)
    return exits.DONE


def _print_page(
    call: Call, rows: "tuple[Row, ...]", cursor: str | None, *, shows_due: bool
) -> None:
    heads = ("id", "status", "due" if shows_due else "changed", "to", "subject")
    cells = [_cells(row, row.due_at if shows_due else row.updated_at) for row in rows]
    print_table(call.console, heads, cells, ids=SHORT_ID)
    if not rows:
        call.console.say("Nothing here.")
    say_more(call, cursor)


def _people(addresses: tuple[str, ...]) -> str:
    """Return the first few, and how many there are besides."""
    left = len(addresses) - MOST_SHOWN
    more = f" +{left}" if left > 0 else ""
    return ", ".join(addresses[:MOST_SHOWN]) + more


def _cells(row: "Row", when: datetime | None) -> tuple[str, ...]:
    subject = row.subject or "(no subject)"
    return (
        row.id,
        row.status,
        local(when),
        _people(row.to),
        f"{subject}: {row.reason}" if row.reason else subject,
    )
