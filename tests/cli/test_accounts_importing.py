"""What other programs are set up with, shown and added."""

from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Shell
from tests.settings.conftest import FakeKeyring, desktop  # noqa: F401 - a fixture

SECRET = "correct-horse"
MSMTP = f"""\
account gmx
host mail.gmx.net
port 465
tls on
tls_starttls off
auth on
user nora@gmx.net
from nora@gmx.net
password {SECRET}
"""


@pytest.fixture
def django(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "EMAIL_HOST": "smtp.example.org",
        "EMAIL_USE_SSL": "1",
        "EMAIL_PORT": "465",
        "EMAIL_HOST_USER": "nora",
        "EMAIL_HOST_PASSWORD": SECRET,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def msmtp(home: Path) -> None:
    (home / ".msmtprc").write_text(MSMTP)
    (home / ".msmtprc").chmod(0o600)


def take(tuimail: Shell, *words: str) -> Answer:
    return tuimail("accounts", "import-env", *words, "--json")


def names(tuimail: Shell) -> list[str]:
    found = tuimail("accounts", "list", "--json").json["accounts"]
    return [one["name"] for one in found]


@pytest.mark.usefixtures("django")
def test_a_dry_run_shows_and_adds_nothing(tuimail: Shell) -> None:
    answer = take(tuimail, "--dry-run", "--address", "nora@example.org")

    (found,) = answer.json["found"]
    assert (answer.code, found["name"], found["added"]) == (0, "django", False)
    assert found["password"] == "env:EMAIL_HOST_PASSWORD"
    assert found["problem"] is None
    assert SECRET not in answer.text
    assert names(tuimail) == []


@pytest.mark.usefixtures("django")
def test_what_was_found_is_added_where_somebody_says_so(tuimail: Shell) -> None:
    answer = take(tuimail, "--yes", "--address", "nora@example.org")
    again = take(tuimail, "--yes", "--address", "nora@example.org")
    shown = tuimail("accounts", "show", "django", "--json").json

    assert answer.json["found"][0]["added"]
    assert shown["options"]["tls"] == "implicit"
    assert shown["password"] == "env:EMAIL_HOST_PASSWORD"
    assert "of that name" in again.json["found"][0]["problem"]
    assert (answer.code, again.code) == (0, 0)


@pytest.mark.usefixtures("django")
def test_who_says_no_sender_is_not_added(tuimail: Shell) -> None:
    answer = take(tuimail, "--yes")

    assert "--address" in answer.json["found"][0]["problem"]
    assert names(tuimail) == []


@pytest.mark.usefixtures("django")
def test_what_its_provider_refuses_is_not_added(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMAIL_USE_SSL")

    answer = take(tuimail, "--yes", "--address", "nora@example.org")

    assert "in clear" in answer.json["found"][0]["problem"]
    assert names(tuimail) == []


@pytest.mark.usefixtures("msmtp")
def test_a_password_in_a_file_goes_into_the_keyring(
    tuimail: Shell,
    desktop: FakeKeyring,  # noqa: F811 - the fixture
) -> None:
    answer = take(tuimail, "--yes")

    assert answer.json["found"][0]["added"]
    assert desktop.kept == {("tuimail", "gmx"): SECRET}
    assert SECRET not in f"{answer.text}{answer.talk}"
    assert SECRET not in Path("settings/accounts.toml").read_text()


@pytest.mark.usefixtures("msmtp", "django")
def test_without_a_keyring_that_one_is_not_added_and_the_others_are(
    tuimail: Shell,
) -> None:
    answer = take(tuimail, "--yes", "--address", "nora@example.org")
    django, gmx = answer.json["found"]

    assert (answer.code, django["added"], gmx["added"]) == (4, True, False)
    assert "no desktop keyring" in gmx["problem"]
    assert SECRET not in f"{answer.text}{answer.talk}"
    assert names(tuimail) == ["django"]


@pytest.mark.usefixtures("msmtp", "django")
def test_only_what_is_named_is_added(tuimail: Shell) -> None:
    take(tuimail, "django", "--yes", "--address", "nora@example.org")
    unknown = take(tuimail, "gmxx", "--yes")

    assert names(tuimail) == ["django"]
    assert (unknown.code, unknown.error["field"]) == (2, "name")


@pytest.mark.usefixtures("django")
@pytest.mark.parametrize(("answer", "added"), [("y", ["django"]), ("", [])])
def test_a_person_is_asked(tuimail: Shell, answer: str, added: list[str]) -> None:
    found = tuimail(
        "accounts", "import-env", "--address", "nora@example.org",
        stdin=f"{answer}\n", terminal=True,
    )  # fmt: skip

    assert "Add 1 of them? [y/N]" in found.talk
    assert names(tuimail) == added


@pytest.mark.usefixtures("django")
def test_nobody_chooses_where_nobody_is(tuimail: Shell) -> None:
    answer = take(tuimail, "--address", "nora@example.org")

    assert (answer.code, answer.error["field"]) == (2, "yes")
    assert names(tuimail) == []


def test_what_says_too_little_is_shown_with_what_is_missing(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mail")

    answer = take(tuimail, "--yes")

    assert "AWS_REGION" in answer.json["found"][0]["problem"]
    assert answer.code == 0


def test_where_there_is_nothing_that_is_said(tuimail: Shell) -> None:
    answer = tuimail("accounts", "import-env")

    assert (answer.code, answer.text) == (0, "")
    assert "No other program" in answer.talk


@pytest.mark.usefixtures("django")
def test_lines_say_what_came_of_each(tuimail: Shell) -> None:
    answer = tuimail("accounts", "import-env", "--yes", "--address", "nora@example.org")

    assert answer.text.rstrip("\n").split("\t") == [
        "django", "smtp", "nora@example.org", "env:EMAIL_HOST_PASSWORD", "EMAIL_*",
        "added",
    ]  # fmt: skip
    assert "django: The variables have to be set" in answer.talk


def test_what_was_named_and_cannot_be_added_is_a_failure(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_HOST", "smtp.example.org")

    looked = take(tuimail, "django", "--dry-run")
    taken = tuimail("accounts", "import-env", "django", "--yes")

    assert looked.code == 0
    assert taken.code == 1
    assert "django was not added: It does not say whom" in taken.talk
    assert names(tuimail) == []


def test_a_command_with_a_password_in_it_is_warned_about(
    tuimail: Shell, home: Path
) -> None:
    evaluated = MSMTP.replace(f"password {SECRET}", f"passwordeval echo {SECRET}")
    (home / ".msmtprc").write_text(evaluated)
    (home / ".msmtprc").chmod(0o600)

    answer = tuimail("accounts", "import-env", "--dry-run")

    assert "Warning: the command for the password of gmx seems to have" in answer.talk
