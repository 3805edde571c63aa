from dataclasses import FrozenInstanceError

import pytest

from tuimail.core.finding import Finding, Severity


def test_severities_are_listed_with_the_worst_first() -> None:
    """The checks sort by this order."""
    assert list(Severity) == ["block", "warning", "info"]


def test_a_finding_cannot_be_changed_after_it_was_made() -> None:
    finding = Finding(
        code="hdr.empty-subject",
        severity=Severity.WARNING,
        field="subject",
        message="The subject is empty.",
    )

    with pytest.raises(FrozenInstanceError):
        finding.message = "fine"  # type: ignore[misc]  # the test is that it fails
