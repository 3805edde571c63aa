"""systemd and launchd: which file each wants, and how each is told about it.

The one rule kept here: no path, whatever it is called, becomes more than one
word of a command.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tuimail.core.values import dataclass

UNIT: Final = "tuimail.service"
LABEL: Final = "org.tuimail.sender"
STOP_SECONDS: Final = 11 * 60
"""Longer than a server may take to answer after the last dot (RFC 5321 §4.5.3.2)."""
AGAIN_SECONDS: Final = 60

_COMMAND_SECONDS: Final = 60
_WORKSPACE: Final = "Workspace="

Commands = Sequence[Sequence[str]]
Flags = Sequence[str]
"""What ``tuimail serve`` is told beside workspace and settings."""


class Ran(NamedTuple):
    """How a command of the machine ended."""

    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a service depends on: everything that tests replace."""

    platform: str
    environ: Mapping[str, str]
    home: Path
    user_id: int
    executable: str
    """Python as it runs now."""
    which: Callable[[str], str | None]
    run: Callable[[Sequence[str]], Ran]
    """Runs a program with arguments, no shell between."""


def this_machine(environ: Mapping[str, str]) -> Machine:
    """Return the machine that this process runs on."""
    return Machine(
        platform=sys.platform,
        environ=environ,
        home=Path.home(),
        user_id=os.geteuid(),
        executable=sys.executable,
        which=shutil.which,
        run=_run,
    )


class Keeper(Protocol):
    """What keeps programs running on one kind of machine."""

    KIND: str
    START: Commands
    CLEAR: Commands
    """Before its file is read anew; they may fail, as it may not be running."""
    REPLACE: Commands
    STOP: Commands
    """While the file is there; they may fail as well."""
    FORGET: Commands
    """Once the file is gone."""
    ASK: Sequence[str]
    """Ends with 0 while it runs."""

    @property
    def path(self) -> Path:
        """Where its file is."""
        ...

    def is_reachable(self) -> bool:
        """Whether it is likely to do what it is told."""
        ...

    def content(self, root: Path, config: Path, flags: Flags = ()) -> str:
        """Return the file."""
        ...

    def workspace_of(self, text: str) -> str | None:
        """Return which workspace a file is for; None where it is not ours."""
        ...


class Systemd:
    """A user's own systemd, on Linux."""

    KIND: str = "systemd"
    CLEAR: Commands = ()
    START: Commands = (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", UNIT),
    )
    REPLACE: Commands = (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", UNIT),
        ("systemctl", "--user", "--no-block", "restart", UNIT),
    )
    STOP: Commands = (
        ("systemctl", "--user", "disable", UNIT),
        ("systemctl", "--user", "--no-block", "stop", UNIT),
    )
    FORGET: Commands = (("systemctl", "--user", "daemon-reload"),)
    ASK: Sequence[str] = ("systemctl", "--user", "is-active", "--quiet", UNIT)

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def path(self) -> Path:
        """Where units of the user are (systemd.unit(5))."""
        named = Path(self._machine.environ.get("XDG_CONFIG_HOME", ""))
        settings = named if named.is_absolute() else self._machine.home / ".config"
        return settings / "systemd" / "user" / UNIT

    def is_reachable(self) -> bool:
        """Whether a session of this user runs one."""
        folder = Path(self._machine.environ.get("XDG_RUNTIME_DIR", ""))
        return folder.is_absolute() and (folder / "systemd" / "private").exists()

    def content(self, root: Path, config: Path, flags: Flags = ()) -> str:
        """Return the unit."""
        words = _words(self._machine, root, config, flags)
        return _UNIT_TEXT.format(
            command=" ".join([_quoted(words[0]), *map(_argument, words[1:])]),
            stop=STOP_SECONDS,
            again=AGAIN_SECONDS,
            workspace=_WORKSPACE + json.dumps(str(root)),
        )

    def workspace_of(self, text: str) -> str | None:
        """Return what the line says that systemd does not read."""
        for line in text.splitlines():
            if line.startswith(_WORKSPACE):
                return _unquoted(line.removeprefix(_WORKSPACE))
        return None


class Launchd:
    """macOS's launchd."""

    KIND: str = "launchd"
    FORGET: Commands = ()

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        domain = f"gui/{machine.user_id}"
        load = ("launchctl", "bootstrap", domain, str(self.path))
        unload = ("launchctl", "bootout", f"{domain}/{LABEL}")
        self.ASK: Sequence[str] = ("launchctl", "print", f"{domain}/{LABEL}")
        self.START: Commands = (("launchctl", "enable", f"{domain}/{LABEL}"), load)
        self.CLEAR: Commands = (unload,)
        self.REPLACE: Commands = self.START
        self.STOP: Commands = self.CLEAR

    @property
    def path(self) -> Path:
        """Where agents of the user are (launchd.plist(5))."""
        return self._machine.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def is_reachable(self) -> bool:
        """It always runs."""
        return True

    def content(self, root: Path, config: Path, flags: Flags = ()) -> str:
        """Return the property list."""
        values = {
            "Label": LABEL,
            "ProgramArguments": list(_words(self._machine, root, config, flags)),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": AGAIN_SECONDS,
            "ExitTimeOut": STOP_SECONDS,
            "Umask": 0o077,
        }
        import plistlib  # noqa: PLC0415 - macOS alone has such

        return plistlib.dumps(values).decode()

    def workspace_of(self, text: str) -> str | None:
        """Return what stands after ``--workspace``, in a list with our label."""
        import plistlib  # noqa: PLC0415 - macOS alone has such
        from xml.parsers.expat import ExpatError  # noqa: PLC0415

        try:
            values = plistlib.loads(text.encode())
        except (plistlib.InvalidFileException, ExpatError, ValueError):
            return None
        if not isinstance(values, dict) or values.get("Label") != LABEL:
            return None
        words = [str(word) for word in values.get("ProgramArguments", [])]
        after = (
            words[words.index("--workspace") + 1 :] if "--workspace" in words else []
        )
        return after[0] if after else None


def keeper_of(machine: Machine) -> Keeper | None:
    """Return what keeps programs running here; None where nothing does."""
    if machine.platform == "darwin" and machine.which("launchctl"):
        return Launchd(machine)
    if machine.platform.startswith("linux") and machine.which("systemctl"):
        return Systemd(machine)
    return None


def _words(machine: Machine, root: Path, config: Path, flags: Flags) -> tuple[str, ...]:
    """Return the command; ``-P`` keeps what lies about in a folder out of it."""
    return (
        machine.executable, "-P", "-m", "tuimail",
        "--workspace", str(root), "--config", str(config), "serve", *flags,
    )  # fmt: skip


def _quoted(text: str) -> str:
    """Return a word as systemd reads it back (systemd.syntax(7), systemd.unit(5))."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    plain = (one if one.isprintable() else _escaped(one) for one in escaped)
    return f'"{"".join(plain)}"'


def _argument(text: str) -> str:
    """As ``_quoted``, where variables would be filled in (systemd.service(5))."""
    return _quoted(text).replace("$", "$$")


def _escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="replace"))


def _unquoted(text: str) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _run(command: Sequence[str]) -> Ran:
    """Run a command of the machine; what it says is for a person."""
    import subprocess  # noqa: PLC0415 - only where a service is installed

    try:
        done = subprocess.run(  # noqa: S603 - words of ours, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(code=-1, text=str(error))
    text = (done.stderr or done.stdout).decode(errors="replace")
    return Ran(code=done.returncode, text=" ".join(text.split()).rstrip("."))


_UNIT_TEXT: Final = """\
# Written by "tuimail serve --install"; removed by "tuimail serve --uninstall".

[Unit]
Description=tuimail, sending mail that was released

[Service]
Type=simple
ExecStart={command}
Restart=on-failure
RestartSec={again}
RestartPreventExitStatus=2
SuccessExitStatus=130
KillMode=mixed
TimeoutStopSec={stop}
UMask=0077

[Install]
WantedBy=default.target

[X-Tuimail]
{workspace}
"""
"""130 is the exit code for "asked to end"; 2 is for words it does not know."""
