"""From the list of versions back into the fields, for the Compose pane."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tuimail.core.draft import Draft
from tuimail.tui import editing
from tuimail.tui.editing import Saved
from tuimail.tui.screens.revisions import RevisionsScreen, Version, versions
from tuimail.workspace.views import RevisionLine
from tuimail.workspace.writing import Begun

if TYPE_CHECKING:
    from tuimail.tui.screens.compose import ComposeScreen


class LookingBack:
    """Shows what the draft of one screen said before, and brings it back."""

    def __init__(self, screen: "ComposeScreen") -> None:
        self._screen = screen

    def go(self) -> None:
        """List the versions of what is being written; what is typed is one."""
        self._screen.save_and(self._ask, self._screen.not_saved)

    def _ask(self) -> None:
        draft_id = self._screen.opened.id
        if not draft_id:
            self._screen.complain("Nothing of this mail is stored yet.")
            return
        self._screen.ask(
            lambda ws: (ws.writing.begin(draft_id), ws.writing.revisions(draft_id)),
            self._list,
        )

    def _list(self, found: tuple[Begun, tuple[RevisionLine, ...]]) -> None:
        begun, lines = found
        dialog = RevisionsScreen(
            versions(lines, begun.earlier),
            now=self._screen.tuimail.now(),
            read=partial(self._read, begun.page.row.id),
        )
        self._screen.app.push_screen(dialog, self._chosen)

    def _read(self, draft_id: str, number: int, then: Callable[[Draft], None]) -> None:
        self._screen.ask(lambda ws: ws.writing.revision(draft_id, number), then)

    def _chosen(self, version: Version | None) -> None:
        if version is None:
            return
        opened = self._screen.opened
        if version.typed is None:
            call = editing.restore(version.revision, opened)
        else:
            call = editing.restore_typed(version.typed, opened)
        self._screen.ask(call, partial(self._restored, version))

    def _restored(self, version: Version, saved: Saved) -> None:
        self._screen.took(saved)
        what = "What was typed" if version.typed else f"Revision {version.revision}"
        self._screen.tuimail.say(
            f"{what} is back, as revision {saved.opened.revision}."
        )
