"""What is answered, as octets; the same headers on everything, and no CORS."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.types import Send

from tuimail.core.values import dataclass, field
from tuimail.intake.http.refusals import Refusal

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
ALWAYS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""A browser that was led here after all neither keeps nor shows anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: HTTPStatus = HTTPStatus.OK
    content: object = ""
    """Text as it is; anything else becomes JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)


async def give(send: Send, reply: Reply) -> None:
    """Send ``reply``."""
    is_text = isinstance(reply.content, str)
    body = (
        reply.content.encode()
        if isinstance(reply.content, str)
        else msgspec.json.encode(reply.content)
    )
    headers = {
        "Content-Type": TEXT if is_text else JSON,
        "Content-Length": str(len(body)),
        **ALWAYS,
        **reply.headers,
    }
    await send(
        {
            "type": "http.response.start",
            "status": reply.status.value,
            "headers": [
                (name.lower().encode("ascii"), value.encode("latin-1"))
                for name, value in headers.items()
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def our_refusal(refusal: Refusal) -> Reply:
    """Return a refusal as the command line says it in JSON."""
    return Reply(
        status=refusal.status,
        content={
            "error": {
                "code": refusal.code,
                "message": refusal.message,
                "hint": refusal.hint,
                "field": refusal.field,
            }
        },
        headers=refusal.headers,
    )
