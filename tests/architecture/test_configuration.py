"""The reference of settings is whole, and what it says of each key is so."""

import pytest

from tests.architecture import configuration
from tests.providers.test_every_provider import BY_DATA, section
from tuimail.providers.registry import names
from tuimail.settings import compose, config, identities, oauth
from tuimail.settings.account import OWN_KEYS
from tuimail.settings.variables import OF_AN_ACCOUNT, OF_OAUTH, TOP, key_of

CONFIG = {key.strip("`"): row for key, *row in configuration.config_rows()}
ACCOUNT = {key.strip("`"): row for key, *row in configuration.account_rows()}


def test_every_key_of_the_persons_own_file_is_there() -> None:
    inner = {f"compose.{key}" for key in compose.KEYS}
    inner |= {"aliases.NAME", "keys.preset", "keys.file", "keys.ID"}

    assert CONFIG.keys() == {*config._CONFIG_KEYS, *inner}


def test_every_key_of_an_account_is_there() -> None:
    inner = {f"oauth.{key}" for key in oauth.KEYS}
    inner |= {f"identities.{key}" for key in identities.KEYS}

    assert ACCOUNT.keys() == {*OWN_KEYS, *inner}


def test_every_variable_of_a_setting_stands_beside_its_key() -> None:
    beside = {row[2].strip("`") for row in (*CONFIG.values(), *ACCOUNT.values())}

    assert beside - {""} == {one.name for one in (*TOP, *OF_AN_ACCOUNT, *OF_OAUTH)}
    assert all(key_of(one.name) in CONFIG for one in TOP)


@pytest.mark.parametrize(
    ("key", "kind", "default"),
    [
        ("undo_seconds", "number, 0 to 3,600", "10"),
        ("glyphs", "`safe`, `ascii`, `full`", "by the terminal"),
        ("notify", "true or false", "true"),
        ("theme", "text", "`dark`"),
    ],
)
def test_readers_say_what_a_key_may_be(key: str, kind: str, default: str) -> None:
    assert CONFIG[key][:2] == [kind, default]


@pytest.mark.parametrize("name", sorted(names()))
def test_a_provider_explains_each_of_its_keys_on_its_page(name: str) -> None:
    page = section("http_api" if name in BY_DATA else name)

    for key in configuration.keys_of(name):
        assert f"`{key}`" in page, key
