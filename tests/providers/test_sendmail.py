"""The way out through a program, against programs that end in every way."""

import asyncio
import errno
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, Final

import pytest

from tests.core.drafts import a_draft
from tests.lives import Life
from tuimail.core.compose import envelope
from tuimail.core.service import ServiceOptions
from tuimail.core.status import reason
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers import sendmail
from tuimail.providers.base import ProviderAccount
from tuimail.providers.sendmail import SendmailProvider
from tuimail.testing import (
    ProviderContract,
    RecordedJob,
    Scene,
    Situation,
    standing_still_at_the_point,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of Unix")

ANA, BEN = "ana@example.net", "ben@example.net"
DEFERRED, REFUSED = VerdictKind.DEFERRED, VerdictKind.REFUSED
UNKNOWN, QUEUED = VerdictKind.UNKNOWN, VerdictKind.QUEUED
TAKES: Final = 'cat > "$taken/$$"; printf "%s\\n" "$@" > "$told/$$"'
SCRIPTS: Final = {
    Situation.TAKES: TAKES,
    Situation.REFUSES: "cat > /dev/null; echo 'no sender'; exit 65",
    Situation.BREAKS_OFF: "head -c 100 > /dev/null; echo 'no space'; exit 75",
    Situation.SILENT: f"{TAKES}; kill -9 $$",
    Situation.FAILS: "cat > /dev/null; echo 'cannot fork'; exit 71",
    Situation.GARBAGE: f"{TAKES}; exit 1",
}
"""Left out: it says one thing for everybody, nobody logs in, nothing is between, and
no program asks for a time; one that is not there is a setting that is wrong."""


class Program:
    """A program of a few lines, and what it was given."""

    def __init__(self, folder: Path, script: str) -> None:
        self.taken, self.told = folder / "taken", folder / "told"
        self.taken.mkdir()
        self.told.mkdir()
        self.path = folder / "sendmail"
        self.path.write_text(
            f"#!/bin/sh\ntaken='{self.taken}'\ntold='{self.told}'\n{script}\n"
        )
        self.path.chmod(0o700)

    @property
    def copies(self) -> int:
        return len(list(self.taken.iterdir()))

    @property
    def message(self) -> bytes:
        (file,) = self.taken.iterdir()
        return file.read_bytes()

    @property
    def arguments(self) -> list[str]:
        (file,) = self.told.iterdir()
        return file.read_text().splitlines()

    def provider(self, more: str = "", **named: Any) -> SendmailProvider:
        command = f"{self.path} {more}".strip()
        account = ProviderAccount(
            name="work", options={"command": command}, secret=lambda: None
        )
        return SendmailProvider(account, **named)


class TestSendmail(ProviderContract):
    situations = frozenset(SCRIPTS)

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        with tempfile.TemporaryDirectory() as folder:
            program = Program(Path(folder), SCRIPTS[situation])
            yield Scene(
                provider=SendmailProvider(self.account(command=str(program.path))),
                copies=lambda: program.copies,
            )


async def submitted(
    folder: Path, script: str, *recipients: str, **named: Any
) -> Verdicts:
    program = Program(folder, script)
    return await program.provider(**named).submit(RecordedJob(*recipients).job)


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


async def test_the_program_gets_the_message_and_whom_it_is_for(tmp_path: Path) -> None:
    program, recorded = Program(tmp_path, TAKES), RecordedJob("-oQ/tmp@x.example", BEN)
    verdicts = await program.provider("-a 'my work'").submit(recorded.job)

    assert program.message == recorded.content.replace(b"\r\n", b"\n")
    assert program.arguments == [
        *("-a", "my work", "-i", "-f", "ada@example.org", "--"),
        *("-oQ/tmp@x.example", BEN),
    ]
    assert kinds(verdicts) == [QUEUED, QUEUED]
    assert verdicts.server == str(program.path)


async def test_a_report_has_nobody_to_bounce_to(tmp_path: Path) -> None:
    program, recorded = Program(tmp_path, TAKES), RecordedJob(ANA)
    whom = replace(recorded.job.envelope, return_path="")
    await program.provider().submit(replace(recorded.job, envelope=whom))

    assert program.arguments[:3] == ["-i", "-f", "<>"]


CODES: Final[list[tuple[int, VerdictKind | AccountFault]]] = [
    (1, UNKNOWN),
    (64, AccountFault.SETTINGS),
    (65, REFUSED),
    (66, AccountFault.SETTINGS),
    (70, UNKNOWN),
    (71, DEFERRED),
    (72, AccountFault.SETTINGS),
    (73, DEFERRED),
    (74, UNKNOWN),
    (75, DEFERRED),
    (76, UNKNOWN),
    (77, AccountFault.LOGIN),
    (78, AccountFault.SETTINGS),
    (200, UNKNOWN),
]


@pytest.mark.parametrize(("code", "outcome"), CODES)
async def test_an_exit_code_means(
    tmp_path: Path, code: int, outcome: VerdictKind | AccountFault
) -> None:
    verdicts = await submitted(tmp_path, f"echo 'in words'; exit {code}", ANA, BEN)

    if isinstance(outcome, AccountFault):
        assert (verdicts.fault, verdicts.by_recipient) == (outcome, ())
        assert verdicts.fault_receipt.text == "in words"
    else:
        assert (verdicts.fault, kinds(verdicts)) == (None, [outcome, outcome])
        assert {one.receipt.text for one in verdicts.by_recipient} == {"in words"}


@pytest.mark.parametrize(
    ("code", "kind", "is_bad"),
    [(67, REFUSED, True), (68, DEFERRED, False), (69, REFUSED, False)],
)
async def test_a_code_about_one_recipient_says_nothing_about_several(
    tmp_path: Path, *, code: int, kind: VerdictKind, is_bad: bool
) -> None:
    """Sendmail itself has sent to the others then."""
    alone = await submitted(tmp_path, f"exit {code}", ANA)
    (tmp_path / "again").mkdir()
    several = await submitted(tmp_path / "again", f"exit {code}", ANA, BEN)

    assert kinds(alone) == [kind]
    assert alone.by_recipient[0].is_bad_address is is_bad
    assert kinds(several) == [UNKNOWN, UNKNOWN]


async def test_a_program_that_says_nothing_is_spoken_for(tmp_path: Path) -> None:
    verdicts = await submitted(tmp_path, "exit 75")

    receipt = verdicts.by_recipient[0].receipt
    assert receipt.text == "The program ended with exit code 75, and said nothing."
    assert reason(receipt, DEFERRED).startswith("This machine did not take")


async def test_so_much_of_what_it_says_is_kept(tmp_path: Path) -> None:
    verdicts = await submitted(tmp_path, "yes | head -c 100000; exit 75")

    assert 1000 < len(verdicts.by_recipient[0].receipt.text) < 2001


class Patience:
    """A clock that stands still until the patience is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = 0.0
        clock = SimpleNamespace(monotonic=lambda: self._now)
        monkeypatch.setattr(sendmail, "time", clock)

    def ends(self) -> None:
        self._now += sendmail.PATIENCE.total_seconds()


async def test_a_program_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it started, whose mail would follow what was sent again by then."""
    patience = Patience(monkeypatch)
    with closing(Life(tmp_path)) as life:
        program = Program(tmp_path, f"{life.held(f'sleep 1000; {TAKES}')} & wait")
        submitting = asyncio.create_task(
            program.provider().submit(RecordedJob(ANA).job)
        )
        assert await life.begun()
        patience.ends()
        verdicts = await submitting

        assert await life.ended()
    assert kinds(verdicts) == [UNKNOWN]
    assert "had not ended" in verdicts.by_recipient[0].receipt.text
    assert program.copies == 0


async def test_what_it_says_without_end_fills_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    cut = sendmail._Files.cut

    def counted(files: sendmail._Files) -> None:
        cut(files)
        sizes.append(os.fstat(files.said.fileno()).st_size)

    monkeypatch.setattr(sendmail, "MOST_SAID", 10_000)
    monkeypatch.setattr(sendmail._Files, "cut", counted)
    verdicts = await submitted(tmp_path, "echo first; yes | head -c 100000; exit 75")

    assert sizes[-1] == sendmail.TEXT_LIMIT
    assert verdicts.by_recipient[0].receipt.text.startswith("first")


async def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    """Sendmail may go on delivering, with what it was given still open."""
    script = 'cat > /dev/null; sleep 1000 & echo $! > "$told/pid"; exit 0'
    program = Program(tmp_path, script)
    verdicts = await program.provider().submit(RecordedJob(ANA).job)
    os.kill(int((program.told / "pid").read_text()), 9)

    assert kinds(verdicts) == [QUEUED]


async def test_what_was_begun_is_ended_without_us(tmp_path: Path) -> None:
    """It has the whole message, whatever becomes of who gave it."""
    begun, goes_on, ended = (tmp_path / name for name in ("begun", "goes_on", "ended"))
    for fifo in (begun, goes_on, ended):
        os.mkfifo(fifo)
    script = f"echo > {begun}; cat {goes_on}; {TAKES}; echo > {ended}"
    program = Program(tmp_path, script)
    submitting = asyncio.create_task(program.provider().submit(RecordedJob(ANA).job))
    await asyncio.to_thread(begun.read_bytes)
    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting
    await asyncio.to_thread(goes_on.write_bytes, b"go")
    await asyncio.to_thread(ended.read_bytes)

    assert program.message == RecordedJob().content.replace(b"\r\n", b"\n")


async def test_nothing_is_started_before_the_point_of_no_return(tmp_path: Path) -> None:
    program = Program(tmp_path, TAKES)
    job, stop = standing_still_at_the_point(RecordedJob(ANA).job)
    submitting = asyncio.create_task(program.provider().submit(job))
    await stop.is_reached.wait()
    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting

    assert program.copies == 0


async def test_a_program_that_is_not_there_holds_the_account(tmp_path: Path) -> None:
    program, recorded = Program(tmp_path, TAKES), RecordedJob(ANA)
    provider = program.provider()
    program.path.unlink()
    verdicts = await provider.submit(recorded.job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert str(program.path) in verdicts.fault_receipt.text
    assert "point" not in recorded.events
    assert (check.ok, check.fault) == (False, AccountFault.SETTINGS)
    assert "command" in check.hint


@pytest.mark.parametrize(
    ("start", "says", "is_seen_before"),
    [
        (b"\x7fELF no program", "format", False),
        (b"echo no first line\n", "format", True),
        (b"", "format", True),
        (b"#!/no/such/interpreter -x\n", "No such file", True),
        (b"#! \n", "", True),
    ],
)
async def test_a_file_that_cannot_be_started_holds_the_account(
    tmp_path: Path, start: bytes, says: str, *, is_seen_before: bool
) -> None:
    """Nothing left, and nothing will until a person mends it."""
    program = Program(tmp_path, TAKES)
    program.path.write_bytes(start)
    verdicts = await program.provider().submit(RecordedJob(ANA).job)
    check = await program.provider().check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert says in verdicts.fault_receipt.text
    assert check.ok is not is_seen_before
    assert check.fault is (AccountFault.SETTINGS if is_seen_before else None)


async def test_a_program_that_may_only_be_started_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def secret(*_arguments: Any) -> IO[bytes]:
        raise PermissionError(errno.EACCES, "no")

    program = Program(tmp_path, TAKES)
    monkeypatch.setattr(Path, "open", secret)

    assert (await program.provider().check()).ok


async def test_so_many_people_that_no_command_holds_them_are_refused(
    tmp_path: Path,
) -> None:
    long = "a" * 200_000 + "@example.net"
    verdicts = await Program(tmp_path, TAKES).provider().submit(RecordedJob(long).job)

    assert kinds(verdicts) == [REFUSED]
    assert "too many recipients" in verdicts.by_recipient[0].receipt.text


async def test_what_it_cannot_start_for_a_while_means_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_arguments: Any, **_named: Any) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    program = Program(tmp_path, TAKES)
    monkeypatch.setattr("subprocess.Popen", busy)
    verdicts = await program.provider().submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == [DEFERRED]


async def test_a_full_disk_means_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> IO[bytes]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    recorded = RecordedJob(ANA)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    verdicts = await Program(tmp_path, TAKES).provider().submit(recorded.job)

    assert kinds(verdicts) == [DEFERRED]
    assert "No space left" in verdicts.by_recipient[0].receipt.text
    assert "point" not in recorded.events


async def test_our_own_settings_are_not_shown_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_PASSWORD", "a secret")
    monkeypatch.setenv("MAILRC", "mine")
    verdicts = await submitted(tmp_path, 'echo "$MAILRC$TUIMAIL_PASSWORD"; exit 75')

    assert verdicts.by_recipient[0].receipt.text == "mine"


@pytest.mark.parametrize("command", ["sendmail", "./sendmail", "'/usr/sbin/", "''"])
def test_a_command_that_may_be_another_is_refused(command: str) -> None:
    account = ProviderAccount(
        name="work", options={"command": command}, secret=lambda: None
    )

    with pytest.raises(ConfigurationError, match="whole path") as raised:
        SendmailProvider(account)

    assert raised.value.field == "command"


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    places = [tmp_path / "sbin", tmp_path / "lib"]
    monkeypatch.setattr(sendmail, "USUAL", tuple(map(str, places)))
    return places


async def test_the_usual_place_is_looked_at_where_none_is_named(
    usual: list[Path],
) -> None:
    provider = SendmailProvider(
        ProviderAccount(name="work", options={}, secret=lambda: None)
    )
    without = await provider.check()
    usual[1].write_text("#!/bin/sh\n")
    usual[1].chmod(0o700)
    check = await provider.check()

    assert (without.ok, without.endpoint) == (False, str(usual[0]))
    assert (check.ok, check.endpoint) == (True, str(usual[1]))


def test_any_message_is_taken_and_nothing_beside_it(tmp_path: Path) -> None:
    provider = Program(tmp_path, TAKES).provider()
    provider.accept(a_draft(), envelope(a_draft()))
    asking = a_draft(service=ServiceOptions(template_id="welcome"))

    with pytest.raises(UnsupportedFeatureError, match="sendmail"):
        provider.accept(asking, envelope(asking))
