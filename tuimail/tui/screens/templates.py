"""Asks which of one's templates to take, and for what is to stand in its blanks."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.line_input import LineInput
from tuimail.tui.widgets.picks import Picks
from tuimail.workspace.template_desk import TemplateLine

LONGEST_LABEL: Final = 24
LONGEST_NAME: Final = 30
"""Cells of what a template is called, where the list says more of it."""


class TemplatesScreen(Over[str]):
    """Lists templates, and returns the name of one."""

    AUTO_FOCUS = "Picks"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.TEMPLATES)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.TEMPLATES, Scope.PICKS)
    TITLE_TEXT = "Put which template into the mail?"
    DEFAULT_CSS = """
    TemplatesScreen Picks { max-height: 14; }
    """

    def __init__(self, lines: Sequence[TemplateLine]) -> None:
        super().__init__()
        self._lines = {one.name: one for one in lines}

    def content(self) -> ComposeResult:
        width = max(wording.cells(wording.line(one)) for one in self._lines)
        width = min(width, LONGEST_NAME)
        choices = [_choice(one, width) for one in self._lines.values()]
        yield Picks(choices, id="picked")

    def on_mount(self) -> None:
        self.watch(self.query_one(Picks), "place", self._look)

    def action_take(self) -> None:
        chosen = self._lines[self.query_one(Picks).key]
        if not chosen.problem:
            self.dismiss(chosen.name)

    @on(Picks.Taken)
    def _clicked(self, message: Picks.Taken) -> None:
        message.stop()
        self.action_take()

    def _look(self) -> None:
        """Say of a template that cannot be used why that is so."""
        self.complain(wording.line(self._lines[self.query_one(Picks).key].problem))


class BlanksScreen(Over[Mapping[str, str]]):
    """Returns what is to stand in each blank; nothing leaves it open."""

    AUTO_FOCUS = "LineInput"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.BLANKS)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.BLANKS,)
    DEFAULT_CSS = """
    BlanksScreen #blanks { height: auto; max-height: 12; }
    BlanksScreen HorizontalGroup { height: 1; }
    BlanksScreen .blank { color: $text-muted; text-style: bold; }
    BlanksScreen Input { width: 1fr; height: 1; }
    """

    def __init__(
        self,
        name: str,
        blanks: Sequence[str],
        *,
        given: Mapping[str, str],
        complaint: str = "",
    ) -> None:
        """Ask for values.

        Args:
            name: Of the template; untrusted.
            blanks: Names of the values, in order; untrusted.
            given: What was answered before.
            complaint: Why that would not do; untrusted.
        """
        super().__init__()
        self._template = name
        self._blanks = blanks
        self._given = given
        self._complaint = complaint

    @property
    def title_text(self) -> str:
        return f"What stands in the blanks of {wording.line(self._template)}?"

    def content(self) -> ComposeResult:
        labels = [
            wording.clipped(wording.line(one), LONGEST_LABEL) for one in self._blanks
        ]
        width = 2 + max(map(wording.cells, labels))
        with VerticalScroll(id="blanks", can_focus=False):
            for place, (name, label) in enumerate(
                zip(self._blanks, labels, strict=True)
            ):
                yield _labelled(label, width, self._field(place, name))

    def on_mount(self) -> None:
        self.complain(wording.line(self._complaint))

    def action_take(self) -> None:
        fields = self.query(LineInput)
        values = (one.value.strip() for one in fields)
        self.dismiss(dict(zip(self._blanks, values, strict=True)))

    @on(Input.Submitted)
    def _next(self, message: Input.Submitted) -> None:
        """Go on to the next blank; after the last one, take all of them."""
        message.stop()
        if message.input is self.query(LineInput).last():
            self.action_take()
        else:
            self.focus_next()

    def _field(self, place: int, name: str) -> LineInput:
        field = LineInput(id=f"blank-{place}", joint=" ")
        field.value = self._given.get(name, "")
        return field


def _choice(line: TemplateLine, width: int) -> Choice:
    what = "cannot be used" if line.problem else wording.line(line.text)
    kind = "snippet: " if line.is_snippet else ""
    name = wording.fitted(wording.line(line.name), width)
    return Choice(key=line.name, text=name, more=f"{kind}{what}")


def _labelled(label: str, width: int, field: LineInput) -> HorizontalGroup:
    static = Static(Content(label), classes="blank", markup=False)
    static.styles.width = width
    return HorizontalGroup(static, field)
