"""Doors that are kept open: opened again, given up, and closed in peace."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.intake.http.conftest import wait_until
from tuimail.errors import (
    ConfigurationError,
    StoreError,
    TuimailError,
    WorkspaceBusyError,
)
from tuimail.intake import serving
from tuimail.intake.serving import Doors
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace


class NotedDoor:
    """A door that opens when its errors are used up."""

    name = "TEST"

    def __init__(self, *errors: Exception, is_asked_for: bool = True) -> None:
        self.is_asked_for = is_asked_for
        self.errors = list(errors)
        self.steps: list[str] = []

    async def open(self, bridge: Bridge) -> str:
        assert await bridge.call(lambda workspace: workspace.door) == "serve"
        self.steps.append("open")
        if self.errors:
            raise self.errors.pop(0)
        return "at the front"

    async def close(self) -> None:
        self.steps.append("close")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "AGAIN", serving.AGAIN / 1000)


@pytest.fixture
def opener(tmp_path: Path) -> Callable[[], Workspace]:
    return lambda: Workspace.open(
        tmp_path / "w",
        config_path=tmp_path / "config.toml",
        actor="person:mara",
        door="serve",
        environ={},
    )


@pytest.fixture
def run(opener: Callable[[], Workspace]) -> Iterator[Callable[..., Doors]]:
    running: list[Doors] = []

    def start(*doors: NotedDoor, opener: Callable[[], Workspace] = opener) -> Doors:
        made = Doors(opener, doors)
        running.append(made)
        made.start()
        return made

    yield start
    for one in running:
        one.stop()


def test_a_door_is_open_until_somebody_asks_for_an_end(
    run: Callable[..., Doors],
) -> None:
    door = NotedDoor()
    doors = run(door)
    wait_until(lambda: doors.states == ("TEST: at the front",))

    doors.stop()

    assert door.steps == ["open", "close"]
    assert (doors.states, doors.failure) == (("TEST: closed",), None)


@pytest.mark.parametrize(
    ("error", "is_asked_for"),
    [
        (WorkspaceBusyError("It is taken."), True),
        (ConfigurationError("It is too long."), False),
        (StoreError("It broke."), True),
        (ZeroDivisionError("a secret"), True),
    ],
)
def test_a_door_that_somebody_has_is_tried_again(
    run: Callable[..., Doors],
    error: Exception,
    is_asked_for: bool,  # noqa: FBT001 - a parameter
) -> None:
    door = NotedDoor(*[error] * 3, is_asked_for=is_asked_for)

    doors = run(door)

    wait_until(lambda: doors.states == ("TEST: at the front",))
    assert door.steps == ["open"] * 4


def test_why_it_is_not_open_is_said_and_no_text_of_a_mistake(
    run: Callable[..., Doors],
) -> None:
    busy, broken = NotedDoor(), NotedDoor()
    busy.errors = [WorkspaceBusyError("It is taken.")] * 10_000
    broken.errors = [ZeroDivisionError("a secret")] * 10_000
    broken.name = "OTHER"

    doors = run(busy, broken)

    wait_until(
        lambda: (
            doors.states
            == (
                "TEST: It is taken.",
                "OTHER: A mistake in tuimail closed it: ZeroDivisionError.",
            )
        )
    )


def test_a_door_that_was_asked_for_and_cannot_be_ends_all(
    run: Callable[..., Doors],
) -> None:
    good, bad = NotedDoor(), NotedDoor(ConfigurationError("There is no such place."))
    bad.name = "OTHER"

    doors = run(good, bad)

    wait_until(lambda: doors.failure is not None and "close" in good.steps)
    assert isinstance(doors.failure, TuimailError)
    assert str(doors.failure) == "There is no such place."


def test_a_workspace_that_cannot_be_opened_is_tried_again(
    run: Callable[..., Doors], opener: Callable[[], Workspace]
) -> None:
    errors = [StoreError("It is away.")]
    seen = threading.Event()

    def open_later() -> Workspace:
        if errors:
            seen.set()
            raise errors.pop()
        return opener()

    doors = run(NotedDoor(), opener=open_later)

    wait_until(lambda: doors.states == ("TEST: at the front",))
    assert seen.is_set()


def test_without_doors_nothing_is_served(run: Callable[..., Doors]) -> None:
    doors = run()

    doors.stop()

    assert doors.states == ()


def test_asking_for_an_end_need_not_wait_for_it(run: Callable[..., Doors]) -> None:
    doors = run(NotedDoor())
    wait_until(lambda: doors.states == ("TEST: at the front",))

    doors.stop(timeout=0)

    wait_until(lambda: doors.states == ("TEST: closed",))
