"""What the Review pane remembers of looking, and the keys for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.conftest import MARA, NOW, SALES, Desk, Stage
from tests.workspace.policed import write_policy
from tuimail.core.draft import Body
from tuimail.tui import standing
from tuimail.tui.screens.comment import CommentScreen
from tuimail.tui.screens.inside import InsideScreen
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.screens.sign import SignScreen
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.elsewhere import Elsewhere
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.review_card import ReviewCard, badge
from tuimail.workspace.looking import Sight
from tuimail.workspace.views import Row, Signature

PIN = "483920"
ANA = Signature(name="ana", pin=PIN)


def revise(desk: Desk, row: Row, text: str) -> None:
    draft = desk.page(row.id).draft
    newer = replace(draft, body=Body(text=text))
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        workspace.drafts.edit(row.id, newer, revision=row.revision)


def unread(detail: Detail) -> tuple[str, ...]:
    """Return what of the mail that is shown is still to be read."""
    return detail.shown.page.standing.unread if detail.shown else ("all of it",)


async def until(stage: Stage, kind: type[object]) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, kind))
    await stage.settle()


def sight(**changes: object) -> Sight:
    seen = Sight(revision=1, before=0, tabs=frozenset(), at=NOW)
    return replace(seen, **changes)  # type: ignore[arg-type]


def test_what_is_new_about_a_mail_is_a_word_of_three_letters(desk: Desk) -> None:
    row = desk.hand_in()
    later = replace(row, updated_at=NOW.replace(minute=3))

    assert badge(row, None) == "NEW"
    assert badge(replace(row, revision=2), sight()) == "REV"
    assert badge(later, sight()) == "CHG"
    assert badge(row, sight()) == ""


@pytest.mark.parametrize(("width", "is_shown"), [(40, True), (14, False)])
def test_the_word_stands_before_whom_it_is_for(
    desk: Desk, width: int, *, is_shown: bool
) -> None:
    row = desk.hand_in(text="see the attached file")
    card = ReviewCard(lambda _row: "NEW")

    lines = ["".join(c.text for c in line) for line in card.lines(row, width, NOW)]

    assert lines[0].startswith("! NEW Ana Novák") is is_shown
    assert all(len(line) == width for line in lines)


@pytest.mark.slow
async def test_the_list_says_what_is_news_until_it_was_opened(desk: Desk) -> None:
    seen = desk.hand_in(subject="seen", to=("seen@example.net",))
    desk.advance(60)
    desk.hand_in(subject="other", to=("other@example.net",))
    desk.advance(60)
    with desk.open() as workspace:
        workspace.looking.read(seen.id, 1, "text")
    revise(desk, seen, "Hi Ana,\n\nthe figures are below.\n")

    async with desk.show(size=(120, 36)) as stage:
        await stage.until_shown("REV seen@")
        first = stage.text
        await stage.press("j")
        await stage.until(lambda: "NEW other@" not in stage.text)
        second = stage.text

    assert "NEW other@" in first
    assert "other@example.net" in second
    assert "REV seen@" in second
    with desk.open() as workspace:
        sights = workspace.looking.sights()
    assert {one.revision for one in sights.values()} == {1, 2}
    assert all("text" in one.tabs for one in sights.values())


async def test_a_mail_that_is_decided_elsewhere_says_by_whom(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))
        stage.app.workspace_changed()
        await stage.until(lambda: stage.one(Elsewhere).text)
        told = stage.one(Elsewhere).text
        is_grey = stage.one(Detail).has_class("-elsewhere")
        desk.advance(65)
        stage.app.panes["review"]._tick()  # type: ignore[attr-defined]
        later = stage.one(Elsewhere).text
        footer = stage.footer

    assert told.startswith("Decided: rejected by person:mara 0 s ago")
    assert told.endswith("It is rejected now.")
    assert "1 m ago" in later
    assert is_grey
    assert "approve" not in footer
    assert "edit" not in footer


async def test_what_comes_back_into_the_list_is_not_called_gone(desk: Desk) -> None:
    """Whichever is read first: the mail, or the list that has it again."""
    row = desk.hand_in()

    async with desk.show() as stage:
        desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))
        stage.app.workspace_changed()
        await stage.until(lambda: stage.one(Elsewhere).text)
        desk.do(lambda ws: ws.reviews.undo_reject(row.id))
        stage.app.panes["review"]._look_now()  # type: ignore[attr-defined]
        await stage.until(
            lambda: (
                "It is review now" in stage.one(Elsewhere).text
                or "approve" in stage.footer
            )
        )
        stage.app.workspace_changed()
        await stage.until(lambda: "approve" in stage.footer)
        told = stage.one(Elsewhere).text
        is_grey = stage.one(Detail).has_class("-elsewhere")

    assert told == ""
    assert not is_grey


def test_what_left_the_list_without_a_decision_says_where_it_is(desk: Desk) -> None:
    page = desk.page(desk.hand_in().id)
    gone = replace(page, row=replace(page.row, status="discarded"))

    told = standing.elsewhere(gone, NOW)

    assert told == "Not here any more: discarded, 0 s ago. Keys do nothing to it."


@pytest.mark.slow
async def test_what_was_noted_about_lines_is_said_with_the_no(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show(size=(120, 40)) as stage:
        await stage.press("C")
        await until(stage, CommentScreen)
        await stage.press("j", "j", "enter")
        await stage.type_in("not ours")
        await stage.press("enter")
        await until(stage, ReviewScreen)
        await stage.until_shown("1 comment here, told nobody yet")
        await stage.press("right_square_bracket", "c")
        await stage.until_shown("line 3, noted here, told nobody yet")
        await stage.press("r")
        await until(stage, ReasonScreen)
        asked = stage.text
        await stage.type_in("No.")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "draft")

    (decision,) = desk.page(row.id).decisions
    assert "3: not ours" in asked
    assert [(one.line, one.text) for one in decision.comments] == [(3, "not ours")]
    with desk.open() as workspace:
        assert workspace.looking.remarks(row.id, 1) == ()


async def test_a_mail_without_text_has_no_lines_to_comment_on(desk: Desk) -> None:
    draft = desk.page(desk.write().id).draft
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        workspace.drafts.new(replace(draft, body=Body(html="<p>Hello</p>")))

    async with desk.show() as stage:
        await stage.press("C")
        await stage.until_shown("no text to comment on")


@pytest.mark.slow
async def test_keys_go_about_in_the_mail_from_the_list_too(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("Pay in 30 days.\n")
    other = tmp_path / "data.csv"
    other.write_text("a,b\n")
    desk.hand_in(
        attachments=(file, other), to=tuple(f"p{n}@example.net" for n in range(5))
    )

    async with desk.show(size=(120, 40)) as stage:
        footer = stage.footer
        await stage.press("w")
        width = "72 columns" in stage.text
        await stage.press("i")
        people = stage.one(Detail).tab
        await stage.press("right_square_bracket", "f")
        await stage.until_shown("1 of ")
        await stage.press("left_square_bracket", "f")
        await stage.press("z")
        await stage.press("o")
        await until(stage, InsideScreen)
        first = stage.text
        await stage.press("l")
        second = stage.text
        await stage.press("q")
        await until(stage, ReviewScreen)

    assert "]f finding" in footer
    assert width
    assert people == "people"
    assert "“terms.txt”   1 of 2" in first
    assert "Pay in 30 days." in first
    assert "“data.csv”   2 of 2" in second


async def test_a_mail_without_files_has_nothing_to_look_into(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        await stage.press("o")
        await stage.settle()

        assert isinstance(stage.app.screen, ReviewScreen)


@pytest.mark.slow
async def test_an_edit_is_signed_where_there_are_reviewers(desk: Desk) -> None:
    row = desk.hand_in()
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)

    async with desk.show(size=(100, 30)) as stage:
        await stage.press("e")
        await until(stage, SignScreen)
        why = stage.text
        await stage.type_in("000000")
        await stage.press("enter")
        await stage.until_shown("is not the name and the PIN")
        stage.one(Input, "#pin").focus()
        await stage.type_in(PIN)
        await stage.press("enter")
        await stage.until(lambda: stage.app.current_mode == "compose")
        await stage.until(lambda: stage.app.writing.is_mounted)
        changed = await stage.app.bridge.call(
            lambda ws: ws.drafts.edit(
                row.id,
                replace(ws.drafts.page(row.id).draft, subject="Q4"),
                revision=1,
            )
        )

    assert "What you write is yours" in why
    assert changed.revision == 2
    with desk.open() as workspace:
        authors = workspace._stores.drafts.authors(row.id)
    assert "person:ana" in authors
    assert MARA not in authors


async def test_a_rejection_is_taken_back_with_a_pin(desk: Desk) -> None:
    row = desk.hand_in()
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
    desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))

    async with desk.show(size=(100, 30), start="drafts") as stage:
        await stage.until(lambda: stage.one(MailTable).rows)
        await stage.press("U")
        await until(stage, SignScreen)
        await stage.press("enter")
        await stage.until_shown("Type your PIN.")
        await stage.type_in(PIN)
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).status == "review")


async def test_without_reviewers_a_rejection_is_taken_back_at_once(desk: Desk) -> None:
    row = desk.hand_in()
    desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))

    async with desk.show(size=(100, 30), start="drafts") as stage:
        await stage.until(lambda: stage.one(MailTable).rows)
        await stage.press("U")
        await stage.until(lambda: desk.row(row.id).status == "review")


async def test_a_revision_that_comes_while_its_mail_is_open_is_said_to_be_one(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show(size=(120, 36)) as stage:
        await stage.until_shown("NEW Ana")
        await stage.until(lambda: stage.one(Detail).shown)
        revise(desk, row, "Hi Ana,\n\nthe figures are below.\n")
        stage.app.workspace_changed()
        await stage.until_shown("REV Ana")
        is_said = "NEW Ana" not in stage.text

    assert is_said


async def test_a_revision_that_comes_while_its_mail_is_open_was_not_read(
    desk: Desk,
) -> None:
    """What was read to its end is another text."""
    row = desk.hand_in()

    async with desk.show(size=(120, 36)) as stage:
        await stage.until(lambda: stage.one(Detail).read == {"text"})
        revise(desk, row, "Hi Ana,\n\n" + "the figures are below.\n" * 90)
        stage.app.workspace_changed()
        await stage.until_shown("REV Ana")
        await stage.settle()
        read, text = stage.one(Detail).read, stage.text

    assert read == set()
    assert " Text  Diff " in text


async def test_what_the_policy_has_read_first_is_told_until_it_was(desk: Desk) -> None:
    write_policy(desk.config, "[defaults]\nmust_read = true\n")
    desk.hand_in(html="<p>the numbers are below</p>", text="word\n" * 90)

    async with desk.show(size=(110, 30)) as stage:
        await stage.until_shown("read to its end before it is approved: the text and")
        await stage.press("a")
        await stage.until_shown("l, then G")
        refused = (stage.one(Notice).text, stage.app.screen)
        await stage.press("enter", "G", "l")
        await stage.until(lambda: not unread(stage.one(Detail)))
        await stage.settle()
        read = (" ".join(stage.text.split()), stage.one(Notice).text)
        await stage.press("a")
        await until(stage, ReleaseScreen)

    assert "To be read to its end" in refused[0]
    assert isinstance(refused[1], ReviewScreen)
    assert "read to its end before" not in read[0]
    assert read[1] == ""
