"""What programs ask before they hand anything in: whether they can, and how."""

import msgspec

from tuimail import __version__
from tuimail.intake.http.desk import Desk
from tuimail.intake.http.replies import Reply
from tuimail.intake.http.routes import Asked
from tuimail.workspace.workspace import Workspace


class Health(msgspec.Struct, kw_only=True):
    """How it stands here."""

    status: str
    """``ok``; where nothing can be handed in, an error says why."""
    version: str
    is_sending: bool
    """Whether somebody sends what is released."""


async def health(desk: Desk, _asked: Asked) -> Reply:
    """Say that mail can be handed in, or why not."""
    return Reply(content=await desk.storing.call(_health))


def _health(workspace: Workspace) -> Health:
    workspace.data_version()
    workspace.require_room()
    return Health(
        status="ok",
        version=__version__,
        is_sending=workspace.sender_holder() is not None,
    )


async def description(_desk: Desk, _asked: Asked) -> Reply:
    """Describe all routes (OpenAPI 3.1)."""
    from tuimail.intake.http import openapi, table  # noqa: PLC0415 - it lists this

    return Reply(content=openapi.document(table.EVERY))
