"""Verbs that decide: review, approve, request-changes, reject."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.documents import page_document
from tuimail.cli.listing import add_paging, print_rows
from tuimail.cli.pages import review_lines
from tuimail.cli.parser import Command, Parser, add_id, add_revision
from tuimail.workspace.views import Page, Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

TYPED: Final = 6
"""So many characters of the digest show that a person looked."""
WAITING: Final = frozenset({"review", "approved"})


def _review_arguments(parser: Parser) -> None:
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="show this one in full, Bcc included"
    )
    add_paging(parser)


def _review(call: Call) -> int:
    with call.open() as workspace:
        if call.options.id is None:
            return print_rows(call, workspace, statuses=WAITING)
        page = workspace.drafts.page(workspace.drafts.resolve(call.options.id))
    if call.console.is_json:
        call.console.document(page_document(page, with_bcc=True))
    else:
        call.console.data(*review_lines(page))
    return exits.DONE


def _approve_arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)


def _approve(call: Call) -> int:
    with call.open() as workspace:
        page = workspace.drafts.page(workspace.drafts.resolve(call.options.id))
        row = workspace.reviews.approve(
            page.row.id,
            revision=call.options.revision or page.row.revision,
            typed_digest=_typed(call, workspace, page),
        )
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


def _typed(call: Call, workspace: "Workspace", page: Page) -> str:
    """Show what would be approved and return what the person types about it.

    Nothing is asked about one's own mail, nor where nobody can be asked; the
    workspace refuses the latter.
    """
    is_own = page.row.origin.actor == workspace.actor
    if is_own or not page.release_digest or not call.console.is_terminal:
        return ""
    call.console.say(*review_lines(page))
    return call.console.ask(
        f"Type the first {TYPED} characters of the digest to approve this:"
    )


def _refusal_arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)
    parser.add_argument(
        "--reason", required=True, metavar="TEXT", help="what the author will read"
    )


def _request_changes(call: Call) -> int:
    return _refuse(call, lambda workspace: workspace.reviews.request_changes)


def _reject(call: Call) -> int:
    return _refuse(call, lambda workspace: workspace.reviews.reject)


def _refuse(call: Call, step: "Callable[[Workspace], Callable[..., Row]]") -> int:
    with call.open() as workspace:
        row = workspace.drafts.row(workspace.drafts.resolve(call.options.id))
        row = step(workspace)(
            row.id,
            revision=call.options.revision or row.revision,
            reason=call.options.reason,
        )
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "review": Command(arguments=_review_arguments, run=_review),
    "approve": Command(arguments=_approve_arguments, run=_approve),
    "request-changes": Command(arguments=_refusal_arguments, run=_request_changes),
    "reject": Command(arguments=_refusal_arguments, run=_reject),
}
