"""What is asked and said when the app ends while mail is still under way.

Pure, but for the call that looks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.keepers import Machine
from tuimail.workspace.progress import Progress
from tuimail.workspace.services import Service
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What has not left yet, and who could go on with it."""

    sending: Sequence[Row]
    """Being handed over at this moment."""
    waiting: int
    """Due now or later, once somebody sends."""
    folder: str = ""
    """The workspace it is in."""
    service: Service | None = None
    """What could send it with the app closed, where that is worth offering."""
    is_served: bool = False
    """Whether a service of this workspace waits for the app to end."""


def under_way(workspace: Workspace, machine: Machine | None = None) -> UnderWay:
    """Return what has not left yet.

    Args:
        workspace: Where to look.
        machine: What could keep a sender running; None where that would make
            no sense.
    """
    rows = workspace.drafts.rows
    sending = rows(statuses=frozenset({"sending"}))
    waiting = rows(statuses=frozenset({"ready", "deferred"}))
    found = UnderWay(sending=sending, waiting=len(waiting), folder=str(workspace.root))
    if machine is None or not (sending or waiting):
        return found
    service = Service(machine, root=workspace.root, config=workspace.config_path)
    status = service.status()
    return UnderWay(
        sending=sending,
        waiting=len(waiting),
        folder=found.folder,
        service=service if service.can_be_offered() else None,
        is_served=status.is_running and status.workspace == str(workspace.root),
    )


def title(found: UnderWay) -> str:
    """Return the question itself."""
    if found.sending:
        return "Leave while mail is being handed over?"
    return f"Leave while {_waiting(found)}?"


def question(
    found: UnderWay, progress: Mapping[str, Progress] | None = None
) -> tuple[Paragraph, ...]:
    """Return what a person must know before leaving now.

    Args:
        found: What has not left yet.
        progress: How far it is, by mail.
    """
    sending = _about_sending(found.sending, progress or {})
    parts = (sending, _about_service(found.service))
    between = (Paragraph(text=""),) if all(parts) else ()
    return (*parts[0], *between, *parts[1])


def last_words(found: UnderWay) -> str:
    """Return what is printed after the app has ended, or an empty text."""
    if not found.waiting:
        return ""
    if found.is_served:
        return f"{_waiting(found)} in the outbox. The service sends on."
    folder = quote(wording.line(found.folder))
    command = f"tuimail --workspace {folder} outbox run --drain"
    return f"{_waiting(found)} in the outbox. Send without the app: {command}"


def _waiting(found: UnderWay) -> str:
    return wording.count(found.waiting, "message waits", "messages wait")


def _how_far(progress: Progress | None) -> str:
    """Return how much of a mail is out, where somebody knows."""
    if progress is None or not progress.handed_bytes:
        return ""
    handed, whole = progress.handed_bytes, progress.size_bytes
    return f", {wording.size(handed)} of {wording.size(whole)}"


def _about_sending(
    sending: Sequence[Row], progress: Mapping[str, Progress]
) -> tuple[Paragraph, ...]:
    if not sending:
        return ()
    return (
        *(
            Paragraph(
                label="Mail",
                text=f"{wording.subject(row.subject)} → {wording.people(row.to)}"
                f"{_how_far(progress.get(row.id))}",
            )
            for row in sending
        ),
        Paragraph(text=""),
        Paragraph(
            text="If it is cut off in the middle, nobody can tell whether it "
            "arrived: its fate is then unknown, and you have to decide."
        ),
    )


def _about_service(service: Service | None) -> tuple[Paragraph, ...]:
    if service is None:
        return ()
    return (
        Paragraph(
            text="Mail leaves only while a tuimail runs. This machine can keep one "
            "running while you are logged in, as a service of yours; "
            "“tuimail serve --uninstall” takes it away again."
        ),
    )
