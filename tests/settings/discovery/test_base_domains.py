"""Who runs a host, told from its name alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.settings.discovery.base_domains import bases


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("mx.example.org", ("example.org",)),
        ("mx1.mail.example.org", ("mail.example.org", "example.org")),
        ("a.b.c.example.org", ("b.c.example.org", "example.org")),
        ("example.org", ("example.org",)),
        ("mx.example.co.uk", ("example.co.uk",)),
        ("mx1.mail.example.com.au", ("mail.example.com.au", "example.com.au")),
        ("mx.example.gouv.fr", ("example.gouv.fr",)),
        ("mx.example.xn--p1ai", ("example.xn--p1ai",)),
    ],
)
def test_the_nearest_domain_comes_first(host: str, found: tuple[str, ...]) -> None:
    assert bases(host) == found


@pytest.mark.parametrize("host", ["org", "localhost", ""])
def test_a_name_without_a_dot_is_nobodys(host: str) -> None:
    assert bases(host) == ()


@pytest.mark.parametrize(
    ("host", "registry"), [("mx.co.uk", "co.uk"), ("a.b.com.br", "com.br")]
)
def test_a_registry_is_never_asked(host: str, registry: str) -> None:
    """Whoever registers autoconfig.co.uk must not answer for the whole country."""
    assert registry not in bases(host)


_LABEL = st.from_regex(r"[a-z]{1,6}", fullmatch=True)


@given(st.lists(_LABEL, max_size=6).map(".".join))
def test_a_domain_is_always_an_end_of_the_name(host: str) -> None:
    found = bases(host)

    assert all(f".{host}".endswith(f".{base}") and "." in base for base in found)
    assert len(set(found)) == len(found)
