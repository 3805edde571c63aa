"""Saying no: codes, words, comments on lines, and what a program reads of it."""

from dataclasses import replace

from textual import events
from textual.widgets import Input, TextArea

from tests.tui.conftest import SALES, Desk, Stage
from tuimail.core.decision import Comment
from tuimail.core.display import is_inert
from tuimail.core.draft import Body
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.widgets.codes import Codes
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.foretelling import document

PIN = "483920"


async def ask(stage: Stage, key: str = "r") -> ReasonScreen:
    await stage.press(key)
    await stage.until(lambda: isinstance(stage.app.screen, ReasonScreen))
    await stage.settle()
    dialog = stage.app.screen
    assert isinstance(dialog, ReasonScreen)
    return dialog


def read(stage: Stage) -> str:
    """Return what the dialog says that the author will read."""
    return stage.one(TextView, "#reads").text


def told(desk: Desk, row_id: str) -> str:
    """Return what the program is told about its mail now."""
    with desk.open() as workspace:
        return document(workspace.reading(row_id).answer)


async def test_what_is_shown_is_what_the_program_reads_word_for_word(
    desk: Desk,
) -> None:
    row = desk.hand_in(text="Hi Ana,\n\npay here\n")

    async with desk.show(size=(120, 40)) as stage:
        await ask(stage)
        await stage.type_in("This host is not ours.")
        await stage.press("alt+1", "alt+6", "alt+1")
        await stage.press("tab")
        await stage.type_in("3: not ours\nsubject: too short")
        await stage.until_shown("Line 3: “pay here”")
        numbered = read(stage)
        await stage.press("shift+tab")
        await stage.until(lambda: '"verdict":"changes_requested"' in read(stage))
        promised = read(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "draft")

    assert "3 pay here" in numbered
    assert told(desk, row.id) in promised
    (no,) = desk.page(row.id).decisions
    assert no.codes == ("policy",)
    assert no.comments == (
        Comment(text="not ours", field="text", line=3),
        Comment(text="too short", field="subject"),
    )


async def test_a_code_that_says_why_is_enough_to_reject(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask(stage, "x")
        stage.one(Codes).focus()
        await stage.press("7")
        never = '"resubmit":"never"' in read(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "rejected")

    assert never
    assert desk.page(row.id).decisions[0].codes == ("duplicate",)


async def test_what_was_said_outlives_a_refusal_and_a_pin_does_not(
    desk: Desk,
) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
    row = desk.hand_in()

    async with desk.show(size=(80, 30)) as stage:
        first = await ask(stage)
        await stage.type_in("No.")
        await stage.press("alt+3", "tab")
        await stage.type_in("to: not him\n1: greet\nand so on")
        await stage.press("tab", "tab", "tab")
        await stage.type_in("000000")
        await stage.press("ctrl+s")
        await stage.until(
            lambda: (
                isinstance(stage.app.screen, ReasonScreen)
                and stage.app.screen is not first
            )
        )
        await stage.settle()
        refused = stage.text
        kept = [one.text for one in stage.app.screen.query(TextArea)]
        codes, pin = stage.one(Codes).in_order, stage.one(Input, "#pin")
        emptied = pin.value
        pin.focus()
        await stage.type_in(PIN)
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "draft")

    assert "000000" not in refused
    assert kept == ["No.", "to: not him\n1: greet\nand so on"]
    assert codes == ("tone",)
    assert emptied == ""
    assert desk.page(row.id).decisions[0].actor == "person:ana"


async def test_a_comment_on_a_line_that_is_not_there_is_said_at_once(
    desk: Desk,
) -> None:
    row = desk.hand_in(text="one line")

    async with desk.show(size=(100, 40)) as stage:
        dialog = await ask(stage)
        await stage.type_in("No.")
        await stage.press("tab")
        await stage.type_in("9: here")
        await stage.until_shown("The text has 1 line, and no line 9.")
        await stage.press("ctrl+s")
        await stage.press("shift+tab")
        await stage.until(lambda: "no line 9" in read(stage))
        still = stage.app.screen is dialog

    assert still
    assert desk.row(row.id).status == "review"


async def test_the_line_that_is_named_comes_into_sight(desk: Desk) -> None:
    desk.hand_in(text="\n".join(f"this is line {n}" for n in range(1, 99)))

    async with desk.show() as stage:
        await ask(stage)
        await stage.press("tab")
        await stage.type_in("77: wrong")
        await stage.until_shown("77  this is line 77")


async def test_lines_are_counted_in_what_the_program_wrote(desk: Desk) -> None:
    """A person's edit would make them other lines."""
    row = desk.hand_in(text="mine\n")
    page = desk.page(row.id)
    mine = replace(page.draft, body=Body(text="added\nmine\n"))
    desk.do(lambda ws: ws.drafts.edit(row.id, mine, revision=1))

    async with desk.show(size=(100, 40)) as stage:
        await ask(stage)
        await stage.press("tab")
        await stage.type_in("1: this one")
        await stage.until_shown("Line 1: “mine”")


async def test_a_person_reads_the_words_and_no_json(desk: Desk) -> None:
    row = desk.write()
    desk.do(lambda ws: ws.drafts.request_review(row.id))

    async with desk.show(size=(100, 40)) as stage:
        await ask(stage, "x")
        await stage.type_in("Not today.")
        shown = read(stage)

    assert shown.startswith("The author will read:\nNot today.")
    assert "verdict" not in shown


async def test_who_was_first_is_said_while_one_still_writes(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        dialog = await ask(stage)
        await stage.type_in("No.")
        desk.do(lambda ws: ws.reviews.approve(row.id, revision=1))
        await stage.until(lambda: dialog.is_overtaken)
        shown = stage.text
        await stage.press("ctrl+s")
        kept = stage.one(TextArea, "#reason").text

    assert "Decided elsewhere: approved by person:mara" in shown
    assert "Ctrl-s send it" not in shown
    assert kept == "No."
    assert desk.row(row.id).status == "approved"


async def test_digits_that_are_pasted_or_typed_into_words_choose_nothing(
    desk: Desk,
) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        await ask(stage)
        await stage.press("1", "2")
        stage.one(Codes).focus()
        stage.app.post_message(events.Paste("34"))
        await stage.settle()
        chosen = stage.one(Codes).in_order
        typed = stage.one(TextArea, "#reason").text

    assert chosen == ()
    assert typed == "12"


async def test_nothing_that_a_program_wrote_acts_in_the_dialog(desk: Desk) -> None:
    hostile = "\x1b[c \x9b31m \u202eabc \u200b [/b]"
    draft = replace(
        desk.page(desk.write().id).draft, body=Body(text=f"{hostile}\n{hostile}")
    )
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        row = workspace.drafts.new(draft, note=hostile)

    async with desk.show(size=(100, 40)) as stage:
        pane = stage.app.screen
        assert isinstance(pane, ReviewScreen)
        pane.table.select(row.id)
        await stage.settle()
        await ask(stage)
        seen = [stage.text]
        await stage.press("tab")
        await stage.type_in("2: look")
        await stage.until_shown("Line 2:")
        seen.append(stage.text)

    for shown in seen:
        assert all(map(is_inert, shown.replace("\n", "")))


async def test_every_key_of_the_dialog_is_seen_at_every_size(desk: Desk) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
    desk.hand_in()

    async with desk.show(size=(80, 24)) as stage:
        await ask(stage)
        seen = []
        for size in ((80, 24), (60, 20), (44, 12), (120, 40)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
            seen.append(("PIN" in stage.text, "Ctrl-s send it" in stage.text))

    assert seen == [(True, True)] * 4
