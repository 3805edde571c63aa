"""The app on a real workspace, driven by the pilot, with clocks that stand still."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import textual.app
import textual.pilot
from textual import events
from textual._context import active_app
from textual.app import App, ScreenStackError
from textual.pilot import Pilot
from textual.widget import Widget

from tests.settings.conftest import desktop  # noqa: F401 - a fixture for tests here
from tests.tui.quick import quick
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.providers.base import ProviderAccount
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import save_accounts
from tuimail.testing import Answer, FakeClock, FakeProvider
from tuimail.tui.app import TuimailApp
from tuimail.tui.guard import QUIET_SECONDS
from tuimail.tui.screens.list_pane import ListPane
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.fields import Fields
from tuimail.workspace.progress import Watch
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MARA = "person:mara"
SALES = "agent:sales"
PATIENCE_SECONDS = 30.0
IDLE_SECONDS = 10.0
MOMENT_SECONDS = 0.02
UNDO = timedelta(seconds=10)

W = TypeVar("W", bound=Widget)


async def settled(_least: float = 0.0, _most: float = 1.0) -> None:
    """Wait until the loop has nothing to do, in the place of Textual's own wait.

    Textual's sleeps until the whole process uses no CPU, which a measured process,
    or one with a busy thread, does for a second at each key.
    """
    app = active_app.get()
    for _ in range(2):
        await _until_idle(app)
        with suppress(ScreenStackError):
            app.screen._on_timer_update()
    await _until_idle(app)


async def _until_idle(app: App[Any]) -> None:
    """Wait for what is ready to run, and a moment for what threads were asked."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() - begun < IDLE_SECONDS:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            continue
        is_asking = any(not one.is_finished for one in app.workers)
        if not is_asking or loop.time() - begun > MOMENT_SECONDS:
            return
        await asyncio.sleep(0.001)


@pytest.fixture(autouse=True, scope="session")
def quick_starts() -> Iterator[None]:
    with quick():
        yield


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", settled)


class Ticks:
    """A monotonic clock that moves only when keys are pressed calmly."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


class QuietSender:
    """Says who sends, and sends nothing."""

    def __init__(self) -> None:
        self.state = "here"
        self.calls: list[str] = []
        self.watch = Watch()

    def start(self) -> None:
        self.calls.append("start")

    def wake(self) -> None:
        self.calls.append("wake")

    def inquire(self, draft_id: str) -> bool:
        self.calls.append(f"inquire {draft_id}")
        return self.state == "here"

    def stop(self, *, timeout: float | None = None) -> bool:
        self.calls.append("stop")
        return True


@dataclass
class Desk:
    """The workspace behind the app, and what people and agents do with it."""

    root: Path
    config: Path
    answers: deque[Answer]
    """What the provider says to the next mails; then it takes everything."""
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    ticks: Ticks = field(default_factory=Ticks)
    sender: QuietSender = field(default_factory=QuietSender)

    def open(self, **more: Any) -> Workspace:
        return Workspace.open(
            self.root,
            config_path=self.config,
            actor=MARA,
            door="app",
            on_terminal=True,
            clock=self.clock,
            environ={},
            **more,
        )

    def save(self, *names: str) -> None:
        accounts = [
            AccountSettings(
                name=name,
                provider="fake",
                address=parse_address(f"Mara Lin <mara@{name}.example>", field="from"),
            )
            for name in names
        ]
        default = names[0] if names else ""
        save_accounts(self.config.with_name("accounts.toml"), accounts, default)

    def configure(self, text: str) -> None:
        self.config.write_text(text)

    def do(self, call: Callable[[Workspace], Row]) -> Row:
        with self.open() as workspace:
            return call(workspace)

    def hand_in(self, *, note: str = "as you asked", **changes: Any) -> Row:
        """Hand a draft in as an agent."""
        with self.open() as workspace, workspace.acting_as(SALES, door="http"):
            draft = workspace.drafts.compose(replace(FIELDS, **changes))
            return workspace.drafts.new(draft, note=note)

    def write(self, **changes: Any) -> Row:
        """Write a draft of one's own."""
        with self.open() as workspace:
            draft = workspace.drafts.compose(replace(FIELDS, **changes))
            return workspace.drafts.new(draft)

    def store(self, draft: Draft) -> Row:
        return self.do(lambda ws: ws.drafts.new(draft))

    def release(self, *, undo: timedelta = timedelta(0), **changes: Any) -> Row:
        """Write a mail and let it go."""
        row = self.write(**changes)
        return self.do(lambda ws: ws.outbox.send(row.id, revision=1, undo=undo))

    async def sent(self, *answers: Answer, **changes: Any) -> Row:
        """Write a mail, let it go, and have it offered to the provider."""
        self.answers.extend(answers)
        row = self.release(**changes)
        await asyncio.to_thread(drain, self.open)
        return self.row(row.id)

    def row(self, row_id: str) -> Row:
        return self.do(lambda ws: ws.drafts.row(row_id))

    def rows(self, *statuses: str) -> tuple[Row, ...]:
        with self.open() as workspace:
            return workspace.drafts.rows(statuses=frozenset(statuses))

    def page(self, row_id: str) -> Page:
        with self.open() as workspace:
            return workspace.drafts.page(row_id)

    def only(self, *statuses: str) -> Page:
        (row,) = self.rows(*statuses)
        return self.page(row.id)

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def app(self, **options: Any) -> TuimailApp:
        values: dict[str, Any] = {
            "sender": self.sender,
            "now": self.clock.now,
            "ticks": self.ticks,
        }
        return TuimailApp(Bridge(self.open), **(values | options))

    @asynccontextmanager
    async def show(
        self, *, size: tuple[int, int] = (80, 24), **options: Any
    ) -> AsyncIterator["Stage"]:
        """Run the app until the block ends; no mistake of ours may happen in it."""
        app = self.app(**options)
        async with app.run_test(size=size, notifications=True) as pilot:
            stage = Stage(self, app, pilot)
            await stage.until(lambda: app.pane is not None and app.pane.is_mounted)
            await stage.settle()
            yield stage
            assert app.mistakes == []


@dataclass
class Stage:
    """The running app, with hands and eyes."""

    desk: Desk
    app: TuimailApp
    pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys as a calm person does, who knows which two belong together."""
        for number, key in enumerate(keys):
            if number and not self.app.reader.is_holding:
                await asyncio.sleep(QUIET_SECONDS)
                await self.until(lambda: self.app._exit or not self.app.ahead.is_acting)
            self.desk.ticks.pass_by(2.0)
            await self.pilot.press(key)
        await self.settle()

    async def type_in(self, text: str) -> None:
        """Put text into the field with the focus, as a paste does."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()
        await self.settle()

    async def until(
        self, condition: Callable[[], object], *, mistakes: int = 0
    ) -> None:
        """Wait for something to become true; fail if it does not."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not condition():
            assert len(self.app.mistakes) <= mistakes, self.app.mistakes
            assert asyncio.get_running_loop().time() < deadline, self.text
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def until_shown(self, text: str) -> None:
        await self.until(lambda: text in self.text)

    async def settle(self) -> None:
        """Let what was asked be answered and shown."""
        await self.until(self._has_acted)
        for _ in range(2):
            await self.until(lambda: all(w.is_finished for w in self.app.workers))
            await self.pilot.pause()

    @property
    def is_shown(self) -> bool:
        """Whether the mail that is selected, where one is, was read beside its list."""
        pane = self.app.screen
        if not isinstance(pane, ListPane) or not pane.table.selected:
            return True
        shown = pane.detail.shown
        return shown is not None and shown.page.row.id == pane.table.selected

    def _has_acted(self) -> bool:
        """Whether the keys that were pressed did what they do."""
        app = self.app
        return app._exit or not (app.reader.is_holding or app.ahead.is_acting)

    def one(self, kind: type[W], selector: str = "") -> W:
        screen = self.app.screen
        return screen.query_one(selector, kind) if selector else screen.query_one(kind)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen."""
        return [
            "".join(segment.text for segment in strip)
            for strip in self.app.screen._compositor.render_strips()
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def footer(self) -> str:
        return self.lines[-1]


FIELDS = Fields(
    to=("Ana Novák <ana@example.net>",),
    subject="Q3 report",
    text="Hi Ana,\n\nthe numbers are below.\n",
)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is in Berlin."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(
        root=tmp_path / "mail", config=tmp_path / "config.toml", answers=deque()
    )

    class Scripted(FakeProvider):
        """Every instance of one test follows the one script."""

        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account)
            self.answers = made.answers

    def find(name: str) -> type[FakeProvider]:
        assert name == "fake"
        return Scripted

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", find)
    made.save("work")
    return made
