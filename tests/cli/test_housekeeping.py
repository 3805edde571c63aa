import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.cli import housekeeping
from tuimail.testing import FakeClock
from tuimail.workspace.clock import SystemClock


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of every workspace that is opened from now on."""
    fake = FakeClock(datetime.now(UTC) - timedelta(days=100))
    monkeypatch.setattr(SystemClock, "now", lambda _clock: fake.now())
    return fake


@pytest.fixture(autouse=True)
def old(tuimail: Shell, time: FakeClock, account: str) -> list[str]:
    """Two drafts that were thrown away and one that waits, a hundred days ago."""
    file = tuimail.folder / "q3.pdf"
    file.write_bytes(b"%PDF-1.7")
    attached = (("--attach", str(file)), (), ())
    ids: list[str] = [tuimail.submit(*words)["id"] for words in attached]
    for one in ids[:2]:
        tuimail("discard", one)
    time.advance(timedelta(days=100))
    return ids


def _ids(tuimail: Shell) -> set[str]:
    return {one["id"] for one in tuimail("list", "--json").json["mails"]}


def test_old_mail_that_is_settled_is_removed(tuimail: Shell, old: list[str]) -> None:
    answer = tuimail("purge", "--older-than", "90", "--json")

    assert answer.code == 0
    assert answer.json["mails"] == 2
    assert answer.json["by_status"] == {"discarded": 2}
    assert answer.json["freed_bytes"] > 0
    assert answer.json["is_dry_run"] is False
    assert _ids(tuimail) == {old[2]}


def test_a_person_is_told_what_went(tuimail: Shell) -> None:
    answer = tuimail("purge", "--older-than", "90")

    assert answer.text == "discarded: 2\n"
    assert answer.talk.startswith("2 mails and 0 attachments were removed, ")
    assert "Their lines in the journal stay." in answer.talk


def test_younger_mail_stays(tuimail: Shell) -> None:
    assert tuimail("purge", "--older-than", "101", "--json").json["mails"] == 0


def test_a_day_may_be_named(tuimail: Shell, time: FakeClock) -> None:
    today = time.now().astimezone()
    before = (today - timedelta(days=101)).date().isoformat()
    after = (today - timedelta(days=98)).date().isoformat()

    assert tuimail("purge", "--older-than", before, "--json").json["mails"] == 0
    assert tuimail("purge", "--older-than", after, "--json").json["mails"] == 2


def test_a_dry_run_only_says_what_would_go(tuimail: Shell, old: list[str]) -> None:
    answer = tuimail("purge", "--older-than", "90", "--dry-run")
    found = tuimail("purge", "--older-than", "90", "--dry-run", "--json").json

    assert answer.text == "discarded: 2\n"
    assert answer.talk == "2 mails would go. Nothing was removed.\n"
    assert (found["is_dry_run"], found["mails"], found["freed_bytes"]) == (True, 2, 0)
    assert set(old) <= _ids(tuimail)


def test_only_some_statuses_may_be_meant(tuimail: Shell) -> None:
    flags = ("--status", "sent", "--status", "error")

    assert tuimail("purge", "--older-than", "9", *flags, "--json").json["mails"] == 0
    assert (
        tuimail("purge", "--older-than", "9", "--status", "discarded", "--json").json[
            "mails"
        ]
        == 2
    )


@pytest.mark.parametrize("word", ["review", "unknown", "draft", "ready"])
def test_what_waits_cannot_be_meant(tuimail: Shell, word: str) -> None:
    answer = tuimail("purge", "--older-than", "9", "--status", word, "--json")

    assert (answer.code, answer.error["field"]) == (2, "status")


@pytest.mark.parametrize(
    "text", ["0", "-1", "x", "2027-13-01", "99999999", "1.5", "\u0661"]
)
def test_an_age_that_is_none_is_refused(tuimail: Shell, text: str) -> None:
    answer = tuimail("purge", f"--older-than={text}", "--json")

    assert (answer.code, answer.error["field"]) == (2, "older-than")


def test_how_old_has_to_be_said(tuimail: Shell) -> None:
    """There is no age at which mail is old by itself."""
    answer = tuimail("purge", "--json")

    assert (answer.code, answer.error["field"]) == (2, "older-than")


def test_a_day_to_come_is_refused(tuimail: Shell, time: FakeClock) -> None:
    day = (time.now() + timedelta(days=2)).date().isoformat()

    answer = tuimail("purge", "--older-than", day, "--json")

    assert (answer.code, answer.error["code"]) == (1, "field")


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "purge.after_commit",
        "purge.after_copy",
        "purge.after_copy:kill:2",
        "purge.after_files",
        "purge.after_attachments",
    ],
)
def test_a_purge_that_is_killed_is_finished_by_the_next(
    tuimail: Shell, old: list[str], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """A real process and a real SIGKILL, wherever it may hit."""
    root = tuimail.folder / "workspace"
    (root / ".faults").touch()
    _age_attachments(root)
    assert _attachments(root)
    monkeypatch.setenv("TUIMAIL_FAULT", point if ":" in point else f"{point}:kill")
    purge = [sys.executable, "-m", "tuimail", "purge", "--older-than", "90"]

    killed = subprocess.run(purge, check=False, capture_output=True)
    monkeypatch.delenv("TUIMAIL_FAULT")
    after = tuimail("purge", "--older-than", "90", "--json")

    assert killed.returncode == -signal.SIGKILL
    assert after.code == 0
    left = [path.name for path in (root / "outbound").iterdir() if path.is_dir()]
    assert [name for name in left if not name.startswith(".")] == [old[2]]
    assert _attachments(root) == []
    assert _ids(tuimail) == {old[2]}
    assert tuimail("audit", "verify").code == 0


def _attachments(root: Path) -> list[Path]:
    return [path for path in (root / "blobs").rglob("*") if path.is_file()]


def _age_attachments(root: Path) -> None:
    for path in (root / "blobs").rglob("*"):
        os.utime(path, (0, 0))


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (2_340_000, "2.34 MB"),
        (7_000_000_000, "7 GB"),
    ],
)
def test_sizes_are_said_in_units_that_people_read(size: int, text: str) -> None:
    assert housekeeping._size(size) == text
