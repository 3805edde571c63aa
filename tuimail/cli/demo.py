"""The verb that tries everything, with a mail server inside."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.cli.verbs import LINEAR
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuimail.workspace.workspace import Workspace


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--check",
        action="store_true",
        help="walk the whole way without a screen, and report as JSON",
    )

    parser.add_argument(
        LINEAR,
        action="store_true",
        dest="linear",
        help="as a dialogue of plain lines, without drawing a screen",
    )


def _demo(call: Call) -> int:
    if call.options.check:
        from tuimail.demo.journey import check  # noqa: PLC0415 - a mail server

        report, code = check()
        call.console.document(report)
        return code
    return open_demo(call)


def open_demo(call: Call) -> int:
    """Open the app on a filled workspace of its own, or hold the dialogue about it.

    Raises:
        UsageError: There is no screen to open it on.
    """
    if not (call.console.is_terminal and call.console.shows_to_person):
        raise UsageError(
            "The demo needs a terminal, and this is none.",
            hint="Walk the same way without one: tuimail demo --check",
        )
    from tuimail.cli.linear.screens import shows_lines_only  # noqa: PLC0415 - rare
    from tuimail.demo.app import run_demo  # noqa: PLC0415 - a mail server

    if getattr(call.options, "linear", False) or shows_lines_only(call.environ):
        return run_demo(partial(_talk, call))
    from tuimail.tui.app import run_app  # noqa: PLC0415 - Textual, and slow

    return run_demo(run_app)


def _talk(
    call: Call, opener: "Callable[[], Workspace]", *, start: str, is_kept: bool
) -> None:
    """Hold the dialogue where the app would be opened."""
    from tuimail.cli.linear.opening import hold  # noqa: PLC0415 - asyncio, and slow

    del start
    hold(call, opener, is_kept=is_kept)


COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(
        arguments=_arguments,
        run=_demo,
        examples=("tuimail demo", "tuimail demo --check"),
    ),
}
