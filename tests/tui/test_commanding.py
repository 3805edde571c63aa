"""Things done by name: what is allowed now, under which names, and guarded."""

import time

import pytest
from textual.widgets import Input

from tests.tui.conftest import Desk, Stage
from tuimail.tui import commanding
from tuimail.tui.commanding import Command
from tuimail.tui.keymap import KEYS
from tuimail.tui.screens.keys_help import HelpScreen
from tuimail.tui.screens.palette import PaletteScreen
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.widgets.command_line import CommandLine, Offered
from tuimail.tui.widgets.command_list import CommandList
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.text_view import TextView


def command(name: str, help_: str = "Does it.", **values: object) -> Command:
    return Command(name=name, help=help_, **values)  # type: ignore[arg-type]


FOUND = (
    command("reject", "Say no, with a reason."),
    command("release", "Let it go."),
    command("request-changes", "Send it back."),
    command("quit", "Leave."),
    command("theme", "Show other colours.", choices=("dark", "dusk", "light")),
    command("write", "Save it elsewhere.", takes="PATH"),
    command("down", "Go to the next.", is_move=True),
)


@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("reject", "reject", ""),
        ("  rej ", "reject", ""),
        ("q", "quit", ""),
        ("exit", "quit", ""),
        ("theme dusk", "theme", "dusk"),
        ("th  dark", "theme", "dark"),
        ("w ~/my mail.txt", "write", "~/my mail.txt"),
        ("write", "write", ""),
    ],
)
def test_a_command_is_meant_as_far_as_it_is_clear(
    typed: str, name: str, rest: str
) -> None:
    found = commanding.meant(typed, FOUND)

    assert found.command is not None
    assert (found.command.name, found.rest) == (name, rest)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("re", "“re” may be reject, release, request-changes"),
        ("nonsense", "no command “nonsense” here"),
        ("", "Type the name"),
        ("reject him", "Nothing may stand behind “reject”"),
        ("theme", "may stand: dark, dusk, light"),
        ("theme pink", "may stand: dark, dusk, light"),
    ],
)
def test_what_is_no_command_is_refused_with_what_there_is(
    typed: str, problem: str
) -> None:
    found = commanding.meant(typed, FOUND)

    assert found.command is None
    assert problem in found.problem


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("re", ("reject", "release", "request-changes")),
        ("theme d", ("theme dark", "theme dusk")),
        ("quit x", ()),
        ("zzz", ()),
        ("nonsense x", ()),
    ],
)
def test_what_is_typed_can_be_completed(typed: str, names: tuple[str, ...]) -> None:
    assert commanding.completions(typed, FOUND) == names


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("rel", ["release"]),
        ("reason", ["reject"]),
        ("say no", ["reject"]),
        ("rqc", ["request-changes"]),
        ("theme li", ["theme light"]),
        ("go", ["release"]),
        ("xyz", []),
    ],
)
def test_commands_are_found_by_parts_of_what_they_say(
    words: str, names: list[str]
) -> None:
    found = commanding.matching(words, tuple(commanding.spread(FOUND)))

    assert [one.name for one in found] == names


def test_a_name_that_begins_with_the_word_comes_first() -> None:
    found = commanding.matching("it", [command("edit"), command("item"), command("x")])

    assert [one.name for one in found] == ["item", "edit", "x"]


def test_moves_are_not_offered_for_choosing() -> None:
    assert "down" not in {one.name for one in commanding.spread(FOUND)}


VERBS = [
    ("review.approve", "act('approve')", "approve"),
    ("review.approve", "act('release')", "release"),
    ("review.request-changes", "act('request_changes')", "request-changes"),
    ("review.reject", "act('reject')", "reject"),
    ("outbox.hold", "act('hold')", "hold"),
    ("outbox.hold", "act('resume')", "resume"),
    ("outbox.retry", "act('retry')", "retry"),
    ("outbox.cancel", "act('cancel')", "cancel"),
    ("drafts.discard", "act('discard')", "discard"),
    ("drafts.send", "act('send')", "send"),
    ("drafts.edit", "act('edit')", "edit"),
]


@pytest.mark.parametrize(("id_", "action", "verb"), VERBS)
def test_a_command_has_the_verb_of_the_command_line(
    id_: str, action: str, verb: str
) -> None:
    (row,) = (key for key in KEYS if (key.id, key.action) == (id_, action))

    assert commanding._name(row) == verb


async def type_command(stage: Stage, text: str) -> None:
    await stage.press("colon")
    await stage.type_in(text)
    await stage.press("enter")


async def test_a_mail_is_rejected_by_name(desk: Desk) -> None:
    desk.hand_in(subject="Q3")
    async with desk.show() as stage:
        await type_command(stage, "reject")
        await stage.until(lambda: isinstance(stage.app.screen, ReasonScreen))
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, ReasonScreen))

        assert isinstance(stage.app.screen.focused, MailTable)
        assert not stage.one(CommandLine).is_open


async def test_the_line_completes_and_says_what_it_would_do(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("colon")
        line = stage.one(CommandLine)
        await stage.type_in("ou")
        offered = stage.one(Offered)
        names, remark = offered.names, offered.remark
        await stage.press("tab")
        completed = line.field.value
        await stage.press("enter")
        await stage.until(lambda: stage.app.current_mode == "outbox")

    assert names == ("outbox",)
    assert "why it waits" in remark
    assert completed == "outbox"


async def test_the_line_remembers_what_was_typed_before(desk: Desk) -> None:
    async with desk.show() as stage:
        await type_command(stage, "nonsense")
        said = stage.one(Notice).text
        await stage.press("colon", "up", "up")
        field = stage.one(CommandLine).field
        earlier = field.value
        await stage.press("down")
        later = field.value
        await stage.press("tab", "tab", "shift+tab")
        first = stage.one(Offered).names[0]
        cycled = field.value

    assert "There is no command “nonsense” here." in said
    assert (earlier, later) == ("nonsense", "")
    assert cycled == first


async def test_the_line_goes_away_without_a_trace(desk: Desk) -> None:
    async with desk.show() as stage:
        line = stage.one(CommandLine)
        for ways in (("escape",), ("backspace",), ("enter",)):
            await stage.press("colon", *ways)

            assert not line.is_open
            assert isinstance(stage.app.screen.focused, MailTable)

        await stage.press("colon")
        await stage.type_in("zzz")
        await stage.press("tab")
        unchanged = line.field.value
        await stage.pilot.click(MailTable)
        await stage.settle()

        assert unchanged == "zzz"
        assert not line.is_open


async def test_keys_in_a_burst_are_no_command(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("colon")
        for key in ("d", "r", "a", "f", "t", "s", "enter"):
            await stage.pilot.press(key)
        await stage.settle()

        assert "Too quick" in stage.one(Notice).text
        assert stage.app.current_mode == "review"


async def test_a_command_is_chosen_from_the_list(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, PaletteScreen))
        await stage.type_in("zzz")
        nothing = stage.text
        await stage.press("ctrl+u")
        await stage.type_in("sent")
        await stage.press("down", "up", "pagedown", "pageup", "enter")
        await stage.until(lambda: stage.app.current_mode == "sent")

        assert "Nothing that is allowed now fits." in nothing


async def test_what_is_not_allowed_now_is_not_in_the_list(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, PaletteScreen))
        names = [one.name for one in stage.one(CommandList)._commands]
        await stage.pilot.press("enter")
        complaint = stage.text
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, PaletteScreen))

    assert "reject" not in names
    assert "drafts" in names
    assert "Too quick" in complaint


async def test_a_decision_from_the_list_waits_until_keys_are_heard(desk: Desk) -> None:
    """On a clock that runs, as the pane is deaf when it comes back."""
    desk.hand_in(subject="Q3")
    async with desk.show(ticks=time.monotonic) as stage:
        await stage.press("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, PaletteScreen))
        await stage.type_in("reject")
        await stage.press("enter")

        await stage.until(lambda: isinstance(stage.app.screen, ReasonScreen))


async def test_a_click_marks_and_a_second_one_takes(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, PaletteScreen))
        await stage.type_in("sent")
        await stage.pilot.click(CommandList, offset=(5, 1))
        marked = stage.one(CommandList).place
        await stage.pilot.click(CommandList, offset=(5, 0))
        desk.ticks.pass_by(2.0)
        await stage.pilot.click(CommandList, offset=(5, 0))
        await stage.until(lambda: stage.app.current_mode == "sent")

        assert marked in {0, 1}


async def test_help_is_searched(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("question_mark")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        await stage.press("slash")
        await stage.type_in("reject")
        some = stage.one(TextView).text
        await stage.type_in(",zzz")
        none = stage.one(TextView).text
        await stage.press("enter")
        has_text = isinstance(stage.app.screen.focused, TextView)
        await stage.press("escape")
        back = stage.one(TextView).text
        is_there = isinstance(stage.app.screen, HelpScreen)
        is_hidden = not stage.one(Input).display
        await stage.press("escape")
        await stage.until(lambda: not isinstance(stage.app.screen, HelpScreen))

    assert "Say no, with a reason." in some
    assert "Write a new mail." not in some
    assert "No key here has to do with “reject,zzz”." in none
    assert has_text
    assert "Write a new mail." in back
    assert is_there
    assert is_hidden
