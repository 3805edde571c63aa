"""Where an account gets its access tokens, as a person writes it."""

from pathlib import Path
from typing import Any

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.config import load, load_accounts, save_accounts
from tuimail.settings.oauth import OAuth, read_oauth
from tuimail.settings.schema import Table

CONFIG = """
[accounts.work]
provider = "smtp"
address = "ada@example.org"
host = "smtp.example.org"
username = "ada@example.org"
password = "oauth:"

[accounts.work.oauth]
token_url = "https://login.example.org/{tenant}/token"
client_id = "tuimail"
scope = "smtp.send offline"
client_secret = "env:CLIENT_SECRET"
tenant = "common"
"""


def oauth(**values: str) -> OAuth:
    given: dict[str, Any] = {
        "token_url": "https://login.example.org/token",
        "client_id": "tuimail",
    }
    return OAuth(**given | values)


def config(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    return file


def test_an_account_says_where_its_tokens_come_from(tmp_path: Path) -> None:
    account = load(config(tmp_path, CONFIG), {}).account("work")

    assert account.secret == "oauth:"
    assert account.oauth == oauth(
        token_url="https://login.example.org/{tenant}/token",
        scope="smtp.send offline",
        client_secret="env:CLIENT_SECRET",
        tenant="common",
    )
    assert account.oauth.endpoint == "https://login.example.org/common/token"
    assert account.oauth.host == "login.example.org"
    assert "oauth" not in account.options


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    accounts = load(config(tmp_path, CONFIG), {}).accounts
    file = tmp_path / "accounts.toml"
    save_accounts(file, accounts, "work")

    assert load_accounts(file) == accounts


def test_where_tokens_come_from_is_no_part_of_what_was_approved(tmp_path: Path) -> None:
    """Mending it must not void an approval; the server and the user stay."""
    account = load(config(tmp_path, CONFIG), {}).account()
    other = load(config(tmp_path, CONFIG.replace("common", "org")), {}).account()

    assert other.oauth != account.oauth
    assert other.fingerprint == account.fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('password = "oauth:"', 'password = "keyring:"'),
        ('password = "oauth:"', ""),
        (CONFIG[CONFIG.index("[accounts.work.oauth]") :], ""),
    ],
)
def test_half_of_it_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ConfigurationError, match="one half") as caught:
        load(config(tmp_path, CONFIG.replace(old, new)), {})

    assert "token_url" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("client_id", "client_ib", "client_ib"),
        ('client_id = "tuimail"', "", "client_id"),
        ('client_id = "tuimail"', "client_id = 7", "client_id"),
        ("https://login", "http://login", "token_url"),
        ('"env:CLIENT_SECRET"', '"hunter2"', "client_secret"),
        ('"env:CLIENT_SECRET"', '"oauth:"', "client_secret"),
        ('tenant = "common"', 'tenant = "a b"', "no address"),
        ('tenant = "common"', 'tenant = "{tenant}"', "no address"),
        ('"tuimail"', '"tui\\nmail"', "client_id"),
    ],
)
def test_what_is_wrong_in_it_is_named(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        load(config(tmp_path, CONFIG.replace(old, new)), {})

    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_a_command_for_the_client_secret_wants_a_file_that_is_closed(
    tmp_path: Path,
) -> None:
    file = config(tmp_path, CONFIG.replace("env:CLIENT_SECRET", "command:pass show x"))
    load(file, {})
    file.chmod(0o644)

    with pytest.raises(ConfigurationError, match="client_secret"):
        load(file, {})


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example.org/token",
        "https://login.example.org:8443/a/b?c=d",
        "http://127.0.0.1:8080/token",
        "http://[::1]:8080/token",
        "http://localhost/token",
    ],
)
def test_a_token_may_go_behind_tls_or_nowhere_else(url: str) -> None:
    assert oauth(token_url=url).endpoint == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "login.example.org",
        "http://login.example.org/token",
        "http://127.0.0.1.example.org/token",
        "ftp://127.0.0.1/token",
        "https:///token",
        "https://user@login.example.org/token",
        "https://login.example.org/token#part",
        "https://login.example.org:0/",
        "https://login.example.org:http/",
        "https://[::1/token",
        "https://login.example.org/to ken",
        "https://login.example.org/\r\nHost: other",
        "https://lögin.example.org/token",
        "https://login.example.org/{realm}/token",
    ],
)
def test_an_address_that_a_token_may_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        oauth(token_url=url)

    assert caught.value.field == "token_url"


def test_no_table_is_no_tokens() -> None:
    assert read_oauth(Table(source="config.toml", values={})) is None
