"""A person looks at some of what a rule would let leave, whoever tries again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.policed import write_policy
from tests.workspace.test_by_rule import submit
from tuimail.core.draft import Draft
from tuimail.core.origin import Origin
from tuimail.core.policy.case import Case
from tuimail.store.policy import _NOT_LET_OUT
from tuimail.workspace import sampling
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

RULE = """
[[rule]]
name = "r"
agent = "billing"
to_all_in = ["@example.net"]
no_findings_over = "warning"
action = "auto"
expires = 2027-01-31
sample_review = {share}
"""
MAIL = Fields(
    to=("ana@example.net",),
    subject="Q3 report",
    text="Hi Ana,\n\nthe numbers of the third quarter are in the table below.\n",
)
OTHER = "Dear Ana, the server is down again, and somebody has to look at it tonight.\n"

Say = Callable[..., Row]


@pytest.fixture
def say(workspace: Workspace) -> Say:
    """Hand in, with some fields changed, and return where it stands."""

    def handed_in(**changes: Any) -> Row:
        return submit(workspace, replace(MAIL, **changes))

    return handed_in


def share(desk: Desk, share: float) -> None:
    write_policy(desk.config, RULE.format(share=share))


def draw(workspace: Workspace, fields: Fields, **changes: Any) -> float:
    """Return where the draw of a mail falls that is not stored."""
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(fields)
    return drawn(workspace, replace(draft, **changes))


def drawn(workspace: Workspace, draft: Draft, actor: str = BILLING) -> float:
    stores = workspace._stores
    case = Case(draft=draft, origin=Origin(actor=actor, door="http"))
    with stores.database.transaction():
        found = sampling.drawn(stores, case)
    assert found is not None
    return found


def discard(workspace: Workspace, row: Row) -> None:
    with workspace.acting_as(BILLING, door="http"):
        workspace.drafts.discard(row.id)


# ---------------------------------------------------------------- the draw --


@pytest.mark.parametrize(
    "changes",
    [
        {"text": MAIL.text.upper().replace(" ", "\n ")},
        {"text": MAIL.text.replace(".", " !")},
        {"subject": "q3 — REPORT"},
        {"to": ("Ana Novák <ANA@example.net>",)},
        {"to": ("ana+again@example.net",)},
    ],
)
def test_the_same_said_again_is_drawn_the_same(
    workspace: Workspace, changes: dict[str, Any]
) -> None:
    assert draw(workspace, replace(MAIL, **changes)) == draw(workspace, MAIL)


@pytest.mark.parametrize(
    "changes",
    [{"text": OTHER}, {"subject": "Q4 report"}, {"to": ("bob@example.net",)}],
)
def test_something_else_is_drawn_anew(
    workspace: Workspace, changes: dict[str, Any]
) -> None:
    assert draw(workspace, replace(MAIL, **changes)) != draw(workspace, MAIL)


def test_another_program_account_or_day_is_drawn_anew(
    desk: Desk, workspace: Workspace
) -> None:
    draft = workspace.drafts.compose(MAIL)
    found = [
        drawn(workspace, draft),
        drawn(workspace, draft, "agent:ci"),
        drawn(workspace, replace(draft, account="home")),
    ]
    desk.clock.advance(timedelta(days=1))
    found.append(drawn(workspace, draft))

    assert len(set(found)) == len(found)
    assert all(0 <= one < 1 for one in found)


def test_nobody_can_foretell_the_draw_who_does_not_have_the_key(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = draw(workspace, MAIL)
    with workspace._stores.database.transaction():
        workspace._stores.facts.set("sample_key", "ab" * 32)

    assert draw(workspace, MAIL) != first


def test_the_key_is_made_once_and_by_chance(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    stores = workspace._stores

    with stores.database.transaction():
        keys = {sampling._key(stores) for _ in range(2)}

    assert [len(one) for one in keys] == [32]


def test_where_nothing_is_written_no_key_is_made(workspace: Workspace) -> None:
    case = Case(
        draft=workspace.drafts.compose(MAIL), origin=Origin(actor=BILLING, door="http")
    )

    assert sampling.drawn(workspace._stores, case) is None


# --------------------------------------------------------------- once drawn --


def test_handing_in_again_gets_no_sample_past_a_person(
    desk: Desk, workspace: Workspace, say: Say
) -> None:
    mail = sampled(desk, workspace)
    found = []
    for text in (mail.text, mail.text + "!", mail.text + "\nBye.", OTHER):
        found.append(submit(workspace, replace(mail, text=text)))
        discard(workspace, found[-1])

    assert [one.status for one in found] == ["review"] * 4


@pytest.mark.parametrize("then", ["discarded", "waits"])
@pytest.mark.parametrize(
    "changes",
    [
        {"text": OTHER, "subject": "Down"},
        {"text": OTHER, "to": ("ana@example.net", "bob@example.net")},
        {"text": OTHER, "to": ("bob@example.net",), "cc": ("Ana+1@example.net",)},
    ],
)
def test_other_words_for_the_same_people_are_reviewed_after_a_sample(
    desk: Desk,
    workspace: Workspace,
    say: Say,
    changes: dict[str, Any],
    then: str,
) -> None:
    share(desk, 1)
    row = say()
    if then == "discarded":
        discard(workspace, row)
    share(desk, 0.99)

    again = say(**changes)

    assert (row.status, again.status) == ("review", "review")


def sampled(desk: Desk, workspace: Workspace) -> Fields:
    """Have the share be such that one mail is a sample, and others are not."""
    texts = [f"Report number {number} of this week." for number in range(60)]
    mails = [replace(MAIL, text=text) for text in texts]
    by_draw = sorted(mails, key=lambda one: draw(workspace, one))
    lowest = draw(workspace, by_draw[0])
    assert 0.01 <= lowest + 0.01 < draw(workspace, by_draw[-1])
    share(desk, lowest + 0.01)
    return by_draw[0]


def test_a_sample_that_waits_keeps_nobody_else_from_their_mail(
    desk: Desk, workspace: Workspace, say: Say
) -> None:
    mail = sampled(desk, workspace)

    assert submit(workspace, mail).status == "review"
    assert say(text=OTHER).status == "review"
    assert say(text=OTHER, to=("bob@example.net",)).status == "ready"


def test_what_a_person_let_leave_keeps_no_mail_back(
    desk: Desk, workspace: Workspace, say: Say
) -> None:
    row = submit(workspace, sampled(desk, workspace))
    workspace.reviews.approve(row.id, revision=1)

    assert say(text=OTHER).status == "ready"


def test_a_sample_is_forgotten_after_a_week(
    desk: Desk, workspace: Workspace, say: Say
) -> None:
    row = submit(workspace, sampled(desk, workspace))
    desk.clock.advance(timedelta(days=7, seconds=1))

    assert row.status == "review"
    assert say(text=OTHER, subject="Down").status == "ready"


def test_with_too_much_that_is_thrown_away_no_rule_releases(
    desk: Desk, workspace: Workspace, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "MOST", 2)
    share(desk, 0.01)
    for number in range(3):
        discard(workspace, say(to=(f"eve{number}@elsewhere.example",)))

    row = say(text=OTHER)

    assert row.status == "review"
    reasons = workspace.policy.test(row.id).looked_at
    assert any("Too much that it handed in" in one.text for one in reasons)


# ---------------------------------------------------------------- once refused --


@pytest.fixture
def refused(desk: Desk, workspace: Workspace, say: Say) -> Row:
    share(desk, 0.01)
    row = workspace.outbox.take_back(say().id)
    return workspace.reviews.reject(row.id, revision=1, reason="Never.")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": MAIL.text.replace("third", "3rd")},
        {"to": ("ana@example.net", "bob@example.net")},
        {"to": ("bob@example.net",), "cc": ("Ana+x@example.net",)},
    ],
)
def test_nearly_the_same_for_one_of_the_same_people_is_reviewed_after_a_no(
    workspace: Workspace, say: Say, refused: Row, changes: dict[str, Any]
) -> None:
    row = say(**changes)

    assert (refused.status, row.status) == ("rejected", "review")
    reasons = " ".join(one.text for one in workspace.policy.test(row.id).looked_at)
    assert f"nearly the same as mail {refused.id}" in reasons


@pytest.mark.parametrize("changes", [{"text": OTHER}, {"to": ("bob@example.net",)}])
def test_something_else_or_for_others_is_released_after_a_no(
    say: Say, refused: Row, changes: dict[str, Any]
) -> None:
    assert refused.status == "rejected"
    assert say(**changes).status == "ready"


@pytest.mark.parametrize("how", ["take_back", "cancel", "hold"])
def test_what_a_person_stopped_is_not_released_as_another_mail(
    desk: Desk, workspace: Workspace, say: Say, how: str
) -> None:
    share(desk, 0.01)
    getattr(workspace.outbox, how)(say().id)

    assert say(to=("ana@example.net", "bob@example.net")).status == "review"


def test_a_program_that_throws_away_what_was_taken_back_gains_nothing(
    desk: Desk, workspace: Workspace, say: Say
) -> None:
    share(desk, 0.01)
    row = workspace.outbox.take_back(say().id)
    discard(workspace, row)

    assert say(to=("ana@example.net", "bob@example.net")).status == "review"


def test_what_a_revision_said_counts_as_well(
    desk: Desk, workspace: Workspace, say: Say, refused: Row
) -> None:
    first = say(text=OTHER, to=("eve@elsewhere.example", "ana@example.net"))
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(replace(MAIL, text="Pay at once! " * 9))
        workspace.drafts.edit(first.id, draft, revision=1)
    workspace.reviews.reject(first.id, revision=2, reason="No.")

    assert say(text="Pay at once! " * 9, to=("ana@example.net",)).status == "review"


def test_it_is_looked_for_by_an_index(workspace: Workspace) -> None:
    plan = workspace._stores.database.connection.execute(
        f"EXPLAIN QUERY PLAN {_NOT_LET_OUT}", (BILLING, "2026", "", 5)
    ).fetchall()

    assert "revisions_by_agent" in str(plan)
    assert "SCAN" not in str(plan)
