"""The shell: opening, the panes, the sender, help, mistakes, leaving."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from textual import events
from textual.filter import Monochrome
from textual.widgets import Input, TextArea

from tests.tui.conftest import FIELDS, Desk, QuietSender, Stage
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import FullDiskError, StoreError
from tuimail.providers.base import SendJob
from tuimail.testing import verdicts_for
from tuimail.tui import departure, themes
from tuimail.tui.app import TuimailApp, run_app
from tuimail.tui.inert import InertFilter
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.help import MistakeScreen
from tuimail.tui.screens.keys_help import HelpScreen
from tuimail.tui.screens.over import ConfirmScreen, LeavingScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.widgets.key_line import KeyLine
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.tab_line import TabLine
from tuimail.tui.widgets.text_view import TextView
from tuimail.tui.widgets.top_line import TopLine
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.sending import SenderThread
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


def shows(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


def fails() -> Workspace:
    raise StoreError("The disk is gone.", hint="Look for it.")


@pytest.mark.parametrize(
    ("key", "pane"),
    [
        ("1", "review"),
        ("2", "compose"),
        ("3", "outbox"),
        ("4", "sent"),
        ("5", "accounts"),
        ("f3", "drafts"),
    ],
)
async def test_the_number_keys_show_the_panes(desk: Desk, key: str, pane: str) -> None:
    start = "sent" if pane == "review" else "review"

    async with desk.show(start=start) as stage:
        await stage.press(key)
        await stage.until(lambda: stage.app.current_mode == pane)
        shown = stage.lines[0]

    assert "Review" in shown


async def test_a_pane_is_shown_by_a_click_on_its_name(desk: Desk) -> None:
    async with desk.show() as stage:
        place = stage.lines[0].index("Outbox")
        await stage.pilot.click(TopLine, offset=(place, 0))
        await stage.until(lambda: stage.app.current_mode == "outbox")
        await stage.pilot.click(TopLine, offset=(79, 0))

    assert stage.app.current_mode == "outbox"


async def test_a_click_on_a_key_presses_it(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        place = stage.footer.index("approve")
        desk.ticks.pass_by(2)
        await stage.pilot.click(KeyLine, offset=(place, 0))
        await stage.until(lambda: shows(stage, ReleaseScreen))
        await stage.press("escape")
        await stage.pilot.click(KeyLine, offset=(79, 0))


async def test_a_click_on_a_tab_opens_it(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        row = next(line for line in stage.lines if "Headers" in line)
        x = row.index("Headers") - row.index("Text") + 1
        await stage.pilot.click(TabLine, offset=(x, 0))
        await stage.until_shown("Subject: Q3 report")
        await stage.pilot.click(TabLine, offset=(49, 0))


async def test_the_top_line_counts_and_says_who_sends(desk: Desk) -> None:
    desk.hand_in()
    await desk.sent(VerdictKind.UNKNOWN)
    desk.release()

    async with desk.show(size=(140, 30)) as stage:
        desk.sender.state = "held by serve, pid 412"
        await stage.until_shown("sender: serve, pid 412")
        shown = stage.lines[0]
        desk.sender.state = "The disk is full."
        await stage.until_shown("NOBODY SENDS: The disk is full. Alt-s starts it here.")
        alarm = stage.lines[0]
        await stage.press("alt+s")

    assert "Review 1" in shown
    assert "Outbox 2 (1 unknown)" in shown
    assert "NOBODY SENDS" in alarm
    assert desk.sender.calls.count("start") == 2


async def test_a_narrow_top_line_speaks_of_the_sender_only_when_nobody_sends(
    desk: Desk,
) -> None:
    desk.sender.state = "here"
    async with desk.show(size=(60, 20)) as stage:
        assert "send" not in stage.lines[0].casefold()
        desk.sender.state = "The disk is full."
        await stage.until_shown("NOBODY SENDS")


async def test_what_another_process_writes_appears_by_itself(desk: Desk) -> None:
    async with desk.show() as stage:
        desk.hand_in(subject="from outside")
        await stage.until_shown("from outside")


async def test_the_sender_in_the_background_sends_and_the_panes_follow(
    desk: Desk,
) -> None:
    desk.release(subject="on its way")
    sender = SenderThread(desk.open)

    async with desk.show(start="sent", sender=sender) as stage:
        await stage.until_shown("on its way")
        await stage.until(lambda: stage.app.sender_state == "here")

    assert sender.state == "stopped"
    assert [row.status for row in desk.rows("sent")] == ["sent"]


async def test_the_keyboard_works_while_the_workspace_is_busy(desk: Desk) -> None:
    desk.hand_in(subject="first")
    desk.hand_in(subject="second")
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    async with desk.show() as stage:
        before = stage.one(MailTable).selected

        def wait(workspace: Workspace) -> None:
            del workspace
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()

        pane = stage.app.pane
        assert pane is not None
        pane.ask(wait, lambda _answer: None)
        await stage.pilot.press("j")
        moved = stage.one(MailTable).selected
        gate.set()

    assert moved != before


async def test_help_lists_the_keys_of_the_pane_and_closes(desk: Desk) -> None:
    async with desk.show(size=(100, 60)) as stage:
        await stage.press("question_mark")
        await stage.until(lambda: shows(stage, HelpScreen))
        shown = stage.one(TextView).text
        await stage.press("f1", "escape")
        await stage.until(lambda: not shows(stage, HelpScreen))

    assert "Look at who gets it and what was found" in shown
    assert "Every pane" in shown


async def test_help_works_from_a_field_and_over_a_dialog(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        await stage.press("a")
        await stage.until(lambda: shows(stage, ReleaseScreen))
        await stage.press("f1")
        await stage.until_shown("Approve these exact bytes")
        await stage.press("escape", "escape", "2")
        await stage.until(lambda: shows(stage, ComposeScreen))
        await stage.press("f1")
        await stage.until(lambda: shows(stage, HelpScreen))


async def test_the_persons_own_keys_work_and_are_shown(desk: Desk) -> None:
    desk.configure('[keys]\n"review.approve" = "ctrl+a"\n"pane.outbox" = "9"\n')
    desk.hand_in()

    async with desk.show() as stage:
        footer, top = stage.footer, stage.lines[0]
        await stage.press("ctrl+a")
        await stage.until(lambda: shows(stage, ReleaseScreen))

    assert "Ctrl-a approve" in footer
    assert "9 Outbox" in top


async def test_a_key_that_clashes_is_told_and_the_app_starts(desk: Desk) -> None:
    desk.configure('[keys]\n"review.approve" = "x"\n')

    async with desk.show(size=(100, 60)) as stage:
        await stage.until(lambda: "already means" in stage.one(Notice).text)
        await stage.press("question_mark")
        await stage.until_shown("x already means review.reject")


async def test_looks_and_keys_follow_the_persons_files_at_once(desk: Desk) -> None:
    desk.hand_in()
    own = desk.config.with_name("own-keys.toml")

    async with desk.show() as stage:
        app = stage.app
        before = stage.text
        await stage.press("m", "escape", "1")
        own.write_text('"review.approve" = "ctrl+a"\n"pane.outbox" = "9"\n')
        desk.configure(
            'theme = "light"\nglyphs = "ascii"\nmotion = "none"\n'
            '[keys]\nfile = "own-keys.toml"\n'
        )
        app.look_at_settings()
        await stage.until(lambda: "Ctrl-a approve" in stage.footer)
        await stage.until(lambda: "9 Outbox" in stage.lines[0])
        worn, moves, text = app.theme, app.moves, stage.text
        blinks = app.writing.query_one(Input).cursor_blink
        app.change_theme("ocean")
        own.write_text('"review.approve" = "x"\n')
        app.look_at_settings()
        await stage.until(lambda: "own-keys.toml, line 1" in stage.one(Notice).text)
        kept, key = app.theme, "a approve" in stage.footer
        desk.configure("motion = 3")
        app.look_at_settings()
        await stage.until(lambda: "stays as it was" in stage.one(Notice).text)
        desk.configure("")
        app.look_at_settings()
        again = (app.theme, app.moves, app.writing.query_one(Input).cursor_blink)

    assert "▸" in before
    assert "▸" not in text
    assert text.replace("á", "a").isascii()
    assert (worn, moves, blinks) == ("light", False, False)
    assert (kept, key) == ("ocean", True)
    assert again == ("dark", True, True)


async def test_the_persons_theme_is_used(desk: Desk) -> None:
    desk.configure('theme = "light"\n')

    async with desk.show() as stage:
        theme = stage.app.theme

    assert theme == "light"


async def test_a_broken_theme_is_told_and_the_app_starts(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "themes"
    folder.mkdir()
    shipped = themes.folder() / "dark.toml"
    (folder / "dark.toml").write_text(shipped.read_text())
    (folder / "mine.toml").write_text('primary = "nonsense"\n')
    desk.configure('theme = "mine"\n')

    async with desk.show(theme_folder=folder) as stage:
        await stage.until(lambda: stage.one(Notice).text)
        told = stage.one(Notice).text
        theme = stage.app.theme

    assert "mine.toml" in told
    assert "primary" in told
    assert theme == "dark"


async def test_without_colour_every_state_is_still_a_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk.release()

    async with desk.show(start="outbox") as stage:
        filters = stage.app.get_line_filters()
        shown = stage.text

    assert any(isinstance(one, Monochrome) for one in filters)
    assert isinstance(filters[-1], InertFilter)
    assert "ready" in shown


async def test_a_refusal_is_a_row_with_its_hint_and_goes_when_all_is_well(
    desk: Desk,
) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        pane = stage.app.pane
        assert pane is not None
        pane.ask(lambda ws: ws.drafts.row("gone"), lambda _row: None)
        await stage.until(lambda: stage.one(Notice).text)
        told = stage.one(Notice).text
        pane.done(row, "done")
        after = stage.one(Notice).text

    assert "gone" in told
    assert after == ""


async def test_a_mistake_in_a_call_is_told_and_the_app_goes_on(desk: Desk) -> None:
    def mistaken(workspace: Workspace) -> None:
        password = "hunter2"
        raise KeyError(f"{len(password)} [/b]")

    app = desk.app()
    async with app.run_test() as pilot:
        stage = Stage(desk, app, pilot)
        await stage.until(lambda: app.pane is not None and app.pane.is_mounted)
        assert app.pane is not None
        app.pane.ask(mistaken, lambda _answer: None)
        await stage.until(lambda: shows(stage, MistakeScreen), mistakes=1)
        await pilot.pause()
        shown = stage.text
        await pilot.press("o")
        await pilot.pause()
        report = stage.text
        await pilot.press("c")
        await pilot.pause()
        copied = app.clipboard
        await pilot.press("q")
        is_running = app.is_running

    assert "KeyError" in shown
    assert "hunter2" not in shown + report + copied
    assert "test_app.py:" in report
    assert "in mistaken" in copied
    assert is_running
    assert len(app.mistakes) == 1


async def test_a_mistake_in_a_handler_ends_the_app_without_telling_values(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    app = desk.app()

    def mistaken() -> None:
        password = "hunter2"
        raise KeyError(str(len(password)))

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.pause()
            app.call_later(mistaken)
            app.call_later(mistaken)
            await pilot.pause()

    with pytest.raises(KeyError):
        await run()

    printed = capsys.readouterr()
    told = printed.out + printed.err
    assert "tuimail had to stop" in told
    assert "KeyError in test_app.py" in told
    assert "hunter2" not in told
    assert "mistake.txt" in told.replace("\n", "")
    assert app.return_code == 1


async def test_a_workspace_that_does_not_open_ends_the_app(desk: Desk) -> None:
    app = TuimailApp(Bridge(fails), sender=desk.sender)

    async with app.run_test() as pilot:
        await Stage(desk, app, pilot).until(lambda: not app.is_running)

    assert isinstance(app.failure, StoreError)
    assert desk.sender.calls == ["stop"]


def test_a_workspace_that_does_not_open_is_an_error_of_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(app: TuimailApp, **_options: bool) -> None:
        app.failure = ERROR

    monkeypatch.setattr(TuimailApp, "run", fail)

    with pytest.raises(StoreError, match="gone"):
        run_app(fails)


def test_running_returns_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(app: TuimailApp, **_options: bool) -> None:
        app._return_code = 3

    monkeypatch.setattr(TuimailApp, "run", end)

    assert run_app(fails) == 3


def test_what_was_imported_is_not_looked_through_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TuimailApp, "run", lambda _app, **_options: None)
    gc.unfreeze()

    run_app(fails)

    assert gc.get_freeze_count() > 0
    gc.unfreeze()


ERROR = StoreError("The disk is gone.")


async def test_the_sender_starts_with_the_app_and_stops_with_it(desk: Desk) -> None:
    async with desk.show():
        during = list(desk.sender.calls)

    assert during == ["start"]
    assert desk.sender.calls == ["start", "stop"]


async def test_leaving_saves_what_is_being_written(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        stage.one(Input, "#subject").value = "not lost"
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    assert desk.only("draft").draft.subject == "not lost"


async def test_leaving_with_nothing_under_way_asks_nothing(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)


async def test_leaving_tells_that_mail_waits(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.release()

    async with desk.show() as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    said = " ".join(capsys.readouterr().err.split())
    assert "1 message waits in the outbox" in said
    assert "--workspace" in said


async def test_leaving_a_workspace_that_goes_says_nothing_of_its_mail(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command it named would send the person's own waiting mail."""
    desk.release()

    async with desk.show(is_kept=False) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    assert "waits in the outbox" not in capsys.readouterr().err


async def test_leaving_says_nothing_where_somebody_else_sends(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.release()
    desk.sender.state = "held by serve, pid 412"

    async with desk.show() as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    assert capsys.readouterr().err == ""


class Slow:
    """A provider's answer that takes until it is let go."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.gate = asyncio.Event()

    async def __call__(self, job: SendJob) -> Verdicts:
        self.loop = asyncio.get_running_loop()
        await self.gate.wait()
        _ = [piece async for piece in job.pieces()]
        await job.point_of_no_return()
        return verdicts_for(job.envelope, VerdictKind.SENT)

    def let_go(self) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.gate.set)


async def test_leaving_while_mail_is_handed_over_asks_and_can_wait(
    desk: Desk,
) -> None:
    slow = Slow()
    desk.answers.append(slow)
    desk.release()

    async with desk.show(sender=SenderThread(desk.open)) as stage:
        await stage.until(lambda: slow.loop is not None)
        await stage.until(lambda: stage.app.sender_state == "here")
        await stage.press("ctrl+q")
        await stage.until(lambda: shows(stage, LeavingScreen))
        await stage.press("escape")
        await stage.until(lambda: not shows(stage, LeavingScreen))
        await stage.press("ctrl+q")
        await stage.until(lambda: shows(stage, LeavingScreen))
        await stage.press("w")
        slow.let_go()
        await stage.until(lambda: not stage.app.is_running)

    assert [row.status for row in desk.rows("sent")] == ["sent"]


async def test_leaving_now_leaves_now(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure, "STOP_SECONDS", 0.01)
    slow = Slow()
    desk.answers.append(slow)
    desk.release()
    sender = SenderThread(desk.open)

    async with desk.show(sender=sender) as stage:
        await stage.until(lambda: slow.loop is not None)
        await stage.until(lambda: stage.app.sender_state == "here")
        await stage.press("ctrl+q")
        await stage.until(lambda: shows(stage, LeavingScreen))
        await stage.press("q")
        await stage.until(lambda: not stage.app.is_running)

    slow.let_go()
    await asyncio.to_thread(sender.stop)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes no new draft."""

    def new(*_given: object, **_named: object) -> Row:
        raise FullDiskError("The disk is full.", hint="Make room.")

    monkeypatch.setattr(DraftDesk, "new", new)


@pytest.mark.usefixtures("full")
async def test_what_cannot_be_saved_is_not_lost_without_a_question(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        stage.one(TextArea, "#text-part").load_text("precious")
        await stage.press("ctrl+q")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        shown = stage.text
        await stage.press("escape")
        await stage.until(lambda: shows(stage, ComposeScreen))
        kept = stage.one(TextArea, "#text-part").text
        await stage.press("ctrl+q")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("y")
        await stage.until(lambda: not stage.app.is_running)

    assert "The disk is full. Make room." in shown
    assert kept == "precious"


async def test_a_signal_saves_what_is_being_written_and_leaves(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        stage.one(Input, "#subject").value = "not lost"
        stage.app.leave_at_once()
        await stage.until(lambda: not stage.app.is_running)

    assert desk.only("draft").draft.subject == "not lost"


@pytest.mark.usefixtures("full")
async def test_a_signal_leaves_even_when_nothing_can_be_saved(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        stage.one(Input, "#subject").value = "lost"
        stage.app.leave_at_once()
        await stage.until(lambda: not stage.app.is_running)


async def test_a_signal_leaves_a_pane_where_nothing_is_written(desk: Desk) -> None:
    async with desk.show() as stage:
        stage.app.leave_at_once()
        await stage.until(lambda: not stage.app.is_running)


async def test_signals_are_listened_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(
        loop, "add_signal_handler", lambda number, _call: asked.append(number)
    )

    desk.app()._departure.on_signals()

    assert asked == [signal.SIGTERM, signal.SIGHUP]


async def test_leaving_before_the_workspace_is_open_asks_nobody(desk: Desk) -> None:
    app = desk.app()
    async with app.run_test() as pilot:
        app.panes.clear()
        app.action_leave()
        await Stage(desk, app, pilot).until(lambda: not app.is_running)


async def test_keys_are_counted_once_however_they_travel(desk: Desk) -> None:
    async with desk.show() as stage:
        before = stage.app.guard.presses
        await stage.pilot.press("z")
        after = stage.app.guard.presses
        stage.app.post_message(events.Paste("zzz"))
        await stage.pilot.pause()

    assert after == before + 1


async def test_drawing_again_changes_nothing(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show() as stage:
        before = stage.text
        await stage.press("ctrl+l")
        after = stage.text

    assert before == after


def test_the_fields_of_the_tests_are_mail() -> None:
    assert FIELDS.to
    assert QuietSender().state == "here"


@pytest.mark.slow
def test_the_app_is_imported_without_the_providers(home: Path) -> None:
    code = "import sys, tuimail.tui.app; print('aiosmtplib' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(home)},
    )

    assert done.stdout == "False\n"


async def test_the_key_that_used_to_leave_says_which_one_does(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("ctrl+c")
        await stage.until_shown("Ctrl-q leaves tuimail.")


async def test_trouble_while_looking_for_changes_ends_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Workspace] = []

    def fail(workspace: Workspace) -> int:
        asked.append(workspace)
        raise StoreError("The disk is gone.")

    monkeypatch.setattr(Workspace, "data_version", fail)

    async with desk.show() as stage:
        await stage.until(lambda: asked)
        await stage.settle()
        is_running = stage.app.is_running

    assert is_running
