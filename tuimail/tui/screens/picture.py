"""Shows the pictures that are in a mail, one at a time; fetches nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from tuimail.core.files.pictures import Picture
from tuimail.tui import wording
from tuimail.tui.drawing import Drawn, draw
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.aside import aside


class PictureScreen(Over[None]):
    """One picture and what it is; decodes in a thread."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PICTURE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PICTURE,)
    TITLE_TEXT = "Pictures in this mail"
    DEFAULT_CSS = """
    PictureScreen #canvas { height: 1fr; align: center middle; }
    PictureScreen #canvas > * { width: auto; height: auto; }
    """

    @dataclass
    class Ready(Message):
        """A picture was decoded, or could not be."""

        place: int
        drawn: Drawn

    def __init__(self, found: Sequence[Picture]) -> None:
        super().__init__()
        self._pictures = found
        self._place = 0

    def content(self) -> ComposeResult:
        yield Facts()
        yield Container(id="canvas")

    async def on_mount(self) -> None:
        await self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "step":
            return len(self._pictures) > 1
        return super().check_action(action, parameters)

    async def action_step(self, count: int) -> None:
        self._place = (self._place + count) % len(self._pictures)
        await self._show()

    @on(Ready)
    async def _ready(self, message: Ready) -> None:
        drawn = message.drawn
        if message.place != self._place:
            return
        if drawn.widget_class is None:
            problem = Paragraph(text=drawn.problem, kind=Kind.WARNING)
            self.query_one(Facts).show((*self._facts(), problem))
        else:
            await self._hang(drawn.widget_class(drawn.image))  # type: ignore[arg-type]

    def _fit_text(self) -> None:
        """Leave the picture all the room there is."""

    async def _show(self) -> None:
        await self._hang()
        self.query_one(Facts).show(self._facts())
        self._decode(self._place)

    async def _hang(self, *shown: Widget) -> None:
        canvas = self.query_one("#canvas", Container)
        await canvas.remove_children()
        await canvas.mount_all(shown)

    def _decode(self, place: int) -> Worker[None]:
        async def work() -> None:
            drawn = await aside(partial(draw, self._pictures[place]))
            self.post_message(self.Ready(place, drawn))

        return self.run_worker(work, group="decoding", exclusive=True)

    def _facts(self) -> tuple[Paragraph, ...]:
        picture = self._pictures[self._place]
        place = f"{self._place + 1} of {len(self._pictures)}"
        what = ", ".join(_what(picture))
        name = f"“{wording.line(picture.name)}”" if picture.name else "no name"
        return (Paragraph(label=place, text=name), Paragraph(label="", text=what))


def _what(picture: Picture) -> Iterable[str]:
    if picture.kind:
        yield picture.kind
    if picture.width:
        yield f"{picture.width} by {picture.height} pixels"
    yield wording.size(picture.size_bytes)
    if picture.content_id:
        yield f"cid:{wording.line(picture.content_id)}"
