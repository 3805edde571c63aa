"""A job that is begun again: what is left is sent, and nothing twice."""

import pytest

from tests.api.conftest import Place
from tests.api.test_bulk import PEOPLE, TEXTS, Bulk, numbers
from tuimail.errors import FieldError, KeyConflictError

ADA = {"email": "ada@example.net"}


def test_a_row_that_was_mended_sends_none_that_took_its_place(
    sent: Bulk, place: Place
) -> None:
    """The second row was the first for its recipient while the first was wrong."""
    second = {**ADA, "name": "Two"}
    first = sent([ADA, second], job="march", **TEXTS)

    again = sent([{**ADA, "name": "One"}, second], job="march", **TEXTS)

    assert numbers(first) == (2, 1, 1, 0, 0)
    assert numbers(again) == (2, 0, 2, 0, 0)
    assert [type(one.error) for one in again.errors] == [KeyConflictError, FieldError]
    assert len(place.delivered) == 1


def test_a_row_put_in_before_others_sends_none_of_them_again(
    sent: Bulk, place: Place
) -> None:
    rows = [{"to": "ada@example.net", "text": text} for text in ("One", "Two")]
    sent(rows, job="notes")

    again = sent([{"to": "ada@example.net", "text": "Zero"}, *rows], job="notes")

    assert numbers(again) == (3, 0, 3, 0, 0)
    assert "--key" in again.errors[2].error.hint  # type: ignore[union-attr]
    assert len(place.delivered) == 2


def test_an_address_that_was_mended_is_sent_to_under_the_name_of_its_row(
    sent: Bulk, place: Place
) -> None:
    rows = [{"id": 1, "to": "gone@example.net", "text": "Hi"}]
    refused = sent(rows, job="notes", key="id")

    rows[0]["to"] = "ada@example.net"
    mended = sent(rows, job="notes", key="id")
    again = sent(rows, job="notes", key="id")
    rows[0]["to"] = "bob@example.net"
    other = sent(rows, job="notes", key="id")

    assert [one.sent for one in (refused, mended, again, other)] == [0, 1, 1, 0]
    assert (mended.earlier, again.earlier) == (0, 1)
    assert isinstance(other.errors[0].error, KeyConflictError)
    assert [one.recipients[0] for one in place.delivered] == ["ada@example.net"]


def test_what_tells_rows_apart_stays_the_same_for_a_job(
    sent: Bulk, place: Place
) -> None:
    rows = [{"id": str(number), **one} for number, one in enumerate(PEOPLE)]
    sent(rows, job="march", **TEXTS)

    with pytest.raises(FieldError, match="told apart by something else"):
        sent(rows, job="march", key="id", **TEXTS)

    assert len(place.delivered) == 2


def test_a_row_may_be_called_0(sent: Bulk, place: Place) -> None:
    rows = [{"id": one, "to": "ada@example.net", "text": "Hi"} for one in (0, 1, None)]

    result = sent(rows, job="notes", key="id")

    assert numbers(result) == (3, 2, 1, 0, 0)
    assert [one.row for one in result.errors] == [3]
    assert len(place.delivered) == 2
