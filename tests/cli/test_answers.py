"""What commands answer is what their schemas say: every verb, with real answers.

The shell of these tests holds each document that any of them prints against its
schema; here is one command of each verb, so that none is left out.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.answers import misfit
from tests.cli.conftest import Shell
from tests.core.reports import dsns
from tuimail.cli.schemas.verbs import ANSWERS
from tuimail.demo.journey import check
from tuimail.workspace import reviewers

BOB: Final = "bob@partner.example"
TO: Final = ("--to", BOB, "--subject", "Hello", "--text", "Hi")
LATER: Final = ("--at", f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT%H:%MZ}")
RAW: Final = f"From: nora@example.org\nTo: {BOB}\nSubject: Hi\n\nHello\n".encode()
ELSEWHERE: Final = {
    *("auth gmail", "auth microsoft", "auth logout"),
    *("desktop install", "desktop remove", "bulk"),
}
"""Verbs whose own tests have what they need: a service, a home, a job."""


class Story:
    """Commands that are told as programs read them; remembers the verbs."""

    def __init__(self, tuimail: Shell) -> None:
        self._tuimail = tuimail
        self.told: set[str] = set()

    def __call__(self, verb: str, *words: str, **how: Any) -> dict[str, Any]:
        answer = self._tuimail(*verb.split(), *words, "--json", **how)
        assert set(answer.json) != {"error"}, (verb, answer)
        self.told.add(verb)
        return answer.json

    def submitted(self, text: str) -> str:
        words = ("--to", BOB, "--text", text, "--actor", "billing")
        id_: str = self("submit", *words)["id"]
        return id_


@pytest.fixture
def story(tuimail: Shell, account: str, monkeypatch: pytest.MonkeyPatch) -> Story:
    del account
    monkeypatch.setattr(reviewers, "_COST", 4)
    monkeypatch.setattr("getpass.getpass", lambda _question: "271828")
    Path("letter.eml").write_bytes(RAW)
    templates = tuimail.folder / "settings" / "templates"
    templates.mkdir()
    (templates / "hello.txt").write_text("Subject: Hello\n\nHi {{ name }}\n")
    return Story(tuimail)


def _sending(story: Story) -> None:
    sent = story("send", *TO)["id"]
    story("send", *TO, "--dry-run", "--html", "<a href='https://x.example'>x</a>")
    rows = '[{"name": "Ada"}, {"name": "Bo"}]'
    story("send", *TO, "--data", rows, "--dry-run")
    story("send", *TO, "--data", rows, "--wait", "0")
    report = dsns.POSTFIX.replace(
        dsns.MESSAGE_ID.encode(), story("show", sent)["message_id"].encode()
    ).replace(b"ana@example.net", BOB.encode())
    Path("report.eml").write_bytes(report)
    story("import", "letter.eml", "report.eml")
    story("show", sent, "--attempts", "--bcc", "--headers", "--diff")
    story("export", sent, "--output", "out/")
    story("sendmail", BOB, stdin=RAW)
    story("suppress add", "eve@partner.example", "--reason", "asked")
    story("suppress list")
    story("suppress remove", "eve@partner.example")


def _deciding(story: Story) -> None:
    one, two, three = map(story.submitted, ("One.", "Two.", "Three."))
    own = story("send", *TO, "--dry-run", "--text", "Own.")["id"]
    story("edit", own, "--subject", "Hello again")
    story("show", own, "--diff")
    story("review")
    story("review", one)
    code = story("show", one)["findings"][0]["code"]
    story("accept", one, "--code", code, "--reason", "known", terminal=True)
    story(
        "request-changes", one, "--reason", "no", "--comment", "1:why?", terminal=True
    )
    story("reject", two, "--reason", "no", "--code", "tone", terminal=True)
    story("reviewers add", "ana", terminal=True)
    story("reviewers list")
    story("assign", three, "ana", terminal=True)
    story("approve", three, "--as", "ana", terminal=True)
    story("show", three)
    story("release", three, "--no-undo", *LATER, terminal=True)
    story("reviewers remove", "ana", terminal=True)
    story("discard", own)
    story("list", "--limit", "1")
    story("search", "hello")


def _outbox(story: Story) -> None:
    id_, other = (story("send", *TO, *LATER)["id"] for _ in range(2))
    story("outbox")
    story("hold", id_)
    story("resume", id_)
    story("plan", id_, *LATER)
    story("cancel", id_)
    story("accounts add", "spare", "--address", "s@example.org", "--host", "localhost")
    story("reroute", other, "--account", "spare")
    story("outbox run", "--drain")
    lost = story("send", "--to", "silent@example.net", "--text", "x")
    story("resolve", lost["id"], "--give-up")
    story("retry", lost["id"], "--wait", "0")


def _accounts(story: Story) -> None:
    story("accounts list")
    story("accounts show", "main", "--origin")
    story("accounts test", "main")
    story("accounts default", "main")
    story("accounts set", "main", "per_day=50")
    story("accounts hold", "main")
    story("accounts resume", "main")
    story("accounts import-env", "--dry-run")
    story("accounts remove", "spare", "--yes")
    story("auth status")
    story("clients add", "ci")
    story("clients rotate", "ci")
    story("clients list")
    story("clients revoke", "ci")


def _workspace(story: Story) -> None:
    story("policy show")
    story("policy test", story.submitted("Four."))
    story("policy lint")
    story("policy adopt", terminal=True)
    story("doctor")
    story("backup", "copy")
    story("purge", "--older-than", "30")
    story("audit verify")
    story("audit head")
    story("audit export")
    story("serve", "--print")
    story("serve", "--status")
    story("desktop show")


def _reading(story: Story) -> None:
    story("template list")
    story("template show", "hello.txt")
    story("template render", "hello.txt", "--data", '{"name": "Ada"}')
    story("docs")
    story("docs", "recovery")
    story("man")
    story("completion", "zsh")


@pytest.mark.slow
def test_every_verb_answers_as_its_schema_says(story: Story) -> None:
    """The shell holds each of the answers against its schema."""
    for chapter in (_sending, _deciding, _outbox, _accounts, _workspace, _reading):
        chapter(story)

    assert story.told | ELSEWHERE == set(ANSWERS) - {"demo"} | ELSEWHERE


@pytest.mark.slow
def test_the_demo_reports_as_its_schema_says() -> None:
    report, _code = check()

    assert misfit("demo", report) == ""
