"""What msmtp's configuration file says."""

import time

import pytest

from tuimail.settings.importing.candidate import Candidate
from tuimail.settings.importing.msmtp import from_msmtp
from tuimail.settings.secrets import check_reference

TEXT = """\
# what all of them say
defaults
auth on
tls on
tls_trust_file /etc/ssl/certs/ca-certificates.crt
logfile ~/.msmtp.log

account gmx
host mail.gmx.net
port 465
tls_starttls off
from ada@gmx.net
user ada@gmx.net
passwordeval "pass show mail/gmx"

  account work: gmx
host smtp.example.org
port 587
tls_starttls on
from "ada@example.org"
user "ada"
passwordeval gpg --quiet -d ~/.mail.gpg | head -n1

account default : gmx
"""


def read(text: str) -> dict[str, Candidate]:
    return {one.name: one for one in from_msmtp(text, source="/home/ada/.msmtprc")}


def test_each_account_is_found_with_what_all_say() -> None:
    found = read(TEXT)

    assert list(found) == ["gmx", "work"]
    assert found["gmx"].options == {
        "host": "mail.gmx.net",
        "port": 465,
        "tls": "implicit",
        "username": "ada@gmx.net",
        "ca_file": "/etc/ssl/certs/ca-certificates.crt",
    }
    assert found["gmx"].address == "ada@gmx.net"
    assert found["gmx"].secret == "command:pass show mail/gmx"
    assert found["gmx"].source == "/home/ada/.msmtprc (gmx)"


def test_an_account_says_otherwise_than_the_one_it_names() -> None:
    work = read(TEXT)["work"]

    assert (work.options["port"], work.options["tls"]) == (587, "starttls")
    assert (work.options["username"], work.address) == ("ada", "ada@example.org")


def test_a_command_for_a_shell_gets_one() -> None:
    secret = read(TEXT)["work"].secret

    assert secret == "command:sh -c 'gpg --quiet -d ~/.mail.gpg | head -n1'"
    check_reference(secret)


@pytest.mark.parametrize("command", ["pass 'show", "a'b", "echo $HOME", 'x "y'])
def test_a_command_is_a_reference_whatever_is_in_it(command: str) -> None:
    text = f"account a\nhost h.example\nauth on\nuser u\npasswordeval {command}\n"

    check_reference(read(text)["a"].secret)


def test_a_password_in_clear_is_taken_along_and_not_shown() -> None:
    text = 'account a\nhost h.example\nauth on\nuser u@x.org\npassword "hunter2"\n'
    found = read(text)["a"]

    assert (found.secret, found.secret_value) == ("keyring:", "hunter2")
    assert "hunter2" not in repr(found)


def test_without_auth_nobody_logs_in() -> None:
    found = read("account a\nhost h.example\nuser u\npassword hunter2\nfrom a@b.c\n")

    assert found["a"].options == {"host": "h.example", "port": 25, "tls": "none"}
    assert (found["a"].secret, found["a"].secret_value) == ("", "")


def test_a_password_that_is_nowhere_is_said() -> None:
    found = read("account a\nhost h.example\nauth on\nuser u@x.org\n")["a"]

    assert found.secret == "keyring:"
    assert "keyring" in found.notes[0]


@pytest.mark.parametrize("way", ["oauthbearer", "xoauth2"])
def test_tokens_are_taken_for_tokens(way: str) -> None:
    text = f"account a\nhost h.example\nauth {way}\nuser u\npasswordeval get token\n"

    assert read(text)["a"].options["auth"] == "oauth"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("tls_certcheck off", "prove who it is"),
        ("tls_fingerprint 00:11", "prove who it is"),
        ("eval echo host evil.example", "eval"),
    ],
)
def test_what_is_not_taken_over_is_said(line: str, says: str) -> None:
    found = read(f"account a\nhost h.example\n{line}\n")["a"]

    assert says in "".join(found.notes)


def test_an_account_called_default_is_one_where_it_says_something() -> None:
    assert list(read("account default\nhost h.example\n")) == ["default"]


def test_a_pattern_is_no_address() -> None:
    found = read("account a\nhost h.example\nfrom *@example.org\n")["a"]

    assert found.address == ""


def test_ends_of_lines_are_either() -> None:
    assert read(TEXT.replace("\n", "\r\n")) == read(TEXT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("account b : a\nhost h\n", "Line 1 names an account"),
        ("account a\n\x00host h\n", "Line 2 is none"),
        ("account a\n=host h\n", "Line 2 is none"),
        ('{"password": "hunter2"}', "Line 1 is none"),
    ],
)
def test_what_is_not_msmtps_is_named_and_not_repeated(text: str, says: str) -> None:
    (found,) = from_msmtp(text, source="x")

    assert says in found.problem
    assert "hunter2" not in found.problem


def test_a_port_that_is_none_is_a_problem_of_that_account() -> None:
    found = read("account a\nhost h\nport x\naccount b\nhost h\n")

    assert "port is “x”" in found["a"].problem
    assert found["b"].problem == ""


def test_nothing_says_nothing() -> None:
    assert from_msmtp("", source="x") == ()
    assert from_msmtp("defaults\nauth on\naccount a\nport 25\n", source="x") == ()


def test_a_huge_line_takes_no_time() -> None:
    began = time.process_time()
    read(f"account a\nhost h{' ' * 200_000}x\n{'y' * 200_000}\n")

    assert time.process_time() - began < 1


_SAFE = "account a\nhost smtp.example.org\nfrom a@example.org\ntls on\n"


@pytest.mark.parametrize(
    "detour", ["proxy_host 127.0.0.1", "socket /run/smtp", "protocol lmtp"]
)
def test_what_reaches_its_server_another_way_is_not_taken_over(detour: str) -> None:
    (found,) = from_msmtp(f"{_SAFE}{detour}\n", source="x")

    assert f"by {detour.split(maxsplit=1)[0]}" in found.problem


def test_its_own_transport_is_none_of_those() -> None:
    (found,) = from_msmtp(f"{_SAFE}protocol smtp\n", source="x")

    assert not found.problem


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("domain mail.example.org", {"local_name": "mail.example.org"}),
        ("domain %H", {}),
        ("domain", {}),
    ],
)
def test_what_it_calls_itself_is_taken_along(
    said: str, options: dict[str, str]
) -> None:
    """Where the name stands there; ``%H`` and what is like it only msmtp fills in."""
    (found,) = from_msmtp(f"{_SAFE}{said}\n", source="x")

    assert {k: v for k, v in found.options.items() if k == "local_name"} == options


def test_what_it_shows_to_the_server_is_taken_along() -> None:
    files = "tls_cert_file ~/me.pem\ntls_key_file ~/me.key\n"
    (found,) = from_msmtp(_SAFE + files, source="x")

    assert found.options["client_cert_file"] == "~/me.pem"
    assert found.options["client_key_file"] == "~/me.key"


def test_a_command_with_a_variable_before_it_is_for_a_shell() -> None:
    login = "auth on\nuser ada\npasswordeval GPG_TTY=1 pass show mail\n"
    (found,) = from_msmtp(_SAFE + login, source="x")

    assert found.secret == "command:sh -c 'GPG_TTY=1 pass show mail'"
