"""One address, in the shapes that mail APIs want."""

import pytest

from tests.core.drafts import address
from tuimail.core.address import Address
from tuimail.core.handed_in.words import read_words
from tuimail.providers.http_api.asking import Addresses, Shape
from tuimail.providers.http_api.naming import can_show, joined, told

PLAIN = address("Ada Lovelace <ada@b.example>")
NO_NAME = address("ada@b.example")
COMMA = address('"Lovelace, \\"Ada\\"" <ada@b.example>')
BEYOND = address("Ström, B. <ada@b.example>".replace("Ström, B.", '"Ström, B."'))


@pytest.mark.parametrize(
    ("one", "shape", "written"),
    [
        (NO_NAME, "text", "ada@b.example"),
        (PLAIN, "text", "Ada Lovelace <ada@b.example>"),
        (COMMA, "text", '"Lovelace, \\"Ada\\"" <ada@b.example>'),
        (BEYOND, "text", '"Ström, B." <ada@b.example>'),
        (PLAIN, "encoded", "Ada Lovelace <ada@b.example>"),
        (PLAIN, "plain", "Ada Lovelace <ada@b.example>"),
        (PLAIN, "bare", "ada@b.example"),
        (NO_NAME, "object", {"email": "ada@b.example"}),
        (BEYOND, "object", {"email": "ada@b.example", "name": "Ström, B."}),
    ],
)
def test_each_shape_is_as_it_is_documented(
    one: Address, shape: Shape, written: object
) -> None:
    assert told(one, Addresses(), shape) == written


@pytest.mark.parametrize("one", [COMMA, BEYOND])
def test_an_encoded_name_reads_as_it_was(one: Address) -> None:
    written = str(told(one, Addresses(), "encoded"))

    assert written.isascii()
    assert '"' not in written
    assert read_words(written.partition(" <")[0]) == one.name


def test_an_object_may_lie_deeper() -> None:
    rules = Addresses(email="address.email", name="address.name")

    assert told(PLAIN, rules) == {
        "address": {"email": "ada@b.example", "name": "Ada Lovelace"}
    }


def test_objects_are_joined_as_text() -> None:
    assert joined((PLAIN, NO_NAME), Addresses()) == (
        "Ada Lovelace <ada@b.example>, ada@b.example"
    )


@pytest.mark.parametrize(
    ("name", "shape", "names", "expected"),
    [
        ("Ada", "bare", None, False),
        ("", "bare", None, True),
        ("Ada, L", "plain", None, False),
        ("Ada L.", "plain", None, True),
        ("Ström", "plain", None, True),
        ("Ada", None, "[a-z]*", False),
        ("ada", None, "[a-z]*", True),
        ("", None, None, True),
    ],
)
def test_a_name_is_shown_as_it_is_or_not_at_all(
    name: str, shape: Shape | None, names: str | None, *, expected: bool
) -> None:
    assert can_show(name, Addresses(names=names), shape) is expected
