"""What is said about our own mistakes, and what is not."""

from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from tuimail.tui import mistakes


def fails(password: str) -> None:
    raise KeyError(f"{len(password)} no such thing\x1b[31m")


@pytest.fixture
def error() -> Exception:
    with pytest.raises(KeyError) as raised:
        fails("hunter2")
    return raised.value


def test_a_mistake_is_told_in_one_line_with_its_place(error: Exception) -> None:
    told = mistakes.in_one_line(error)

    assert told.startswith("KeyError in test_mistakes.py, line ")
    assert "\n" not in told
    assert "\x1b" not in told


def test_local_values_are_not_told(error: Exception) -> None:
    assert "hunter2" not in mistakes.farewell(error)


def test_a_worker_is_not_what_went_wrong(error: Exception) -> None:
    told = mistakes.in_one_line(WorkerFailed(error))

    assert told.startswith("KeyError in test_mistakes.py")


def test_a_mistake_that_was_never_raised_has_no_place() -> None:
    assert mistakes.in_one_line(ValueError("x")) == "ValueError: x"


def test_the_same_place_has_the_same_code(error: Exception) -> None:
    same = KeyError("something else").with_traceback(error.__traceback__)
    other = ValueError("something else").with_traceback(error.__traceback__)

    assert mistakes.code(error).startswith("T-")
    assert mistakes.code(same) == mistakes.code(error)
    assert mistakes.code(WorkerFailed(error)) == mistakes.code(error)
    assert mistakes.code(other) != mistakes.code(error)


def test_a_report_is_kept_for_its_owner_only(error: Exception, tmp_path: Path) -> None:
    path = mistakes.kept(error, tmp_path / "log")

    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == f"{mistakes.report(error)}\n"
    assert str(path) in mistakes.farewell(error, path)


def test_where_no_report_can_be_kept_there_is_none(
    error: Exception, tmp_path: Path
) -> None:
    (tmp_path / "log").write_text("a file")

    assert mistakes.kept(error, tmp_path / "log") is None
    assert mistakes.kept(error, None) is None
    assert "More is in" not in mistakes.farewell(error)
