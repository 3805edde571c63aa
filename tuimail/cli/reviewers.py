"""Verbs about people who decide under their own name: add, list, remove."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.listing import add_paging, paged, say_more
from tuimail.cli.parser import Command, Parser
from tuimail.cli.table import local, print_table
from tuimail.errors import FieldError
from tuimail.workspace.documents import Document, iso
from tuimail.workspace.reviewers import LONGEST_PIN, SHORTEST_PIN, Reviewer

HEADS: Final = ("name", "since")


def _add(call: Call) -> int:
    with call.open() as workspace:
        # Nobody is asked for a PIN where the answer is no anyway.
        pin = _typed_pin(call) if call.console.is_terminal else ""
        reviewer = workspace.reviewers.add(call.options.name, pin)
        is_first = len(workspace.reviewers.list()) == 1
    _print(call, "added", reviewer)
    if is_first:
        call.console.say(
            "From now on, what programs hand in is approved with a reviewer's PIN."
        )
    return exits.DONE


def _remove(call: Call) -> int:
    with call.open() as workspace:
        reviewer = workspace.reviewers.remove(call.options.name)
        is_last = not workspace.reviewers.list()
    _print(call, "removed", reviewer)
    if is_last:
        call.console.say("No reviewer is left: whoever runs tuimail here decides.")
    return exits.DONE


def _list_arguments(parser: Parser) -> None:
    add_paging(parser, metavar="NAME")


def _list(call: Call) -> int:
    with call.open() as workspace:
        reviewers = workspace.reviewers.list()
    page, cursor = paged(call, reviewers, lambda one: one.name)
    if call.console.is_json:
        found = [_document(one) for one in page]
        call.console.document({"reviewers": found, "next": cursor})
        return exits.DONE
    rows = [(one.name, local(one.added_at)) for one in page]
    print_table(call.console, HEADS, rows)
    say_more(call, cursor)
    if not reviewers:
        call.console.say(
            "Whoever runs tuimail here decides. To name somebody: "
            "tuimail reviewers add NAME"
        )
    return exits.DONE


def _typed_pin(call: Call) -> str:
    """Return a PIN that was typed twice, unseen.

    Raises:
        FieldError: It was not the same both times.
    """
    pin = _unseen(f"New PIN, {SHORTEST_PIN} to {LONGEST_PIN} characters: ")
    if _unseen("The same again: ") != pin:
        raise FieldError(
            "The two PINs differ.",
            hint=f"Try again: tuimail reviewers add {call.options.name}",
            field="pin",
        )
    return pin


def _unseen(question: str) -> str:
    """Return what a person types; nothing where the terminal was closed."""
    from getpass import getpass  # noqa: PLC0415 - not for --help

    try:
        return getpass(question)
    except EOFError:
        return ""


def _print(call: Call, what: str, reviewer: Reviewer) -> None:
    if call.console.is_json:
        call.console.document({"reviewer": _document(reviewer)})
    else:
        call.console.data(f"{what}: {reviewer.name}")


def _document(reviewer: Reviewer) -> Document:
    return {"name": reviewer.name, "added_at": iso(reviewer.added_at)}


def _add_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the reviewer is called")


COMMANDS: Final[Mapping[str, Command]] = {
    "reviewers add": Command(
        arguments=_add_name, run=_add, examples=("tuimail reviewers add mara",)
    ),
    "reviewers list": Command(
        arguments=_list_arguments, run=_list, examples=("tuimail reviewers list",)
    ),
    "reviewers remove": Command(
        arguments=_add_name, run=_remove, examples=("tuimail reviewers remove mara",)
    ),
}
