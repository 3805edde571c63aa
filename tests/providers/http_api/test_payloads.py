"""What each service is told, to the byte; and that it takes it."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.core.drafts import CONTENT
from tests.providers.http_api import golden
from tests.providers.http_api.conftest import (
    CLASSES,
    job_for,
    kinds,
    message_of,
    provider_for,
)
from tests.providers.http_api.golden import BY_NAME, draft_for, golden_of
from tuimail.core.draft import Body
from tuimail.core.submission import VerdictKind
from tuimail.providers.http_api.paths import first
from tuimail.providers.http_api.reading import definition_of
from tuimail.providers.registry import TAKE_BYTES
from tuimail.testing import ScriptedHttpServer


@pytest.mark.parametrize("name", CLASSES)
def test_a_message_with_everything_is_told_as_it_was(name: str) -> None:
    """Else raise the number of the rules; see ``golden``."""
    written = json.loads((golden.FOLDER / f"{name}.json").read_text())

    assert golden_of(name) == written


@pytest.mark.parametrize("name", CLASSES)
def test_the_rules_of_a_class_are_those_of_its_file(name: str) -> None:
    derivation = CLASSES[name].capabilities.derivation
    rules = definition_of(name).rules

    expected = "" if name in TAKE_BYTES else f"{name} {rules}"
    assert derivation == expected
    assert (definition_of(name).mime is not None) is (name in TAKE_BYTES)


@pytest.mark.parametrize("name", CLASSES)
async def test_what_is_shown_is_what_is_sent_and_the_service_takes_it(
    name: str,
) -> None:
    draft = draft_for(name)
    content, envelope = message_of(draft)
    fake = BY_NAME[name]()
    async with ScriptedHttpServer(answer=fake.answer) as server:
        provider = provider_for(BY_NAME[name], server.url)
        provider.accept(draft, envelope)
        verdicts = await provider.submit(job_for(content, envelope))

    taken = {VerdictKind.SENT, VerdictKind.QUEUED}
    assert set(kinds(verdicts)) <= taken, verdicts
    assert len(kinds(verdicts)) == 4
    assert server.requests[0].body == provider.payload(content, envelope)


@pytest.mark.parametrize("name", sorted({"sparkpost", "mailgun"}))
async def test_bytes_that_are_handed_on_arrive_as_they_are(name: str) -> None:
    content, envelope = message_of(draft_for(name))
    fake = BY_NAME[name]()
    async with ScriptedHttpServer(answer=fake.answer) as server:
        await provider_for(BY_NAME[name], server.url).submit(job_for(content, envelope))

    arrived: dict[str, Any] = {
        "sparkpost": lambda told: told["content"]["email_rfc822"].encode(),
        "mailgun": lambda told: dict(told)["message"],
    }
    assert arrived[name](fake.told[0]) == content


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - TAKE_BYTES))
def test_a_file_is_told_whole(name: str) -> None:
    payload = golden.payload_of(name)

    assert base64.b64encode(CONTENT) in payload


@pytest.mark.parametrize("name", CLASSES)
def test_a_blind_recipient_is_in_no_header(name: str) -> None:
    content, _ = message_of(draft_for(name))

    assert b"dot@example.net" not in content
    assert b"dot@example.net" in golden.payload_of(name)


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("resend", "text", ""),
        ("mailersend", "text", None),
        ("sendgrid", "content.*.type", "text/html"),
    ],
)
def test_html_alone_stays_alone(name: str, path: str, expected: str | None) -> None:
    """Resend makes a text of it, unless it is told an empty one."""
    draft = replace(draft_for(name), body=Body(html="<p>Hi"), attachments=())
    provider = provider_for(BY_NAME[name], "http://127.0.0.1:1")

    told = json.loads(provider.payload(*message_of(draft)))

    assert first(told, path) == expected
