"""A workspace, the processes on it, and the mail server that it sends to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tests.end_to_end.command import Done, Tuimail, environ_for, write_accounts
from tests.faults.process import Process
from tests.faults.server import MailServer
from tests.faults.waiting import DEADLINE_SECONDS, eventually
from tuimail.testing import FakeClock
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.faults import MARKER
from tuimail.workspace.fields import Fields
from tuimail.workspace.row_views import row_view
from tuimail.workspace.sender import Sender
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

USER: Final = "ada"
PASSWORD: Final = "correct-horse-battery-7f2a9c"
"""In no file of the workspace, no log, and nothing that is said."""
PASSWORD_VARIABLE: Final = "FAULTS_PASSWORD"
LOGINS: Final = {USER: PASSWORD}
TO, CC, HIDDEN = "bob@example.net", "carol@example.net", "dora@example.net"
LONG_TEXT: Final = "A line of the body.\n" * 8_000
"""Longer than one piece, so that there is a middle of the body."""


def account_table(
    name: str, port: int, *, tls: str = "none", more: str = "", host: str = "127.0.0.1"
) -> str:
    """Return the settings of one account; ``more`` are further lines."""
    return f"""
[accounts.{name}]
provider = "smtp"
address = "Ada Lovelace <{name}@example.org>"
host = "{host}"
port = {port}
tls = "{tls}"
username = "{USER}"
allow_clear_auth = true
password = "env:{PASSWORD_VARIABLE}"
{more}"""


@dataclass(kw_only=True)
class Place:
    """What a fault happens to; ``invariants.check`` looks at all of it."""

    folder: Path
    servers: list[MailServer]
    tuimail: Tuimail
    clock: Clock = SYSTEM_CLOCK
    """For what happens in this process."""
    acknowledged: set[str] = field(default_factory=set)
    """Ids of all mail that somebody was told is stored."""
    said: list[str] = field(default_factory=list)
    """Everything that commands which have ended wrote."""
    started: list[Process] = field(default_factory=list)
    scratch: Path | None = None
    """Where processes write what they say, where ``folder`` may be full."""
    points: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens, in this process, when a named point is reached."""

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.tuimail.root

    @property
    def server(self) -> MailServer:
        """The server of the account ``work``."""
        return self.servers[0]

    def configure(self, *tables: str) -> None:
        """Have the accounts be these; the first is the default."""
        name = tables[0].split("[accounts.")[1].split("]")[0]
        write_accounts(self.folder, f'default_account = "{name}"\n' + "\n".join(tables))

    def open(self) -> Workspace:
        """Open the workspace in this process, as its person."""
        workspace = Workspace.open(
            self.root,
            config_path=self.folder / "config.toml",
            actor="person:ada",
            door="cli",
            on_terminal=True,
            clock=self.clock,
            environ=self.tuimail.environ,
        )
        workspace._stores.fault = self._reached
        return workspace

    def _reached(self, point: str) -> None:
        self.points.get(point, _go_on)()

    def write(self, **changes: Any) -> str:
        """Store one mail, to three of whom one is hidden, and return its id."""
        with self.open() as workspace:
            return self._written(workspace, **changes)

    def _written(self, workspace: Workspace, **changes: Any) -> str:
        values: dict[str, Any] = {"to": (TO,), "cc": (CC,), "bcc": (HIDDEN,)}
        values |= {"subject": "Once", "text": "Hello.\n"}
        draft = workspace.drafts.compose(Fields(**(values | changes)))
        row = workspace.drafts.new(draft)
        self.acknowledged.add(row.id)
        return row.id

    def release(self, draft_id: str, **options: Any) -> str:
        """Let stored mail leave, as its author; nobody sends it yet."""
        with self.open() as workspace:
            workspace.outbox.send(draft_id, revision=1, **options)
        return draft_id

    def waiting(self, **changes: Any) -> str:
        """Store and release one mail in this process; return its id."""
        (draft_id,) = self.several(1, **changes)
        return draft_id

    def several(self, number: int, **changes: Any) -> list[str]:
        """Store and release so many mails in this process; return their ids."""
        with self.open() as workspace:
            ids = [self._written(workspace, **changes) for _ in range(number)]
            for draft_id in ids:
                workspace.outbox.send(draft_id, revision=1)
        return ids

    def drain(self) -> None:
        """Send what is due in this process, as the sender would."""
        asyncio.run(self._drain())

    def send_here(self) -> None:
        """Recover, and send what is due, in this process.

        As ``send_due``, at a tenth of its cost.
        """
        with self.open() as workspace:
            lock = workspace.sender_lock()
            assert lock.acquire("test"), lock.holder()
            try:
                workspace.take_over()
                self.drain()
            finally:
                lock.release()

    async def _drain(self) -> None:
        async with Bridge(self.open) as bridge:
            await Sender(bridge, jitter=lambda: 1.0).drain()

    def advance(self, **by: float) -> None:
        """Move the clock of this process on, or back; it must be a fake one."""
        assert isinstance(self.clock, FakeClock)
        self.clock.advance(timedelta(**by))

    def allow_faults(self) -> None:
        """Make the workspace one for fault tests; it must be there."""
        (self.root / MARKER).touch()

    def run(self, *words: str, fault: str = "") -> Done:
        """Run a command and wait for it to end; what it says is kept."""
        done = self.tuimail.run(*words, fault=fault)
        self.said += [done.out, done.err]
        return done

    def start(
        self,
        *words: str,
        fault: str = "",
        before: Sequence[str] = (),
        into: int | None = None,
    ) -> Process:
        """Start a command in the background; it is ended with the test.

        Args:
            words: The command's.
            fault: What is to happen to it, and where.
            before: Another command, which is to run it.
            into: Where it is to write, instead of to files.
        """
        process = Process(
            *words,
            cwd=self.folder,
            environ=self.tuimail.environ_with(fault),
            said=(self.scratch or self.folder) / f"said{len(self.started)}",
            before=before,
            into=into,
        )
        self.started.append(process)
        return process

    def start_sender(self, *, fault: str = "") -> Process:
        """Start a sender that stays."""
        return self.start("outbox", "run", fault=fault)

    def send_due(self, *, fault: str = "") -> Done:
        """Run a sender, in a process of its own, until nothing is due."""
        return self.run("outbox", "run", "--drain", fault=fault)

    def killed_at(self, point: str, *words: str, nth: int = 1) -> None:
        """Run one command that must be killed at ``point``."""
        self.start(*words, fault=f"{point}:kill:{nth}").wait_for_kill()

    def killed_while_sending(self, point: str, *, nth: int = 1) -> None:
        """Run a sender that must be killed at ``point``."""
        self.killed_at(point, "outbox", "run", "--drain", nth=nth)

    def status(self, draft_id: str) -> str:
        """Return where one mail stands."""
        return self.statuses()[draft_id]

    def statuses(self) -> dict[str, str]:
        """Return where each mail stands, by its id."""
        return self._rows(lambda row: row.status)

    def reasons(self) -> dict[str, str]:
        """Return why each mail waits or failed, by its id."""
        return self._rows(lambda row: row.reason)

    def _rows(self, of: Callable[[Row], str]) -> dict[str, str]:
        with self.open() as workspace:
            stores = workspace._stores
            listed = stores.rows.rows(limit=1_000_000)
            rows = [row_view(stores, one) for one in listed]
        return {row.id: of(row) for row in rows}

    def wait_for(
        self, draft_id: str, *wanted: str, seconds: float = DEADLINE_SECONDS
    ) -> None:
        """Wait until one mail stands at one of ``wanted``."""
        with self.open() as workspace:
            came = eventually(
                lambda: workspace.drafts.row(draft_id).status in wanted,
                seconds=seconds,
            )
            row = workspace.drafts.row(draft_id)
        said = [process.err for process in self.started]
        assert came, f"{draft_id} is {row.status}, not {wanted}: {row.reason} {said}"

    def end_all(self) -> None:
        """Kill what is left of what was started."""
        for process in self.started:
            if process.is_running:
                process.kill()


def _go_on() -> None:
    """Nothing happens at a point that no test has named."""


def make_place(folder: Path, server: MailServer, **changes: Any) -> Place:
    """Return a place in ``folder`` whose account ``work`` sends to ``server``."""
    environ = {**environ_for(folder), PASSWORD_VARIABLE: PASSWORD}
    place = Place(
        folder=folder,
        servers=[server],
        tuimail=Tuimail(folder=folder, environ=environ),
        **changes,
    )
    place.configure(account_table("work", server.port))
    place.open().close()
    place.allow_faults()
    return place
