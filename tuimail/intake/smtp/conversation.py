"""What is said to a client of the SMTP door, command by command.

Everything that can be said to the door is in one table here, and all else is
unknown to it. Commands are answered one after the other, in the order in which
they came, however many came at once (RFC 2920).
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Final

from tuimail.errors import AuthenticationError, TuimailError
from tuimail.intake.smtp import replies
from tuimail.intake.smtp.connection import HOST_NAME, Connection, Surroundings
from tuimail.intake.smtp.content import read_content
from tuimail.intake.smtp.desk import Handed
from tuimail.intake.smtp.envelope import Envelope
from tuimail.intake.smtp.login import MECHANISMS, token_of
from tuimail.intake.smtp.replies import Complete, RefusalError

_OF_HTTP: Final = (
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
)  # fmt: skip
_REPORTED: Final = (
    "250 2.0.0 Ok: a report, and no mail; what it says of who got mail from here is "
    "kept with that"
)
"""True of every report, so that nobody finds out who has a copy of what."""
_Command = Callable[[str], Awaitable[None]]


class Conversation(Connection):
    """Answers one client."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._smtp_methods = self._commands()
        self._told = self._new_envelope()
        self._token = ""
        self._wrong_logins = 0

    def _commands(self) -> dict[str, _Command]:
        return {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
            "HELP": self._help,
            "VRFY": self._vrfy,
            "STARTTLS": self._starttls,
            **dict.fromkeys(_OF_HTTP, self._http),
        }

    async def _ehlo(self, name: str) -> None:
        """Say what can be asked here."""
        await self._greet(name, is_extended=True)

    async def _helo(self, name: str) -> None:
        """Greet who speaks no extensions, and so cannot log in."""
        await self._greet(name, is_extended=False)

    async def _greet(self, name: str, *, is_extended: bool) -> None:
        if not name or self.session is None:
            await self.push("501 5.5.4 Say who you are: EHLO localhost")
            return
        self._forget()
        self.session.extended_smtp = is_extended
        self.session.host_name = name
        *before, last = [HOST_NAME, *(self._offers() if is_extended else [])]
        reply = [*(f"250-{one}" for one in before), f"250 {last}"]
        await self.push(Complete("\r\n".join(reply)))

    def _offers(self) -> list[str]:
        login = [f"AUTH {' '.join(MECHANISMS)}"] if self._needs_login else []
        return [
            "PIPELINING",
            f"SIZE {self._limits.message_bytes}",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "ENHANCEDSTATUSCODES",
            *login,
        ]

    async def _auth(self, argument: str | None) -> None:
        """Let a client in by its token."""
        try:
            self._require_no_login()
            await self._log_in(await token_of(argument or "", self._ask))
        except RefusalError as refused:
            await self.push(refused.reply)
        except asyncio.LimitOverrunError:
            await self._hang_up("500 5.5.6 A line of a login is too long")

    async def _ask(self, challenge: bytes) -> bytes:
        self._writer.write(b"334 " + b64encode(challenge) + b"\r\n")
        await self._writer.drain()
        return await self._reader.readuntil(b"\n")

    async def _log_in(self, token: str) -> None:
        try:
            await self._around.desk.let_in(token)
        except TuimailError as error:
            await self._refuse_login(error)
        else:
            self._around.brake.right()
            self._token = token
            self.know()
            await self.push("235 2.7.0 Logged in")

    async def _refuse_login(self, error: TuimailError) -> None:
        """Answer a wrong one late; nobody has many tries on one connection."""
        if isinstance(error, AuthenticationError):
            self._wrong_logins += 1
            await self._around.sleep(self._around.brake.wrong().total_seconds())
        await self.push(replies.refusal(error, is_login=True))
        if self._wrong_logins >= self._limits.wrong_logins:
            await self._hang_up()

    async def _mail(self, argument: str | None) -> None:
        """Begin a mail."""
        await self._tell(self._told.mail, argument)

    async def _rcpt(self, argument: str | None) -> None:
        """Say one whom it is for."""
        await self._tell(self._told.rcpt, argument)

    async def _tell(self, step: Callable[..., str], argument: str | None) -> None:
        try:
            self._require_login()
            reply = step(_unicode(argument), is_extended=self._is_extended)
        except RefusalError as refused:
            reply = refused.reply
        await self.push(reply)

    async def _data(self, argument: str | None) -> None:
        """Take the content, and answer when it is stored."""
        try:
            self._require_login()
            self._told.require_complete(argument or "")
        except RefusalError as refused:
            await self.push(refused.reply)
            return
        self._is_busy = True
        try:
            reply = await self._taken_in()
        finally:
            self._is_busy = False
        self._forget()
        await self.push(reply)
        if self._around.is_ending:
            await self._hang_up(replies.CLOSING)

    async def _taken_in(self) -> str:
        """Return what is said about a mail that was taken in, or was not."""
        await self.push("354 End with a line that is a lone dot")
        with self._around.room.share() as share:
            try:
                raw = await read_content(self._reader, share, self._limits)
                return await self._stored(raw)
            except RefusalError as refused:
                return refused.reply
            except TuimailError as error:
                return replies.refusal(error)

    async def _stored(self, raw: bytes) -> str:
        told = self._told
        mail = Handed(
            raw=raw,
            sender=told.sender or "",
            recipients=told.recipients,
            note=told.note,
        )
        self._is_storing = True
        try:
            identifier = await self._around.desk.hand_in(self._token, mail)
        finally:
            self._is_storing = False
        self._mistakes = 0
        # A report about earlier mail becomes none of its own.
        return f"250 2.0.0 Ok: queued as {identifier}" if identifier else _REPORTED

    async def _rset(self, _argument: str | None) -> None:
        """Forget the mail that was begun."""
        self._forget()
        await self.push(replies.OK)

    async def _noop(self, _argument: str | None) -> None:
        """Say that somebody is there."""
        await self.push(replies.OK)

    async def _quit(self, _argument: str | None) -> None:
        """Say goodbye."""
        await self._hang_up("221 2.0.0 Bye")

    async def _starttls(self, _argument: str | None) -> None:
        """Say that there is none: nobody is on the way within one machine."""
        await self.push("502 5.5.1 STARTTLS is not offered on this machine's loopback")

    async def _vrfy(self, _argument: str | None) -> None:
        """Say nothing about anybody."""
        await self.push("252 2.5.2 Hand a mail in, and a person will look at it")

    async def _help(self, _argument: str | None) -> None:
        """Say what there is."""
        known = (name for name in self._smtp_methods if name not in _OF_HTTP)
        await self.push(f"214 2.0.0 There are {', '.join(known)}")

    async def _http(self, _argument: str | None) -> None:
        """Hang up on a browser that was made to speak to this port."""
        await self._hang_up(replies.NOT_HTTP)

    def _forget(self) -> None:
        self._told = self._new_envelope()

    def _new_envelope(self) -> Envelope:
        return Envelope(self._limits, takes_names=not self._needs_login)

    @property
    def _needs_login(self) -> bool:
        return self._around.desk.needs_login

    @property
    def _is_extended(self) -> bool:
        return self.session is not None and self.session.extended_smtp

    def _require_greeting(self) -> None:
        if self.session is None or not self.session.host_name:
            raise RefusalError("503 5.5.1 Say EHLO first")

    def _require_no_login(self) -> None:
        self._require_greeting()
        if self._is_in:
            raise RefusalError("503 5.5.1 Nobody has to log in any more")
        if not self._is_extended:
            raise RefusalError("503 5.5.1 Say EHLO first, which offers AUTH")

    def _require_login(self) -> None:
        self._require_greeting()
        if not self._is_in:
            raise RefusalError(
                "530 5.7.0 Log in first: AUTH, with the token of a client as password"
            )


def _unicode(argument: str | None) -> str:
    """Return what follows a command.

    Raises:
        RefusalError: It has bytes that are not UTF-8.
    """
    text = argument or ""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RefusalError("501 5.5.2 An address is ASCII, or UTF-8") from None
    return text
