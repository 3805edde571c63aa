"""A refusal is everybody's until mail is claimed by those who know of it."""

from dataclasses import replace

import pytest

from tests.workspace.conftest import account
from tuimail.core.submission import AccountFault, Receipt, Verdict, Verdicts
from tuimail.core.submission import VerdictKind as Kind
from tuimail.settings.account import AccountSettings
from tuimail.workspace.refusals import Refusals

ANA = "ana@example.net"
NO = Verdicts(fault=AccountFault.LOGIN, fault_receipt=Receipt(text="535 no"))


@pytest.fixture
def work() -> AccountSettings:
    return account("work")


def test_who_was_claimed_before_shares_the_refusal_and_nobody_elses_answer(
    work: AccountSettings,
) -> None:
    refusals = Refusals()

    refusals.note(
        work, replace(NO, by_recipient=(Verdict(wire_address=ANA, kind=Kind.REFUSED),))
    )

    assert refusals.of(work) == NO
    assert refusals.of(account("other")) is None


def test_what_was_sent_refuses_nothing(work: AccountSettings) -> None:
    refusals = Refusals()

    refusals.note(
        work, Verdicts(by_recipient=(Verdict(wire_address=ANA, kind=Kind.SENT),))
    )

    assert refusals.of(work) is None


def test_it_holds_until_mail_is_claimed_after_it_was_stored(
    work: AccountSettings,
) -> None:
    refusals = Refusals()
    refusals.note(work, NO)
    seen = []

    for step in (refusals.before_claiming, lambda: refusals.stored(work)):
        step()
        seen.append(refusals.of(work))
    refusals.before_claiming()

    assert seen == [NO, NO]
    assert refusals.of(work) is None


def test_an_account_that_was_set_up_anew_may_be_tried(work: AccountSettings) -> None:
    refusals = Refusals()

    refusals.note(work, NO)

    assert refusals.of(replace(work, options={"host": "new.example.org"})) is None


def test_storing_the_answer_of_an_account_that_works_changes_nothing(
    work: AccountSettings,
) -> None:
    refusals = Refusals()

    refusals.stored(work)
    refusals.note(work, NO)
    refusals.before_claiming()

    assert refusals.of(work) == NO
