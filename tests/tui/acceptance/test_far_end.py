"""The app in a terminal that answers whatever it is asked, on every screen.

A terminal answers questions into the keyboard. If any text of a mail reached it raw,
the answers would press keys, and one of the keys approves.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

import tests.tui.conftest
from tests.tui.acceptance import tour
from tests.tui.acceptance.far_end import FarEnd
from tests.tui.acceptance.hostile import ALL, ASKS
from tests.tui.conftest import Desk
from tuimail.core.display import is_inert
from tuimail.workspace.views import Row

pytestmark = pytest.mark.slow

CHECKOUT = Path(tests.tui.conftest.__file__).parents[2]
ALONE = (sys.executable, "-m", "tests.tui.acceptance.alone")
F12 = b"\x1b[24~"
PATIENCE_SECONDS = 60
ACTS = frozenset(one for one in ALL if not is_inert(one) and one > "\x7f")
"""Characters of the attacks that no terminal may ever be given."""


def in_terminal(folder: Path, *more: str) -> FarEnd:
    """Have the app go through its screens in a pseudo-terminal."""
    child = pexpect.spawn(
        ALONE[0],
        [*ALONE[1:], str(folder), *more],
        cwd=str(CHECKOUT),
        dimensions=(50, 160),
        timeout=PATIENCE_SECONDS,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    child.delaybeforesend = None
    far_end = FarEnd()
    try:
        while True:
            piece = child.read_nonblocking(65536, timeout=PATIENCE_SECONDS)
            child.send(far_end.read(piece, F12))
    except pexpect.EOF:
        return far_end
    finally:
        child.close(force=True)


def tmux(name: str, *words: str) -> str:
    done = subprocess.run(
        ["tmux", "-L", name, "-f", "/dev/null", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    return done.stdout if done.returncode == 0 else ""


def in_tmux(folder: Path) -> None:
    """Have the app go through its screens within tmux, which answers by itself."""
    name = f"tuimail-{os.getpid()}"
    tmux(name, "new", "-d", "-x", "160", "-y", "50", *ALONE, str(folder))
    shown = ""
    try:
        while title := tmux(name, "display", "-p", "#{pane_title}"):
            if title.startswith("screen ") and title != shown:
                shown = title
                tmux(name, "send-keys", "F12")
    finally:
        tmux(name, "kill-server")


def heard(folder: Path) -> Any:
    """Return what the app says it was sent, once it was shown everywhere."""
    report = json.loads((folder / "heard.json").read_text())
    assert "error" not in report, report["error"]
    return report


def everything(desk: Desk) -> tuple[Row, ...]:
    """Return every mail there is, as it stands."""
    with desk.open() as workspace:
        return workspace.drafts.rows()


async def test_no_screen_has_the_terminal_press_a_key(
    desk: Desk, tmp_path: Path
) -> None:
    await tour.furnish(desk)
    before = everything(desk)

    far_end = in_terminal(tmp_path)

    report = heard(tmp_path)
    assert before
    written = far_end.written.decode(errors="replace")
    assert report["keys"] == []
    assert far_end.asked == []
    assert [one for one in ASKS if one in written] == []
    assert ACTS.isdisjoint(written)
    assert "␛" in written
    assert tour.SCREENS.keys() <= set(report["screens"])
    assert everything(desk) == before


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
async def test_no_screen_has_tmux_press_a_key(desk: Desk, tmp_path: Path) -> None:
    await tour.furnish(desk)
    before = everything(desk)

    in_tmux(tmp_path)

    report = heard(tmp_path)
    assert report["keys"] == []
    assert tour.SCREENS.keys() <= set(report["screens"])
    assert everything(desk) == before


async def test_without_its_defences_the_terminal_would_press_keys(
    desk: Desk, tmp_path: Path
) -> None:
    """The control: the tests above can fail."""
    await tour.furnish(desk)

    far_end = in_terminal(tmp_path, "careless")

    assert far_end.asked
    assert heard(tmp_path)["keys"]
