"""The way through the app on which the pictures are taken."""

import asyncio
import io
import re
from dataclasses import dataclass
from typing import Final

from rich.color import Color
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from textual.strip import Strip
from textual.theme import Theme

from tests.scenery import mails, story
from tests.scenery.studio import Studio
from tests.tui.conftest import Stage
from tuimail.tui import themes

SIZE: Final = (120, 36)
MOMENT_SECONDS: Final = 0.35
"""Longer than a preview waits for the next key."""
_ELSEWHERE: Final = re.compile(r',\s*url\("https?://[^"]*"\) format\("[a-z0-9]+"\)')
"""Web fonts that Rich names after the one that is installed."""


@dataclass
class Camera:
    """Keeps what is on the stage, as SVG that asks no other host for its letters."""

    stage: Stage
    pictures: dict[str, str]

    async def press(self, *keys: str) -> None:
        """Press keys, each when the mail that the one before selects was read.

        Keys that belong together are one word each in one string.
        """
        for together in keys:
            await self.stage.press(*together.split())
            await self.stage.until(lambda: self.stage.is_shown)
            await self.stage.settle()

    async def take(self, name: str, *, shows: str = "") -> None:
        """Keep the screen under ``name``, once it shows what it should."""
        if shows:
            await self.stage.until_shown(shows)
        self.stage.app.clear_notifications()
        picture = ""
        while picture != (picture := await self._later()):
            """Something still comes: a preview, a row that was read."""
        self.keep(name, picture)

    async def _later(self) -> str:
        """Return what is shown a moment later, with all that others wrote."""
        self.stage.app._poll()
        await self.stage.pilot.pause(MOMENT_SECONDS)
        await self.stage.settle()
        return self.stage.app.export_screenshot(title="tuimail")

    def keep(self, name: str, svg: str) -> None:
        """Keep a picture, without the addresses of fonts."""
        self.pictures[name] = _ELSEWHERE.sub("", svg)


async def review(camera: Camera) -> None:
    """Look at what agents handed in, and decide."""
    stage = camera.stage
    await camera.press("g g")
    await camera.take("review-blocker", shows="here is the quote")
    await camera.press("d")
    await camera.take("review-diff", shows="{+two+}")
    await camera.press("r")
    await stage.until_shown("The author will read")
    await camera.press("alt+2")
    await stage.type_in("quote.pdf is no PDF, and who asked for the Bcc?")
    await camera.take("request-changes", shows="is no PDF")
    await camera.press("escape", "G")
    await stage.until_shown("the March issue")
    await camera.press("l")
    await camera.take("review-html-links", shows="unbleached")


async def release(camera: Camera) -> None:
    """Let several go, look at who gets one, and let that go."""
    await camera.press("g g", "j", "j", "space", "j", "space", "j", "space")
    await camera.press("b")
    await camera.take("batch", shows="client.example")
    await camera.press("escape", "V", "a")
    await camera.take("release-dialog", shows="Release")
    await camera.press("y")
    await camera.take("undo-strip", shows="leaves in")
    await camera.press("u")


async def compose(camera: Camera) -> None:
    """Write a mail, with help, and look at it."""
    stage = camera.stage
    await camera.press("m")
    await stage.until_shown("new mail")
    await stage.type_in("ana.novak@example.org, ")
    await stage.type_in("b")
    await stage.until_shown("revision 1")
    await camera.take("compose-completion", shows="b.ortiz@")
    await camera.press("enter")
    await camera.press("tab", "tab", "tab")
    await stage.type_in("Q3 report")
    await camera.press("tab", "tab")
    await stage.type_in(mails.REPORT)
    await camera.press("alt+m")
    await camera.take("compose-preview", shows="[1]")
    await camera.press("escape")


async def outbox(camera: Camera) -> None:
    """Look at what waits, and say when something is to leave."""
    await camera.press("3")
    await camera.take("outbox-unknown", shows="will not send it again")
    await camera.press("j", "j", "j")
    await camera.take("outbox-mixed", shows="12/40")
    await camera.press("j", "D")
    await camera.take("schedule", shows="When is it")
    await camera.press("escape")


async def the_rest(camera: Camera) -> None:
    """Look at Sent, at the ways out, and at the keys."""
    stage = camera.stage
    await camera.press("4")
    await camera.press("j", "j", "j")
    await camera.take("sent-detail", shows="bounced")
    await camera.press("5")
    await camera.take("accounts", shows="cloudflare")
    await camera.press("1")
    await stage.until_shown("Your invoice")
    await camera.press("g g")
    await stage.until_shown("here is the quote")
    await camera.press("question_mark")
    await camera.take("help", shows="Keys")
    await camera.press("escape")


async def hostile(camera: Camera) -> None:
    """Look at what would take the terminal over, if anything could."""
    stage = camera.stage
    assert isinstance(stage.desk, Studio)
    await asyncio.to_thread(story.hand_in_hostile, stage.desk)
    await camera.press("1")
    await stage.until_shown("etc/hosts")
    await camera.press("G")
    await camera.take("hostile-draft", shows="Markup")


async def sizes(camera: Camera) -> None:
    """Look at Review where there is less room."""
    stage = camera.stage
    await camera.press("g g")
    for width, height in ((80, 24), (60, 20)):
        await stage.pilot.resize_terminal(width, height)
        await stage.settle()
        await camera.press("enter")
        await camera.take(f"review-{width}x{height}", shows="quote")
        await camera.press("escape")
    await stage.pilot.resize_terminal(*SIZE)


async def colours(camera: Camera) -> None:
    """Wear every theme once."""
    stage = camera.stage
    app = stage.app
    await camera.press("g g")
    app.change_theme("high-contrast-light")
    await camera.take("review-high-contrast", shows="quote")
    strips: list[Strip] = []
    for name in themes.names(*app._themes):
        app.change_theme(name)
        await stage.settle()
        strips += _part(stage, name)
    camera.keep("theme-sheet", _drawn(strips))
    app.no_color = True
    app.change_theme("mono")
    await camera.take("review-monochrome", shows="quote")


def _part(stage: Stage, name: str) -> list[Strip]:
    """Return the name of a theme, and the lines in which most of it is seen."""
    lines = stage.app.screen._compositor.render_strips()
    title = Strip([Segment(f" {name}".ljust(SIZE[0]))])
    theme = stage.app.current_theme
    shown = [_grounded(one, theme) for one in (*lines[:9], *lines[-1:])]
    return [title, *shown, Strip.blank(SIZE[0])]


def _grounded(strip: Strip, theme: Theme) -> Strip:
    """Return ``strip`` on the ground of the terminals that ``theme`` is for.

    A theme that leaves the ground to the terminal would be drawn on the picture's.
    """
    if not theme.ansi:
        return strip
    ground, ink = (
        Color.parse(theme.variables[f"ansi-{name}"].removeprefix("ansi_"))
        for name in ("background", "foreground")
    )
    return Strip(
        [Segment(text, _on(style or Style(), ink, ground)) for text, style, _ in strip]
    )


def _on(style: Style, ink: Color, ground: Color) -> Style:
    colours = (_instead(style.color, ink), _instead(style.bgcolor, ground))
    return style + Style.from_color(*colours)


def _instead(colour: Color | None, usual: Color) -> Color:
    return usual if colour is None or colour.is_default else colour


def _drawn(strips: list[Strip]) -> str:
    console = Console(
        width=SIZE[0],
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
    )
    for strip in strips:
        console.print(Segments([*strip, Segment.line()]), end="")
    return console.export_svg(title="tuimail")


async def first_run(camera: Camera) -> None:
    """Begin where nothing is, and fail to log in."""
    stage = camera.stage
    await camera.take("first-run", shows="demo")
    await camera.press("f9")
    await stage.until_shown("Step 1 of 7")
    await stage.type_in("mara@example.org")
    await camera.press("enter", "enter")
    await stage.until_shown("Another server, typed in")
    await camera.press("enter")
    await stage.until_shown("Step 3 of 7")
    await stage.type_in("correct horse")
    await camera.press("enter")
    await camera.take("wizard-test-failed", shows="The test failed")


MAIN: Final = (review, release, compose, outbox, the_rest, hostile, sizes, colours)
