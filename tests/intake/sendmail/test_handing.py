"""What is piped into sendmail, up to where a person decides about it."""

from collections.abc import Callable

import pytest

from tests.workspace.conftest import (
    Desk,
    account,
    desk,  # noqa: F401 - a fixture for tests here
    provider,  # noqa: F401 - a fixture for tests here
)
from tuimail.core.address import parse_address
from tuimail.core.finding import Severity
from tuimail.core.origin import Origin
from tuimail.errors import (
    AddressError,
    AuthenticationError,
    ConfigurationError,
    InputError,
    NotAllowedError,
    UsageError,
)
from tuimail.intake.sendmail.handing import SendmailDesk
from tuimail.intake.sendmail.words import read_words
from tuimail.workspace.views import Page

ALIASES = """\
[aliases]
root = ["ada@corp.example", "bo@corp.example"]
ops = "ops@corp.example"
"""
Sends = Callable[..., Page]
Pipes = Callable[[str, bytes], Page]


@pytest.fixture
def send(desk: Desk) -> Sends:  # noqa: F811 - the fixture
    """Pipe a message into sendmail, and return what there is to review."""
    desk.config.write_text(ALIASES)

    def hand_in(words: str, message: str, *, token: str = "") -> Page:
        with desk.open(door="sendmail", on_terminal=False) as workspace:
            sendmail = SendmailDesk(workspace, token=token)
            answer = sendmail.hand_in(message.encode(), read_words(words.split()))
            assert answer.state == "review"
            return workspace.drafts.page(answer.id)

    return hand_in


@pytest.fixture
def pipe(desk: Desk) -> Pipes:  # noqa: F811 - the fixture
    """Pipe bytes into sendmail, and return what there is to review."""

    def hand_in(words: str, message: bytes) -> Page:
        with desk.open(door="sendmail", on_terminal=False) as workspace:
            answer = SendmailDesk(workspace).hand_in(message, read_words([words]))
            return workspace.drafts.page(answer.id)

    return hand_in


def texts(page: Page) -> dict[str, list[str]]:
    draft = page.draft
    roles = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}
    return {role: [one.text for one in who] for role, who in roles.items() if who}


def test_what_cron_sends_waits_for_a_person(send: Sends) -> None:
    page = send(
        "-FCronDaemon -i -B8BITMIME -oem root",
        "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@h> ls\n"
        "X-Cron-Env: <SHELL=/bin/sh>\n\nhi\n",
    )

    assert page.row.origin == Origin(actor="agent:sendmail", door="sendmail")
    assert page.draft.sender.text == "mara@example.org"
    assert texts(page) == {"to": ["ada@corp.example", "bo@corp.example"]}
    assert page.draft.body.text == "hi\n"
    assert not {one.code for one in page.findings} & {"mime.bare-newline"}


def test_a_person_who_runs_it_is_a_program_too(send: Sends) -> None:
    """Nobody can say who typed it; only a decision is a person's."""
    assert send("ana@example.net", "Subject: s\n\nt\n").row.status == "review"


def test_what_mutt_sends_goes_to_those_it_names(send: Sends) -> None:
    page = send(
        "-oem -oi -f mara@example.org -- ana@example.net eve@example.net",
        "From: Mara <mara@example.org>\nTo: ana@example.net\nSubject: s\n\nt\n",
    )

    assert texts(page) == {"to": ["ana@example.net"], "bcc": ["eve@example.net"]}


def test_with_t_the_header_says_whom_it_is_for(send: Sends) -> None:
    page = send(
        "-t -i ops",
        "To: ana@example.net\nCc: mara\nBcc: eve@example.net\nSubject: s\n\nt\n",
    )

    assert texts(page) == {
        "to": ["ana@example.net"],
        "cc": ["mara@example.org"],
        "bcc": ["eve@example.net", "ops@corp.example"],
    }


def test_a_message_without_header_is_all_text(send: Sends) -> None:
    page = send("-F Backup root@localhost", "All is well.\n")

    assert page.draft.sender.text == "mara@example.org"
    assert page.draft.sender.name == "Backup"
    assert page.draft.body.text == "All is well.\n"
    assert texts(page) == {"bcc": ["ada@corp.example", "bo@corp.example"]}


def test_where_the_message_does_not_say_bounces_name_the_author(
    send: Sends,
    desk: Desk,  # noqa: F811 - the fixture
) -> None:
    two = parse_address("two@example.org", field="address")
    desk.save(account(), account("two", address=two))
    page = send("-f two@example.org ana@example.net", "Subject: s\n\nt\n")

    assert (page.draft.account, page.draft.sender.text) == ("two", "two@example.org")


@pytest.mark.parametrize("sender", ["<>", "root", "mara@localhost"])
def test_bounces_to_nobody_or_to_this_machine_change_no_author(
    send: Sends, sender: str
) -> None:
    page = send(f"-f {sender} ana@example.net", "Subject: s\n\nt\n")

    assert page.draft.sender.text == "mara@example.org"


def test_reports_that_were_asked_for_are_told_the_reviewer(send: Sends) -> None:
    page = send("-N success ana@example.net", "Subject: s\n\nt\n")

    assert page.row.origin.note == "Asked for reports: NOTIFY=success"


def test_a_token_says_which_client_it_is(send: Sends, desk: Desk) -> None:  # noqa: F811 - the fixture
    with desk.open() as workspace:
        _, token = workspace.clients.add("backup", sender="mara@example.org")
    page = send("ana@example.net", "Subject: s\n\nt\n", token=token)

    assert page.row.origin == Origin(actor="agent:backup", door="sendmail")


@pytest.mark.parametrize(
    ("words", "message", "error"),
    [
        ("a@@b", "Subject: s\n\nt\n", AddressError),
        ("-f a@@b ana@example.net", "Subject: s\n\nt\n", AddressError),
        ("ana@example.net", "From: boss@corp.example\n\nt\n", InputError),
        ("-t", "Subject: s\n\nt\n", InputError),
        ("ana@example.net", "Subject: s\nSubject: t\n\nt\n", InputError),
    ],
)
def test_what_cannot_be_mail_is_refused(
    send: Sends, words: str, message: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        send(words, message)


def test_a_wrong_token_is_refused(send: Sends) -> None:
    with pytest.raises(AuthenticationError):
        send("ana@example.net", "Subject: s\n\nt\n", token="tm_wrong")


def test_a_token_for_looking_only_is_refused(send: Sends, desk: Desk) -> None:  # noqa: F811 - the fixture
    with desk.open() as workspace:
        _, token = workspace.clients.add("looker", scopes=frozenset({"status"}))
    with pytest.raises(NotAllowedError):
        send("ana@example.net", "Subject: s\n\nt\n", token=token)


def test_without_an_account_there_is_nobody_to_be(
    send: Sends,
    desk: Desk,  # noqa: F811 - the fixture
) -> None:
    desk.config.with_name("accounts.toml").unlink()
    with pytest.raises(ConfigurationError):
        send("ana@example.net", "Subject: s\n\nt\n")


@pytest.mark.parametrize("message", ["Subject: s\n\nt\n", "To: \nSubject: s\n\nt\n"])
def test_with_t_somebody_has_to_be_named_somewhere(send: Sends, message: str) -> None:
    with pytest.raises(UsageError, match="Nobody is named") as refused:
        send("-t", message)

    assert refused.value.hint == (
        "Write To, Cc or Bcc into it, or name somebody after -t."
    )


CRON = (
    b"From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@h> ls\n"
    b"MIME-Version: 1.0\nContent-Type: text/plain; charset=%b\n"
    b"Content-Transfer-Encoding: 8bit\n\n%b\n"
)


@pytest.mark.parametrize(
    ("charset", "body", "text", "code"),
    [
        (b"ANSI_X3.4-1968", b"caf\xe9 \xff", "caf� �", "mime.charset"),
        (b"UTF-8", b"caf\xc3\xa9 \xff", "café �", "mime.charset"),
        (b"x-unknown", b"caf\xc3\xa9 \xff", "café �", "mime.charset"),
        (b"EUC-JP", b"\xa4\xa2\xff", "あ�", "mime.charset"),
        (b"UTF-8", b"a\0b", "a�b", "mime.encoding"),
    ],
)
def test_what_cron_ran_is_kept_though_it_is_no_clean_text(
    pipe: Pipes, charset: bytes, body: bytes, text: str, code: str
) -> None:
    """Nobody reads what cron is answered; what it ran would be lost."""
    page = pipe("root", CRON % (charset, body))

    assert page.draft.body.text == f"{text}\n"
    (found,) = (one for one in page.findings if one.code == code)
    assert found.severity is Severity.WARNING
    assert (found.field, "�" in found.message) == ("text", True)


@pytest.mark.parametrize(
    ("subject", "kept"),
    [(b"caf\xe9", "caf�"), (b"caf\xc3\xa9 \0\x1b[31m", "café ��[31m")],
)
def test_a_subject_that_is_no_clean_text_is_kept(
    pipe: Pipes, subject: bytes, kept: str
) -> None:
    page = pipe("root", b"To: root\nSubject: %b\n\nt\n" % subject)

    assert page.draft.subject == kept
    assert "mime.encoding" in {one.code for one in page.findings}


def test_a_file_is_kept_as_it_is_whatever_is_in_it(pipe: Pipes) -> None:
    page = pipe(
        "root",
        b"To: root\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name=a\n"
        b"Content-Transfer-Encoding: binary\n\na\0\xff\n",
    )

    assert page.draft.attachments[0].size_bytes == len(b"a\0\xff\r\n")


def test_clean_text_is_kept_without_a_word(pipe: Pipes) -> None:
    page = pipe("root", CRON % (b"UTF-8", "café".encode()))

    assert page.draft.body.text == "café\n"
    assert not {one.code for one in page.findings} & {"mime.charset", "mime.encoding"}
