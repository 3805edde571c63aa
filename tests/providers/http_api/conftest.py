"""Accounts, servers and one message that has everything, for the mail APIs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from tests.core.drafts import a_draft, address, attachment, image, rendered
from tests.providers.http_api.fakes import Fake
from tuimail.core import compose
from tuimail.core.draft import Body, Draft
from tuimail.core.message import Envelope
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.providers.http.request import HttpLimits
from tuimail.providers.http_api import services
from tuimail.providers.http_api.provider import DeclaredProvider
from tuimail.testing import RecordedJob, ScriptedHttpServer, WebAct
from tuimail.testing.situations import SECRET

CLASSES: Final[dict[str, type[DeclaredProvider]]] = {
    found.service: found
    for found in (
        services.Resend, services.Postmark, services.SendGrid, services.Brevo,
        services.Mailjet, services.Mailtrap, services.MailerSend, services.Scaleway,
        services.SparkPost, services.Mailgun,
    )
}  # fmt: skip
LOGO: Final = b"not really a picture"


def options_for(fake: type[Fake], url: str) -> dict[str, str | int | bool]:
    """Return the options of an account whose service is at ``url``."""
    path = fake.send if fake.name == "mailtrap" else ""
    return {"url": url + path, "check_url": url, **fake.options}


def provider_for(
    fake: type[Fake],
    url: str,
    *,
    secret: Callable[[], str | None] = lambda: SECRET,
    limits: HttpLimits | None = None,
    **options: str | int | bool,
) -> DeclaredProvider:
    account = ProviderAccount(
        name="work", options=options_for(fake, url) | options, secret=secret
    )
    return CLASSES[fake.name](account, limits=limits)


async def submitted(
    fake: type[Fake], act: WebAct | Sequence[WebAct], *recipients: str
) -> Verdicts:
    """Return what becomes of a mail that is answered so."""
    acts = act if isinstance(act, Sequence) else (act,)
    async with ScriptedHttpServer(answers=acts) as server:
        provider = provider_for(fake, server.url)
        return await provider.submit(RecordedJob(*recipients).job)


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


def job_for(content: bytes, envelope: Envelope, **fields: Any) -> SendJob:
    """Return a job for that message and these people."""
    recorded = RecordedJob(content=content, piece_bytes=1000)
    return replace(recorded.job, envelope=envelope, **fields)


def plain_service(**fields: Any) -> ServiceOptions:
    return ServiceOptions(**fields)


def rich_draft(**fields: Any) -> Draft:
    """A draft with everything that any of the services can be told."""
    usual: dict[str, Any] = {
        "sender": address("Ada Lovelace <ada@example.org>"),
        "to": (address("Björn Ström <bjorn@bücher.example>"), address("bob@b.example")),
        "cc": (address("Cy <cy@example.net>"),),
        "bcc": (address("dot@example.net"),),
        "reply_to": (address("The desk <desk@example.org>"),),
        "subject": "Grüße & more",
        "body": Body(
            text="Hello,\n\n.\nünder", html='<p>“Hi” <img src="cid:logo"></p>'
        ),
        "attachments": (image(), attachment()),
        "in_reply_to": "<first@example.net>",
        "references": ("<zero@example.net>", "<first@example.net>"),
        "headers": (("X-Order", "größer"), ("X-Plain", "17")),
    }
    return a_draft(**(usual | fields))


def message_of(draft: Draft) -> tuple[bytes, Envelope]:
    return rendered(draft), compose.envelope(draft)
