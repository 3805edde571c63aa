"""Verbs about addresses that get no mail any more: suppress add, list, remove."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import local, print_table
from tuimail.core.suppression import Scope
from tuimail.errors import UsageError
from tuimail.workspace.documents import Document, iso

if TYPE_CHECKING:
    from tuimail.workspace.suppressions import Suppression
    from tuimail.workspace.workspace import Workspace


def _add_arguments(parser: Parser) -> None:
    parser.add_argument(
        "address", nargs="?", metavar="ADDRESS", help="who gets no mail any more"
    )
    parser.add_argument(
        "--from-report",
        metavar="ID",
        help="whom a report is about that the mail never arrives (tuimail show)",
    )
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why, for whoever meets it later"
    )
    parser.add_argument(
        "--scope",
        choices=tuple(Scope),
        default=Scope.ALL.value,
        metavar="WORD",
        help="all (default), or bulk: only mail of the category bulk",
    )


def _add(call: Call) -> int:
    options = call.options
    if (options.address is None) is (options.from_report is None):
        raise UsageError(
            "Whom it is about is said by an address or by a report, one of them.",
            hint="tuimail suppress add ADDRESS, or tuimail suppress add "
            "--from-report ID",
            field="address",
        )
    with call.open() as workspace:
        found = _added(call, workspace)
    if call.console.is_json:
        call.console.document(_document(found))
    else:
        what = "bulk mail" if found.scope == Scope.BULK else "mail"
        call.console.data(f"{found.address} gets no {what} from here any more.")
    return exits.DONE


def _added(call: Call, workspace: "Workspace") -> "Suppression":
    options, desk = call.options, workspace.suppressions
    if options.from_report is not None:
        return desk.add_reported(options.from_report, reason=options.reason)
    return desk.add(options.address, reason=options.reason, scope=options.scope)


def _list_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="ADDRESS")


def _list(call: Call) -> int:
    limit, after = call.options.limit, call.options.after or ""
    with call.open() as workspace:
        found = workspace.suppressions.list(limit=limit + 1, before=after)
    page = found[:limit]
    cursor = page[-1].address if len(found) > limit else None
    if call.console.is_json:
        listed = [_document(one) for one in page]
        call.console.document({"suppressions": listed, "next": cursor})
        return exits.DONE
    heads = ("address", "since", "gets no", "because of", "reason")
    print_table(call.console, heads, [_cells(one) for one in page])
    if not page:
        call.console.say("Nobody is suppressed.")
    say_more(call, cursor)
    return exits.DONE


def _remove_arguments(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="who gets mail again")


def _remove(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.suppressions.remove(call.options.address)
    if call.console.is_json:
        call.console.document(_document(found))
    else:
        call.console.data(f"{found.address} may be sent mail again.")
    return exits.DONE


def _cells(one: "Suppression") -> tuple[str, ...]:
    what = "bulk mail" if one.scope == Scope.BULK else "mail"
    return one.address, local(one.at), what, one.source, one.reason


def _document(one: "Suppression") -> Document:
    return {
        "address": one.address,
        "scope": one.scope,
        "reason": one.reason,
        "source": one.source,
        "mail": one.draft_id or None,
        "actor": one.actor,
        "at": iso(one.at),
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "suppress add": Command(
        arguments=_add_arguments,
        run=_add,
        examples=(
            "tuimail suppress add bob@example.org --reason 'asked for it by phone'",
        ),
    ),
    "suppress list": Command(
        arguments=_list_arguments, run=_list, examples=("tuimail suppress list",)
    ),
    "suppress remove": Command(
        arguments=_remove_arguments,
        run=_remove,
        examples=("tuimail suppress remove bob@example.org",),
    ),
}
