"""Lists of mailboxes as people type them."""

import pytest

from tuimail.core.address import parse_address
from tuimail.tui.mailboxes import shown_mailboxes, split_addresses


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        (" , ;\n", ()),
        ("a@b.c", ("a@b.c",)),
        ("a@b.c, d@e.f; g@h.i\nj@k.l", ("a@b.c", "d@e.f", "g@h.i", "j@k.l")),
        ('"Novák, Ana" <a@b.c>, d@e.f', ('"Novák, Ana" <a@b.c>', "d@e.f")),
        (r'"a\", b" <a@b.c>, c@d.e', (r'"a\", b" <a@b.c>', "c@d.e")),
        ("Ana (boss, really) <a@b.c>, c@d.e", ("Ana (boss, really) <a@b.c>", "c@d.e")),
        ("a>@b.c, d@e.f", ("a>@b.c", "d@e.f")),
    ],
)
def test_separators_divide_mailboxes_but_not_names(
    text: str, items: tuple[str, ...]
) -> None:
    assert split_addresses(text) == items


def test_shown_mailboxes_can_be_read_again() -> None:
    mailboxes = tuple(
        parse_address(one, field="to")
        for one in ('"Novák, Ana" <a@b.example>', "d@e.example")
    )

    items = split_addresses(shown_mailboxes(mailboxes))

    assert tuple(parse_address(one, field="to") for one in items) == mailboxes
