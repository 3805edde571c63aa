import getpass
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import SENDER, Answer, Shell
from tests.end_to_end.planting import serving
from tests.settings.conftest import desktop  # noqa: F401 - a fixture for tests here
from tests.settings.test_prompts import Person
from tuimail.core.submission import AccountFault
from tuimail.demo.server import DemoServer
from tuimail.testing import ScriptedSmtpServer
from tuimail.workspace import pacing
from tuimail.workspace.holding import hold_account
from tuimail.workspace.workspace import Workspace

SECRET = "correct horse"


def _add(
    tuimail: Shell, *words: str, stdin: str = "", terminal: bool = False
) -> Answer:
    return tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", "smtp.example.org",
        *words, "--json", stdin=stdin, terminal=terminal,
    )  # fmt: skip


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was put into the keyring."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "tuimail.workspace.accounts.store_secret",
        lambda account, secret: found.append((account, secret)),
    )
    return found


@pytest.fixture
def opened(tuimail: Shell) -> Callable[[], Workspace]:
    """Opens the workspace that commands are run in."""
    return lambda: Workspace.open(
        tuimail.folder / "workspace",
        config_path=tuimail.folder / "settings" / "config.toml",
        actor="tuimail",
        door="sender",
        environ={},
    )


def test_without_an_account_the_list_says_what_to_type(tuimail: Shell) -> None:
    answer = tuimail("accounts", "list")

    assert (answer.code, answer.raw) == (0, b"")
    assert "tuimail accounts add" in answer.talk
    assert tuimail("accounts", "list", "--json").json == {"accounts": [], "next": None}


def test_an_account_is_added_and_listed(tuimail: Shell) -> None:
    answer = _add(
        tuimail, "--from-name", "Nora Lind", "--port", "465", "--username", "nora",
        "--password", "env:MAIL_PASSWORD",
    )  # fmt: skip

    assert answer.code == 0
    assert tuimail("accounts", "list", "--json").json["accounts"] == [
        {
            "name": "main",
            "provider": "smtp",
            "address": SENDER,
            "sender_name": "Nora Lind",
            "is_default": True,
            "reply_to": None,
            "identities": [],
            "options": {"host": "smtp.example.org", "port": 465, "username": "nora"},
            "password": "env:MAIL_PASSWORD",
            "on_unknown": "ask",
            "noninteractive_send": "allow",
            "connections": 4,
            "limits": {},
            "held_reason": "",
            "held_until": None,
            "rest_reason": "",
            "rests_until": None,
            "problem": "",
            "last_taken_at": None,
            "taken_today": 0,
            "waiting": 0,
        }
    ]
    assert tuimail("accounts", "list").text == f"main\tsmtp\t{SENDER}\tdefault\n"


def test_a_second_account_becomes_the_default_where_asked(tuimail: Shell) -> None:
    _add(tuimail)
    tuimail(
        "accounts", "add", "look", "--provider", "console", "--address",
        "desk@example.org", "--default",
    )  # fmt: skip

    found = tuimail("accounts", "list", "--json").json["accounts"]

    assert {one["name"]: one["is_default"] for one in found} == {
        "main": False,
        "look": True,
    }


@pytest.mark.parametrize("words", [("--password", SECRET), ("--password=env:",)])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = _add(tuimail, *words)

    assert (answer.code, answer.error["field"]) == (2, "password")
    assert SECRET not in answer.text


@pytest.mark.usefixtures("desktop")
def test_a_password_is_typed_unseen_on_a_terminal(
    tuimail: Shell, stored: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: SECRET)

    answer = _add(tuimail, "--password", "keyring:", terminal=True)

    assert (answer.code, stored) == (0, [("main", SECRET)])
    assert SECRET not in answer.text
    assert not [
        path
        for path in tuimail.folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


@pytest.mark.usefixtures("desktop")
def test_a_password_that_is_in_the_keyring_already_stays(
    tuimail: Shell, stored: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "")

    assert _add(tuimail, "--password", "keyring:", terminal=True).code == 0
    assert stored == []


def test_nobody_is_asked_for_a_password_without_a_terminal(
    tuimail: Shell, stored: list[tuple[str, str]]
) -> None:
    assert _add(tuimail, "--password", "keyring:").code == 0
    assert stored == []


def test_a_password_comes_from_stdin_where_asked(
    tuimail: Shell, stored: list[tuple[str, str]]
) -> None:
    answer = _add(tuimail, "--password-stdin", stdin=f"{SECRET}\nnext\n")

    assert (answer.code, stored) == (0, [("main", SECRET)])
    assert answer.json["password"] == "keyring:"


def test_stdin_has_no_password_for_another_place(tuimail: Shell) -> None:
    answer = _add(tuimail, "--password-stdin", "--password", "env:X")

    assert (answer.code, answer.error["field"]) == (2, "password-stdin")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--option", "timeout"), 2),
        (("--option", "=5"), 2),
        (("--option", "nonsense=5"), 4),
        (("--tls", "perhaps"), 4),
        (("--provider", "pigeon"), 4),
    ],
)
def test_settings_that_cannot_be_are_refused(
    tuimail: Shell, words: tuple[str, ...], code: int
) -> None:
    answer = _add(tuimail, *words)

    assert (answer.code, bool(answer.error["hint"])) == (code, True)
    assert tuimail("accounts", "list", "--json").json["accounts"] == []


@pytest.mark.parametrize("user", ["12345", "0012", "on", "No"])
def test_a_user_is_called_as_was_typed(tuimail: Shell, user: str) -> None:
    added = _add(tuimail, "--username", user, "--option", "smtputf8=no")

    assert added.code == 0
    (shown,) = tuimail("accounts", "list", "--json").json["accounts"]
    assert shown["options"]["username"] == user
    assert shown["problem"] == ""


def test_an_account_is_tested_without_sending(
    tuimail: Shell, account: str, server: DemoServer
) -> None:
    named = tuimail("accounts", "test", account, "--json")
    default = tuimail("accounts", "test")

    assert (named.code, named.json["ok"], named.json["account"]) == (0, True, "main")
    assert named.json["endpoint"] == f"127.0.0.1:{server.port}"
    assert (default.code, "ok: yes" in default.text) == (0, True)
    assert server.deliveries == ()


def test_a_server_that_is_not_there_fails_the_test(tuimail: Shell) -> None:
    tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", "127.0.0.1",
        "--port", "1", "--tls", "none",
    )  # fmt: skip

    answer = tuimail("accounts", "test", "--json")

    assert answer.code == 1
    assert (answer.json["ok"], answer.json["fault"]) == (False, None)
    assert answer.json["error"]
    assert "ok: no" in tuimail("accounts", "test").text


def test_a_password_that_cannot_be_read_ends_with_4(
    tuimail: Shell, server: DemoServer
) -> None:
    tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", "127.0.0.1",
        "--port", str(server.port), "--tls", "none", "--username", "nora",
        "--password", "file:missing",
    )  # fmt: skip

    assert tuimail("accounts", "test").code == 4


@pytest.mark.parametrize("verb", ["show", "test", "hold", "resume"])
def test_an_account_that_is_not_there_is_answered(tuimail: Shell, verb: str) -> None:
    answer = tuimail("accounts", verb, "other", "--json")

    assert (answer.code, answer.error["field"]) == (4, "account")


def test_an_account_is_held_and_resumed(tuimail: Shell, account: str) -> None:
    held = tuimail("accounts", "hold", account)
    waiting = tuimail("send", "--to", "bob@partner.example", "--json")
    resumed = tuimail("accounts", "resume", account, "--json")

    assert (held.code, "default: " in held.text) == (0, True)
    assert (waiting.code, waiting.json["status"]) == (3, "held")
    assert resumed.json["held_reason"] == ""


def test_an_account_is_shown_with_its_limits(tuimail: Shell, account: str) -> None:
    accounts_toml = Path("settings/accounts.toml")
    limits = "per_day = 5\ndestination_per_hour = 3\non_unknown = 'resend'\n"
    accounts_toml.write_text(accounts_toml.read_text() + limits)
    tuimail("send", "--to", "bob@partner.example", "--to", "cy@partner.example")

    shown = tuimail("accounts", "show", account)
    default = tuimail("accounts", "show", "--json")

    assert (shown.code, default.code) == (0, 0)
    assert shown.text.splitlines() == [
        "name: main",
        "provider: smtp",
        f"address: {SENDER}",
        "state: default",
        "on_unknown: resend",
        "connections: 4",
        "per_day: 2 of 5 used",
        "destination_per_hour: 2 of 3 used",
        "taken today: 1",
        "waiting: 0",
    ]
    assert default.json["limits"] == {
        "per_day": {"limit": 5, "used": 2},
        "destination_per_hour": {"limit": 3, "used": 2},
    }


def test_an_account_that_rests_says_so_and_is_woken(
    tuimail: Shell, account: str, opened: Callable[[], Workspace]
) -> None:
    with opened() as workspace, workspace._stores.database.transaction():
        until = pacing.rest(
            workspace._stores,
            account,
            reason="The server could not be reached",
            wait=timedelta(hours=2),
        )
    rests = tuimail("accounts", "list")
    document = tuimail("accounts", "list", "--json").json["accounts"][0]
    resumed = tuimail("accounts", "resume", account, "--json").json

    assert f"default: rests until {until.astimezone():%Y-%m-%d %H:%M}: " in rests.text
    assert rests.text.endswith("The server could not be reached\n")
    assert document["rest_reason"] == "The server could not be reached"
    assert document["rests_until"] == until.isoformat().replace("+00:00", "Z")
    assert (resumed["rest_reason"], resumed["rests_until"]) == ("", None)


def test_an_account_whose_share_is_used_up_says_until_when(
    tuimail: Shell, account: str, opened: Callable[[], Workspace]
) -> None:
    with opened() as workspace, workspace._stores.database.transaction():
        hold_account(
            workspace._stores,
            account,
            reason="550 5.4.5 Daily limit",
            fault=AccountFault.QUOTA,
            wait=timedelta(hours=5),
        )
    shown = tuimail("accounts", "list").text
    document = tuimail("accounts", "show", account, "--json").json

    assert "default: held until 20" in shown
    assert shown.endswith(": 550 5.4.5 Daily limit\n")
    assert document["held_reason"] == "550 5.4.5 Daily limit"
    assert document["held_until"].endswith("Z")


def test_an_account_that_cannot_be_used_says_that_first(tuimail: Shell) -> None:
    _add(tuimail, "--port", "465")
    accounts_toml = Path("settings/accounts.toml")
    accounts_toml.write_text(accounts_toml.read_text().replace("465", '"none"'))
    tuimail("accounts", "hold", "main")

    assert "held" not in tuimail("accounts", "list").text


def test_settings_of_the_person_are_never_written(tuimail: Shell) -> None:
    config = Path("settings/config.toml")
    config.parent.mkdir()
    config.write_text("# mine\nundo_seconds = 5\n")

    _add(tuimail)

    assert config.read_text() == "# mine\nundo_seconds = 5\n"


def test_where_each_setting_comes_from_is_shown(tuimail: Shell, account: str) -> None:
    lines = tuimail("accounts", "show", account, "--origin").text.splitlines()
    rows = [line.split("\t") for line in lines]

    file = tuimail.folder / "settings" / "accounts.toml"
    assert ["host", "127.0.0.1", f"{file}:6"] in rows
    assert ["on_unknown", "ask", "default"] in rows


def test_a_test_answers_with_the_same_words_for_every_provider(
    tuimail: Shell, account: str
) -> None:
    tuimail("accounts", "add", "look", "--provider", "console", "--address", SENDER)
    answers = [
        tuimail("accounts", "test", name, "--json") for name in (account, "look")
    ]

    for answer, provider in zip(answers, ("smtp", "console"), strict=True):
        assert (answer.code, answer.json["provider"]) == (0, provider)
        assert set(answer.json) == {
            "account", "ok", "provider", "endpoint", "latency_ms", "capabilities",
            "limits", "fault", "error", "hint",
        }  # fmt: skip


def test_an_account_that_cannot_be_made_gets_an_answer_from_its_test(
    tuimail: Shell,
) -> None:
    _add(tuimail)
    file = Path("settings/accounts.toml")
    file.write_text(file.read_text().replace("[accounts.main]", "[accounts.main]\nx=1"))

    answer = tuimail("accounts", "test", "--json")

    assert (answer.code, answer.json["ok"]) == (4, False)
    assert (answer.json["fault"], answer.json["provider"]) == ("settings", "smtp")
    assert "means nothing" in answer.json["error"]
    assert answer.json["hint"]


def test_an_account_is_removed_by_who_says_so(tuimail: Shell, account: str) -> None:
    silent = tuimail("accounts", "remove", account, "--json")
    removed = tuimail("accounts", "remove", account, "--yes", "--json")

    assert (silent.code, silent.error["field"]) == (2, "yes")
    assert removed.json == {"name": "main", "waiting": 0, "problem": None}
    assert tuimail("accounts", "list", "--json").json["accounts"] == []


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("n", 1), ("", 1)])
def test_a_person_is_asked_and_told_what_waits(
    tuimail: Shell, account: str, answer: str, code: int
) -> None:
    tuimail("accounts", "hold", account)
    tuimail("send", "--to", "bob@partner.example", "--wait", "0")

    found = tuimail("accounts", "remove", account, stdin=f"{answer}\n", terminal=True)

    assert found.code == code
    assert "Mail that waits for it will be held: 1." in found.talk
    assert ("reroute" in found.talk) is (code == 0)


def test_a_keyring_that_keeps_the_password_is_said(
    tuimail: Shell, stored: list[tuple[str, str]]
) -> None:
    _add(tuimail, "--password-stdin", stdin=SECRET)

    removed = tuimail("accounts", "remove", "main", "--yes")

    assert (removed.code, len(stored)) == (0, 1)
    assert "may still be in the keyring" in removed.talk


def test_a_password_that_is_typed_is_asked_once_for_each_command(
    tuimail: Shell, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(SECRET)
    monkeypatch.setattr(getpass, "getpass", person)
    tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", "127.0.0.1",
        "--port", str(server.port), "--tls", "none", "--username", "nora",
        "--option", "allow_clear_auth=yes", "--password", "prompt:",
    )  # fmt: skip
    there = tuimail("accounts", "test", terminal=True)
    nobody = tuimail("accounts", "test", "--json")
    sent = tuimail(
        "send", "--to", "bob@partner.example", "--no-undo", "--json", terminal=True
    )

    assert person.asked == ["Password for main (is not kept): "] * 2
    assert "prompt:" not in there.text
    assert "nobody can be asked here" in nobody.json["error"]
    assert SECRET not in f"{there} {nobody} {sent}"


def test_a_mail_leaves_with_a_password_that_was_typed(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(SECRET)
    monkeypatch.setattr(getpass, "getpass", person)
    with serving(lambda: ScriptedSmtpServer(logins={"nora": SECRET})) as server:
        tuimail(
            "accounts", "add", "main", "--address", SENDER, "--host", "127.0.0.1",
            "--port", str(server.port), "--tls", "none", "--username", "nora",
            "--option", "allow_clear_auth=yes", "--password", "prompt:",
        )  # fmt: skip
        mail = ("send", "--to", "bob@partner.example", "--no-undo", "--json")
        sent = tuimail(*mail, terminal=True)
        tuimail(*mail, "--wait", "0", terminal=True)
        drained = tuimail("outbox", "run", "--drain", terminal=True)

    assert (sent.json["status"], drained.code, len(person.asked)) == ("sent", 0, 2)
    assert SECRET not in f"{sent} {drained}"


def test_a_flag_beats_a_variable_and_a_variable_beats_the_files(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        tuimail("accounts", "add", name, "--provider", "dummy", "--address", SENDER)
    mail = ("send", "--to", "bob@partner.example", "--dry-run", "--json")
    by_file = tuimail(*mail).json["account"]
    monkeypatch.setenv("TUIMAIL_DEFAULT_ACCOUNT", "two")
    by_variable = tuimail(*mail).json["account"]
    by_flag = tuimail(*mail, "--account", "three").json["account"]

    assert (by_file, by_variable, by_flag) == ("one", "two", "three")


def test_variables_alone_are_enough(
    tuimail: Shell, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", SENDER)
    monkeypatch.setenv("TUIMAIL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("TUIMAIL_SMTP_PORT", str(server.port))

    sent = tuimail("send", "--to", "bob@partner.example", "--json")

    assert (sent.json["status"], sent.json["account"]) == ("sent", "environment")
    assert not (tuimail.folder / "settings" / "accounts.toml").exists()


def test_another_account_is_made_the_default(tuimail: Shell) -> None:
    _add(tuimail)
    tuimail(
        "accounts", "add", "look", "--provider", "console", "--address",
        "desk@example.org",
    )  # fmt: skip

    answer = tuimail("accounts", "default", "look", "--json")

    assert (answer.code, answer.json["is_default"]) == (0, True)


def test_settings_are_changed_by_their_keys(tuimail: Shell) -> None:
    _add(tuimail)

    answer = tuimail("accounts", "set", "main", "per_day=5", "on_unknown=resend")
    refused = tuimail("accounts", "set", "main", "per_day=many", "--json")

    assert answer.code == 0
    document = tuimail("accounts", "show", "--json").json
    assert document["limits"]["per_day"]["limit"] == 5
    assert document["on_unknown"] == "resend"
    assert refused.code == 4
    assert refused.json["error"]["hint"]


@pytest.mark.parametrize("word", ["per_day", "=5", "password=hunter2", "api_key=h2"])
def test_what_is_no_pair_or_a_password_is_refused(tuimail: Shell, word: str) -> None:
    _add(tuimail)

    answer = tuimail("accounts", "set", "main", word, "--json")

    assert answer.code == 2
    assert "h2" not in str(answer.json)
    assert "hunter2" not in str(answer.json)


def test_the_list_goes_by_pages(tuimail: Shell) -> None:
    for name in ("ana", "bo", "cy"):
        words = ("--address", f"{name}@example.org", "--host", "localhost")
        tuimail("accounts", "add", name, *words)

    first = tuimail("accounts", "list", "--limit", "2", "--json").json
    rest = tuimail("accounts", "list", "--after", first["next"], "--json").json

    assert [one["name"] for one in first["accounts"]] == ["ana", "bo"]
    assert [one["name"] for one in rest["accounts"]] == ["cy"]
    assert rest["next"] is None
    assert "--after bo" in tuimail("accounts", "list", "--limit", "2").talk
