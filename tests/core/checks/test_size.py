from dataclasses import replace

import pytest

from tests.core.sample import attachment, draft
from tuimail.core.checks.context import Context
from tuimail.core.checks.size import LARGE_BYTES, check
from tuimail.core.finding import Finding, Severity

FILES = tuple(
    replace(attachment(name), size_bytes=size)
    for name, size in [("a.pdf", 1_000_000), ("b.zip", 20_000_000), ("c", 5), ("d", 9)]
)


def found(size_bytes: int, limit_bytes: int | None) -> list[Finding]:
    context = Context(size_bytes=size_bytes, size_limit_bytes=limit_bytes)
    return list(check(draft(attachments=FILES), context))


def test_a_message_over_the_accounts_limit_may_not_pass() -> None:
    (finding,) = found(28_800_000, 25_000_000)

    assert (finding.code, finding.severity) == ("size.over-limit", Severity.BLOCK)
    assert finding.field == "attach"
    assert "28,800,000 bytes as it is sent" in finding.message
    assert "the account takes 25,000,000" in finding.message
    assert finding.place == "b.zip (95 %), a.pdf (4 %), d (0 %)"


def test_a_small_limit_counts_too() -> None:
    assert [one.code for one in found(1001, 1000)] == ["size.over-limit"]


@pytest.mark.parametrize("limit", [None, 50_000_000])
def test_a_large_message_is_worth_a_look(limit: int | None) -> None:
    (finding,) = found(LARGE_BYTES + 1, limit)

    assert (finding.code, finding.severity) == ("size.large", Severity.WARNING)
    assert "20,000,001" in finding.message


@pytest.mark.parametrize(
    ("size", "limit"),
    [(0, None), (0, 0), (1000, 1000), (LARGE_BYTES, None), (LARGE_BYTES, LARGE_BYTES)],
)
def test_what_just_fits_is_fine(size: int, limit: int | None) -> None:
    assert not found(size, limit)


def test_shares_never_say_more_than_all_of_it() -> None:
    """Files may be counted of a message that does not hold them yet."""
    (finding,) = found(10, 1)

    assert finding.place.startswith("b.zip (100 %)")


def test_the_place_is_short() -> None:
    files = (replace(attachment("x" * 255), size_bytes=9),) * 3
    context = Context(size_bytes=2, size_limit_bytes=1)

    (finding,) = check(draft(attachments=files), context)

    assert len(finding.place) == 200
