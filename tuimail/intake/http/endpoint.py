"""One path: finds who asks, reads what they sent, and has it answered."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import Final

from starlette.types import Receive, Scope, Send

from tuimail.core.values import replace
from tuimail.intake.http import asking
from tuimail.intake.http.bodies import Body, read_object, too_big
from tuimail.intake.http.brakes import Places, name_of
from tuimail.intake.http.desk import Desk
from tuimail.intake.http.refusals import (
    BUSY_SECONDS,
    Refusal,
    RefusedError,
    refused,
)
from tuimail.intake.http.replies import give
from tuimail.intake.http.routes import Asked, Route, Token

_WITH_BODY: Final = frozenset({"POST", "PUT"})


class Endpoint:
    """An ASGI app for all that can be done at one path."""

    def __init__(self, desk: Desk, routes: Sequence[Route]) -> None:
        self._desk = desk
        self._routes = {one.method: one for one in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            RefusedError: It cannot be answered; nothing was sent yet.
            TuimailError: The workspace refused it; nothing was sent yet.
            ClientGoneError: Nobody waits for the answer.
        """
        route = self._route(scope["method"])
        query = asking.query_of(scope, route.parameters)
        _require_body(route, scope)
        token = await self._known(route, scope)
        with (
            _place(self._desk, route, query, token),
            closing(self._body(route, receive, token)) as body,
        ):
            asked = await self._asked(route, scope, body, token)
            reply = await route.answer(self._desk, replace(asked, query=query))
        await give(send, reply)

    def _body(self, route: Route, receive: Receive, token: str) -> Body:
        limit, who = route.limit_bytes, name_of(token)
        return Body(receive, self._desk.room, limit_bytes=limit, who=who)

    async def _known(self, route: Route, scope: Scope) -> str:
        """Return the token of the header, a right one; else nobody is known yet."""
        if route.token is not Token.HEADER:
            return ""
        return await self._let_in(route, asking.bearer(scope))

    def _route(self, method: str) -> Route:
        route = self._routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise refused(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "method",
                f"{method[:20]!r} cannot be asked for here.",
                hint=f"There is: {', '.join(sorted(self._routes))}.",
                headers={"Allow": ", ".join(sorted(self._routes))},
            )
        return route

    async def _asked(self, route: Route, scope: Scope, body: Body, token: str) -> Asked:
        """Return what is asked for."""
        content = b""
        if route.method in _WITH_BODY:
            content = await body.read(patience=self._patience(token))
        document = read_object(content) if route.reads_json else {}
        if route.token is Token.BODY:
            token = await self._let_in(route, document.get("token"))
        return Asked(
            token=token,
            path=scope["path_params"],
            key=asking.header(scope, "Idempotency-Key"),
            document=document,
            content=b"" if route.reads_json else content,
            gone=body.gone,
        )

    def _patience(self, token: str) -> float:
        desk = self._desk
        return desk.patience_seconds if token else desk.strangers_seconds

    async def _let_in(self, route: Route, token: object) -> str:
        if not isinstance(token, str) or not token:
            raise asking.no_token()
        if not (route.reads_json and self._desk.seen.has(token, route.scope)):
            await self._desk.let_in(token, route.scope)
        return token


@contextmanager
def _place(
    desk: Desk, route: Route, query: Mapping[str, str], token: str
) -> Iterator[None]:
    """Take one of the places for requests that are worked on.

    Who waits, and who is not known by the header, has others: clients are not kept
    out by them.
    """
    does_wait = route.may_wait and query.get("wait", "0") != "0"
    places = desk.waiting if does_wait else _places(desk, route.token)
    who = name_of(token)
    if not places.take(who):
        raise RefusedError(_TOO_MANY_WAIT if does_wait else _TOO_MANY)
    try:
        yield
    finally:
        places.leave(who)


def _places(desk: Desk, known_by: Token) -> Places:
    if known_by is Token.HEADER:
        return desk.places
    return desk.public if known_by is Token.PATH else desk.strangers


def _require_body(route: Route, scope: Scope) -> None:
    """Refuse by its header what is not to be read: too long, or of another kind.

    Raises:
        RefusedError: It is one of these.
    """
    if route.token is not Token.PATH and (
        route.reads_json or (route.method in _WITH_BODY and asking.has_body(scope))
    ):
        asking.require_json(scope)
    if asking.length_of(scope) > route.limit_bytes:
        raise too_big(route.limit_bytes)


_TOO_MANY: Final = Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    code="busy",
    message="Too many requests are being worked on.",
    hint="Try again in a moment.",
    headers={"Retry-After": str(BUSY_SECONDS)},
)
_TOO_MANY_WAIT: Final = Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    code="busy",
    message="Too many requests wait for decisions.",
    hint="Ask without wait, or wait for fewer at once.",
    headers={"Retry-After": str(BUSY_SECONDS)},
)
