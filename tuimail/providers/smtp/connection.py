"""From a name to a conversation that is ready for mail: connect, TLS, login.

aiosmtplib speaks until the login is done; then our own protocol takes over its
transport. Whatever fails on the way ends in ``NotConnectedError`` with the
stage and, where every message of the account would fail alike, the fault.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, TypeVar, cast

import aiosmtplib

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.core.values import dataclass
from tuimail.providers.failures import NotConnectedError, lost
from tuimail.providers.smtp.conversation import Conversation
from tuimail.providers.smtp.failures import is_permanent, refused
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.login import is_refused_token, log_in
from tuimail.providers.smtp.options import SmtpOptions, Tls
from tuimail.providers.smtp.sockets import connected_socket
from tuimail.providers.smtp.starttls import start_tls

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the server said it can do, after TLS and before the login."""

    extensions: Mapping[str, str]
    """Keywords in lower case, and their parameters."""

    def has(self, keyword: str) -> bool:
        """Return whether the server offers the extension ``keyword``."""
        return keyword.lower() in self.extensions

    @property
    def lines(self) -> tuple[str, ...]:
        """What the server offers, as it wrote it."""
        return tuple(
            f"{keyword.upper()} {parameters}".strip()
            for keyword, parameters in self.extensions.items()
        )

    @property
    def most_bytes(self) -> int | None:
        """Largest message it takes; None where it states none (RFC 1870 §4)."""
        text = self.extensions.get("size", "").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            return None
        return int(text) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A conversation that is ready for mail, and what may be said in it."""

    conversation: Conversation
    offered: Offered
    words: str = ""
    """How it is secured and who is logged in, for people; never a secret."""

    @property
    def is_pipelined(self) -> bool:
        """Whether commands may be said before the last one was answered."""
        return self.offered.has("pipelining")


async def connect(
    options: SmtpOptions,
    *,
    context: ssl.SSLContext,
    secret: str,
    renew: Callable[[], Awaitable[str]] | None = None,
    limits: StageLimits,
    progress: Callable[[str], None],
) -> Connection:
    """Return a conversation that is ready for mail.

    Args:
        options: The server, and how to talk to it.
        context: Whom to trust.
        secret: The password, or an access token.
        renew: Gets a fresh access token for a second connection, where the
            server refused the first one.
        limits: How long each step may take.
        progress: Told each stage as it is reached.

    Raises:
        NotConnectedError: None came about; the connection is closed.
    """
    opened = partial(
        _connection, options, context=context, limits=limits, progress=progress
    )
    try:
        return await opened(secret=secret)
    except NotConnectedError as error:
        if renew is None or not is_refused_token(options, error):
            raise
    return await opened(secret=await renew())


async def _connection(
    options: SmtpOptions,
    *,
    context: ssl.SSLContext,
    secret: str,
    limits: StageLimits,
    progress: Callable[[str], None],
) -> Connection:
    address = connected_socket(
        options.host,
        options.port,
        limit=limits.connect,
        resolved=partial(progress, "resolved"),
    )
    client = _client(options, context, await _step(Stage.CONNECT, address), limits)
    dialogue = _Dialogue(client, options, context=context, limits=limits)
    try:
        await dialogue.greet()
        progress("connected")
        if await dialogue.protect():
            progress("tls")
        if options.username:
            await dialogue.login(secret)
            progress("auth")
        return dialogue.hand_over()
    finally:
        client.close()


def _client(
    options: SmtpOptions,
    context: ssl.SSLContext,
    connected: socket.socket,
    limits: StageLimits,
) -> aiosmtplib.SMTP:
    return _Client(
        hostname=options.host,
        sock=connected,
        use_tls=options.tls is Tls.IMPLICIT,
        start_tls=False,
        tls_context=context,
        local_hostname=options.local_name,
        timeout=limits.greeting.total_seconds(),
    )


class _Client(aiosmtplib.SMTP):
    """Ends a connection that failed at once.

    A goodbye of TLS waits for the server's, half a minute if there is none, and
    the loop may end before that.
    """

    def close(self) -> None:
        transport = self.transport
        super().close()
        if transport is not None:
            cast("asyncio.Transport", transport).abort()


class _Dialogue:
    """The part of the conversation that aiosmtplib speaks."""

    def __init__(
        self,
        client: aiosmtplib.SMTP,
        options: SmtpOptions,
        *,
        context: ssl.SSLContext,
        limits: StageLimits,
    ) -> None:
        self._client = client
        self._options = options
        self._context = context
        self._seconds = limits.command.total_seconds()

    async def greet(self) -> None:
        """Hear the greeting, behind TLS where it comes first."""
        await self._step(Stage.GREETING, self._client.connect())

    async def protect(self) -> bool:
        """Hear what is offered, behind TLS where it is wanted; was it?"""
        await self._ehlo()
        if self._options.tls is not Tls.STARTTLS:
            return self._options.tls is Tls.IMPLICIT
        if not self._client.supports_extension("starttls"):
            raise NotConnectedError(
                Receipt(
                    stage=Stage.STARTTLS,
                    text="The server does not offer STARTTLS, which is required.",
                ),
                fault=AccountFault.CERTIFICATE,
            )
        secured = start_tls(
            self._client,
            self._context,
            host=self._options.host,
            seconds=self._seconds,
        )
        await self._step(Stage.STARTTLS, secured)
        await self._ehlo()
        return True

    async def login(self, secret: str) -> None:
        """Log in by the one best method that both sides know."""
        await log_in(
            self._client,
            self._options,
            secret=secret,
            step=self._step,
            seconds=self._seconds,
        )

    def hand_over(self) -> Connection:
        """Return the conversation; aiosmtplib lets go of the transport."""
        client = self._client
        offered = Offered(extensions=dict(client.esmtp_extensions))
        transport, protocol = client.transport, client.protocol
        if transport is None or protocol is None:
            raise lost(Stage.AUTH, ConnectionResetError())
        client.protocol = client.transport = protocol.transport = None
        conversation = Conversation.take_over(cast("asyncio.Transport", transport))
        words = _words(transport, self._options.username)
        return Connection(conversation=conversation, offered=offered, words=words)

    async def _ehlo(self) -> None:
        """Say EHLO; HELO where that is not known, which offers nothing."""
        try:
            await self._step(Stage.EHLO, self._client.ehlo(timeout=self._seconds))
        except NotConnectedError as error:
            if not (is_permanent(error.receipt.code) and self._client.is_connected):
                raise
            await self._step(Stage.EHLO, self._client.helo(timeout=self._seconds))

    async def _step(self, stage: Stage, step: Awaitable[object]) -> None:
        """Await one step, and refuse what stands behind its reply.

        aiosmtplib keeps such octets and takes them for the next reply.
        """
        await _step(stage, step)
        protocol = self._client.protocol
        if protocol is not None and protocol._buffer:  # noqa: SLF001 - no other way
            raise NotConnectedError(
                Receipt(
                    stage=stage,
                    text="The server said something before it was asked.",
                )
            )


def _words(transport: asyncio.BaseTransport, username: str) -> str:
    """Return what a person can hold against the server's own log."""
    secured = transport.get_extra_info("ssl_object")
    version = secured.version() if secured is not None else None
    tls = (version or "no TLS").replace("TLSv", "TLS ")
    return f"{tls}, logged in as {username}" if username else f"{tls}, no login"


async def _step(stage: Stage, step: Awaitable[Result]) -> Result:
    """Await one step; whatever goes wrong in it names its stage."""
    try:
        return await step
    except aiosmtplib.SMTPResponseException as error:
        raise refused(stage, error.code, str(error.message)) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise lost(stage, error) from None


_MOST_DIGITS: Final = 18
