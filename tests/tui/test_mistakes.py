"""What is said about our own mistakes, and what is not."""

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
