"""What was noticed, and what was looked for and not found."""

from dataclasses import replace

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.core.finding import Finding, Severity
from tuimail.tui import checked
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Accepted, Page, Reason


@pytest.fixture
def page(desk: Desk) -> Page:
    return replace(desk.page(desk.write().id), findings=())


def lines(page: Page) -> list[str]:
    return [f"{one.label} {one.text}".strip() for one in checked.checks(page)]


def finding(severity: Severity, **about: str) -> Finding:
    values = {"code": "text.test", "field": "text", "message": "Look.", **about}
    return Finding(severity=severity, **values)


def test_a_mail_in_which_nothing_was_found_says_what_was_looked_for(
    page: Page,
) -> None:
    found = lines(page)

    assert found[0] == "Every check ran and found nothing."
    assert "Looked for, and not found" in found
    assert sum(one.startswith("passed") for one in found) > 10


def test_each_finding_has_its_place_and_what_to_do(page: Page) -> None:
    one = finding(Severity.BLOCK, place="here", hint="Mend it.")
    other = finding(Severity.INFO, code="rcpt.test", field="to")

    found = lines(replace(page, findings=(one, other)))

    assert found[:6] == [
        "BLOCK text.test: Look.",
        "in text “here”",
        "do Mend it.",
        "",
        "INFO rcpt.test: Look.",
        "in to",
    ]
    assert not any(one.startswith("passed text:") for one in found)


def test_what_passed_is_dim_and_what_did_not_says_how_bad_it_is(page: Page) -> None:
    found = checked.checks(replace(page, findings=(finding(Severity.WARNING),)))

    assert (found[0].label, found[0].label_kind) == ("WARNING", Kind.WARNING)
    assert {one.kind for one in found if one.label == "passed"} == {Kind.MUTED}


def test_a_finding_without_a_field_says_nothing_of_where(page: Page) -> None:
    one = finding(Severity.INFO, field="")

    assert lines(replace(page, findings=(one,)))[1] == ""


def test_the_whole_policy_is_told(page: Page) -> None:
    reasons = tuple(Reason(rule=f"r{n}", text=f"because {n}") for n in range(5))

    found = lines(replace(page, standing=replace(page.standing, reasons=reasons)))

    assert "Policy r4: because 4" in found


def test_where_each_finding_begins_is_known(page: Page) -> None:
    two = (finding(Severity.BLOCK, hint="Mend it."), finding(Severity.INFO))
    shown = replace(page, findings=two)

    place = checked.place_of(shown, 1)

    assert checked.checks(shown)[place.paragraph].label == "INFO"


def test_a_warning_has_a_box_that_tells_who_let_it_stand(page: Page) -> None:
    two = (finding(Severity.WARNING), finding(Severity.WARNING, code="rcpt.test"))
    said = Accepted(code="rcpt.test", reason="They asked.", actor="person:ana", at=NOW)
    waits = replace(page, row=replace(page.row, status="review"), findings=two)

    found = lines(replace(waits, accepted=(said,)))
    sent = lines(replace(waits, row=replace(page.row, status="sent")))

    assert found[2] == "stands [ ] nobody let it stand; W says that it may"
    assert found[6] == "stands [x] let stand by person:ana: “They asked.”"
    assert not any("stands" in line for line in sent)
