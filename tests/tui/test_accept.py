"""The box of a warning: ticked, for a reason, and told before the mail leaves."""

from dataclasses import replace

from textual.widgets import Input

from tests.tui.conftest import NOW, UNDO, Desk, Stage
from tuimail.core.display import is_inert
from tuimail.core.finding import Finding, Severity
from tuimail.tui.outgoing import release_lines
from tuimail.tui.screens.accept import AcceptScreen, choices
from tuimail.tui.screens.review import ReviewScreen
from tuimail.workspace.views import Accepted

ODD = "See the attached file.\n"
CODE = "att.forgotten"


async def ask(stage: Stage) -> AcceptScreen:
    await stage.press("W")
    await stage.until(lambda: isinstance(stage.app.screen, AcceptScreen))
    await stage.settle()
    dialog = stage.app.screen
    assert isinstance(dialog, AcceptScreen)
    return dialog


async def test_a_warning_is_let_stand_and_the_question_before_the_release_says_so(
    desk: Desk,
) -> None:
    row = desk.hand_in(text=ODD)

    async with desk.show(size=(110, 36)) as stage:
        await stage.until_shown(CODE)
        dialog = await ask(stage)
        await stage.press("space", "ctrl+s")
        await stage.until_shown("why it may stand")
        boxed = stage.text
        await stage.type_in("They have the file.")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.page(row.id).accepted)
        await stage.until(lambda: stage.app.screen is not dialog)
        await stage.press("a")
        await stage.until_shown("1 warning accepted")
        asked = stage.text
        await stage.press("escape")
        await ask(stage)
        again = stage.text
        await stage.press("x", "ctrl+s")
        await stage.until(lambda: not desk.page(row.id).accepted)

    assert f"[x] {CODE}" in boxed
    assert f"1 warning accepted: {CODE}  “They have the file.”" in asked
    assert f"[x] {CODE}" in again
    assert desk.row(row.id).status == "review"


async def test_what_was_refused_is_asked_again_with_what_was_typed(desk: Desk) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", "483920")
    row = desk.hand_in(text=ODD)

    async with desk.show(size=(110, 36)) as stage:
        await stage.until_shown(CODE)
        first = await ask(stage)
        await stage.press("space", "tab")
        await stage.type_in("Known.")
        stage.one(Input, "#pin").value = "000000"
        await stage.press("ctrl+s")
        await stage.until(lambda: stage.app.screen is not first)
        await stage.until(lambda: isinstance(stage.app.screen, AcceptScreen))
        await stage.settle()
        again = (stage.text, stage.one(Input, "#why").value)
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, ReviewScreen))

    assert "PIN" in again[0]
    assert f"[x] {CODE}" in again[0]
    assert again[1] == "Known."
    assert desk.page(row.id).accepted == ()


def finding(code: str, message: str = "Look.") -> Finding:
    return Finding(code=code, severity=Severity.WARNING, field="text", message=message)


def test_each_kind_of_warning_has_one_box_and_nothing_in_it_acts() -> None:
    note = replace(finding("text.note"), severity=Severity.INFO)
    evil = finding("text.b", "\x1b[2J\u202e[/b]")

    found = choices((finding("text.a"), evil, finding("text.a", "There."), note))

    assert [one.key for one in found] == ["text.a", "text.b"]
    assert found[0].more == "Look. (and 1 more place)"
    assert all(is_inert(sign) for one in found for sign in one.text + one.more)


def test_each_code_that_stands_has_its_line_before_the_release(desk: Desk) -> None:
    page = desk.page(desk.hand_in().id)
    said = [
        Accepted(code=code, reason="\x1b[31mok", actor="person:ana", at=NOW)
        for code in ("text.a", "text.b")
    ]
    two = (finding("text.a"), finding("text.a"), finding("text.b"))

    shown = release_lines(
        replace(page, findings=two, accepted=tuple(said)),
        UNDO,
        verb="approve",
        now=NOW,
    )

    lines = [f"{one.label} {one.text}" for one in shown if "accepted:" in one.text]
    assert lines[0].startswith("Stands 2 warnings accepted: text.a")
    assert lines[1].startswith(" 1 warning accepted: text.b")
    assert all(is_inert(sign) for line in lines for sign in line)
