"""The outermost edge: what a request has to be before anybody looks what it wants.

Whatever happens inside, one answer goes out, and never a traceback.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from tuimail.errors import TuimailError
from tuimail.intake.http import asking, atmos, temp_email
from tuimail.intake.http.bodies import ClientGoneError
from tuimail.intake.http.hosts import hosts_at
from tuimail.intake.http.refusals import Refusal, RefusedError, of_error, of_mistake
from tuimail.intake.http.replies import Reply, give, our_refusal

PUBLIC: Final = "/u/"
"""Paths that people's mail programs ask for; nothing else has a public name."""
_Saying = Callable[[Refusal], Reply]
_DIALECTS: Final[Mapping[str, _Saying]] = {
    "/v1/send": atmos.refusal,
    "/api/": temp_email.refusal,
    "/external/": temp_email.refusal_outside,
}
"""How a refusal is said, by how the path begins; else it is said our way."""


class Guard:
    """An ASGI app around all others."""

    def __init__(self, app: ASGIApp, *, public_host: str = "") -> None:
        """Stand before ``app``.

        Args:
            app: Answers what is let through.
            public_host: What people's mail programs call this machine; empty where
                they cannot reach it.
        """
        self._app = app
        self._public = frozenset({public_host} if public_host else ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        if scope["type"] != "http":
            return
        scope, addressed = asking.in_origin_form(scope)
        try:
            self._look_at(scope, addressed)
            await self._app(scope, receive, send)
        except ClientGoneError:
            """Nobody is there to be answered."""
        except RefusedError as refused:
            await give(send, _said(scope, refused.refusal))
        except TuimailError as error:
            await give(send, _said(scope, of_error(error)))
        except Exception as error:  # noqa: BLE001 - the outermost edge of this face
            await give(send, _said(scope, of_mistake(error)))

    def _look_at(self, scope: Scope, addressed: str | None) -> None:
        allowed = hosts_at(scope["server"])
        if scope["path"].startswith(PUBLIC) and self._public:
            asking.require_host(scope, allowed | self._public, addressed=addressed)
        else:
            asking.require_host(scope, allowed, addressed=addressed)
            asking.refuse_pages(scope)
        asking.require_one_length(scope)
        asking.refuse_tokens_in_address(scope)


def _said(scope: Scope, refusal: Refusal) -> Reply:
    for beginning, say in _DIALECTS.items():
        if scope["path"].startswith(beginning):
            return say(refusal)
    return our_refusal(refusal)
