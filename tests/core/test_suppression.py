import pytest

from tuimail.core.service import Category
from tuimail.core.suppression import Scope, key_of, stops


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob@example.org", "Bob@Example.ORG"),
        ("jörg@example.org", "JÖRG@example.org"),
        ("jo\u0308rg@example.org", "jörg@example.org"),
    ],
)
def test_one_mailbox_has_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    "other", ["bobb@example.org", "bob@example.com", "bob+x@example.org"]
)
def test_another_mailbox_has_another_key(other: str) -> None:
    assert key_of("bob@example.org") != key_of(other)


@pytest.mark.parametrize(
    ("scope", "category", "is_stopped"),
    [
        (Scope.ALL, None, True),
        (Scope.ALL, Category.TRANSACTIONAL, True),
        (Scope.ALL, Category.BULK, True),
        (Scope.BULK, None, False),
        (Scope.BULK, Category.TRANSACTIONAL, False),
        (Scope.BULK, Category.BULK, True),
    ],
)
def test_who_unsubscribed_gets_what_is_not_bulk(
    scope: Scope, category: Category | None, *, is_stopped: bool
) -> None:
    assert stops(scope, category) is is_stopped
