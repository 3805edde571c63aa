import pytest

from tests.core.sample import draft
from tuimail.core.checks.subject import check
from tuimail.core.finding import Severity


@pytest.mark.parametrize(
    "subject",
    ["", "   ", "\t", "\u00a0", "\u200b", " \u3164\u2060 ", "\u2800", "\u200d\ufe0f"],
)
def test_a_subject_that_says_nothing_is_found(subject: str) -> None:
    (finding,) = check(draft(subject=subject))

    assert finding.code == "hdr.empty-subject"
    assert finding.severity is Severity.WARNING
    assert finding.field == "subject"


def test_a_subject_that_says_something_is_fine() -> None:
    assert not list(check(draft(subject="0")))
