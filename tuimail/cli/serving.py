"""The sender and the doors without the app: while this runs, or kept running."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.console import Console
from tuimail.cli.doors import add_doors, doors_of, flags_of, with_public_url
from tuimail.cli.parser import Command, Parser
from tuimail.cli.telling import tell

if TYPE_CHECKING:
    from pathlib import Path

    from tuimail.intake.serving import Door
    from tuimail.workspace.services import Service, ServiceStatus

LOOK_SECONDS: Final = 0.5
DOOR: Final = "serve"


def keep_sending(
    call: Call,
    *,
    door: str,
    doors_at: "Callable[[Path], Sequence[Door]]" = lambda _root: (),
) -> int:
    """Send until somebody asks for an end; attempts that were begun end first.

    Args:
        call: The command.
        door: What others are told that sends.
        doors_at: Through which doors programs come in, for a workspace.

    Raises:
        KeyboardInterrupt: Somebody asked; that is how it ends.
        ConfigurationError: A door that was asked for cannot be.
    """
    from tuimail.intake.serving import Doors  # noqa: PLC0415 - asyncio
    from tuimail.workspace.sending import SenderThread  # noqa: PLC0415 - asyncio

    with call.open(door=door) as workspace, asked_to_end() as asked:
        doors = Doors(lambda: call.open(door=door), doors_at(workspace.root))
        workspace.accounts.ask_ahead()
        thread, told = SenderThread(lambda: call.open(door=door)), _Told(call.console)
        thread.start()
        doors.start()
        try:
            while not asked.is_set() and doors.failure is None:
                told.say(f"Sender: {thread.state}", *doors.states)
                tell(call.console, workspace)
                call.sleep(LOOK_SECONDS)
        finally:
            doors.stop(timeout=0)
            thread.stop()
            doors.stop()
    raise doors.failure or KeyboardInterrupt


class _Told:
    """Says each line once, until it is another."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._before: frozenset[str] = frozenset()

    def say(self, *lines: str) -> None:
        """Say what was not among the lines before."""
        self._console.say(*(line for line in lines if line not in self._before))
        self._before = frozenset(lines)


@contextmanager
def asked_to_end() -> Iterator[threading.Event]:
    """Take note when the machine asks for an end, or the terminal is closed.

    Nothing is cut off in the middle, however often it asks: leaving between the
    last dot and the answer makes mail unknown. What was ignored from the start,
    as under ``nohup``, is ignored further.
    """
    asked = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: asked.set())
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _arguments(parser: Parser) -> None:
    either = parser.add_mutually_exclusive_group()
    for flag, what in (
        ("--install", "have the machine keep it running, with the app closed"),
        ("--uninstall", "have the machine stop it"),
        ("--status", "say whether the machine keeps it running"),
        ("--print", "print what --install would write, and write nothing"),
    ):
        either.add_argument(
            flag, dest="way", action="store_const", const=flag, help=what
        )
    parser.add_argument(
        "--as-root", action="store_true", help="install it for root; that is meant"
    )
    add_doors(parser)


def _serve(call: Call) -> int:
    ways: dict[str, Callable[[Call], int]] = {
        "--install": _install,
        "--uninstall": _uninstall,
        "--status": _status,
        "--print": _print,
    }
    if call.options.way:
        return ways[call.options.way](call)
    call = with_public_url(call)
    return keep_sending(call, door=DOOR, doors_at=lambda root: doors_of(call, root))


def _install(call: Call) -> int:
    from tuimail.workspace.services import needs_environment  # noqa: PLC0415 - rare

    service = _service(call)
    _show(call, service.install(as_root=call.options.as_root))
    call.console.say("Mail leaves with the app closed from now on.")
    with call.open() as workspace:
        for name in needs_environment(workspace.config):
            call.console.say(
                f"But not through {name}: a service has neither the variables of "
                "this terminal nor anybody to ask. Keep its password in the keyring, "
                "for example."
            )
    return exits.DONE


def _uninstall(call: Call) -> int:
    _show(call, _service(call).uninstall())
    call.console.say("Mail waits for the app, or for: tuimail outbox run")
    return exits.DONE


def _status(call: Call) -> int:
    _show(call, _service(call).status())
    return exits.DONE


def _print(call: Call) -> int:
    content = _service(call).content()
    if call.console.is_json:
        call.console.document({"content": content})
    else:
        call.console.data(*content.splitlines())
    return exits.DONE


def _service(call: Call) -> "Service":
    """Return the service of this workspace, which is made if it is not there."""
    from tuimail.workspace import keepers, services  # noqa: PLC0415 - rare

    with call.open() as workspace:
        return services.Service(
            keepers.this_machine(call.environ),
            root=workspace.root,
            config=workspace.config_path,
            flags=flags_of(call),
        )


def _show(call: Call, status: "ServiceStatus") -> None:
    with call.open() as workspace:
        sender = workspace.sender_holder() or ""
    facts: dict[str, str | bool] = {
        "kind": status.kind,
        "path": str(status.path or ""),
        "workspace": status.workspace,
        "is_installed": bool(status.workspace),
        "is_running": status.is_running,
        "sender": sender,
    }
    if call.console.is_json:
        call.console.document(facts)
        return
    call.console.data(
        f"service: {_word(status)}",
        *([f"file: {status.path}"] if status.workspace else []),
        *([f"workspace: {status.workspace}"] if status.workspace else []),
        f"sender: {sender or 'nobody'}",
    )


def _word(status: "ServiceStatus") -> str:
    if not status.kind:
        return "this machine has none"
    if not status.workspace:
        return "not installed"
    return "running" if status.is_running else "installed, not running"


COMMANDS: Final[Mapping[str, Command]] = {
    "serve": Command(
        arguments=_arguments,
        run=_serve,
        examples=("tuimail serve --install", "tuimail serve --status"),
    )
}
