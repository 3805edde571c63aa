"""Mail that is stored nowhere: what the owner and the checks want looked at stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.conftest import account
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import (
    ConfigurationError,
    NotAllowedError,
    PolicyError,
    UnsupportedFeatureError,
)
from tuimail.providers.base import SendJob
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config
from tuimail.testing.provider import FakeProvider
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.direct import Direct, PolicyOfFile, Ready
from tuimail.workspace.direct_sending import Patience, Way
from tuimail.workspace.fields import Fields

MAIL = Fields(to=("bea@example.net",), subject="Hello", text="Hi")
ACCOUNT = account("work", provider="dummy", options={})
BLOCKED = """version = 1
[recipients]
block = ["@example.net"]
"""
REVIEWED = """version = 1
[defaults]
humans = "review"
"""


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def direct(config_path: Path, settings: AccountSettings = ACCOUNT) -> Direct:
    config = Config(accounts=(settings,), default_account=settings.name)
    return Direct(config=lambda _: config, config_path=config_path, environ={})


def policy(config_path: Path, text: str, mode: int = 0o600) -> Path:
    path = config_path.with_name("policy.toml")
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_mail_that_nobody_objects_to_may_leave(config_path: Path) -> None:
    policy(config_path, "version = 1\n")
    way = direct(config_path)

    way.require_allowed(way.made(MAIL))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BLOCKED, "bea@example.net may not be written to"),
        (REVIEWED, "reviewed by somebody else"),
    ],
)
def test_what_the_policy_is_against_does_not_leave(
    config_path: Path, text: str, said: str
) -> None:
    policy(config_path, text)
    way = direct(config_path)

    with pytest.raises(PolicyError, match=said) as caught:
        way.require_allowed(way.made(MAIL))

    assert caught.value.hint


def test_a_policy_that_cannot_be_read_lets_nothing_leave(config_path: Path) -> None:
    policy(config_path, "version = 1\n", mode=0o666)
    way = direct(config_path)

    with pytest.raises(ConfigurationError, match="open to others"):
        way.require_allowed(way.made(MAIL))


def test_a_policy_is_read_again_where_it_changed(config_path: Path) -> None:
    watched = PolicyOfFile(config_path)
    before = watched.current()
    policy(config_path, BLOCKED)
    after = watched.current()

    assert before.policy is None
    assert after.policy is not None
    assert watched.current() is after


@pytest.mark.parametrize("setting", ["review", "block"])
def test_an_account_that_wants_a_terminal_sends_nothing_from_here(
    config_path: Path, setting: str
) -> None:
    strict = replace(ACCOUNT, noninteractive_send=setting)  # type: ignore[arg-type] # one of the words
    way = direct(config_path, strict)

    with pytest.raises(NotAllowedError, match=r"This account .*noninteractive_send"):
        way.require_allowed(way.made(MAIL))


def test_a_policy_may_be_stricter_about_that_than_the_account(
    config_path: Path,
) -> None:
    policy(config_path, 'version = 1\n[defaults]\nnoninteractive_send = "review"\n')
    way = direct(config_path)

    with pytest.raises(NotAllowedError, match="The policy wants"):
        way.require_allowed(way.made(MAIL))


def test_what_a_check_says_nobody_should_let_pass_does_not_leave(
    config_path: Path,
) -> None:
    way = direct(config_path)
    key = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n" + b"A" * 900
    file = FileToAttach(source=key, name="key.pem")
    ready = way.made(replace(MAIL, attachments=(file,)))

    with pytest.raises(NotAllowedError) as caught:
        way.require_allowed(ready)

    assert caught.value.message == ready.findings[0].message


def test_what_the_account_does_not_take_is_refused_before_it_leaves(
    config_path: Path,
) -> None:
    way = direct(config_path, replace(ACCOUNT, max_message_bytes=10_000))

    with pytest.raises(UnsupportedFeatureError, match="takes 10,000"):
        way.made(replace(MAIL, text="word " * 4_000))


@pytest.fixture
def ready(config_path: Path) -> Ready:
    return direct(config_path).made(MAIL)


async def test_what_is_let_go_of_after_the_point_of_no_return_is_waited_for(
    ready: Ready,
) -> None:
    patience = Patience()

    async def late(job: SendJob) -> Verdicts:
        await _hand_over(job)
        patience.let_go()
        return await FakeProvider().submit(job)

    outcome = await Way(ACCOUNT, FakeProvider(answers=[late])).send(ready, patience)

    assert outcome.status == "sent"


async def test_what_is_let_go_of_before_it_is_not_sent(ready: Ready) -> None:
    patience, provider = Patience(), FakeProvider()
    patience.let_go()

    outcome = await Way(ACCOUNT, provider).send(ready, patience)

    assert (outcome.status, outcome.is_temporary) == ("error", True)
    assert provider.jobs == []


async def test_a_provider_that_hands_out_less_sends_nothing(ready: Ready) -> None:
    async def careless(job: SendJob) -> Verdicts:
        await job.point_of_no_return()
        raise AssertionError("It may not get here.")

    provider = FakeProvider(answers=[careless])
    outcome = await Way(ACCOUNT, provider).send(ready, Patience())

    assert outcome.status == "error"
    assert "Other bytes were handed out" in outcome.reason


async def test_the_same_bytes_can_be_handed_out_again(ready: Ready) -> None:
    async def twice(job: SendJob) -> Verdicts:
        async for _ in job.pieces():
            break
        return await FakeProvider(answers=[VerdictKind.SENT]).submit(job)

    outcome = await Way(ACCOUNT, FakeProvider(answers=[twice])).send(ready, Patience())

    assert outcome.status == "sent"


async def _hand_over(job: SendJob) -> None:
    async for _ in job.pieces():
        pass
    await job.point_of_no_return()
