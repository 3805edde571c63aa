"""Verbs that decide: review, approve, request-changes, reject, assign."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.listing import add_paging, print_rows
from tuimail.cli.pages import review_lines
from tuimail.cli.parser import Command, Parser, add_id, add_revision
from tuimail.cli.times import moment_for
from tuimail.core.decision import CODES, Comment
from tuimail.core.display import display
from tuimail.errors import FieldError, UsageError
from tuimail.workspace.documents import page_document
from tuimail.workspace.views import Page, Row, Signature

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
    add_signature(parser)
    parser.add_argument(
        "--at",
        type=moment_for("at"),
        metavar="TIME",
        help="and let it leave then: 2027-03-04 09:30, as release --at takes it",
    )
    parser.add_argument(
        "--overrule",
        action="store_true",
        help="let findings of level block pass; asks for a word to be typed",
    )


def _approve(call: Call) -> int:
    with call.open() as workspace:
        page = workspace.drafts.page(workspace.drafts.resolve(call.options.id))
        revision = call.options.revision or page.row.revision
        is_shown = revision == page.row.revision
        if call.options.at is not None:
            workspace.reviews.require_time(page.row.id, call.options.at)
        typed, who = _signed(call, workspace, page)
        row = workspace.reviews.approve(
            page.row.id,
            revision=revision,
            typed_digest=typed,
            overrule=_word(call, page),
            signature=who,
            release_digest=page.release_digest if is_shown else "",
        )
        if call.options.at is not None and row.status == "approved":
            row = workspace.outbox.release(row.id, at=call.options.at)
        page = workspace.drafts.page(row.id)
        print_record(call, page)
        _say_what_is_left(call, page)
    return exits.DONE


def _signed(
    call: Call, workspace: "Workspace", page: Page
) -> tuple[str, Signature | None]:
    """Show what would be approved; return what a person typed below it.

    That is a PIN where they say who they are, and else the digest: nobody signs
    a revision that they were not shown.
    """
    if call.options.reviewer is None:
        return _typed(call, workspace, page), None
    if call.console.is_terminal:
        call.console.insist(*review_lines(page))
    return "", signature(call)


def _typed(call: Call, workspace: "Workspace", page: Page) -> str:
    """Show what would be approved and return what the person types about it.

    Nothing is asked about one's own mail, nor where nobody can be asked; the
    workspace refuses the latter.
    """
    is_own = page.row.origin.actor == workspace.actor
    if is_own or not page.release_digest or not call.console.is_terminal:
        return ""
    call.console.insist(*review_lines(page))
    return call.console.ask(
        f"Type the first {TYPED} characters of the digest to approve this:"
    )


def _word(call: Call, page: Page) -> str:
    """Have the word typed that overrules findings of level block."""
    if not call.options.overrule:
        return ""
    if not page.standing.to_type:
        raise UsageError(
            f"There is nothing to overrule about {page.row.id}.",
            hint="Leave --overrule out.",
            field="overrule",
        )
    if not call.console.is_terminal:
        return ""
    return call.console.ask(
        "Type the domain of the first whom it is for, to overrule what was found:"
    )


def _say_what_is_left(call: Call, page: Page) -> None:
    """Say that one yes was not enough, and what became of the time given."""
    if page.row.status != "review":
        return
    standing = page.standing
    needed = max(standing.needed, 2 if standing.to_type else 1)
    call.console.say(
        f"{len(standing.given)} of {needed} have approved it; it waits for another "
        "reviewer."
    )
    if call.options.at is not None:
        call.console.say("Give --at with the last approval, or release it then.")


def add_signature(parser: Parser) -> None:
    """Take the name of a reviewer, whose PIN is asked for."""
    parser.add_argument(
        "--as",
        dest="reviewer",
        metavar="NAME",
        help="do it as this reviewer; asks for the PIN on the terminal",
    )


def signature(call: Call) -> Signature | None:
    """Return who decides, where that was said; the PIN is typed and never passed.

    Raises:
        UsageError: There is no terminal to type it on.
    """
    name: str | None = call.options.reviewer
    if name is None:
        return None
    if not call.console.is_terminal:
        raise UsageError(
            "A PIN is typed on a real terminal only.",
            hint="Run it in a terminal, or open the app: tuimail",
            field="as",
        )
    from tuimail.cli.questions import Questions  # noqa: PLC0415 - only where asked

    label = f"PIN of {display(name[:60])}"
    return Signature(name=name, pin=Questions(call.console).password(label))


def _refusal_arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)
    add_signature(parser)
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="what the author will read"
    )
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="WORD",
        help=f"why, in a word for programs, to be repeated: {', '.join(CODES)}",
    )
    parser.add_argument(
        "--comment",
        action="append",
        default=[],
        metavar="LINE:TEXT",
        help="what is wrong in a line of the text, or subject:TEXT; to be repeated",
    )


def _comment(typed: str) -> Comment:
    place, colon, text = typed.partition(":")
    place = place.strip()
    if not colon or not (place.isalpha() or _is_line(place)):
        raise FieldError(
            f"{typed[:60]!r} is no line or field and a comment.",
            hint="Write --comment 3:TEXT, or --comment subject:TEXT.",
            field="comment",
        )
    if place.isalpha():
        return Comment(text=text, field=place)
    return Comment(text=text, field="text", line=int(place))


def _is_line(place: str) -> bool:
    return place.isascii() and place.isdecimal() and len(place) <= len("1000000")


def _request_changes(call: Call) -> int:
    return _refuse(call, lambda workspace: workspace.reviews.request_changes)


def _reject_arguments(parser: Parser) -> None:
    _refusal_arguments(parser)
    parser.add_argument(
        "--undo",
        action="store_true",
        help="take a rejection back: it waits for a decision again",
    )


def _reject(call: Call) -> int:
    if call.options.undo:
        return _undo_reject(call)
    return _refuse(call, lambda workspace: workspace.reviews.reject)


def _undo_reject(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.drafts.resolve(call.options.id)
        row = workspace.reviews.undo_reject(found, signature=signature(call))
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


def _refuse(call: Call, step: "Callable[[Workspace], Callable[..., Row]]") -> int:
    comments = tuple(map(_comment, call.options.comment))
    with call.open() as workspace:
        row = workspace.drafts.row(workspace.drafts.resolve(call.options.id))
        row = step(workspace)(
            row.id,
            revision=call.options.revision or row.revision,
            reason=call.options.reason,
            codes=tuple(call.options.code),
            comments=comments,
            signature=signature(call),
        )
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


def _assign_arguments(parser: Parser) -> None:
    add_id(parser)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("name", nargs="?", default="", metavar="NAME", help="a reviewer")
    whom.add_argument(
        "--anybody", action="store_true", help="nobody in particular any more"
    )


def _assign(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.drafts.resolve(call.options.id)
        row = workspace.reviews.assign(found, call.options.name)
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "review": Command(
        arguments=_review_arguments,
        run=_review,
        examples=("tuimail review", "tuimail review k7xq2m"),
    ),
    "approve": Command(
        arguments=_approve_arguments,
        run=_approve,
        examples=(
            "tuimail approve k7xq2m",
            "tuimail approve k7xq2m --as mara --at '2027-03-04 09:30'",
        ),
    ),
    "request-changes": Command(
        arguments=_refusal_arguments,
        run=_request_changes,
        examples=(
            (
                "tuimail request-changes k7xq2m --reason 'The price is old' "
                "--comment '3:It is 40 now'"
            ),
        ),
    ),
    "reject": Command(
        arguments=_reject_arguments,
        run=_reject,
        examples=(
            "tuimail reject k7xq2m --reason 'We do not sell to them'",
            "tuimail reject k7xq2m --undo",
        ),
    ),
    "assign": Command(
        arguments=_assign_arguments,
        run=_assign,
        examples=("tuimail assign k7xq2m mara", "tuimail assign k7xq2m --anybody"),
    ),
}
