"""The way out through Outlook, with an Outlook that does what it is told."""

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.core.drafts import (
    CONTENT,
    a_draft,
    address,
    attachment,
    image,
    rendered,
)
from tuimail.core.compose import envelope
from tuimail.core.draft import Body, Draft
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.base import Derives, ProviderAccount
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.outlook import OutlookProvider
from tuimail.testing import (
    ProviderContract,
    RecordedJob,
    Scene,
    Situation,
    standing_still_at_the_point,
)

SENDER = "agent@corp.example"
UNKNOWN = VerdictKind.UNKNOWN
ACCOUNT = ProviderAccount(name="work", options={}, secret=lambda: None)


class FakeItem:
    """A window that is filled, and shown."""

    def __init__(self, outlook: "FakeOutlook") -> None:
        self.SendUsingAccount: Any = None
        self.Subject = self.Body = self.HTMLBody = ""
        self.people: list[SimpleNamespace] = []
        self.answers: list[str] = []
        self.files: dict[str, bytes] = {}
        self.Recipients = SimpleNamespace(Add=self._add)
        self.ReplyRecipients = SimpleNamespace(Add=self.answers.append)
        self.Attachments = SimpleNamespace(Add=self._attach)
        self._outlook = outlook

    def _add(self, text: str) -> SimpleNamespace:
        self.people.append(SimpleNamespace(text=text, Type=0))
        return self.people[-1]

    def _attach(self, path: str) -> None:
        self.files[Path(path).name] = Path(path).read_bytes()

    def Display(self, is_modal: bool) -> None:  # noqa: FBT001, N802 - Outlook's own
        assert not is_modal
        if self._outlook.fails_to_show is not None:
            raise self._outlook.fails_to_show
        self._outlook.shown.append(self)


class FakeOutlook:
    """Outlook as COM shows it."""

    def __init__(self, *senders: str) -> None:
        self.shown: list[FakeItem] = []
        self.threads: set[str] = set()
        self.fails_to_show: Exception | None = None
        self.Version = "16.0"
        self.Session = SimpleNamespace(
            Accounts=[SimpleNamespace(SmtpAddress=one) for one in senders or (SENDER,)]
        )

    def CreateItem(self, kind: int) -> FakeItem:  # noqa: N802 - Outlook's own
        assert kind == 0
        self.threads.add(threading.current_thread().name)
        return FakeItem(self)

    @contextmanager
    def application(self) -> Iterator["FakeOutlook"]:
        yield self


def not_there() -> Any:
    raise NotConnectedError(Receipt(stage="machine", text="Outlook does not answer."))


class TestOutlook(ProviderContract):
    """Whatever a person does there, it takes everything and never says a word."""

    situations = frozenset({Situation.SILENT, Situation.NOT_THERE})

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        outlook = FakeOutlook("ada@example.org")
        is_there = situation is not Situation.NOT_THERE
        yield Scene(
            provider=OutlookProvider(
                self.account(), outlook=outlook.application if is_there else not_there
            ),
            copies=lambda: len(outlook.shown),
        )


def job_for(draft: Draft) -> Any:
    recorded = RecordedJob(content=rendered(draft), piece_bytes=1000)
    return replace(recorded.job, envelope=envelope(draft))


async def opened(draft: Draft) -> tuple[FakeItem, Verdicts]:
    outlook = FakeOutlook("somebody@corp.example", SENDER.upper())
    provider = OutlookProvider(ACCOUNT, outlook=outlook.application)
    verdicts = await provider.submit(job_for(draft))
    (item,) = outlook.shown
    assert item.SendUsingAccount is outlook.Session.Accounts[1]
    assert outlook.threads == {"tuimail-outlook"}
    return item, verdicts


LETTER = a_draft(
    to=(address('"Doe, Jane" <jane@example.net>'),),
    cc=(address("cc@example.net"),),
    bcc=(address("hidden@bücher.example"),),
    reply_to=(address("answers@example.net"),),
    subject="Grüße",
    body=Body(text="Hi\nthere\n"),
    attachments=(attachment("report.pdf"),),
)


async def test_a_window_is_filled_with_the_mail() -> None:
    item, verdicts = await opened(LETTER)

    assert [(one.Type, one.text) for one in item.people] == [
        (1, '"Doe, Jane" <jane@example.net>'),
        (2, "cc@example.net"),
        (3, "hidden@xn--bcher-kva.example"),
    ]
    assert item.answers == ["answers@example.net"]
    assert item.Subject == "Grüße"
    assert item.Body == "Hi\r\nthere\r\n"
    assert item.HTMLBody == ""
    assert {one.kind for one in verdicts.by_recipient} == {UNKNOWN}
    assert "look there" in verdicts.by_recipient[0].receipt.text


async def test_files_are_attached_under_their_names() -> None:
    item, _ = await opened(LETTER)

    assert item.files == {"report.pdf": CONTENT}


async def test_html_is_shown_where_there_is_some() -> None:
    item, _ = await opened(a_draft(body=Body(text="Hi", html="<p>Hi</p>")))

    assert "<p>Hi</p>" in item.HTMLBody
    assert item.Body == ""


def test_what_the_window_is_filled_with_can_be_looked_at_before() -> None:
    provider = OutlookProvider(ACCOUNT, outlook=FakeOutlook().application)
    payload = json.loads(provider.payload(rendered(LETTER), envelope(LETTER)))

    assert isinstance(provider, Derives)
    assert payload["bcc"] == ["hidden@xn--bcher-kva.example"]
    assert payload["text"] == "Hi\nthere\n"
    assert payload["attachments"][0]["filename"] == "report.pdf"
    html = a_draft(body=Body(html="<p>Hi</p>"))
    assert "html" in json.loads(provider.payload(rendered(html), envelope(html)))


async def test_a_mail_of_another_sender_is_not_opened() -> None:
    outlook = FakeOutlook("somebody@corp.example")
    recorded = RecordedJob(content=rendered(LETTER))
    job = replace(recorded.job, envelope=envelope(LETTER))
    verdicts = await OutlookProvider(ACCOUNT, outlook=outlook.application).submit(job)

    assert verdicts.fault is AccountFault.SETTINGS
    assert SENDER in verdicts.fault_receipt.text
    assert outlook.shown == []
    assert "point" not in recorded.events


async def test_a_window_that_may_have_opened_is_not_known() -> None:
    outlook = FakeOutlook()
    outlook.fails_to_show = NotConnectedError(Receipt(text="Outlook does not answer."))
    provider = OutlookProvider(ACCOUNT, outlook=outlook.application)
    verdicts = await provider.submit(job_for(LETTER))

    assert {one.kind for one in verdicts.by_recipient} == {UNKNOWN}
    assert verdicts.by_recipient[0].receipt.text == "Outlook does not answer."


async def test_a_mail_that_has_no_parts_is_refused() -> None:
    recorded = RecordedJob(content=b"Subject: from nobody\r\n\r\nHi\r\n")
    provider = OutlookProvider(ACCOUNT, outlook=FakeOutlook().application)
    verdicts = await provider.submit(recorded.job)

    assert {one.kind for one in verdicts.by_recipient} == {VerdictKind.REFUSED}


async def test_the_loop_goes_on_while_the_point_is_passed() -> None:
    outlook = FakeOutlook()
    job, stop = standing_still_at_the_point(job_for(LETTER))
    provider = OutlookProvider(ACCOUNT, outlook=outlook.application)
    submitting = asyncio.create_task(provider.submit(job))
    await stop.is_reached.wait()
    shown_before = list(outlook.shown)
    stop.goes_on.set()
    await submitting

    assert (shown_before, len(outlook.shown)) == ([], 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": (address("jörg@example.net"),)}, "to"),
        ({"headers": (("X-Tag", "spring"),)}, "header"),
        ({"service": ServiceOptions(track_clicks=False)}, "track-clicks"),
        (
            {
                "body": Body(html='<img src="cid:logo">'),
                "attachments": (image("logo"),),
            },
            "inline",
        ),
    ],
)
def test_what_a_window_cannot_be_filled_with_is_refused(
    fields: dict[str, Any], field: str
) -> None:
    draft = a_draft(**fields)
    provider = OutlookProvider(ACCOUNT, outlook=FakeOutlook().application)

    with pytest.raises(UnsupportedFeatureError, match="Outlook") as raised:
        provider.accept(draft, envelope(draft))

    assert raised.value.field == field
    provider.accept(LETTER, envelope(LETTER))


async def test_a_check_says_whom_outlook_sends_as() -> None:
    outlook = FakeOutlook(SENDER, "other@corp.example")
    check = await OutlookProvider(ACCOUNT, outlook=outlook.application).check()

    assert check.ok
    assert check.endpoint == "Outlook 16.0"
    assert check.capabilities == (SENDER, "other@corp.example")
    assert outlook.shown == []


async def test_a_check_of_an_outlook_that_is_not_there_says_so() -> None:
    check = await OutlookProvider(ACCOUNT, outlook=not_there).check()

    assert (check.ok, check.fault) == (False, None)
    assert "does not answer" in check.error
    assert check.hint


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_elsewhere_than_on_windows_it_says_what_to_use(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    with pytest.raises(ConfigurationError, match="Windows alone") as raised:
        OutlookProvider(ACCOUNT)

    assert raised.value.hint == (
        'Send through Microsoft 365 instead: provider = "graph"'
    )


def test_without_pywin32_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(ConfigurationError, match="pywin32") as raised:
        OutlookProvider(ACCOUNT)

    assert "tuimail[outlook]" in raised.value.hint


class ComError(Exception):
    """What COM raises."""

    def __init__(self, hresult: int) -> None:
        super().__init__(hresult, "Server execution failed")
        self.hresult = hresult


@pytest.fixture
def com(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[str]]:
    """Install a COM in which ``Dispatch`` does what it is told; returns its calls."""

    def install(dispatch: Any) -> list[str]:
        calls: list[str] = []
        pythoncom: Any = ModuleType("pythoncom")
        pythoncom.com_error = ComError
        pythoncom.CoInitialize = lambda: calls.append("begin")
        pythoncom.CoUninitialize = lambda: calls.append("end")
        client: Any = ModuleType("win32com.client")
        client.Dispatch = dispatch
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: True)
        for name, module in (
            ("pythoncom", pythoncom),
            ("win32com", ModuleType("win32com")),
            ("win32com.client", client),
        ):
            monkeypatch.setitem(sys.modules, name, module)
        return calls

    return install


async def test_com_is_begun_and_ended_in_the_thread(
    com: Callable[[Any], list[str]],
) -> None:
    outlook = FakeOutlook()
    calls = com(lambda _name: outlook)
    verdicts = await OutlookProvider(ACCOUNT).submit(job_for(LETTER))

    assert {one.kind for one in verdicts.by_recipient} == {UNKNOWN}
    assert calls == ["begin", "end"]


@pytest.mark.parametrize(
    ("hresult", "fault"),
    [
        (-2147221164, AccountFault.SETTINGS),
        (-2147221005, AccountFault.SETTINGS),
        (-2146959355, None),
    ],
)
async def test_an_outlook_that_cannot_be_started_opens_nothing(
    com: Callable[[Any], list[str]], hresult: int, fault: AccountFault | None
) -> None:
    def fail(_name: str) -> None:
        raise ComError(hresult)

    calls = com(fail)
    recorded = RecordedJob(content=rendered(LETTER))
    verdicts = await OutlookProvider(ACCOUNT).submit(recorded.job)

    assert verdicts.fault is fault
    kinds = {one.kind for one in verdicts.by_recipient}
    assert kinds == (set() if fault else {VerdictKind.DEFERRED})
    assert "point" not in recorded.events
    assert calls == ["begin", "end"]
