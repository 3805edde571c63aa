"""Verbs about the journal: whether it is whole, its newest line, all of it."""

import json
from argparse import ArgumentTypeError
from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.core.patterns import regex
from tuimail.workspace.audit import Audit, Kept

_KEPT: Final = regex(r"(\d{1,18}):([0-9a-f]{64})")


def _kept(text: str) -> Kept:
    """Return what ``audit head`` printed, for argparse."""
    found = _KEPT.fullmatch(text.strip())
    if found is None:
        raise ArgumentTypeError(
            f"takes what “tuimail audit head” printed, NUMBER:HASH, not {text!r}"
        )
    return Kept(number=int(found[1]), hash=found[2])


def _verify_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--head",
        type=_kept,
        metavar="NUMBER:HASH",
        help="a line that was kept elsewhere: finds an end that was cut off",
    )


def _verify(call: Call) -> int:
    with call.open() as workspace:
        found = workspace.audit.verify(call.options.head)
    if call.console.is_json:
        call.console.document(_document(found))
    else:
        call.console.data(_sentence(found, call.options.head))
    return exits.DONE if found.is_whole else exits.REFUSED


def _document(found: Audit) -> dict[str, object]:
    return {
        "is_whole": found.is_whole,
        "checked": found.checked,
        "first_bad": found.first_bad,
        "is_cut": found.is_cut,
        "misfit": found.misfit or None,
        "head": _head_document(found.head),
    }


def _head_document(head: Kept) -> dict[str, object]:
    return {"number": head.number, "hash": head.hash}


def _sentence(found: Audit, kept: Kept | None) -> str:
    if found.first_bad is not None:
        return f"Line {found.first_bad} of the journal was changed or removed."
    if found.is_cut and kept is not None:
        return (
            f"Line {kept.number} of the journal is gone, or is another: its end was "
            f"cut off, or all of it was written anew. It has {found.checked} lines."
        )
    if found.misfit:
        return f"The journal is whole, but does not fit: {found.misfit}"
    return f"The journal is whole: {found.checked} lines."


def _head(call: Call) -> int:
    with call.open() as workspace:
        head = workspace.audit.head()
    if call.console.is_json:
        call.console.document(_head_document(head))
    else:
        call.console.data(f"{head.number}:{head.hash}")
    return exits.DONE


def _export(call: Call) -> int:
    with call.open() as workspace:
        if call.console.is_json:
            call.console.document({"lines": list(workspace.audit.lines())})
            return exits.DONE
        for line in workspace.audit.lines():
            call.console.data(json.dumps(line))
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "audit verify": Command(
        arguments=_verify_arguments, run=_verify, examples=("tuimail audit verify",)
    ),
    "audit head": Command(
        arguments=nothing, run=_head, examples=("tuimail audit head",)
    ),
    "audit export": Command(
        arguments=nothing,
        run=_export,
        examples=("tuimail audit export > journal.jsonl",),
    ),
}
