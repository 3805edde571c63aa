"""Several mails that leave together: only those that were marked and read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.conftest import NOW, SALES, UNDO, Desk, Stage
from tuimail.core.display import is_inert
from tuimail.errors import UsageError
from tuimail.tui import batching
from tuimail.tui.batching import Counted, Marked
from tuimail.tui.screens.batch import BatchScreen
from tuimail.tui.screens.batch_no import BatchNoScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.widgets.codes import Codes
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

PIN = "483920"
REPORT = "Hi,\n\nyour weekly report is ready: {} new orders came in this week.\n"


def report(desk: Desk, who: str, **changes: Any) -> Row:
    text = REPORT.format(len(who))
    plain: dict[str, Any] = {
        "to": (f"{who}@example.net",),
        "subject": "Weekly report",
        "text": text,
    }
    return desk.hand_in(**(plain | changes))


def sort_out(desk: Desk, rows: list[Row], unread: list[Row]) -> Marked:
    with desk.open() as workspace:
        for row in rows:
            if row not in unread:
                workspace.looking.read(row.id, row.revision, "text")
        return batching.sorted_out([row.id for row in rows])(workspace)


async def ask(stage: Stage) -> BatchScreen:
    await stage.press("b")
    await stage.until(lambda: isinstance(stage.app.screen, BatchScreen))
    await stage.settle()
    dialog = stage.app.screen
    assert isinstance(dialog, BatchScreen)
    return dialog


async def mark_all(stage: Stage) -> None:
    """Look at each mail, mark it, and go on to the next."""
    for _ in stage.one(MailTable).rows:
        await stage.press("space", "j")
        await stage.pilot.pause(0.1)
        await stage.settle()


async def test_marked_mails_leave_once_their_number_is_typed(desk: Desk) -> None:
    rows = [report(desk, who) for who in ("ana", "bob")]
    odd = desk.hand_in(subject="Other", text="see the attached file")

    async with desk.show(size=(100, 40)) as stage:
        before = stage.footer
        await mark_all(stage)
        marked = (stage.text.count("\n*"), stage.footer)
        late = report(desk, "eve")
        dialog = await ask(stage)
        shown = stage.text
        await stage.type_in("3")
        await stage.press("ctrl+s")
        await stage.until(
            lambda: (
                isinstance(stage.app.screen, BatchScreen)
                and stage.app.screen is not dialog
            )
        )
        await stage.settle()
        wrong = stage.text
        await stage.press("2", "ctrl+s")
        await stage.until(lambda: all(desk.row(r.id).status == "ready" for r in rows))
        await stage.until(lambda: len(stage.one(MailTable).rows) == 2)
        after = stage.one(MailTable).marked

    assert "release marked" not in before
    assert marked[0] == 3
    assert "b release marked…" in marked[1]
    assert "Release 2 mails?" in shown
    assert "1 marked mail stays in review:" in shown
    assert "<bob@example.net>" in shown
    assert "eve@example.net" not in shown.split("Release 2 mails?")[1]
    assert "2 mails can go together, and 3 was typed." in wrong
    assert after == ()
    assert desk.row(late.id).status == desk.row(odd.id).status == "review"
    assert len(desk.page(rows[0].id).decisions) == 1


async def test_a_mail_that_was_not_read_to_its_end_stays(desk: Desk) -> None:
    long = report(desk, "ana", text="word\n" * 200)

    async with desk.show(size=(100, 30)) as stage:
        await stage.press("space")
        await ask(stage)
        unread = stage.text
        await stage.press("ctrl+s", "escape")
        await stage.until(lambda: isinstance(stage.app.screen, ReviewScreen))
        await stage.press("enter", "G", "q")
        await ask(stage)
        read = stage.text

    assert "None of them can be released together." in unread
    assert "Weekly report: It was not read to its end." in unread
    assert "Release 1 mail?" in read
    assert desk.row(long.id).status == "review"


async def test_marks_are_taken_off_one_by_one_or_all_at_once(desk: Desk) -> None:
    report(desk, "ana")
    report(desk, "bob")

    async with desk.show() as stage:
        table = stage.one(MailTable)
        await stage.press("space", "j", "space")
        both = len(table.marked)
        await stage.press("space")
        one = len(table.marked)
        await stage.press("V")
        none = len(table.marked)

    assert (both, one, none) == (2, 1, 0)


async def test_a_number_that_is_pasted_decides_nothing(desk: Desk) -> None:
    row = report(desk, "ana")

    async with desk.show() as stage:
        await stage.press("space")
        dialog = await ask(stage)
        stage.app.post_message(events.Paste("1\n"))
        await stage.settle()
        await stage.press("enter")
        typed = stage.one(Input, "#count").value
        stage.one(Input, "#count").value = "one"
        await stage.press("ctrl+s")
        await stage.until_shown("as a number")
        is_open = stage.app.screen is dialog

    assert typed == "1"
    assert is_open
    assert desk.row(row.id).status == "review"


async def test_what_of_a_batch_did_not_leave_is_said(desk: Desk) -> None:
    rows = [report(desk, who) for who in ("ana", "bob", "eve")]

    async with desk.show(size=(100, 40)) as stage:
        await mark_all(stage)
        await ask(stage)
        with desk.open() as workspace:
            for row in rows[:2]:
                workspace.reviews.reject(row.id, revision=1, reason="no")
        await stage.type_in("3")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(rows[2].id).status == "ready")
        await stage.until(lambda: "was not released" in stage.one(Notice).text)
        said = stage.one(Notice).text
        await stage.until(lambda: not stage.one(MailTable).marked)

    assert "Weekly report was not released:" in said
    assert "And 1 more." in said


def test_a_reviewer_signs_for_all_of_them(desk: Desk) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
    rows = [report(desk, who) for who in ("ana", "bob")]
    marked = sort_out(desk, rows, [])
    counted = Counted(count=2, signature=Signature(name="ana", pin=PIN))

    with desk.open() as workspace:
        result = batching.release_all(marked, counted, UNDO)(workspace)

    assert marked.reviewers == ("ana",)
    assert [row.status for row in result.done] == ["ready", "ready"]
    assert desk.page(rows[1].id).decisions[0].actor == "person:ana"


def test_a_mail_that_changed_since_does_not_leave_and_stops_no_other(
    desk: Desk,
) -> None:
    rows = [report(desk, who) for who in ("ana", "bob")]
    marked = sort_out(desk, rows, [])
    desk.do(lambda ws: ws.reviews.hold(rows[0].id))

    with desk.open() as workspace:
        result = batching.release_all(marked, Counted(count=2), UNDO)(workspace)

    assert [row.id for row in result.done] == [rows[1].id]
    ((subject, why),) = result.left
    assert subject == "Weekly report"
    assert "held" in why


def test_mail_for_which_two_are_wanted_meanwhile_stays_behind(
    desk: Desk,
) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
        workspace.reviewers.add("bob", PIN)
    marked = sort_out(desk, [report(desk, "ana")], [])
    counted = Counted(count=1, signature=Signature(name="ana", pin=PIN))
    policy = desk.config.with_name("policy.toml")
    policy.write_text(
        'version = 1\n[[rule]]\nname = "two"\nto_any_in = ["@example.net"]\n'
        'action = "review2"\n'
    )
    policy.chmod(0o600)

    with desk.open() as workspace:
        result = batching.release_all(marked, counted, UNDO)(workspace)

    assert result.done == ()
    assert result.left == (("Weekly report", "It takes two people."),)


def test_mail_that_is_of_no_use_by_then_is_approved_and_stays(desk: Desk) -> None:
    draft = desk.page(report(desk, "ana").id).draft
    soon = replace(draft, expires_at=NOW + UNDO / 2)
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        row = workspace.drafts.new(soon)
    marked = sort_out(desk, [row], [])

    with desk.open() as workspace:
        result = batching.release_all(marked, Counted(count=1), UNDO)(workspace)

    assert result.done == ()
    assert "of no use" in result.left[0][1]
    assert desk.row(row.id).status == "approved"


def test_everybody_is_listed_and_nothing_acts(desk: Desk) -> None:
    many = tuple(f"p{number}@example.net" for number in range(9))
    row = report(desk, "ana", to=many, subject="[/b] [red]")
    odd = report(desk, "bob", subject="\u202eabc", text="see the attached file")

    found = list(batching.lines(sort_out(desk, [row, odd], [])))

    assert sum("@example.net" in one.text for one in found) == 9
    for one in found:
        assert all(map(is_inert, one.text)), ascii(one.text)


def test_what_was_read_of_an_older_revision_or_of_the_text_only_stays(
    desk: Desk,
) -> None:
    older, html = report(desk, "ana"), report(desk, "bob", html="<p>Hello</p>")
    with desk.open() as workspace:
        for row in (older, html):
            workspace.looking.read(row.id, 1, "text")
        draft = workspace.drafts.page(older.id).draft
        workspace.drafts.edit(older.id, replace(draft, subject="Other"), revision=1)
        found = batching.sorted_out([older.id, html.id])(workspace)

    assert found.pages == ()
    assert [why for _, why in found.stay] == [batching.UNREAD] * 2


async def test_marked_mails_are_rejected_for_one_code(desk: Desk) -> None:
    rows = [report(desk, "ana"), desk.hand_in(subject="Other")]

    async with desk.show(size=(100, 40)) as stage:
        await stage.press("space", "j", "space")
        late = report(desk, "eve")
        await stage.press("X")
        await stage.until(lambda: isinstance(stage.app.screen, BatchNoScreen))
        await stage.settle()
        shown = stage.text
        await stage.press("ctrl+s")
        await stage.until_shown("Choose a code first")
        await stage.press("5", "ctrl+s")
        await stage.until(
            lambda: all(desk.row(row.id).status == "rejected" for row in rows)
        )
        await stage.until(lambda: not stage.one(MailTable).marked)

    assert "Reject 2 mails for good?" in shown
    assert "Weekly report   agent:sales → ana@example.net" in shown
    assert "eve@" not in shown.split("Reject 2")[1]
    assert desk.row(late.id).status == "review"
    (decision,) = desk.page(rows[1].id).decisions
    assert decision.codes == ("not-needed",)


async def test_a_no_to_several_that_was_refused_is_asked_for_again(desk: Desk) -> None:
    with desk.open() as workspace:
        workspace.reviewers.add("ana", PIN)
    row, other = report(desk, "ana"), report(desk, "bob")

    async with desk.show(size=(100, 40)) as stage:
        await stage.press("space", "j", "space", "X")
        await stage.until(lambda: isinstance(stage.app.screen, BatchNoScreen))
        first = stage.app.screen
        desk.do(lambda ws: ws.reviews.reject(other.id, revision=1, reason="No."))
        stage.one(Input, "#pin").value = "000000"
        await stage.press("6", "ctrl+s")
        await stage.until(lambda: stage.app.screen is not first)
        await stage.until(lambda: isinstance(stage.app.screen, BatchNoScreen))
        await stage.settle()
        again = (stage.text, stage.one(Codes).in_order)
        stage.one(Input, "#pin").value = PIN
        await stage.press("ctrl+s")
        await stage.until(lambda: "was not rejected" in stage.one(Notice).text)

    assert "PIN" in again[0]
    assert again[1] == ("policy",)
    assert desk.page(row.id).decisions[0].actor == "person:ana"


def test_only_what_waits_for_a_decision_is_rejected(desk: Desk) -> None:
    row, gone = report(desk, "ana"), report(desk, "bob")
    desk.do(lambda ws: ws.reviews.reject(gone.id, revision=1, reason="No."))

    with desk.open() as workspace:
        found = batching.unwanted([row.id, gone.id])(workspace)

    assert [one.id for one in found.rows] == [row.id]
    assert found.reviewers == ()


@pytest.mark.parametrize("call", [batching.sorted_out, batching.unwanted])
def test_more_than_somebody_reads_are_refused_before_any_is_read(
    desk: Desk, call: Callable[[list[str]], Callable[[Workspace], object]]
) -> None:
    with desk.open() as workspace, pytest.raises(UsageError, match="too many"):
        call(["none"] * 101)(workspace)


def test_what_was_purged_since_it_was_marked_is_asked_about_no_more(desk: Desk) -> None:
    row, gone = report(desk, "ana"), report(desk, "bob")
    desk.do(lambda ws: ws.reviews.reject(gone.id, revision=1, reason="No."))
    desk.advance(3 * 86_400)
    with desk.open() as workspace:
        workspace.purging.purge(desk.clock.now() - timedelta(days=2))

        unwanted = batching.unwanted([gone.id, row.id])(workspace)
    marked = sort_out(desk, [row, gone], [row, gone])

    assert [one.id for one in unwanted.rows] == [row.id]
    assert marked.stay == (("Weekly report", batching.UNREAD),)


async def test_where_nothing_marked_waits_any_more_it_is_said(desk: Desk) -> None:
    row = report(desk, "ana")

    async with desk.show() as stage:
        await stage.press("space")
        desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="No."))
        await stage.press("X")
        await stage.until_shown("Nothing that is marked waits")
        screen = stage.app.screen

    assert isinstance(screen, ReviewScreen)
