"""The way out through an SMTP server, over connections that are kept."""

import asyncio
from collections.abc import Callable
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.submission import AccountFault, Receipt, Verdicts
from tuimail.core.values import replace
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import field_not_ascii, refuse_features
from tuimail.providers.secrets import secret_from
from tuimail.providers.smtp.connection import Connection, connect
from tuimail.providers.smtp.failures import InjectedError
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.options import Tls, read_options
from tuimail.providers.smtp.pool import Pool
from tuimail.providers.smtp.suspension import slept
from tuimail.providers.tls import Trust

INJECTIONS_THAT_HOLD: Final = 2
"""A person shall look at the network then."""


class SmtpProvider:
    """Submits through one server, which keeps nothing that could be asked later."""

    capabilities: ClassVar[Capabilities] = Capabilities(is_pipelined=True)

    def __init__(
        self,
        account: ProviderAccount,
        *,
        limits: StageLimits | None = None,
        slept: Callable[[], float] = slept,
    ) -> None:
        self._account = account
        self._options = read_options(account)
        self._limits = limits or StageLimits()
        self._trust = Trust(
            ca_file=self._options.ca_file,
            cert_file=self._options.client_cert_file,
            key_file=self._options.client_key_file,
        )
        self._injections = 0
        """In how many sessions something stood behind the answer to STARTTLS."""
        self._pool = Pool(
            self._connected,
            limits=account.limits,
            stages=self._limits,
            server=self._options.endpoint,
            slept=slept,
        )

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take any message: SMTP carries the bytes as they are, and nothing else.

        Whether the server takes addresses that are not ASCII is only known once it
        is asked; where a person knows that it does not, nothing has to leave to
        find out.
        """
        refuse_features(envelope.service, provider="SMTP")
        if envelope.needs_smtputf8 and not self._options.has_smtputf8:
            raise UnsupportedFeatureError(
                "An address is not ASCII before the @, which this account's server "
                "does not take (SMTPUTF8).",
                hint="Use an address in ASCII, or send through another account.",
                field=field_not_ascii(draft),
            )

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once, through whatever connection is free first."""
        return await self._pool.submit(job)

    async def check(self) -> AccountCheck:
        """Log in, and say what the server offers."""
        started = asyncio.get_running_loop().time()
        try:
            connection = await self._connected(self._account.progress)
        except NotConnectedError as error:
            return AccountCheck(
                ok=False,
                endpoint=self._options.endpoint,
                fault=error.fault,
                error=_said(error.receipt),
                hint=_UNREACHABLE if error.fault is None else _HINTS[error.fault],
            )
        elapsed = asyncio.get_running_loop().time() - started
        self._pool.part(connection.conversation)
        most = connection.offered.most_bytes
        return AccountCheck(
            ok=True,
            endpoint=self._options.endpoint,
            latency_ms=round(elapsed * 1000),
            capabilities=connection.offered.lines,
            limits={} if most is None else {"size_bytes": most},
        )

    async def close(self) -> None:
        """Say goodbye on every connection, which is short."""
        await self._pool.close()

    async def _connected(self, progress: Callable[[str], None]) -> Connection:
        secret = await self._secret()
        try:
            return await connect(
                self._options,
                context=await self._trust.context(
                    is_encrypted=self._options.tls is not Tls.NONE
                ),
                secret=secret,
                renew=self._renewed if self._account.renew_secret else None,
                limits=self._limits,
                progress=progress,
            )
        except InjectedError as error:
            raise self._counted(error) from None

    def _counted(self, error: InjectedError) -> NotConnectedError:
        """Return what it means: once may be an accident, and twice is none."""
        self._injections += 1
        if self._injections < INJECTIONS_THAT_HOLD:
            return error
        text = f"{error.receipt.text} This happened {self._injections} times."
        return NotConnectedError(
            replace(error.receipt, text=text), fault=AccountFault.CERTIFICATE
        )

    async def _secret(self) -> str:
        if not self._options.username:
            return ""
        return await secret_from(self._account.secret)

    async def _renewed(self) -> str:
        return await secret_from(self._account.renew_secret or self._account.secret)


def _said(receipt: Receipt) -> str:
    """Return a reply as servers write it, with its code; or what failed."""
    return f"{receipt.code or ''} {receipt.text}".strip()


_UNREACHABLE: Final = "Look at host, port and tls, and at the network."
_HINTS: Final = {
    AccountFault.LOGIN: "Look at username and password; many providers want an "
    "app password instead of the one for their web page.",
    AccountFault.CERTIFICATE: "Look at host and tls; for a server with an authority "
    "of its own, name its certificate: ca_file; for one that asks for yours: "
    "client_cert_file.",
    AccountFault.SECRET: "Look at password in the account's settings.",
    AccountFault.SETTINGS: "Look at ca_file, client_cert_file and "
    "client_key_file in the account's settings.",
}
