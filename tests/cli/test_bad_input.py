"""What cannot be mail is refused in one sentence, and nothing is stored."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.fields import FILE_LIMIT_BYTES

pytestmark = pytest.mark.usefixtures("account")
TO = ("--to", "bob@partner.example")
BAD: dict[str, tuple[tuple[str, ...], str]] = {
    "subject with LF": ((*TO, "--subject", "a\nBcc: x@evil.example"), "subject"),
    "subject with CR": ((*TO, "--subject", "a\rb"), "subject"),
    "subject with NUL": ((*TO, "--subject", "a\0b"), "subject"),
    "header value with CRLF": (
        (*TO, "--header", "X-A=b\r\nBcc: x@y.example"),
        "header",
    ),
    "header value with NUL": ((*TO, "--header", "X-A: \0"), "header"),
    "header name with LF": ((*TO, "--header", "X-A\nBcc: b"), "header"),
    "header named Bcc": ((*TO, "--header", "Bcc=x@y.example"), "header"),
    "header without a value": ((*TO, "--header", "X-A"), "header"),
    "header without a name": ((*TO, "--header", "=b"), "header"),
    "name of a recipient with LF": (
        ("--to", "Bob\nBcc: x@y.example <bob@partner.example>"),
        "to",
    ),
    "name of a recipient with NUL": (("--to", "Bo\0b <bob@partner.example>"), "to"),
    "name of the sender with LF": ((*TO, "--from-name", "Nora\nX: y"), "from-name"),
    "name of the sender with CR": ((*TO, "--from-name", "Nora\rX"), "from-name"),
    "address with CRLF": (
        ("--to", "bob@partner.example\r\nRCPT TO:<x@y.example>"),
        "to",
    ),
    "address with NUL": (("--cc", "bob\0@partner.example"), "cc"),
    "no recipient": ((), "to"),
    "an empty recipient": (("--to", ""), "to"),
    "no address": (("--to", "bob"), "to"),
    "a bad blind copy": ((*TO, "--bcc", "x@"), "bcc"),
    "a bad answer address": ((*TO, "--reply-to", "@"), "reply-to"),
    "a bad sender": ((*TO, "--from", "nora at example.org"), "from"),
    "two addresses in one": (("--to", "a@x.example, b@x.example"), "to"),
    "two addresses with a semicolon": (("--to", "a@x.example; b@x.example"), "to"),
    "a missing attachment": ((*TO, "--attach", "missing.pdf"), "attach"),
    "a folder attached": ((*TO, "--attach", "."), "attach"),
    "an attachment with NUL": ((*TO, "--attach", "a\0b"), "attach"),
    "a missing text": ((*TO, "--text-file", "missing.txt"), "text-file"),
    "a folder as HTML": ((*TO, "--html-file", "."), "html-file"),
    "a text path with NUL": ((*TO, "--text-file", "a\0b"), "text-file"),
    "text with NUL": ((*TO, "--text", "a\0b"), "text"),
    "HTML with NUL": ((*TO, "--html", "<p>\0"), "html"),
    "a Message-ID that is none": ((*TO, "--in-reply-to", "x"), "in-reply-to"),
    "references with a line break": (
        (*TO, "--references", "<a@b.example>\n<c@d.example>"),
        "references",
    ),
    "text twice": ((*TO, "--text", "a", "--text-file", "b"), "text-file"),
    "both from stdin": ((*TO, "--text-file", "-", "--html-file", "-"), "html-file"),
    "a time that is none": ((*TO, "--at", "tomorrow"), "at"),
    "a time that has passed": ((*TO, "--at", "2020-01-01T00:00Z"), "at"),
    "now or never": ((*TO, "--dry-run", "--at", "2027-01-01"), "at"),
    "an unknown account": ((*TO, "--account", "other"), "account"),
}


@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_in_one_sentence_that_names_the_field(
    tuimail: Shell, case: str
) -> None:
    words, field = BAD[case]

    talk = tuimail("send", "--wait", "0", *words)
    document = tuimail("send", "--wait", "0", "--json", *words)

    assert talk.code == document.code
    assert talk.code in ({4} if field == "account" else {1, 2})
    assert (talk.raw, document.talk) == (b"", "")
    assert len(talk.talk.splitlines()) == 2
    assert "Traceback" not in talk.talk
    assert document.error["field"] == field
    assert document.error["message"].endswith(".")
    assert document.error["hint"]
    assert not set("\n\r") & set(document.error["message"])


@pytest.mark.parametrize("case", BAD)
def test_nothing_that_could_leave_is_stored(tuimail: Shell, case: str) -> None:
    words, _ = BAD[case]

    tuimail("send", "--wait", "0", *words)

    statuses = {mail["status"] for mail in tuimail("list", "--json").json["mails"]}
    assert statuses <= {"discarded"}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"caf\xe9", "is not UTF-8 text: byte 4 is 0xe9"),
        (b"x" * (FILE_LIMIT_BYTES + 1), f"is longer than {FILE_LIMIT_BYTES} bytes"),
    ],
)
@pytest.mark.parametrize("path", ["-", "mail.txt"])
def test_a_file_that_is_no_text_is_refused(
    tuimail: Shell, content: bytes, what: str, path: str
) -> None:
    Path("mail.txt").write_bytes(content)

    answer = tuimail("send", *TO, "--text-file", path, "--json", stdin=content)

    assert (answer.code, answer.error["field"]) == (1, "text-file")
    assert what in answer.error["message"]


def test_text_with_nul_from_stdin_is_refused(tuimail: Shell) -> None:
    answer = tuimail("send", *TO, "--text-file", "-", "--json", stdin=b"a\0b")

    assert (answer.code, answer.error["field"]) == (1, "text")


def test_a_pipe_that_nobody_writes_to_is_no_attachment(tuimail: Shell) -> None:
    os.mkfifo("pipe")

    answer = tuimail("send", *TO, "--attach", "pipe", "--json")

    assert (answer.code, answer.error["field"]) == (1, "attach")


def test_what_could_not_be_sent_is_not_stored(tuimail: Shell) -> None:
    answer = tuimail("send", *TO, "--at", "2020-01-01T00:00Z")

    assert answer.code == 1
    assert tuimail("list", "--json").json["mails"] == []
