"""Nobody is told of a blind copy, whoever's words name it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.history import attempt_lines
from tuimail.cli.pages import page_lines
from tuimail.core.address import parse_address, wire_address
from tuimail.core.finding import Finding, Severity
from tuimail.core.submission import Attempt, AttemptPhase, Receipt
from tuimail.workspace.documents import (
    attempts_document,
    page_document,
    record_document,
)
from tuimail.workspace.shown import discreet, discreet_reply
from tuimail.workspace.views import Decision, Page

pytestmark = pytest.mark.usefixtures("account")
BLIND = "Eve.Adams@secret.example"
SAID = f"550 <{BLIND.upper()}> for Eve.adams is unknown, as is BLIND"


def _page(tuimail: Shell, *words: str) -> Page:
    answer = tuimail(
        "send", "--to", "bob@partner.example", "--bcc", BLIND, "--dry-run", "--json",
        *words,
    )  # fmt: skip
    with tuimail.open() as workspace:
        return workspace.drafts.page(answer.json["id"])


@pytest.fixture
def page(tuimail: Shell) -> Page:
    """A mail about which everybody has said who gets it."""
    page = _page(tuimail)
    receipt = Receipt(stage="rcpt", code=550, text=SAID)
    row, at = page.row, page.row.updated_at
    return replace(
        page,
        row=replace(row, reason=SAID, origin=replace(row.origin, note=f"To {BLIND}")),
        not_composable=f"{BLIND} cannot be written.",
        recipients=tuple(
            replace(one, reason=SAID, receipt=receipt) for one in page.recipients
        ),
        attempts=(
            Attempt(number=1, phase=AttemptPhase.DONE, started_at=at, receipt=receipt),
        ),
        decisions=(
            Decision(
                revision=1, verdict="rejected", actor="x", reason=f"Not {BLIND}", at=at
            ),
        ),
        findings=(
            Finding(
                code="x.y", severity=Severity.WARNING, field="text",
                message=f"{BLIND} is named.", hint=f"Drop {BLIND}.", place=BLIND,
            ),
        ),
    )  # fmt: skip


def test_no_document_names_a_blind_copy(page: Page) -> None:
    documents: list[Any] = [
        page_document(page, with_bcc=False),
        record_document(page),
        attempts_document(page, page.attempts, with_bcc=False),
    ]

    text = json.dumps(documents).casefold()

    assert "eve.adams" not in text
    assert "secret.example" not in text
    assert "550 <(hidden)> for (hidden) is unknown" in text


def test_no_line_names_a_blind_copy(page: Page) -> None:
    lines = [
        *page_lines(page, with_bcc=False),
        *attempt_lines(page, with_bcc=False),
    ]

    text = "\n".join(lines).casefold()

    assert "eve.adams" not in text
    assert "not (hidden)" in text
    assert "to (hidden)" in text


def test_who_asks_is_told_word_for_word(page: Page) -> None:
    document = page_document(page, with_bcc=True)

    assert document["reason"] == SAID
    assert SAID in "\n".join(page_lines(page, with_bcc=True))


def test_a_person_may_call_somebody_by_the_same_name(page: Page) -> None:
    text = "Ask Eve.Adams about it."

    assert discreet(text, page, with_bcc=False) == text
    assert discreet_reply(text, page, with_bcc=False) == "Ask (hidden) about it."


def test_half_of_another_address_stays(page: Page) -> None:
    """Else what is hidden in it would tell who got a blind copy."""
    text = f"steve.adams@secret.example, St{BLIND}s"

    assert discreet_reply(text, page, with_bcc=False) == text


def test_what_everybody_sees_anyway_stays(tuimail: Shell) -> None:
    page = _page(tuimail, "--bcc", "bob@secret.example", "--cc", BLIND)
    text = f"bob@partner.example, bob, {BLIND}, bob@secret.example"

    shown = discreet_reply(text, page, with_bcc=False)

    assert shown == f"bob@partner.example, bob, {BLIND}, (hidden)"


def test_who_was_a_blind_copy_before_the_edit_is_not_named(page: Page) -> None:
    now = replace(page.draft, bcc=())
    page = replace(page, previous=page.draft, draft=now)

    assert discreet(f"Not {BLIND}", page, with_bcc=False) == "Not (hidden)"


def test_mail_without_blind_copies_is_quoted_whole(page: Page) -> None:
    page = replace(page, draft=replace(page.draft, bcc=()))

    assert discreet_reply(SAID, page, with_bcc=False) == SAID


def test_the_wire_form_of_a_domain_is_hidden_too(page: Page) -> None:
    blind = parse_address("eve@grüße.example", field="bcc")
    page = replace(page, draft=replace(page.draft, bcc=(blind,)))

    spellings = f"{wire_address(blind)}, {blind.text}"

    text = discreet(spellings, page, with_bcc=False)

    assert text == "(hidden), (hidden)"
