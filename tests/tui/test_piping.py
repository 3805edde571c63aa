"""A message handed to a command of the person's."""

import asyncio
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.lives import Life
from tests.tui.conftest import Desk
from tuimail.tui.piping import MOST_BYTES, Piped, piped
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.pipe import PipeScreen
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.tui.widgets.text_view import TextView

MUCH = b"0123456789abcdef" * 64 * 1024


async def test_the_command_reads_the_message_and_its_words_come_back() -> None:
    found = await piped("tr a-z A-Z; echo wrong >&2; exit 3", b"hi there\r\n")

    assert found == Piped(status=3, printed=b"HI THERE\r\nwrong\n")


async def test_what_reads_nothing_and_what_prints_much_hold_nobody_up() -> None:
    reads_nothing = await piped("true", MUCH * 4)
    prints_much = await piped("cat; cat /dev/zero | head -c 1000", MUCH)

    assert reads_nothing == Piped(status=0, printed=b"")
    assert len(prints_much.printed) == MOST_BYTES
    assert prints_much.is_cut


async def test_a_command_has_no_terminal() -> None:
    found = await piped("cat < /dev/tty || echo none", b"")

    assert found.printed.endswith(b"none\n")


async def test_a_command_that_takes_too_long_is_ended_with_what_it_started(
    tmp_path: Path,
) -> None:
    with closing(Life(tmp_path)) as life:
        found = await piped(f"{life.held('sleep 1000')} & wait", b"", seconds=1)

        assert await life.ended()
    assert found.status is None


async def test_what_left_the_group_of_its_command_holds_nobody_up(
    tmp_path: Path,
) -> None:
    leaves = "import os, time; os.setsid(); print(os.getpid()); time.sleep(1000)"
    with closing(Life(tmp_path)) as life:
        command = f'"{sys.executable}" -uc "{leaves}" | tee "{life.path}" & wait'
        waiting = asyncio.ensure_future(piped(command, b""))
        left = int(await life.begun())

        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        os.kill(left, signal.SIGKILL)


async def test_a_command_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    with closing(Life(tmp_path)) as life:
        waiting = asyncio.ensure_future(piped(life.held("sleep 1000"), b""))
        assert await life.begun()

        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert await life.ended()


async def test_a_command_nobody_waits_for_when_it_is_there_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, start = asyncio.Event(), asyncio.create_subprocess_exec

    async def slow_to_return(*words: Any, **named: Any) -> Any:
        process = await start(*words, **named)
        await may_go_on.wait()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slow_to_return)
    with closing(Life(tmp_path)) as life:
        waiting = asyncio.ensure_future(piped(life.held("sleep 1000"), b""))
        assert await life.begun()

        waiting.cancel()
        await asyncio.sleep(0)
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert await life.ended()


async def test_where_there_is_no_shell_nobody_waits_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tuimail.tui.piping._HERE", "/nowhere/sh")
    waiting = asyncio.ensure_future(piped("true", b""))
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(FileNotFoundError):
        await piped("true", b"")


async def test_the_selected_mail_is_piped_and_what_is_printed_is_inert(
    desk: Desk,
) -> None:
    desk.write(subject="Plan", text="The plan.", bcc=("eve@example.net",))

    async with desk.show() as stage:
        stage.app.go("drafts")
        await stage.until_shown("Plan")
        await stage.press("vertical_line")
        dialog = stage.app.screen
        await stage.press("enter")
        asked = stage.text
        await stage.type_in("cat; printf '\\033]52;c;eA\\007[red]x[/]'")
        stage.app.guard._at = stage.app.guard.now()
        await stage.pilot.press("enter")
        too_quick = stage.text
        await stage.press("ctrl+e")
        await stage.press("enter")
        await stage.until(lambda: stage.one(TextView, "#printed").display)
        await stage.settle()
        printed = stage.text
        await stage.press("shift+tab")
        await stage.press("escape")

    assert isinstance(dialog, PipeScreen)
    assert "Type a command first" in asked
    assert "Too quick" in too_quick
    assert "Subject: Plan" in printed
    assert "␛]52;c;eA␇[red]x[/]" in printed
    assert "eve@" not in printed


async def test_what_is_being_written_is_piped_as_it_would_leave(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        form = stage.one(MailForm)
        form.put("subject", "Plan")
        form.query_one("#to", AddressField).value = "ana@example.net"
        form.query_one("#bcc", AddressField).value = "secret@example.net"
        form.insert("text", "Half a")
        await stage.press("escape", "vertical_line")
        await stage.until(lambda: isinstance(stage.app.screen, PipeScreen))
        await stage.type_in("grep -ci -e plan -e secret -e 'half a'")
        await stage.press("enter")
        await stage.until(lambda: stage.one(TextView, "#printed").display)
        printed = stage.one(TextView, "#printed").text
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, ComposeScreen))

    assert printed.strip() == "2"


async def test_how_a_command_ended_is_said(desk: Desk) -> None:
    async with desk.show() as stage:
        stage.app.push_screen(PipeScreen(b"bytes", command="exit 4"))
        await stage.settle()
        await stage.press("enter")
        await stage.until_shown("It ended with 4.")
        await stage.press("ctrl+u")
        await stage.type_in("true")
        await stage.press("enter")
        await stage.until_shown("It ended well, and printed nothing.")
        await stage.press("ctrl+u")
        await stage.type_in("sleep 60")
        desk.ticks.pass_by(2.0)
        await stage.pilot.press("enter")
        await stage.until_shown("It runs…")
        await stage.pilot.press("escape")
        await stage.settle()
        is_back = not isinstance(stage.app.screen, PipeScreen)

    assert is_back
