"""How far a decision is, in the words of the facts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.tui.conftest import NOW, Desk
from tuimail.core.display import is_inert
from tuimail.tui import standing
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import Decision, Earlier, Page, Reason, Standing

HOSTILE = "\x1b[c \x9b31m \u202eabc \u200b [/b]"
OPEN = Standing(
    needed=1,
    given=(),
    to_type="",
    reasons=(),
    blocked="",
    problem="",
    expires_at=None,
    assigned="",
    reviewers=(),
)


def decision(**changes: Any) -> Decision:
    plain = Decision(
        revision=1,
        verdict="approved",
        actor="person:bob",
        reason="",
        at=NOW - timedelta(minutes=4),
    )
    return replace(plain, **changes)


@pytest.fixture
def page(desk: Desk) -> Page:
    return replace(desk.page(desk.hand_in().id), standing=OPEN)


def stands(page: Page, **changes: Any) -> Page:
    return replace(page, standing=replace(OPEN, **changes))


def told(lines: Iterable[Paragraph]) -> list[str]:
    return [f"{one.label} {one.text}".strip() for one in lines]


def test_nothing_is_said_where_one_yes_is_enough_and_nothing_was_decided(
    page: Page,
) -> None:
    assert told(standing.in_force(page, NOW)) == []
    assert told(standing.before(page, NOW)) == []
    assert told(standing.policy(page.standing, most=2)) == []


@pytest.mark.parametrize(
    ("needed", "given", "is_open", "said"),
    [
        (2, (), True, "Needs 0 of 2, needs 2 reviewers"),
        (2, ("bob",), True, "Needs 1 of 2 (person:bob), needs another reviewer"),
        (3, ("bob",), True, "Needs 1 of 3 (person:bob), needs another reviewer"),
        (1, ("bob",), True, "Needs 1 of 2 (person:bob), needs another reviewer"),
        (2, ("bo", "eve"), False, "Needs nobody more: 2 of 2 (person:bo, person:eve)"),
    ],
)  # fmt: skip
def test_how_many_have_to_agree_is_told(
    page: Page, *, needed: int, given: tuple[str, ...], is_open: bool, said: str
) -> None:
    agreed = tuple(decision(actor=f"person:{one}") for one in given)
    shown = stands(page, needed=needed, given=agreed)
    actions = frozenset({"approve"} if is_open else {"release"})
    shown = replace(shown, row=replace(shown.row, actions=actions))

    assert told(standing.in_force(shown, NOW)) == [said]


def test_nobody_is_asked_for_while_it_is_held(page: Page) -> None:
    held = stands(page, needed=2)
    held = replace(held, row=replace(held.row, actions=frozenset({"resume"})))

    assert told(standing.in_force(held, NOW)) == []


def test_who_decided_about_this_revision_is_told_with_age_codes_and_reason(
    page: Page,
) -> None:
    no = decision(
        verdict="changes_requested", codes=("tone", "policy"), reason="Too loud."
    )

    (line,) = told(standing.in_force(replace(page, decisions=(no,)), NOW))

    assert line == (
        "Decided changes requested by person:bob 4 m ago (tone, policy): “Too loud.”"
    )


def test_what_was_overruled_is_told(page: Page) -> None:
    yes = decision(overruled=("secret.aws",))

    assert (
        standing.decided(yes, NOW) == "approved by person:bob 4 m ago, over secret.aws"
    )


def test_a_long_reason_is_cut_among_the_facts_and_whole_in_the_record() -> None:
    no = decision(reason="x" * 400)

    assert "x" * 400 not in standing.decided(no, NOW)
    assert "x" * 400 in standing.decided(no, NOW, whole=True)


def test_who_is_asked_and_how_long_an_approval_counts_are_told(page: Page) -> None:
    lasts = stands(page, assigned="bob", expires_at=NOW + timedelta(hours=3))
    over = stands(page, expires_at=NOW - timedelta(minutes=5))

    assert told(standing.in_force(lasts, NOW)) == [
        "For bob",
        "Until the approval counts for 3 h more",
    ]
    assert told(standing.in_force(over, NOW)) == ["Until the approval ran out 5 m ago"]


def test_what_is_wrong_with_the_policy_comes_before_its_reasons(page: Page) -> None:
    reasons = tuple(Reason(rule=f"r{n}", text=f"because {n}") for n in range(3))
    shown = replace(
        OPEN,
        problem="Line 3 is odd.",
        blocked="the domain is on the list.",
        reasons=reasons,
    )

    found = list(standing.policy(shown, most=2))

    assert told(found) == [
        "Policy policy.toml cannot be used: Line 3 is odd. A person may still decide.",
        "Policy nobody can approve it: the domain is on the list.",
        "Policy r0: because 0",
        "Policy r1: because 1",
        "1 more reason, see Checks",
    ]
    assert [one.kind for one in found[:2]] == [Kind.WARNING, Kind.BLOCK]


def test_what_nobody_may_approve_is_said_once(page: Page) -> None:
    why = "the domain is on the list."
    shown = stands(page, blocked=why, reasons=(Reason(rule="list", text=why),))

    assert told(standing.policy(shown.standing, most=9)) == [
        f"Policy nobody can approve it: {why}"
    ]


def test_the_last_word_about_an_earlier_revision_is_told(page: Page) -> None:
    no = decision(verdict="rejected", reason="No.")
    now = replace(page, row=replace(page.row, revision=2), decisions=(decision(), no))

    assert told(standing.before(now, NOW)) == [
        "Before revision 1 rejected by person:bob 4 m ago: “No.”   +1 more, see Record"
    ]


@pytest.mark.parametrize(
    ("why", "has_decision", "said"),
    [
        ("revises", True, "Revises an earlier mail, abc: rejected by person:bob"),
        ("revises", False, "Revises an earlier mail, abc: not decided about"),
        ("duplicate", True, "Repeats nearly the same mail, abc: rejected by"),
    ],
)
def test_a_mail_that_was_decided_about_before_is_named(
    page: Page, *, why: str, has_decision: bool, said: str
) -> None:
    no = decision(verdict="rejected") if has_decision else None
    earlier = Earlier(draft_id="abc", why=why, decision=no, draft=page.draft)

    (line,) = told(standing.before(replace(page, earlier_decision=earlier), NOW))

    assert line.startswith(said)


def test_a_mail_that_is_named_and_not_there_is_only_a_claim(page: Page) -> None:
    origin = replace(page.row.origin, revises="xyz")
    shown = replace(page, row=replace(page.row, origin=origin))

    assert told(standing.before(shown, NOW)) == [
        "Revises “xyz”  (its claim; there is no such mail)"
    ]


def test_who_was_first_is_told(page: Page) -> None:
    newer = replace(page, row=replace(page.row, revision=2))
    gone = replace(page, row=replace(page.row, status="rejected"))
    no = decision(verdict="rejected", at=NOW - timedelta(seconds=3))

    assert "at revision 2 now; you looked at 1" in standing.overtaken(
        newer, page.row, NOW
    )
    assert "Decided elsewhere: rejected." in standing.overtaken(gone, page.row, NOW)
    assert "rejected by person:bob 3 s ago" in standing.overtaken(
        replace(gone, decisions=(no,)), page.row, NOW
    )


def test_nothing_that_others_wrote_acts(page: Page) -> None:
    no = decision(actor=HOSTILE, reason=HOSTILE, codes=(HOSTILE,), overruled=(HOSTILE,))
    earlier = Earlier(draft_id=HOSTILE, why="revises", decision=no, draft=page.draft)
    shown = replace(
        stands(
            page,
            needed=2,
            given=(no,),
            reasons=(Reason(rule=HOSTILE, text=HOSTILE),),
            blocked=f"{HOSTILE}!",
            problem=HOSTILE,
            assigned=HOSTILE,
        ),
        decisions=(no, replace(no, revision=0)),
        earlier_decision=earlier,
    )
    claims = replace(
        page, row=replace(page.row, origin=replace(page.row.origin, revises=HOSTILE))
    )

    lines = [
        *standing.in_force(shown, NOW),
        *standing.policy(shown.standing, most=9),
        *standing.before(shown, NOW),
        *standing.before(claims, NOW),
    ]

    assert len(lines) == 9
    for one in lines:
        assert all(map(is_inert, one.text)), ascii(one.text)
