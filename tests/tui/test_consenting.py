"""The question before mail leaves: who says yes, over what, and for when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.widgets import Input

from tests.tui.conftest import UNDO, Desk, Stage
from tuimail.core.draft import Body, Draft
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.screens.deciding import what_became
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.picks import Stepper
from tuimail.tui.widgets.signing import Signing
from tuimail.workspace.views import Page, Signature

PIN = "483920"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n"
"""What nobody should let leave."""


def name(desk: Desk, *names: str) -> None:
    """Name reviewers, all with the same PIN."""
    with desk.open() as workspace:
        for one in names:
            workspace.reviewers.add(one, PIN)


def policy(desk: Desk, text: str) -> None:
    path = desk.config.with_name("policy.toml")
    path.write_text(text)
    path.chmod(0o600)


async def ask(stage: Stage, key: str = "a") -> ReleaseScreen:
    await stage.press(key)
    await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
    await stage.settle()
    dialog = stage.app.screen
    assert isinstance(dialog, ReleaseScreen)
    return dialog


async def gone(stage: Stage) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, ReviewScreen))
    await stage.settle()


async def fill(stage: Stage, field: str, text: str) -> None:
    one = stage.one(Input, f"#{field}")
    one.value = ""
    one.focus()
    await stage.type_in(text)


async def refused(stage: Stage, before: ReleaseScreen) -> ReleaseScreen:
    """Wait for the question to be asked again."""
    await stage.until(
        lambda: (
            isinstance(stage.app.screen, ReleaseScreen)
            and stage.app.screen is not before
        )
    )
    await stage.settle()
    dialog = stage.app.screen
    assert isinstance(dialog, ReleaseScreen)
    return dialog


async def test_where_reviewers_are_named_a_yes_takes_a_name_and_a_pin(
    desk: Desk,
) -> None:
    """And the PIN is nowhere: not on the screen, nor in what is kept of it."""
    name(desk, "ana", "bob")
    row = desk.hand_in()

    async with desk.show(size=(80, 30)) as stage:
        first = await ask(stage)
        await stage.press("y")
        unsigned = await refused(stage, first)
        told = stage.text
        stage.one(Stepper, "#name").place = 1
        await fill(stage, "pin", "000000")
        hidden = stage.text
        await stage.press("ctrl+s")
        again = await refused(stage, unsigned)
        wrong = stage.text
        kept = (stage.one(Stepper, "#name").key, stage.one(Input, "#pin").value)
        await fill(stage, "pin", PIN)
        told_of_it = str(again.query_one(Signing).take())
        await fill(stage, "pin", PIN)
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "Choose your name and type your PIN." in told
    assert "000000" not in hidden
    assert "not the name and the PIN of a reviewer" in wrong
    assert kept == ("bob", "")
    assert "bob" in told_of_it
    assert PIN not in told_of_it
    (yes,) = desk.page(row.id).decisions
    assert (yes.actor, yes.role) == ("person:bob", "reviewer")


async def test_a_pin_goes_to_no_clipboard(desk: Desk) -> None:
    """What is copied is written to the terminal, for whatever listens there."""
    name(desk, "ana")
    desk.hand_in(text=KEY)

    async with desk.show() as stage:
        await ask(stage)
        await fill(stage, "overrule", "example.net")
        await stage.press("end", "shift+home", "ctrl+c")
        word = stage.app.clipboard
        await stage.press("end", "shift+home", "ctrl+x")
        cut = stage.one(Input, "#overrule").value
        await fill(stage, "pin", PIN)
        await stage.press("end", "shift+home", "ctrl+c", "ctrl+x")
        pin, left = stage.app.clipboard, stage.one(Input, "#pin").value

    assert word == "example.net"
    assert (cut, left) == ("", "")
    assert pin == "example.net"


async def test_what_blocks_takes_a_word_of_the_mail_or_a_second_person(
    desk: Desk,
) -> None:
    name(desk, "ana", "bob")
    row = desk.hand_in(text=KEY)

    async with desk.show(size=(100, 40)) as stage:
        first = await ask(stage)
        asked = stage.text
        await fill(stage, "overrule", "example.org")
        await fill(stage, "pin", PIN)
        await stage.press("ctrl+s")
        second = await refused(stage, first)
        wrong, kept = stage.text, stage.one(Input, "#overrule").value
        await fill(stage, "overrule", "")
        await fill(stage, "pin", PIN)
        await stage.press("ctrl+s")
        await gone(stage)
        await stage.until(lambda: "needs another" in stage.one(Facts).text)
        half, facts = desk.row(row.id).status, stage.one(Facts).text
        await ask(stage)
        has_word = bool(stage.app.screen.query("#overrule"))
        stage.one(Stepper, "#name").place = 1
        await fill(stage, "pin", PIN)
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "Type example.net to overrule what blocks it" in asked
    assert "'example.org' is not the word" in wrong
    assert second is not first
    assert kept == "example.org"
    assert half == "review"
    assert "1 of 2 (person:ana), needs another reviewer" in facts
    assert not has_word
    assert [one.actor for one in desk.page(row.id).decisions] == [
        "person:ana",
        "person:bob",
    ]


async def test_one_person_overrules_what_blocks_by_its_word(desk: Desk) -> None:
    row = desk.hand_in(text=KEY)

    async with desk.show() as stage:
        await ask(stage)
        await fill(stage, "overrule", "Example.NET")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    (yes,) = desk.page(row.id).decisions
    assert yes.overruled == ("secret.private-key",)


async def test_mail_is_approved_for_a_time_that_is_read_back(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        await ask(stage, "D")
        await stage.type_in("whenever")
        await stage.until_shown("'whenever' is no moment.")
        await stage.press("ctrl+s")
        unclear = desk.row(row.id).status
        await fill(stage, "at", "2026-03-03 09:00 UTC")
        await stage.until_shown("09:00 UTC, in 18 h 58 m")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert unclear == "review"
    assert desk.row(row.id).due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


async def test_a_time_can_be_said_in_the_question_and_outlives_a_refusal(
    desk: Desk,
) -> None:
    row = desk.hand_in(text=KEY)

    async with desk.show(size=(100, 40)) as stage:
        first = await ask(stage)
        footer = stage.text
        await stage.press("s")
        await stage.type_in("in 2h")
        await fill(stage, "overrule", "wrong")
        await stage.press("ctrl+s")
        await refused(stage, first)
        kept = stage.one(Input, "#at").value
        await fill(stage, "overrule", "example.net")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "s at a time" in footer
    assert kept == "2026-03-02 16:02 UTC"
    assert desk.row(row.id).due_at == desk.clock.now() + timedelta(hours=2)


async def test_what_is_approved_can_wait_and_be_released_another_time(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask(stage)
        await stage.press("w")
        await gone(stage)
        await stage.until(lambda: desk.row(row.id).status == "approved")
        await stage.until(lambda: "Decided approved by" in stage.one(Facts).text)
        await ask(stage)
        can_wait = "w approve" in stage.text
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert not can_wait
    assert desk.row(row.id).due_at == desk.clock.now() + UNDO


async def test_what_somebody_else_decided_meanwhile_is_said_in_the_question(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        dialog = await ask(stage)
        desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="not now"))
        await stage.until(lambda: dialog.is_overtaken)
        shown = stage.text
        await stage.press("y")
        still = stage.app.screen is dialog
        await stage.press("escape")

    assert "Decided elsewhere: rejected by person:mara 0 s ago: “not now”" in shown
    assert "y release" not in shown
    assert still
    assert desk.row(row.id).status == "rejected"


async def test_a_yes_that_another_overtook_in_between_decides_nothing(
    desk: Desk,
) -> None:
    """The key was pressed, and the moment in which others may follow ran."""
    row = desk.hand_in()

    async with desk.show() as stage:
        dialog = await ask(stage)
        desk.ticks.pass_by(2)
        await stage.pilot.press("y")
        dialog.overtake("Decided elsewhere.")
        await stage.settle()
        await stage.pilot.pause(0.1)

    assert desk.row(row.id).status == "review"


async def test_what_nobody_may_approve_has_no_yes(desk: Desk) -> None:
    policy(desk, 'version = 1\n[recipients]\nblock = ["@example.net"]\n')
    desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        facts = stage.one(Facts).text
        await ask(stage)
        shown = stage.text

    assert "Policy nobody can approve it" in facts
    assert "nobody can approve it" in shown
    assert "y release" not in shown


async def test_a_second_that_the_policy_wants_is_told_and_asked_for(
    desk: Desk,
) -> None:
    policy(
        desk,
        'version = 1\n[[rule]]\nname = "two"\nto_any_in = ["@example.net"]\n'
        'action = "review2"\n',
    )
    name(desk, "ana", "bob")
    row = desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        facts = stage.one(Facts).text
        await ask(stage)
        shown = stage.text
        await fill(stage, "pin", PIN)
        await stage.press("ctrl+s")
        await gone(stage)
        await stage.until(lambda: "needs another" in stage.one(Facts).text)
        half = desk.row(row.id).status

    assert "Needs 0 of 2, needs 2 reviewers" in facts
    assert "Policy rule: two: The rule “two” has two people" in facts
    assert "Approve for 1 person, as 1 of 2?" in shown
    assert "w approve, but wait" not in shown
    assert half == "review"


async def test_a_policy_that_cannot_be_read_is_warned_of(desk: Desk) -> None:
    policy(desk, "version = ")
    row = desk.hand_in()

    async with desk.show(size=(100, 40)) as stage:
        facts = stage.one(Facts).text
        await ask(stage)
        shown = stage.text
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")

    assert "policy.toml" in facts
    words = shown.replace("│", " ").split()  # the path before it may be long
    assert "A person may still decide." in " ".join(words)


async def test_an_approval_given_elsewhere_is_seen_though_the_list_is_the_same(
    desk: Desk,
) -> None:
    name(desk, "ana", "bob")
    row = desk.hand_in(text=KEY)
    signed = Signature(name="bob", pin=PIN)

    async with desk.show(size=(100, 40)) as stage:
        desk.do(lambda ws: ws.reviews.approve(row.id, revision=1, signature=signed))
        await stage.until(lambda: "1 of 2 (person:bob)" in stage.one(Facts).text)


async def test_held_mail_cannot_be_approved_until_it_goes_on(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show(size=(120, 30)) as stage:
        await stage.press("p")
        await stage.until(lambda: "resume" in desk.row(row.id).actions)
        await stage.until(lambda: "Why Held" in stage.one(Facts).text)
        footer = stage.footer
        desk.ticks.pass_by(2)
        await stage.press("p")
        await stage.until(lambda: "hold" in desk.row(row.id).actions)

    assert "a approve" not in footer
    assert "p go on" in footer


async def test_somebody_is_asked_to_decide_and_anybody_again(desk: Desk) -> None:
    name(desk, "ana", "bob")
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("s")
        await stage.until_shown("Who is to decide about it?")
        await stage.press("b", "enter")
        await stage.until(lambda: desk.row(row.id).assigned == "bob")
        await stage.until(lambda: "For bob" in stage.one(Facts).text)
        offered = (await ask(stage)).query_one("#name", Stepper).key
        await stage.press("escape")
        await gone(stage)
        await stage.press("s")
        await stage.until_shown("▸ bob")
        await stage.press("escape")
        await gone(stage)
        await stage.press("s")
        await stage.until_shown("▸ bob")
        await stage.press("a", "enter")
        await stage.until(lambda: not desk.row(row.id).assigned)

    assert offered == "bob"


async def test_nobody_is_asked_where_nobody_is_named(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        await stage.press("s")
        await stage.until(lambda: "reviewers add NAME" in stage.one(Notice).text)
        is_asked = not isinstance(stage.app.screen, ReviewScreen)

    assert not is_asked


async def test_d_goes_round_what_changed(desk: Desk) -> None:
    row = desk.hand_in()
    page = desk.page(row.id)
    with desk.open() as workspace:
        for number in (1, 2):
            changed = _with_text(page, f"Hi Ana,\n\nversion {number}\n")
            workspace.drafts.edit(row.id, changed, revision=number)

    async with desk.show(size=(120, 30)) as stage:
        await stage.press("d")
        previous = stage.text
        await stage.press("d")
        first = stage.text
        await stage.press("d")
        again = stage.text

    assert "version [-1-]{+2+}" in previous
    assert "What changed since its author first wrote it." in first
    assert "What changed from revision 2 to 3." in again


async def test_a_pin_that_is_pasted_decides_nothing_by_itself(desk: Desk) -> None:
    name(desk, "ana")
    row = desk.hand_in()

    async with desk.show() as stage:
        dialog = await ask(stage)
        await fill(stage, "pin", f"{PIN}\ny\n")
        await stage.press("enter")
        await stage.pilot.press("ctrl+s")
        await stage.until_shown(TOO_QUICK)
        is_open = stage.app.screen is dialog

    assert is_open
    assert desk.row(row.id).status == "review"


@pytest.mark.parametrize(
    ("status", "said"),
    [("review", "another person"), ("approved", "waits"), ("ready", "released")],
)
def test_what_became_of_a_yes_is_said(desk: Desk, status: str, said: str) -> None:
    row = desk.hand_in()
    if status != "review":
        desk.do(lambda ws: ws.reviews.approve(row.id, revision=1))
    if status == "ready":
        desk.do(lambda ws: ws.outbox.release(row.id))

    assert said in what_became(desk.row(row.id))


async def test_the_keys_of_a_full_question_are_seen_at_every_size(desk: Desk) -> None:
    name(desk, "ana")
    desk.hand_in(text=KEY, to=tuple(f"p{n}@example.net" for n in range(30)))

    async with desk.show(size=(80, 24)) as stage:
        await ask(stage, "D")
        seen = []
        for size in ((80, 24), (60, 20), (44, 12), (120, 40)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
            seen.append(("PIN" in stage.text, "Ctrl-s approve" in stage.text))

    assert seen == [(True, True)] * 4


def _with_text(page: Page, text: str) -> Draft:
    return replace(page.draft, body=Body(text=text))
