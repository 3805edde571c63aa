"""The verb that stands in for sendmail: silence, exit codes, and its other name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail import errors
from tuimail.cli import entry, sysexits
from tuimail.cli.console import Console
from tuimail.errors import UsageError

pytestmark = pytest.mark.usefixtures("account")
MAIL = "Subject: s\n\nhello\n"


def only_id(tuimail: Shell) -> str:
    (row,) = tuimail("list", "--json").json["mails"]
    return str(row["id"])


def test_it_says_nothing_when_all_is_well(tuimail: Shell) -> None:
    """cron mails every word to its owner."""
    answer = tuimail("sendmail", "-oem", "-oi", "bob@partner.example", stdin=MAIL)

    assert (answer.code, answer.raw, answer.talk) == (0, b"", "")
    assert tuimail("show", only_id(tuimail), "--json").json["status"] == "review"


def test_it_says_the_id_where_that_is_wanted(tuimail: Shell) -> None:
    answer = tuimail("sendmail", "-v", "bob@partner.example", stdin=MAIL)

    assert answer.talk == f"review: {only_id(tuimail)}\n"


def test_it_answers_programs_of_today_too(tuimail: Shell) -> None:
    answer = tuimail("sendmail", "--json", "bob@partner.example", stdin=MAIL)

    assert answer.json == {"id": only_id(tuimail), "status": "review"}


@pytest.mark.parametrize(
    ("flags", "text"),
    [((), "one\n"), (("-i",), "one\n.\ntwo\n"), (("-oi",), "one\n.\ntwo\n")],
)
def test_a_lone_dot_ends_a_message_unless_told_otherwise(
    tuimail: Shell, flags: tuple[str, ...], text: str
) -> None:
    message = "Subject: s\n\none\n.\ntwo\n"
    tuimail("sendmail", *flags, "bob@partner.example", stdin=message)

    assert tuimail("show", only_id(tuimail), "--json").json["text"] == text


@pytest.mark.parametrize("words", [("-bi",), ("-q",), ("-q30m",)])
def test_what_tuimail_does_by_itself_is_done(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = tuimail("sendmail", *words)

    assert (answer.code, answer.talk) == (0, "")


@pytest.mark.parametrize(
    ("words", "message", "code", "sentence"),
    [
        (("-y",), MAIL, 64, "The flag -y is not known."),
        ((), MAIL, 64, "Nobody is named"),
        (("-t",), "Subject: s\n\nt\n", 64, "in its header either"),
        (("a@@b",), MAIL, 67, "more than one mailbox"),
        (
            ("bob@partner.example",),
            "From: boss@corp.example\n\nt\n",
            65,
            "boss@corp.example",
        ),
        (("bob@partner.example",), "Subject: s\nSubject: t\n\n", 65, "is there 2"),
    ],
)
def test_what_went_wrong_has_the_code_that_programs_know(
    tuimail: Shell, words: tuple[str, ...], message: str, code: int, sentence: str
) -> None:
    answer = tuimail("sendmail", *words, stdin=message)

    assert answer.code == code
    assert sentence in answer.talk
    assert tuimail("list", "--json").json["mails"] == []


def test_a_quiet_failure_is_the_exit_code_alone(tuimail: Shell) -> None:
    answer = tuimail("sendmail", "-oeq", "a@@b", stdin=MAIL)

    assert (answer.code, answer.raw, answer.talk) == (67, b"", "")


def test_a_wrong_token_may_not(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUIMAIL_TOKEN", "tm_guessed")
    answer = tuimail("sendmail", "bob@partner.example", stdin=MAIL)

    assert answer.code == 77
    assert "tm_guessed" not in answer.talk


def test_a_token_is_one_with_the_line_end_of_its_file(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tuimail("clients", "add", "ci", "--json").json["token"]
    monkeypatch.setenv("TUIMAIL_TOKEN", f"{token}\n")

    answer = tuimail("sendmail", "bob@partner.example", stdin=MAIL)

    assert answer.code == 0
    (mail,) = tuimail("list", "--json").json["mails"]
    assert mail["origin"]["actor"] == "agent:ci"


def test_a_broken_configuration_is_one(tuimail: Shell) -> None:
    Path("settings/config.toml").write_text("[aliases]\nroot = 1\n")
    answer = tuimail("sendmail", "root", stdin=MAIL)

    assert answer.code == 78


def test_a_mistake_of_ours_is_softwares(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_anything: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr("tuimail.intake.sendmail.handing.prepared", fail)
    answer = tuimail("sendmail", "bob@partner.example", stdin=MAIL)

    assert answer.code == 70
    assert "secret" not in answer.talk


def test_an_interruption_is_what_it_is_everywhere(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "lines", interrupt)

    assert tuimail("sendmail", "bob@partner.example").code == 130


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 64),
        (errors.FieldError("x"), 65),
        (errors.NotComposableError("x"), 65),
        (errors.AddressError("x"), 67),
        (errors.UnsupportedFeatureError("x"), 69),
        (errors.PlanMismatchError("x"), 70),
        (errors.WorkspaceBusyError("x"), 75),
        (errors.FullDiskError("x"), 75),
        (errors.DamagedWorkspaceError("x"), 75),
        (errors.TooManyError("x", wait_seconds=1), 75),
        (errors.PolicyError("x"), 77),
        (errors.AuthenticationError("x"), 77),
        (errors.ConfigurationError("x"), 78),
        (errors.WorkspaceRefusedError("x"), 78),
        (errors.NewerWorkspaceError("x"), 78),
    ],
)
def test_each_error_has_its_code(error: errors.TuimailError, code: int) -> None:
    assert sysexits.of(error) == code


def test_smtp_is_talked_over_stdin_and_stdout(tuimail: Shell) -> None:
    session = (
        "EHLO me\r\nMAIL FROM:<root>\r\nRCPT TO:<bob@partner.example>\r\nDATA\r\n"
        "Subject: s\r\n\r\nt\r\n.\r\nQUIT\r\n"
    )
    answer = tuimail("sendmail", "-bs", stdin=session)

    assert answer.code == 0
    assert f"250 2.0.0 Ok: queued as {only_id(tuimail)}\r\n" in answer.text
    assert answer.text.endswith("221 2.0.0 Bye\r\n")


def test_under_its_other_name_every_word_is_sendmails(tuimail: Shell) -> None:
    """Also those that mean something to tuimail."""
    code = entry.main(["--json", "-h"], verb="sendmail")

    assert code == 64
    assert tuimail("list", "--json").json["mails"] == []


def test_a_link_of_that_name_is_sendmail(tuimail: Shell) -> None:
    link = Path("bin") / "sendmail"
    link.parent.mkdir()
    link.write_text(
        f"#!{sys.executable}\nimport sys\nfrom tuimail.__main__ import main\n"
        "sys.exit(main())\n"
    )
    link.chmod(0o700)
    subprocess.run(
        [link, "-oem", "-oi", "-f", "root", "--", "bob@partner.example"],
        input=MAIL.encode(), env=dict(os.environ), check=True, timeout=30,
    )  # fmt: skip

    assert tuimail("show", only_id(tuimail), "--json").json["status"] == "review"


def test_where_there_is_no_stdin_there_is_no_message() -> None:
    console = Console(stdin=None, stdout=None, stderr=None)

    with pytest.raises(UsageError, match="it is closed"):
        list(console.lines(10))
    with pytest.raises(UsageError, match="it is closed"):
        console.some(10)
