"""The facts above a mail: everything that matters, and nothing that hides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.core.finding import Finding, Severity
from tuimail.tui import heading
from tuimail.tui.heading import Known
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import Page, Reason


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page(desk.hand_in().id)


def known(desk: Desk, page: Page) -> Known:
    with desk.open() as workspace:
        return Known(people=workspace.looking.people(page.draft))


def found(*severities: Severity) -> tuple[Finding, ...]:
    return tuple(
        Finding(code=f"test.n{n}", severity=one, field="text", message="Look.")
        for n, one in enumerate(severities)
    )


def said(lines: tuple[Paragraph, ...]) -> list[str]:
    return [" ".join(filter(None, (one.label, one.text, one.note))) for one in lines]


def facts(page: Page, **about: Any) -> list[str]:
    return said(heading.facts(page, Known(**about), NOW))


def test_what_is_worth_a_look_is_told_and_the_rest_counted(page: Page) -> None:
    severities = (
        Severity.BLOCK, Severity.WARNING, Severity.WARNING, Severity.WARNING,
        Severity.INFO, Severity.INFO,
    )  # fmt: skip

    shown = facts(replace(page, findings=found(*severities)))

    assert "BLOCK test.n0: Look." in shown
    assert "WARNING test.n2: Look." in shown
    assert not any("test.n3" in one for one in shown)
    assert "Found 1 warning, 2 info more, see Checks" in shown


def test_what_is_only_good_to_know_is_counted(page: Page) -> None:
    shown = facts(replace(page, findings=found(Severity.INFO)))

    assert "Found 1 info, see Checks" in shown


def test_nothing_found_is_said(page: Page) -> None:
    assert "Found nothing, see Checks" in facts(replace(page, findings=()))


def test_severities_are_words_in_the_column_that_no_text_reaches(page: Page) -> None:
    lines = heading.facts(
        replace(page, findings=found(Severity.BLOCK, Severity.WARNING)), Known(), NOW
    )

    labels = [(one.label, one.label_kind) for one in lines if one.label.isupper()]
    assert labels == [("BLOCK", Kind.BLOCK), ("WARNING", Kind.WARNING)]


def test_an_account_that_is_not_chosen_is_told(page: Page) -> None:
    shown = facts(replace(page, row=replace(page.row, account="")))

    assert shown[0].endswith("no account")


def test_the_end_of_a_token_tells_programs_apart(page: Page) -> None:
    (by,) = [one for one in facts(page, token_end="7c") if one.startswith("By")]

    assert by.startswith("By agent:sales (http)   token …7c   revision 1, review")


def test_what_an_author_claims_about_its_run_is_text_and_no_link(page: Page) -> None:
    url = "https://ci.example/run/7\u202e[link=https://e.vil]x"
    origin = replace(page.row.origin, run_url=url)

    shown = facts(replace(page, row=replace(page.row, origin=origin)))

    (run,) = [one for one in shown if one.startswith("Run")]
    assert run.startswith("Run https://ci.example/run/7")
    assert "\u202e" not in run
    assert "[link=https://e.vil]x" in run
    assert run.endswith("(its claim)")


def test_what_is_said_of_the_newest_revision_is_the_claim(page: Page) -> None:
    assert "Says “as you asked”  (its claim)" in facts(page)
    assert "Says “fixed”  (its claim)" in facts(replace(page, note="fixed"))


def test_what_left_is_not_told_what_the_policy_would_say_now(page: Page) -> None:
    reasons = (Reason(rule="r", text="because"),)
    waits = replace(page, standing=replace(page.standing, reasons=reasons))
    left = replace(waits, row=replace(page.row, status="sent"))

    told = [[one for one in facts(each) if "because" in one] for each in (waits, left)]

    assert told == [["Policy r: because"], []]


def test_what_it_answers_is_told_whether_it_is_ours_or_not(page: Page) -> None:
    parent = replace(page.draft, subject="When?")
    ours = replace(page, answered=parent)
    other = replace(page, draft=replace(page.draft, in_reply_to="<a@b.example>"))

    assert "Answers “When?” of yours" in facts(ours)
    assert "Answers <a@b.example>" in facts(other)


def test_in_few_lines_the_same_is_told_in_short(desk: Desk, page: Page) -> None:
    page = replace(page, findings=found(Severity.BLOCK, Severity.WARNING))

    lines = heading.brief(page, known(desk, page), NOW)

    shown = said(lines)
    assert shown == [
        "From Mara Lin <mara@work.example> via work",
        "To ana@example.net NEW",
        "Bcc none",
        "Subject Q3 report",
        "By agent:sales   rev 1 1 block, 1 warning",
        "BLOCK Look.",
    ]


def test_in_few_lines_nothing_that_stands_in_the_way_is_left_out(
    desk: Desk, page: Page
) -> None:
    standing = replace(page.standing, blocked="It is not allowed.", needed=2)
    draft = desk.page(desk.hand_in(text="x").id).draft

    shown = said(
        heading.brief(replace(page, standing=standing, draft=draft), Known(), NOW)
    )

    assert any("It is not allowed." in one for one in shown)
    assert any(one.startswith("Needs") for one in shown)


def test_mail_that_leaves_later_is_called_scheduled_as_in_the_list(page: Page) -> None:
    due = NOW + timedelta(days=1)
    later = replace(page, row=replace(page.row, status="ready", due_at=due, reason=""))

    assert any("revision 1, scheduled" in one for one in facts(later))


def test_a_long_subject_is_cut_visibly(page: Page) -> None:
    long = replace(page, draft=replace(page.draft, subject="x" * 900))

    (subject,) = [one for one in facts(long) if one.startswith("Subject")]

    assert len(subject) < 400
    assert subject.endswith("…")


def test_what_was_noted_and_told_nobody_is_among_the_facts(page: Page) -> None:
    assert "Noted 2 comments here, told nobody yet" in facts(page, remarks=2)
