"""How the app looks: any theme, no colours, plain signs, nothing that moves."""

from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.widgets import Input

from tests.tui.conftest import Desk, Stage
from tests.tui.test_themes import BROKEN, GOOD
from tuimail.core.display import cell_width
from tuimail.tui import glyphs, themes, wording
from tuimail.tui.app import TuimailApp, run_app
from tuimail.tui.colourless import ColourlessFilter
from tuimail.tui.dressed import DressedApp, Looks
from tuimail.tui.glyphs import AsciiFilter, Glyphs
from tuimail.tui.screens.keys_help import HelpScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.command_line import CommandLine
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.text_view import TextView


class Plain(DressedApp):
    """Nothing but looks; remembers what was said."""

    def __init__(self) -> None:
        super().__init__(theme_folder=None, environ={"TERM": "xterm"})
        self.said: list[str] = []

    def complain(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "themes"
    made.mkdir()
    return made


@pytest.fixture(autouse=True)
def safe_widths() -> object:
    yield
    wording.trust_widths(is_wanted=False)


async def test_every_broken_theme_is_told_and_the_app_starts(folder: Path) -> None:
    for number, (text, key) in enumerate(BROKEN):
        (folder / f"broken-{number}.toml").write_text(text)
        app = Plain()
        async with app.run_test():
            problem = app.dress(Looks(theme=f"broken-{number}", folder=folder))

            assert f"broken-{number}.toml" in problem
            assert key in problem
            assert app.theme == "dark"


async def test_a_theme_is_worn_as_its_file_is_changed(folder: Path) -> None:
    path = folder / "mine.toml"
    path.write_text(GOOD)
    app = Plain()
    async with app.run_test():
        app.dress(Looks(theme="mine", folder=folder))
        app._look_at_the_file()
        path.write_text(GOOD.replace("#111111", "#123123"))
        app._look_at_the_file()
        worn = app.current_theme.surface
        path.write_text(f"{GOOD}primary = 3")
        app._look_at_the_file()
        kept = app.current_theme.surface

    assert worn == kept == "#123123"
    assert len(app.said) == 1
    assert "mine.toml" in app.said[0]
    assert "The colours stay as they were." in app.said[0]


async def test_a_theme_is_changed_by_name_or_the_old_one_stays(folder: Path) -> None:
    (folder / "bad.toml").write_text("primary = 3")
    app = Plain()
    async with app.run_test():
        app._look_at_the_file()
        app.dress(Looks(folder=folder))
        command = app.theme_command()
        app.change_theme("paper")
        changed = app.theme
        app.change_theme("bad")

    assert {"paper", "bad", "dark"} <= set(command.choices)
    assert changed == app.theme == "paper"
    assert "bad.toml" in app.said[0]


async def test_nothing_moves_where_nothing_may() -> None:
    app = Plain()
    async with app.run_test():
        app.dress(Looks(moves=False))

        assert app.animation_level == "none"


@pytest.mark.parametrize(
    ("wanted", "terminal", "signs"),
    [
        ("", "xterm-256color", Glyphs.SAFE),
        ("", "", Glyphs.SAFE),
        ("", "linux", Glyphs.ASCII),
        ("", "linux-16color", Glyphs.ASCII),
        ("", "dumb", Glyphs.ASCII),
        ("safe", "linux", Glyphs.SAFE),
        ("ascii", "xterm", Glyphs.ASCII),
        ("full", "xterm", Glyphs.FULL),
    ],
)
def test_signs_suit_the_terminal_or_whoever_sits_at_it(
    wanted: str, terminal: str, signs: Glyphs
) -> None:
    assert glyphs.chosen(wanted, terminal) is signs


def test_every_sign_has_a_plain_one_of_the_same_width() -> None:
    for sign, instead in glyphs._TABLE.items():
        assert instead.isascii()
        assert len(instead) == cell_width(chr(sign)) == 1, chr(sign)


def test_letters_stay_whatever_the_terminal_is() -> None:
    (segment,) = AsciiFilter().apply([Segment("╭ Novák → 見 …")], Color(0, 0, 0))

    assert segment.text == "+ Novák > 見 ."
    assert glyphs.plain("plain") == "plain"
    assert glyphs.plain("".join(map(chr, range(0x2500, 0x25A0)))).isascii()


async def test_all_characters_are_shown_to_who_wants_them() -> None:
    app = Plain()
    async with app.run_test():
        app.dress(Looks(glyphs="safe"))
        safe = wording.line("a \u2764\ufe0f b")
        app.dress(Looks(glyphs="full"))
        full = wording.line("a \u2764\ufe0f b\x1b")

    assert safe == "a \u2764 b"
    assert full == "a \u2764\ufe0f b␛"


def coloured(colour: str, behind: str) -> Style:
    return Style(color=colour, bgcolor=behind, bold=True)


def without_colours(style: Style | None) -> Style | None:
    (segment,) = ColourlessFilter("#14171b").apply(
        [Segment("x", style)], Color(0, 0, 0)
    )
    return segment.style


@pytest.mark.parametrize("behind", ["#2f5e86", "blue", "#ffffff"])
def test_without_colours_a_background_that_means_something_is_reversed(
    behind: str,
) -> None:
    style = without_colours(coloured("red", behind))

    assert style is not None
    assert style.reverse
    assert style.bold
    assert style.color == style.bgcolor == RichColor.default()


@pytest.mark.parametrize("behind", ["#262b32", "default", "#14171b"])
def test_without_colours_a_quiet_background_is_none(behind: str) -> None:
    style = without_colours(coloured("red", behind))

    assert style is not None
    assert not style.reverse
    assert without_colours(None) is None
    assert without_colours(Style(bold=True)) is not None


def styles(stage: Stage) -> list[Style]:
    """Return how everything is drawn, after the last filter."""
    return [
        segment.style
        for strip in stage.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style is not None
    ]


async def test_no_colour_is_no_colour_and_the_selection_is_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk.hand_in(subject="Q3")
    desk.hand_in(subject="Q4")

    async with desk.show() as stage:
        found = styles(stage)
        table = stage.one(MailTable)
        first = list(table.render_line(0))
        await stage.press("colon")
        found += styles(stage)

    assert first[0].text in {"▸", ">"}
    assert any(style.reverse for style in found)
    for style in found:
        for colour in (style.color, style.bgcolor):
            assert colour is None or colour.is_default, style


async def test_plain_signs_are_all_that_is_drawn_where_it_is_wanted(desk: Desk) -> None:
    desk.configure('glyphs = "ascii"\nmotion = "none"\ntheme = "high-contrast-dark"')
    desk.hand_in(subject="Q3")

    async with desk.show() as stage:
        await stage.press("a")
        await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
        await stage.settle()
        dialog = stage.text
        await stage.press("escape", "colon")
        await stage.type_in("theme paper")
        line = stage.one(CommandLine)
        is_still = not line.query_one(Input).cursor_blink
        await stage.press("enter")
        await stage.until(lambda: stage.app.theme == "paper")
        said = stage.one(Notice).text

    assert "+-----" in dialog
    assert "Ana Novák" in dialog
    assert {c for c in dialog if not c.isascii()} <= set("á")
    assert is_still
    assert said == ""


def test_clicks_are_the_terminals_where_it_is_wanted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def run(_app: TuimailApp, *, mouse: bool) -> None:
        asked.append(mouse)

    monkeypatch.setattr(TuimailApp, "run", run)

    run_app(desk.open, has_mouse=False)
    run_app(desk.open)

    assert asked == [False, True]


def driver(monkeypatch: pytest.MonkeyPatch, app: DressedApp) -> list[str]:
    """Return what is written to the terminal of ``app``."""
    written: list[str] = []
    monkeypatch.setattr(app._driver, "write", written.append)
    return written


async def test_the_terminals_cursor_is_on_what_is_selected_where_nothing_moves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hand_in(subject="Q3")
    desk.hand_in(subject="Q4")

    async with desk.show() as stage:
        written = driver(monkeypatch, stage.app)
        stage.app.post_display_hook()
        while_moving = list(written)
        stage.app.moves = False
        stage.app.post_display_hook()
        await stage.press("j")
        written.clear()
        stage.app.post_display_hook()
        on_second = list(written)
        await stage.press("colon")
        written.clear()
        stage.app.post_display_hook()
        in_field = list(written)
        stage.app.screen.set_focus(None)
        written.clear()
        stage.app.post_display_hook()

    assert while_moving == []
    assert on_second == ["\x1b[4;1H\x1b[?25h"]
    assert in_field != on_second
    assert written == []


def test_choices_have_the_cursor_too() -> None:
    picks = Picks([Choice(key=one, text=one) for one in "abc"])
    picks.set_reactive(Picks.place, 2)

    assert picks.cursor_offset == (0, 2)


def test_who_has_no_place_for_it_complains_nowhere() -> None:
    DressedApp(theme_folder=None).complain("said to nobody")


def test_no_place_for_themes_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> object:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "glob", refuse)

    assert themes.names(tmp_path) == ()


async def test_what_of_the_configuration_cannot_be_used_is_told(desk: Desk) -> None:
    desk.configure(
        'theme = "nonsense"\n[keys]\npreset = "vim"\n"review.approve" = "x"\n'
        '"review.aprove" = "z"\n"list.top" = "nokey"\n'
    )
    async with desk.show() as stage:
        said = stage.one(Notice).text
        await stage.press("question_mark")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        listed = stage.one(TextView).text

    assert "There is no theme 'nonsense'." in said
    assert "And 4 more: ? shows all." in said
    for line, words in (
        (3, "there is no 'vim'"),
        (4, "x already means review.reject"),
        (5, "Did you mean review.approve?"),
        (6, "'nokey' is not a key"),
    ):
        assert f"config.toml, line {line}: keys." in listed
        assert words in listed
