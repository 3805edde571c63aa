"""Every check there is belongs to one of the kinds that are told as passed."""

import re

import pytest

from tests.architecture.printed import DOCS
from tuimail.core.finding import Finding, Severity
from tuimail.workspace.looked_for import LOOKED_FOR, passed

_CODES = re.findall(
    r"^\| `([a-z]+\.)[a-z…-]+` \|",
    (DOCS / "findings.md").read_text("utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize("area", sorted(set(_CODES)))
def test_every_code_is_of_exactly_one_kind(area: str) -> None:
    assert sum(area in one.codes for one in LOOKED_FOR) == 1


def test_kinds_that_found_nothing_passed() -> None:
    found = Finding(
        code="pii.payment-card", severity=Severity.BLOCK, field="text", message="One."
    )

    names = [one.name for one in passed([found])]

    assert "secrets" not in names
    assert len(names) == len(LOOKED_FOR) - 1
