"""Signing in as a person types it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Shell
from tests.faults.web import WebServer
from tests.settings.conftest import FakeKeyring
from tests.settings.sign_in.fake_service import (
    ACCESS,
    ADA,
    CLIENT,
    CLIENT_SECRET,
    REFRESH,
    FakeService,
    service_at,
)
from tuimail.settings.sign_in import services

BARE = ("auth", "gmail", "work", "--address", ADA, "--provider", "smtp")
NEW = (*BARE, "--client-id", CLIENT)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    """A service, and a browser that signs in there by itself."""
    found = FakeService()
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    with WebServer(answer=found.answer) as server:
        known = cast("dict[str, Any]", services.SERVICES)
        monkeypatch.setitem(known, "gmail", service_at(server.url))

        def visit(url: str) -> None:
            target = found.visit(url)
            threading.Thread(
                target=lambda: urlopen(target, timeout=10).close(), daemon=True
            ).start()

        monkeypatch.setattr("tuimail.tui.browsing.open_browser", visit)
        yield found


def accounts(tuimail: Shell) -> Any:
    return tuimail("accounts", "list", "--json").json["accounts"]


def test_signing_in_makes_an_account(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    answer = tuimail(*NEW, terminal=True)

    assert answer.code == 0, answer
    assert answer.text == "Signed in: work. Try it: tuimail accounts test work\n"
    assert desktop.kept["tuimail", "work"] == REFRESH
    [account] = accounts(tuimail)
    assert account["address"] == ADA
    assert account["provider"] == "smtp"
    written = (tuimail.folder / "settings" / "accounts.toml").read_text()
    assert 'client_id = "the-client"' in written
    assert REFRESH not in written
    assert ACCESS not in written


def test_the_second_time_it_is_the_same_account(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    tuimail(*NEW, terminal=True)
    desktop.kept.clear()

    answer = tuimail("auth", "gmail", "work", "--json", terminal=True)

    assert answer.json == {
        "account": "work",
        "service": "gmail",
        "is_signed_in": True,
        "new": False,
    }
    assert desktop.kept["tuimail", "work"] == REFRESH
    assert len(accounts(tuimail)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", ADA),
        ("from-name", "Ada"),
        ("provider", "smtp"),
        ("client-id", CLIENT),
        ("client-secret", "env:NOPE"),
        ("client-file", "client.json"),
        ("tenant", "corp"),
        ("token-file", "token"),
        ("default", ""),
    ],
)
def test_flags_that_say_nothing_the_second_time_are_refused(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring, field: str, value: str
) -> None:
    tuimail(*NEW, terminal=True)
    flag = [f"--{field}", *([value] if value else [])]

    answer = tuimail("auth", "gmail", "work", *flag, "--json", terminal=True)

    assert answer.code == 2
    assert answer.error["field"] == field
    assert "says nothing" in answer.error["message"]
    assert len(fake.forms) == 1


def test_an_account_is_not_signed_in_at_another_service(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    tuimail(*NEW, terminal=True)

    answer = tuimail("auth", "microsoft", "work", "--json")

    assert answer.code == 2
    assert answer.error["hint"] == "Sign in again: tuimail auth gmail work"


def test_a_token_file_is_found_from_everywhere(
    tuimail: Shell, fake: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = tuimail(*NEW, "--token-file", "token", terminal=True)
    folder = tuimail.folder / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)

    assert answer.code == 0, answer
    [row] = tuimail("auth", "status", "--json").json["accounts"]
    assert row["is_signed_in"]
    assert (tuimail.folder / "token").read_text().startswith(f"{REFRESH}\n")


@pytest.mark.parametrize("name", ["", " ", "taken", "no/such/folder", "/dev/full"])
def test_a_token_file_that_cannot_be_is_refused_before_anybody_signs_in(
    tuimail: Shell, fake: FakeService, name: str
) -> None:
    (tuimail.folder / "taken").write_text("the thesis")

    answer = tuimail(*NEW, "--token-file", name, "--json", terminal=True)

    assert answer.error["field"] in {"token-file", "refresh_token"}
    assert "/authorize" not in answer.talk
    assert (tuimail.folder / "taken").read_text() == "the thesis"
    assert accounts(tuimail) == []


def test_without_a_keyring_it_says_so_before_anybody_signs_in(
    tuimail: Shell, fake: FakeService
) -> None:
    answer = tuimail(*NEW, "--json", terminal=True)

    assert "no desktop keyring" in answer.error["message"]
    assert "--token-file FILE" in answer.error["hint"]
    assert "/authorize" not in answer.talk


def test_the_file_of_the_service_is_enough(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring, tmp_path: Path
) -> None:
    path = tmp_path / "client.json"
    inside = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
    path.write_text(json.dumps({"installed": inside}))

    answer = tuimail(*BARE, "--client-file", str(path), terminal=True)

    assert answer.code == 0, answer
    assert fake.forms[-1]["client_secret"] == CLIENT_SECRET
    written = (tuimail.folder / "settings" / "accounts.toml").read_text()
    assert CLIENT_SECRET not in written


def test_what_is_wrong_with_the_account_is_said_before_anybody_signs_in(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    answer = tuimail("auth", "gmail", "a b", *NEW[3:], "--json", terminal=True)

    assert answer.code == 4
    assert answer.error["field"] == "name"
    assert fake.forms == []
    assert desktop.kept == {}


def test_a_new_account_needs_an_address(tuimail: Shell, fake: FakeService) -> None:
    answer = tuimail("auth", "gmail", "work", "--client-id", CLIENT, "--json")

    assert answer.code == 2
    assert answer.error["field"] == "address"


def test_without_a_client_it_says_where_to_get_one(
    tuimail: Shell, fake: FakeService
) -> None:
    answer = tuimail(*BARE, "--json")

    assert answer.code == 4
    assert answer.error["field"] == "client-id"
    assert "--client-id" in answer.error["hint"]


def test_over_ssh_the_address_is_pasted(
    tuimail: Shell,
    fake: FakeService,
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")

    answer = tuimail(*NEW, stdin="http://127.0.0.1:1/?code=made-up&state=x\n")

    assert answer.code != 0
    assert "paste its address" in answer.talk
    assert "does not belong to this sign-in" in answer.talk
    assert desktop.kept == {}
    assert accounts(tuimail) == []


def test_the_address_to_open_is_shown(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    answer = tuimail(*NEW, terminal=True)

    assert "/authorize?response_type=code" in answer.talk


def test_a_code_is_shown_where_it_is_typed_elsewhere(
    tuimail: Shell,
    fake: FakeService,
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "tuimail.settings.sign_in.device._pause", lambda _wait, stop: stop.is_set()
    )

    answer = tuimail(*NEW, "--device")

    assert answer.code == 0, answer
    assert "https://example.org/device" in answer.talk
    assert "WDJB-MJHT" in answer.talk


def test_who_is_signed_in_is_listed(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    assert "auth gmail NAME" in tuimail("auth", "status").talk
    tuimail(*NEW, terminal=True)

    assert tuimail("auth", "status").text.split("\t")[:3] == ["work", "Example", "yes"]
    desktop.kept.clear()
    [row] = tuimail("auth", "status", "--json").json["accounts"]
    assert row["is_signed_in"] is False
    assert "the keyring has no token" in row["problem"]
    assert "tuimail auth gmail work" in row["problem"]
    assert "the keyring has no token" in tuimail("auth", "status").talk


def test_signing_out_forgets(
    tuimail: Shell, fake: FakeService, desktop: FakeKeyring
) -> None:
    tuimail(*NEW, terminal=True)

    answer = tuimail("auth", "logout", "work", "--json")

    assert answer.json == {"account": "work", "is_revoked": True}
    assert fake.revoked == [REFRESH]
    assert desktop.kept == {}
    again = tuimail("auth", "logout", "work")
    assert "Signed out: work" in again.text
    assert "The service was not told" in again.talk
