from datetime import UTC, datetime, timedelta

from tests.core.policy.cases import people, rule
from tuimail.core.policy.policy import Defaults, Policy, Recipients
from tuimail.core.policy.telling import rules, tables


def test_every_table_is_told_with_what_the_file_leaves_out() -> None:
    policy = Policy(recipients=Recipients(allow=people("@Corp.example")))

    told = tables(policy)

    assert list(told) == ["defaults", "limits", "recipients", "attachments", "content"]
    assert told["defaults"]["approval_ttl"] == "72h"
    assert told["limits"]["agent_per_hour"] is None
    assert told["recipients"]["allow"] == ["@Corp.example"]
    assert told["recipients"]["block"] == []


def test_a_time_of_minutes_is_told_in_minutes() -> None:
    policy = Policy(defaults=Defaults(approval_ttl=timedelta(minutes=90)))

    assert tables(policy)["defaults"]["approval_ttl"] == "90m"


def test_a_rule_is_told_with_what_it_says() -> None:
    policy = Policy(
        rules=(
            rule(to_all_in=people("@corp.example"), attachments=False),
            rule("review2", name="two", expires=datetime(2027, 1, 1, tzinfo=UTC)),
        )
    )

    assert rules(policy) == (
        {
            "name": "builds",
            "action": "auto",
            "to_all_in": ["@corp.example"],
            "attachments": False,
            "expires": "2027-01-31",
            "sample_review": 0.1,
        },
        {"name": "two", "action": "review2", "expires": "2027-01-01T00:00:00+00:00"},
    )


def test_that_a_rule_has_mail_read_first_is_told_only_where_it_does() -> None:
    plain, reads = rules(
        Policy(rules=(rule("review"), rule("review", name="r", must_read=True)))
    )

    assert "must_read" not in plain
    assert reads["must_read"] is True
