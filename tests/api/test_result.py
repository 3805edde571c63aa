import pytest

from tuimail.api.result import RecipientResult, Result, failure_of, refused
from tuimail.errors import AddressError, NotSentError


def result(status: str, **states: str) -> Result:
    recipients = {
        name: RecipientResult(address=name, status=state)
        for name, state in states.items()
    }
    error = failure_of(status, "", recipients, hint="Look at it.")
    return Result(status=status, recipients=recipients, error=error)


def test_what_everybody_has_is_a_success() -> None:
    found = result("sent", a="sent", b="queued")

    assert found.is_success
    assert found.successful == ("a", "b")
    assert not found.has_failures
    assert found.error is None


def test_what_some_have_is_a_failure_that_says_in_numbers() -> None:
    found = result("partial", a="sent", b="rejected", c="invalid")

    assert not found.is_success
    assert found.has_failures
    assert (found.successful, found.failed) == (("a",), ("b", "c"))
    assert isinstance(found.error, NotSentError)
    assert str(found.error) == "2 of 3 recipients do not get it."


def test_what_nobody_knows_is_no_failure_and_no_success() -> None:
    found = result("unknown", a="sent", b="unknown")

    assert found.is_unknown
    assert not found.is_success
    assert not found.has_failures
    assert found.unknown == ("b",)
    assert str(found.error) == "1 of 2 recipients may or may not have it."


@pytest.mark.parametrize("status", ["ready", "deferred", "review", "held", "approved"])
def test_what_waits_is_neither(status: str) -> None:
    found = result(status, a="pending")

    assert found.is_waiting
    assert not found.is_success
    assert not found.has_failures
    assert found.error is None


def test_a_dry_run_is_a_success_once_it_is_stored() -> None:
    assert result("dry_run", a="pending").is_success


@pytest.mark.parametrize(
    ("status", "is_stored"), [("review", True), ("approved", True), ("rejected", False)]
)
def test_what_is_for_review_is_a_success_once_it_is_stored(
    status: str, *, is_stored: bool
) -> None:
    found = Result(status=status, recipients={}, is_for_review=True)

    assert found.is_success is is_stored


def test_nobody_is_no_success() -> None:
    assert not result("sent").is_success


def test_a_refusal_lists_every_recipient_as_failed() -> None:
    error = AddressError("No address.", field="to")

    found = refused(error, ["a", "b"], account="work", provider="smtp")

    assert found.failed == ("a", "b")
    assert found.has_failures
    assert not found.is_success
    assert found.error is error
    assert found.recipients["a"].error == "No address."


def test_a_result_is_not_asked_for_its_truth() -> None:
    with pytest.raises(TypeError, match="is_success"):
        bool(result("sent", a="sent"))


def test_its_text_names_no_blind_copy() -> None:
    assert "blind@x.example" not in repr(
        Result(
            status="sent",
            recipients={
                "blind@x.example": RecipientResult(
                    address="blind@x.example", status="sent"
                )
            },
        )
    )
