"""Finding and opening the workspace that is meant."""

import errno
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError, WorkspaceRefusedError
from tuimail.workspace.clock import SYSTEM_CLOCK, new_id, new_message_id
from tuimail.workspace.faults import MARKER, fault_hook
from tuimail.workspace.opening import open_workspace, person
from tuimail.workspace.workspace import Workspace


def test_a_named_workspace_is_made_and_remembered(tmp_path: Path) -> None:
    named = tmp_path / ".tuimail"
    environ = {"TUIMAIL_CONFIG": str(tmp_path / "config.toml")}

    for workspace in (named, None):
        opened = open_workspace(
            environ=environ,
            cwd=tmp_path,
            workspace=workspace,
            config=None,
            door="cli",
            on_terminal=False,
        )
        with opened:
            assert opened.root == named
            assert opened.actor.startswith("person:")
            assert opened.door == "cli"


def test_a_folder_somebody_else_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".tuimail").mkdir(mode=0o700)

    with pytest.raises(WorkspaceRefusedError):
        open_workspace(
            environ={"TUIMAIL_CONFIG": str(tmp_path / "config.toml")},
            cwd=tmp_path,
            workspace=None,
            config=None,
            door="cli",
            on_terminal=False,
        )


def test_a_named_workspace_opens_where_no_settings_can_be_written(
    tmp_path: Path,
) -> None:
    """As in a container whose settings are all variables."""
    settings = tmp_path / "etc"
    settings.symlink_to(tmp_path / "nowhere")
    environ = {
        "TUIMAIL_CONFIG": str(settings / "tuimail.toml"),
        "TUIMAIL_WORKSPACE": str(tmp_path / "mail"),
        "TUIMAIL_ADDRESS": "ada@example.org",
        "TUIMAIL_PROVIDER": "dummy",
    }

    with open_workspace(
        environ=environ,
        cwd=tmp_path,
        workspace=None,
        config=None,
        door="cli",
        on_terminal=False,
    ) as opened:
        assert opened.config.account().provider == "dummy"
    assert not settings.exists()


def test_a_list_that_says_something_else_is_still_an_error(tmp_path: Path) -> None:
    (tmp_path / "workspaces.toml").write_text("workspaces = 1\n")

    with pytest.raises(ConfigurationError, match="is not a table"):
        open_workspace(
            environ={"TUIMAIL_CONFIG": str(tmp_path / "config.toml")},
            cwd=tmp_path,
            workspace=tmp_path / "mail",
            config=None,
            door="cli",
            on_terminal=False,
        )


def test_what_may_only_be_looked_at_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its id could not be written, and looking at it needs none."""
    root, config = tmp_path / "copy", tmp_path / "settings" / "config.toml"

    def opened() -> Workspace:
        return open_workspace(
            environ={"TUIMAIL_CONFIG": str(config)},
            cwd=tmp_path,
            workspace=root,
            config=None,
            door="cli",
            on_terminal=False,
        )

    opened().close()
    (root / "workspace.id").unlink()
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    monkeypatch.setattr("tuimail.store.read_only._is_disk_read_only", lambda _: True)

    with opened() as workspace:
        assert workspace.is_read_only
        assert workspace.drafts.counts().drafts == 0

    assert not (root / "workspace.id").exists()


def test_a_user_without_a_name_is_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid 12345")

    monkeypatch.setattr("getpass.getuser", nameless)

    assert person() == "person:owner"


def test_ids_sort_by_time_and_never_repeat() -> None:
    now = SYSTEM_CLOCK.now()
    ids = {new_id(now) for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(one) for one in ids} == {16}
    assert new_id(now, lambda n: b"\xff" * n) < new_id(
        now.replace(year=now.year + 1), bytes
    )


def test_an_id_is_its_moment_and_chance_in_letters_and_digits() -> None:
    now = datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)

    assert new_id(now, lambda n: bytes(range(250, 250 + n))) == "06eavhmtzfxfqz7x"
    assert new_id(datetime.fromtimestamp(0, UTC), bytes) == "0" * 16


def test_a_message_id_is_in_the_senders_domain() -> None:
    assert new_message_id("example.org").endswith("@example.org>")
    assert new_message_id("[IPv6:2001:db8::1]").endswith("@IPv6.2001.db8..1>")


@pytest.mark.parametrize(
    ("value", "marked"),
    [("", True), ("claim:kill", False), ("claim:explode", True), ("other:kill", True)],
)
def test_faults_happen_only_where_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, *, marked: bool
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
    if marked:
        (tmp_path / MARKER).touch()

    fault_hook(tmp_path, {"TUIMAIL_FAULT": value})("claim")

    assert killed == []


def test_a_fault_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
    (tmp_path / MARKER).touch()

    fault_hook(tmp_path, {"TUIMAIL_FAULT": "claim:kill"})("claim")

    assert len(killed) == 1


def test_a_fault_comes_at_the_nth_time_and_no_more(tmp_path: Path) -> None:
    """Also where the workspace was opened again between them."""
    (tmp_path / MARKER).touch()
    environ = {"TUIMAIL_FAULT": "claim:raise:3"}
    fault = fault_hook(tmp_path, environ)
    fault("claim")
    fault("other")
    fault("claim")
    again = fault_hook(tmp_path, environ)

    with pytest.raises(RuntimeError, match="asked for"):
        again("claim")

    again("claim")
    fault("claim")


def test_faults_can_be_several(tmp_path: Path) -> None:
    (tmp_path / MARKER).touch()
    environ = {"TUIMAIL_FAULT": "claim:raise:2,claim:io,commit:full"}
    fault = fault_hook(tmp_path, environ)

    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        fault("claim")
    with pytest.raises(RuntimeError, match="asked for"):
        fault("claim")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        fault("commit")


@pytest.mark.parametrize(
    ("action", "number"), [("io", errno.EIO), ("full", errno.ENOSPC)]
)
def test_a_fault_can_be_that_of_a_disk(
    tmp_path: Path, action: str, number: int
) -> None:
    (tmp_path / MARKER).touch()

    with pytest.raises(OSError, match=os.strerror(number)) as caught:
        fault_hook(tmp_path, {"TUIMAIL_FAULT": f"claim:{action}"})("claim")

    assert caught.value.errno == number


def test_a_fault_can_let_the_process_stand_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr("signal.pthread_kill", lambda _id, number: sent.append(number))
    (tmp_path / MARKER).touch()

    fault_hook(tmp_path, {"TUIMAIL_FAULT": "claim:stop"})("claim")

    assert sent == [signal.SIGSTOP]
