"""The address that a browser is sent to, and the one that it comes back with."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.settings.sign_in.fake_service import (
    ADA,
    CLIENT,
    CODE,
    FakeService,
    service_at,
)
from tuimail.errors import SecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.authorization import Authorization
from tuimail.settings.sign_in.services import GMAIL, MICROSOFT

REDIRECT = "http://127.0.0.1:49152/"


def begun(**changes: str) -> Authorization:
    service = service_at("https://example.org", **changes)
    return Authorization(
        service=service,
        oauth=OAuth(
            token_url=service.token_url, client_id=CLIENT, scope="send", tenant="corp"
        ),
        redirect_url=REDIRECT,
        login_hint=ADA,
    )


def asked(url: str) -> dict[str, str]:
    return {key: one[0] for key, one in parse_qs(urlsplit(url).query).items()}


def test_the_browser_is_asked_for_what_the_standards_say() -> None:
    one = begun()

    found = asked(one.url)

    assert found["response_type"] == "code"
    assert found["client_id"] == CLIENT
    assert found["redirect_uri"] == REDIRECT
    assert found["scope"] == "send"
    assert found["login_hint"] == ADA
    assert found["code_challenge_method"] == "S256"
    assert one.verifier not in one.url


def test_each_sign_in_has_a_secret_of_its_own() -> None:
    one, other = begun(), begun()

    assert one.state != other.state
    assert one.verifier != other.verifier
    assert one.verifier not in repr(one)
    assert one.state not in repr(one)


def test_an_organisation_is_filled_in() -> None:
    one = begun(authorization_url="https://example.org/{tenant}/authorize")

    assert one.url.startswith("https://example.org/corp/authorize?")


def test_the_code_is_what_the_browser_brings() -> None:
    one = begun()

    assert one.code(FakeService().visit(one.url)) == CODE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        f"{REDIRECT}?code={CODE}",
        f"{REDIRECT}?code={CODE}&state=another",
        f"{REDIRECT}?" + "&".join(f"a{number}=1" for number in range(100)),
        "http://[::1",
        f"{REDIRECT}?code={CODE}&state=\udcff",
    ],
)
def test_an_address_of_another_sign_in_counts_for_nothing(url: str) -> None:
    one = begun()

    with pytest.raises(SecretError, match="does not belong to this sign-in"):
        one.code(url)
    assert not one.is_answer(url)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("access_denied", "did not let us in: access_denied."),
        ("\x1b[31mgo to evil.example", "did not let us in: it gave no code."),
        ("", "did not let us in: it gave no code."),
    ],
)
def test_a_no_is_told_in_words_that_nobody_made_up(error: str, said: str) -> None:
    one = begun()

    with pytest.raises(SecretError, match=said):
        one.code(FakeService().visit(one.url, error=error))


@pytest.mark.parametrize("odd", ["\udcff", "a%0d%0ab%00", "%ed%a0%80", "%ff"])
def test_a_code_with_characters_that_none_has_is_none(odd: str) -> None:
    one = begun()
    url = f"{REDIRECT}?state={one.state}&code={odd}"

    assert one.is_answer(url)
    assert not one.is_consent(url)
    with pytest.raises(SecretError, match="it gave no code"):
        one.code(url)


def test_a_yes_is_told_from_a_no() -> None:
    one, service = begun(), FakeService()

    assert one.is_consent(service.visit(one.url))
    assert not one.is_consent(service.visit(one.url, error="access_denied"))
    assert not one.is_consent(f"{REDIRECT}?code={CODE}&state=another")


def test_google_is_asked_for_a_token_that_lasts_and_for_the_least() -> None:
    assert GMAIL.extra["access_type"] == "offline"
    assert GMAIL.scope_for("gmail").endswith("/gmail.send")


def test_microsoft_is_asked_for_a_token_that_lasts() -> None:
    for provider in ("graph", "smtp"):
        assert "offline_access" in MICROSOFT.scope_for(provider)
