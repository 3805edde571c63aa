"""A throw-away workspace whose one account leads to a mail server inside.

Nothing of the person is read or written: not their settings, not their mail,
not their keyring.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuimail.core.draft import Draft
from tuimail.demo.samples import ME, Sample
from tuimail.demo.server import HOST, DemoServer, Manners
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.opening import person
from tuimail.workspace.workspace import Workspace

DOOR: Final = "demo"
ADDRESS: Final = "nora@example.org"
NAME: Final = "Nora Lind"
MANNERS: Final = Manners(
    refused=frozenset({"gone@example.net"}),
    greylisted=frozenset({"frontdesk@slow.example"}),
    lost=frozenset({"reservations@silent.example"}),
)
"""What the demo's server does to whom; the sample mails are written for it."""


class SetClock:
    """Shows the time it was set to, so that nothing has to be waited for."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the time it shows."""
        return self._at

    def set(self, at: datetime) -> None:
        """Show ``at`` from now on."""
        self._at = at

    def forward(self, by: timedelta) -> None:
        """Show a time that is later by ``by``."""
        self._at += by


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a demo happens: a folder of its own, and a server."""

    folder: Path
    server: DemoServer

    def open(self, clock: Clock = SYSTEM_CLOCK) -> Workspace:
        """Open the workspace as the person at the terminal."""
        return Workspace.open(
            self.folder / "workspace",
            config_path=self.folder / "config.toml",
            actor=person(),
            door=DOOR,
            on_terminal=True,
            clock=clock,
            environ=_without_settings(os.environ) | {"TUIMAIL_LOG": "off"},
        )

    def add_account(self, workspace: Workspace) -> None:
        """Write the account; TLS is not offered by a server on loopback."""
        workspace.accounts.add(
            name="demo",
            provider="smtp",
            address=ADDRESS,
            sender_name=NAME,
            options={"host": HOST, "port": self.server.port, "tls": "none"},
            make_default=True,
        )

    def compose(self, workspace: Workspace, sample: Sample) -> Draft:
        """Return ``sample`` as a draft of this workspace."""
        return workspace.drafts.compose(sample.fields(self.folder))


def actor_of(sample: Sample) -> str:
    """Return who wrote ``sample``."""
    return person() if sample.by == ME else sample.by


def _without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("TUIMAIL_")
    }
