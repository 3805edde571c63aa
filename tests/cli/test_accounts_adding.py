"""Adding a way out by flags, and no password by any of them."""

import getpass
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.cli.conftest import SENDER, Answer, Shell
from tests.settings.conftest import desktop  # noqa: F401 - a fixture for tests here
from tests.settings.test_prompts import Person

SECRET = "correct-horse"
EVERYTHING = (
    "--from-name", "Nora Lind",
    "--reply-to", "desk@example.org",
    "--signature-file", "signature.txt",
    "--identity", "Reports <reports@example.org>",
    "--identity", "two@example.org",
    "--username", "nora",
    "--option", "smtputf8=no",
    "--on-unknown", "resend",
    "--noninteractive-send", "review",
    "--per-minute", "1", "--per-hour", "2", "--per-day", "3",
    "--destination-per-hour", "4",
    "--connections", "5",
    "--messages-per-connection", "6",
    "--recipients-per-message", "7",
    "--warm-up-per-day", "2", "--warm-up-growth-percent", "9",
    "--max-message-bytes", "20000",
    "--oauth-token-url", "https://login.example.org/{tenant}/token",
    "--oauth-client-id", "tuimail",
    "--oauth-scope", "smtp.send",
    "--oauth-tenant", "common",
    "--oauth-client-secret", "env:CLIENT_SECRET",
    "--oauth-refresh-token", "file:/run/secrets/token",
)  # fmt: skip


def add(tuimail: Shell, *words: str, terminal: bool = False) -> Answer:
    return tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", "smtp.example.org",
        *words, "--json", terminal=terminal,
    )  # fmt: skip


def test_everything_that_an_account_can_have_has_a_flag(tuimail: Shell) -> None:
    Path("signature.txt").write_text("Nora\nDesk\n")

    answer = add(tuimail, *EVERYTHING)
    shown = tuimail("accounts", "show", "--origin", "--json").json

    assert answer.code == 0, answer
    assert answer.json["identities"] == [
        "Reports <reports@example.org>",
        "two@example.org",
    ]
    assert answer.json["password"] == "oauth:"
    said = {one["key"]: one["value"] for one in shown["origins"]}
    assert said["signature"] == "Nora\nDesk"
    assert said["oauth.refresh_token"] == "file:/run/secrets/token"
    assert [said[key] for key in ("per_minute", "per_hour", "per_day")] == list("123")
    assert (said["connections"], said["on_unknown"]) == ("5", "resend")
    assert said["warm_up_growth_percent"] == "9"
    assert said["noninteractive_send"] == "review"
    assert all("accounts.toml:" in one["source"] for one in shown["origins"])


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("--per-day", "none"), 2, "per-day"),
        (("--per-day", "0"), 4, "per_day"),
        (("--on-unknown", "hope"), 2, "on-unknown"),
        (("--identity", "nobody"), 4, "address"),
        (("--reply-to", "nobody"), 1, "reply-to"),
        (("--signature-file", "missing"), 1, "signature-file"),
        (("--oauth-client-id", "x"), 4, "token_url"),
        (("--max-message-bytes", "1"), 4, "max_message_bytes"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    tuimail: Shell, words: tuple[str, ...], code: int, field: str
) -> None:
    answer = add(tuimail, *words)

    assert (answer.code, answer.error["field"]) == (code, field)
    assert answer.error["hint"]
    assert tuimail("accounts", "list", "--json").json["accounts"] == []


@pytest.mark.parametrize(
    "key", ["api_key", "token", "PASSWORD", "smtp_password", "secret_access_key", "jwt"]
)
def test_a_password_as_an_option_is_refused_and_not_repeated(
    tuimail: Shell, key: str
) -> None:
    answer = add(tuimail, "--option", f"{key}={SECRET}")

    assert (answer.code, answer.error["field"]) == (2, "option")
    assert "--password-stdin" in answer.error["hint"]
    assert SECRET not in f"{answer.text}{answer.talk}"


@pytest.mark.parametrize(
    "words",
    [
        ("--password", f"command:echo {SECRET}"),
        ("--password", f"command:get --token={SECRET}"),
        ("--option", f"ca_file=https://nora:{SECRET}@example.org/"),
    ],
)
def test_what_seems_to_hold_a_password_is_warned_about(
    tuimail: Shell, words: tuple[str, str]
) -> None:
    answer = add(tuimail, *words, "--username", "nora")

    assert answer.code == 0
    assert "seems to have a password in it" in answer.talk
    assert SECRET not in answer.talk


@pytest.mark.parametrize(
    "words", [("--password", "command:pass show mail"), ("--option", "local_name=a.b")]
)
def test_nothing_is_said_where_there_is_none(
    tuimail: Shell, words: tuple[str, str]
) -> None:
    assert add(tuimail, *words).talk == ""


def test_without_an_address_it_is_asked_for(tuimail: Shell) -> None:
    answer = tuimail("accounts", "add", "main", "--json")

    assert (answer.code, answer.error["field"]) == (2, "address")


def test_without_a_name_nobody_is_asked_where_nobody_is(tuimail: Shell) -> None:
    answer = tuimail("accounts", "add", "--json")

    assert (answer.code, answer.error["field"]) == (2, "name")


def test_without_a_name_a_person_is_asked_step_by_step(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("tuimail.cli.setting_up")
    monkeypatch.setattr(module, "run", lambda _call: 0, raising=False)
    monkeypatch.setitem(sys.modules, "tuimail.cli.setting_up", module)

    assert tuimail("accounts", "add", terminal=True).code == 0


def test_without_a_keyring_no_password_is_typed_for_nothing(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(SECRET)
    monkeypatch.setattr(getpass, "getpass", person)

    answer = add(tuimail, "--password", "keyring:", terminal=True)

    assert (answer.code, person.asked) == (4, [])
    assert "--password" in answer.error["hint"]
    assert all(way in answer.error["hint"] for way in ("env:", "file:", "prompt:"))


def test_a_machine_without_a_keyring_is_told_its_choices_when_it_tests_and_sends(
    tuimail: Shell,
) -> None:
    add(tuimail, "--username", "nora", "--password", "keyring:")
    tested = tuimail("accounts", "test", "--json")
    sent = tuimail("send", "--to", "bob@partner.example", "--json")

    assert (tested.code, tested.json["fault"]) == (4, "secret")
    assert "no desktop keyring" in tested.json["error"]
    assert "file:PATH" in f"{tested.json['error']} {tested.json['hint']}"
    assert (sent.code, sent.json["status"]) == (3, "held")
    assert "file:PATH" in sent.json["error"]


@pytest.mark.parametrize(
    ("flag", "value", "field"),
    [
        ("--oauth-client-secret", SECRET, "oauth-client-secret"),
        ("--oauth-refresh-token", SECRET, "oauth-refresh-token"),
        ("--oauth-client-id", "", "oauth-client-id"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    tuimail: Shell, flag: str, value: str, field: str
) -> None:
    words = (
        "--oauth-token-url", "https://login.example.org/token",
        "--oauth-client-id", "tuimail", flag, value,
    )  # fmt: skip
    answer = add(tuimail, *words)

    assert (answer.code, answer.error["field"]) == (2, field)
    assert SECRET not in answer.text + answer.talk
    assert tuimail("accounts", "list", "--json").json == {"accounts": [], "next": None}


def test_the_name_of_the_account_that_variables_describe_is_taken(
    tuimail: Shell,
) -> None:
    words = ("environment", "--provider", "dummy", "--address", SENDER, "--json")
    answer = tuimail("accounts", "add", *words)

    assert (answer.code, answer.error["field"]) == (4, "name")


def test_what_a_variable_would_say_is_named_with_it(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", SENDER)

    found = tuimail("accounts", "test", "--json").json

    assert found["hint"].endswith("Here, that is the variable TUIMAIL_SMTP_HOST.")
