"""The mail as it would be received, beside the fields it is written in."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tuimail.tui.proofing import Proofed
from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.tab_line import TabLine
from tuimail.tui.widgets.text_view import TextView


class ProofView(Vertical):
    """Shows proofs one after the other, and stays where it is read."""

    DEFAULT_CSS = """
    ProofView { height: 1fr; min-width: 1; padding: 0 1; }
    ProofView > #proof-text { height: 1fr; min-height: 3; }
    ProofView > #proof-noticed { max-height: 30%; border-top: solid $panel; }
    ProofView > #proof-noticed.-empty { display: none; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shown: Proofed | None = None
        self._added: tuple[Paragraph, ...] = ()
        self._noticed: tuple[Paragraph, ...] = ()
        self._tab = "html"

    def compose(self) -> ComposeResult:
        yield TabLine(id="proof-tabs")
        yield TextView(id="proof-text")
        yield Facts(id="proof-noticed", classes="-empty")

    @property
    def text_view(self) -> TextView:
        """The open tab's text."""
        return self.query_one("#proof-text", TextView)

    @property
    def tab(self) -> str:
        """Name of the tab that is open."""
        names = [tab.name for tab in self._tabs]
        return self._tab if self._tab in names else next(iter(names), "")

    def show(self, found: Proofed, *, is_same: bool) -> None:
        """Show a proof.

        Args:
            found: What is shown.
            is_same: It is of the mail that is shown already.
        """
        self._shown = found
        self._show_noticed()
        self._show_tab(is_same=is_same)

    def add(self, noticed: tuple[Paragraph, ...]) -> None:
        """Show what somebody else noticed, below what the proof says."""
        if noticed != self._added:
            self._added = noticed
            self._show_noticed()

    def step(self, count: int) -> None:
        """Open the tab that is ``count`` further on."""
        names = [tab.name for tab in self._tabs]
        if names:
            self._open(names[(names.index(self.tab) + count) % len(names)])

    @on(TabLine.Chosen)
    def _chosen(self, message: TabLine.Chosen) -> None:
        message.stop()
        self._open(message.name)

    @property
    def _tabs(self) -> tuple[Tab, ...]:
        return self._shown.tabs if self._shown else ()

    def _show_noticed(self) -> None:
        noticed = (*(self._shown.noticed if self._shown else ()), *self._added)
        if noticed != self._noticed:
            self._noticed = noticed
            facts = self.query_one("#proof-noticed", Facts)
            facts.set_class(not noticed, "-empty")
            facts.show(noticed)

    def _open(self, name: str) -> None:
        self._tab = name
        self._show_tab(is_same=False)

    def _show_tab(self, *, is_same: bool) -> None:
        tab = next((one for one in self._tabs if one.name == self.tab), None)
        line = self.query_one(TabLine)
        line.display = bool(self._tabs)
        line.show(self._tabs, self.tab)
        if tab is not None:
            self.text_view.show(tab.text, is_same=is_same)
        elif self._shown is not None:
            why = Paragraph(text=self._shown.why_not, kind=Kind.MUTED)
            self.text_view.show((why,))
