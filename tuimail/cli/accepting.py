"""The verb that lets a warning stand: accept, with the reason, or take it up again.

It decides nothing: whoever approves the mail is told, and so is the journal.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.parser import Command, Parser, add_id, add_revision
from tuimail.cli.reviewing import add_signature, signature
from tuimail.core.display import display
from tuimail.errors import FieldError
from tuimail.workspace.views import Page


def _arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)
    add_signature(parser)
    parser.add_argument(
        "--code",
        action="append",
        required=True,
        metavar="CODE",
        help="of a finding of level warning, to be repeated: att.forgotten",
    )
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why it is no reason to stop"
    )
    parser.add_argument(
        "--undo",
        action="store_true",
        help="take the warning up again: it does not stand any more",
    )


def _accept(call: Call) -> int:
    with call.open() as workspace:
        page = workspace.drafts.page(workspace.drafts.resolve(call.options.id))
        workspace.reviews.accept(
            page.row.id,
            revision=call.options.revision or page.row.revision,
            codes=_standing(call, page),
            reason=call.options.reason,
            signature=signature(call),
        )
        print_record(call, workspace.drafts.page(page.row.id))
    return exits.DONE


def _standing(call: Call, page: Page) -> tuple[str, ...]:
    """Return what stands then, beside what stood before or without what is undone.

    Raises:
        FieldError: What is to be taken up again does not stand.
    """
    stood = tuple(one.code for one in page.accepted)
    given = tuple(call.options.code)
    if not call.options.undo:
        return (*stood, *given)
    for code in given:
        if code not in stood:
            raise FieldError(
                f"{display(code[:60])!r} does not stand, so it cannot be taken up.",
                hint=f"Those that stand: {', '.join(stood) or 'none'}.",
                field="code",
            )
    return tuple(code for code in stood if code not in given)


COMMANDS: Final[Mapping[str, Command]] = {
    "accept": Command(
        arguments=_arguments,
        run=_accept,
        examples=("tuimail accept k7xq2m --code rcpt.new --reason 'They wrote to us'",),
    ),
}
