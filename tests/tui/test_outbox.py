"""The panes Outbox, Sent and Drafts: what waits and why, and what to do about it."""

import re
from datetime import timedelta

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.tui.conftest import Desk, Stage
from tuimail.core.submission import (
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import SendJob
from tuimail.testing import Answer
from tuimail.tui import looks
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.lists import DraftsScreen, OutboxScreen
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.send_again import SendAgainScreen
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.obstacle_lines import ObstacleLines
from tuimail.tui.widgets.text_view import TextView
from tuimail.tui.widgets.undo_strip import UndoStrip
from tuimail.workspace.views import Row


def shows(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


def says(text: str, kind: VerdictKind) -> Answer:
    """Return an answer with the server's own words."""

    async def answer(job: SendJob) -> Verdicts:
        receipt = Receipt(stage="rcpt", code=452, text=text)
        return Verdicts(
            by_recipient=tuple(
                Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
                for one in job.envelope.recipients
            )
        )

    return answer


async def unknown(desk: Desk) -> Row:
    return await desk.sent(VerdictKind.UNKNOWN)


def held(desk: Desk) -> Row:
    row = desk.release()
    return desk.do(lambda ws: ws.outbox.hold(row.id))


async def confirm(stage: Stage, key: str) -> None:
    await stage.press(key)
    await stage.until(lambda: shows(stage, ConfirmScreen))
    await stage.press("y")


async def test_a_deferred_mail_says_why_and_when_it_is_tried_again(
    desk: Desk,
) -> None:
    await desk.sent(says("4.2.2 mailbox busy", VerdictKind.DEFERRED))

    async with desk.show(start="outbox", size=(160, 40)) as stage:
        shown = stage.text

    assert "deferred" in shown
    assert re.search(r"in (1 m|\d\d s)", shown)
    assert "mailbox busy" in shown


async def test_trying_now_brings_a_deferred_mail_forward(desk: Desk) -> None:
    row = await desk.sent(says("later", VerdictKind.DEFERRED))

    async with desk.show(start="outbox") as stage:
        await stage.press("t")
        await stage.until(lambda: desk.row(row.id).due_at == desk.clock.now())

    assert "wake" in desk.sender.calls


async def test_an_error_can_be_tried_again(desk: Desk) -> None:
    row = await desk.sent(says("no", VerdictKind.REFUSED))

    async with desk.show(start="outbox") as stage:
        await stage.press("t")
        await stage.until(lambda: desk.row(row.id).status == "ready")


async def test_holding_and_resuming_share_a_key(desk: Desk) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        footer_before = stage.footer
        await stage.press("p")
        await stage.until(lambda: desk.row(row.id).status == "held")
        await stage.until(lambda: "resume" in stage.footer)
        await stage.press("p")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "p hold" in footer_before


async def test_cancelling_asks_first(desk: Desk) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        await stage.press("X")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("escape")
        await stage.until(lambda: not shows(stage, ConfirmScreen))
        after_escape = desk.row(row.id).status
        await confirm(stage, "X")
        await stage.until(lambda: desk.row(row.id).status == "cancelled")

    assert after_escape == "ready"


@pytest.mark.parametrize(("key", "status"), [("A", "sent"), ("Z", "error")])
async def test_a_person_decides_about_unknown_mail(
    desk: Desk, key: str, status: str
) -> None:
    row = await unknown(desk)

    async with desk.show(start="outbox") as stage:
        await confirm(stage, key)
        await stage.until(lambda: desk.row(row.id).status == status)


async def test_what_went_out_whole_is_sent_again_once_the_domain_is_typed(
    desk: Desk,
) -> None:
    row = await unknown(desk)

    async with desk.show(start="outbox") as stage:
        await stage.press("S")
        await stage.until(lambda: shows(stage, SendAgainScreen))
        await stage.press("y", "enter")
        await stage.until_shown("Type example.net to send it again.")
        after_a_yes = desk.row(row.id).status
        await stage.press("backspace")
        await stage.type_in("example.NET")
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert after_a_yes == "unknown"


async def test_unknown_mail_is_never_sent_again_by_the_plain_key(desk: Desk) -> None:
    """It may have arrived already; trying again must be a decision of its own."""
    row = await unknown(desk)

    async with desk.show(start="outbox") as stage:
        footer = stage.footer
        await stage.press("t")
        await stage.settle()

    assert "try now" not in footer
    assert "send again" in footer
    assert desk.row(row.id).status == "unknown"


async def test_the_keys_for_unknown_mail_show_only_there(desk: Desk) -> None:
    held(desk)

    async with desk.show(start="outbox") as stage:
        footer = stage.footer
        await stage.press("A", "S", "Z")
        is_asked = shows(stage, ConfirmScreen)

    assert "arrived" not in footer
    assert not is_asked


async def test_unknown_mail_stands_on_top(desk: Desk) -> None:
    await unknown(desk)
    desk.advance(60)
    desk.release(subject="newer")

    async with desk.show(start="outbox") as stage:
        statuses = [row.status for row in stage.one(MailTable).rows]

    assert statuses == ["unknown", "ready"]


async def test_enter_shows_the_attempts_with_the_servers_words(desk: Desk) -> None:
    await desk.sent(says("4.7.1 greylisted, come back", VerdictKind.DEFERRED))

    async with desk.show(start="outbox") as stage:
        await stage.press("enter")
        await stage.until_shown("“4.7.1 greylisted, come back”")
        shown = stage.text
        await stage.press("escape")
        focused = stage.app.focused

    assert "try 1" in shown
    assert isinstance(focused, MailTable)


async def test_the_record_says_who_answered_and_what_about_whom(desk: Desk) -> None:
    async def answers(job: SendJob) -> Verdicts:
        first, *others = [one.wire_address for one in job.envelope.recipients]
        never = Receipt(stage="rcpt", code=550, text="5.1.1 nobody here")
        later = Receipt(stage="rcpt", code=451, text="4.7.1 come back\x1b[2J")
        return Verdicts(
            by_recipient=(
                Verdict(wire_address=first, kind=VerdictKind.REFUSED, receipt=never),
                *(
                    Verdict(wire_address=one, kind=VerdictKind.DEFERRED, receipt=later)
                    for one in others
                ),
            ),
            server="smtp.example.org:465",
        )

    row = await desk.sent(answers, cc=("bob@example.net",))

    with desk.open() as workspace:
        look = looks.look(row.id)(workspace)
    told = "\n".join(one.text for one in look.tab("record").paragraphs)
    assert "try 1: told to come later, smtp.example.org:465" in told
    assert "at rcpt: “5.1.1 nobody here”" in told
    assert "\x1b" not in told


async def test_a_released_mail_counts_down_and_can_be_taken_back_anywhere(
    desk: Desk,
) -> None:
    row = desk.release(undo=timedelta(seconds=10))

    async with desk.show(start="sent") as stage:
        await stage.until_shown("leaves in 10 s")
        desk.advance(3)
        await stage.until_shown("leaves in 7 s")
        await stage.press("u")
        await stage.until(lambda: desk.row(row.id).status == "draft")


async def test_the_undo_strip_goes_when_the_time_is_over(desk: Desk) -> None:
    desk.release(undo=timedelta(seconds=10))

    async with desk.show(start="sent") as stage:
        await stage.until_shown("take back")
        desk.advance(11)
        await stage.until(lambda: not stage.one(UndoStrip).display)
        await stage.press("u")

    assert desk.rows("draft") == ()


async def test_several_are_taken_back_the_newest_first(desk: Desk) -> None:
    older = desk.release(undo=timedelta(seconds=60), subject="older")
    desk.advance(1)
    newer = desk.release(undo=timedelta(seconds=60), subject="newer")

    async with desk.show(start="outbox") as stage:
        await stage.until_shown("and 1 more")
        await stage.press("u")
        await stage.until(lambda: desk.row(newer.id).status == "draft")

    assert desk.row(older.id).status == "ready"


async def test_undo_that_comes_too_late_says_so(desk: Desk) -> None:
    row = desk.release(undo=timedelta(seconds=10))

    async with desk.show(start="sent") as stage:
        await stage.until_shown("take back")
        desk.do(lambda ws: ws.outbox.cancel(row.id))
        desk.do(lambda ws: ws.outbox.take_back(row.id))
        await stage.press("u")
        await stage.until(lambda: stage.one(Notice).text or not _strip(stage))

    assert desk.row(row.id).status == "draft"


async def test_an_agents_mail_goes_back_to_review_when_it_is_taken_back(
    desk: Desk,
) -> None:
    row = desk.hand_in()
    desk.do(lambda ws: ws.reviews.approve(row.id, revision=1))
    desk.do(lambda ws: ws.outbox.release(row.id, undo=timedelta(seconds=10)))

    async with desk.show(start="outbox") as stage:
        await stage.until_shown("take back")
        await stage.press("u")
        await stage.until(lambda: stage.app.current_mode == "review")
        await stage.until(lambda: stage.one(MailTable).selected == row.id)

    assert desk.row(row.id).status == "review"


async def test_editing_what_waits_withdraws_it_and_opens_it(desk: Desk) -> None:
    row = desk.release(subject="wrong date")

    async with desk.show(start="outbox") as stage:
        await stage.press("e")
        await stage.until(lambda: shows(stage, ComposeScreen))
        await stage.until_shown("wrong date")

    assert desk.row(row.id).status == "draft"


async def test_a_change_by_another_process_appears_by_itself(desk: Desk) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        desk.do(lambda ws: ws.outbox.hold(row.id))
        await stage.until(lambda: "held" in stage.text)


async def test_sent_mail_shows_its_receipt_and_gives_its_id(desk: Desk) -> None:
    row = await desk.sent(VerdictKind.SENT)

    async with desk.show(start="sent", size=(120, 50)) as stage:
        shown = stage.one(TextView, "#text").text
        await stage.press("y")
        copied = stage.app.clipboard

    assert copied == desk.page(row.id).message_id != ""
    assert copied in shown
    assert "ana@example.net  sent" in shown
    assert "Digest" in shown


async def test_cancelled_mail_is_found_among_the_sent_and_can_be_edited_again(
    desk: Desk,
) -> None:
    row = desk.release()
    desk.do(lambda ws: ws.outbox.cancel(row.id))

    async with desk.show(start="sent") as stage:
        shown = stage.text
        await stage.press("e")
        await stage.until(lambda: shows(stage, ComposeScreen))

    assert "cancelled" in shown
    assert desk.row(row.id).status == "draft"


async def test_a_key_right_after_a_change_does_nothing_in_the_outbox(
    desk: Desk,
) -> None:
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        stage.app.guard.disarm()
        await stage.pilot.press("X")
        await stage.until(lambda: stage.one(Notice).text == TOO_QUICK)
        is_asked = shows(stage, ConfirmScreen)

    assert not is_asked
    assert desk.row(row.id).status == "ready"


async def test_a_key_held_down_does_not_act_on_the_next_mail(desk: Desk) -> None:
    first = desk.release(subject="first")
    second = desk.release(subject="second")

    async with desk.show(start="outbox") as stage:
        await stage.press("p")
        await stage.until(lambda: len(desk.rows("held")) == 1)
        for _ in range(5):
            desk.ticks.pass_by(0.6)
            await stage.pilot.press("p")
        await stage.settle()

    statuses = {desk.row(first.id).status, desk.row(second.id).status}
    assert statuses == {"held", "ready"}


async def test_a_draft_is_sent_from_the_list_after_the_question(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="drafts") as stage:
        await stage.press("s")
        await stage.until(lambda: shows(stage, ReleaseScreen))
        await stage.press("escape")
        await stage.until(lambda: shows(stage, DraftsScreen))
        after_escape = desk.row(row.id).status
        await stage.press("s")
        await stage.until(lambda: shows(stage, ReleaseScreen))
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert after_escape == "draft"


async def test_a_draft_is_thrown_away_after_the_question(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="drafts") as stage:
        await confirm(stage, "X")
        await stage.until(lambda: desk.row(row.id).status == "discarded")


async def test_somebody_else_can_be_asked_about_a_draft(desk: Desk) -> None:
    row = desk.write()

    async with desk.show(start="drafts") as stage:
        await stage.press("R")
        await stage.until(lambda: desk.row(row.id).status == "review")


async def test_a_rejection_is_seen_with_its_reason_and_taken_back(
    desk: Desk,
) -> None:
    row = desk.hand_in()
    desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="too dear"))

    async with desk.show(start="drafts") as stage:
        shown = stage.text
        await stage.press("U")
        await stage.until(lambda: desk.row(row.id).status == "review")

    assert "too dear" in shown


async def test_a_key_with_nothing_selected_does_nothing(desk: Desk) -> None:
    async with desk.show(start="outbox") as stage:
        await stage.press("X", "t", "enter", "l")
        is_asked = shows(stage, ConfirmScreen)

    assert not is_asked


async def test_going_through_alike_mail_lays_out_nothing_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every widget of the pane is asked about its size whenever one wants to be."""
    for number in range(4):
        desk.release(subject=f"number {number}")
    asked: list[Widget] = []
    refresh = Widget.refresh

    def noted(
        widget: Widget, *regions: Region, layout: bool = False, **how: bool
    ) -> None:
        if layout:
            asked.append(widget)
        refresh(widget, *regions, layout=layout, **how)

    async with desk.show(start="outbox") as stage:
        await stage.press("j")
        monkeypatch.setattr(Widget, "refresh", noted)
        await stage.press("j", "j", "k")
        about_mail = (*stage.one(Detail).query("*"), stage.one(ObstacleLines))

    assert not set(about_mail) & set(asked)


async def test_a_mail_that_went_before_the_question_is_not_asked_about(
    desk: Desk,
) -> None:
    """Keys are about what was selected when they were pressed."""
    desk.release(subject="first")
    desk.release(subject="second")

    async with desk.show(start="outbox") as stage:
        table = stage.one(MailTable)
        pane = stage.app.screen
        stage.desk.ticks.pass_by(2.0)
        assert isinstance(pane, OutboxScreen)
        pane.action_act("cancel")
        table.action_move(1)
        await stage.pilot.pause(0.1)
        await stage.settle()
        is_asked = shows(stage, ConfirmScreen)

    assert not is_asked


def _strip(stage: Stage) -> bool:
    return stage.one(UndoStrip).display
