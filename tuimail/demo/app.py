"""The app on the demo's workspace, and afterwards what the server was given."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tuimail.core.display import display
from tuimail.core.preview import preview
from tuimail.demo.place import MANNERS, Place
from tuimail.demo.seed import fill
from tuimail.demo.server import Delivery, DemoServer
from tuimail.workspace.clock import SYSTEM_CLOCK
from tuimail.workspace.workspace import Workspace


class RunApp(Protocol):
    """Opens the terminal app, which the demo does not know."""

    def __call__(
        self, opener: Callable[[], Workspace], /, *, start: str, is_kept: bool
    ) -> object:
        """Show the workspace that ``opener`` opens, until the person leaves."""
        ...


def run_demo(run_app: RunApp) -> int:
    """Open the app on a filled workspace; afterwards say what the server got."""
    sys.stderr.write("Filling a throw-away workspace …\n")
    with (
        TemporaryDirectory(prefix="tuimail-demo-") as folder,
        DemoServer(MANNERS) as server,
    ):
        place = Place(folder=Path(folder), server=server)
        fill(place, now=SYSTEM_CLOCK.now())
        run_app(place.open, start="review", is_kept=False)
        sys.stdout.write(summary(server.deliveries))
    return 0


def summary(deliveries: Sequence[Delivery]) -> str:
    """Return a line for each message that the server was given."""
    head = f"The mail server inside was given {len(deliveries)} messages:\n"
    return head + "".join(_line(one) for one in deliveries)


def _line(delivery: Delivery) -> str:
    subject = dict(preview(delivery.content).headers).get("Subject", "")
    size = f"{len(delivery.content):,} bytes"
    return display(f"  {subject} → {', '.join(delivery.recipients)}, {size}") + "\n"
