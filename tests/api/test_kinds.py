"""Values of a kind that an option cannot have are refused before anything is done."""

from pathlib import Path
from typing import Any

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.api.kinds import folder_of, seconds_of
from tuimail.errors import FieldError, NotFoundError, TuimailError

WRONG = [
    ("idempotency-key", {"idempotency_key": 0}),
    ("idempotency-key", {"idempotency_key": None}),
    ("at", {"at": "tomorrow"}),
    ("wait", {"wait": "60"}),
    ("wait", {"wait": 10**400}),
    ("wait", {"wait": float("nan")}),
    ("dry-run", {"dry_run": "false"}),
    ("fail-silently", {"fail_silently": "false"}),
    ("account", {"account": 5}),
]


@pytest.mark.parametrize("home", [{}, {"workspace": None}], ids=["stored", "direct"])
@pytest.mark.parametrize(("field", "option"), WRONG)
def test_an_option_of_another_kind_is_refused_and_sends_nothing(
    place: Place, home: dict[str, Any], field: str, option: dict[str, Any]
) -> None:
    with pytest.raises(FieldError) as told:
        tuimail.send(to="bob@example.net", subject="Hi", text="Hi", **home, **option)

    assert told.value.field == field
    assert not place.delivered


@pytest.mark.parametrize(
    "option",
    [
        {"key": 5},
        {"job": 5},
        {"on_success": "print"},
        {"on_error": 5},
        {"max_per_second": "10"},
        {"wait": "60"},
        {"template": 5},
        {"fail_silently": "no"},
        {"messages": None},
        {"messages": 5},
    ],
    ids=repr,
)
def test_an_option_of_a_bulk_job_is_refused_and_sends_nothing(
    place: Place, option: dict[str, Any]
) -> None:
    mails = [{"to": "bob@example.net", "subject": "Hi", "text": "Hi"}]
    given = {"messages": mails, **option}

    with pytest.raises(TuimailError):
        tuimail.bulk(given.pop("messages"), **given)

    assert not place.delivered


@pytest.mark.parametrize("given", ["bob@example.net", {"to": "bob@example.net"}])
def test_what_is_no_message_is_refused(place: Place, given: Any) -> None:
    with pytest.raises(FieldError, match="The field message is a Message"):
        tuimail.send(given, subject="Hi")

    assert not place.delivered


@pytest.mark.parametrize("given", [5, True, b"mail", object(), "a\0b", "\ud800"])
def test_a_folder_is_a_path(given: Any) -> None:
    with pytest.raises(FieldError) as told:
        folder_of(given)

    assert told.value.field == "workspace"


def test_a_path_and_seconds_are_what_they_are() -> None:
    assert folder_of("mail") == folder_of(Path("mail")) == Path("mail")
    assert seconds_of(5) == 5


def test_a_template_whose_name_no_file_can_have_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        tuimail.Template.load("x" * 100_000)


def test_a_key_function_that_raises_stops_no_other_row(place: Place) -> None:
    names: dict[str, Any] = {"bob@example.net": "1", "una@example.net": None}
    people = ("bob@example.net", "zoe@example.net", "una@example.net")
    mails = [{"to": one, "subject": "Hi", "text": "Hi"} for one in people]

    result = tuimail.bulk(mails, key=lambda row: names[row["to"]], job="keys")

    assert [one.row for one in result.errors] == [2, 3]
    assert [one.recipients for one in place.delivered] == [("bob@example.net",)]
