"""Gmail: a session is opened, the mail is put in, and the session can be asked.

Gmail takes recipients from the header, so that what is transmitted is the approved
message with a ``Bcc`` more, which Gmail removes (``providers.bcc``).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.http_reasons import HttpStage
from tuimail.core.message import Envelope
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import PlanMismatchError, TuimailError, UnsupportedFeatureError
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    LookUp,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.bcc import with_bcc_ahead
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.gmail import answers
from tuimail.providers.gmail.place import Session, place_of, session_of
from tuimail.providers.gmail.refusals import (
    MOST_BYTES,
    MOST_RECIPIENTS,
    refuse,
    refuse_size,
    thread_of,
)
from tuimail.providers.gmail.threads import Threads
from tuimail.providers.gmail.transport import Answer, Http, Mail, StoppedError
from tuimail.providers.http.key import Key
from tuimail.providers.http.request import HttpLimits
from tuimail.providers.options import refuse_unknown
from tuimail.providers.tls import Trust

ALLOWED: Final = ("url",)


class GmailProvider:
    """Submits through the Gmail API, with a token that may send and no more."""

    capabilities: ClassVar[Capabilities] = Capabilities(can_look_up=True)

    def __init__(
        self,
        account: ProviderAccount,
        *,
        limits: HttpLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        refuse_unknown(account, ALLOWED)
        self._name = account.name
        self._place = place_of(account)
        self._key = Key(account)
        self._limits = limits or HttpLimits()
        self._now = now
        self._trust = Trust()
        self._threads = Threads(account.limits.connections + _FOR_QUESTIONS)

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Refuse what Gmail cannot be told, or nobody knows how it takes it."""
        refuse(draft, envelope)

    async def submit(self, job: SendJob) -> Verdicts:
        """Open a session for the mail, and put it in."""
        async with _closing(job.pieces()) as pieces:
            try:
                added, transmitted = await with_bcc_ahead(pieces, job.envelope)
                refuse_size(job.size_bytes + added)
            except (UnsupportedFeatureError, PlanMismatchError) as error:
                return self._refused(job.envelope, error)
            mail = Mail(
                pieces=lambda: transmitted,
                size_bytes=job.size_bytes + added,
                point_of_no_return=job.point_of_no_return,
                progress=job.progress,
            )
            return await self._sent(job.envelope, mail)

    async def look_up(self, question: LookUp) -> Verdicts | None:
        """Return what the session of an upload says about it."""
        session = session_of(question.handle)
        if session is None or not self._place.has(session.uri):
            return None
        try:
            answer = await self._ran(partial(_ask, session))
        except (NotConnectedError, StoppedError):
            return None
        return answers.looked_up(
            question.envelope,
            answer,
            size_bytes=session.size_bytes,
            age=self._now() - question.committed_at,
        )

    async def check(self) -> AccountCheck:
        """Open a session and leave it, which is all that leads up to sending.

        A token that may send and no more can read nothing, not even whose it is;
        this asks exactly what a mail begins with. Gmail forgets what nothing was
        put into.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            answer = await self._ran(partial(_open_session, self._place.url))
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        except StoppedError:
            return self._wrong(None, _STOPPED)
        found = answer.exchanged
        if found.status != _OPENED or not self._place.has(
            found.headers.get("location", "")
        ):
            judgement = answers.judged(answer, now=self._now())
            return self._wrong(judgement.fault, found.text or _NO_SESSION)
        return AccountCheck(
            ok=True,
            endpoint=self._place.server,
            latency_ms=round((loop.time() - started) * 1000),
            capabilities=("resumable upload", "35 MiB"),
            limits={"size_bytes": MOST_BYTES, "recipients": MOST_RECIPIENTS},
        )

    async def close(self) -> None:
        """Let no mail leave any more, and wait for the answers about what has."""
        await self._threads.close()

    async def _sent(self, envelope: Envelope, mail: Mail) -> Verdicts:
        thread = thread_of(envelope)
        try:
            answer = await self._ran(partial(_send, self._place.url, mail, thread))
        except NotConnectedError as error:
            return error.verdicts(envelope, server=self._place.server)
        except StoppedError:
            return self._same_for_all(envelope, VerdictKind.DEFERRED, _STOPPED)
        return answers.verdicts_of(
            envelope, answer, names_thread=bool(thread), now=self._now()
        )

    async def _ran(self, errand: Callable[[Http], None]) -> Answer:
        http = await self._http()
        return await self._threads.run(http, lambda: errand(http))

    async def _http(self) -> Http:
        """Return a fresh one, because the library's requests must not share any."""
        is_plain = self._place.url.startswith("http:")
        return Http(
            place=self._place,
            key=self._key,
            context=None if is_plain else await self._trust.context(),
            limits=self._limits,
        )

    def _refused(self, envelope: Envelope, error: TuimailError) -> Verdicts:
        text = f"{error} {error.hint}".strip()
        return self._same_for_all(envelope, VerdictKind.REFUSED, text)

    def _same_for_all(
        self, envelope: Envelope, kind: VerdictKind, text: str
    ) -> Verdicts:
        receipt = Receipt(stage=HttpStage.REQUEST, text=text)
        return Verdicts(
            by_recipient=tuple(
                Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
                for one in envelope.recipients
            ),
            server=self._place.server,
        )

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._place.server,
            fault=fault,
            error=error,
            hint=_UNREACHABLE if fault is None else _HINTS[fault].format(self._name),
        )


def _send(url: str, mail: Mail, thread: str, http: Http) -> None:
    from tuimail.providers.gmail import client  # noqa: PLC0415 - 200 ms, in a thread

    client.send(http, url, mail, thread=thread)


def _open_session(url: str, http: Http) -> None:
    from tuimail.providers.gmail import client  # noqa: PLC0415 - as above

    client.open_session(http, url)


def _ask(session: Session, http: Http) -> None:
    from tuimail.providers.gmail import client  # noqa: PLC0415 - as above

    client.ask(http, session)


@asynccontextmanager
async def _closing(
    pieces: AsyncIterator[bytes],
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Close what reads the mail, also where not all of it was asked for."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


_FOR_QUESTIONS: Final = 1
"""A thread that no upload keeps."""
_OPENED: Final = 200
_NO_SESSION: Final = "It opened no session for an upload."
_STOPPED: Final = "It was stopped before all of it was out."
_UNREACHABLE: Final = "Look at url, and at the network; or try again later."
_SIGN_IN: Final = (
    "Sign in again: tuimail auth gmail {}. Google ends a consent after seven days "
    "where the program that asks (client_id) has the status “Testing”."
)
_HINTS: Final = {
    AccountFault.LOGIN: _SIGN_IN,
    AccountFault.SECRET: _SIGN_IN,
    AccountFault.CERTIFICATE: "Look at url; and at who reads along in this network.",
    AccountFault.QUOTA: "The day's share is used up; it is new at midnight in "
    "California.",
    AccountFault.SETTINGS: "Switch the Gmail API on for the program that asks "
    "(client_id), at console.cloud.google.com, and sign in so that it may send "
    "(gmail.send); for an account of an organisation, ask its administrator.",
}
