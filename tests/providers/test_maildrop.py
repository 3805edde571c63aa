"""The way out into a folder: whole files or none, and never two of one mail."""

import errno
import json
import os
import stat
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.core.drafts import a_draft, address, rendered
from tuimail.core.compose import envelope
from tuimail.core.message import Envelope
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.base import LookUp, ProviderAccount
from tuimail.providers.maildrop import MaildropProvider
from tuimail.testing import (
    ProviderContract,
    RecordedJob,
    Scene,
    Situation,
    envelope_to,
    job_of,
    standing_still_at_the_point,
)

ANA, BEN = "ana@example.net", "ben@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def full(*_arguments: Any, **_named: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TestMaildrop(ProviderContract):
    """A folder answers for everybody, refuses nobody, and is there or is a mistake."""

    situations = frozenset({Situation.TAKES, Situation.FAILS})

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        with (
            tempfile.TemporaryDirectory() as folder,
            pytest.MonkeyPatch.context() as it,
        ):
            if situation is Situation.FAILS:
                it.setattr(os, "fsync", full)
            yield Scene(
                provider=MaildropProvider(self.account(folder=folder)),
                copies=lambda: len(mails(Path(folder))),
            )


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def mails(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def provider_for(folder: Path) -> MaildropProvider:
    return MaildropProvider(
        ProviderAccount(
            name="work", options={"folder": str(folder)}, secret=lambda: None
        )
    )


def question(whom: Envelope, content: bytes = RecordedJob().content) -> LookUp:
    return LookUp(
        submission_id="submission",
        message_id="<one@example.org>",
        envelope=whom,
        idempotency_key="key",
        committed_at=NOW,
        handle=sha256(content).hexdigest(),
    )


def kinds(verdicts: Verdicts | None) -> set[VerdictKind]:
    return {one.kind for one in verdicts.by_recipient} if verdicts else set()


async def test_a_file_holds_the_message_and_one_beside_it_whom_it_is_for(
    tmp_path: Path,
) -> None:
    draft = a_draft(to=(address(ANA),), bcc=(address("hidden@bücher.example"),))
    recorded = RecordedJob(content=rendered(draft))
    verdicts = await provider_for(tmp_path).submit(
        replace(recorded.job, envelope=envelope(draft))
    )

    (file,) = mails(tmp_path)
    assert file.read_bytes() == rendered(draft)
    assert json.loads(file.with_name(f"{file.name}.json").read_text()) == {
        "from": "agent@corp.example",
        "recipients": [
            {"role": "to", "address": ANA},
            {"role": "bcc", "address": "hidden@xn--bcher-kva.example"},
        ],
        "message_id": "<one@example.org>",
        "submission_id": "submission",
        "sha256": sha256(rendered(draft)).hexdigest(),
    }
    assert len(everything_in(tmp_path)) == 2
    assert verdicts.by_recipient[0].receipt.provider_message_id == file.name
    assert verdicts.server == str(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of Unix")
async def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    await provider_for(tmp_path).submit(RecordedJob(ANA).job)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in everything_in(tmp_path)}
    assert modes == {0o600}


async def test_trying_again_makes_no_second_file(tmp_path: Path) -> None:
    provider = provider_for(tmp_path)
    await provider.submit(RecordedJob(ANA).job)
    verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {SENT}
    assert len(mails(tmp_path)) == 1


async def test_a_part_of_the_recipients_has_a_file_of_its_own(tmp_path: Path) -> None:
    provider = provider_for(tmp_path)
    await provider.submit(RecordedJob(ANA).job)
    await provider.submit(RecordedJob(BEN).job)

    assert len(mails(tmp_path)) == 2


async def test_files_sort_as_they_were_submitted(tmp_path: Path) -> None:
    provider = provider_for(tmp_path)
    for name in ("0ab2", "0ab1", "0ab3"):
        await provider.submit(job_of(RecordedJob(ANA).job, name))

    assert [file.name[:4] for file in mails(tmp_path)] == ["0ab1", "0ab2", "0ab3"]


async def test_everything_is_on_disk_before_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed, real = [], os.fsync

    def fsync(opened: int) -> None:
        flushed.append(
            (sorted(mails(tmp_path)) != [], stat.S_ISDIR(os.fstat(opened).st_mode))
        )
        real(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    await provider_for(tmp_path).submit(RecordedJob(ANA).job)

    assert flushed == [(False, False), (False, False), (True, True)]


async def test_nothing_is_there_before_the_point_of_no_return(tmp_path: Path) -> None:
    seen: list[list[str]] = []
    recorded = RecordedJob(ANA)

    async def point(handle: str = "") -> None:
        seen.append([path.suffix for path in everything_in(tmp_path)])
        await recorded.job.point_of_no_return(handle)

    await provider_for(tmp_path).submit(replace(recorded.job, point_of_no_return=point))

    assert seen == [[".tmp"]]


async def test_an_error_of_the_point_of_no_return_leaves_nothing(
    tmp_path: Path,
) -> None:
    """One of the disk's, too: it is the store's, and not this folder's."""
    recorded = RecordedJob(ANA, at_the_point=OSError(errno.EIO, "the store"))

    with pytest.raises(OSError, match="the store"):
        await provider_for(tmp_path).submit(recorded.job)

    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
async def test_a_full_disk_means_later_and_leaves_no_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    provider = provider_for(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path if call == "replace" else os, call, full)
        verdicts = await provider.submit(RecordedJob(ANA).job)
        left = [path for path in everything_in(tmp_path) if path.suffix != ".tmp"]

    assert kinds(verdicts) == {DEFERRED}
    assert "No space left" in verdicts.by_recipient[0].receipt.text
    assert left == []
    assert kinds(await provider.submit(RecordedJob(ANA).job)) == {SENT}


async def test_a_name_that_may_not_be_on_disk_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others see the file, but after a power cut nobody might."""
    real = os.fsync

    def fsync(opened: int) -> None:
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            full()
        real(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    verdicts = await provider_for(tmp_path).submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {VerdictKind.UNKNOWN}
    assert len(mails(tmp_path)) == 1


async def test_a_folder_that_nobody_may_list_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def opened(path: Any, flags: int, **named: Any) -> int:
        if flags == os.O_RDONLY:
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags, **named)

    monkeypatch.setattr(os, "open", opened)
    verdicts = await provider_for(tmp_path).submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {SENT}


@pytest.fixture(params=["missing", "a file", "locked"])
def no_folder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    folder = tmp_path / "drop"
    if request.param == "a file":
        folder.write_text("")
    if request.param == "locked":
        folder.mkdir()
        real = os.open

        def opened(path: Any, *rest: Any, **named: Any) -> int:
            if Path(path).parent == folder:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return real(path, *rest, **named)

        monkeypatch.setattr(os, "open", opened)
        monkeypatch.setattr(os, "access", lambda *_: False)
    return folder


async def test_a_folder_that_cannot_be_written_into_holds_the_account(
    no_folder: Path,
) -> None:
    recorded = RecordedJob(ANA)
    provider = provider_for(no_folder)
    verdicts = await provider.submit(recorded.job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SETTINGS
    assert "point" not in recorded.events
    assert (check.ok, check.fault) == (False, AccountFault.SETTINGS)
    assert check.error
    assert str(no_folder) in check.hint


async def test_a_check_says_how_much_room_there_is(tmp_path: Path) -> None:
    check = await provider_for(tmp_path).check()

    assert check.ok
    assert check.endpoint == str(tmp_path)
    assert check.limits["free_bytes"] > 0
    assert everything_in(tmp_path) == []


async def test_a_file_that_is_there_tells_that_mail_was_taken(tmp_path: Path) -> None:
    provider, recorded = provider_for(tmp_path), RecordedJob(ANA)
    before = await provider.look_up(question(recorded.job.envelope))
    await provider.submit(recorded.job)

    assert before is None
    assert kinds(await provider.look_up(question(recorded.job.envelope))) == {SENT}
    assert await provider.look_up(question(envelope_to(BEN))) is None


async def test_it_is_asked_by_what_was_named_at_the_point(tmp_path: Path) -> None:
    handles: list[str] = []

    async def point(handle: str = "") -> None:
        handles.append(handle)

    job = replace(RecordedJob(ANA).job, point_of_no_return=point)
    await provider_for(tmp_path).submit(job)

    assert handles == [question(job.envelope).handle]


@pytest.mark.parametrize("there", ["other bytes", "half", "link", "folder", "fifo"])
async def test_what_is_not_that_file_proves_nothing(tmp_path: Path, there: str) -> None:
    if there == "fifo" and sys.platform == "win32":
        pytest.skip("pipes of Unix")
    provider, recorded = provider_for(tmp_path), RecordedJob(ANA)
    await provider.submit(recorded.job)
    (file,) = mails(tmp_path)
    whole = file.read_bytes()
    file.unlink()
    match there:
        case "other bytes":
            file.write_bytes(whole[:-1] + b"x")
        case "half":
            file.write_bytes(whole[:-1])
        case "link":
            elsewhere = tmp_path / "elsewhere"
            elsewhere.write_bytes(whole)
            file.symlink_to(elsewhere)
        case "folder":
            file.mkdir()
        case "fifo":
            os.mkfifo(file)

    assert await provider.look_up(question(recorded.job.envelope)) is None


async def test_a_half_beside_says_nothing_about_who_read_the_whole(
    tmp_path: Path,
) -> None:
    """A power cut can undo the name of a file that was read and sent by then."""
    provider, recorded = provider_for(tmp_path), RecordedJob(ANA)
    await provider.submit(recorded.job)
    (file,) = mails(tmp_path)
    file.rename(tmp_path / f".{file.name}.tmp")

    assert await provider.look_up(question(recorded.job.envelope)) is None


async def test_halves_of_a_program_that_was_killed_are_removed(tmp_path: Path) -> None:
    old = [".one-0123abcd.eml.tmp", ".one-0123abcd.eml.json.tmp"]
    kept = [".two-0123abcd.eml.tmp", ".notes.tmp", "one-0123abcd.eml", "x.eml.tmp"]
    for name in (*old, *kept):
        (tmp_path / name).write_text("half a ma")
        if name != kept[0]:
            os.utime(tmp_path / name, (0, 0))
    await provider_for(tmp_path).submit(RecordedJob(ANA).job)

    left = {path.name for path in everything_in(tmp_path)}
    assert left.isdisjoint(old)
    assert left.issuperset(kept)


async def test_what_was_left_behind_does_no_harm(tmp_path: Path) -> None:
    """After a power cut in the middle of writing."""
    job, stop = standing_still_at_the_point(RecordedJob(ANA).job)
    provider = provider_for(tmp_path)
    stop.goes_on.set()
    await provider.submit(job)
    (file,) = mails(tmp_path)
    (tmp_path / f".{file.name}.tmp").write_text("half a ma")
    verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {SENT}
    assert file.read_bytes() == RecordedJob().content


@pytest.mark.parametrize("given", [{}, {"folder": "drop"}, {"folder": 7}])
def test_a_folder_has_a_whole_path(given: dict[str, str | int | bool]) -> None:
    account = ProviderAccount(name="work", options=given, secret=lambda: None)

    with pytest.raises(ConfigurationError) as raised:
        MaildropProvider(account)

    assert raised.value.field == "folder"


def test_any_message_is_taken_and_nothing_beside_it(tmp_path: Path) -> None:
    provider = provider_for(tmp_path)
    provider.accept(a_draft(), envelope(a_draft()))
    asking = a_draft(service=ServiceOptions(track_opens=True))

    with pytest.raises(UnsupportedFeatureError, match="folder"):
        provider.accept(asking, envelope(asking))
