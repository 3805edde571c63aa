"""What no key decides that was not pressed for it, by hand and once."""

from tests.tui.conftest import Desk
from tuimail.tui.screens.release import ReleaseScreen

REPEAT_SECONDS = 0.033
"""Between two keys of one that is held down."""


async def test_a_key_that_is_held_down_never_gets_to_a_yes(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        for key in "a" * 10 + "y" * 10:
            desk.ticks.pass_by(REPEAT_SECONDS)
            await stage.pilot.press(key)
        await stage.settle()

    assert desk.row(row.id).status == "review"


async def test_a_mail_that_comes_during_the_question_is_not_answered_for(
    desk: Desk,
) -> None:
    asked = desk.hand_in(subject="asked about")

    async with desk.show() as stage:
        await stage.press("a")
        await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
        later = desk.hand_in(subject="came later")
        stage.app.workspace_changed()
        await stage.settle()
        await stage.press("y")
        await stage.until(lambda: desk.row(asked.id).status != "review")

    assert desk.row(later.id).status == "review"
