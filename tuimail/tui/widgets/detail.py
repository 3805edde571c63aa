"""One mail as it will be received: facts on top, tabs below."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tuimail.tui.looks import Look
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.tab_line import TabLine
from tuimail.tui.widgets.text_view import TextView


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A tab of one revision of a mail."""

    id: str
    revision: int
    tab: str


class Detail(Vertical):
    """Shows what it is given and remembers which tab was open."""

    DEFAULT_CSS = """
    Detail { height: 1fr; min-width: 1; }
    Detail > .-never { display: none; }
    Detail > #text { height: 1fr; min-height: 3; }
    """

    def __init__(self, *, tab: str, has_facts: bool = True, id: str) -> None:
        super().__init__(id=id)
        self._tab = tab
        self._has_facts = has_facts
        self._look: Look | None = None
        self._turns = 0

    def compose(self) -> ComposeResult:
        yield Facts(id="facts", classes="" if self._has_facts else "-never")
        yield TabLine(id="tabs")
        yield TextView(id="text")

    @property
    def text_view(self) -> TextView:
        """The open tab's text."""
        return self.query_one("#text", TextView)

    @property
    def facts(self) -> Facts:
        """The block above the tabs."""
        return self.query_one(Facts)

    def show(self, found: Look | None) -> None:
        """Show a mail from its top, or stay where the same one is being read."""
        before, self._look = self._look, found
        if before is None or found is None or before.page.row.id != found.page.row.id:
            self._turns = 0
        self.facts.show(found.facts if found else ())
        if found is None:
            self.query_one(TabLine).show((), "")
            self.text_view.show(())
        else:
            is_same = before is not None and before.page.row.id == found.page.row.id
            self._show_tab(found, is_same=is_same)

    def step(self, count: int) -> None:
        """Open the tab that is ``count`` further on."""
        if self._look is not None:
            names = [tab.name for tab in self._look.tabs]
            place = names.index(self._look.tab(self._tab).name)
            self.open(names[(place + count) % len(names)])

    def turn(self, name: str) -> None:
        """Open the tab called ``name``, or show the next way to see it."""
        if self._look is None or self._look.tab(name).name != name:
            return
        if self._look.tab(self._tab).name == name:
            self._turns += 1
        self._open(name)

    @property
    def tab(self) -> str:
        """Name of the tab that is open."""
        return self._look.tab(self._tab).name if self._look else ""

    def open(self, name: str) -> None:
        """Open the tab called ``name``, as it is seen first."""
        self._turns = 0
        self._open(name)

    def _open(self, name: str) -> None:
        self._tab = name
        if self._look is not None:
            self._show_tab(self._look, is_same=False)

    @on(TabLine.Chosen)
    def _chosen(self, message: TabLine.Chosen) -> None:
        message.stop()
        self.open(message.name)

    def _show_tab(self, found: Look, *, is_same: bool) -> None:
        tab = found.tab(self._tab).turned(self._turns)
        shown = [tab if one.name == tab.name else one for one in found.tabs]
        self.query_one(TabLine).show(shown, tab.name)
        row = found.page.row
        what = Seen(id=row.id, revision=row.revision, tab=tab.name)
        self.text_view.show(tab.paragraphs, is_same=is_same, what=what)
