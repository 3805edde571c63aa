from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.smtp.options import SmtpOptions, Tls, read_options


def options(**given: str | int | bool) -> SmtpOptions:
    account = ProviderAccount(name="work", options=given, secret=lambda: None)
    return read_options(account)


@pytest.mark.parametrize(
    ("given", "port", "tls"),
    [
        ({"host": "smtp.example.org"}, 465, Tls.IMPLICIT),
        ({"host": "smtp.example.org", "port": 587}, 587, Tls.STARTTLS),
        ({"host": "smtp.example.org", "port": "2465"}, 2465, Tls.IMPLICIT),
        ({"host": "smtp.example.org", "tls": "starttls"}, 587, Tls.STARTTLS),
        ({"host": "smtp.example.org", "tls": "none"}, 25, Tls.NONE),
        ({"host": "localhost"}, 25, Tls.NONE),
        ({"host": "127.0.0.1", "port": 1025}, 1025, Tls.NONE),
        ({"host": "::1", "tls": "implicit"}, 465, Tls.IMPLICIT),
    ],
)
def test_tls_is_wanted_unless_the_server_is_this_machine(
    given: dict[str, str | int | bool], port: int, tls: Tls
) -> None:
    found = options(**given)

    assert (found.port, found.tls) == (port, tls)


def test_the_endpoint_is_written_as_people_write_it() -> None:
    assert options(host="smtp.example.org").endpoint == "smtp.example.org:465"
    assert options(host="::1", port=25).endpoint == "[::1]:25"


def test_everything_that_can_be_said_is_read() -> None:
    found = options(
        host="smtp.example.org",
        username="ada",
        ca_file="~/ca.pem",
        local_name="desk.example.org",
    )

    assert found.username == "ada"
    assert found.ca_file == Path("~/ca.pem").expanduser()
    assert found.local_name == "desk.example.org"


@pytest.mark.parametrize(
    ("given", "field", "hint"),
    [
        ({}, "host", "host ="),
        ({"host": "a..b"}, "host", "host ="),
        ({"host": "a.example."}, "host", "host ="),
        ({"host": "evil\r\nMAIL"}, "host", "host ="),
        ({"host": "two words"}, "host", "host ="),
        ({"host": "bücher.example"}, "host", "xn--"),
        ({"host": "x" * 300}, "host", "host ="),
        ({"host": 7}, "host", "host ="),
        ({"host": "h", "port": 0}, "port", "between 1 and 65535"),
        ({"host": "h", "port": True}, "port", "between 1 and 65535"),
        ({"host": "h", "port": "smtp"}, "port", "between 1 and 65535"),
        ({"host": "h", "tls": "ssl"}, "tls", "implicit, starttls, none"),
        ({"host": "h", "user_name": "ada"}, "user_name", "username"),
        ({"host": "h", "verify": False}, "verify", "There are: allow_clear_auth"),
        ({"host": "h", "local_name": "a b"}, "local_name", "host name"),
        ({"host": "localhost", "allow_clear_auth": "si"}, "allow_clear_auth", "true"),
    ],
)
def test_a_wrong_setting_is_named_with_what_may_stand_there(
    given: dict[str, str | int | bool], field: str, hint: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        options(**given)

    assert raised.value.field == field
    assert hint in raised.value.hint


@pytest.mark.parametrize("allow", [False, True])
def test_no_password_goes_in_clear_to_another_machine(*, allow: bool) -> None:
    with pytest.raises(ConfigurationError, match="in clear") as raised:
        options(
            host="smtp.example.org",
            tls="none",
            username="ada",
            allow_clear_auth=allow,
        )

    assert 'tls = "implicit"' in raised.value.hint


def test_no_password_goes_in_clear_to_this_machine_unasked() -> None:
    with pytest.raises(ConfigurationError, match="in clear") as raised:
        options(host="localhost", username="ada")

    assert "allow_clear_auth = true" in raised.value.hint


def test_a_password_may_go_in_clear_to_this_machine_when_asked() -> None:
    found = options(host="localhost", username="ada", allow_clear_auth="yes")

    assert found.tls is Tls.NONE


def test_a_home_that_nobody_has_is_a_name_like_any_other() -> None:
    found = options(host="smtp.example.org", ca_file="~nobody-at-all/ca.pem")

    assert found.ca_file == Path("~nobody-at-all/ca.pem")


def test_a_client_certificate_needs_tls_and_its_key_needs_it() -> None:
    found = options(
        host="smtp.example.org", client_cert_file="a.pem", client_key_file="a.key"
    )

    assert (found.client_cert_file, found.client_key_file) == (
        Path("a.pem"),
        Path("a.key"),
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"client_key_file": "a.key"}, "client_key_file"),
        ({"client_cert_file": "a.pem", "tls": "none"}, "client_cert_file"),
    ],
)
def test_a_client_certificate_that_would_not_be_shown_is_refused(
    given: dict[str, str], field: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        options(host="smtp.example.org", **given)

    assert raised.value.field == field
    assert "client_cert_file" in raised.value.hint or "tls" in raised.value.hint
