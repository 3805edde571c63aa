"""Where a mail API may be."""

import pytest

from tuimail.errors import ConfigurationError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.options import base_url


def account(**options: str) -> ProviderAccount:
    return ProviderAccount(name="work", options=options, secret=lambda: None)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://api.example.org/v1/", "https://api.example.org/v1"),
        ("https://api.example.org:8443", "https://api.example.org:8443"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
        ("http://localhost/", "http://localhost"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("https://[fe80::1%25eth0]", "https://[fe80::1%25eth0]"),
        ("https://192.0.2.1/v1", "https://192.0.2.1/v1"),
        ("https://API.example.org.", "https://API.example.org."),
        ("https://1e3.xn--bcher-kva.example", "https://1e3.xn--bcher-kva.example"),
    ],
)
def test_an_address_of_an_api_is_taken(url: str, found: str) -> None:
    assert base_url(account(url=url)) == found


def test_a_service_that_is_at_one_place_need_not_be_told() -> None:
    assert base_url(account(), default="https://a.example") == "https://a.example"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.org",
        "ftp://api.example.org",
        "https://",
        "https://key@api.example.org",
        "https://api.example.org?key=1",
        "https://api.example.org/#",
        "https://api.example.org:port",
        "https://api.example.org:0",
        "https://api.example.org:70000",
        "https://[::1",
        "https://bücher.example",
        "https://api example.org",
        "https://999.999.999.999",
        "https://127.1",
        "https://a..b",
        "https://.",
        "https://-",
        "https://a-.example",
        "https://xn--",
        "https://a%00b",
        "https://exa$mple.org",
        "https://a_b.example",
        f"https://{'a' * 64}.example",
        "https://" + "a." * 130 + "example",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_an_api_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        base_url(account(url=url))

    assert caught.value.field == "url"
    assert "https://api.example.org" in caught.value.hint


def test_a_key_does_not_go_out_in_clear() -> None:
    with pytest.raises(ConfigurationError, match="in clear"):
        base_url(account(url="http://api.example.org"))
