"""How a request that boto3 has signed goes out: by our own exchange.

boto3 knows credentials, signatures and the form of answers. What it does not know is
how far a request got when it failed, which is all that matters about mail; so that
sending is done here, by the event that it has for that (``before-send``, botocore's
documentation, "Events"). It asks from its thread, and the loop answers.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from tuimail.providers.http.request import Exchanged, HttpRequest
from tuimail.providers.http.struck_out import without

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Exchange = Callable[[HttpRequest], Awaitable[Exchanged]]
PIECE_BYTES: Final = 65_536


class NoAnswerError(Exception):
    """There is no whole answer that boto3 could read."""


class Transport:
    """Carries one request of one client; made in the loop that carries it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self._is_given_up = False
        self.found: Exchanged | None = None
        """What came of the request; None while none was made."""

    def __call__(
        self, request: "AWSPreparedRequest", **_kwargs: object
    ) -> "AWSResponse":
        """Return the answer to ``request``; called by boto3, in its thread.

        Raises:
            NoAnswerError: There is none that is complete, or of that form;
                ``found`` says what there is.
            Exception: Whatever the point of no return raises.
        """
        coming = asyncio.run_coroutine_threadsafe(
            self._carry(_translated(request)), self._loop
        )
        self.found = coming.result()
        if not isinstance(self.found.json(), dict):  # boto3 stumbles over it
            raise NoAnswerError
        return _response(request.url, self.found)

    def give_up(self) -> None:
        """Carry nothing any more: nobody waits for it. Called in the loop."""
        self._is_given_up = True
        if self._task is not None:
            self._task.cancel()

    async def _carry(self, request: HttpRequest) -> Exchanged:
        if self._is_given_up:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        found = await self._exchange(request)
        return without(found, request.headers.get(_SESSION, ""))


def _translated(request: "AWSPreparedRequest") -> HttpRequest:
    """Return the same request, as ``exchange`` takes it."""
    body = _octets(request.body or b"")
    headers = {str(name): _text(value) for name, value in request.headers.items()}
    return HttpRequest(
        method=request.method,
        url=request.url,
        headers={name: headers[name] for name in headers if name not in _NOT_OURS},
        pieces=(lambda: _pieces(body)) if body else None,
        size_bytes=len(body),
    )


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]


def _response(url: str, found: Exchanged) -> "AWSResponse":
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded by now

    return AWSResponse(url, found.status, dict(found.headers), _Body(found.body))


class _Body:
    """What boto3 reads a body out of."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_kwargs: Mapping[str, object]) -> Iterator[bytes]:
        """Yield all of it."""
        yield self._content


def _octets(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def _text(value: bytes | str) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


_SESSION: Final = "X-Amz-Security-Token"
"""The one secret that is shown as it is; the key itself only signs."""
_NOT_OURS: Final = frozenset({"Content-Length", "User-Agent"})
"""The one is written by who sends; the other would tell everything about the machine,
and neither is signed."""
