"""A service that a person describes in a file."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.core.drafts import address
from tests.providers.http_api.conftest import job_for, kinds, message_of, rich_draft
from tests.providers.http_api.test_services import NOWHERE, SCRIPTS
from tuimail.core import compose
from tuimail.core.draft import Body, Draft
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.errors import (
    ConfigurationError,
    DigestMismatchError,
    UnsupportedFeatureError,
)
from tuimail.providers import registry
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.providers.http_api.provider import ENGINE, HttpApiProvider
from tuimail.settings.account import AccountSettings
from tuimail.testing import (
    ProviderContract,
    Received,
    RecordedJob,
    Respond,
    Scene,
    ScriptedHttpServer,
    Situation,
    WebScript,
)
from tuimail.testing.situations import FRESH, SECOND, SECRET
from tuimail.workspace.ways_out import fingerprint

ANA: Final = "ana@example.net"
DOCS: Final = Path(compose.__file__).parents[1] / "docs" / "providers.md"


def example() -> str:
    """Return the file that the docs show."""
    _, _, rest = DOCS.read_text().partition("```toml\n# post.toml")
    return "# post.toml" + rest.partition("```")[0]


def tellable(**fields: Any) -> Draft:
    """Return a draft that the example can be told, but for ``fields``."""
    return rich_draft(**({"cc": (), "bcc": (), "headers": ()} | fields))


def account(path: Path, url: str, **options: str) -> ProviderAccount:
    return ProviderAccount(
        name="work",
        options={"definition": str(path), "url": url, "team": "blue", **options},
        secret=lambda: SECRET,
    )


@pytest.fixture
def post(tmp_path: Path) -> Path:
    path = tmp_path / "post.toml"
    path.write_text(example())
    return path


def said_yes(received: Received) -> Respond:
    people = [one["address"] for one in received.json["recipients"]]
    results = [{"address": one, "state": "accepted", "id": "7"} for one in people]
    return Respond(status=202, body={"batch": "4F", "results": results})


async def test_the_example_of_the_docs_sends(post: Path) -> None:
    content, envelope = message_of(tellable())
    async with ScriptedHttpServer(answer=said_yes) as server:
        provider = HttpApiProvider(account(post, server.url))
        verdicts = await provider.submit(job_for(content, envelope))

    request = server.requests[0]
    assert set(kinds(verdicts)) == {VerdictKind.QUEUED}
    assert request.target == "/v2/teams/blue/mail"
    assert request.headers["authorization"] == f"Token {SECRET}"
    assert request.body == provider.payload(content, envelope)
    assert verdicts.by_recipient[0].receipt.provider_message_id == "7"


async def test_the_example_of_the_docs_checks(post: Path) -> None:
    answer = Respond(body={"team": {"name": "blue", "left_today": 17}})
    async with ScriptedHttpServer(answer=lambda _received: answer) as server:
        check = await HttpApiProvider(account(post, server.url)).check()

    assert check.ok
    assert check.limits["left_today"] == 17
    assert server.requests[0].target == "/v2/teams/blue"


async def test_the_example_of_the_docs_knows_errors(post: Path) -> None:
    spent = Respond(status=403, body={"error": {"code": "limit_reached"}})
    async with ScriptedHttpServer(answer=lambda _received: spent) as server:
        provider = HttpApiProvider(account(post, server.url))
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.QUOTA


def change(path: Path) -> None:
    path.write_text(example().replace('subject = "subject"', 'subject = "title"'))


def remove(path: Path) -> None:
    path.unlink()


LEFT_OUT: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("", {"headers": (("X-A", "1"),)}, "header"),
    ("", {"cc": (address(ANA),)}, "cc"),
    ("", {"bcc": (address(ANA),)}, "bcc"),
    ("", {"to": tuple(address(f"r{n}@b.example") for n in range(21))}, "to"),
    ("", {"subject": "{{ x }}"}, "subject"),
    ('reply_to = "message.answer_to"', {}, "reply-to"),
    ('html = "message.parts.html"', {"attachments": ()}, "html"),
    (
        'html = "message.parts.html"',
        {"attachments": (), "body": Body(html="<p>Hi")},
        "html",
    ),
    ('content_id = "cid"', {}, "inline"),
]


@pytest.mark.parametrize(("line", "fields", "field"), LEFT_OUT)
def test_what_a_file_has_no_place_for_is_refused(
    line: str, fields: dict[str, Any], field: str, post: Path
) -> None:
    assert line in example()
    post.write_text(example().replace(line, ""))
    provider = HttpApiProvider(account(post, "http://127.0.0.1:1"))
    draft = tellable(**fields)

    with pytest.raises(UnsupportedFeatureError) as refused:
        provider.accept(draft, compose.envelope(draft))

    assert refused.value.field == field


def test_files_without_a_table_are_refused(post: Path) -> None:
    start, _, rest = example().partition("[attachments]")
    post.write_text(start + "[headers.own" + rest.partition("[headers.own")[2])
    provider = HttpApiProvider(account(post, "http://127.0.0.1:1"))
    content, envelope = message_of(tellable())

    with pytest.raises(UnsupportedFeatureError, match="shows no pictures"):
        provider.accept(tellable(), envelope)
    with pytest.raises(UnsupportedFeatureError, match="cannot be told files"):
        provider.payload(content, envelope)


@pytest.mark.parametrize(
    ("line", "fields", "what"),
    [
        ("", {"cc": (address(ANA),)}, "copies, as for ana@example.net"),
        ("", {"headers": (("X-A", "1"),)}, "the header X-A"),
        ('reply_to = "message.answer_to"', {}, "where answers go"),
        ('html = "message.parts.html"', {}, "HTML"),
        ('content_id = "cid"', {}, "pictures in HTML"),
    ],
)
def test_nothing_is_left_out_in_silence_later_either(
    line: str, fields: dict[str, Any], what: str, post: Path
) -> None:
    """A file may change between approval and attempt."""
    post.write_text(example().replace(line, ""))
    provider = HttpApiProvider(account(post, "http://127.0.0.1:1"))

    with pytest.raises(UnsupportedFeatureError, match=f"cannot be told {what}"):
        provider.payload(*message_of(tellable(**fields)))


def test_a_file_that_changes_needs_a_new_approval(post: Path) -> None:
    given = {"definition": str(post), "team": "blue"}
    before = registry.derivation("http_api", given)
    change(post)

    after = registry.derivation("http_api", given)

    assert before.startswith(ENGINE)
    assert before != after


def test_the_file_is_part_of_what_an_account_is(post: Path) -> None:
    settings = AccountSettings(
        name="work",
        provider="http_api",
        address=address("ada@example.org"),
        options={"definition": str(post), "team": "blue"},
    )
    before = fingerprint(settings)
    post.write_text(example() + "# a word\n")

    assert fingerprint(settings) != before


@pytest.mark.parametrize(
    ("more", "is_other"),
    [
        ({"team": "red"}, True),
        ({"url": "https://elsewhere.example"}, True),
        ({"ca_file": "/tmp/ca.pem"}, False),
        ({"check_url": "https://elsewhere.example"}, False),
    ],
)
def test_settings_that_say_what_is_told_are_part_of_it(
    post: Path, more: dict[str, str], *, is_other: bool
) -> None:
    given = {"definition": str(post), "team": "blue"}

    changed = registry.derivation("http_api", given | more)

    assert (changed != registry.derivation("http_api", given)) is is_other


def test_a_file_that_is_gone_has_the_rules_of_the_engine_alone() -> None:
    assert registry.derivation("http_api", {"definition": "/nowhere"}) == ENGINE
    assert registry.derivation("http_api", {}) == ENGINE
    assert registry.derivation("http_api") == ENGINE


def approved(provider: ProviderAccount) -> SendJob:
    """Return a job that is bound to what the file says now."""
    rules = registry.derivation("http_api", provider.options)
    return replace(RecordedJob(ANA).job, rules=rules)


@pytest.mark.parametrize("happens", [change, remove])
async def test_what_is_told_follows_the_file_that_was_approved(
    happens: Callable[[Path], None], post: Path
) -> None:
    """It is kept, whatever becomes of the file meanwhile."""
    async with ScriptedHttpServer(answer=said_yes) as server:
        known = account(post, server.url)
        provider, job = HttpApiProvider(known), approved(known)
        happens(post)
        await provider.submit(job)

    assert server.requests[0].json["subject"] == "dots"


async def test_a_file_that_is_changed_and_approved_anew_is_read_anew(
    post: Path,
) -> None:
    async with ScriptedHttpServer(answer=said_yes) as server:
        known = account(post, server.url)
        provider = HttpApiProvider(known)
        change(post)
        job = approved(known)
        first = await provider.submit(job)
        remove(post)
        again = await provider.submit(job)

    assert kinds(first) == kinds(again) == [VerdictKind.QUEUED]
    assert [one.json["title"] for one in server.requests] == ["dots", "dots"]


async def test_nothing_is_sent_by_a_file_that_nobody_approved(post: Path) -> None:
    async with ScriptedHttpServer(answer=said_yes) as server:
        known = account(post, server.url)
        job = approved(known)
        change(post)
        provider = HttpApiProvider(known)
        with pytest.raises(DigestMismatchError, match="nothing was sent") as refused:
            await provider.submit(job)

    assert refused.value.hint
    assert server.connections == 0


async def test_a_file_that_goes_meanwhile_holds_the_account(post: Path) -> None:
    known = account(post, "http://127.0.0.1:1")
    provider = HttpApiProvider(known)
    change(post)
    job = approved(known)
    remove(post)
    verdicts = await provider.submit(job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert "definition" in verdicts.fault_receipt.text
    assert check.fault is AccountFault.SETTINGS
    assert "definition" in check.error


@pytest.mark.parametrize("options", [{}, {"definition": ""}])
def test_without_a_file_there_is_no_service(options: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="definition") as refused:
        HttpApiProvider(
            ProviderAccount(name="work", options=options, secret=lambda: None)
        )

    assert refused.value.field == "definition"


def test_a_definition_is_not_found_by_a_number(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not text"):
        HttpApiProvider(
            ProviderAccount(
                name="work", options={"definition": 17}, secret=lambda: None
            )
        )


async def test_a_message_as_it_is_can_be_told_in_base64(tmp_path: Path) -> None:
    path = tmp_path / "raw.toml"
    path.write_text(
        example().partition("[parts]")[0]
        + '[mime]\npath = "raw"\nform = "base64"\nto = "recipients"\n'
        + "[answer]"
        + example().partition("[answer]")[2]
    )
    recorded = RecordedJob(ANA)
    async with ScriptedHttpServer(answer=said_yes) as server:
        provider = HttpApiProvider(account(path, server.url))
        await provider.submit(recorded.job)

    told = json.loads(server.requests[0].body)
    assert base64.b64decode(told["raw"]) == recorded.content
    assert told["recipients"] == [{"address": ANA}]


class PostFake:
    """The service of the example, strict about what it is told."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.refused: set[str] = set()
        self.copies = 0

    def answer(self, received: Received) -> Respond:
        if received.headers.get("authorization") != f"Token {self.key}":
            return Respond(status=401, body={"error": {"code": "wrong_token"}})
        if received.method == "GET":
            return Respond(body={"team": {"name": "blue", "left_today": 17}})
        told = received.json
        if set(told) != {"options", "message", "recipients", "subject"}:
            return Respond(status=400, body={"error": {"code": "odd"}})
        self.copies += 1
        return Respond(
            status=202,
            body={"batch": "4F", "results": [*map(self.result, told["recipients"])]},
        )

    def result(self, one: dict[str, str]) -> dict[str, str]:
        state = "bounced" if one["address"] in self.refused else "accepted"
        return {"address": one["address"], "state": state, "id": "7"}


def no(status: int, **headers: str) -> WebScript:
    body = {"error": {"code": "no"}}
    return {"answer": Respond(status=status, body=body, headers=headers)}


POST_SCRIPTS: Final[dict[Situation, WebScript]] = {
    **SCRIPTS,
    Situation.REFUSES: no(400),
    Situation.SLOW_DOWN: no(429, **{"Retry-After": "120"}),
    Situation.FAILS: no(500),
}


class TestPost(ProviderContract):
    """The contract, kept by a service that is described in a file."""

    @pytest.fixture(autouse=True)
    def file(self, post: Path) -> None:
        self.path = str(post)

    def account(self, **options: str | int | bool) -> ProviderAccount:
        usual = {"definition": self.path, "team": "blue"}
        return super().account(**(usual | options))

    def account_with_tokens(self, **options: str | int | bool) -> ProviderAccount:
        usual = {"definition": self.path, "team": "blue"}
        return super().account_with_tokens(**(usual | options))

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        keys = {Situation.WRONG_LOGIN: "another", Situation.OLD_TOKEN: FRESH}
        fake = PostFake(keys.get(situation, SECRET))
        if situation is Situation.REFUSES_SECOND:
            fake.refused.add(SECOND)
        is_old = situation is Situation.OLD_TOKEN
        make = self.account_with_tokens if is_old else self.account
        script = POST_SCRIPTS.get(situation)
        async with ScriptedHttpServer(script, answer=fake.answer) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            provider = HttpApiProvider(make(url=url))
            yield Scene(provider=provider, copies=lambda: fake.copies)


async def test_a_check_renews_a_token_that_ran_out(post: Path) -> None:
    contract = TestPost()
    contract.path = str(post)
    async with ScriptedHttpServer(answer=PostFake(FRESH).answer) as server:
        renewable = contract.account_with_tokens(url=server.url)
        check = await HttpApiProvider(renewable).check()

    assert check.ok
    assert len(server.requests) == 2
