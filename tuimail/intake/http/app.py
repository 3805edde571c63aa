"""The whole of what is served: the guard, the table's paths, and nothing else."""

from collections import defaultdict
from http import HTTPStatus

from starlette.routing import BaseRoute, Router
from starlette.routing import Route as Path
from starlette.types import ASGIApp, Receive, Scope, Send

from tuimail.intake.http import table
from tuimail.intake.http.desk import Desk
from tuimail.intake.http.endpoint import Endpoint
from tuimail.intake.http.guard import Guard
from tuimail.intake.http.refusals import refused
from tuimail.intake.http.routes import Route


def app(desk: Desk, *, public_host: str = "") -> ASGIApp:
    """Return what answers every request.

    Args:
        desk: What handlers share.
        public_host: What people's mail programs call this machine; empty where
            they cannot reach it, and then there is nothing for them.
    """
    routes = (*table.EVERY, *(table.PUBLIC if public_host else ()))
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        by_path[route.path].append(route)
    paths: list[BaseRoute] = [
        Path(path, Endpoint(desk, found)) for path, found in by_path.items()
    ]
    router = Router(paths, redirect_slashes=False, default=_nothing)
    return Guard(router, public_host=public_host)


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise refused(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "There is nothing here.",
        hint="All that there is: GET /openapi.json",
    )
