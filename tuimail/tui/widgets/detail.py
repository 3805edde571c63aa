"""One mail as it will be received: facts on top, tabs below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from tuimail.tui import enclosures, jumping, searching, wording
from tuimail.tui.jumping import Spot
from tuimail.tui.looks import Look
from tuimail.tui.searching import Found
from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.blocks import BLOCK
from tuimail.tui.widgets.elsewhere import Elsewhere
from tuimail.tui.widgets.facts import IN_RECORD, Facts
from tuimail.tui.widgets.prose import Kind
from tuimail.tui.widgets.search_line import SearchLine
from tuimail.tui.widgets.tab_line import TabLine
from tuimail.tui.widgets.text_view import TextView

_TEXT_LINES: Final = 18
"""What is left for the text and its tabs, before the facts are told in short."""
WIDTHS: Final = (0, 72, 40)
"""Cells at which the text is wrapped, one after the other: as many as there are, as
old programs do, and as a phone does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A tab of one revision of a mail."""

    id: str
    revision: int
    tab: str


class Detail(Vertical):
    """Shows what it is given and remembers which tab was open."""

    ACTIONS: ClassVar[frozenset[str]] = frozenset(
        {"finding", "comment", "width", "fold", "people", "inside"}
    )
    """What ``can`` is asked about."""
    DEFAULT_CSS = """
    Detail { height: 1fr; min-width: 1; }
    Detail > .-never { display: none; }
    Detail > #facts { padding: 0 1 0 0; }
    Detail > #text { height: 1fr; min-height: 3; }
    """

    def __init__(self, *, tab: str, has_facts: bool = True, id: str) -> None:
        super().__init__(id=id)
        self._tab = tab
        self._has_facts = has_facts
        self._look: Look | None = None
        self._turns = 0
        self._width = 0
        self._is_unfolded = False
        self._found: Found | None = None
        self._finding = -1
        self._comment = -1
        self.read: frozenset[str] = frozenset()
        """Tabs whose end was on the screen."""

    def compose(self) -> ComposeResult:
        yield Elsewhere()
        shown = "" if self._has_facts else "-never"
        yield Facts(more=IN_RECORD, id="facts", classes=shown)
        yield TabLine(id="tabs")
        yield TextView(id="text", is_searched=True)
        yield SearchLine()

    @property
    def text_view(self) -> TextView:
        """The open tab's text."""
        return self.query_one("#text", TextView)

    @property
    def facts(self) -> Facts:
        """The block above the tabs."""
        return self.query_one(Facts)

    @property
    def shown(self) -> Look | None:
        """What is shown."""
        return self._look

    @property
    def tab(self) -> str:
        """Name of the tab that is open."""
        return self._look.tab(self._tab).name if self._look else ""

    def show(self, found: Look | None) -> None:
        """Show a mail from its top, or stay where the same one is being read."""
        before, self._look = self._look, found
        is_same = (
            before is not None
            and found is not None
            and before.page.row.id == found.page.row.id
        )
        if not is_same:
            self._turns = 0
            self._is_unfolded = False
            self.read = frozenset()
            self._finding = self._comment = -1
            self.tell_elsewhere("")
            self._stop_searching()
        self._show_facts()
        if found is None:
            self.query_one(TabLine).show((), "")
            self.text_view.show(())
        else:
            self._show_tab(found, is_same=is_same)
            self._warm(found)

    def tell_elsewhere(self, sentence: str) -> None:
        """Say above it who decided about it somewhere else; safe text."""
        self.query_one(Elsewhere).tell(sentence)

    def mark_read(self, tabs: frozenset[str]) -> None:
        """Show which tabs were on the screen to their end."""
        self.read = tabs
        self._show_titles()

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

    def open(self, name: str) -> None:
        """Open the tab called ``name``, as it is seen first."""
        self._turns = 0
        self._open(name)

    def fold(self) -> bool:
        """Show all of what is folded, or fold it; return whether there is more."""
        tab = self._current
        if tab is None or tab.folded is None:
            return False
        self._is_unfolded = not self._is_unfolded
        self._open(tab.name)
        return True

    def next_width(self) -> int:
        """Wrap the text at the next of ``WIDTHS``, and return that."""
        self._width = WIDTHS[(WIDTHS.index(self._width) + 1) % len(WIDTHS)]
        self.text_view.set_width(self._width)
        self._show_titles()
        return self._width

    def can(self, action: str) -> bool:
        """Return whether one of ``ACTIONS`` does something now."""
        look, tab = self._look, self._current
        if look is None or tab is None or not self.display:
            return False
        return {
            "finding": bool(look.page.findings),
            "comment": bool(jumping.remarks(look)),
            "width": True,
            "fold": tab.folded is not None,
            "people": bool(look.page.draft.recipients),
            "inside": look.has_files,
        }[action]

    def open_people(self) -> None:
        """Open the tab that has everybody whom the mail is for."""
        names = [tab.name for tab in self._look.tabs] if self._look else []
        self.open("people" if "people" in names else "record")

    @property
    def file_shown(self) -> int:
        """Place of the file that the first line on the screen is about."""
        if self.tab != "parts" or self._look is None:
            return 0
        return enclosures.file_at(self._look.tab("parts").text, self.text_view.top)

    @property
    def line_shown(self) -> int:
        """Number of the line of the text that somebody is at, from 1."""
        if self.tab != "text":
            return 1
        found = self._found.hit if self._found else None
        place = found.place if found else self.text_view.top
        return place.block * BLOCK + place.paragraph + 1

    def go_to_finding(self, step: int) -> None:
        """Go to the place of the finding that is ``step`` further on."""
        if self._look is not None and self._look.page.findings:
            number = _next(self._finding, step, len(self._look.page.findings))
            self._finding = number
            self._go(jumping.finding_spot(self._look, number))

    def go_to_comment(self, step: int, now: datetime) -> None:
        """Go to the place of the comment that is ``step`` further on."""
        if self._look is not None and jumping.remarks(self._look):
            number = _next(self._comment, step, len(jumping.remarks(self._look)))
            self._comment = number
            self._go(jumping.remark_spot(self._look, number, now))

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._show_facts()

    @property
    def _current(self) -> Tab | None:
        if self._look is None:
            return None
        return self._look.tab(self._tab).turned(self._turns)

    def _go(self, spot: Spot) -> None:
        """Open the tab of ``spot``, show its place, and say what it is about."""
        if self.tab != spot.tab:
            self.open(spot.tab)
        hits = (spot.hit,) if spot.hit else ()
        found = self._found = Found(words="", hits=hits, at=0)
        if spot.hit is not None:
            self._unfold()
            self.text_view.show_place(spot.hit.place, spot.hit.start)
        self.text_view.mark(found.marks)
        self.query_one(SearchLine).tell(spot.told, spot.kind)

    def _unfold(self) -> None:
        tab = self._current
        if tab is not None and tab.folded is not None and not self._is_unfolded:
            self.fold()

    @on(TextView.Searched)
    def _begin_searching(self, message: TextView.Searched) -> None:
        message.stop()
        self._unfold()
        self.query_one(SearchLine).begin()

    @on(TextView.Stepped)
    def _step_hits(self, message: TextView.Stepped) -> None:
        message.stop()
        if self._found is not None:
            self._show_found(self._found.stepped(message.count))

    @on(SearchLine.Typed)
    def _search(self, message: SearchLine.Typed) -> None:
        message.stop()
        words = wording.line(message.text)
        view = self.text_view
        if words.strip():
            self._show_found(searching.find(view.blocks, words, after=view.top))
        else:
            self._stop_marking()

    @on(SearchLine.Taken)
    def _read_on(self, message: SearchLine.Taken) -> None:
        message.stop()
        self.text_view.focus()
        if self._found is None:
            self._stop_searching()

    @on(SearchLine.Dropped)
    def _drop_search(self, message: SearchLine.Dropped) -> None:
        message.stop()
        self._stop_searching()
        self.text_view.focus()

    def _show_found(self, found: Found) -> None:
        self._found = found
        view = self.text_view
        view.mark(found.marks)
        view.has_hits = bool(found.hits)
        if found.hit is not None:
            view.show_place(found.hit.place, found.hit.start)
        self.query_one(SearchLine).say(found.told, Kind.MUTED)

    def _stop_marking(self) -> None:
        self._found = None
        self.text_view.has_hits = False
        self.text_view.mark({})
        self.query_one(SearchLine).say("")

    def _stop_searching(self) -> None:
        self._stop_marking()
        self.query_one(SearchLine).close()

    def _warm(self, found: Look) -> None:
        """Begin with what takes long in a thread, so that it is there when opened."""
        slow = [tab for tab in found.tabs if tab.is_slow]
        if slow:
            self.run_worker(partial(_make, slow), thread=True, group="warming")

    def _open(self, name: str) -> None:
        self._tab = name
        self._stop_searching()
        if self._look is not None:
            self._show_tab(self._look, is_same=False)

    @on(TabLine.Chosen)
    def _chosen(self, message: TabLine.Chosen) -> None:
        message.stop()
        self.open(message.name)

    def _show_facts(self) -> None:
        """Show all facts where they take no more than half, and the brief ones else."""
        if self._look is None:
            self.facts.show(())
            return
        self.facts.show_either(
            self._look.facts,
            self._look.brief,
            most=max(self.size.height // 2, self.size.height - _TEXT_LINES),
        )

    def _show_titles(self) -> None:
        tab = self._current
        if tab is None or self._look is None:
            return
        shown = [tab if one.name == tab.name else one for one in self._look.tabs]
        self.query_one(TabLine).show(shown, tab.name, read=self.read, width=self._width)

    def _show_tab(self, found: Look, *, is_same: bool) -> None:
        tab = found.tab(self._tab).turned(self._turns)
        self._show_titles()
        is_folded = tab.folded is not None and not self._is_unfolded
        text = tab.folded if tab.folded is not None and is_folded else tab.text
        row = found.page.row
        what = Seen(id=row.id, revision=row.revision, tab=tab.name)
        self.text_view.show(text, is_same=is_same, what=what)


def _make(tabs: Sequence[Tab]) -> None:
    for tab in tabs:
        tab.warm()


def _next(at: int, step: int, count: int) -> int:
    """Return what is ``step`` further on, round and round; the first one at first."""
    if at < 0:
        return 0 if step > 0 else count - 1
    return (at + step) % count
