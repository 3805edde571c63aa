"""Verbs that open the terminal app."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.cli.verbs import LINEAR
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from tuimail.workspace.beginning import FirstDraft
    from tuimail.workspace.workspace import Workspace


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "link",
        nargs="?",
        default="",
        metavar="LINK",
        help="a mailto: link, which may name recipients, a subject and a text",
    )
    group = parser.add_mutually_exclusive_group()
    for flag, what in (
        ("--reply", "answer the author of a mail"),
        ("--reply-all", "answer everybody whom it names"),
        ("--forward", "hand it on, with its files"),
    ):
        group.add_argument(
            flag,
            default="",
            metavar="MAIL",
            help=f"{what}: a file (.eml), or the id of a mail here",
        )


def _begin(call: Call) -> int:
    """Open the app; where no screen can be drawn, hold the dialogue instead."""
    if call.console.is_terminal and _shows_lines_only(call):
        return _talk(call)
    return _open(call, start="review")


def _shows_lines_only(call: Call) -> bool:
    from tuimail.cli.linear.screens import shows_lines_only  # noqa: PLC0415 - rare

    return shows_lines_only(call.environ)


def _talk(call: Call) -> int:
    from tuimail.cli.linear.opening import talk  # noqa: PLC0415 - asyncio, and slow

    return talk(call)


def _compose(call: Call) -> int:
    _require_terminal(call)
    with call.open() as workspace:
        first = _first(call, workspace)
    return _open(call, start="compose", first=first)


def _open(call: Call, start: str, first: "FirstDraft | None" = None) -> int:
    """Open the app, or say that there is no screen to open it on."""
    _require_terminal(call)
    from tuimail.tui.app import run_app  # noqa: PLC0415 - Textual, and slow

    with call.open() as workspace:
        has_mouse = workspace.config.mouse
    opener = partial(call.open, door="app")
    return run_app(opener, start=start, first=first, has_mouse=has_mouse)


def _require_terminal(call: Call) -> None:
    if not (call.console.is_terminal and call.console.shows_to_person):
        raise UsageError(
            "The app needs a terminal, and this is none.",
            hint="See what works without one: tuimail --help",
        )
    if _shows_lines_only(call):
        raise UsageError(
            "The app needs a screen, and this terminal can show lines only.",
            hint=f"Type tuimail {LINEAR}, and write there.",
        )


def _first(call: Call, workspace: "Workspace") -> "FirstDraft | None":
    """Return what the mail has already, as it was asked for; None for nothing."""
    options, beginning = call.options, workspace.beginning
    of_mail = options.reply or options.reply_all or options.forward
    if options.link and of_mail:
        raise UsageError(
            "A mail begins with a link or with another mail, not with both.",
            hint="Leave one of them out.",
            field="link",
        )
    if options.link:
        return beginning.from_link(options.link)
    if not of_mail:
        return None
    raw = _raw(call, workspace, of_mail)
    if options.forward:
        return beginning.forward(raw)
    return beginning.reply(raw, is_to_all=bool(options.reply_all))


def _raw(call: Call, workspace: "Workspace", named: str) -> bytes:
    """Return the mail in a file of that name, or the one here with that id."""
    from tuimail.settings.files import expanded  # noqa: PLC0415 - rarely needed
    from tuimail.settings.texts import read_bytes  # noqa: PLC0415 - rarely needed
    from tuimail.workspace.beginning import MAIL_LIMIT_BYTES  # noqa: PLC0415 - heavy

    path = call.cwd / expanded(Path(named))
    if path.is_file() or not named.isalnum():
        return read_bytes(path, name=named, field="mail", limit_bytes=MAIL_LIMIT_BYTES)
    return workspace.beginning.raw(workspace.drafts.resolve(named))


COMMANDS: Final[Mapping[str, Command]] = {
    "": Command(arguments=nothing, run=_begin, examples=("tuimail",)),
    LINEAR: Command(arguments=nothing, run=_talk, examples=("tuimail --linear",)),
    "compose": Command(
        arguments=_arguments,
        run=_compose,
        examples=(
            "tuimail compose",
            "tuimail compose 'mailto:ana@example.org?subject=Hello'",
            "tuimail compose --reply letter.eml",
        ),
    ),
}
