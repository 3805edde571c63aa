"""The Outbox beside single mails: lost tries, accounts, other ways, several at once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.tui.conftest import NOW, Desk, Stage
from tests.tui.test_record import answered
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import Capabilities, SendJob
from tuimail.testing import FakeProvider
from tuimail.tui.screens.accounts import AccountsScreen
from tuimail.tui.screens.lists import OutboxScreen
from tuimail.tui.screens.reroute import RerouteScreen
from tuimail.tui.screens.send_again import SendAgainScreen
from tuimail.tui.widgets.evidence_panel import EvidencePanel
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.obstacle_lines import ObstacleLines
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.tui.widgets.undo_strip import UndoStrip
from tuimail.workspace.views import Row

MINUTE = timedelta(minutes=1)


def told(stage: Stage) -> str:
    return stage.one(ObstacleLines).text


def panel(stage: Stage) -> EvidencePanel:
    return stage.one(EvidencePanel)


def shows(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


def hold(desk: Desk, name: str) -> None:
    with desk.open() as workspace:
        workspace.accounts.hold(name)


def hold_mail(desk: Desk, row: Row) -> None:
    desk.do(lambda ws: ws.outbox.hold(row.id))


async def refused_login(desk: Desk, **changes: Any) -> Row:
    return await desk.sent(AccountFault.LOGIN, **changes)


async def unreachable(job: SendJob) -> Verdicts:
    receipt = Receipt(stage="connect", text="no route to host")
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address,
                kind=VerdictKind.DEFERRED,
                receipt=receipt,
            )
            for one in job.envelope.recipients
        ),
        is_unreachable=True,
    )


async def test_mail_of_unknown_fate_shows_its_evidence_and_asks_its_provider(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeProvider, "capabilities", Capabilities(can_look_up=True))
    row = await desk.sent(VerdictKind.UNKNOWN)
    desk.release(subject="other")

    async with desk.show(start="outbox", size=(100, 36)) as stage:
        await stage.until_shown("tuimail will not send it again by itself")
        shown, footer = panel(stage).text, stage.footer
        stage.app.say("done")
        await stage.until(lambda: stage.app.screen.query("Toast"))
        toasts = stage.app.screen.query_one("ToastRack")
        await stage.until(lambda: toasts.region.bottom <= panel(stage).region.y)
        await stage.press("I")
        asked = list(desk.sender.calls)
        desk.sender.watch.say(row.id, "The provider was asked: it does not tell.")
        await stage.until_shown("The provider was asked")
        desk.sender.state = "held by serve, pid 412"
        await stage.until(lambda: "held by" in stage.app.sender_state)
        await stage.press("I")
        await stage.until_shown("asks providers by itself")
        await stage.press("j")
        await stage.until(lambda: not panel(stage).display)
        await stage.until(lambda: toasts.styles.margin.bottom == 2)

    assert "bytes were handed over" in shown
    assert "A it arrived   S send again   Z give up   I ask provider" in shown
    assert "it arrived…" in footer
    assert f"inquire {row.id}" in asked


async def test_a_held_account_is_told_once_and_goes_on_with_all_its_mail(
    desk: Desk,
) -> None:
    first = await refused_login(desk)
    second = desk.release()

    async with desk.show(start="outbox", size=(120, 30)) as stage:
        await stage.until(lambda: "L log in again" in told(stage))
        line, rows = told(stage), stage.lines[2:4]
        await stage.press("L")
        await stage.until(lambda: shows(stage, AccountsScreen))
        await stage.settle()
        while len(stage.app.screen_stack) > 1:
            await stage.press("escape")
        await stage.press("3")
        await stage.until(lambda: stage.app.current_mode == "outbox")
        await stage.press("R")
        await stage.until(lambda: desk.row(first.id).status == "ready")
        await stage.until(lambda: not stage.one(ObstacleLines).display)

    assert "account work is held   L log in again   R resume its 2 messages" in line
    assert all("account work is held" in one for one in rows)
    assert desk.row(second.id).status == "ready"


async def test_keys_that_a_held_account_makes_useless_are_not_offered(
    desk: Desk,
) -> None:
    failed = await desk.sent(VerdictKind.REFUSED, subject="failed")
    waiting = desk.release(subject="waiting")
    hold(desk, "work")

    async with desk.show(start="outbox", size=(120, 30)) as stage:
        stage.one(MailTable).select(waiting.id)
        await stage.until(lambda: "cancel…" in stage.footer)
        of_held = stage.footer
        stage.one(MailTable).select(failed.id)
        await stage.until(lambda: "try now" in stage.footer)
        await stage.press("t")
        await stage.until(lambda: "R lets it send again." in stage.one(Notice).text)
        refused = stage.one(Notice).text
        await stage.press("M")
        await stage.until(lambda: "no other account" in stage.one(Notice).text)

    assert "resume" not in of_held
    assert "when…" not in of_held
    assert "tuimail accounts" not in refused


async def test_where_nobody_knows_how_much_went_out_a_yes_sends_it_again(
    desk: Desk,
) -> None:
    row = desk.release()
    with desk.open() as workspace:
        (claim,) = workspace.delivery.claim()
        workspace.delivery.commit(claim)
        workspace.recover()

    async with desk.show(start="outbox") as stage:
        await stage.press("S")
        await stage.until(lambda: shows(stage, SendAgainScreen))
        fields = list(stage.app.screen.query(PlainField))
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert fields == []


async def test_an_account_is_held_by_a_key_and_goes_on_by_another(desk: Desk) -> None:
    desk.save("work", "home")
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        before = stage.footer
        await stage.press("P")
        await stage.until(lambda: desk.row(row.id).status == "held")
        await stage.until(lambda: "R resume its 1 message" in told(stage))
        offered = stage.footer
        await stage.press("R")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "hold account" in before
    assert "hold account" not in offered


async def test_without_a_network_one_line_says_so(desk: Desk) -> None:
    desk.save("work")
    await desk.sent(unreachable)
    desk.release()

    async with desk.show(start="outbox", size=(120, 30)) as stage:
        await stage.until(lambda: "no network" in told(stage))
        line, list_ = told(stage), stage.one(MailTable)
        await stage.until(lambda: "no network" in stage.lines[2])

    assert "2 messages waiting.   t try now" in line
    assert len(list_.rows) == 2


async def test_mail_is_rerouted_to_an_account_that_is_chosen(desk: Desk) -> None:
    desk.save("work", "home", "cf")
    hold(desk, "cf")
    row = desk.release()

    async with desk.show(start="outbox") as stage:
        await stage.press("M")
        await stage.until(lambda: shows(stage, RerouteScreen))
        asked = stage.text
        await stage.press("escape")
        await stage.until(lambda: not shows(stage, RerouteScreen))
        after_escape = desk.row(row.id).status
        await stage.press("M")
        await stage.until(lambda: shows(stage, RerouteScreen))
        await stage.press("enter")
        await stage.until(lambda: desk.row(row.id).account == "home")
        await stage.until(lambda: stage.app.current_mode == "drafts")

    assert "mara@home.example, another From" in asked
    assert "mara@cf.example, another From, held" in asked
    assert "has to be approved" in " ".join(asked.split())
    assert after_escape == "ready"
    assert desk.row(row.id).status == "draft"


async def test_with_one_account_there_is_nothing_to_choose(desk: Desk) -> None:
    desk.release()

    async with desk.show(start="outbox") as stage:
        await stage.press("M")
        await stage.until(lambda: "no other account" in stage.one(Notice).text)


async def test_all_that_is_marked_is_tried_now(desk: Desk) -> None:
    refused = [await desk.sent(VerdictKind.REFUSED, subject=f"m{n}") for n in range(3)]

    async with desk.show(start="outbox") as stage:
        table = stage.one(MailTable)
        await stage.press("space", "j", "space")
        marked = set(table.marked)
        await stage.press("t")
        await stage.until(lambda: len(desk.rows("ready")) == 2)
        await stage.until(lambda: table.marked == ())

    assert {row.id for row in desk.rows("ready")} == marked
    assert len(desk.rows("error")) == len(refused) - 2


async def test_what_is_marked_and_cannot_be_tried_is_told_with_its_reason(
    desk: Desk,
) -> None:
    await desk.sent(VerdictKind.REFUSED, subject="Refused")
    for subject in ("Invoice", "Quote"):
        released = desk.release(subject=subject)
        hold_mail(desk, released)

    async with desk.show(start="outbox", size=(120, 30)) as stage:
        await stage.press("space", "j", "space", "j", "space", "t")
        await stage.until(lambda: stage.one(Notice).text)
        said = stage.one(Notice).text

    assert said.startswith("1 of 3 tried now. Not tried, held: “")
    assert said.endswith("and waits until somebody lets it go on.")
    assert "” and 1 more. " in said


async def test_the_strip_lets_go_or_takes_all_back(desk: Desk) -> None:
    desk.release(undo=MINUTE, subject="first")
    desk.advance(1)
    second = desk.release(undo=MINUTE, subject="second")

    async with desk.show(start="outbox", size=(100, 30)) as stage:
        await stage.until_shown("and 1 more")
        strip = next(line for line in stage.lines if "and 1 more" in line)
        await stage.press("n")
        await stage.until(lambda: desk.row(second.id).undo_until is None)
        desk.release(undo=MINUTE, subject="third")
        await stage.until_shown("third →")
        await stage.press("U")
        await stage.until(lambda: len(desk.rows("draft")) == 2)
        await stage.until(lambda: stage.app.current_mode == "drafts")

    assert "second → ana@example.net" in strip
    assert " ".join(strip.split()).endswith("u take back n now and 1 more U all back")
    assert desk.row(second.id).due_at == NOW + timedelta(seconds=1)
    assert {row.subject for row in desk.rows("draft")} == {"first", "third"}


async def test_all_back_of_one_is_opened(desk: Desk) -> None:
    """Where there is no room for what a key means, the key is left out as well."""
    row = desk.release(undo=MINUTE)

    async with desk.show(start="outbox", size=(42, 12)) as stage:
        await stage.until_shown("take back")
        strip = next(line for line in stage.lines if "take back" in line)
        await stage.press("U")
        await stage.until(lambda: stage.app.current_mode == "compose")

    assert strip.rstrip().endswith("u take back")
    assert desk.row(row.id).status == "draft"


async def test_what_has_a_time_is_taken_back_and_not_hurried(desk: Desk) -> None:
    row = desk.write()
    desk.do(
        lambda ws: ws.outbox.send(
            row.id, revision=1, undo=MINUTE, at=NOW + timedelta(days=1)
        )
    )

    async with desk.show(start="outbox") as stage:
        await stage.until_shown("can be taken back for 60 s")
        is_offered = stage.one(UndoStrip).offers("hurry")

    assert not is_offered


async def test_an_upload_is_seen_in_the_list(desk: Desk) -> None:
    row = desk.release()
    watch = desk.sender.watch
    with desk.open() as workspace:
        workspace.delivery.claim()
    watch.begin(row.id, 40_000_000)
    watch.reach(row.id, "mid_body")
    watch.hand(row.id, 12_000_000)

    async with desk.show(start="outbox", size=(120, 30)) as stage:
        await stage.until_shown("sending 30 %")
        shown = stage.text

    assert "12/40 MB" in shown


async def test_sent_mail_says_what_others_report(desk: Desk) -> None:
    from tests.core.reports import dsns  # noqa: PLC0415 - one test

    row = await desk.sent(answered, to=("ana@example.net",))
    await desk.sent(answered, subject="quiet")
    mail = desk.page(row.id).message_id.encode()
    raw = dsns.POSTFIX.replace(dsns.MESSAGE_ID.encode(), mail)
    with desk.open() as workspace:
        workspace.reports.take(raw)

    async with desk.show(start="sent", size=(120, 30)) as stage:
        await stage.until_shown("bounced 1")
        shown = stage.text

    assert "REPORT" in shown


async def test_with_nothing_selected_the_keys_do_nothing(desk: Desk) -> None:
    async with desk.show(start="outbox") as stage:
        pane = stage.app.screen
        assert isinstance(pane, OutboxScreen)
        for act in (
            pane.action_send_again,
            pane.action_inquire,
            pane.action_plan,
            pane.action_reroute,
            pane.action_hold_account,
            pane.action_resume_account,
            pane.action_log_in,
            pane.action_hurry,
        ):
            act()
        pane.action_act("retry")
        await stage.settle()
        is_still = shows(stage, OutboxScreen)
        strip = stage.one(UndoStrip)

    assert is_still
    assert strip.pieces() == ()
    assert desk.sender.calls == ["start", "stop"]
