"""An address that is made from settings leads where its file says, and no further."""

import msgspec
import pytest

from tests.providers.http_api.test_definition import LEAST
from tuimail.errors import ConfigurationError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http_api.asking import Request
from tuimail.providers.http_api.definition import Definition, parse_definition
from tuimail.providers.http_api.place import key_header, read_place

TEAM = '[options.team_1]\nmeaning = "the team"\npattern = ".*"\n[parts]'


def described(*changes: tuple[str, str]) -> Definition:
    text = LEAST.replace("[parts]", TEAM, 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_definition(text.encode())


def account(**options: str) -> ProviderAccount:
    return ProviderAccount(name="work", options=options, secret=lambda: None)


TO_THE_TEAM = ('path = "/send"', 'path = "/{team_1}/send"')


@pytest.mark.parametrize(
    ("team", "path"),
    [
        ("blue", "/blue/send"),
        ("@elsewhere.example/", "/%40elsewhere.example%2F/send"),
        ("a/../../b", "/a%2F..%2F..%2Fb/send"),
        ("{team_1}", "/%7Bteam_1%7D/send"),
        ("?x#y", "/%3Fx%23y/send"),
        ("...", "/.../send"),
    ],
)
def test_a_setting_stays_in_its_place(team: str, path: str) -> None:
    place = read_place(account(team_1=team), described(TO_THE_TEAM))

    assert place.send_url == f"https://api.example.org{path}"


@pytest.mark.parametrize("team", [".", ".."])
@pytest.mark.parametrize(
    "change", [TO_THE_TEAM, ('path = "/me"', 'path = "/me/{team_1}"')]
)
def test_a_setting_leads_to_no_other_place(team: str, change: tuple[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="leads elsewhere") as refused:
        read_place(account(team_1=team), described(change))

    assert "work" in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize("url", ["https://a.example/..", "https://a.example/%2e%2E/b"])
def test_an_address_that_leads_up_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="leads elsewhere"):
        read_place(account(url=url), described())


@pytest.mark.parametrize("path", ["@elsewhere.example/send", ".elsewhere.example/x"])
def test_what_is_joined_is_at_the_same_host(path: str) -> None:
    """The file's own rules say so as well; the key is worth saying it twice."""
    elsewhere = msgspec.structs.replace(described(), request=Request(path=path))

    with pytest.raises(ConfigurationError, match="leads elsewhere"):
        read_place(account(), elsewhere)


def test_a_user_has_no_colon() -> None:
    with_user = described(("[key]", '[key]\nuser = "{team_1}"'))

    with pytest.raises(ConfigurationError, match="no colon") as refused:
        read_place(account(team_1="blue:red"), with_user)

    assert refused.value.field == "team_1"


def test_a_user_is_made_from_settings_once() -> None:
    with_user = described(("[key]", '[key]\nuser = "api-{team_1}"'))
    place = read_place(account(team_1="{team_1}"), with_user)

    assert place.user == "api-{team_1}"
    assert key_header(with_user.key, place, "k")["Authorization"].startswith("Basic ")
