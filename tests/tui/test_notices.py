"""What is told once: in the pane, by the terminal, on the desktop."""

import os
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.conftest import NOW, Desk, Stage
from tuimail.core.submission import AccountFault
from tuimail.store.notices import ACCOUNT_HELD
from tuimail.tui import notices
from tuimail.tui.notices import Teller, desktop_notice, terminal_notice, told
from tuimail.workspace.notices import NoticeView

HOSTILE = "535 \x1b]52;c;aaaa\x07 \x9b31m <b>\u202eno</b> & [b]x[/b]\nno."
XTERM = {"TERM": "xterm-256color", "DISPLAY": ":0"}


def hold(desk: Desk, account: str = "work", reason: str = "535 no.") -> None:
    with desk.open() as workspace:
        stores = workspace._stores
        with stores.database.transaction():
            stores.accounts.hold(account, reason, AccountFault.LOGIN, NOW)
            stores.notices.add(
                kind=ACCOUNT_HELD, subject=account, sentence=reason, at=NOW
            )


def untold(desk: Desk) -> int:
    with desk.open() as workspace:
        return len(workspace.notices.untold())


def view(number: int = 1, sentence: str = "It is held.") -> NoticeView:
    return NoticeView(
        number=number, kind="access_lost", about="", sentence=sentence, hint="Mend it."
    )


class Heard:
    """What the terminal and the desktop were told."""

    def __init__(self, stage: Stage, environ: dict[str, str]) -> None:
        self.rung: list[str] = []
        self.run: list[Sequence[str]] = []
        is_loud = stage.app.teller.is_loud
        stage.app.teller = Teller(
            self.rung.append,
            environ=environ,
            which=lambda name: f"/usr/bin/{name}",
            run=self.run.append,
        )
        stage.app.teller.is_loud = is_loud


# In the app ---------------------------------------------------------------------


async def test_what_was_not_told_is_told_when_the_app_opens(desk: Desk) -> None:
    hold(desk)

    async with desk.show() as stage:
        await stage.until(lambda: "The account work is held: 535 no." in stage.text)
        assert "R lets it send" in " ".join(stage.text.split())
        await stage.until(lambda: untold(desk) == 0)


async def test_what_comes_up_is_told_where_the_person_is(desk: Desk) -> None:
    async with desk.show() as stage:
        heard = Heard(stage, XTERM)
        await stage.press("3")
        hold(desk)
        await stage.until(lambda: "The account work is held" in stage.text)
        await stage.until(lambda: untold(desk) == 0)

    assert heard.rung == ["\x1b]9;tuimail: The account work is held: 535 no.\x07"]
    assert heard.run == [
        (
            "/usr/bin/notify-send", "--app-name=tuimail", "--", "tuimail",
            "The account work is held: 535 no.",
        )
    ]  # fmt: skip


async def test_nothing_is_told_twice(desk: Desk) -> None:
    """Looked at again before it is written down that it was told."""
    hold(desk)
    async with desk.show() as stage:
        heard = Heard(stage, XTERM)
        hold(desk, "other")
        for _ in range(3):
            stage.app.workspace_changed()
        await stage.until(lambda: untold(desk) == 0)
        stage.app.workspace_changed()
        await stage.settle()

    assert sum("account other" in one for one in heard.rung) == 1


async def test_the_words_of_a_server_act_on_nothing(desk: Desk) -> None:
    async with desk.show() as stage:
        heard = Heard(stage, XTERM)
        hold(desk, reason=HOSTILE)
        await stage.until(lambda: untold(desk) == 0)
        await stage.until(lambda: "[b]x[/b]" in stage.text)

    (rung,), (run,) = heard.rung, heard.run
    assert rung.startswith("\x1b]9;tuimail: ")
    assert rung.endswith("\x07")
    inside = rung.removeprefix("\x1b]9;").removesuffix("\x07")
    assert inside.isprintable()
    assert "&lt;b&gt;" in run[-1]
    assert "<b>" not in run[-1]
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\n"} & set(run[-1])


async def test_a_person_may_want_it_told_in_the_app_only(desk: Desk) -> None:
    desk.configure("notify = false\n")

    async with desk.show() as stage:
        heard = Heard(stage, XTERM)
        hold(desk)
        await stage.until(lambda: "The account work is held" in stage.text)

    assert (heard.rung, heard.run) == ([], [])


async def test_a_test_of_the_app_rings_at_no_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    async with desk.show() as stage:
        monkeypatch.setattr(stage.app._driver, "write", rung.append)
        stage.app.ring("\x1b]9;x\x07")

        assert rung == []


# The words ----------------------------------------------------------------------


def test_one_thing_is_told_with_its_way_on() -> None:
    assert told([view()], {}) == ("It is held.", "Mend it.")


def test_of_several_the_first_is_told_and_the_others_are_counted() -> None:
    assert told([view(1), view(2), view(3)], {}) == (
        "It is held.",
        "Mend it. (And 2 more: see the Outbox.)",
    )


@pytest.mark.parametrize("term", ["", "dumb", "linux"])
def test_a_terminal_that_does_not_know_the_sequence_gets_none(term: str) -> None:
    assert terminal_notice(view(), {"TERM": term}) == ""


def test_a_long_sentence_is_cut() -> None:
    sequence = terminal_notice(view(sentence="x" * 5_000), XTERM)

    assert "x" * 100 in sequence
    assert len(sequence) < 300


@pytest.mark.parametrize(
    "environ",
    [
        {"DISPLAY": ":0"},
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"},
    ],
)
def test_a_desktop_is_told(environ: dict[str, str]) -> None:
    assert desktop_notice(view(), environ, which=lambda name: name)


def test_without_a_desktop_nothing_is_run() -> None:
    assert desktop_notice(view(), {}, which=lambda name: name) == ()
    assert desktop_notice(view(), XTERM, which=lambda _name: None) == ()


async def test_where_neither_can_be_told_the_pane_tells_it(desk: Desk) -> None:
    async with desk.show() as stage:
        heard = Heard(stage, {})
        hold(desk)
        await stage.until(lambda: "The account work is held" in stage.text)

    assert (heard.rung, heard.run) == ([], [])


# The program --------------------------------------------------------------------


def test_a_program_is_run_and_not_waited_for(tmp_path: Path) -> None:
    """It cannot go on before somebody reads, which happens after the call."""
    mark = tmp_path / "mark"
    os.mkfifo(mark)

    notices.in_background(["sh", "-c", f"echo told > {mark}"])

    assert mark.read_text() == "told\n"


def test_a_program_that_is_not_there_is_no_mistake() -> None:
    notices.run_quietly(["/nowhere/notify-send"])


def test_a_program_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "DESKTOP_SECONDS", 0.05)
    seen: list[float] = []
    run = subprocess.run

    def timed(command: Sequence[str], **rest: float) -> object:
        seen.append(rest["timeout"])
        return run(command, **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", timed)

    notices.run_quietly(["sleep", str(timedelta(minutes=1).total_seconds())])

    assert seen == [0.05]
