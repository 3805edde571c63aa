"""A pane with a list: the window of it that is loaded, and what narrows it."""

from functools import partial
from typing import ClassVar, Final

from textual import on

from tuimail.errors import TuimailError
from tuimail.tui import emptiness, keymap, wording
from tuimail.tui.asking import Failed, WorkspaceChanged
from tuimail.tui.screens.consenting import ConsentingPane
from tuimail.tui.widgets.filter_line import FilterLine
from tuimail.tui.widgets.loaded import Asked
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.workspace.lately import Lately
from tuimail.workspace.lists import ListName, Wanted, Window

CALM_SECONDS: Final = 0.1
"""Changes that others make are shown so often, however many there are."""
AT_ONCE: Final = 3
"""So many are shown at once before that: what the person did is among them."""
_STEPS_A_LOOK: Final = 20
"""Mail is read in so many steps before it is looked for again."""
_CUT: Final = "The range ended: not everything between here and there is loaded."


class ListingPane(ConsentingPane):
    """Has the table read what it is about to show, in the order of the workspace."""

    EMPTY: ClassVar[str]
    """What is said when nothing is listed."""

    def __init__(self) -> None:
        super().__init__()
        self.lately: Lately | None = None
        """What happened last, as the lines around the pane were told."""
        self._was_listed = False
        """Whether it is known what is in the list; until then it is not empty."""
        self._is_loading = False
        self._is_stale = False
        """Whether what is being loaded is to be loaded again at once."""
        self._changes = 0
        """Lately, until it is calm."""
        self._search = ""
        """What the list is narrowed to."""
        self._shown_search = ""
        """What the mails that are listed now were found by."""
        self._searched = ""
        """What was looked for last, after the list shows everything again."""
        self._fault: TuimailError | None = None
        """Why what was typed cannot be looked for."""
        self._is_reading_mail = False
        self._steps = 0

    @property
    def table(self) -> MailTable:
        """The list."""
        return self.query_one(MailTable)

    @property
    def filter_line(self) -> FilterLine:
        """What narrows the list."""
        return self.query_one(FilterLine)

    @property
    def list_name(self) -> ListName:
        """Which list it is, and so in which order."""
        return ListName(self.MODE)

    def choose(self, row_id: str) -> None:
        """Select a mail that may come into the list only now."""
        self.table.select(row_id)
        self.reload()

    def reload(self) -> None:
        super().reload()
        self._load()

    def on_workspace_changed(self, message: WorkspaceChanged) -> None:
        """Read again, soon: others may change many mails a second."""
        message.stop()
        self._changes += 1
        if self._changes == 1:
            self.set_timer(CALM_SECONDS, self._calm_down)
        if self._changes <= AT_ONCE:
            self.reload()

    def on_failed(self, message: Failed) -> None:
        """Read again at the next occasion; what every pane does follows by itself."""
        del message
        self._is_loading = False

    @on(MailTable.Narrowed)
    def narrow(self) -> None:
        """Let the person type what the list is to show only."""
        self.filter_line.begin()
        self._read_mail()
        self.refresh_bindings()

    @on(MailTable.Widened)
    @on(FilterLine.Dropped)
    def widen(self) -> None:
        """Show everything again; the selected mail stays."""
        self._searched = self._search or self._searched
        self._look_for("")
        self.filter_line.close()
        self.table.focus()
        self.refresh_bindings()

    @on(MailTable.HitWanted)
    def _find_hit(self, message: MailTable.HitWanted) -> None:
        """Go to the next mail that has the words."""
        step = message.step
        if self._search:
            self.table.action_move(step)
            return
        search, name, row_id = self._searched, self.list_name, self.table.selected
        self.ask(
            lambda ws: ws.lists.hit(name, search, row_id, step),
            partial(self._go_to_hit, search),
            group="hit",
        )

    @on(FilterLine.Typed)
    def _typed(self, message: FilterLine.Typed) -> None:
        self._look_for(message.text)

    @on(FilterLine.Taken)
    def _take(self) -> None:
        if self._fault is not None:
            self.refused(self._fault)
        elif self._search:
            self.table.focus()
        else:
            self.widen()

    @on(MailTable.Wanted)
    def _more(self) -> None:
        self._load(is_awaited=False)

    @on(MailTable.Marked)
    def _marked(self, message: MailTable.Marked) -> None:
        if message.is_cut:
            self.notice.say(_CUT, is_error=False)
        self.refresh_bindings()

    def showed_rows(self) -> None:
        """Go on after the list was read again."""

    def read_when_idle(self) -> None:
        """Read a little of what mail says, so that it is found at once later."""
        if not self._is_reading_mail:
            self.ask(
                lambda ws: ws.search.catch_up(),
                lambda _more: None,
                otherwise=lambda _error: None,
                group="reading mail",
            )

    def _look_for(self, text: str) -> None:
        self._search, self._fault = text, None
        self.table.is_narrow = bool(text)
        self.table.has_hits = bool(text or self._searched)
        self._load()

    def _load(self, *, is_awaited: bool = True) -> None:
        """Read what is about to be seen; once more if that changes meanwhile."""
        self._is_stale = self._is_loading
        if self._is_loading:
            return
        self._is_loading = True
        name, search = self.list_name, self._search
        is_other = search != self._shown_search
        wanted = _wanted(self.table.asked, search, is_other=is_other)
        self.ask(
            lambda ws: ws.lists.window(name, wanted),
            partial(self._show_window, search),
            otherwise=partial(self._show_fault, search),
            is_awaited=is_awaited,
        )

    def _show_window(self, search: str, found: Window) -> None:
        self._is_loading, self._fault, self._was_listed = False, None, True
        is_other, self._shown_search = search != self._shown_search, search
        self.table.say_empty(self._said_when_empty(found))
        self.table.show(
            found.rows,
            start=found.start,
            total=found.total,
            selected=found.selected,
            place=found.place,
            marked=found.kept,
            is_other=is_other and bool(search),
        )
        if search:
            self.filter_line.say(_numbers(found))
        self.showed_rows()
        self._load_again()

    def _show_fault(self, search: str, error: TuimailError) -> None:
        """Say beside what was typed why that cannot be looked for."""
        self._is_loading = False
        if search:
            self._fault = error
            self.filter_line.say(str(error), is_error=True)
        else:
            self.refused(error)
        self._load_again()

    def _load_again(self) -> None:
        if self._is_stale or self._search != (self._shown_search or self._search):
            self._load()

    def say_lately(self, lately: Lately) -> None:
        """Have an empty list say what happened last."""
        self.lately = lately
        if not self._search and self._was_listed:
            self.table.say_empty(self._empty_words)

    @property
    def _empty_words(self) -> str:
        filled = keymap.filled(self.EMPTY, self.tuimail.changed_keys)
        now = self.tuimail.now()
        return emptiness.with_last(filled, self.MODE, self.lately, now)

    def _said_when_empty(self, found: Window) -> str:
        changed = self.tuimail.changed_keys
        if found.found is None:
            return self._empty_words
        key = keymap.named("list.clear-filter", changed)
        words = wording.line(self._search)
        return f"0 of {found.among:,} match {words}.  {key} shows all again."

    def _calm_down(self) -> None:
        """Show what happened since the changes became too many."""
        is_behind, self._changes = self._changes > AT_ONCE, 0
        if is_behind:
            self.post_message(WorkspaceChanged())

    def _go_to_hit(self, search: str, row_id: str) -> None:
        if row_id:
            self.choose(row_id)
        else:
            self.notice.say(f"No other mail matches {search}.", is_error=False)

    def _read_mail(self) -> None:
        """Read everything that was not read yet, as long as somebody searches."""
        self._is_reading_mail = True
        self.ask(
            lambda ws: ws.search.catch_up(),
            self._read_on,
            otherwise=self._stop_reading,
            group="reading mail",
        )

    def _read_on(self, is_more: object) -> None:
        self._steps += 1
        is_searching = self.filter_line.is_open
        if is_more and is_searching:
            self._read_mail()
        else:
            self._is_reading_mail = False
        if self._search and (not is_more or self._steps % _STEPS_A_LOOK == 0):
            self._load()

    def _stop_reading(self, error: TuimailError) -> None:
        self._is_reading_mail = False
        self.refused(error)


def _wanted(asked: Asked, search: str, *, is_other: bool) -> Wanted:
    """Return what to ask for; another search is looked at from its top."""
    is_from_top = is_other and bool(search)
    around = (asked.selected,) if is_other and asked.selected else asked.around
    return Wanted(
        around=around,
        place=0 if is_from_top else asked.place,
        above=asked.above,
        below=asked.below,
        selected=asked.selected,
        kept=asked.marked,
        search=search,
    )


def _numbers(found: Window) -> str:
    """Return how many mails match, of how many, and whether that is all."""
    if found.found is None:
        return ""
    more = "+" if found.found.is_more else ""
    behind = ", still reading" if found.found.is_behind else ""
    return f"{found.total:,}{more} of {found.among:,}{behind}"
