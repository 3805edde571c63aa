"""What Google's client library sends through, in place of its own transport.

The library runs in a worker thread and calls ``Http.request``; the request is then
made by the loop, as every other one of this program is. The library's own transport
repeats a request whose answer is missing, takes proxies from the environment, and
cannot be stopped from outside; here the thread has no socket, so that nothing can
leave once the loop has let go of it.

The one rule kept here: the last piece of a mail leaves only when the address of its
session is kept, and nobody has stopped it until then.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import CancelledError
from functools import partial
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.core.values import dataclass
from tuimail.providers.base import PointOfNoReturn
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.gmail.errors import is_proof
from tuimail.providers.gmail.place import Place, Session
from tuimail.providers.http.exchange import exchange
from tuimail.providers.http.key import Key
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.struck_out import without


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as the library passes it on: not its bytes, but where they come from."""

    pieces: Callable[[], AsyncIterator[bytes]]
    """As they are transmitted; may be called once."""
    size_bytes: int
    point_of_no_return: PointOfNoReturn
    progress: Callable[[str], None] = lambda _stage: None

    def seek(self, _at: int) -> None:
        """Stand at the beginning, which is where the library wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one request to Gmail."""

    exchanged: Exchanged
    has_mail: bool
    """Whether the mail was its body; else it changed nothing."""
    is_renewed: bool = False
    """Whether its token was refused, and there is a fresh one now."""


class StoppedError(Exception):
    """The provider was closed before the last piece of the mail was out."""


class NoAnswerError(Exception):
    """There is no answer that the library could go on with."""


class Head(dict[str, str]):
    """Status and headers of an answer, as the library reads them."""

    def __init__(self, found: Exchanged) -> None:
        super().__init__(found.headers)
        self.status = found.status
        self.reason = ""


class Http:
    """Makes the requests of one errand, with the account's token.

    For the library it is an ``httplib2.Http``. Made on the loop that makes the
    requests; only ``request`` is called elsewhere.
    """

    def __init__(
        self,
        *,
        place: Place,
        key: Key,
        context: ssl.SSLContext | None,
        limits: HttpLimits,
    ) -> None:
        self._place = place
        self._key = key
        self._context = context
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[object] | None = None
        self._is_stopped = False
        self._is_passing = False
        self._token = ""
        self._answer: Answer | None = None
        self._failure: BaseException | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is something for ``outcome`` to tell."""
        return self._answer is not None or self._failure is not None

    def outcome(self) -> Answer:
        """Return what came of the last request.

        Raises:
            BaseException: What kept it from being made.
        """
        if self._failure is not None:
            raise self._failure
        if self._answer is None:
            raise NoAnswerError
        return self._answer

    def stop(self) -> None:
        """Let no mail leave any more; one that is out gets its answer."""
        self._is_stopped = True
        if not self._is_passing:
            self.drop()

    def drop(self) -> None:
        """Let go of everything at once."""
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: "str | bytes | Mail | None" = None,
        headers: Mapping[str, str] | None = None,
        **_others: object,
    ) -> tuple[Head, bytes]:
        """Return the answer; called by the library, in its thread.

        The library sees nothing of what an error says: it would write it to a log.
        """
        asked = _Asked(uri=uri, method=method, body=body, headers=headers or {})
        answering = self._answered(asked)
        try:
            answer = asyncio.run_coroutine_threadsafe(answering, self._loop).result()
        except CancelledError:
            self._failure = StoppedError()
            raise self._failure from None
        except BaseException as error:
            self._failure = error
            raise
        self._answer = answer
        found = answer.exchanged
        if not found.is_complete:
            raise NoAnswerError
        return Head(found), found.body if found.status in _OKAY else b""

    async def _answered(self, asked: "_Asked") -> Answer:
        if self._is_stopped:
            raise StoppedError
        self._task = asyncio.current_task()
        try:
            return await self._authorised(asked)
        finally:
            self._task = None

    async def _authorised(self, asked: "_Asked") -> Answer:
        """Ask with a token; with a fresh one again, where that changes nothing."""
        if not self._place.has(asked.uri):
            raise _elsewhere(self._place)
        has_mail = asked.mail is not None
        self._token = self._token or await self._key.read()
        found = await self._exchanged(asked)
        is_refused = found.status == _REFUSED and is_proof(found, has_mail=has_mail)
        is_renewed = is_refused and await self._key.is_renewed(self._token)
        if is_renewed and not has_mail:
            self._token = await self._key.read()
            found, is_renewed = await self._exchanged(asked), False
        if found.status // 100 in _GOOD:
            self._key.was_taken()
        return Answer(exchanged=found, has_mail=has_mail, is_renewed=is_renewed)

    async def _exchanged(self, asked: "_Asked") -> Exchanged:
        mail = asked.mail
        if mail is not None:
            mail.progress(Stage.MAIL)
        found = await exchange(
            asked.request(self._token),
            context=self._context,
            limits=self._limits,
            point_of_no_return=partial(self._pass, mail, asked.uri) if mail else None,
            progress=mail.progress if mail else _say_nothing,
        )
        return without(found, self._token)

    async def _pass(self, mail: Mail, uri: str) -> None:
        """Pass the point of no return, unless it is stopped by then."""
        self._is_passing = True
        session = Session(uri=uri, size_bytes=mail.size_bytes)
        await mail.point_of_no_return(session.handle)
        if self._is_stopped:
            raise StoppedError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request, as the library made it."""

    uri: str
    method: str
    body: str | bytes | Mail | None
    headers: Mapping[str, str]

    @property
    def mail(self) -> Mail | None:
        return self.body if isinstance(self.body, Mail) else None

    def request(self, token: str) -> HttpRequest:
        passed_on = {
            name: value
            for name, value in self.headers.items()
            if name.lower() in _PASSED_ON
        }
        pieces, size = self._content()
        return HttpRequest(
            method=self.method,
            url=self.uri,
            headers={**passed_on, "Authorization": f"Bearer {token}"},
            pieces=pieces,
            size_bytes=size,
        )

    def _content(self) -> tuple[Callable[[], AsyncIterator[bytes]] | None, int]:
        if isinstance(self.body, Mail):
            return self.body.pieces, self.body.size_bytes
        if not self.body:
            return None, 0
        octets = self.body.encode() if isinstance(self.body, str) else self.body
        return partial(_whole, octets), len(octets)


async def _whole(octets: bytes) -> AsyncIterator[bytes]:
    yield octets


def _say_nothing(_stage: str) -> None:
    """Tell nobody about requests that carry no mail."""


def _elsewhere(place: Place) -> NotConnectedError:
    text = f"{place.server} named an address elsewhere, where the token must not go."
    return NotConnectedError(
        Receipt(stage=HttpStage.REQUEST, text=text), fault=AccountFault.SETTINGS
    )


_REFUSED: Final = 401
_GOOD: Final = (2, 3)
_OKAY: Final = range(200, 300)
_PASSED_ON: Final = frozenset({
    "accept", "content-range", "content-type", "x-upload-content-length",
    "x-upload-content-type",
})  # fmt: skip
"""What the request needs. The library adds the versions of itself and of Python,
which is nobody's business, and would have the answer packed."""
