"""How times, sizes, people and statuses are said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.core.address import parse_address, split_items
from tuimail.tui import wording
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
    SENT_STATUSES,
)

HOSTILE = "a\x1b[31m\u202eb"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (-5, "0 s"), (9, "9 s"), (75, "1 m"), (7300, "2 h"), (200000, "2 d")],
)
def test_a_duration_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    assert wording.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (212_000, "212 kB"),
     (9_950_000, "9.9 MB"), (5 * 10**12, "5000 GB")],
)  # fmt: skip
def test_a_size_is_said_in_the_unit_people_read(size: int, said: str) -> None:
    assert wording.size(size) == said


def test_a_moment_is_said_as_shortly_as_it_is_clear() -> None:
    here = NOW.astimezone()

    assert wording.clock(NOW, NOW) == f"{here:%H:%M}"
    assert wording.clock(NOW - timedelta(days=3), NOW).startswith("27 Feb ")
    assert wording.clock(NOW - timedelta(days=400), NOW).startswith("2025-01-")
    assert wording.day(NOW, NOW) == f"{here:%H:%M}"
    assert wording.day(NOW - timedelta(days=3), NOW) == "27 Feb"
    assert wording.day(NOW - timedelta(days=400), NOW) == "Jan 2025"


def test_when_a_mail_is_tried_next(desk: Desk) -> None:
    row = desk.release()
    due = row.due_at
    assert due is not None

    assert wording.when(row, due) == "now"
    assert wording.when(row, due - timedelta(minutes=3)) == "in 3 m"
    assert wording.when(row, due - timedelta(days=9)) == "2 Mar"


def test_letters_of_a_subject_that_pose_as_others_are_in_brackets() -> None:
    posing = wording.subject("From p\u0430ypal")
    honest = wording.subject("\u041f\u0440\u0438\u0432\u0435\u0442, paypal")

    assert posing == "From p\u2039\u0430\u203aypal"
    assert honest == "\u041f\u0440\u0438\u0432\u0435\u0442, paypal"


def test_held_mail_waits(desk: Desk) -> None:
    row = desk.release()
    held = desk.do(lambda ws: ws.outbox.hold(row.id))

    assert wording.when(held, NOW) == "waits"


def test_a_draft_shows_when_it_last_changed(desk: Desk) -> None:
    row = desk.write()

    assert wording.when(row, NOW) == f"{NOW.astimezone():%H:%M}"


def test_the_undo_window_is_part_of_the_status(desk: Desk) -> None:
    row = desk.release(undo=timedelta(seconds=10))

    assert wording.status(row, NOW) == "undo 10 s"
    assert wording.status(row, NOW + timedelta(seconds=9.5)) == "undo 1 s"
    assert wording.status(row, NOW + timedelta(seconds=10)) == "ready"


def test_people_are_the_first_and_how_many_more() -> None:
    assert wording.people(()) == "nobody"
    assert wording.people(("a@b.c",)) == "a@b.c"
    assert wording.people(("a@b.c", "d@e.f", "g@h.i")) == "a@b.c +2"


def test_a_mail_without_subject_says_so() -> None:
    assert wording.subject("") == "(no subject)"


def test_things_are_counted() -> None:
    assert wording.count(1, "draft") == "1 draft"
    assert wording.count(2, "draft") == "2 drafts"
    assert wording.count(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [("abc", 5, "abc  "), ("abcdef", 4, "abc…"), ("見積書", 4, "見 …"), ("abc", 0, "")],
)
def test_text_is_fitted_to_its_cells(text: str, width: int, fitted: str) -> None:
    assert wording.fitted(text, width) == fitted
    assert wording.cells(wording.fitted(text, width)) == width


def test_text_is_clipped_only_where_it_is_too_long() -> None:
    assert wording.clipped("abc", 5) == "abc"
    assert wording.clipped("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    "say",
    [wording.line, wording.said, wording.subject, lambda text: wording.people((text,))],
)
def test_nothing_untrusted_passes_as_it_is(say: Callable[[str], str]) -> None:
    said = say(HOSTILE)

    assert "\x1b" not in said
    assert "\u202e" not in said


def test_mailboxes_in_a_field_can_be_read_again() -> None:
    mailboxes = tuple(
        parse_address(one, field="to")
        for one in ('"Novák, Ana" <a@b.example>', "d@e.example")
    )

    items = split_items(wording.typed(mailboxes))

    assert tuple(parse_address(one, field="to") for one in items) == mailboxes


def test_every_state_has_a_word_of_its_own(desk: Desk) -> None:
    """No colour is needed to tell them apart."""
    row = desk.write()
    statuses = DRAFT_STATUSES | REVIEW_STATUSES | OUTBOX_STATUSES | SENT_STATUSES

    words = [wording.status(replace(row, status=one), NOW) for one in statuses]

    assert len(set(words)) == len(statuses)
    assert all(word.replace(" ", "").isalpha() for word in words)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Novák", "Ana Novák +1"),
        ("", "ana@example.net +1"),
        ("boss@bank.example", "ana@example.net +1"),
        ("boss\uff20bank.example", "ana@example.net +1"),
        ("\u202eana", "\u2039U+202E\u203aana +1"),
    ],
)
def test_somebody_is_listed_by_name_unless_that_could_be_an_address(
    desk: Desk, name: str, shown: str
) -> None:
    row = replace(desk.hand_in(), name=name, to=("ana@example.net", "bo@example.net"))

    assert wording.whom(row) == shown
