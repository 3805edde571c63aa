"""The way out through Amazon SES (API version 2, ``SendEmail``).

It takes the message as it is, and is told everybody who is to get it beside that, so
that no header names a blind copy. It answers with one id for all of them, and cannot
be asked afterwards what became of it.
"""

import asyncio
import importlib.util
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.http_reasons import HttpStage
from tuimail.core.message import Envelope, Role
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.http.api import content_of
from tuimail.providers.http.exchange import exchange, server_of
from tuimail.providers.http.request import Exchanged, HttpLimits
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.sayable import Sayable, refuse_unsayable
from tuimail.providers.secrets import NO_KEY, secret_from
from tuimail.providers.ses.client import SesClient
from tuimail.providers.ses.errors import NOT_ALLOWED, RAN_OUT, Said, judged
from tuimail.providers.ses.options import read_options
from tuimail.providers.ses.quota import AccountState
from tuimail.providers.ses.tags import message_tags
from tuimail.providers.ses.transport import Exchange
from tuimail.providers.tls import Trust

MOST_RECIPIENTS: Final = 50
MOST_BYTES: Final = 40_000_000
"""Of a message as rendered; more than 10 MB take longer."""


class SesProvider:
    """Submits through one account in one region."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        self._options = read_options(account)
        if importlib.util.find_spec("boto3") is None:
            raise ConfigurationError(
                f"The account “{account.name}” needs boto3, which is not installed.",
                hint="Install it: pip install 'tuimail[ses]'",
                field="provider",
            )
        self._account = account
        self._client = SesClient(self._options)
        self._trust = Trust(ca_file=self._options.ca_file)
        self._limits = limits or HttpLimits()
        self._has_worked = False
        """Whether credentials that have run out were good before."""

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take what SES takes: tags of few characters, no headers that steer it."""
        refuse_features(envelope.service, provider=_NAME)
        refuse_smtputf8(draft, envelope, provider=_NAME)
        refuse_unsayable(draft, envelope, _SAYABLE, provider=_NAME)
        message_tags(envelope.service)

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once, by one request."""
        try:
            said = await self._sent(job)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._server)
        except UnsupportedFeatureError as error:
            return self._not_asked(job.envelope, error)
        found = said.answer.get("MessageId")
        message_id = found if isinstance(found, str) else ""
        judgement = judged(said, is_right=bool(message_id), now=datetime.now(UTC))
        return verdicts(
            job.envelope,
            said.found,
            self._learned(said, judgement),
            provider_message_id=message_id,
        )

    async def check(self) -> AccountCheck:
        """Ask what the account may send, and has sent."""
        started = asyncio.get_running_loop().time()
        shorter = min(self._limits.connect, self._limits.reply)
        try:
            said = await self._client.call(
                "get_account",
                {},
                secret=await self._secret(),
                exchange=await self._exchange(replace(self._limits, reply=shorter)),
            )
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        elapsed = asyncio.get_running_loop().time() - started
        state = AccountState.of(said.answer)
        judgement = judged(said, is_right=state.is_known, now=datetime.now(UTC))
        if judgement.kind is VerdictKind.SENT or said.code in NOT_ALLOWED:
            latency = timedelta(seconds=elapsed)
            return state.check(said.found.server, latency=latency)
        return self._wrong(judgement.fault, said.message or said.found.text)

    async def close(self) -> None:
        """Nothing is open."""

    async def _sent(self, job: SendJob) -> Said:
        return await self._client.call(
            "send_email",
            _parameters(
                job.envelope,
                await content_of(job),
                configuration_set=self._options.configuration_set,
            ),
            secret=await self._secret(),
            exchange=await self._exchange(self._limits, job=job),
        )

    async def _exchange(
        self, limits: HttpLimits, *, job: SendJob | None = None
    ) -> Exchange:
        """Return what carries a request: a job's has a point of no return."""
        is_encrypted = not self._options.endpoint.startswith("http:")
        context = await self._trust.context(is_encrypted=is_encrypted)
        carry = partial(exchange, context=context, limits=limits)
        if job is None:
            return carry
        return partial(
            carry, point_of_no_return=job.point_of_no_return, progress=job.progress
        )

    async def _secret(self) -> str:
        if not self._options.access_key_id:
            return ""
        return await secret_from(self._account.secret, missing=NO_KEY)

    def _learned(self, said: Said, judgement: Judgement) -> Judgement:
        """Return what is to be done; credentials that ran out are read anew, once."""
        if judgement.kind is VerdictKind.SENT:
            self._has_worked = True
        if judgement.fault is not AccountFault.LOGIN:
            return judgement
        self._client.forget()
        is_worth_it = said.code in RAN_OUT and self._has_worked
        self._has_worked = False
        return Judgement(kind=VerdictKind.DEFERRED) if is_worth_it else judgement

    def _not_asked(
        self, envelope: Envelope, error: UnsupportedFeatureError
    ) -> Verdicts:
        nothing = Exchanged(
            stage=HttpStage.REQUEST, server=self._server, error=str(error)
        )
        return verdicts(envelope, nothing, Judgement(kind=VerdictKind.REFUSED))

    @property
    def _server(self) -> str:
        return server_of(self._options.endpoint)

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._server,
            fault=fault,
            error=error,
            hint=_UNREACHABLE if fault is None else _HINTS[fault],
        )


def _parameters(
    envelope: Envelope, content: bytes, *, configuration_set: str
) -> Mapping[str, object]:
    """Return what ``SendEmail`` is told; what is empty is left out."""
    said = {
        "FromEmailAddress": envelope.return_path,
        "Destination": {
            name: [one.wire_address for one in envelope.recipients if one.role is role]
            for role, name in _DESTINATIONS.items()
        },
        "Content": {"Raw": {"Data": content}},
        "ConfigurationSetName": configuration_set,
        "EmailTags": message_tags(envelope.service),
    }
    return {name: value for name, value in said.items() if value}


def _may_say(name: str, _value: str) -> bool:
    """Return whether a header is one that SES only hands on."""
    return not name.lower().startswith("x-ses-")


_NAME: Final = "Amazon SES"
_SAYABLE: Final = Sayable(
    most_recipients=MOST_RECIPIENTS, most_bytes=MOST_BYTES, may_say=_may_say
)
_DESTINATIONS: Final = {
    Role.TO: "ToAddresses",
    Role.CC: "CcAddresses",
    Role.BCC: "BccAddresses",
}
_UNREACHABLE: Final = "Look at region and url, and at the network."
_LOOK_AT_KEY: Final = (
    "Look at access_key_id and password, or at the profile of your AWS configuration: "
    "aws sts get-caller-identity"
)
_HINTS: Final = {
    AccountFault.LOGIN: _LOOK_AT_KEY,
    AccountFault.SECRET: _LOOK_AT_KEY,
    AccountFault.CERTIFICATE: "Look at url; for a server with an authority of its own, "
    "name its certificate: ca_file.",
    AccountFault.SETTINGS: "Look at region, profile, configuration_set and ca_file, "
    "and at the account's state in the SES console.",
    AccountFault.QUOTA: "Look at the sending statistics in the SES console.",
}
