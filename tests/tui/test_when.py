"""The dialog that asks when mail is to leave, and what becomes of it if it is late."""

from datetime import timedelta

import pytest

from tests.tui.conftest import NOW, Desk, Stage
from tuimail.core.schedule import Late, Plan
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.when import WhenScreen, echo
from tuimail.tui.widgets.picks import Picks, Stepper
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.views import Row

pytestmark = pytest.mark.usefixtures("berlin")


def plan_of(desk: Desk, row: Row) -> Plan | None:
    with desk.open() as workspace:
        return workspace.queue.plan_of(row.id)


def is_asked(stage: Stage) -> bool:
    return isinstance(stage.app.screen, WhenScreen)


async def ask(stage: Stage) -> None:
    await stage.press("D")
    await stage.until(lambda: is_asked(stage))


async def test_a_moment_that_is_often_meant_is_chosen_or_another_is_typed(
    desk: Desk,
) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        await ask(stage)
        offered = stage.text
        await stage.press("down", "enter")
        await stage.until(lambda: plan_of(desk, row) is not None)
        monday = plan_of(desk, row)
        await stage.until_shown("scheduled")
        await ask(stage)
        known = stage.text
        await stage.press("1")
        has_focus = stage.one(PlainField, "#at").has_focus
        await stage.type_in("7:30")
        echoed = stage.text
        await stage.press("tab", "space", "enter")
        await stage.until(lambda: plan_of(desk, row) != monday)

    assert "Tuesday 08:00  Tue 2026-03-03 08:00 here, 07:00 UTC" in offered
    assert "in two hours" in offered
    assert monday == Plan(at=NOW + timedelta(days=6, hours=17, minutes=58))
    assert "Until now" in known
    assert has_focus
    assert "It leaves Mon 2026-03-02 17:30 here, 16:30 UTC" in echoed
    changed = plan_of(desk, row)
    assert changed is not None
    assert (f"{changed.at:%d %H:%M}", changed.late) == ("02 16:30", Late.SEND)


async def test_what_is_no_moment_is_said_and_nothing_is_lost(desk: Desk) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        await ask(stage)
        stage.one(Picks).place = 4
        await stage.press("enter")
        await stage.until_shown("is no moment")
        await stage.type_in("2026-03-29 02:30")
        skipped = " ".join(stage.text.split())
        await stage.press("enter")
        still = is_asked(stage)
        typed = stage.one(PlainField, "#at").value
        await stage.press("escape")
        await stage.until(lambda: not is_asked(stage))

    assert "does not happen there, as the clocks are set" in skipped
    assert still
    assert typed == "2026-03-29 02:30"
    assert plan_of(desk, row) is None


async def test_mail_with_a_time_can_leave_now(desk: Desk) -> None:
    row = desk.release()
    desk.do(lambda ws: ws.queue.plan(row.id, NOW + timedelta(days=1), late=Late.DRAFT))

    async with desk.show(start="outbox") as stage:
        await ask(stage)
        late = stage.one(Stepper, "#late").key
        stage.one(Picks).place = 3
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).due_at == NOW)

    assert late == "draft"
    assert "wake" in desk.sender.calls


async def test_a_click_on_the_choice_takes_it_too(desk: Desk) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        await ask(stage)
        stage.desk.ticks.pass_by(2)
        picks = stage.one(Picks)
        picks.post_message(Picks.Taken(picks))
        await stage.until(lambda: plan_of(desk, row) is not None)


async def test_the_question_before_mail_leaves_asks_how_late_it_may_be(
    desk: Desk,
) -> None:
    row = desk.write()

    async with desk.show(start="drafts", size=(100, 40)) as stage:
        await stage.press("s")
        await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
        hidden = stage.one(Stepper, "#late").parent
        before = hidden is not None and hidden.display
        await stage.press("s")
        offered = []
        for _ in range(4):
            await stage.press("ctrl+t")
            offered.append(stage.one(PlainField, "#at").value)
        stage.one(Stepper, "#late").place = 1
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert not before
    assert offered == ["8:00", "mon 9", "in 2h", "8:00"]
    plan = plan_of(desk, row)
    assert plan is not None
    assert (f"{plan.at:%d %H:%M}", plan.late) == ("03 07:00", Late.SEND)


@pytest.mark.parametrize(
    ("to", "there"),
    [
        (["yamada@example.jp"], "; likely 17:00 in .jp"),
        (["yamada@example.jp", "ana@example.org"], "; likely 17:00 in .jp"),
        (["bo@example.nz"], ""),
        (["sam@example.co.uk"], "; likely 08:00 in .uk"),
        (["ana@example.fr"], ""),
        (["ana@example.io"], ""),
        (["ana@example.us"], ""),
        (["ana@example.org"], ""),
    ],
)
def test_the_receivers_time_is_told_where_it_is_likely(
    to: list[str], there: str
) -> None:
    said = echo("2026-03-09 09:00", NOW, to)

    assert said.removesuffix(".").partition("m")[2].endswith(there)
    assert ("likely" in said) == bool(there)


def test_nothing_typed_says_what_can_be() -> None:
    assert echo("", NOW).startswith("For example:")
