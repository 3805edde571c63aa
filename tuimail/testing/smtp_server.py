"""A mail server on the loopback that misbehaves on demand."""

import asyncio
from collections import Counter
from types import TracebackType
from typing import ClassVar, Final, Self

from tuimail.testing.smtp_dialogue import Behaviour, Dialogue

PIPELINED: Final = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 100000000")
"""What most servers offer; without the first, each reply is waited for."""


class ScriptedSmtpServer(Behaviour):
    """Behaves, but for the stages of its script; for one event loop.

    Use it as ``async with ScriptedSmtpServer({"rcpt:2": Say("450 later")})``,
    then connect to its ``host`` at its ``port``.

    Args:
        script: What happens at a stage (see ``STAGES`` in ``smtp_script``) instead
            of the usual; may be changed while the server runs.
        tls: Context for TLS from the first byte.
        starttls: Context for STARTTLS, which is offered where this is given.
        logins: Users and passwords; AUTH is offered where there are any.
        methods: Login methods offered.
        extensions: Further lines of the reply to EHLO; ``PIPELINED`` for those
            of most servers.
        max_recipients: So many are taken in one transaction.
        delay: So long after what caused it a reply leaves, as from far away;
            what comes meanwhile is read all the same. A number means seconds.
        host: The address that it listens at; of this machine.

    Raises:
        ValueError: The script has a stage that there is not, or something that no
            server does; or ``delay`` is negative.
    """

    dialogue: ClassVar[type[Dialogue]] = Dialogue
    """What each connection is handled by."""
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=self.tls, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            await self.sessions.close(self._server)

    @property
    def most_at_once(self) -> int:
        """How many connections there were at the same time, at most."""
        return self.sessions.most_at_once

    @property
    def verbs(self) -> list[str]:
        """The first word of every command, in the order they came."""
        return [line.partition(" ")[0].upper() for line in self.commands]

    def copies(self) -> Counter[tuple[bytes, str]]:
        """Count the accepted copies of each content for each recipient."""
        return Counter(
            (delivery.content, recipient)
            for delivery in self.deliveries
            if delivery.is_accepted
            for recipient in delivery.recipients
        )

    def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self.sessions.begin(writer, self.dialogue(self, reader, writer).run())
