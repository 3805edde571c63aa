"""The engine: one request, its key, its body, and whom it trusts."""

import ssl
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import trustme

from tests.core.drafts import a_draft, attachment, planned, reader
from tests.providers.http_api import fakes
from tests.providers.http_api.conftest import (
    CLASSES,
    job_for,
    kinds,
    message_of,
    options_for,
    provider_for,
)
from tests.providers.http_api.golden import BY_NAME, draft_for
from tuimail.core import compose
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.errors import ConfigurationError, SecretError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.registry import provider_class
from tuimail.testing import RecordedJob, Respond, ScriptedHttpServer
from tuimail.testing.jobs import envelope_to
from tuimail.testing.situations import SECRET

ANA = "ana@example.net"


@pytest.mark.parametrize("name", CLASSES)
async def test_only_the_service_sees_the_key_and_only_in_its_header(name: str) -> None:
    fake = BY_NAME[name]
    async with ScriptedHttpServer(answer=fake().answer) as server:
        provider = provider_for(fake, server.url)
        await provider.submit(RecordedJob(ANA).job)
        await provider.check()

    for request in server.requests:
        assert SECRET not in request.target
        assert SECRET.encode() not in request.body
    assert "tuimail" in server.requests[0].headers["user-agent"]


@pytest.mark.parametrize("name", CLASSES)
async def test_a_service_that_repeats_the_key_does_not_put_it_into_the_record(
    name: str,
) -> None:
    fake = BY_NAME[name]
    answer = Respond(status=401, body=fake().error(401, f"{SECRET} is no key"))
    async with ScriptedHttpServer(answer=lambda _received: answer) as server:
        provider = provider_for(fake, server.url)
        verdicts = await provider.submit(RecordedJob(ANA).job)
        check = await provider.check()

    assert SECRET not in f"{verdicts!r} {check!r}"
    assert "(the password)" in verdicts.fault_receipt.text
    assert "(the password)" in check.error


async def test_the_key_of_a_submission_is_shown_to_who_keeps_keys() -> None:
    async with ScriptedHttpServer(answer=fakes.Resend().answer) as server:
        await provider_for(fakes.Resend, server.url).submit(RecordedJob(ANA).job)

    assert server.requests[0].headers["idempotency-key"] == "key"


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"mailgun", "sparkpost"}))
async def test_nobody_reads_another_list_of_people_than_was_approved(name: str) -> None:
    """A service writes the list from whom it is told to send to."""
    content, envelope = message_of(draft_for(name))
    some = replace(envelope, recipients=envelope.recipients[:1])
    async with ScriptedHttpServer() as server:
        provider = provider_for(BY_NAME[name], server.url)
        verdicts = await provider.submit(job_for(content, some))

    assert kinds(verdicts) == [VerdictKind.REFUSED]
    assert "this attempt is not for" in verdicts.by_recipient[0].receipt.text
    assert server.connections == 0


async def test_blind_recipients_may_get_it_one_after_another() -> None:
    content, envelope = message_of(draft_for("postmark"))
    seen = replace(envelope, recipients=envelope.recipients[:3])
    fake = fakes.Postmark()
    async with ScriptedHttpServer(answer=fake.answer) as server:
        provider = provider_for(fakes.Postmark, server.url)
        verdicts = await provider.submit(job_for(content, seen))

    assert kinds(verdicts) == [VerdictKind.SENT] * 3
    assert "Bcc" not in fake.told[0]


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"resend"}))
async def test_nobody_else_is_said_to_know_keys(name: str) -> None:
    assert not CLASSES[name].capabilities.is_idempotent


async def test_a_message_that_cannot_be_told_goes_to_nobody() -> None:
    recorded = RecordedJob(
        ANA, content=b"From: a@b.example\r\nBcc: c@d.example\r\n\r\n"
    )
    async with ScriptedHttpServer() as server:
        provider = provider_for(fakes.Postmark, server.url)
        verdicts = await provider.submit(recorded.job)

    assert kinds(verdicts) == [VerdictKind.REFUSED]
    assert "cannot be told" in verdicts.by_recipient[0].receipt.text
    assert verdicts.server == f"127.0.0.1:{server.port}"
    assert server.connections == 0
    assert "point" not in recorded.events


async def test_bytes_that_are_not_ascii_are_not_told_as_text() -> None:
    content = "From: a@b.example\r\n\r\nünder\r\n".encode()
    async with ScriptedHttpServer() as server:
        provider = provider_for(fakes.SparkPost, server.url)
        verdicts = await provider.submit(RecordedJob(ANA, content=content).job)

    assert kinds(verdicts) == [VerdictKind.REFUSED]
    assert "ASCII" in verdicts.by_recipient[0].receipt.text


async def test_a_key_that_cannot_be_read_holds_the_account() -> None:
    def fail() -> str:
        raise SecretError("The keyring is locked.")

    provider = provider_for(fakes.Brevo, "http://127.0.0.1:1", secret=fail)
    verdicts = await provider.submit(RecordedJob(ANA).job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SECRET
    assert check.fault is AccountFault.SECRET
    assert "locked" in check.error
    assert check.endpoint == "http://127.0.0.1:1/v3/account"


async def test_a_ca_file_that_is_none_holds_the_account(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    provider = provider_for(fakes.Resend, "https://127.0.0.1:1", ca_file=str(path))
    verdicts = await provider.submit(RecordedJob(ANA).job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert "ca.pem" in verdicts.fault_receipt.text
    assert check.fault is AccountFault.SETTINGS


@pytest.mark.parametrize("is_ours", [True, False])
async def test_a_key_goes_to_nobody_but_whom_the_settings_trust(
    *, is_ours: bool, tmp_path: Path
) -> None:
    ca, stranger = trustme.CA(), trustme.CA()
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (ca if is_ours else stranger).issue_cert("127.0.0.1").configure_cert(tls)
    async with ScriptedHttpServer(answer=fakes.Resend().answer, tls=tls) as server:
        provider = provider_for(fakes.Resend, server.url, ca_file=str(path))
        verdicts = await provider.submit(RecordedJob(ANA).job)
        check = await provider.check()

    fault = None if is_ours else AccountFault.CERTIFICATE
    assert (verdicts.fault, check.fault) == (fault, fault)
    assert len(server.requests) == (2 if is_ours else 0)


@pytest.mark.parametrize(
    ("name", "options", "field"),
    [
        ("mailjet", {"username": ""}, "username"),
        ("mailjet", {"username": "a:b"}, "username"),
        ("scaleway", {"project_id": ""}, "project_id"),
        ("scaleway", {"project_id": "mine"}, "project_id"),
        ("scaleway", {"region": "../x"}, "region"),
        ("mailgun", {"domain": "a/b"}, "domain"),
        ("mailgun", {"domain": "localhost"}, "domain"),
        ("mailgun", {"domain": "a.b%2fc"}, "domain"),
        ("mailgun", {"domain": 17}, "domain"),
        ("sparkpost", {"subaccount": "one"}, "subaccount"),
        ("sparkpost", {"subaccount": "\u0661\u0667"}, "subaccount"),
        ("postmark", {"message_stream": "two words"}, "message_stream"),
        ("resend", {"url": "http://api.resend.com"}, "url"),
        ("resend", {"check_url": "ftp://api.resend.com"}, "check_url"),
        ("resend", {"domain": "example.org"}, "domain"),
    ],
)
def test_a_setting_of_no_use_is_refused(
    name: str, options: dict[str, Any], field: str
) -> None:
    url = options.pop("url", "http://127.0.0.1:1")

    with pytest.raises(ConfigurationError) as refused:
        provider_for(BY_NAME[name], url, **options)

    assert refused.value.field == field


async def test_settings_go_where_the_service_wants_them() -> None:
    async with ScriptedHttpServer() as server:
        scaleway = ProviderAccount(
            name="work",
            options={**options_for(fakes.Scaleway, server.url), "region": "nl-ams"},
            secret=lambda: SECRET,
        )
        postmark = options_for(fakes.Postmark, server.url)
        sparkpost = options_for(fakes.SparkPost, server.url)
        await CLASSES["scaleway"](scaleway).submit(RecordedJob(ANA).job)
        for name, options in (
            ("postmark", postmark | {"message_stream": "broadcast"}),
            ("sparkpost", sparkpost | {"subaccount": "17"}),
        ):
            account = replace(scaleway, options=options)
            await CLASSES[name](account).submit(RecordedJob(ANA).job)

    first, second, third = server.requests
    assert first.json["project_id"] == fakes.Scaleway.options["project_id"]
    assert second.json["MessageStream"] == "broadcast"
    assert third.headers["x-msys-subaccount"] == "17"


def test_where_each_service_is_without_settings() -> None:
    """Only what it needs is set; nothing is asked."""
    urls = {}
    for name, kind in CLASSES.items():
        account = ProviderAccount(
            name="work", options=BY_NAME[name].options, secret=lambda: SECRET
        )
        urls[name] = kind(account)._described.place.send_url

    assert urls == {
        "resend": "https://api.resend.com/emails",
        "postmark": "https://api.postmarkapp.com/email",
        "sendgrid": "https://api.sendgrid.com/v3/mail/send",
        "brevo": "https://api.brevo.com/v3/smtp/email",
        "mailjet": "https://api.mailjet.com/v3.1/send",
        "mailtrap": "https://send.api.mailtrap.io/api/send",
        "mailersend": "https://api.mailersend.com/v1/email",
        "scaleway": "https://api.scaleway.com/transactional-email/v1alpha1"
        "/regions/fr-par/emails",
        "sparkpost": "https://api.sparkpost.com/api/v1/transmissions",
        "mailgun": "https://api.mailgun.net/v3/mg.example.org/messages.mime",
    }


def test_each_class_is_registered() -> None:
    assert {name: provider_class(name) for name in CLASSES} == CLASSES


BIG: Final = 20_000_000


@pytest.mark.parametrize("name", ["postmark", "mailgun", "sparkpost"])
async def test_a_big_file_costs_little_more_than_it_has(name: str) -> None:
    """It is never there as text, nor twice as base64."""
    file = attachment(content=bytes(BIG))
    draft = a_draft(attachments=(file,))
    read = reader(bytes(BIG), step=65_536)
    content = b"".join(compose.render(planned(draft), read=read))
    recorded = RecordedJob(content=content, piece_bytes=65_536)
    job = replace(recorded.job, envelope=envelope_to(ANA))
    provider = provider_for(BY_NAME[name], "http://127.0.0.1:1")
    tracemalloc.start()
    await provider.submit(job)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 3 * BIG, f"{most / BIG:.1f} times its size"
