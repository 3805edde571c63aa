import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tuimail.errors import WorkspaceRefusedError
from tuimail.store import filesystems
from tuimail.store.filesystems import (
    NETWORK,
    Mount,
    bsd_mounts,
    kind_of,
    linux_mounts,
    refuse_network,
)

LINUX = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
90 27 0:44 / /srv/team\040mail rw shared:2 master:1 - nfs4 nas:/mail rw,vers=4.2
91 27 0:45 / /srv/over rw - ext4 /dev/vdb rw
92 27 0:46 / /srv/over rw - cifs //nas/over rw
nonsense
93 27 - nfs
"""
MAC = """/dev/disk3s1 on / (apfs, sealed, local, read-only, journaled)
//nora@nas/mail on /Volumes/team mail (smbfs, nodev, nosuid, mounted by nora)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
nonsense
"""


def linux() -> Iterator[Mount]:
    return linux_mounts(LINUX)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/nora/mail", "ext4"),
        ("/srv/team mail/nora", "nfs4"),
        ("/srv/team", "ext4"),
        ("/srv/over/mail", "cifs"),
        ("/srv/over", "cifs"),
        ("/srv/overseas", "ext4"),
        ("/", "ext4"),
        ("/proc/1", "proc"),
    ],
)
def test_the_disk_with_the_longest_path_above_it_has_a_folder(
    folder: str, kind: str
) -> None:
    assert kind_of(Path(folder), mounts=linux) == kind


def test_other_systems_are_asked_by_what_mount_prints() -> None:
    found = tuple(bsd_mounts(MAC))

    assert found[:2] == (
        Mount("/", "apfs"),
        Mount("/Volumes/team mail", "smbfs"),
    )
    assert len(found) == 3


@pytest.mark.parametrize("kind", sorted(NETWORK))
def test_a_disk_that_other_machines_write_to_is_refused(kind: str) -> None:
    def mounts() -> Iterator[Mount]:
        yield Mount("/", "ext4")
        yield Mount("/net", kind)

    with pytest.raises(WorkspaceRefusedError, match=kind) as caught:
        refuse_network(Path("/net/mail"), mounts=mounts)

    assert "--workspace" in caught.value.hint
    refuse_network(Path("/home/mail"), mounts=mounts)


def test_a_link_does_not_hide_where_a_folder_is(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")

    def mounts() -> Iterator[Mount]:
        yield Mount("/", "ext4")
        yield Mount(str((tmp_path / "far").resolve()), "nfs")

    assert kind_of(tmp_path / "near" / "mail", mounts=mounts) == "nfs"


def test_where_nobody_tells_nothing_is_refused() -> None:
    assert kind_of(Path("/home"), mounts=lambda: iter(())) == ""
    refuse_network(Path("/home"), mounts=lambda: iter(()))


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says")
def test_this_machine_says_where_a_folder_is(tmp_path: Path) -> None:
    assert kind_of(tmp_path)
    assert kind_of(Path("/proc/self")) == "proc"


def test_a_list_that_cannot_be_read_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(filesystems, "MOUNTINFO", tmp_path / "none")

    assert kind_of(tmp_path) == ""


def test_mount_is_asked_where_there_is_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(*_args: object, **_how: object) -> SimpleNamespace:
        return SimpleNamespace(stdout=f"nas:/x on {tmp_path} (nfs, nodev)\n".encode())

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", answer)

    assert kind_of(tmp_path / "mail") == "nfs"


def test_mount_that_does_not_answer_refuses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_args: object, **_how: object) -> None:
        raise subprocess.TimeoutExpired("mount", 2)

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", hang)

    assert kind_of(tmp_path) == ""
