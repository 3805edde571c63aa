"""A workspace to measure with: one account, and mail as programs hand it in."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.mails import ENGLISH, text_of
from tuimail.__main__ import NEW_OBJECTS
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

ACCOUNTS: Final = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "ada@shop.example"
host = "127.0.0.1"
port = {port}
tls = "none"
connections = {connections}
"""
CONNECTIONS: Final = 4
NOBODY_LISTENS: Final = 9
_LINE: Final = "Your order is {number} of those that leave today.\n\n"
"""What one mail says and no other: alike mail is looked for."""


def as_the_command() -> None:
    """Have this process look for garbage as often as that of the command does."""
    gc.set_threshold(NEW_OBJECTS)


@contextmanager
def place(*, port: int = NOBODY_LISTENS) -> Iterator[Path]:
    """Yield a folder with settings, in which a workspace can be opened."""
    with TemporaryDirectory() as folder:
        prepare(Path(folder), port=port)
        yield Path(folder)


def prepare(folder: Path, *, port: int = NOBODY_LISTENS) -> None:
    """Put settings into a folder."""
    os.environ["TUIMAIL_LOG"] = "off"
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNTS.format(port=port, connections=CONNECTIONS))
    accounts.chmod(0o600)


def options(folder: Path) -> tuple[str, ...]:
    """Return how the command line is told about the workspace in ``folder``."""
    workspace, config = folder / "workspace", folder / "config.toml"
    return "--workspace", str(workspace), "--config", str(config)


def opened(folder: Path, *, actor: str = "person:ada", door: str = "cli") -> Workspace:
    """Open the workspace in ``folder``, as whoever is to act."""
    return Workspace.open(
        folder / "workspace",
        config_path=folder / "config.toml",
        actor=actor,
        door=door,
    )


def fields(number: int, size: int = 2_000) -> Fields:
    """Return one mail of so many characters, to somebody of its own."""
    text = body(number, size)
    return Fields(to=(recipient(number),), subject=f"Order {number}", text=text)


def recipient(number: int) -> str:
    """Return who gets one mail."""
    return f"reader{number}@example.net"


def body(number: int, size: int = 2_000) -> str:
    """Return what one mail says, in so many characters."""
    return (_LINE.format(number=number) + text_of(ENGLISH, size))[:size]
