"""The way out through a deployment of Cloudflare temp email."""

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    LookUp,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.api import Api, Looked, content_of, json_bytes
from tuimail.providers.http.options import base_url
from tuimail.providers.http.request import HttpLimits
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.parts import Parts, parts_of
from tuimail.providers.temp_email import answers, sendbox
from tuimail.providers.temp_email.credentials import (
    Credentials,
    Mode,
    read_credentials,
)
from tuimail.providers.temp_email.telling import (
    DERIVATION,
    refuse_as_address,
    refuse_as_admin,
    told_as_address,
    told_as_admin,
)

ALLOWED: Final = ("mode", "url")
EARLIER: Final = timedelta(days=1)
"""So much earlier than it says itself a mail is looked for: clocks differ, and an
earlier attempt may be the one that got through."""
MOST_PAGES: Final = 50


class TempEmailProvider:
    """Submits as one address, or as who runs the service."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_look_up=True, derivation=DERIVATION
    )

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        options.refuse_unknown(account, ALLOWED)
        mode = options.choice(
            account, "mode", allowed=tuple(Mode), default=Mode.ADDRESS
        )
        self._mode = Mode(mode)
        self._api = Api(
            account,
            base_url(account),
            limits=limits,
            headers=lambda key: read_credentials(key).headers(self._mode),
        )

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take what can be said, which for an address is little."""
        if self._mode is Mode.ADMIN:
            refuse_as_admin(draft, envelope)
        else:
            refuse_as_address(draft, envelope)

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return the request, without the token and the mark that are added to it.

        Raises:
            UnsupportedFeatureError: It cannot be told here.
        """
        return json_bytes(self._told(parts_of(content, envelope)))

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once, with a mark by which the mail can be found again."""
        try:
            return await self._submitted(job)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._api.server)

    async def look_up(self, question: LookUp) -> Verdicts | None:
        """Look for the mail in the record of what was sent.

        Not for who runs the service: such mail is in no record.
        """
        if self._mode is Mode.ADMIN:
            return None
        try:
            found = await self._found(question)
        except NotConnectedError:
            return None
        if found is None:
            return None
        return _is_sent(question.envelope, found, server=self._api.server)

    async def check(self) -> AccountCheck:
        """Ask for the settings of the address, or, as admin, for one mail sent."""
        try:
            looked = await self._looked(_CHECKS[self._mode])
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        if not looked.is_good:
            return self._wrong(looked.judgement.fault, looked.found.text)
        left = answers.balance(looked.found)
        return AccountCheck(
            ok=True,
            endpoint=self._api.server,
            latency_ms=looked.latency_ms,
            capabilities=tuple(filter(None, [answers.address_of(looked.found)])),
            limits={} if left is None else {"send_balance": left},
            hint=_NO_BALANCE if left == 0 else "",
        )

    async def close(self) -> None:
        """Nothing is open."""

    def _told(self, parts: Parts) -> Mapping[str, object]:
        return (told_as_admin if self._mode is Mode.ADMIN else told_as_address)(parts)

    def _told_by(self, credentials: Credentials, parts: Parts) -> Mapping[str, object]:
        """Return what is said, where the sender is who the token is for."""
        owner = credentials.address if self._mode is not Mode.ADMIN else ""
        if owner and owner.lower() != parts.sender.text.lower():
            raise UnsupportedFeatureError(
                f"The token is for {owner}, and the mail is from {parts.sender.text}.",
                hint="Send it from that address, or with the token of the other one.",
                field="from",
            )
        return self._told(parts)

    async def _submitted(self, job: SendJob) -> Verdicts:
        key = await self._api.key()
        credentials = read_credentials(key)
        content = await content_of(job)
        try:
            told = self._told_by(credentials, parts_of(content, job.envelope))
        except UnsupportedFeatureError as error:
            return self._refused(job.envelope, error)
        found = await self._api.posted(
            _PATHS[self._mode],
            json_bytes({**told, **self._added(job, credentials.key)}),
            key=key,
            point=job.point_of_no_return,
            progress=job.progress,
        )
        judge = partial(answers.judged, mode=self._mode)
        judgement = await self._api.judged(found, key, judge)
        return verdicts(job.envelope, credentials.struck_out(found), judgement)

    def _added(self, job: SendJob, key: str) -> Mapping[str, object]:
        """Return what is said beside the mail."""
        mark = {sendbox.MARK: job.idempotency_key}
        if self._mode is Mode.ADMIN:
            return {}
        return {**mark, "token": key} if self._mode is Mode.EXTERNAL else mark

    def _refused(self, envelope: Envelope, error: UnsupportedFeatureError) -> Verdicts:
        """Refuse a mail that cannot be told with this token, before it is asked."""
        nothing = Receipt(stage=HttpStage.REQUEST, text=f"{error} {error.hint}")
        return Verdicts(
            by_recipient=tuple(
                Verdict(
                    wire_address=one.wire_address,
                    kind=VerdictKind.REFUSED,
                    receipt=nothing,
                )
                for one in envelope.recipients
            ),
            server=self._api.server,
        )

    async def _found(self, question: LookUp) -> sendbox.Sent | None:
        since = question.committed_at - EARLIER
        for number in range(MOST_PAGES):
            looked = await self._looked(sendbox.path_of(number * sendbox.PAGE))
            page = sendbox.read_page(looked.found) if looked.is_good else ()
            for one in page:
                if one.mark == question.idempotency_key:
                    return one
            if len(page) < sendbox.PAGE or _is_before(page[-1], since):
                return None
        return None

    async def _looked(self, path: str) -> Looked:
        key = await self._api.key()
        looked = await self._api.looked(path, answers.judged_look)
        clean = read_credentials(key).struck_out(looked.found)
        return Looked(
            found=clean, judgement=looked.judgement, latency_ms=looked.latency_ms
        )

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._api.server,
            fault=fault,
            error=error,
            hint=_UNREACHABLE if fault is None else _HINTS.get(fault, _UNREACHABLE),
        )


def _is_before(one: sendbox.Sent, moment: datetime) -> bool:
    return one.at is not None and one.at < moment


def _is_sent(envelope: Envelope, found: sendbox.Sent, *, server: str) -> Verdicts:
    place = f"number {found.number} in" if found.number else "in"
    text = f"It is {place} the sendbox."
    receipt = Receipt(
        stage=HttpStage.REPLY, text=text, provider_message_id=found.number
    )
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address, kind=VerdictKind.SENT, receipt=receipt
            )
            for one in envelope.recipients
        ),
        server=server,
    )


_PATHS: Final = {
    Mode.ADDRESS: "/api/send_mail",
    Mode.EXTERNAL: "/external/api/send_mail",
    Mode.ADMIN: "/admin/send_mail_by_binding",
}
_CHECKS: Final = {
    Mode.ADDRESS: "/api/settings",
    Mode.EXTERNAL: "/api/settings",
    Mode.ADMIN: "/admin/sendbox?limit=1&offset=0",
}
_NO_BALANCE: Final = "The address may send no mail: ask who runs the service."
_UNREACHABLE: Final = "Look at url, and at the network."
_HINTS: Final = {
    AccountFault.LOGIN: "Look at password: it is the token of the address, or, with "
    'mode = "admin", the admin password; with a password of the site, both as '
    '{"key": "…", "site_password": "…"}.',
    AccountFault.SECRET: "Look at password in the account's settings.",
    AccountFault.SETTINGS: "Look at url, and ask who runs the service.",
}
