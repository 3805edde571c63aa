import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tuimail.core.policy.policy import Policy, Rule
from tuimail.errors import ConfigurationError
from tuimail.settings.policy_tables import known_keys, read_policy
from tuimail.settings.schema import Table

SOURCE = "/home/ada/.config/tuimail/policy.toml"


def read(text: str, *, head: str = "version = 1\n") -> Policy:
    return read_policy(Table(source=SOURCE, values=tomllib.loads(head + text)))


def rule(text: str) -> Rule:
    (found,) = read(f'[[rule]]\nname = "x"\naction = "review"\n{text}').rules
    return found


def refused(text: str, *, head: str = "version = 1\n") -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(text, head=head)
    assert SOURCE in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_a_file_that_says_nothing_is_as_if_there_were_none() -> None:
    assert read("") == Policy()


def test_every_key_is_read() -> None:
    """A key that is read and lost would be one that somebody believes in."""
    policy = read("""
[defaults]
agents = "block"
humans = "review"
noninteractive_send = "block"
approval_ttl = "90m"
four_eyes = true
editor_may_approve = false
must_read = true
[limits]
agent_per_hour = 1
account_per_day = 2
new_recipients_per_day = 3
recipients_per_message = 4
attachments_mb = 5
[recipients]
allow = ["@a.example"]
block = ["@b.example"]
bcc_by_agents = "block"
external_bcc = "block"
[attachments]
roots = ["~/reports", "/srv/out"]
types_block = ["script"]
[content]
secrets = "block"
hidden_text = "block"
bidi = "block"
remote_content = "block"
link_mismatch = "block"
[[rule]]
name = "x"
action = "auto"
agent = "ci"
account = "work"
to_all_in = ["@c.example"]
to_any_in = ["@d.example"]
max_recipients = 6
max_kb = 7
subject_prefix = "[x]"
no_findings_over = "warning"
attachments = true
per_day = 8
expires = 2027-01-31
sample_review = 1
must_read = true
""")

    plain, unused = Policy(), Rule(name="", action="review")
    for name, keys in known_keys().items():
        table, other = (
            (policy.rules[0], unused)
            if name == "rule"
            else (getattr(policy, name), getattr(plain, name))
        )
        for key in keys:
            assert getattr(table, key) != getattr(other, key), key
    assert policy.defaults.approval_ttl == timedelta(minutes=90)
    assert policy.rules[0].expires == date(2027, 1, 31)
    assert policy.attachments.roots == ("~/reports", "/srv/out")


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("default = 1", "default", "Did you mean defaults?"),
        ("[limit]", "limit", "Did you mean limits?"),
        ("[defaults]\nagent = 'review'", "defaults.agent", "Did you mean agents?"),
        ("[limits]\nagent_per_day = 1", "limits.agent_per_day", "account_per_day"),
        ("[content]\nsecret = 'block'", "content.secret", "secrets"),
        ("[[rule]]\nto_all = ['@a.example']", "rule[1].to_all", "to_all_in"),
        ("[defaults]\nagents = 'auto'", "agents in", "review, block"),
        ("[defaults]\nhumans = 'block'", "humans in", "allow, review"),
        ("[defaults]\nnoninteractive_send = 'no'", "noninteractive", "allow, review"),
        ("[defaults]\napproval_ttl = '3 days'", "approval_ttl", "72h"),
        ("[defaults]\napproval_ttl = '0h'", "approval_ttl", "72h"),
        ("[defaults]\napproval_ttl = 72", "approval_ttl", "approval_ttl ="),
        ("[defaults]\nfour_eyes = 'yes'", "four_eyes", "false"),
        ("[limits]\nagent_per_hour = -1", "agent_per_hour", "between 0"),
        ("[limits]\nagent_per_hour = true", "agent_per_hour", "10"),
        ("[recipients]\nallow = '@a.example'", "allow", '["…", "…"]'),
        ("[recipients]\nallow = [1]", "allow", '["…", "…"]'),
        ("[recipients]\nallow = []", "allow", "Leave allow out"),
        ("[recipients]\nblock = ['a.example']", "'a.example'", "@example.org"),
        ("[recipients]\nbcc_by_agents = 'no'", "bcc_by_agents", "allow, review"),
        ("[attachments]\nroots = ['reports']", "'reports'", "whole paths"),
        (
            "[attachments]\ntypes_block = ['scripts']",
            "'scripts'",
            "Did you mean script",
        ),
        ("[content]\nbidi = 'auto'", "bidi", "allow, review, block"),
        ("[rule]\nname = 'x'", "rule", "[[rule]]"),
    ],
)
def test_what_is_not_understood_is_named_with_what_may_stand_there(
    text: str, what: str, hint: str
) -> None:
    error = refused(text)

    assert what in str(error)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("", "is missing"),
        ("version = 2\n", "not one that this tuimail knows"),
        ("version = 1.0\n", "not one that this tuimail knows"),
        ("version = true\n", "not one that this tuimail knows"),
        ("version = '1'\n", "not one that this tuimail knows"),
    ],
)
def test_a_file_says_which_version_it_is(head: str, what: str) -> None:
    error = refused("", head=head)

    assert what in str(error)
    assert "version = 1" in error.hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "name"),
        ("name = ''", "name"),
        ("name = ' '\naction = 'auto'", "name"),
        (f"name = '{'x' * 81}'\naction = 'auto'", "81 characters"),
        ("name = \"a\\u001b[2J\"\naction = 'auto'", "name"),
        ("name = 'x'", "action in"),
        ("name = 'x'\naction = 'send'", "“send”"),
        ("name = 'x'\naction = 'auto'\nagent = ''", "agent"),
        ("name = 'x'\naction = 'auto'\nto_all_in = []", "to_all_in"),
        ("name = 'x'\naction = 'auto'\nto_any_in = ['@']", "to_any_in"),
        ("name = 'x'\naction = 'auto'\nmax_recipients = 0", "max_recipients"),
        ("name = 'x'\naction = 'auto'\nno_findings_over = 'block'", "no_findings"),
        ("name = 'x'\naction = 'auto'\nattachments = 'no'", "attachments"),
        ("name = 'x'\naction = 'auto'\nper_day = 0", "per_day"),
        ("name = 'x'\naction = 'auto'\nexpires = '2027-01-31'", "expires"),
        ("name = 'x'\naction = 'auto'\nexpires = 2027-01-31T00:00:00", "time zone"),
        ("name = 'x'\naction = 'auto'\nexpires = 10:00:00", "expires"),
        ("name = 'x'\naction = 'auto'\nsample_review = 0", "sample_review"),
        ("name = 'x'\naction = 'auto'\nsample_review = 1.1", "sample_review"),
        ("name = 'x'\naction = 'auto'\nsample_review = nan", "sample_review"),
        ("name = 'x'\naction = 'auto'\nsample_review = true", "sample_review"),
        ("name = 'x'\naction = 'auto'\nsample_review = '0.1'", "sample_review"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(text: str, what: str) -> None:
    assert what in str(refused(f"[[rule]]\n{text}"))


def test_two_rules_cannot_have_one_name() -> None:
    twice = "[[rule]]\nname = 'x'\naction = 'review'\n" * 2

    assert "two rules named “x”" in str(refused(twice))


def test_there_are_not_so_many_rules_that_mail_waits_for_them() -> None:
    rules = [f"[[rule]]\nname = 'r{n}'\naction = 'review'\n" for n in range(501)]

    assert len(read("".join(rules[:500])).rules) == 500
    error = refused("".join(rules))
    assert "501 rules, where 500 are the most" in str(error)
    assert error.hint


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("", "sample_review", 0.1),
        ("sample_review = 0.01", "sample_review", 0.01),
        ("expires = 2027-01-31", "expires", date(2027, 1, 31)),
        ("expires = 2027-01-31T08:00:00Z", "expires",
         datetime(2027, 1, 31, 8, tzinfo=UTC)),
        ("", "attachments", None),
        ("attachments = false", "attachments", False),
        ("", "no_findings_over", None),
    ],
)  # fmt: skip
def test_what_a_rule_leaves_out_says_nothing(text: str, key: str, value: Any) -> None:
    assert getattr(rule(text), key) == value


def test_nobody_may_be_blocked() -> None:
    assert read("[recipients]\nblock = []").recipients.block == ()
