"""How a person is told in the app, by its terminal, and on the desktop.

What a notice says may quote a server, so it goes through ``wording`` before it
is in an escape sequence of ours, and is escaped where a desktop reads marks.
"""

import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.tui import keymap, wording
from tuimail.workspace.notices import NoticeView

if TYPE_CHECKING:
    from tuimail.tui.screens.pane import PaneScreen

SHOWN_CELLS: Final = 200
ABOUT_CELLS: Final = 60
"""Of the subject of a mail that something is told about."""
DESKTOP_SECONDS: Final = 5.0
"""How long a desktop may take; one that asks something first would take for ever."""

_PROGRAM: Final = "notify-send"
_DESKTOPS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
_WITHOUT_OSC: Final = frozenset({"", "dumb", "linux"})
"""Terminals that would show the sequence instead of obeying it."""

Run = Callable[[Sequence[str]], None]


def in_background(command: Sequence[str]) -> None:
    """Run a command where nothing waits for it, not even the end of the app."""
    threading.Thread(target=run_quietly, args=(command,), daemon=True).start()


class Teller:
    """Tells each thing once: in a pane, by the terminal, and on the desktop."""

    def __init__(
        self,
        ring: Callable[[str], None],
        *,
        environ: Mapping[str, str] = os.environ,
        which: Callable[[str], str | None] = shutil.which,
        run: Run = in_background,
    ) -> None:
        """Begin with nothing told.

        Args:
            ring: Gives a sequence to the terminal.
            environ: Says which terminal and desktop there are.
            which: Finds a program.
            run: Runs a command, without waiting.
        """
        self.is_loud = True
        """Whether to tell it beyond the pane."""
        self._ring = ring
        self._environ = environ
        self._which = which
        self._run = run
        self._told: set[int] = set()
        """That they were told is written down a moment later."""

    def look(self, pane: "PaneScreen") -> None:
        """Have ``pane`` tell what nobody was told yet.

        A disk in trouble says so where something is asked for.
        """
        pane.ask(
            lambda ws: ws.notices.untold(),
            lambda found: self._tell(pane, found),
            otherwise=_ignore,
            group="notices",
        )

    def _tell(self, pane: "PaneScreen", found: Sequence[NoticeView]) -> None:
        new = [one for one in found if one.number not in self._told]
        if not new:
            return
        numbers = [one.number for one in new]
        self._told.update(numbers)
        sentence, hint = told(new, pane.tuimail.changed_keys)
        pane.notice.say(sentence, hint=hint)
        for one in new if self.is_loud else ():
            self._tell_beyond(one)
        pane.ask(
            lambda ws: ws.notices.told(numbers),
            _ignore,
            otherwise=_ignore,
            is_awaited=False,
        )

    def _tell_beyond(self, notice: NoticeView) -> None:
        sequence = terminal_notice(notice, self._environ)
        if sequence:
            self._ring(sequence)
        command = desktop_notice(notice, self._environ, which=self._which)
        if command:
            self._run(command)


def told(found: Sequence[NoticeView], changed: Mapping[str, str]) -> tuple[str, str]:
    """Return what the row of a pane says about them, and which key helps.

    Args:
        found: What nobody was told yet.
        changed: The person's own keys.
    """
    first, *others = found
    own = _HINTS.get(first.kind, "")
    hint = keymap.filled(own, changed) if own else first.hint
    more = wording.count(len(others), "more", "more")
    return said(first), f"{hint} (And {more}: see the Outbox.)" if others else hint


def said(notice: NoticeView) -> str:
    """Return what happened; mail has its subject here, and not its id.

    As untrusted as the notice.
    """
    about = _ABOUT.get(notice.kind)
    if not about:
        return notice.sentence
    return about.format(wording.clipped(wording.subject(notice.about), ABOUT_CELLS))


_ABOUT: Final = {
    "unknown": "“{}” may or may not have arrived.",
    "late": "“{}” did not leave at its time.",
}
_HINTS: Final = {
    "unknown": "{pane.outbox} shows what is known of it, and asks you.",
    "late": "{pane.outbox} shows it.",
    "account_held": "{pane.outbox} shows what waits; there {outbox.log-in} logs in "
    "again and {outbox.resume-account} lets it send.",
}
"""What helps in the app, where the workspace tells what to type in a shell."""


def terminal_notice(notice: NoticeView, environ: Mapping[str, str]) -> str:
    """Return the sequence by which a terminal tells its person, or nothing (OSC 9).

    ``tuimail:`` at the beginning also keeps some terminals from taking a number
    there for a command.
    """
    if environ.get("TERM", "") in _WITHOUT_OSC:
        return ""
    return f"\x1b]9;tuimail: {_safe(notice)}\x07"


def desktop_notice(
    notice: NoticeView,
    environ: Mapping[str, str],
    *,
    which: Callable[[str], str | None],
) -> tuple[str, ...]:
    """Return the command that tells it on the desktop, or nothing."""
    program = which(_PROGRAM)
    if program is None or not any(environ.get(name) for name in _DESKTOPS):
        return ()
    import html  # noqa: PLC0415 - every entity there is, only where there is something

    text = html.escape(_safe(notice), quote=False)
    return (program, "--app-name=tuimail", "--", "tuimail", text)


def run_quietly(command: Sequence[str]) -> None:
    """Run a command for so long and no longer; whether it works is its business."""
    import subprocess  # noqa: PLC0415 - only where there is something to tell

    try:
        subprocess.run(  # noqa: S603 - words of ours, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=DESKTOP_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        """It is in the pane as well."""


def _ignore(_answer: object) -> None:
    """Nothing follows."""


def _safe(notice: NoticeView) -> str:
    return wording.clipped(wording.line(said(notice)), SHOWN_CELLS)
