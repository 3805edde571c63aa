"""The two providers that need no server."""

from collections.abc import Iterator
from io import StringIO

import pytest

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.providers.base import ProviderAccount
from tuimail.providers.console import ConsoleProvider
from tuimail.providers.dummy import DummyProvider, Kept
from tuimail.testing import RecordedJob, envelope_to

ACCOUNT = ProviderAccount(name="play", options={}, secret=lambda: None)
DRAFT = Draft(sender=Address(local="ada", domain="example.org"))


@pytest.fixture
def dummy() -> Iterator[DummyProvider]:
    DummyProvider.kept.clear()
    yield DummyProvider(ACCOUNT)
    DummyProvider.kept.clear()


async def test_what_dummy_takes_can_be_looked_at(dummy: DummyProvider) -> None:
    recorded = RecordedJob("bob@example.net")
    await dummy.submit(recorded.job)

    assert DummyProvider.kept == [
        Kept(account="play", envelope=recorded.job.envelope, content=recorded.content)
    ]


async def test_dummy_takes_anything(dummy: DummyProvider) -> None:
    dummy.accept(DRAFT, envelope_to("bob@example.net"))

    assert (await dummy.check()).ok


async def test_console_prints_envelope_and_message() -> None:
    printed = StringIO()
    provider = ConsoleProvider(ACCOUNT, stream=printed)
    provider.accept(DRAFT, envelope_to("bob@example.net"))
    await provider.submit(RecordedJob("bob@example.net").job)

    assert printed.getvalue().splitlines()[:4] == [
        "MAIL FROM: ada@example.org",
        "RCPT TO: bob@example.net",
        "",
        "From: ada@example.org",
    ]


async def test_console_prints_nothing_that_acts_on_a_terminal() -> None:
    printed = StringIO()
    content = b"Subject: \x1b]0;title\x07\r\n\r\n\x9b2J\xe2\x80\xae\r\n"
    provider = ConsoleProvider(ACCOUNT, stream=printed)
    await provider.submit(RecordedJob("bob@example.net", content=content).job)

    assert not set("\x1b\x07\x9b\u202e\r") & set(printed.getvalue())


async def test_console_talks_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleProvider(ACCOUNT).submit(RecordedJob("bob@example.net").job)

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "RCPT TO: bob@example.net" in captured.err


async def test_console_has_nothing_that_could_fail() -> None:
    assert (await ConsoleProvider(ACCOUNT).check()).ok
