"""The way through every screen there is, on which they are all looked at.

Panes are gone to as a person does; the boxes over them are opened by themselves,
with what the workspace says of hostile mail in them.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from unittest.mock import patch

from textual.screen import Screen

from tests.scenery.studio import ASKED, FOUND
from tests.tui.acceptance.hostile import ALL, MARKUP, Poison
from tests.tui.conftest import FIELDS, SALES, Desk, Stage
from tests.tui.places import CLASSES
from tuimail.core.decision import Comment
from tuimail.core.draft import Body
from tuimail.core.files.enclosed import Enclosed
from tuimail.core.files.pictures import Picture
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.settings.discovery.found import Asked, Login, Search, Source
from tuimail.tui import wording
from tuimail.tui.batching import Marked, Unwanted
from tuimail.tui.commanding import Command
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.screens.revisions import Version
from tuimail.tui.screens.setting_up import SetUpScreen
from tuimail.tui.set_up.values import Around, View
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.evidence import Evidence, Fact
from tuimail.workspace.foretelling import Reading
from tuimail.workspace.setting_up import Setup, Trial
from tuimail.workspace.signing_in import SignIn, Way
from tuimail.workspace.template_desk import TemplateLine
from tuimail.workspace.views import AccountView, Batch, Page

SCREENS: Final[Mapping[str, type[Screen[Any]]]] = {
    one.__name__: one
    for one in CLASSES
    if issubclass(one, Screen)
    and one.__name__.endswith("Screen")
    and one is not PaneScreen
}
"""Every screen of the app, by its name; what others are made from is none."""
PANES: Final = {
    "ReviewScreen": "review",
    "OutboxScreen": "outbox",
    "SentScreen": "sent",
    "DraftsScreen": "drafts",
    "AccountsScreen": "accounts",
    "ComposeScreen": "compose",
    "SetUpScreen": "account",
}
TABS: Final = {
    "ReviewScreen": 8,
    "OutboxScreen": 2,
    "SentScreen": 2,
    "ComposeScreen": 0,
}
"""How often another tab of the mail is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What boxes are about: hostile mail, as the workspace tells the app of it."""

    page: Page
    reading: Reading
    accounts: tuple[AccountView, ...]
    poison: Poison
    stage: Stage

    @property
    def nasty(self) -> str:
        return self.poison.line("a name")

    @property
    def safe(self) -> str:
        """What a caller made safe, as the boxes ask for it."""
        return wording.line(ALL)


def _release(scene: Scene) -> Over[Any]:
    return _of("ReleaseScreen")(
        scene.page, verb="approve", undo=timedelta(0), complaint=ALL
    )


def _reason(scene: Scene) -> Over[Any]:
    return _of("ReasonScreen")("reject", scene.page, scene.reading, complaint=ALL)


def _batch(scene: Scene) -> Over[Any]:
    page = scene.page
    batch = Batch(kind=scene.nasty, rows=(page.row,), digests=("a" * 64,), refused={})
    marked = Marked(batch=batch, pages=(page,), stay=((scene.safe, scene.safe),))
    return _of("BatchScreen")(marked, complaint=ALL)


def _send_again(scene: Scene) -> Over[Any]:
    fact = Fact(at=None, text=scene.nasty, quote=ALL)
    found = Evidence(
        facts=(fact,), is_written=True, to_type=scene.nasty, can_inquire=False
    )
    return _of("SendAgainScreen")(scene.page.row, found, said=ALL)


def _revisions(scene: Scene) -> Over[Any]:
    now = scene.stage.app.now()
    listed = [
        Version(revision=n, at=now, author=scene.nasty, subject=scene.nasty)
        for n in (2, 1)
    ]
    return _of("RevisionsScreen")(
        listed, now=now, read=lambda _number, then: then(scene.page.draft)
    )


def _sign_in(scene: Scene) -> Over[Any]:
    begun = SignIn(Way.DEVICE, None, lambda _limit: None)  # type: ignore[arg-type, return-value]  # only shown
    begun.user_code, begun.verification_url = scene.nasty, scene.nasty
    return _of("SignInScreen")(begun)


def _inside(scene: Scene) -> Over[Any]:
    file = Enclosed(
        name=scene.nasty,
        content_type=scene.nasty,
        what=scene.nasty,
        is_contradicted=True,
        is_binary=False,
        digest="a" * 64,
        encoded_bytes=10,
        content_id=scene.nasty,
        is_picture=False,
        content=ALL.encode(errors="replace"),
    )
    return _of("InsideScreen")([file, file])


def _picture(scene: Scene) -> Over[Any]:
    found = Picture(
        name=scene.nasty,
        content_id=scene.nasty,
        kind="",
        width=0,
        height=0,
        size_bytes=1,
        content=b"",
        problem=ALL,
    )
    return _of("PictureScreen")([found])


def _templates(scene: Scene) -> Over[Any]:
    lines = [
        TemplateLine(name=scene.nasty, is_snippet=False, text=ALL, problem=problem)
        for problem in ("", ALL)
    ]
    return _of("TemplatesScreen")(lines)


def palette(names: Sequence[str]) -> Over[Any]:
    """Return the palette with commands that are called like this."""
    said = [wording.line(one) for one in names]
    return _of("PaletteScreen")([Command(name=one, help=one) for one in said])


def _unwanted(scene: Scene) -> Over[Any]:
    rows = (scene.page.row, scene.page.row)
    return _of("BatchNoScreen")(Unwanted(rows=rows, reviewers=()), complaint=ALL)


def _comment(scene: Scene) -> Over[Any]:
    remarks = [Comment(text=ALL.replace("\0", "")[:500], field="text", line=1)]
    return _of("CommentScreen")(ALL.split("\n"), remarks, line=1)


def _of(name: str) -> Callable[..., Over[Any]]:
    return SCREENS[name]  # type: ignore[return-value]  # all that are named here


BOXES: Final[Mapping[str, Callable[[Scene], Over[Any]]]] = {
    "AcceptScreen": lambda s: _of("AcceptScreen")(s.page, complaint=ALL),
    "AssignScreen": lambda s: _of("AssignScreen")([s.nasty, s.nasty], assigned=s.nasty),
    "BatchNoScreen": _unwanted,
    "BatchScreen": _batch,
    "BlanksScreen": lambda s: _of("BlanksScreen")(
        s.nasty, [s.nasty, s.nasty], given={}, complaint=ALL
    ),
    "BothChangedScreen": lambda s: _of("BothChangedScreen")([Paragraph(text=s.safe)]),
    "CommentScreen": _comment,
    "ConfirmScreen": lambda s: _of("ConfirmScreen")(s.safe, [Paragraph(text=s.safe)]),
    "ElsewhereScreen": lambda s: _of("ElsewhereScreen")(s.safe),
    "HelpScreen": lambda s: _of("HelpScreen")(
        s.stage.app.screen.SCOPES,  # type: ignore[attr-defined]  # a pane has them
        {},
        (s.safe,),
    ),
    "InsideScreen": _inside,
    "LeafScreen": lambda _: _of("LeafScreen")("findings"),
    "LeavingScreen": lambda s: _of("LeavingScreen")(
        s.safe, [Paragraph(text=s.safe)], can_wait=True, can_go_on=True
    ),
    "MistakeScreen": lambda _: _of("MistakeScreen")(ValueError(ALL)),
    "PaletteScreen": lambda _: palette((*MARKUP, ALL)),
    "PasswordScreen": lambda s: _of("PasswordScreen")(s.nasty, said=ALL),
    "PathScreen": lambda s: _of("PathScreen")(text=s.safe, complaint=ALL),
    "PictureScreen": _picture,
    "PipeScreen": lambda s: _of("PipeScreen")(
        ALL.encode("utf-8", "replace"), command=s.safe
    ),
    "ReasonScreen": _reason,
    "ReleaseScreen": _release,
    "RenameScreen": lambda s: _of("RenameScreen")(s.nasty, complaint=ALL),
    "RerouteScreen": lambda s: _of("RerouteScreen")(s.page.row, s.accounts),
    "RevisionsScreen": _revisions,
    "SendAgainScreen": _send_again,
    "SignInScreen": _sign_in,
    "SignScreen": lambda s: _of("SignScreen")(
        s.safe, s.safe, [s.nasty], is_needed=True, complaint=ALL
    ),
    "TemplatesScreen": _templates,
    "WayScreen": lambda s: _of("WayScreen")(s.nasty, list(Way)),
    "WhenScreen": lambda s: _of("WhenScreen")(s.page.row, None, now=s.stage.app.now()),
}
"""How each box over a pane is opened."""


async def _refuses(job: SendJob) -> Verdicts:
    receipt = Receipt(stage="rcpt", code=550, enhanced="5.1.1", text=ALL)
    kind = VerdictKind.REFUSED
    return Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
            for one in job.envelope.recipients
        ),
        server="smtp.example.org",
    )


async def furnish(desk: Desk) -> None:
    """Put mail into every pane, as hostile as the doors let it in."""
    desk.save("work", "home")
    text = "\n".join(
        (*MARKUP, *ALL.replace("\0", "").encode("utf-8", "ignore").decode().split("\n"))
    )
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        draft = workspace.drafts.compose(
            replace(FIELDS, attachments=(FileToAttach(name="a.txt", source=b"a"),))
        )
        body = Body(text=text, html=f"<p>{text}</p>")
        for _ in range(2):
            workspace.drafts.new(replace(draft, body=body), note=text)
    desk.write(subject=" ".join(MARKUP))
    await desk.sent(_refuses, subject="refused")
    await desk.sent(VerdictKind.SENT, subject="sent")
    await desk.sent(VerdictKind.UNKNOWN, subject="unknown")
    assert len(desk.rows("error", "sent", "unknown")) == 3
    desk.release(undo=timedelta(minutes=1), subject="leaves soon")


async def scene(stage: Stage, poison: Poison) -> Scene:
    """Return what boxes are about, as the app is told of it."""
    (row, *_) = stage.desk.rows("review")
    ask = stage.app.bridge.call
    page, reading, accounts = await ask(
        lambda ws: (ws.drafts.page(row.id), ws.reading(row.id), ws.accounts.views())
    )
    return Scene(
        page=page, reading=reading, accounts=tuple(accounts), poison=poison, stage=stage
    )


async def screens(stage: Stage, poison: Poison) -> AsyncIterator[str]:
    """Show one screen after the other; yield the name of each."""
    for name, mode in PANES.items():
        stage.app.go(mode)
        await _shown(stage, name)
        yield name
        for number in range(TABS.get(name, 0)):
            await stage.pilot.press("l")
            await stage.settle()
            yield f"{name}, tab {number + 2}"
        if name == "SetUpScreen":
            async for page in _pages(stage, poison):
                yield page
    stage.app.go("review")
    await _shown(stage, "ReviewScreen")
    about = await scene(stage, poison)
    for name in sorted(BOXES.keys() & SCREENS.keys()):
        stage.app.push_screen(BOXES[name](about))
        await _shown(stage, name)
        yield name
        stage.app.pop_screen()
        await stage.settle()


async def _pages(stage: Stage, poison: Poison) -> AsyncIterator[str]:
    """Show every page about a new account, of which none begins to do anything."""
    screen = stage.app.screen
    assert isinstance(screen, SetUpScreen)
    with patch.object(screen, "_begin_waiting"):
        for view in View:
            screen.setup = _set_up(poison)
            screen.around = _around(screen.around, view, poison)
            screen.show()
            await stage.settle()
            assert screen.panel is not None
            assert screen.panel.page.view is view
            yield f"SetUpScreen, {view.value}"
    screen.setup = Setup()


def _set_up(poison: Poison) -> Setup:
    """Return what was answered, where nothing that came from elsewhere is harmless."""
    nasty = poison.line
    way = replace(
        FOUND,
        title=nasty("title"),
        advice=ALL,
        asked=nasty("page"),
        options={key: nasty("value") for key in FOUND.options},
        asks=("host",),
        is_foreign=True,
    )
    asked = tuple(replace(one, what=nasty(""), outcome=nasty("")) for one in ASKED)
    trial = Trial(
        is_good=False, endpoint=nasty(""), offers=(ALL,), error=ALL, hint=nasty("")
    )
    return Setup(
        address="mara@example.org",
        name="example",
        search=Search(found=(way, way), asked=asked),
        way=way,
        login=Login.PASSWORD,
        secret=nasty("keyring:"),
        tested=trial,
        sender_name=nasty("Mara"),
        reply_to=nasty("Mara"),
        signature=ALL,
    )


def _around(before: Around, view: View, poison: Poison) -> Around:
    begun = SignIn(Way.DEVICE, None, lambda _limit: None)  # type: ignore[arg-type, return-value]  # only shown
    begun.user_code = begun.verification_url = poison.line("code")
    return replace(
        before,
        asks_for=view,
        looked=(Asked(source=Source.SRV, what=ALL, outcome=ALL),),
        problem=poison.line("problem"),
        ways=tuple(Way),
        token_file=poison.line("file"),
        where_to_register=poison.line("where"),
        sign_in=begun,
    )


async def _shown(stage: Stage, name: str) -> None:
    await stage.until(lambda: type(stage.app.screen).__name__ == name)
    await stage.settle()
