"""What is asked and said when the app ends while mail is still under way.

Pure, but for the call that looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What has not left yet."""

    sending: Sequence[Row]
    """Being handed over at this moment."""
    waiting: int
    """Due now or later, once somebody sends."""
    folder: str = ""
    """The workspace it is in."""


def under_way(workspace: Workspace) -> UnderWay:
    """Return what has not left yet."""
    waiting = workspace.drafts.rows(statuses=frozenset({"ready", "deferred"}))
    return UnderWay(
        sending=workspace.drafts.rows(statuses=frozenset({"sending"})),
        waiting=len(waiting),
        folder=str(workspace.root),
    )


def question(sending: Sequence[Row]) -> tuple[Paragraph, ...]:
    """Return what a person must know before leaving now."""
    return (
        *(
            Paragraph(
                label="Mail",
                text=f"{wording.subject(row.subject)} → {wording.people(row.to)}",
            )
            for row in sending
        ),
        Paragraph(text=""),
        Paragraph(
            text="If it is cut off in the middle, nobody can tell whether it "
            "arrived: its fate is then unknown, and you have to decide."
        ),
    )


def last_words(found: UnderWay) -> str:
    """Return what is printed after the app has ended, or an empty text."""
    if not found.waiting:
        return ""
    number = wording.count(found.waiting, "message waits", "messages wait")
    folder = quote(wording.line(found.folder))
    command = f"tuimail --workspace {folder} outbox run --drain"
    return f"{number} in the outbox. Send without the app: {command}"
