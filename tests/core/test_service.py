from typing import Any

import pytest

from tuimail.core.service import (
    NOTHING_ASKED,
    Category,
    ServiceOptions,
    pairs_of,
)
from tuimail.errors import FieldError


def test_nothing_asked_is_nothing() -> None:
    assert NOTHING_ASKED.is_empty
    assert NOTHING_ASKED.digest == ""
    assert not NOTHING_ASKED.asks


@pytest.mark.parametrize(
    "fields",
    [
        {"category": Category.BULK},
        {"tags": ("a",)},
        {"metadata": (("a", "b"),)},
        {"template_id": "welcome"},
        {"merge": (("a", "b"),)},
        {"merge_for": (("a@b.c", (("a", "b"),)),)},
        {"track_opens": False},
        {"track_clicks": True},
    ],
)
def test_whatever_is_said_changes_the_digest(fields: dict[str, Any]) -> None:
    asked = ServiceOptions(**fields)

    assert not asked.is_empty
    assert len(asked.digest) == 64
    assert asked.digest == ServiceOptions(**fields).digest


def test_the_digest_stays_the_same_between_releases() -> None:
    """Approvals are stored with it."""
    asked = ServiceOptions(category=Category.BULK, tags=("größer",), track_opens=False)

    assert asked.digest == (
        "704084c53a24e5ff1cd5c0c392ba9c1939272380c2f93f735bafd69c444ba80d"
    )


def test_who_gets_which_data_is_part_of_the_digest() -> None:
    one = ServiceOptions(merge_for=(("a@b.c", (("n", "1"),)), ("d@b.c", ())))
    other = ServiceOptions(merge_for=(("d@b.c", (("n", "1"),)), ("a@b.c", ())))

    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        ({"tags": ("a",), "metadata": (("a", "b"),), "category": Category.BULK}, False),
        ({"template_id": "x"}, True),
        ({"merge": (("a", "b"),)}, True),
        ({"merge_for": (("a@b.c", ()),)}, True),
        ({"track_opens": False}, True),
        ({"track_clicks": False}, True),
    ],
)
def test_what_only_some_providers_do_is_known(
    fields: dict[str, Any], *, asks: bool
) -> None:
    assert ServiceOptions(**fields).asks is asks


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"tags": ("",)}, "tag"),
        ({"tags": ("a\r\nX: 1",)}, "tag"),
        ({"tags": ("a" * 129,)}, "tag"),
        ({"tags": tuple(f"t{number}" for number in range(51))}, "tag"),
        ({"metadata": (("", "b"),)}, "meta"),
        ({"metadata": (("a\n", "b"),)}, "meta"),
        ({"metadata": (("a", "1"), ("a", "2"))}, "meta"),
        ({"metadata": (("a", "b\x00"),)}, "meta"),
        ({"merge": (("a", "b" * 10_001),)}, "merge"),
        ({"merge_for": (("a@b.c", (("a b\n", "c"),)),)}, "merge"),
        ({"template_id": "a\x1b"}, "template-id"),
    ],
)
def test_what_could_not_be_said_is_refused_with_its_field(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldError) as caught:
        ServiceOptions(**fields)

    assert caught.value.field == field


def test_pairs_are_in_the_order_of_their_names() -> None:
    assert pairs_of({"b": "2", "a": "1"}) == (("a", "1"), ("b", "2"))
