"""Ways out that a program names, or says itself; passwords are shown nowhere."""

from dataclasses import replace
from typing import Any

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.api.request import name_of

SECRET = "hunter2"


def test_nothing_that_shows_an_account_shows_its_password() -> None:
    account = tuimail.Account(
        host="smtp.example.net",
        port=587,
        username="mara",
        password=SECRET,
        options={"auth": SECRET},
    )

    assert repr(account) == (
        "Account(provider='smtp', host='smtp.example.net', port=587, "
        "username='mara', password=…, options=<auth>)"
    )
    assert SECRET not in repr(account.settings_of_anybody().secret)


def test_a_reference_is_no_password_and_a_password_no_reference() -> None:
    plain = tuimail.Account(host="localhost", username="mara", password=SECRET)
    kept = replace(plain, password="env:MY_PASSWORD")
    none = tuimail.Account(host="smtp.example.net")

    assert (plain.plain_password, plain.settings_of_anybody().secret) == (SECRET, "")
    assert kept.plain_password is None
    assert kept.settings_of_anybody().secret == "env:MY_PASSWORD"
    assert none.plain_password is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", 3), ("password", b"hunter2"), ("options", 3), ("options", {1: "a"})],
)
def test_a_value_of_another_kind_is_refused_when_the_account_is_made(
    field: str, value: Any
) -> None:
    given: dict[str, Any] = {field: value}

    with pytest.raises(tuimail.FieldError) as caught:
        tuimail.Account(host="smtp.example.net", **given)

    assert caught.value.field == field
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"password": f"env:{SECRET} {SECRET}"},
        {"password": "file:"},
        {"password": SECRET, "host": "smtp.example.net"},
        {"options": {"connections": "many"}},
        {"options": {"host": ["a"]}},
        {"name": "../a"},
        {"address": "no address"},
    ],
)
def test_what_cannot_be_an_account_is_refused_in_words(given: dict[str, Any]) -> None:
    account = tuimail.Account(**given)

    with pytest.raises(tuimail.TuimailError) as caught:
        tuimail.send(to="a@example.net", from_="b@example.org", text="Hi",
                     workspace=None, account=account)  # fmt: skip

    assert caught.value.hint
    assert SECRET not in f"{caught.value} {caught.value.hint}"


def test_an_option_that_a_provider_does_not_know_is_named() -> None:
    account = tuimail.Account(host="smtp.example.net", options={"prot": 25})

    with pytest.raises(tuimail.ConfigurationError) as caught:
        tuimail.send(to="a@example.net", from_="b@example.org", text="Hi",
                     workspace=None, account=account)  # fmt: skip

    assert caught.value.field == "prot"


def test_whom_a_mail_is_from_is_no_fault_of_an_account_without_an_address() -> None:
    with pytest.raises(tuimail.FieldError, match="The from address 'tester'") as caught:
        tuimail.Account(host="smtp.example.net").settings("tester")

    assert caught.value.field == "from"


def test_an_account_without_an_address_lets_each_mail_say_whom_it_is_from() -> None:
    account = tuimail.Account(provider="dummy")

    assert account.settings("Mara <m@example.org>").address.text == "m@example.org"
    with pytest.raises(tuimail.FieldError) as caught:
        account.settings()
    assert caught.value.field == "from"


def test_one_with_an_address_sends_as_nobody_else() -> None:
    account = tuimail.Account(provider="dummy", address="Mara <mara@example.org>")

    own = tuimail.send(to="a@example.net", text="Hi", workspace=None, account=account)
    with pytest.raises(tuimail.FieldError) as caught:
        tuimail.send(to="a@example.net", from_="b@example.org", text="Hi",
                     workspace=None, account=account)  # fmt: skip

    assert own.is_success
    assert caught.value.field == "from"


def test_an_account_that_was_set_up_is_found_by_its_name(place: Place) -> None:
    named = tuimail.Account.named("work")
    default = tuimail.Account.named(config=place.config)

    assert named == default
    assert (named.known_as, named.address) == ("work", "ada@example.org")
    assert name_of(named) == "work"
    with pytest.raises(tuimail.ConfigurationError, match="no account"):
        tuimail.Account.named("another")


def test_variables_describe_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(tuimail.ConfigurationError) as caught:
        tuimail.Account.from_env()
    monkeypatch.setenv("TUIMAIL_ADDRESS", "Mara <mara@example.org>")
    monkeypatch.setenv("TUIMAIL_PROVIDER", "dummy")
    account = tuimail.Account.from_env()

    result = tuimail.send(
        to="a@example.net", text="Hi", workspace=None, account=account
    )

    assert caught.value.field == "TUIMAIL_ADDRESS"
    assert account.known_as == "environment"
    assert result.is_success


def test_a_workspace_takes_no_account_that_it_does_not_know(place: Place) -> None:
    account = tuimail.Account(provider="dummy", address="ada@example.org")

    with pytest.raises(tuimail.ConfigurationError) as caught:
        tuimail.send(to="a@example.net", text="Hi", account=account)

    assert "workspace=None" in caught.value.hint
    assert place.delivered == ()


@pytest.mark.parametrize("yes", ["1", "true", "YES", "on"])
def test_a_variable_alone_says_that_tls_is_from_the_first_byte(
    yes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", "mara@example.org")
    monkeypatch.setenv("TUIMAIL_SMTP_HOST", "smtp.example.org")
    monkeypatch.setenv("TUIMAIL_SMTP_SSL", yes)
    found = tuimail.Account.from_env().settings()
    monkeypatch.setenv("TUIMAIL_SMTP_SSL", "maybe")

    assert found.options["tls"] == "implicit"
    with pytest.raises(tuimail.ConfigurationError, match="neither yes nor no"):
        tuimail.Account.from_env()
