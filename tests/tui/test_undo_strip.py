"""What the strip says of the mail that can be taken back."""

import pytest

from tuimail.tui import wording
from tuimail.tui.widgets.undo_strip import shortened


@pytest.mark.parametrize(
    ("subject", "people", "room", "shown"),
    [
        ("Q3 report", "ana@example.net", 40, "Q3 report → ana@example.net"),
        ("Q3 report for you", "ana@example.net", 24, "Q3 report… → ana@exampl…"),
        ("Hi", "ana.novak@example.net", 20, "Hi → ana.novak@exam…"),
        ("Q3 report for everybody", "a@b.example", 24, "Q3 report… → a@b.example"),
        ("見積書の件について", "a@b.example", 20, "見積書 … → a@b.exam…"),
    ],
)
def test_whom_it_is_for_is_told_beside_the_longest_subject(
    subject: str, people: str, room: int, shown: str
) -> None:
    text = shortened(subject, people, room)

    assert text == shown
    assert wording.cells(text) <= room
