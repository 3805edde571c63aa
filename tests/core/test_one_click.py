"""Links that end bulk mail: made by one key, read by no other."""

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.one_click import KEY_BYTES, Named, read, token

KEY = bytes(range(KEY_BYTES))
OTHER_KEY = bytes(KEY_BYTES)
ANA = Named("06p5x8mq1zk0v3ab", "ana@xn--bcher-kva.example")
_URL_SAFE = frozenset(string.ascii_letters + string.digits + "-_")


def test_a_link_says_what_it_was_made_for() -> None:
    assert read(KEY, token(KEY, ANA)) == ANA


@given(st.emails(), st.text(string.ascii_lowercase, min_size=16, max_size=16))
def test_any_address_can_be_named(address: str, draft_id: str) -> None:
    named = Named(draft_id, address)

    assert read(KEY, token(KEY, named)) == named


def test_an_address_beyond_ascii_can_be_named() -> None:
    named = Named("d1", "jörg@example.org")

    assert read(KEY, token(KEY, named)) == named


def test_the_same_mail_has_the_same_link() -> None:
    """Its bytes are made again from the draft, and have to be the same."""
    assert token(KEY, ANA) == token(KEY, ANA)


def test_another_mail_to_the_same_address_has_a_link_of_its_own() -> None:
    one, other = token(KEY, ANA), token(KEY, ANA._replace(draft_id="other"))

    assert one[:43] != other[:43]
    assert one[43:] != other[43:]


def test_a_link_goes_into_a_url_as_it_is() -> None:
    made = token(KEY, Named("d" * 16, f"{'a' * 64}@{'b' * 189}"))

    assert set(made) <= _URL_SAFE
    assert len(made) < 500


def test_nobody_reads_an_address_out_of_it() -> None:
    made = token(KEY, ANA)
    octets = urlsafe_b64decode(made + "=" * (-len(made) % 4))

    assert b"ana" not in octets
    assert b"example" not in octets
    assert ANA.draft_id.encode() not in octets


def test_its_length_does_not_tell_one_address_from_another() -> None:
    assert len(token(KEY, ANA)) == len(token(KEY, Named("d" * 16, "x" * 30 + "@a.b")))


def test_another_key_reads_nothing() -> None:
    assert read(OTHER_KEY, token(KEY, ANA)) is None


def test_one_bit_that_was_changed_makes_it_worthless() -> None:
    made = token(KEY, ANA)
    octets = bytearray(urlsafe_b64decode(made + "=" * (-len(made) % 4)))

    for position in range(len(octets)):
        octets[position] ^= 1
        changed = urlsafe_b64encode(octets).rstrip(b"=").decode()
        assert read(KEY, changed) is None
        octets[position] ^= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 85,
        "A" * 86,
        "A" * 89,
        "A" * 701,
        token(KEY, ANA)[:-1],
        token(KEY, ANA)[:-2],
        token(KEY, ANA) + "A",
        token(KEY, ANA) + "=",
        token(KEY, ANA) + "\n",
        token(KEY, ANA).replace(token(KEY, ANA)[3], "/"),
        "é" * 90,
    ],
)
def test_what_is_no_link_says_nothing(text: str) -> None:
    assert read(KEY, text) is None


@given(st.text(max_size=120))
def test_no_text_makes_reading_fail(text: str) -> None:
    assert read(KEY, text) is None
