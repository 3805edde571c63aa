"""How fast an account may send, as settings say it."""

from pathlib import Path

import pytest

from tuimail.core.address import parse_address
from tuimail.core.pacing import Limits
from tuimail.errors import ConfigurationError
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import load, load_accounts, save_accounts

ACCOUNT = """
[accounts.work]
provider = "smtp"
address = "ada@example.org"
"""
ALL = """
on_unknown = "resend"
connections = 2
messages_per_connection = 20
recipients_per_message = 50
per_minute = 10
per_hour = 100
per_day = 500
destination_per_hour = 20
warm_up_per_day = 25
warm_up_growth_percent = 30
"""
LIMITS = Limits(
    per_minute=10,
    per_hour=100,
    per_day=500,
    destination_per_hour=20,
    warm_up_per_day=25,
    warm_up_growth_percent=30,
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(config: Path, lines: str = "") -> AccountSettings:
    config.write_text(f"{ACCOUNT}{lines}")
    return load(config, {}).account()


def test_nothing_is_limited_where_nobody_said_so(config: Path) -> None:
    work = read(config)

    assert work.limits == Limits()
    assert (work.on_unknown, work.connections) == ("ask", 4)
    assert (work.messages_per_connection, work.recipients_per_message) == (100, None)


def test_every_limit_is_read_and_none_is_an_option_of_the_provider(
    config: Path,
) -> None:
    work = read(config, ALL)

    assert work.limits == LIMITS
    assert (work.on_unknown, work.connections) == ("resend", 2)
    assert (work.messages_per_connection, work.recipients_per_message) == (20, 50)
    assert work.options == {}


@pytest.mark.parametrize("lines", ["", ALL, "per_day = 7", "warm_up_per_day = 5"])
def test_limits_are_written_as_they_were_read(config: Path, lines: str) -> None:
    work = read(config, lines)
    accounts = config.with_name("accounts.toml")

    save_accounts(accounts, [work], "")

    assert load_accounts(accounts) == (work,)


def test_what_is_usual_is_not_written(config: Path) -> None:
    accounts = config.with_name("accounts.toml")

    save_accounts(accounts, [read(config)], "")

    assert "connection" not in accounts.read_text()
    assert "per_" not in accounts.read_text()


def test_a_growth_without_a_warm_up_is_not_written(config: Path) -> None:
    """It would be refused when it is read again."""
    accounts = config.with_name("accounts.toml")
    odd = AccountSettings(
        name="work",
        provider="smtp",
        address=parse_address("ada@example.org", field="address"),
        limits=Limits(per_day=5, warm_up_growth_percent=10),
    )

    save_accounts(accounts, [odd], "")

    assert load_accounts(accounts)[0].limits == Limits(per_day=5)


def test_limits_do_not_change_what_was_approved(config: Path) -> None:
    assert read(config, ALL).fingerprint == read(config).fingerprint


@pytest.mark.parametrize(
    ("line", "field", "hint"),
    [
        ("on_unknown = 'guess'", "on_unknown", "ask, resend"),
        ("connections = 0", "connections", "between 1 and 20"),
        ("connections = 21", "connections", "between 1 and 20"),
        ("connections = '4'", "connections", "connections = 10"),
        ("messages_per_connection = 0", "messages_per_connection", "1 and 10000"),
        ("recipients_per_message = 0", "recipients_per_message", "1 and 10000"),
        ("recipients_per_message = 10001", "recipients_per_message", "1 and 10000"),
        ("per_minute = 0", "per_minute", "between 1 and"),
        ("per_hour = -1", "per_hour", "between 1 and"),
        ("per_day = 1.5", "per_day", "per_day = 10"),
        ("per_day = true", "per_day", "per_day = 10"),
        ("destination_per_hour = 100000001", "destination_per_hour", "between 1"),
        ("warm_up_per_day = 0", "warm_up_per_day", "between 1 and"),
        (
            "warm_up_per_day = 1\nwarm_up_growth_percent = 0",
            "warm_up_growth_percent",
            "between 1 and 1000",
        ),
        ("warm_up_growth_percent = 5", "warm_up_growth_percent", "warm_up_per_day ="),
    ],
)
def test_a_limit_that_cannot_be_is_named_with_its_file(
    config: Path, line: str, field: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"accounts\.work\..*config\.toml") as (
        raised
    ):
        read(config, line)

    assert raised.value.field == field
    assert hint in raised.value.hint


@pytest.mark.parametrize("key", ["per_day", "connections", "on_unknown"])
def test_a_limit_is_no_option_of_a_provider(key: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        AccountSettings(
            name="work",
            provider="smtp",
            address=parse_address("ada@example.org", field="address"),
            options={key: 5},
        )

    assert raised.value.field == key


def test_variables_can_say_the_same(config: Path) -> None:
    lines = [line.split(" = ") for line in ALL.split("\n") if line]
    environ = {f"TUIMAIL_{key.upper()}": value.strip('"') for key, value in lines}

    found = load(config, {"TUIMAIL_ADDRESS": "ada@example.org"} | environ).account()

    assert found.limits == LIMITS
    assert (found.on_unknown, found.connections) == ("resend", 2)
    assert (found.messages_per_connection, found.recipients_per_message) == (20, 50)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("TUIMAIL_PER_DAY", "many", "TUIMAIL_PER_DAY is “many”"),
        ("TUIMAIL_PER_DAY", "0", "in TUIMAIL_PER_DAY is 0"),
        ("TUIMAIL_CONNECTIONS", "99", "in TUIMAIL_CONNECTIONS is 99"),
        ("TUIMAIL_ON_UNKNOWN", "guess", "in TUIMAIL_ON_UNKNOWN is “guess”"),
    ],
)
def test_a_wrong_variable_is_named(
    config: Path, name: str, text: str, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        load(config, {"TUIMAIL_ADDRESS": "ada@example.org", name: text})
