"""The verb that prints the docs."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import print_table
from tuimail.workspace import documentation


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "page",
        nargs="?",
        metavar="PAGE",
        help="what to read; the beginning of its name will do, and without it all "
        "pages are listed",
    )
    add_paging(parser, metavar="NAME")


def _docs(call: Call) -> int:
    return _list(call) if call.options.page is None else _show(call, call.options.page)


def _list(call: Call) -> int:
    page, cursor = paged(call, documentation.leaves(), lambda one: one.name)
    if call.console.is_json:
        shown = [{"name": one.name, "title": one.title} for one in page]
        call.console.document({"pages": shown, "next": cursor})
        return exits.DONE
    print_table(
        call.console, ("page", "title"), [(one.name, one.title) for one in page]
    )
    call.console.say("Read one: tuimail docs PAGE")
    say_more(call, cursor)
    return exits.DONE


def _show(call: Call, name: str) -> int:
    from tuimail.cli.paging import show_text  # noqa: PLC0415 - loads subprocess

    found = documentation.text(name)
    if call.console.is_json:
        call.console.document({"name": name, "text": found})
    else:
        show_text(call, found)
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "docs": Command(
        arguments=_arguments,
        run=_docs,
        examples=("tuimail docs", "tuimail docs recovery"),
    ),
}
