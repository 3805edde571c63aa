"""What a person reads about a login that was refused."""

import pytest

from tuimail.settings.discovery.found import Found, Login, Source
from tuimail.settings.discovery.presets import preset
from tuimail.workspace.login_hints import codes, login_hint


def way(*logins: Login, advice: str = "") -> Found:
    return Found(
        title="Example Mail",
        provider="smtp",
        logins=logins or (Login.PASSWORD,),
        source=Source.SRV,
        asked="_submissions._tcp.example.org",
        advice=advice,
    )


@pytest.mark.parametrize(
    ("said", "code", "enhanced"),
    [
        ("535 5.7.8 no", "535", "5.7.8"),
        ("535-5.7.8 no\n5.7.8 really", "535", "5.7.8"),
        ("5.7.139 no", "", "5.7.139"),
        ("535 Login Fail", "535", ""),
        ("The connection failed.", "", ""),
        ("", "", ""),
    ],
)
def test_codes_are_read_where_a_reply_begins(
    said: str, code: str, enhanced: str
) -> None:
    assert codes(said) == (code, enhanced)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("534 5.7.9 Application-specific password required", "wants an app password"),
        ("534 5.7.14 Please log in via your web browser", "with a browser first"),
        ("534 too weak", "something stronger"),
        ("535 5.7.139 Authentication unsuccessful", "Sign in with Microsoft"),
        ("535 5.7.3 Authentication unsuccessful", "SMTP AUTH"),
        ("530 5.7.57 Client not authenticated", "Sign in with Microsoft"),
        ("525 5.7.13 disabled", "switched off at Example Mail"),
        ("535 5.7.13 disabled", "switched off at Example Mail"),
        ("538 5.7.11 Encryption required", "choose TLS"),
        ("432 4.7.12 A password transition is needed", "change your password"),
        ("454 4.7.0 Temporary authentication failure", "try again"),
        ("421 4.7.0 Too many login attempts", "wait a while"),
        ("504 5.5.4 Unrecognized authentication type", "does not know that kind"),
        ("535 5.7.8 wrong", "user name or the password is wrong"),
        ("535 Fehler", "user name or the password is wrong"),
    ],
)
def test_each_reply_has_its_hint(said: str, words: str) -> None:
    assert words in login_hint(said, way())


def test_gmail_says_that_a_normal_password_never_works() -> None:
    gmail = preset("gmail-smtp").found("ada@gmail.com")

    hint = login_hint("535 5.7.8 Username and Password not accepted", gmail)
    assert "Gmail wants an app password or OAuth; a normal password never works" in hint


def test_a_title_of_ours_names_the_service_and_not_its_way() -> None:
    gmail = preset("gmail-smtp").found("ada@gmail.com")

    assert login_hint("534 5.7.9 no", gmail).startswith("Gmail wants")


@pytest.mark.parametrize(
    ("logins", "words"),
    [
        ((Login.APP_PASSWORD, Login.GOOGLE), "an app password or OAuth; a normal"),
        ((Login.AUTHORIZATION_CODE,), "an authorization code; a normal"),
        ((Login.GOOGLE, Login.MICROSOFT), "wants OAuth; a normal"),
        ((Login.PASSWORD, Login.APP_PASSWORD), "With two-step login, Example Mail"),
        ((Login.NONE,), "password is wrong"),
    ],
)  # fmt: skip
def test_without_advice_the_hint_comes_from_the_logins(
    logins: tuple[Login, ...], words: str
) -> None:
    assert words in login_hint("535 no", way(*logins))


def test_the_providers_advice_is_the_hint_where_there_is_some() -> None:
    assert login_hint("535", way(Login.TOKEN, advice="Make a key.")) == "Make a key."
