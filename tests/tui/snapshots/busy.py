"""The way through a workspace with mail of every kind."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from textual.screen import Screen

from tests.scenery import mails, story
from tests.tui.snapshots.walk import Guide
from tuimail.core.decision import Comment
from tuimail.core.files.pictures import Picture
from tuimail.settings.oauth import OAuth
from tuimail.tui import leaving
from tuimail.tui.leaving import UnderWay
from tuimail.tui.screens.assign import AssignScreen
from tuimail.tui.screens.both_changed import BothChangedScreen
from tuimail.tui.screens.comment import CommentScreen
from tuimail.tui.screens.help import MistakeScreen
from tuimail.tui.screens.logging_in import PasswordScreen, SignInScreen, WayScreen
from tuimail.tui.screens.over import LeavingScreen
from tuimail.tui.screens.picture import PictureScreen
from tuimail.tui.screens.rename import RenameScreen
from tuimail.tui.screens.sign import SignScreen
from tuimail.tui.widgets.banner import Banner
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.spelling_line import SpellingLine
from tuimail.workspace.signing_in import SignIn, Way

DAMAGED: Final = Picture(
    name="logo.png",
    content_id="",
    kind="png",
    width=640,
    height=480,
    size_bytes=21_300,
    content=b"",
    problem="It is damaged or of a kind that cannot be shown.",
)
FULL: Final = "There is no room left on the disk of ~/mail."
TABS: Final = ("changes", "attachments", "headers", "source", "checks", "record")


async def review(guide: Guide) -> None:
    """Look at what agents handed in."""
    await guide.press("home")
    await guide.take("review")
    await guide.take("review-read", "enter", shows="here is the quote")
    for name in TABS:
        await guide.take(f"review-{name}", "l")
    await guide.press("home")
    await guide.take("people", "i")
    await guide.press("escape")
    await guide.take("inside", "o")
    await guide.press("escape")
    await guide.take("review-diff", "d")
    await guide.press("q", "end", "enter")
    await guide.take("review-html", "l")
    await guide.take("review-links", "l")
    await guide.press("h", "h", "q")


async def deciding(guide: Guide) -> None:
    """Ask for every dialog in which somebody decides."""
    await guide.press("home")
    await guide.take("request-changes", "r", shows="The author will read")
    await guide.press("escape")
    await guide.take("reject", "x")
    await guide.press("escape")
    await guide.take("refused", "s", shows="Nobody is named")
    await guide.take("release-blocked", "a")
    await guide.press("escape")
    await guide.take("batch", "j", "j", "space", "j", "space", "b")
    await guide.press("escape")
    await guide.take("marked")
    await guide.take("release", "V", "a", shows="Release")
    await guide.take("release-time", "s")
    await guide.press("escape", "escape")


async def around(guide: Guide) -> None:
    """Look at what every pane has."""
    await guide.take("help", "question_mark", shows="Keys")
    await guide.press("escape")
    await guide.take("palette", "ctrl+p")
    await guide.press("escape")
    await guide.take("command-line", "colon", "r", "e")
    await guide.press("escape")
    await guide.take("filter", "slash", "d", "u", "e", shows="of")
    await guide.press("escape")
    await guide.take("filter-empty", "slash", "q", "q", "q", shows="of")
    await guide.press("escape")
    await guide.take("search", "home", "enter", "slash", "3")
    await guide.press("escape", "q")


async def compose(guide: Guide) -> None:
    """Write a mail, with help, and look at it."""
    stage = guide.stage
    await guide.press("m")
    await stage.until_shown("new mail")
    await stage.type_in("ana.novak@example.org, ")
    await stage.type_in("b")
    await guide.take("compose-completion", shows="b.ortiz@")
    await guide.press("enter", "tab", "tab", "tab")
    await stage.type_in("Q3 report")
    await guide.press("tab", "tab")
    await stage.type_in(mails.REPORT)
    await guide.press("alt+m")
    await stage.until_shown("saved")
    await guide.take("compose")
    await guide.take("compose-find", "ctrl+f", "r", "e")
    await guide.press("escape")
    await guide.take("compose-keys", "escape")
    await guide.take("compose-preview", "f6")
    await guide.press("escape")


async def composed(guide: Guide) -> None:
    """Look at what helps with a mail that is being written, and leave it."""
    line = guide.stage.one(SpellingLine)
    line.ask("recieve", place=1, number=3)
    line.suggest("recieve", ("receive", "relieve", "recite"))
    await guide.take("spelling", shows="1 of 3")
    await guide.press("escape", "escape")
    await guide.take("attach", "f5", shows="Attach")
    await guide.press("escape")
    await guide.take("templates", "f8", shows="week.txt")
    await guide.take("blanks", "j", "enter", shows="blanks")
    await guide.press("escape", "escape")
    await guide.take("revisions", "alt+r", shows="evision")
    await guide.press("escape")
    await guide.take("release-own", "ctrl+s", shows="Release")
    await guide.press("escape")
    await guide.take("discard", "escape", "X")
    await guide.press("escape", "f2")


async def outbox(guide: Guide) -> None:
    """Look at what waits, in each of its states."""
    await guide.take("outbox-unknown", "3", "home", shows="it arrived")
    await guide.take("evidence", "enter")
    await guide.press("q")
    await guide.take("send-again", "S")
    await guide.press("escape")
    await guide.take("confirm", "A")
    await guide.press("escape")
    for name in ("second", "third", "fourth", "fifth", "sixth"):
        await guide.take(f"outbox-{name}", "j")
    await guide.take("schedule", "D", shows="When is it")
    await guide.press("escape")
    await guide.take("reroute", "M")
    await guide.press("escape")
    await guide.take("outbox-cancel", "X")
    await guide.press("escape")


async def the_rest(guide: Guide) -> None:
    """Look at Sent, Drafts and the ways out."""
    await guide.take("sent", "4")
    await guide.take("sent-read", "j", "j", "j", "enter")
    await guide.press("q")
    await guide.take("drafts", "f3")
    await guide.take("drafts-read", "enter")
    await guide.press("q")
    await guide.take("accounts", "5", shows="billing")
    await guide.take("account-read", "enter")
    await guide.press("q")
    await guide.take("account-remove", "j", "X")
    await guide.press("escape")


async def undone(guide: Guide) -> None:
    """Let something go, see that it can be taken back, and take it back."""
    await guide.press("1", "end", "k", "a")
    await guide.stage.until_shown("Release")
    await guide.press("y")
    await guide.take("undo-strip", shows="leaves in")
    await guide.press("u")
    await guide.stage.until_shown("Taken back")


async def hostile(guide: Guide) -> None:
    """Look at what would take the terminal over, if anything could."""
    await asyncio.to_thread(story.hand_in_hostile, guide.studio)
    await guide.look_again()
    await guide.take("hostile", "1", "end", shows="etc/hosts")
    await guide.take("hostile-read", "enter", shows="Markup")
    await guide.press("q")


async def seldom(guide: Guide) -> None:
    """Look at dialogs that take trouble to get to."""
    for name, screen in _dialogs():
        await guide.look_at(name, screen)
    found = UnderWay(sending=guide.studio.rows("sending"), waiting=2)
    question = leaving.question(found, guide.studio.sender.watch.under_way)
    title = leaving.title(found)
    asked = LeavingScreen(title, question, can_wait=True, can_go_on=True)
    await guide.look_at("leaving", asked)


def _dialogs() -> Iterator[tuple[str, Screen[Any]]]:
    """Yield what is asked where reviewers, services and editors are."""
    yield "mistake", MistakeScreen(ValueError("never shown"))
    yield "password", PasswordScreen("work", said="535 5.7.8 wrong password")
    yield "way", WayScreen("home", list(Way))
    yield "sign-in", SignInScreen(_sign_in())
    yield "assign", AssignScreen(["ana", "bob"], assigned="bob")
    why = "Reviewers are named here, so that a yes takes a name and a PIN."
    yield "sign", SignScreen("Approve", why, ["ana", "bob"], is_needed=True)
    yield "picture", PictureScreen([DAMAGED])
    yield "rename", RenameScreen("quote.pdf", complaint="A name needs a letter.")
    lines = mails.QUOTE_ANEW.splitlines()
    noted = Comment(text="1,190 EUR since January.", field="text", line=4)
    yield "comment", CommentScreen(lines, [noted], line=4)
    differing = [Paragraph(text="- Hi Ana,"), Paragraph(text="+ Hi Bob,")]
    yield "both-changed", BothChangedScreen(differing)


def _sign_in() -> SignIn:
    """Return a sign-in that waits for its code."""
    made = SignIn(
        Way.DEVICE,
        OAuth(token_url="https://oauth2.example.org/token", client_id="me"),
        _never,
    )
    made.user_code = "ABCD-EFGH"
    made.verification_url = "https://example.org/device"
    return made


def _never(_limit: timedelta) -> OAuth:
    raise AssertionError


async def troubled(guide: Guide) -> None:
    """Look at what is said above a pane, and where there is no room."""
    stage = guide.stage
    await guide.take("elsewhere", "2", "f10")
    await guide.press("escape", "escape")
    guide.studio.sender.state = "nobody"
    await guide.look_again()
    await guide.take("nobody-sends", "1", "home", shows="NOBODY")
    guide.studio.sender.state = "here"
    banner = stage.one(Banner)
    banner.sender, banner.trouble = "here", FULL
    await guide.take("cannot-store", shows="NOTHING CAN BE STORED")
    banner.trouble = ""
    size = stage.app.size
    await stage.pilot.resize_terminal(39, 9)
    await guide.take("too-small", shows="Too small")
    await stage.pilot.resize_terminal(*size)


WALK: Final = (
    review, deciding, around, compose, composed, outbox, the_rest, undone, hostile,
    seldom, troubled,
)  # fmt: skip
