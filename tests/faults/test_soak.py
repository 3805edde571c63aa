"""A short soak: see ``tests/faults/soak.py`` for the long one."""

from pathlib import Path

import pytest

from tests.faults.soak import Plan, run

pytestmark = pytest.mark.slow


def test_killed_again_and_again_before_a_moody_server_it_loses_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    plan = Plan(seed=5, messages=150, kills=10)

    report = run(plan, tmp_path)

    assert report.broken == [], "\n".join(report.lines())
    assert report.kills.total() == plan.kills
    assert report.mishaps.total() > plan.kills
    assert report.states["sent"] > plan.messages // 2
