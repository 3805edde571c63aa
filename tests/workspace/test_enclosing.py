"""Files of mail being written: frozen, watched, measured."""

import os
from pathlib import Path

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.errors import AttachmentError, FieldError
from tuimail.workspace import enclosing
from tuimail.workspace.enclosing import Measure, OnDisk, on_disk, renamed
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "q3.txt"
    made.write_text("numbers")
    os.utime(made, ns=(0, 1))
    return made


def test_a_file_is_frozen_and_where_it_came_from_is_known(
    workspace: Workspace, file: Path
) -> None:
    found = workspace.enclosing.attach(file)

    assert (found.attachment.name, found.attachment.size_bytes) == ("q3.txt", 7)
    assert found.noticed == ()
    assert found.source.path == file
    assert on_disk(found.source) is OnDisk.SAME


def test_a_file_that_is_not_there_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(AttachmentError):
        workspace.enclosing.attach(tmp_path / "gone")


def test_what_is_written_to_the_file_is_noticed(
    workspace: Workspace, file: Path
) -> None:
    source = workspace.enclosing.attach(file).source
    file.write_text("others!")

    assert on_disk(source) is OnDisk.CHANGED


def test_a_file_that_was_only_touched_says_the_same(
    workspace: Workspace, file: Path
) -> None:
    source = workspace.enclosing.attach(file).source
    os.utime(file, ns=(5, 5))

    assert on_disk(source) is OnDisk.SAME


def test_a_file_that_is_gone_or_a_folder_by_now_cannot_be_read_again(
    workspace: Workspace, file: Path
) -> None:
    source = workspace.enclosing.attach(file).source
    file.unlink()
    without = on_disk(source)
    file.mkdir()

    assert (without, on_disk(source)) == (OnDisk.GONE, OnDisk.GONE)


def test_size_is_counted_as_sent_and_held_against_the_account(
    desk: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    desk.save(account(max_message_bytes=40_000))
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 57_000)
    files = [workspace.enclosing.attach(big).attachment]
    found = workspace.enclosing.measure(files, text_bytes=100, account="work")
    empty = workspace.enclosing.measure([], text_bytes=0, account="none")

    assert 78_000 < found.sent_bytes < 81_000
    assert (found.limit_bytes, found.is_too_big, found.is_large) == (
        40_000,
        True,
        False,
    )
    assert (empty.limit_bytes, empty.is_too_big) == (None, False)


def test_from_some_size_on_many_servers_refuse() -> None:
    assert Measure(sent_bytes=21_000_000, limit_bytes=None).is_large


def test_the_receiver_sees_another_name_and_the_same_file(
    workspace: Workspace, file: Path
) -> None:
    one = workspace.enclosing.attach(file).attachment
    other = renamed(one, "../Q3: report.txt")
    as_named = renamed(one, "q3.html", content_type="")

    assert other.name == "Q3_ report.txt"
    assert (other.digest, other.content_type) == (one.digest, one.content_type)
    assert (as_named.content_type, as_named.is_inline) == ("text/html", False)
    with pytest.raises(FieldError):
        renamed(one, " . ")


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    workspace: Workspace, file: Path
) -> None:
    source = workspace.enclosing.attach(file).source
    file.unlink()
    os.mkfifo(file)

    assert on_disk(source) is OnDisk.GONE


def test_a_file_of_another_length_is_not_read_to_know_that_it_changed(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = workspace.enclosing.attach(file).source
    file.write_text("others, and more of them")
    monkeypatch.setattr(enclosing, "_digest", lambda _path: pytest.fail("was read"))

    assert on_disk(source) is OnDisk.CHANGED
