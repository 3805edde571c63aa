"""The one thing that anybody may ask for: to get no more of some mail (RFC 8058).

The address is the permission: it was made for one recipient, and says nothing
else. Only POST does it, because programs that look for harm follow every link.
"""

from http import HTTPStatus
from typing import Final

from tuimail.intake.http.desk import Desk
from tuimail.intake.http.refusals import refused
from tuimail.intake.http.replies import Reply
from tuimail.intake.http.routes import Asked

_CLICK: Final = b"One-Click"
"""As a form field, whichever way it is encoded (RFC 8058 §3.2)."""


async def unsubscribe(desk: Desk, asked: Asked) -> Reply:
    """Take an address off the list, durably."""
    if _CLICK not in asked.content:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "input",
            "Nothing was asked for.",
            hint="Send the form field List-Unsubscribe=One-Click.",
            field="List-Unsubscribe",
        )
    token = asked.path["token"]
    is_ours = await desk.storing.together(
        lambda workspace: workspace.unsubscribing.take(token)
    )
    if not is_ours:
        desk.count_wrong()
        raise refused(
            HTTPStatus.NOT_FOUND, "not-found", "There is no such subscription."
        )
    return Reply(content="You will get no more of this mail.\n")
