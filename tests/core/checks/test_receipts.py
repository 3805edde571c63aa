import pytest

from tests.core.sample import draft
from tuimail.core.checks import every, receipts
from tuimail.core.finding import Severity


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("Disposition-Notification-To", "x@evil.example", Severity.WARNING),
        ("RETURN-RECEIPT-TO", "<agent@corp.example.evil.example>", Severity.WARNING),
        ("X-Confirm-Reading-To", "nobody at all", Severity.WARNING),
        ("Disposition-Notification-To", "A <agent@corp.example>", Severity.INFO),
    ],
)
def test_a_receipt_that_goes_to_somebody_else_is_worth_a_look(
    name: str, value: str, severity: Severity
) -> None:
    (finding,) = receipts.check(draft(headers=((name, value),)))

    assert (finding.code, finding.severity) == ("hdr.receipt-request", severity)
    assert (finding.field, finding.place) == ("header", value)


def test_other_headers_ask_for_nothing() -> None:
    assert not list(receipts.check(draft(headers=(("X-Kind", "x@evil.example"),))))


def test_it_is_one_of_the_checks() -> None:
    asking = draft(headers=(("Disposition-Notification-To", "x@evil.example"),))

    assert "hdr.receipt-request" in [one.code for one in every.run(asking)]
