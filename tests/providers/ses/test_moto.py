"""The same against a server that somebody else wrote, who read the same documents."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.core.drafts import a_draft, address, rendered
from tuimail.core.compose import envelope
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.base import ProviderAccount
from tuimail.providers.ses.provider import SesProvider
from tuimail.testing import RecordedJob

SENDER = "agent@corp.example"
DRAFT = a_draft(
    sender=address(SENDER),
    to=(address("ana@example.net"),),
    bcc=(address("hidden@example.net"),),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    server.stop()


async def sent(url: str) -> Verdicts:
    recorded = RecordedJob(content=rendered(DRAFT))
    account = ProviderAccount(
        name="work",
        options={"region": "eu-central-1", "access_key_id": "AKIDEXAMPLE", "url": url},
        secret=lambda: "a secret",
    )
    provider = SesProvider(account)
    return await provider.submit(replace(recorded.job, envelope=envelope(DRAFT)))


def verify(url: str, sender: str) -> None:
    client = boto3.client(
        "sesv2",
        region_name="eu-central-1",
        endpoint_url=url,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="a secret",
    )
    client.create_email_identity(EmailIdentity=sender)
    client.close()


def stored(url: str) -> list[dict[str, object]]:
    with urllib.request.urlopen(f"{url}/moto-api/data.json") as answer:
        found: list[dict[str, object]] = json.load(answer)["ses"].get("RawMessage", [])
    return found


@pytest.mark.slow
async def test_mail_is_taken_once_its_sender_is_verified(url: str) -> None:
    refused = await sent(url)
    verify(url, SENDER)
    taken = await sent(url)

    assert {one.kind for one in refused.by_recipient} == {VerdictKind.REFUSED}
    assert "MessageRejected" in refused.by_recipient[0].receipt.text
    assert {one.kind for one in taken.by_recipient} == {VerdictKind.SENT}
    (message,) = stored(url)
    assert message["id"] == taken.by_recipient[0].receipt.provider_message_id
    assert message["raw_data"] == rendered(DRAFT).decode()
    assert "hidden@example.net" in str(message["destinations"])
