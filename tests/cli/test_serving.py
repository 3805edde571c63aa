import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Moments, Shell, Stream, Time
from tuimail.cli.console import Console
from tuimail.cli.serving import asked_to_end
from tuimail.demo.server import DemoServer
from tuimail.workspace import keepers
from tuimail.workspace.keepers import Machine, Ran

pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[str]:
    """What the machine was told to do; nothing is done."""
    given: list[str] = []

    def run(command: Sequence[str]) -> Ran:
        given.append(" ".join(command))
        is_asked = "is-active" in command
        is_running = any("enable --now" in one for one in given)
        return Ran(int(is_asked and not is_running), "")

    def machine(environ: dict[str, str]) -> Machine:
        return Machine(
            platform="linux", environ={}, home=home, user_id=1000,
            executable="/usr/bin/python3", which=lambda name: name, run=run,
        )  # fmt: skip

    monkeypatch.setattr(keepers, "this_machine", machine)
    return given


# The service ---------------------------------------------------------------------


def test_installing_says_what_there_is_now(
    tuimail: Shell, commands: list[str], home: Path
) -> None:
    answer = tuimail("serve", "--install")

    unit = home / ".config" / "systemd" / "user" / "tuimail.service"
    assert answer.code == 0
    assert answer.text.splitlines() == [
        "service: running",
        f"file: {unit}",
        f"workspace: {tuimail.folder / 'workspace'}",
        "sender: nobody",
    ]
    assert "Mail leaves with the app closed from now on." in answer.talk
    assert "systemctl --user enable --now tuimail.service" in commands
    assert str(tuimail.folder / "settings" / "config.toml") in unit.read_text()


@pytest.mark.usefixtures("commands")
def test_programs_read_what_there_is(tuimail: Shell, home: Path) -> None:
    before = tuimail("serve", "--status", "--json").json
    after = tuimail("serve", "--install", "--json").json

    unit = home / ".config" / "systemd" / "user" / "tuimail.service"
    assert before == {
        "kind": "systemd",
        "path": str(unit),
        "workspace": "",
        "is_installed": False,
        "is_running": False,
        "sender": "",
    }
    assert after == before | {
        "workspace": str(tuimail.folder / "workspace"),
        "is_installed": True,
        "is_running": True,
    }


@pytest.mark.usefixtures("commands")
def test_an_account_that_needs_variables_is_told(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", "ada@example.org")
    monkeypatch.setenv("TUIMAIL_SMTP_HOST", "127.0.0.1")

    answer = tuimail("serve", "--install")

    assert "But not through environment: a service has neither" in answer.talk


@pytest.mark.usefixtures("commands")
def test_uninstalling_says_how_mail_leaves_then(tuimail: Shell) -> None:
    tuimail("serve", "--install")

    answer = tuimail("serve", "--uninstall")

    assert answer.text.startswith("service: not installed\n")
    assert "tuimail outbox run" in answer.talk


def test_what_would_be_written_can_be_looked_at(
    tuimail: Shell, commands: list[str], home: Path
) -> None:
    text = tuimail("serve", "--print").text
    document = tuimail("serve", "--print", "--json").json

    assert text == document["content"]
    assert "ExecStart=" in text
    assert not (home / ".config" / "systemd").exists()
    assert commands == []


def test_a_machine_without_services_says_so(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)

    shown = tuimail("serve", "--status")
    answer = tuimail("serve", "--install", "--json")

    assert shown.text.startswith("service: this machine has none\n")
    assert (answer.code, answer.error["code"]) == (4, "configuration")
    assert "tuimail serve" in answer.error["hint"]


@pytest.mark.usefixtures("commands")
def test_a_service_that_does_not_run_is_told(
    tuimail: Shell, home: Path, commands: list[str]
) -> None:
    tuimail("serve", "--install")
    commands.clear()

    assert tuimail("serve", "--status").text.startswith(
        "service: installed, not running\n"
    )


def test_only_one_thing_at_a_time_is_asked_for(tuimail: Shell) -> None:
    assert tuimail("serve", "--install", "--uninstall", "--json").code == 2


# The sender ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_it_sends_until_it_is_asked_to_end(
    tuimail: Shell, passing: Time, server: DemoServer, how: signal.Signals
) -> None:
    tuimail("send", "--to", "bob@partner.example", "--text", "x", "--wait", "0")
    holders: list[str] = []
    a_moment = Moments()

    def look() -> None:
        a_moment()
        if server.deliveries:
            with tuimail.open() as workspace:
                holders.append(workspace.sender_holder() or "")
        if len(holders) > 1:  # who sends was said once more since then
            os.kill(os.getpid(), how)

    passing.then = look

    answer = tuimail("serve")

    assert answer.code == 130
    assert "Sender: here" in answer.talk
    assert holders[0] == f"serve, pid {os.getpid()}"
    assert len(server.deliveries) == 1


@pytest.mark.slow
def test_it_tells_what_comes_up_while_somebody_looks(
    tuimail: Shell, passing: Time
) -> None:
    tuimail("send", "--to", "silent@example.net", "--text", "x", "--wait", "0")
    a_moment, ends = Moments(), 0

    def look() -> None:
        nonlocal ends
        a_moment()
        with tuimail.open() as workspace:
            if workspace.drafts.counts().unknown:
                ends += 1
        if ends > 1:
            os.kill(os.getpid(), signal.SIGTERM)

    passing.then = look

    answer = tuimail("serve", terminal=True)

    assert answer.talk.count("may or may not have arrived") == 1


def test_a_terminal_that_was_closed_is_no_mistake(tuimail: Shell) -> None:
    """What is said to nobody is dropped; the exit code is as if it was heard."""

    class Closed(Stream):
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

    Console(stdin=None, stdout=None, stderr=Closed()).say("Sender: here")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_asking_twice_cuts_nothing_off(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with asked_to_end() as asked:
        for _ in range(3):
            os.kill(os.getpid(), number)

        assert asked.is_set()
    assert signal.getsignal(number) is before


def test_what_was_ignored_from_the_start_is_ignored_further() -> None:
    """Under ``nohup`` the end of the terminal is not the end of the sender."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with asked_to_end() as asked:
            os.kill(os.getpid(), signal.SIGHUP)

            assert not asked.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
