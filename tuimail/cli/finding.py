"""Verbs that find mail: list and search. They load no more than lists need."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, print_hits, print_rows
from tuimail.cli.parser import Command, Parser

STATUSES: Final = (
    "approved", "cancelled", "deferred", "discarded", "draft", "dry_run", "error",
    "held", "partial", "queued", "ready", "rejected", "review", "sending", "sent",
    "unknown",
)  # fmt: skip


def _add_statuses(parser: Parser) -> None:
    parser.add_argument(
        "--status",
        action="append",
        choices=STATUSES,
        metavar="WORD",
        help=f"only these, to be repeated: {', '.join(STATUSES)}",
    )


def _list_arguments(parser: Parser) -> None:
    _add_statuses(parser)
    parser.add_argument(
        "--search",
        metavar="WORDS",
        help="only mail that has all of these words, each maybe only begun; "
        "from: to: subject: body: file: note: agent: account: state: "
        "before a word say where",
    )
    add_paging(parser)


def _list(call: Call) -> int:
    statuses = frozenset(call.options.status) if call.options.status else None
    with call.open(reads_settings=False) as workspace:
        if call.options.search is not None:
            return print_hits(call, workspace, call.options.search, statuses=statuses)
        return print_rows(call, workspace, statuses=statuses)


def _search_arguments(parser: Parser) -> None:
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORDS",
        help="all of them are in the mail, each maybe only begun; from: to: subject: "
        "body: file: note: agent: account: state: before a word say where",
    )
    _add_statuses(parser)
    add_paging(parser)


def _search(call: Call) -> int:
    statuses = frozenset(call.options.status) if call.options.status else None
    with call.open(reads_settings=False) as workspace:
        words = " ".join(call.options.words)
        return print_hits(call, workspace, words, statuses=statuses)


COMMANDS: Final[Mapping[str, Command]] = {
    "list": Command(
        arguments=_list_arguments,
        run=_list,
        examples=(
            "tuimail list --status held --status deferred",
            "tuimail list --limit 20 --after k7xq2m",
        ),
    ),
    "search": Command(
        arguments=_search_arguments,
        run=_search,
        examples=(
            "tuimail search invoice from:billing",
            "tuimail search '\"board papers\"' state:sent --json",
        ),
    ),
}
