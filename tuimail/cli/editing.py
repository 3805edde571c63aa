"""The verb that changes a mail: what is typed takes the place of what was there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.delivery import print_record
from tuimail.cli.fields import fields_of, lifetime_of
from tuimail.cli.flags import add_fields
from tuimail.cli.parser import Command, Parser, add_id, add_revision
from tuimail.cli.reviewing import add_signature, signature
from tuimail.errors import UsageError
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace


def _arguments(parser: Parser) -> None:
    add_id(parser)
    add_revision(parser)
    add_fields(parser)
    add_signature(parser)


def _edit(call: Call) -> int:
    _refuse_what_is_no_change(call)
    fields = fields_of(call)
    with call.open() as workspace:
        row = workspace.drafts.row(workspace.drafts.resolve(call.options.id))
        edited = _edited(call, workspace, row, fields)
        if edited.revision == row.revision:
            call.console.say("Nothing changed.")
        print_record(call, workspace.drafts.page(row.id))
    return exits.DONE


def _edited(call: Call, workspace: "Workspace", row: Row, fields: Fields) -> Row:
    return workspace.drafts.change(
        row.id,
        fields,
        revision=call.options.revision or row.revision,
        lifetime=lifetime_of(call),
        signature=signature(call),
    )


def _refuse_what_is_no_change(call: Call) -> None:
    for name in ("template", "data", "idempotency_key"):
        if getattr(call.options, name) is not None:
            flag = name.replace("_", "-")
            raise UsageError(
                f"--{flag} is for new mail, and this is there already.",
                hint=f"Leave --{flag} out.",
                field=flag,
            )


COMMANDS: Final[Mapping[str, Command]] = {
    "edit": Command(
        arguments=_arguments,
        run=_edit,
        examples=("tuimail edit k7xq2m --subject 'Report for March'",),
    ),
}
