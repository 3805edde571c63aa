from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.core.policy.cases import END, NOW, people, rule
from tuimail.core.policy.lint import Remark, remarks
from tuimail.core.policy.policy import (
    Attachments,
    Content,
    Defaults,
    Policy,
    Recipients,
    Rule,
)

GOOD: dict[str, Any] = {
    "agent": "ci",
    "account": "work",
    "to_all_in": people("@corp.example"),
    "per_day": 10,
}


def good(action: Any = "auto", **changes: Any) -> Rule:
    return rule(action, **(GOOD | changes))


def said(table: Any, key: str, value: object) -> Any:
    return replace(table, **{key: value})


def found(policy: Policy) -> tuple[Remark, ...]:
    return remarks(policy, now=NOW, accounts=["work"], clients=["ci"])


def texts(policy: Policy) -> str:
    return "\n".join(f"{one.where}: {one.text}" for one in found(policy))


def test_nothing_is_odd_in_a_policy_that_says_whose_to_whom_how_many_until_when() -> (
    None
):
    policy = Policy(
        recipients=Recipients(
            allow=people("@corp.example"), block=people("@rival.example")
        ),
        rules=(
            good(),
            rule("review2", name="customers", to_any_in=people("@c.example")),
        ),
    )

    assert found(policy) == ()


def test_nothing_is_odd_where_nothing_is_said() -> None:
    assert found(Policy()) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"expires": None}, "no end"),
        ({"to_all_in": ()}, "releases mail to anybody"),
        ({"to_all_in": people("@*")}, "everybody there is"),
        ({"agent": ""}, "the mail of any program"),
        ({"agent": "*"}, "the mail of any program"),
        ({"per_day": None}, "any number of mails"),
        ({"expires": date(2026, 11, 20)}, "ended on 2026-11-20"),
        ({"agent": "robot"}, "no client “robot”"),
        ({"account": "home"}, "no account “home”"),
        ({"sample_review": 1.0}, "All that it would release is a sample"),
        ({"to_any_in": people("@c.example")}, "nobody in its to_any_in is in"),
    ],
)
def test_a_rule_that_says_too_little_or_means_nobody_is_remarked(
    change: dict[str, Any], what: str
) -> None:
    assert what in texts(Policy(rules=(good(**change),)))


@pytest.mark.parametrize(
    ("root", "times"),
    [
        ("/", 1),
        ("//tmp/..", 1),
        ("/home", 1),
        ("/home/mara", 1),
        ("/home/mara/", 1),
        ("~", 1),
        ("~/", 1),
        ("~/reports/..", 1),
        ("~/reports", 0),
        ("/home/mara/reports", 0),
        ("/srv/reports", 0),
    ],
)
def test_a_folder_with_all_that_somebody_has_is_remarked(root: str, times: int) -> None:
    policy = Policy(attachments=Attachments(roots=(root,)))

    said = remarks(policy, now=NOW, accounts=[], clients=[], home="/home/mara")

    assert [one.where for one in said] == ["attachments.roots"] * times


def test_each_remark_names_the_rule_and_says_what_to_do() -> None:
    (remark,) = found(Policy(rules=(good(expires=None),)))

    assert remark.where == "rule: builds"
    assert "expires = " in remark.hint


@pytest.mark.parametrize("key", ["allow", "block"])
def test_a_list_of_everybody_is_remarked(key: str) -> None:
    policy = Policy(recipients=said(Recipients(), key, people("@*")))

    assert f"recipients.{key}: “@*” is everybody" in texts(policy)


def test_somebody_who_is_allowed_and_blocked_is_remarked() -> None:
    people_twice = Recipients(
        allow=people("bob@rival.example"), block=people("@rival.example")
    )

    assert "bob@rival.example is on recipients.block" in texts(
        Policy(recipients=people_twice)
    )


@pytest.mark.parametrize("guard", ["secrets", "hidden_text", "bidi", "link_mismatch"])
def test_content_that_a_rule_would_release_is_remarked(guard: str) -> None:
    content = said(Content(), guard, "allow")

    assert f"content.{guard}: “allow”" in texts(
        Policy(content=content, rules=(good(),))
    )
    assert found(Policy(content=content)) == ()


@pytest.mark.parametrize("guard", ["external_bcc", "bcc_by_agents"])
def test_blind_copies_that_a_rule_would_release_are_remarked(guard: str) -> None:
    allowed = said(Recipients(), guard, "allow")

    assert f"recipients.{guard}: “allow”" in texts(
        Policy(recipients=allowed, rules=(good(),))
    )


def test_releases_while_all_programs_are_stopped_are_remarked() -> None:
    policy = Policy(defaults=Defaults(agents="block"), rules=(good(),))

    assert "releases nothing while" in texts(policy)


@pytest.mark.parametrize("key", ["to_all_in", "to_any_in"])
def test_a_rule_for_people_who_are_blocked_is_remarked(key: str) -> None:
    blocked = Recipients(block=people("@*.example"))
    one = rule("review2", **{key: people("@corp.example")})

    assert f"Everybody in its {key}" in texts(Policy(recipients=blocked, rules=(one,)))
    same = rule("block", **{key: people("@corp.example")})
    assert found(Policy(recipients=blocked, rules=(same,))) == ()


def test_a_release_to_people_who_are_not_on_the_list_is_remarked() -> None:
    policy = Policy(
        recipients=Recipients(allow=people("@other.example")), rules=(good(),)
    )

    assert "Nobody in its to_all_in is on recipients.allow" in texts(policy)


def test_a_number_that_says_nothing_is_remarked() -> None:
    assert "per_day says nothing" in texts(Policy(rules=(rule("review", per_day=1),)))


NARROW: dict[str, Any] = {
    "agent": "ci",
    "account": "work",
    "to_all_in": people("bob@corp.example"),
    "to_any_in": people("bob@corp.example"),
    "max_recipients": 2,
    "max_kb": 10,
    "subject_prefix": "[build] ok",
    "no_findings_over": "info",
    "attachments": False,
}


@pytest.mark.parametrize(
    "wider",
    [
        {},
        {"agent": "*"},
        {"agent": "ci"},
        {"account": "work"},
        {"to_all_in": people("@corp.example")},
        {"to_any_in": people("@corp.example")},
        {"max_recipients": 2},
        {"max_kb": 11},
        {"subject_prefix": "[build]"},
        {"no_findings_over": "warning"},
        {"attachments": False},
        {"expires": END},
        {"expires": datetime(2027, 2, 1, tzinfo=UTC)},
    ],
)
def test_a_rule_behind_a_wider_one_never_matches(wider: dict[str, Any]) -> None:
    first = rule("review2", name="wide", **({"expires": None} | wider))
    later = rule("review", name="narrow", **NARROW)

    assert "narrow: It never matches: “wide” before it" in texts(
        Policy(rules=(first, later))
    )


def test_somebody_among_all_is_somebody() -> None:
    first = rule("review2", name="wide", to_any_in=people("@corp.example"))
    later = rule("review", name="narrow", to_all_in=people("bob@corp.example"))

    assert "It never matches" in texts(Policy(rules=(first, later)))


@pytest.mark.parametrize(
    "narrower",
    [
        {"agent": "ci"},
        {"agent": "*"},
        {"account": "work"},
        {"to_all_in": people("@corp.example")},
        {"to_any_in": people("@corp.example")},
        {"max_recipients": 2},
        {"max_kb": 10},
        {"subject_prefix": "[build]"},
        {"no_findings_over": "warning"},
        {"attachments": True},
        {"expires": END},
    ],
)
def test_a_rule_behind_a_narrower_one_may_match(narrower: dict[str, Any]) -> None:
    first = rule("review2", name="first", **({"expires": None} | narrower))
    later = rule("review", name="later", expires=None)

    assert found(Policy(rules=(first, later))) == ()


def test_a_rule_behind_one_that_has_ended_may_match() -> None:
    first = rule("review2", name="first", expires=date(2026, 1, 1))

    assert "It never matches: “first”" not in texts(
        Policy(rules=(first, rule("review", name="later")))
    )


@pytest.mark.parametrize(
    ("action", "defaults", "what"),
    [
        ("review", Defaults(), ""),
        ("block", Defaults(), "nobody can approve"),
        ("review2", Defaults(must_read=True), "beside defaults.must_read"),
    ],
)
def test_reading_that_changes_nothing_is_remarked(
    action: Any, defaults: Defaults, what: str
) -> None:
    read = rule(action, to_any_in=people("@c.example"), must_read=True)

    said = texts(Policy(defaults=defaults, rules=(read,)))

    assert (what in said) if what else not said
