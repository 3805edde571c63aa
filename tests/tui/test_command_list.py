"""The list of commands: one is marked, and it fits wherever it is put."""

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size

from tuimail.tui.commanding import Command
from tuimail.tui.widgets.command_line import CommandLine
from tuimail.tui.widgets.command_list import CommandList

MANY = tuple(
    Command(name=f"command-{number}", help="Does a thing, and another.", key="Ctrl-x")
    for number in range(30)
)


class Host(App[None]):
    """Shows a list and a line."""

    CSS = "CommandList { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    def compose(self) -> ComposeResult:
        yield CommandList()
        yield CommandLine()

    def on_command_list_taken(self, message: CommandList.Taken) -> None:
        chosen = message.list.chosen
        self.taken.append(chosen.name if chosen else "")


def lines(host: Host) -> list[str]:
    found = host.query_one(CommandList)
    return [found.render_line(y).text for y in range(found.size.height)]


async def test_what_is_marked_stays_in_sight() -> None:
    host = Host()
    async with host.run_test(size=(50, 10)) as pilot:
        found = host.query_one(CommandList)
        found.show(MANY)
        await pilot.pause()
        seen = []
        for pages in (1, -9):
            found.page(pages)
            await pilot.pause()
            seen.append(next(line for line in lines(host) if line.startswith("▸")))
        found.move(99)
        await pilot.pause()
        last = lines(host)

    assert seen[0].startswith("▸ command-9")
    assert seen[1].startswith("▸ command-0")
    assert any(line.startswith("▸ command-29") for line in last)


async def test_a_list_without_commands_says_so() -> None:
    host = Host()
    async with host.run_test(size=(50, 10)):
        found = host.query_one(CommandList)
        found.show(())
        found.move(1)
        found.page(1)

        assert found.chosen is None
        assert lines(host)[0].startswith("  Nothing that is allowed now fits.")
        assert not lines(host)[1].strip()


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (36, ["▸", "command-0", "Ctrl-x"]),
        (80, ["▸", "command-0", "Does", "a", "thing,", "and", "another.", "Ctrl-x"]),
        (3, ["▸", "…"]),
    ],
)
async def test_what_a_command_does_is_said_where_there_is_room(
    width: int, said: list[str]
) -> None:
    host = Host()
    async with host.run_test(size=(width, 10)) as pilot:
        host.query_one(CommandList).show(MANY[:2])
        await pilot.pause()
        shown = lines(host)

    assert shown[0].split()[: len(said)] == said
    assert not shown[5].strip()


async def test_a_click_beside_the_commands_does_nothing() -> None:
    host = Host()
    async with host.run_test(size=(50, 10)) as pilot:
        found = host.query_one(CommandList)
        found.show(MANY[:2])
        await pilot.click(CommandList, offset=(3, 6))
        await pilot.click(CommandList, offset=(3, 1))
        marked = found.place
        await pilot.click(CommandList, offset=(3, 1))

    assert marked == 1
    assert host.taken == ["command-1"]


@pytest.mark.parametrize("width", [1, 2, 5, 20, 40])
async def test_no_size_is_too_small_for_it(width: int) -> None:
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        host.query_one(CommandList).show(MANY)
        host.query_one(CommandLine).open(MANY)
        await pilot.resize_terminal(width, width)
        host.query_one(CommandList).move(20)
        await pilot.resize_terminal(80, 24)

        assert host.query_one(CommandList).place == 20


async def test_a_key_that_takes_nothing_off_closes_nothing() -> None:
    host = Host()
    async with host.run_test(size=(50, 10)) as pilot:
        line = host.query_one(CommandLine)
        line.open(MANY)
        await pilot.press("x", "backspace")
        is_open = line.is_open
        line.on_key(events.Key("x", "x"))

        assert is_open
        assert line.is_open
        assert line.size == Size(50, 2)
