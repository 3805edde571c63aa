"""A short run of ``tests/faults/bulk_kills.py``, which has the long one."""

from pathlib import Path

import pytest

from tests.faults.bulk_kills import Plan, run

pytestmark = pytest.mark.slow


def test_a_bulk_job_that_is_killed_sends_each_row_once_or_says_that_it_is_unknown(
    tmp_path: Path,
) -> None:
    plan = Plan(seed=11, messages=100, kills=3)

    report = run(plan, tmp_path)

    assert report.broken == [], "\n".join(report.lines())
    assert report.answer["sent"] > plan.messages - 2 * plan.connections * plan.kills
    assert report.answer["earlier"] > 0
