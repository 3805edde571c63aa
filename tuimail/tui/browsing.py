"""A browser opened from within the app, which must not see the app's terminal.

Text browsers would draw on it, and others complain on it; so it is started with
no terminal at all, by a process that nobody waits for, and that takes no module
from the folder that one happens to be in.
"""

import subprocess
import sys
from contextlib import suppress


def open_browser(url: str) -> None:
    """Open ``url`` in the person's browser, if there is one."""
    with suppress(OSError):
        subprocess.Popen(  # noqa: S603 - our own interpreter, and an address of ours
            [sys.executable, "-I", "-m", "webbrowser", url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
