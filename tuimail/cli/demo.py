"""The verb that tries everything, with a mail server inside."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.errors import UsageError


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="walk the whole way without a screen, and report as JSON",
    )


def _demo(call: Call) -> int:
    if call.options.check:
        from tuimail.demo.journey import check  # noqa: PLC0415 - a mail server

        report, code = check()
        call.console.document(report)
        return code
    return open_demo(call)


def open_demo(call: Call) -> int:
    """Open the app on a filled workspace of its own.

    Raises:
        UsageError: There is no screen to open it on.
    """
    if not (call.console.is_terminal and call.console.shows_to_person):
        raise UsageError(
            "The demo needs a terminal, and this is none.",
            hint="Walk the same way without one: tuimail demo --check",
        )
    from tuimail.demo.app import run_demo  # noqa: PLC0415 - a mail server
    from tuimail.tui.app import run_app  # noqa: PLC0415 - Textual, and slow

    return run_demo(run_app)


COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(arguments=_arguments, run=_demo),
}
