import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import SENDER, Shell
from tuimail.workspace.fields import Fields

RULE = """
[[rule]]
name = "builds"
agent = "ci"
to_all_in = ["@partner.example"]
action = "auto"
per_day = 10
expires = 2099-01-31
"""
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n"
MAIL = {"to": ["bob@partner.example"], "subject": "Built", "text": "All is green."}

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def policy(tuimail: Shell) -> Path:
    path = tuimail.folder / "settings" / "policy.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"version = 1\n{RULE}")
    path.chmod(0o600)
    return path


@pytest.fixture
def mail(tuimail: Shell) -> Path:
    path = tuimail.folder / "mail.json"
    path.write_text(json.dumps(MAIL))
    return path


def test_without_a_policy_what_holds_then_is_shown(tuimail: Shell) -> None:
    answer = tuimail("policy", "show")

    assert answer.code == 0
    assert answer.text.startswith("# No policy: ")
    assert "# agent_per_hour is not set" in answer.text


def test_what_is_shown_is_the_same_policy_again(tuimail: Shell, policy: Path) -> None:
    shown = tuimail("policy", "show").text

    written = tomllib.loads(shown)

    assert written["rule"][0] == tomllib.loads(RULE)["rule"][0] | {"sample_review": 0.1}
    assert f"# {policy}" in shown
    policy.write_text(shown)
    again = tuimail("policy", "show").text
    assert again.splitlines()[2:] == shown.splitlines()[2:]


def test_what_is_in_force_is_shown_with_why_the_file_is_not(
    tuimail: Shell, policy: Path
) -> None:
    tuimail("policy", "show")
    policy.write_text("version = ")

    answer, found = tuimail("policy", "show"), tuimail("policy", "show", "--json")

    assert (answer.code, found.code) == (0, 0)
    assert answer.text.startswith("# As it was last readable")
    assert 'action = "review"' in answer.text
    assert "is not valid TOML" in answer.talk
    assert "is not valid TOML" in found.json["problem"]
    assert found.json["rule"][0]["action"] == "review"


def test_a_mail_is_tested_as_a_program_would_hand_it_in(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    found = tuimail("policy", "test", str(mail), "--actor", "ci", "--json").json
    other = tuimail("policy", "test", str(mail)).text

    assert (found["action"], found["rule"], found["quorum"]) == ("auto", "builds", 0)
    assert found["steps"][-1]["rule"] == "defaults.agents"
    assert found["policy_digest"]
    assert other.startswith("review: somebody would have to approve it.\n")
    assert "it is from agent:test, not from the program ci" in other
    with tuimail.open() as workspace:
        assert workspace.drafts.rows() == ()


def test_what_a_rule_releases_is_said_with_its_name(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    answer = tuimail("policy", "test", str(mail), "--actor", "ci")

    assert answer.text.startswith(
        "auto: handed in with the program's token, it leaves by the rule “builds”; "
        "10% of such mail is a sample that somebody looks at.\n"
    )


def test_a_mail_that_was_handed_in_is_said_to_be_past_all_rules(
    tuimail: Shell, policy: Path
) -> None:
    policy.write_text(f"version = 1\n{RULE}".replace("partner", "elsewhere"))
    with tuimail.open() as workspace, workspace.acting_as("agent:ci", door="http"):
        fields = Fields(to=("bob@partner.example",), subject="Built", text="Green.")
        row = workspace.drafts.submit(workspace.drafts.compose(fields))
    policy.write_text(f"version = 1\n{RULE}sample_review = 0.01")

    answer = tuimail("policy", "test", row.id)

    assert "1% of such mail is a sample" in answer.text
    assert "This one was handed in before" in answer.text


def test_what_a_program_is_bound_to_is_asked_about(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    policy.write_text(f'version = 1\n{RULE}account = "main"\n')
    message = tuimail.folder / "mail.eml"
    message.write_text("To: bob@partner.example\nSubject: Built\n\nGreen.\n")
    with tuimail.open() as workspace:
        workspace.clients.add("ci", account="main", sender=SENDER)

    for name in (mail.name, message.name):
        found = tuimail("policy", "test", name, "--client", "ci", "--json").json
        assert (found["action"], found["sample_review"]) == ("auto", 0.1)
        assert not found["is_stored"]
    mail.write_text(json.dumps(MAIL | {"account": "other"}))
    refused = tuimail("policy", "test", mail.name, "--client", "ci", "--json")
    assert (refused.code, refused.error["field"]) == (1, "account")


def test_what_takes_the_place_of_another_mail_is_reviewed(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    mail.write_text(json.dumps(MAIL | {"revises": "06eaxprqr24cz6v6"}))

    answer = tuimail("policy", "test", mail.name, "--client", "ci")

    assert answer.text.startswith("review: ")
    assert "takes the place of an earlier mail" in answer.text


def test_a_whole_message_can_be_tested(tuimail: Shell, policy: Path) -> None:
    path = tuimail.folder / "mail.eml"
    path.write_text(
        f"From: {SENDER}\nTo: ann@elsewhere.example\nSubject: Hello\n\nHello.\n"
    )

    found = tuimail("policy", "test", "mail.eml", "--actor", "ci", "--json").json

    assert found["action"] == "review"
    assert "somebody it is for is not in to_all_in" in json.dumps(found["steps"])


def test_a_mail_that_is_stored_is_tested_by_its_id(
    tuimail: Shell, policy: Path
) -> None:
    policy.write_text('version = 1\n[recipients]\nblock = ["@partner.example"]\n')
    draft = tuimail.submit()

    answer = tuimail("policy", "test", draft["id"])

    assert answer.text.startswith("block: bob@partner.example may not be written to")
    assert "recipients.block" in answer.text


def test_one_s_own_mail_needs_nobody_else(tuimail: Shell) -> None:
    with tuimail.open() as workspace:
        fields = Fields(to=("ann@elsewhere.example",), subject="Hello", text="Hello.")
        row = workspace.drafts.new(workspace.drafts.compose(fields))

    answer = tuimail("policy", "test", row.id)

    assert answer.text.startswith("auto: it leaves with nobody else looking.\n")


def test_a_finding_of_level_block_can_be_overruled(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    policy.write_text(
        'version = 1\n[defaults]\nfour_eyes = true\n[content]\nsecrets = "block"\n'
    )
    mail.write_text(json.dumps(MAIL | {"text": KEY}))

    answer = tuimail("policy", "test", str(mail))

    assert answer.text.startswith(
        "block: 2 people would have to approve it and overrule its findings."
    )


def test_a_test_says_why_the_file_cannot_be_read(
    tuimail: Shell, policy: Path, mail: Path
) -> None:
    policy.write_text("version = ")

    answer = tuimail("policy", "test", str(mail))

    assert answer.code == 0
    assert "is not valid TOML" in answer.talk


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "no object"),
        ('{"subjekt": "x"}', "subjekt"),
        ('{"to": "bob@partner.example"}', "to"),
    ],
)
def test_a_file_that_is_no_mail_is_refused(
    tuimail: Shell, mail: Path, content: str, what: str
) -> None:
    mail.write_text(content)

    answer = tuimail("policy", "test", str(mail), "--json")

    assert answer.code in {1, 2}
    assert what in json.dumps(answer.error)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("mail.txt",), "mail"),
        (("folder/mail",), "mail"),
        (("missing.json",), "mail"),
        (("abcdef", "--actor", "ci"), "actor"),
        (("abcdef",), "id"),
    ],
)
def test_what_is_neither_a_mail_nor_a_file_is_refused(
    tuimail: Shell, words: tuple[str, ...], field: str
) -> None:
    answer = tuimail("policy", "test", *words, "--json")

    assert answer.code in {1, 2}
    assert answer.error["field"] == field
    assert answer.error["hint"]


def test_what_is_odd_is_said_and_counts_as_refused(
    tuimail: Shell, policy: Path
) -> None:
    answer, found = tuimail("policy", "lint"), tuimail("policy", "lint", "--json")

    assert (answer.code, found.code) == (1, 1)
    assert answer.text.startswith("rule: builds: There is no client “ci”")
    assert found.json["remarks"][0]["where"] == "rule: builds"
    assert found.json["path"] == str(policy)


def test_a_policy_without_anything_odd_is_said_to_be_fine(
    tuimail: Shell, policy: Path
) -> None:
    policy.write_text("version = 1\n")

    answer = tuimail("policy", "lint")

    assert answer.code == 0
    assert answer.text == f"Nothing is odd in {policy}.\n"
    assert tuimail("policy", "lint", "--json").json["remarks"] == []


def test_what_cannot_be_read_is_a_matter_of_settings(
    tuimail: Shell, policy: Path
) -> None:
    policy.write_text("version = 1\n[defaults]\nagent = 'block'\n")

    answer = tuimail("policy", "lint", "--json")

    assert answer.code == 4
    assert "defaults.agent" in answer.error["message"]
    assert answer.error["hint"] == "Did you mean agents?"


def test_another_file_counts_when_a_person_at_a_terminal_says_so(
    tuimail: Shell, policy: Path
) -> None:
    refused = tuimail("policy", "adopt", "--json")
    answer = tuimail("policy", "adopt", terminal=True)
    found = tuimail("policy", "adopt", "--json", terminal=True)

    assert refused.code == 1
    assert "real terminal" in refused.error["message"]
    assert answer.text == f"{policy} is the policy of this workspace.\n"
    assert found.json["path"] == str(policy)
    policy.write_text("version = ")
    assert "is not valid TOML" in tuimail("policy", "adopt", terminal=True).talk
