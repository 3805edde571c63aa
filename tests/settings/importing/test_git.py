"""What git's own settings say of sending mail."""

import os
import shutil
from pathlib import Path

import pytest

from tuimail.settings.importing.everywhere import ask_git
from tuimail.settings.importing.git import from_git

USUAL = {
    "sendemail.smtpserver": "smtp.example.org",
    "sendemail.smtpuser": "ada",
    "sendemail.smtpencryption": "tls",
    "user.name": "Ada Lovelace",
    "user.email": "ada@example.org",
}


def printed(settings: dict[str, str]) -> bytes:
    """Return what git prints of ``settings``."""
    return "".join(
        f"file:/etc/hosts\0{key}\n{value}\0" for key, value in settings.items()
    ).encode()


def test_a_server_is_found_with_the_author_as_its_sender() -> None:
    (found,) = from_git(printed(USUAL))

    assert (found.name, found.provider) == ("git", "smtp")
    assert found.address == "Ada Lovelace <ada@example.org>"
    assert found.options == {
        "host": "smtp.example.org",
        "port": 587,
        "tls": "starttls",
        "username": "ada",
    }
    assert found.secret == "keyring:"
    assert "keyring" in found.notes[0]


@pytest.mark.parametrize(
    ("encryption", "tls", "port"),
    [("ssl", "implicit", 465), ("tls", "starttls", 587), ("", "none", 25)],
)
def test_how_it_is_protected_is_what_git_says(
    encryption: str, tls: str, port: int
) -> None:
    (found,) = from_git(printed(USUAL | {"sendemail.smtpencryption": encryption}))

    assert (found.options["tls"], found.options["port"]) == (tls, port)


def test_an_identity_says_otherwise_and_the_rest_is_the_same() -> None:
    more = {
        "sendemail.kernel.dev.from": "Ada <ada@kernel.example>",
        "sendemail.kernel.dev.smtpserverport": "465",
    }
    usual, other = from_git(printed(USUAL | more))

    assert (usual.name, other.name) == ("git", "git-kernel.dev")
    assert other.address == "Ada <ada@kernel.example>"
    assert (other.options["host"], other.options["port"]) == ("smtp.example.org", 465)


def test_a_password_in_clear_is_taken_along_and_not_shown() -> None:
    (found,) = from_git(printed(USUAL | {"sendemail.smtppass": "hunter2"}))

    assert (found.secret, found.secret_value) == ("keyring:", "hunter2")
    assert found.notes == ()
    assert "hunter2" not in repr(found)


def test_a_program_is_one_like_sendmail() -> None:
    (found,) = from_git(printed(USUAL | {"sendemail.smtpserver": "/usr/bin/msmtp"}))

    assert (found.provider, found.secret) == ("sendmail", "")
    assert found.options == {"command": "/usr/bin/msmtp"}


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (b"sendemail.smtpserverport\nsmtp\0", "smtpServerPort is “smtp”"),
        (b"sendemail.smtpuser\n\xff\xfe\0", "not UTF-8"),
    ],
)
def test_what_cannot_be_is_said(setting: bytes, says: str) -> None:
    (found,) = from_git(printed(USUAL) + b"file:/etc/hosts\0" + setting)

    assert says in found.problem


@pytest.mark.parametrize(
    "text", [b"", b"\0\0", b"sendemail", b"user.name\nAda\0", b"sendemail.\n\0"]
)
def test_who_sends_no_mail_has_no_account(text: bytes) -> None:
    assert from_git(text) == ()


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")
def test_git_itself_is_asked_and_a_repository_is_not(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of somebody's repository must not decide where mail goes."""
    own = '[sendemail]\nsmtpServer = "smtp.example.org"\nfrom = a\\"b@example.org\n'
    (home / ".gitconfig").write_text(own)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[sendemail]\nsmtpServer=evil.example\n")
    monkeypatch.chdir(tmp_path)

    (found,) = from_git(ask_git(os.environ))

    assert found.options["host"] == "smtp.example.org"


def test_without_git_nothing_is_found(tmp_path: Path) -> None:
    assert ask_git({"PATH": str(tmp_path)}) == b""


def test_a_program_with_a_blank_in_its_path_stays_one_word() -> None:
    (found,) = from_git(printed(USUAL | {"sendemail.smtpserver": "/opt/my mail/send"}))

    assert found.options == {"command": "'/opt/my mail/send'"}
