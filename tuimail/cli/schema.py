"""The verb that prints what other verbs answer with ``--json``."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "verb", nargs="+", metavar="VERB", help="such as send, or accounts list"
    )


def _schema(call: Call) -> int:
    from tuimail.cli.schemas.verbs import schema_of  # noqa: PLC0415 - its own question

    call.console.document(schema_of(" ".join(call.options.verb)))
    return exits.DONE


COMMANDS: Final[Mapping[str, Command]] = {
    "schema": Command(
        arguments=_arguments,
        run=_schema,
        examples=("tuimail schema send", "tuimail schema accounts list"),
    ),
}
