"""The invariants themselves: each of them can fail."""

from tests.faults.invariants import check
from tests.faults.place import Place


def test_mail_that_was_sent_passes(place: Place) -> None:
    draft_id = place.waiting()

    place.drain()

    assert place.statuses() == {draft_id: "sent"}
    check(place)
