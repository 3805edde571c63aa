"""Verbs that let ``mailto:`` links open the composer, for desktops of Linux and BSD."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser, nothing
from tuimail.settings.files import expanded

if TYPE_CHECKING:
    from tuimail.workspace.desktop import Desktop, DesktopStatus

AS_DEFAULT: Final = "xdg-mime default tuimail.desktop x-scheme-handler/mailto"


def _install_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--default",
        action="store_true",
        help="have every mailto: link open in it, by xdg-mime",
    )


def _show(call: Call) -> int:
    status = _desktop(call).status()
    if call.console.is_json:
        call.console.document(_document(status))
    else:
        call.console.data(*status.content.splitlines())
        call.console.say(
            f"{'Installed' if status.is_installed else 'Not installed'}: {status.path}"
        )
    return exits.DONE


def _install(call: Call) -> int:
    status = _desktop(call).install(as_default=call.options.default)
    _tell(call, status)
    if not call.options.default:
        call.console.say(
            "It can be chosen for mail links now. To have all of them open in it:",
            f"  {AS_DEFAULT}",
        )
    return exits.DONE


def _remove(call: Call) -> int:
    _tell(call, _desktop(call).remove())
    return exits.DONE


def _desktop(call: Call) -> "Desktop":
    """Return the file for this user; it names what was named, and nothing else."""
    from tuimail.workspace.desktop import Desktop  # noqa: PLC0415 - rare
    from tuimail.workspace.keepers import this_machine  # noqa: PLC0415 - rare

    def named(given: Path | None, variable: str) -> Path | None:
        text = str(given or call.environ.get(variable, ""))
        return call.cwd / expanded(Path(text)) if text else None

    return Desktop(
        this_machine(call.environ),
        workspace=named(call.workspace, "TUIMAIL_WORKSPACE"),
        config=named(call.config, "TUIMAIL_CONFIG"),
    )


def _tell(call: Call, status: "DesktopStatus") -> None:
    if call.console.is_json:
        call.console.document(_document(status))
        return
    word = "installed" if status.is_installed else "not installed"
    call.console.data(f"desktop file: {word}", f"path: {status.path}")


def _document(status: "DesktopStatus") -> dict[str, object]:
    return {
        "path": str(status.path),
        "is_installed": status.is_installed,
        "content": status.content,
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "desktop show": Command(
        arguments=nothing, run=_show, examples=("tuimail desktop show",)
    ),
    "desktop install": Command(
        arguments=_install_arguments,
        run=_install,
        examples=("tuimail desktop install", "tuimail desktop install --default"),
    ),
    "desktop remove": Command(
        arguments=nothing, run=_remove, examples=("tuimail desktop remove",)
    ),
}
