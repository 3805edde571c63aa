"""Begins the dialogue on this terminal, with a sender in the background."""

import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.linear.dialogue import Dialogue
from tuimail.cli.linear.keyboard import Keyboard
from tuimail.cli.linear.session import Session
from tuimail.cli.linear.voice import Voice
from tuimail.cli.questions import BackError, LeftError, Questions
from tuimail.cli.serving import asked_to_end
from tuimail.errors import UsageError
from tuimail.tui import leaving
from tuimail.workspace.sending import SenderThread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuimail.workspace.workspace import Workspace

_DOOR: Final = "app"
"""It is the app, without its screen."""


def talk(call: Call) -> int:
    """Hold the dialogue about the person's own mail, and return the exit code.

    Raises:
        UsageError: There is nobody to talk to.
        TuimailError: The workspace cannot be opened.
    """
    if sys.stdout is None or not call.console.is_terminal:
        raise UsageError(
            "The dialogue needs a terminal to type on, and this is none.",
            hint="See what works without one: tuimail --help",
        )
    hold(call, partial(call.open, door=_DOOR))
    return exits.DONE


def hold(
    call: Call, opener: "Callable[[], Workspace]", *, is_kept: bool = True
) -> None:
    """Hold the dialogue about the workspace that ``opener`` opens.

    Args:
        call: The terminal it is held on.
        opener: Called in each thread that needs a workspace of its own.
        is_kept: Whether the workspace outlives it, so that it makes sense to say
            what still waits in it.
    """
    with opener() as workspace, asked_to_end() as asked:
        sender = SenderThread(opener)
        session = Session(
            workspace=workspace,
            sender=sender,
            voice=_voice(call, workspace.config.glyphs),
            keyboard=Keyboard(sys.stdin.fileno()),
            now=lambda: datetime.now(UTC),
            ask_pin=partial(typed_pin, Questions(call.console)),
            ends=asked.is_set,
        )
        sender.start()
        try:
            Dialogue(session).run()
        finally:
            sender.stop(timeout=session.patience)
        words = leaving.last_words(leaving.under_way(workspace))
        session.voice.say(*([words] if words and is_kept else []))


def _voice(call: Call, glyphs: str) -> Voice:
    terminal = call.environ.get("TERM", "")
    plain = signs(glyphs, terminal=terminal, encoding=sys.stdout.encoding)
    return Voice(sys.stdout, plain=plain)


def typed_pin(questions: Questions, label: str) -> str | None:
    """Return a PIN that is typed unseen; None where nobody types one."""
    try:
        return questions.password(label)
    except (LeftError, BackError):
        return None


def signs(wanted: str, *, terminal: str, encoding: str) -> "Callable[[str], str]":
    """Return what makes a line of signs that can be written and drawn.

    Args:
        wanted: The setting.
        terminal: The value of ``TERM``.
        encoding: Of stdout, as the locale says.
    """
    from tuimail.tui.glyphs import Glyphs, chosen, plain  # noqa: PLC0415 - Textual

    writes_all = encoding.lower().startswith("utf")
    is_plain = chosen(wanted, terminal) is Glyphs.ASCII or not writes_all
    return plain if is_plain else str
