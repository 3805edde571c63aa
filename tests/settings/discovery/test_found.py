"""What looking for settings comes to."""

import pytest

from tuimail.errors import AddressError
from tuimail.settings.discovery.found import (
    Asked,
    Found,
    Login,
    Preset,
    Said,
    Source,
    Username,
)


def preset(username: Username = Username.ADDRESS, user: str = "") -> Preset:
    return Preset(
        key="example",
        title="Example Mail",
        provider="smtp",
        options={"host": "smtp.{domain}", "port": 465, "tls": "implicit"},
        username=username,
        user=user,
        logins=(Login.PASSWORD,),
        advice="It wants the password.",
    )


def found(title: str = "Example") -> Found:
    return Found(
        title=title,
        provider="smtp",
        logins=(Login.PASSWORD,),
        source=Source.SRV,
        asked="x",
        advice="",
    )


@pytest.mark.parametrize(
    ("username", "user", "name"),
    [
        (Username.ADDRESS, "", "a.b@xn--bcher-kva.example"),
        (Username.LOCAL_PART, "", "a.b"),
        (Username.FIXED, "apikey", "apikey"),
        (Username.ASKED, "", None),
        (Username.NONE, "", None),
    ],
)
def test_a_row_says_which_name_to_log_in_with(
    username: Username, user: str, name: str | None
) -> None:
    of_this_address = preset(username, user).found("A <a.b@bücher.example>")

    assert of_this_address.options.get("username") == name


def test_a_row_is_filled_in_with_the_domain_as_the_wire_has_it() -> None:
    options = preset().found("ada@bücher.example").options

    assert options["host"] == "smtp.xn--bcher-kva.example"
    assert options["port"] == 465


def test_a_row_found_by_domain_says_which_one() -> None:
    of_this_address = preset().found("ada@example.org")

    assert of_this_address.source is Source.PRESET
    assert of_this_address.asked == "example.org"
    assert of_this_address.preset == "example"
    assert not of_this_address.is_foreign


def test_a_row_for_no_address_is_an_error() -> None:
    with pytest.raises(AddressError):
        preset().found("nobody")


def test_what_nobody_can_log_in_to_is_not_found() -> None:
    with pytest.raises(ValueError, match="log in"):
        Found(
            title="x",
            provider="smtp",
            logins=(),
            source=Source.SRV,
            asked="x",
            advice="",
        )


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Said(), "nothing there"),
        (Said(found=(found(),)), "1 way out"),
        (Said(found=(found("a"), found("b"))), "2 ways out"),
        (Said(outcome="no such host"), "no such host"),
        (Said(found=(found(),), outcome="Gmail, by mx"), "Gmail, by mx"),
    ],
)
def test_what_came_of_asking_is_said_in_words(said: Said, outcome: str) -> None:
    asked = said.asked(Source.SRV, "x")

    assert asked == Asked(source=Source.SRV, what="x", outcome=outcome)
