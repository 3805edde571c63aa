"""A dry run with every option shows exactly what would be sent."""

from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, Shell
from tuimail.cli.flags import add_fields
from tuimail.cli.parser import Parser

pytestmark = pytest.mark.usefixtures("account")
TO = ("--to", "bob@partner.example")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
EVERYTHING = (
    "--from", "nora@example.org",
    "--from-name", "Nora Lind",
    "--to", "Zoë <zoe@bücher.example>",
    "--cc", "cc@partner.example",
    "--bcc", "eve@partner.example",
    "--reply-to", "desk@example.org", "--reply-to", "two@example.org",
    "--subject", "Größe & Preis",
    "--markdown-file", "mail.md",
    "--inline-css",
    "--flowed",
    "--no-signature",
    "--attach", "report.pdf",
    "--attach", "table.bin;name=Tabelle für Zoë.csv;type=text/csv",
    "--attach=-;name=notes.txt",
    "--inline", "logo=logo.png",
    "--header", "X-Kind=a: b",
    "--in-reply-to", "<1@partner.example>",
    "--references", "<0@partner.example> <1@partner.example>",
    "--priority", "high",
    "--unsubscribe-url", "https://example.org/u?1",
    "--category", "bulk",
    "--tag", "spring", "--tag", "sale",
    "--meta", "order=17",
    "--template-id", "welcome",
    "--merge", "product=tea",
    "--merge-for", "zoe@bücher.example:name=Zoë",
    "--no-track-opens",
    "--track-clicks",
    "--idempotency-key", "order-17",
    "--expires", "3d",
    "--account", "main",
)  # fmt: skip


@pytest.fixture
def files(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mail.md").write_text("# Hello\n\n![Logo](cid:logo) *tea* for you\n")
    Path("report.pdf").write_bytes(b"%PDF-1.4\n")
    Path("table.bin").write_bytes(b"a;b\n")
    Path("logo.png").write_bytes(PNG)


def dry_run(tuimail: Shell, *words: str) -> Answer:
    return tuimail("send", "--dry-run", *EVERYTHING, *words, stdin="a note\n")


@pytest.mark.usefixtures("files")
def test_json_has_all_of_it(tuimail: Shell) -> None:
    answer = dry_run(tuimail, "--json")

    found = answer.json
    assert (answer.code, found["status"]) == (1, "dry_run")
    assert found["envelope"]["from"] == "nora@example.org"
    assert [
        (one["role"], one["wire_address"]) for one in found["envelope"]["recipients"]
    ] == [
        ("to", "zoe@xn--bcher-kva.example"),
        ("cc", "cc@partner.example"),
        ("bcc", "eve@partner.example"),
    ]
    assert found["service"] == {
        "category": "bulk",
        "tags": ["spring", "sale"],
        "metadata": {"order": "17"},
        "template_id": "welcome",
        "merge": {"product": "tea"},
        "merge_for": {"zoe@xn--bcher-kva.example": {"name": "Zoë"}},
        "track_opens": False,
        "track_clicks": True,
    }
    headers = dict(found["headers"])
    assert headers["Subject"] == "Größe & Preis"
    assert headers["X-Priority"].startswith("1")
    assert headers["List-Unsubscribe"] == "<https://example.org/u?1>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Hello" in found["text"]
    assert "tea" in found["html_text"]
    assert [one["content_type"] for one in found["parts"]] == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "application/pdf",
        "text/csv",
        "text/plain",
    ]
    assert "account.unsupported" in [one["code"] for one in found["findings"]]


@pytest.mark.usefixtures("files")
def test_the_source_is_the_message_that_is_stored(tuimail: Shell) -> None:
    found = dry_run(tuimail, "--json").json

    raw = tuimail("show", found["id"], "--raw").raw
    assert found["source"].encode() == raw
    assert not found["is_source_cut"]
    message = message_from_string(found["source"], policy=policy.default)
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["report.pdf", "Tabelle für Zoë.csv", "notes.txt"]
    assert "eve@" not in found["source"]


@pytest.mark.usefixtures("files")
def test_people_are_shown_all_of_it(tuimail: Shell) -> None:
    answer = dry_run(tuimail)

    lines = [line.strip() for line in answer.text.splitlines()]
    for line in (
        "status: dry_run",
        "Envelope:",
        "from: nora@example.org",
        "to: zoe@xn--bcher-kva.example",
        "bcc: eve@partner.example",
        "For the provider, beside the message:",
        "category: bulk",
        "tags: spring, sale",
        "merge_for: zoe@xn--bcher-kva.example=name=Zoë",
        "track_opens: no",
        "Headers:",
        "X-Kind: a: b",
        "In-Reply-To: <1@partner.example>",
        "Parts:",
        "Text:",
        "HTML as text:",
    ):
        assert line in lines
    assert any("Tabelle für Zoë.csv, attachment" in line for line in lines)
    assert any("logo.png, inline, logo" in line for line in lines)
    assert f"tuimail show {lines[0].removeprefix('id: ')} --raw" in answer.text


@pytest.mark.usefixtures("files")
def test_show_says_what_was_said(tuimail: Shell) -> None:
    id_ = dry_run(tuimail, "--json").json["id"]

    text = tuimail("show", id_).text
    page = tuimail("show", id_, "--json").json

    assert "Priority:    high" in text
    assert "Unsubscribe: https://example.org/u?1" in text
    assert "Inline:      logo.png (image/png, 28 B)" in text
    assert "Provider:    template_id: welcome" in text
    assert (page["priority"], page["service"]["tags"]) == ("high", ["spring", "sale"])
    assert page["attachments"][3]["content_id"] == "logo"


@pytest.mark.usefixtures("files")
def test_what_smtp_cannot_do_is_refused_before_it_leaves(tuimail: Shell) -> None:
    words = [word for word in EVERYTHING if word != "--dry-run"]

    answer = tuimail("send", *words, "--json", stdin="a note\n")

    assert answer.code == 1
    assert answer.error["code"] == "unsupported"
    assert answer.error["field"] == "template-id"


def test_a_dry_run_ends_as_sending_would_for_the_provider(tuimail: Shell) -> None:
    """A script that tries a mail out first asks by the exit code."""
    dry = ("send", *TO, "--text", "{{ name }}", "--dry-run")
    rows = ("--data", '[{"name": "Ada"}, {"name": "Bo"}]')

    codes = [
        tuimail(*dry, *rows_, *words).code
        for rows_ in ((), rows)
        for words in ((), ("--template-id", "welcome"))
    ]

    assert codes == [0, 1, 0, 1]


def test_every_option_is_tried_here() -> None:
    """An option that nobody tries is one that nobody shows."""
    parser = Parser("send", "Write")
    add_fields(parser)
    flags = {
        option
        for action in parser._actions
        for option in action.option_strings
        if option
        not in {
            "--text", "--text-file", "--html", "--html-file", "--markdown", "--no-text",
            "--provider", "--template", "--data", "--track-opens", "--no-track-clicks",
        }
    }  # fmt: skip

    assert flags <= {word.partition("=")[0] for word in EVERYTHING}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--priority", "urgent"), "priority"),
        (("--category", "spam"), "category"),
        (("--unsubscribe-url", "http://x.example"), "unsubscribe-url"),
        (("--inline", "logo"), "inline"),
        (("--inline", "=logo.png"), "inline"),
        (("--inline", "lo go=logo.png"), "inline"),
        (("--attach", "-"), "attach"),
        (("--meta", "order"), "meta"),
        (("--meta", "a=1", "--meta", "a=2"), "meta"),
        (("--merge", "=1"), "merge"),
        (("--merge-for", "bob@partner.example"), "merge-for"),
        (("--merge-for", "bob@partner.example:name"), "merge-for"),
        (("--merge-for", "eve@evil.example:name=Eve"), "merge-for"),
        (("--markdown", "# a", "--html", "<p>b</p>"), "markdown"),
        (("--text-file", "-", "--attach=-;name=a.txt"), "attach"),
        (("--markdown-file", "-", "--html-file", "-"), "markdown-file"),
        (("--text", "-", "--html", "-"), "html"),
        (("--text", "-", "--html-file", "-"), "html-file"),
        (("--html", "<b>" * 1000), "html"),
    ],
)
@pytest.mark.usefixtures("files")
def test_a_bad_option_is_refused_by_name(
    tuimail: Shell, words: tuple[str, ...], field: str
) -> None:
    answer = tuimail("send", *TO, "--dry-run", "--json", *words)

    assert answer.code in {1, 2}
    assert answer.error["field"] == field
    assert answer.error["hint"]
    assert tuimail("list", "--json").json["mails"] == []


def test_the_made_text_can_be_left_out(tuimail: Shell) -> None:
    words: tuple[str, ...] = ("send", *TO, "--dry-run", "--json", "--html", "<p>Hi</p>")

    def types(answer: Answer) -> list[Any]:
        return [one["content_type"] for one in answer.json["parts"]]

    assert types(tuimail(*words, "--no-text")) == ["text/html"]
    assert types(tuimail(*words)) == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_a_file_may_have_semicolons_in_its_name(tuimail: Shell) -> None:
    Path("a;b.txt").write_text("hello")

    answer = tuimail(
        "send", *TO, "--dry-run", "--json", "--attach", "a;b.txt;type=text/x-log"
    )

    (part,) = (one for one in answer.json["parts"] if one["name"])
    assert (part["name"], part["content_type"]) == ("a;b.txt", "text/x-log")


def test_what_is_noticed_about_a_blind_copy_is_told(tuimail: Shell) -> None:
    words = (*TO, "--bcc", "leak@hidden.example", "--text", "x", "--dry-run")

    found = tuimail("send", *words, "--json").json["findings"]
    talk = tuimail("send", *words).talk

    assert "rcpt.bcc-external" in [one["code"] for one in found]
    assert "leak@hidden.example gets a copy unseen" in talk
