"""Boxes that open over a pane: what they share, and the plain questions.

None of them asks the workspace; they return what the person chose, and the
pane below does it. Escape always goes back to exactly what was there.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tuimail.tui.guard import QUIET_SECONDS, TOO_QUICK
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.styled import Styled
from tuimail.tui.stillness import keep_still
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.key_line import KeyLine
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

Result = TypeVar("Result")
_BOX_SHARE: Final = 90
"""Hundredths of the screen's height for a box, as the style sheet says."""
_LEAST_LINES: Final = 3
"""Of a text, where what is below it takes all the room."""


class Over(Styled[Result | None], ModalScreen[Result | None]):
    """A box over the pane, with a title, content, and its own keys below."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    """What the help screen explains here."""
    TITLE_TEXT: ClassVar[str] = ""
    is_overtaken = False
    """Whether what it asks about was decided, or changed, by somebody else."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content(self.title_text), id="box-title", markup=False)
            yield from self.content()
            yield Static("", id="box-complaint", markup=False)
            yield KeyLine(is_flush=True)

    @property
    def title_text(self) -> str:
        """The question, or what the box is; safe text."""
        return self.TITLE_TEXT

    def content(self) -> ComposeResult:
        """Yield what stands between title and keys."""
        yield from ()

    @property
    def tuimail(self) -> "TuimailApp":
        """The app the box belongs to."""
        return cast("TuimailApp", self.app)

    def complain(self, sentence: str) -> None:
        """Say in the box why nothing happened; safe text."""
        complaint = self.query_one("#box-complaint", Static)
        complaint.set_class(bool(sentence), "-shown")
        complaint.update(Content(sentence))

    def overtake(self, sentence: str) -> None:
        """Say that somebody else was first; nothing is decided here any more."""
        self.is_overtaken = True
        self.complain(sentence)
        self.refresh_bindings()

    def decide(self, result: Callable[[], Result]) -> None:
        """Return ``result`` if the key just pressed may decide about mail."""
        if self.is_overtaken:
            return
        if not self.tuimail.guard.allows():
            self.complain(TOO_QUICK)
            if self.tuimail.guard.is_burst:
                self.tuimail.refuse_burst()
            return
        presses = self.tuimail.guard.presses
        let_keys_on = self.tuimail.ahead.hold()

        def decided() -> None:
            self._decided(presses, result)
            let_keys_on()

        self.set_timer(QUIET_SECONDS, decided)

    def has_fields(self, *, has_fields: bool) -> None:
        """Let the style sheet know whether there is something to fill in."""
        self.set_class(has_fields, "-fields")

    def _on_mount(self, event: events.Mount) -> None:
        """Follow the layout; ``on_mount`` is left to those made from it."""
        del event
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self._fit_text())

    def _fit_text(self) -> None:
        """Give a text what is left of the box, so that its keys stay in sight.

        In cells: a box as high as what is in it is not measured by a share of the
        screen. What is around the text is as high as it is, whatever the text does.
        """
        box = self.query_one("#box")
        texts = [one for one in box.children if isinstance(one, TextView)]
        if len(texts) != 1:
            return
        others = sum(_height(one) for one in box.children if one is not texts[0])
        most = self.size.height * _BOX_SHARE // 100 - box.gutter.height
        room = max(_LEAST_LINES, most - others - texts[0].styles.margin.height)
        known = texts[0].styles.inline.max_height
        if known is None or known.value != room:
            texts[0].styles.max_height = room

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        del event
        self.tuimail.guard.disarm()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        keep_still(event.widget, moves=self.tuimail.moves)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.tuimail.guard.disarm()

    def action_keep(self) -> None:
        self.dismiss(None)

    def _decided(self, presses: int, result: Callable[[], Result]) -> None:
        if self.is_overtaken:
            return
        if self.tuimail.guard.presses == presses:
            self.dismiss(result())
        else:
            self.complain(TOO_QUICK)
            self.tuimail.refuse_burst()


def _height(widget: Widget) -> int:
    """Return how many lines a widget of a box takes, with those around it."""
    if not widget.display:
        return 0
    return widget.outer_size.height + widget.styles.margin.height


class ConfirmScreen(Over[bool]):
    """Asks before something that cannot be taken back."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.CONFIRM)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.CONFIRM,)

    def __init__(self, question: str, paragraphs: Sequence[Paragraph]) -> None:
        super().__init__()
        self._question = question
        self._paragraphs = paragraphs

    @property
    def title_text(self) -> str:
        return self._question

    def content(self) -> ComposeResult:
        yield Facts()

    def on_mount(self) -> None:
        self.query_one(Facts).show(self._paragraphs)

    def action_decide(self) -> None:
        self.decide(lambda: True)


class LeavingScreen(Over[str]):
    """Asks what becomes of mail that has not left yet."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LEAVING)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.LEAVING,)

    def __init__(
        self,
        question: str,
        paragraphs: Sequence[Paragraph],
        *,
        can_wait: bool,
        can_go_on: bool,
    ) -> None:
        """Ask ``question``.

        Args:
            question: The title; safe text.
            paragraphs: What to know.
            can_wait: Whether it makes sense to wait for mail to be handed over.
            can_go_on: Whether the machine could keep sending.
        """
        super().__init__()
        self._question = question
        self._paragraphs = paragraphs
        self._offered = {"wait": can_wait, "go_on": can_go_on}

    @property
    def title_text(self) -> str:
        return self._question

    def content(self) -> ComposeResult:
        yield Facts()

    def on_mount(self) -> None:
        self.query_one(Facts).show(self._paragraphs)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_offered = self._offered.get(action, True)
        return is_offered and super().check_action(action, parameters)

    def action_wait(self) -> None:
        self.dismiss("wait")

    def action_go_on(self) -> None:
        self.decide(lambda: "go_on")

    def action_now(self) -> None:
        self.dismiss("now")
