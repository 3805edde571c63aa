"""What a person is told beside the answer, so that they know what to type."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.times import moment_or_duration_for
from tuimail.demo.server import DemoServer
from tuimail.errors import KeyConflictError, UsageError

NOBODY = "Nobody is sending now: tuimail outbox run --drain"


@pytest.mark.usefixtures("account")
def test_what_may_go_on_says_that_nobody_sends(tuimail: Shell) -> None:
    words = ("--to", "bob@partner.example", "--text", "x", "--wait", "0", "--json")
    id_ = tuimail("send", *words).json["id"]
    held = tuimail("hold", id_)
    resumed = tuimail("resume", id_)
    listed = tuimail("outbox")

    assert NOBODY not in held.talk
    assert NOBODY in resumed.talk
    assert NOBODY in listed.talk


@pytest.mark.usefixtures("account")
def test_what_is_sent_again_says_that_nobody_sends(tuimail: Shell) -> None:
    id_ = tuimail("send", "--to", "silent@example.net", "--json").json["id"]

    assert NOBODY in tuimail("resolve", id_, "--resend").talk


@pytest.mark.usefixtures("account")
def test_an_outbox_without_anything_overdue_says_nothing(tuimail: Shell) -> None:
    tuimail("send", "--to", "slow@example.net")

    assert NOBODY not in tuimail("outbox").talk


@pytest.mark.usefixtures("account")
def test_another_way_out_is_another_one(tuimail: Shell, server: DemoServer) -> None:
    id_ = tuimail("send", "--to", "slow@example.net", "--json").json["id"]

    answer = tuimail("reroute", id_, "--account", "main", "--json")

    assert (answer.code, answer.error["field"]) == (2, "account")
    assert f"Mail {id_} leaves through main already." in answer.error["message"]
    assert tuimail("show", id_, "--json").json["status"] == "deferred"


def test_an_account_that_is_held_says_so_and_what_to_type(
    tuimail: Shell, account: str
) -> None:
    tuimail("accounts", "hold", account)

    for verb in ("list", "show"):
        said = tuimail("accounts", verb).text
        assert "held: The account is held by hand; " in said
        assert "tuimail accounts resume main" in said


def test_a_misspelt_limit_is_told_by_its_nearest_name(
    tuimail: Shell, account: str
) -> None:
    path = Path("settings/accounts.toml")
    path.write_text(path.read_text() + "per_dya = 10\n")

    answer = tuimail("accounts", "list")

    assert "Nothing leaves through main: " in answer.talk
    assert "per_dya" in answer.talk
    assert "Did you mean per_day?" in answer.talk


@pytest.mark.parametrize(
    ("option", "line"),
    [("per_day=10", "per_day = 10"), ("signature=Nora", "signature = …")],
)
def test_a_setting_of_the_account_is_written_into_its_file(
    tuimail: Shell, option: str, line: str
) -> None:
    answer = tuimail(
        "accounts", "add", "main", "--address", "nora@example.org", "--host",
        "smtp.example.org", "--option", option, "--json",
    )  # fmt: skip

    assert answer.code == 4
    assert "accounts.toml" in answer.error["hint"]
    assert answer.error["hint"].endswith(f"[accounts.main]: {line}")


@pytest.mark.parametrize(
    "text", ["soon", "3y", "5 days", "0d", "400d", "999999w", "2999-01-31"]
)
def test_an_end_that_cannot_be_is_refused_with_what_can(text: str) -> None:
    with pytest.raises(UsageError, match="90m, 3h or 5d, or a time such as") as caught:
        moment_or_duration_for("expires")(text)

    assert caught.value.field == "expires"


def test_the_key_of_a_removed_mail_leads_to_no_mail() -> None:
    error = KeyConflictError("k", "06abc", is_removed=True)

    assert "was removed since" in error.message
    assert "Use another key" in error.hint
    assert "tuimail show" not in error.hint
