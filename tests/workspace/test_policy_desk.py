"""The desk that explains the policy."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.policed import RULE, write_policy
from tuimail.core.origin import Origin
from tuimail.errors import ConfigurationError
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

HandIn = Callable[..., Row]
PROGRAM = Origin(actor=BILLING, door="http")


def test_without_a_policy_what_holds_then_is_shown(
    desk: Desk, workspace: Workspace
) -> None:
    shown = workspace.policy.show()

    assert not shown.is_there
    assert shown.path == desk.config.with_name("policy.toml")
    assert shown.tables["defaults"]["agents"] == "review"
    assert (shown.rules, shown.digest, shown.since) == ((), "", None)
    assert workspace.policy.problem == ""
    assert workspace.policy.roots() == ()


def test_what_is_in_force_is_shown_with_since_when(
    desk: Desk, workspace: Workspace
) -> None:
    path = write_policy(desk.config, RULE)

    shown = workspace.policy.show()

    assert shown.is_there
    assert shown.digest == sha256(path.read_bytes()).hexdigest()
    assert shown.since == desk.clock.now()
    assert shown.rules[0]["name"] == "invoices"


def test_what_was_last_readable_is_shown_with_the_problem(
    desk: Desk, workspace: Workspace
) -> None:
    path = write_policy(desk.config, RULE)
    workspace.policy.show()
    path.write_text("version = 1\n[defaults]\nagent = 'block'\n")

    shown = workspace.policy.show()

    assert shown.rules[0]["action"] == "review"
    assert "defaults.agent" in shown.problem
    assert shown.hint == "Did you mean agents?"
    assert workspace.policy.problem == shown.problem


def test_a_text_that_is_not_kept_yet_has_no_since(
    desk: Desk, workspace: Workspace
) -> None:
    write_policy(desk.config)

    with workspace._stores.database.transaction():
        shown = workspace.policy.show()

    assert (shown.is_there, shown.since) == (True, None)


def test_a_mail_that_is_stored_is_tested_step_by_step(
    desk: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row = hand_in()
    write_policy(desk.config, '[recipients]\nbcc_by_agents = "block"\n' + RULE)

    found = workspace.policy.test(row.id)

    assert found.ruling.action == "block"
    assert {one.rule: one.action for one in found.looked_at} == {
        "findings": None,
        "recipients.bcc_by_agents": "block",
        "rule: invoices": None,
        "defaults.agents": "review",
    }
    last = found.looked_at[-2]
    assert "policy.bcc-by-agent is over warning" in last.text


def test_a_mail_is_tested_without_being_stored(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    write_policy(desk.config, '[recipients]\nbcc_by_agents = "allow"\n' + RULE)
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(fields)

        found = workspace.policy.test_new(draft, PROGRAM)

    assert (found.ruling.action, found.ruling.rule) == ("auto", "invoices")
    assert workspace.drafts.rows() == ()


def test_a_mail_that_nobody_gets_can_be_tested(
    workspace: Workspace, fields: Fields
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(Fields(subject="To nobody"))

        assert workspace.policy.test_new(draft, PROGRAM).ruling.action == "review"


def test_a_policy_of_rules_is_linted_with_the_names_there_are(
    desk: Desk, workspace: Workspace
) -> None:
    assert workspace.policy.lint() == ()
    write_policy(desk.config, RULE + 'per_day = 3\naccount = "work"\n')
    first = workspace.policy.lint()
    workspace.clients.add("billing")

    second = workspace.policy.lint()

    assert ["no client" in one.text for one in first] == [True]
    assert second == ()


def test_a_folder_that_others_may_write_is_odd(
    desk: Desk, workspace: Workspace
) -> None:
    write_policy(desk.config)
    folder = desk.config.parent
    folder.chmod(0o777)

    (remark,) = workspace.policy.lint()

    assert remark.where == "policy.toml"
    assert remark.hint == f"Close it: chmod go-w {folder}"
    folder.chmod(0o700)
    assert workspace.policy.lint() == ()


def test_a_client_that_was_revoked_is_none(desk: Desk, workspace: Workspace) -> None:
    write_policy(desk.config, RULE + "per_day = 3\n")
    workspace.clients.add("billing")
    workspace.clients.revoke("billing")

    assert ["no client" in one.text for one in workspace.policy.lint()] == [True]


def test_what_cannot_be_read_cannot_be_linted(desk: Desk, workspace: Workspace) -> None:
    write_policy(desk.config, "rules = 1\n")

    with pytest.raises(ConfigurationError, match="rules in") as caught:
        workspace.policy.lint()

    assert caught.value.hint == "Did you mean rule?"
