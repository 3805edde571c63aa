"""The Review pane: what is looked at, and the decision about it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events
from textual.widgets import TextArea

from tests.tui.conftest import NOW, SALES, UNDO, Desk, Stage
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.outgoing import release_lines
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.list_pane import GONE
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.attaching import FileToAttach


def dialog(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


async def ask_release(stage: Stage) -> None:
    await stage.press("a")
    await stage.until(lambda: dialog(stage, ReleaseScreen))
    await stage.settle()


async def test_a_draft_shows_who_gets_it_and_what_its_author_claims(desk: Desk) -> None:
    desk.hand_in(bcc=("audit@example.org",), note="finance asked for it")

    async with desk.show() as stage:
        facts = stage.one(Facts).text

    assert "To Ana Novák <ana@example.net>" in facts
    assert "Bcc audit@example.org" in facts
    assert f"By {SALES} (http)   revision 1, review" in facts
    assert "Says “finance asked for it”  (its claim)" in facts


async def test_bcc_has_its_line_even_when_there_is_none(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        facts = stage.one(Facts).text

    assert "Bcc none" in facts


async def test_many_recipients_are_folded_with_their_number(desk: Desk) -> None:
    desk.hand_in(to=tuple(f"p{number}@example.net" for number in range(9)))

    async with desk.show() as stage:
        facts = stage.one(Facts).text

    assert "+6 more" in facts


async def test_findings_stand_among_the_facts_and_in_their_tab(desk: Desk) -> None:
    desk.hand_in(text="Please see the attached file.\n")

    async with desk.show() as stage:
        facts = stage.one(Facts).text
        await stage.press("h", "h")
        checks = stage.one(TextView, "#text").text

    assert "WARNING att.forgotten" in facts
    assert "WARNING att.forgotten" in checks


async def test_the_tabs_show_text_links_parts_headers_source_checks_and_record(
    desk: Desk,
) -> None:
    desk.hand_in(text="Hi Ana, it is at https://a.example/q3.\n")
    seen: list[str] = []

    async with desk.show() as stage:
        for _ in range(7):
            seen.append(stage.one(TextView, "#text").text)
            await stage.press("l")

    assert seen[0].startswith("Hi Ana,")
    assert "goes to https://a.example/q3" in seen[1]
    assert "1 text/plain, " in seen[2]
    assert "Subject: Q3 report" in seen[3]
    assert "Content-Type: text/plain" in seen[4]
    assert "INFO rcpt.new" in seen[5]
    assert "To ana@example.net  pending" in seen[6]


async def test_an_html_part_has_a_tab_that_says_where_links_go(desk: Desk) -> None:
    desk.hand_in(html='<p>Pay <a href="https://evil.example/x">here</a></p>')

    async with desk.show() as stage:
        await stage.press("l")
        shown = stage.one(TextView, "#text").text

    assert "Pay" in shown
    assert "https://evil.example/x" in shown


async def test_approving_asks_first_and_then_releases_with_time_to_undo(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        before = desk.row(row.id).status
        await stage.press("y")
        await stage.until(lambda: not dialog(stage, ReleaseScreen))
        await stage.until(lambda: desk.row(row.id).status == "ready")

    after = desk.row(row.id)
    assert before == "review"
    assert after.due_at == after.undo_until == desk.clock.now() + UNDO
    assert "wake" in desk.sender.calls


async def test_the_release_dialog_names_everybody_and_the_digest(desk: Desk) -> None:
    row = desk.hand_in(cc=("bob@example.net",), bcc=("audit@example.org",))

    async with desk.show(size=(100, 40)) as stage:
        await ask_release(stage)
        shown = stage.text

    assert "Release to 3 people?" in shown
    assert "<ana@example.net>" in shown
    assert "<bob@example.net>" in shown
    assert "<audit@example.org>   only you and the account see this" in shown
    assert desk.page(row.id).release_digest[:12] in shown


async def test_escape_leaves_the_release_dialog_and_nothing_happened(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        await stage.press("escape")
        await stage.until(lambda: not dialog(stage, ReleaseScreen))

    assert desk.row(row.id).status == "review"


async def test_what_was_approved_before_is_released_by_the_same_key(
    desk: Desk,
) -> None:
    row = desk.hand_in()
    desk.do(lambda ws: ws.reviews.approve(row.id, revision=1))

    async with desk.show() as stage:
        await ask_release(stage)
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")


@pytest.mark.parametrize(("key", "status"), [("x", "rejected"), ("r", "draft")])
async def test_saying_no_takes_a_reason(desk: Desk, key: str, status: str) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press(key)
        await stage.until(lambda: dialog(stage, ReasonScreen))
        await stage.type_in("wrong price")
        await stage.press("ctrl+s")
        await stage.until(lambda: desk.row(row.id).status == status)

    assert desk.row(row.id).reason == "wrong price"


async def test_a_reason_is_asked_for_until_there_is_one(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("x")
        await stage.until(lambda: dialog(stage, ReasonScreen))
        await stage.press("ctrl+s")
        await stage.until_shown("Write a reason first")
        await stage.press("escape")

    assert desk.row(row.id).status == "review"


async def test_a_reason_that_is_refused_is_not_lost(desk: Desk) -> None:
    row = desk.hand_in()
    reason = "no " * 400

    async with desk.show() as stage:
        await stage.press("x")
        await stage.until(lambda: dialog(stage, ReasonScreen))
        stage.one(TextArea).load_text(reason)
        await stage.press("ctrl+s")
        await stage.until_shown("500 is the most")
        kept = stage.one(TextArea).text

    assert kept == reason.strip()
    assert desk.row(row.id).status == "review"


async def test_editing_opens_compose_and_makes_a_revision_to_be_approved(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("e")
        await stage.until(lambda: dialog(stage, ComposeScreen))
        await stage.until_shown("Q3 report")
        await stage.press("escape", "e")
        await stage.type_in("Dear ")
        await stage.press("ctrl+o")
        await stage.until(lambda: desk.row(row.id).revision == 2)

    page = desk.page(row.id)
    assert page.draft.body.text.startswith("Dear Hi Ana,")
    assert page.row.status == "review"
    assert page.row.origin.actor == SALES


async def test_an_edited_draft_is_released_from_compose_after_the_question(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("e")
        await stage.until(lambda: dialog(stage, ComposeScreen))
        await stage.until_shown("Q3 report")
        await stage.press("ctrl+s")
        await stage.until(lambda: dialog(stage, ReleaseScreen))
        await stage.press("y")
        await stage.until(lambda: desk.row(row.id).status == "ready")
        await stage.until(lambda: dialog(stage, ReviewScreen))


async def test_after_a_decision_the_neighbour_is_selected(desk: Desk) -> None:
    desk.hand_in(subject="first")
    desk.advance(60)
    desk.hand_in(subject="second")

    async with desk.show() as stage:
        first = stage.one(MailTable).selected
        await ask_release(stage)
        await stage.press("y")
        await stage.until(lambda: desk.row(first).status == "ready")
        await stage.until(lambda: len(stage.one(MailTable).rows) == 1)
        selected = stage.one(MailTable).selected_row

    assert selected is not None
    assert selected.subject == "second"


async def test_a_mail_that_arrives_does_not_move_the_selection(desk: Desk) -> None:
    first = desk.hand_in(subject="first")

    async with desk.show() as stage:
        desk.advance(-3600)
        desk.hand_in(subject="see the attached file, older and worse", text="attached")
        await stage.until(lambda: len(stage.one(MailTable).rows) == 2)
        selected = stage.one(MailTable).selected

    assert selected == first.id


async def test_a_mail_decided_elsewhere_stays_selected_and_says_so(
    desk: Desk,
) -> None:
    row = desk.hand_in(subject="first")
    desk.hand_in(subject="second")

    async with desk.show() as stage:
        stage.one(MailTable).select(row.id)
        desk.do(lambda ws: ws.reviews.reject(row.id, revision=1, reason="no"))
        await stage.until(lambda: len(stage.one(MailTable).rows) == 1)
        await stage.until(lambda: "rejected" in stage.one(Facts).text)
        await stage.until(lambda: stage.one(Detail).has_class("-elsewhere"))
        selected = stage.one(MailTable).selected
        footer = stage.footer
        await stage.press("j")
        await stage.until(lambda: not stage.one(Detail).has_class("-elsewhere"))

    assert selected == row.id
    assert "approve" not in footer


async def test_a_new_revision_during_the_dialog_releases_nothing(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        page = desk.page(row.id)
        desk.do(lambda ws: ws.drafts.edit(row.id, _changed(page.draft), revision=1))
        await stage.press("y")
        await stage.until_shown("is at revision 2")

    assert desk.row(row.id).status == "review"


async def test_a_key_right_after_a_change_is_ignored(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        stage.app.guard.disarm()
        await stage.pilot.press("a")
        await stage.until(lambda: stage.one(Notice).text == TOO_QUICK)

    assert desk.row(row.id).status == "review"


async def test_yes_right_after_the_dialog_opened_is_ignored(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        await stage.pilot.press("y")
        await stage.until_shown(TOO_QUICK)
        await stage.press("escape")

    assert desk.row(row.id).status == "review"


async def test_a_burst_of_keys_decides_nothing(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        desk.ticks.pass_by(2.0)
        for key in "ayay":
            stage.app.post_message(events.Key(key, key))
        await stage.until(lambda: stage.one(Notice).text == TOO_QUICK)
        await stage.settle()
        still_review = dialog(stage, ReviewScreen)

    assert still_review
    assert desk.row(row.id).status == "review"


async def test_what_came_at_once_with_a_decision_does_nothing_else(desk: Desk) -> None:
    """The text after r is for a dialog that did not open: no letter of it acts."""
    desk.hand_in(subject="One")
    desk.hand_in(subject="Two")

    async with desk.show(size=(100, 30)) as stage:
        desk.ticks.pass_by(2.0)
        first = stage.one(MailTable).selected
        for key in "rj2m":
            stage.app.post_message(events.Key(key, key))
        await stage.until(lambda: stage.one(Notice).text == TOO_QUICK)
        stage.app.post_message(events.Key("2", "2"))
        await stage.settle()
        selected, mode = stage.one(MailTable).selected, stage.app.current_mode
        await stage.press("j")
        after = stage.one(MailTable).selected

    assert (selected, mode) == (first, "review")
    assert after != first


async def test_a_paste_decides_nothing(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        stage.app.post_message(events.Paste("ay"))
        await stage.settle()
        await stage.pilot.press("a")
        await stage.until(lambda: stage.one(Notice).text == TOO_QUICK)

    assert desk.row(row.id).status == "review"


async def test_a_paste_into_the_release_dialog_releases_nothing(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        desk.ticks.pass_by(2.0)
        stage.app.post_message(events.Paste("y"))
        await stage.settle()
        await stage.pilot.press("y")
        await stage.until_shown(TOO_QUICK)
        await stage.press("escape")

    assert desk.row(row.id).status == "review"


async def test_enter_reads_and_never_decides(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("enter")
        reading = stage.text
        await stage.press("j", "q")

    assert "Hi Ana," in reading
    assert desk.row(row.id).status == "review"


async def test_the_next_mail_is_read_without_going_back(desk: Desk) -> None:
    desk.hand_in(subject="first", text="one")
    desk.advance(60)
    desk.hand_in(subject="second", text="two")

    async with desk.show() as stage:
        await stage.press("enter", "J")
        await stage.until(lambda: "two" in stage.one(TextView, "#text").text)
        await stage.press("K")
        await stage.until(lambda: "one" in stage.one(TextView, "#text").text)


async def test_what_needs_a_person_most_comes_first_then_the_oldest(
    desk: Desk,
) -> None:
    desk.hand_in(subject="old")
    desk.advance(60)
    desk.hand_in(subject="new")
    desk.advance(60)
    program = FileToAttach(source=b"MZ" + bytes(200), name="setup.exe")
    desk.hand_in(subject="worse", attachments=(program,))

    async with desk.show() as stage:
        subjects = [row.subject for row in stage.one(MailTable).rows]

    assert subjects == ["worse", "old", "new"]


async def test_an_empty_pane_says_what_to_do(desk: Desk) -> None:
    async with desk.show() as stage:
        shown = stage.text
        footer = stage.footer

    assert "Nothing to review." in shown
    assert "m writes a new mail." in shown
    assert "approve" not in footer


async def test_the_release_dialog_says_when_nothing_can_be_undone(desk: Desk) -> None:
    desk.configure("undo_seconds = 0\n")
    desk.hand_in()

    async with desk.show() as stage:
        await ask_release(stage)
        shown = stage.text

    assert "now; it cannot be taken back" in shown


def _changed(draft: Draft) -> Draft:

    return replace(draft, subject="another")


async def test_a_key_with_nothing_selected_does_nothing(desk: Desk) -> None:
    async with desk.show() as stage:
        pane = stage.app.screen
        assert isinstance(pane, ReviewScreen)
        pane.action_act("approve")
        await stage.press("a", "enter", "l")
        still_there = dialog(stage, ReviewScreen)

    assert still_there


async def test_no_reason_is_asked_about_a_mail_that_is_not_selected_any_more(
    desk: Desk,
) -> None:
    desk.hand_in(subject="first")
    desk.hand_in(subject="second")

    async with desk.show() as stage:
        pane = stage.app.screen
        assert isinstance(pane, ReviewScreen)
        desk.ticks.pass_by(2)
        pane.action_act("reject")
        stage.one(MailTable).action_move(1)
        await stage.pilot.pause(0.1)
        is_asked = dialog(stage, ReasonScreen)

    assert not is_asked


async def test_escape_in_the_reason_dialog_says_nothing_to_anybody(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("r")
        await stage.until(lambda: dialog(stage, ReasonScreen))
        await stage.type_in("perhaps")
        await stage.press("escape")
        await stage.until(lambda: dialog(stage, ReviewScreen))

    assert desk.row(row.id).status == "review"


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ([Severity.BLOCK, Severity.WARNING, Severity.WARNING], "1 thing nobody"),
        ([Severity.WARNING, Severity.WARNING], "2 warnings, see Checks"),
    ],
)
def test_how_bad_it_is_stands_above_the_recipients(
    desk: Desk, severities: list[Severity], said: str
) -> None:
    row = desk.write()
    page = replace(
        desk.page(row.id),
        findings=tuple(
            Finding(code="x.y", severity=one, field="text", message="Look.")
            for one in severities
        ),
    )

    lines = [
        one.text for one in release_lines(page, timedelta(0), verb="send", now=NOW)
    ]

    found = next(number for number, line in enumerate(lines) if said in line)
    assert found < next(n for n, line in enumerate(lines) if "ana@" in line)


def test_what_is_only_good_to_know_is_not_called_out(desk: Desk) -> None:
    page = desk.page(desk.write().id)

    labels = [
        one.label for one in release_lines(page, timedelta(0), verb="send", now=NOW)
    ]

    assert "Found" not in labels


async def test_nothing_is_shown_or_asked_about_a_mail_that_was_purged(
    desk: Desk,
) -> None:
    desk.hand_in(subject="First")
    desk.hand_in(subject="Second")

    async with desk.show(size=(110, 30)) as stage:
        await stage.until(lambda: stage.one(Detail).shown)
        gone = stage.one(MailTable).selected
        await ask_release(stage)
        question = stage.app.screen
        assert isinstance(question, ReleaseScreen)
        desk.do(lambda ws: ws.reviews.reject(gone, revision=1, reason="No."))
        desk.advance(3 * 86_400)
        with desk.open() as workspace:
            workspace.purging.purge(desk.clock.now() - timedelta(days=2))
        stage.app.workspace_changed()
        await stage.until(lambda: question.is_overtaken)
        await stage.press("y", "escape")
        await stage.until(lambda: dialog(stage, ReviewScreen))
        left = (stage.one(Detail).shown, stage.one(Notice).text)
        await stage.press("j")
        await stage.until(lambda: stage.one(Detail).shown)
        after = stage.one(Notice).text

    assert left == (None, GONE)
    assert after == ""
    assert len(desk.rows("review")) == 1
