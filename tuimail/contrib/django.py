"""Django's mail, sent through tuimail.

``EMAIL_BACKEND = "tuimail.contrib.django.EmailBackend"`` is all it takes where the
``EMAIL_…`` settings describe a server; with ``TUIMAIL_ACCOUNT`` mail goes through an
account that tuimail knows, and is stored before it leaves.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

try:
    from django.core.mail.backends.base import BaseEmailBackend
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "What fits into Django needs Django, which is not installed. "
        "Install it: pip install 'tuimail[django]'",
        name=error.name,
    ) from None

from tuimail.api.connection import connection
from tuimail.api.message import Message
from tuimail.api.result import Result, refused
from tuimail.api.workspace import DEFAULT
from tuimail.contrib.django_messages import message_of
from tuimail.contrib.django_settings import Home, way_out
from tuimail.errors import NotSentError, TuimailError

if TYPE_CHECKING:
    from tuimail.api.connection import Connection


class MailNotSentError(NotSentError, SMTPException):
    """A mail was refused, or not taken for everybody; or nobody knows.

    It is an ``SMTPException`` too, as programs expect of Django's own backend.
    """

    def __init__(self, result: Result, error: TuimailError) -> None:
        super().__init__(error.message, hint=error.hint, field=error.field)
        self.result = result
        """What became of each recipient."""


class EmailBackend(BaseEmailBackend):  # type: ignore[misc] # Django has no types
    """Sends Django's messages; for any thread.

    Every message that was tried has a ``tuimail_result``: what became of each of its
    recipients. Several are sent over the same connections, and those before are no
    reason to leave out those after.
    """

    def __init__(
        self,
        *,
        account: str = "",
        workspace: Home = DEFAULT,
        fail_silently: bool = False,
        host: str | None = None,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool | None = None,
        use_ssl: bool | None = None,
        timeout: float | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - of Django's
    ) -> None:
        """Say what mail goes through; nothing is connected yet.

        Args:
            account: The name of an account that tuimail knows; empty for what
                ``TUIMAIL_ACCOUNT`` says, which takes the place of ``EMAIL_…``.
            workspace: Where mail is stored before it leaves; None for nowhere. Left
                out, it is what ``TUIMAIL_WORKSPACE`` says; where that is not set, the
                one that the command line would use, and nowhere without an account.
            fail_silently: Whether mail that is not sent raises nothing.
            host: The server, in the place of an account; so are those below.
            port: None for the one that goes with TLS.
            username: Empty where the server wants no login.
            password: The password, or where it is: ``env:NAME``, ``file:PATH``.
            use_tls: Whether TLS begins after the greeting.
            use_ssl: Whether TLS begins at once.
            timeout: Seconds to wait for what becomes of each mail.
            ssl_keyfile: With ``ssl_certfile``, what is shown to a server that asks.
            ssl_certfile: As above.
            kwargs: What Django adds, such as ``alias``.

        Raises:
            ConfigurationError: That names two ways out, or none.
            TypeError: An option has a name that means nothing.
        """
        if kwargs.get("alias") is None:  # else Django names the mailer that is wrong
            _refuse_unknown(kwargs)
        super().__init__(**kwargs)
        self.fail_silently = fail_silently
        server = {
            "host": host,
            "port": port,
            "username": username,
            "password": password,
            "use_tls": use_tls,
            "use_ssl": use_ssl,
            "timeout": timeout,
            "ssl_keyfile": ssl_keyfile,
            "ssl_certfile": ssl_certfile,
        }
        self._way = way_out(
            server,
            account=account,
            workspace=workspace,
            has_mailers=getattr(self, "alias", None) is not None,
        )
        self._changing = threading.Lock()
        self._users = 0
        self._is_kept_open = False
        self._connection: Connection | None = None
        self._closing = ExitStack()

    def open(self) -> bool | None:
        """Keep connections until ``close``; return whether they were not kept before.

        None says that it went wrong, where that is to be silent.

        Raises:
            ConfigurationError: There is no such account, or it cannot be used.
        """
        with self._changing:
            is_new = self._connection is None
            try:
                self._connect()
            except TuimailError:
                if not self.fail_silently:
                    raise
                return None
            self._is_kept_open = True
            return is_new

    def close(self) -> None:
        """Close the connections, once nothing is sent over them."""
        with self._changing:
            self._is_kept_open = False
            self._disconnect_if_unused()

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send messages, and return how many a provider or the outbox took.

        All are read before the first is sent, so that one that cannot be sent at all
        stops them all, where that is not to be silent.

        Raises:
            FieldError: tuimail cannot send one of them exactly as it is.
            MailNotSentError: One was not sent to everybody; the others were tried.
            TuimailError: The account or the workspace cannot be used.
        """
        emails = [one for one in email_messages or () if one.recipients()]
        said = [(email, message) for email in emails if (message := self._read(email))]
        if not said:
            return 0
        try:
            with self._in_use() as opened:
                results = [self._sent(opened, email, one) for email, one in said]
        except TuimailError:
            if not self.fail_silently:
                raise
            return 0
        failed = next((one for one in results if one.error is not None), None)
        if failed is not None and not self.fail_silently:
            raise _error(failed)
        return sum(one.error is None for one in results)

    def _read(self, email: Any) -> Message | None:  # noqa: ANN401 - Django has no types
        try:
            return message_of(email)
        except TuimailError as error:
            if not self.fail_silently:
                raise
            email.tuimail_result = refused(error, map(str, email.recipients()))
            return None

    def _sent(self, opened: "Connection", email: Any, message: Message) -> Result:  # noqa: ANN401 - as above
        """Send one message, and tell it what came of it."""
        result = opened.send(message, wait=self._way.wait, fail_silently=True)
        email.tuimail_result = result
        return result

    @contextmanager
    def _in_use(self) -> Iterator["Connection"]:
        """Have connections, which stay open for as long as any thread uses them."""
        with self._changing:
            opened = self._connect()
            self._users += 1
        try:
            yield opened
        finally:
            with self._changing:
                self._users -= 1
                self._disconnect_if_unused()

    def _connect(self) -> "Connection":
        if self._connection is None:
            self._connection = self._closing.enter_context(
                connection(self._way.account, workspace=self._way.workspace)
            )
        return self._connection

    def _disconnect_if_unused(self) -> None:
        if not (self._users or self._is_kept_open):
            self._connection = None
            self._closing.close()


def _refuse_unknown(kwargs: Mapping[str, object]) -> None:
    unknown = [name for name in kwargs if name != "alias" and not name.startswith("_")]
    if unknown:
        raise TypeError(f"EmailBackend has no option {', '.join(unknown)}.")


def _error(result: Result) -> TuimailError:
    """Return what is raised about a mail that was not sent to everybody."""
    error = result.error or NotSentError("It was not sent.")
    return MailNotSentError(result, error) if isinstance(error, NotSentError) else error
