"""A mail on its way to the person's editor and back, for the Compose pane.

The mail is stored first, then lent as a file. What comes back is stored before it
is shown, so that the fields, which cannot hold every character, lose none of it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.message import Message

from tuimail.core.lent import Sheet
from tuimail.errors import TuimailError
from tuimail.tui import comparing, editing, handing_over, wording
from tuimail.tui.carrying import carried, shown_lines
from tuimail.tui.editing import Opened, Saved, Typed
from tuimail.tui.handing_over import Ended
from tuimail.tui.screens.both_changed import BothChangedScreen
from tuimail.workspace.bodies import edited
from tuimail.workspace.fields import Fields
from tuimail.workspace.lending import Lent, Returned
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.screens.body_pane import BodyPane

SUFFIXES: Final = {"text": ".eml", "html": ".html", "markdown": ".md"}
"""By which editors know what is in the file."""
_FIELDS: Final = {"To": "to", "Cc": "cc", "Bcc": "bcc", "Subject": "subject"}
_CAME_AT_ONCE: Final = (
    "The editor came back at once and changed nothing. If it has a window of its "
    "own, save there; the same key then takes what it saved."
)
_FAILED: Final = "The editor ended with an error; nothing it wrote was taken."
_ELSEWHERE: Final = (
    "Another mail was opened here meanwhile. Open the first one again: there the key "
    "for the editor goes on with what it wrote."
)
_NO_SENDER: Final = "From is “{}”, which no account sends as; it stays as it was."
_LEFT: Final = "What it wrote is kept: the key for the editor goes on with it."


@dataclass
class CameBack(Message):
    """The editor ended, or could not be started."""

    lent: Lent
    ended: Ended | TuimailError


class InEditor:
    """Takes the mail of one screen to the editor and back."""

    def __init__(
        self, screen: "BodyPane", environ: Mapping[str, str] = os.environ
    ) -> None:
        self._screen = screen
        self._environ = environ

    def go(self) -> None:
        """Lend what is being written to the editor."""
        try:
            command = handing_over.editor(self._environ)
        except TuimailError as error:
            self._screen.refused(error)
            return
        lend = partial(self._lend, command)
        self._screen.save_and(lend, self._screen.refused)

    def look_for_what_was_left(self) -> None:
        """Say so, if an editor wrote something that nobody took."""
        draft_id = self._screen.opened.id
        self._screen.ask(
            lambda ws: ws.lending.has_left(draft_id), self._tell_what_was_left
        )

    def came_back(self, message: CameBack) -> None:
        """Take what the editor wrote."""
        lent, ended = message.lent, message.ended
        if isinstance(ended, TuimailError):
            self._leave(lent, lambda _: self._screen.refused(ended))
        elif ended.status:
            self._leave(lent, self._failed)
        elif lent.draft_id != self._screen.opened.id:
            self._leave(lent, lambda _: self._screen.complain(_ELSEWHERE))
        else:
            now = self._sheet(lent.part)
            self._screen.ask(
                lambda ws: ws.lending.take_back(lent, now),
                partial(self._returned, lent, ended),
                otherwise=partial(self._not_taken, lent),
            )

    def _sheet(self, part: str) -> Sheet:
        """Return what the mail says now, the body byte for byte."""
        typed = self._screen.form.typed
        headers = {name: getattr(typed, field) for name, field in _FIELDS.items()}
        before = _raw(self._screen.opened, part)
        return Sheet(
            headers={"From": self._screen.sender, **headers},
            body=carried(before, getattr(typed, part)),
        )

    def _lend(self, command: tuple[str, ...]) -> None:
        draft_id, part = self._screen.opened.id, self._screen.form.part_name
        sheet = self._sheet(part)
        suffix = SUFFIXES["markdown" if self._screen.form.is_markdown else part]
        self._screen.ask(
            lambda ws: ws.lending.lend(draft_id, part, sheet, suffix=suffix),
            partial(self._run, command),
        )

    def _run(self, command: tuple[str, ...], lent: Lent) -> None:
        """Run the editor; in a worker of the app, which no screen can end."""
        whole = (*command, str(lent.path))

        async def work() -> None:
            ended: Ended | TuimailError
            try:
                ended = await handing_over.run(self._screen.tuimail, whole)
            except TuimailError as error:
                ended = error
            self._screen.post_message(CameBack(lent, ended))

        self._screen.tuimail.run_worker(work(), group="editor")

    def _returned(self, lent: Lent, ended: Ended, found: Returned) -> None:
        if found.sheet is None and ended.was_at_once:
            self._leave(lent, lambda _: self._screen.complain(_CAME_AT_ONCE))
        elif found.sheet is None:
            self._end(lent)
        elif found.is_late:
            self._ask_which(lent, found.sheet)
        else:
            self._take(lent, found.sheet)

    def _ask_which(self, lent: Lent, sheet: Sheet) -> None:
        now = self._sheet(lent.part)
        difference = comparing.texts(
            "From what is here to what the editor wrote", _whole(now), _whole(sheet)
        )
        self._screen.app.push_screen(
            BothChangedScreen(difference), partial(self._chosen, lent, sheet)
        )

    def _chosen(self, lent: Lent, sheet: Sheet, which: str | None) -> None:
        if which == "file":
            self._take(lent, sheet)
        elif which == "app":
            self._end(lent)
        else:
            self._leave(lent, self._tell_what_was_left)

    def _take(self, lent: Lent, sheet: Sheet) -> None:
        written: dict[str, Any] = {
            field: sheet.headers[name].strip() for name, field in _FIELDS.items()
        }
        written[lent.part] = shown_lines(sheet.body)
        wanted = replace(self._screen.form.typed, **written)
        complaint, way = "", self._screen.way_of(sheet.headers["From"])
        if way is not None:
            wanted = replace(wanted, account=way.account, sender=way.sender)
        elif sheet.headers["From"] != self._screen.sender:
            complaint = _NO_SENDER.format(wording.line(sheet.headers["From"]))
        self._screen.ask(
            stored(wanted, self._screen.opened, part=lent.part, body=sheet.body),
            partial(self._stored, lent, complaint),
            otherwise=partial(self._not_taken, lent),
        )

    def _stored(self, lent: Lent, complaint: str, saved: Saved) -> None:
        self._screen.took(saved)
        if complaint:
            self._screen.complain(complaint)
        self._end(lent)

    def _not_taken(self, lent: Lent, error: TuimailError) -> None:
        self._leave(lent, lambda _: self._screen.refused(error))

    def _failed(self, is_worth_it: bool) -> None:
        self._screen.complain(f"{_FAILED} {_LEFT}" if is_worth_it else _FAILED)

    def _tell_what_was_left(self, is_left: bool) -> None:
        if is_left:
            self._screen.complain(f"Your editor wrote into this mail. {_LEFT}")

    def _end(self, lent: Lent) -> None:
        self._screen.ask(lambda ws: ws.lending.end(lent), lambda _: None)

    def _leave(self, lent: Lent, then: Callable[[bool], None]) -> None:
        self._screen.ask(lambda ws: ws.lending.leave(lent), then)


def stored(
    typed: Typed, opened: Opened, *, part: str, body: str
) -> Callable[[Workspace], Saved]:
    """Return the call that stores what an editor wrote.

    Args:
        typed: What the fields are to show.
        opened: What they showed before.
        part: Which part of the body it wrote.
        body: That part, with all that the fields cannot hold.
    """

    def call(workspace: Workspace) -> Saved:
        draft = opened.draft or workspace.drafts.compose(
            Fields(account=typed.account, sender=typed.sender, is_signed=False)
        )
        parts = {"text": draft.body.text, "html": draft.body.html, part: body}
        made = edited(draft.body, **parts, is_markdown=typed.is_markdown)
        with_body = replace(draft, body=made)
        return editing.save(typed, replace(opened, draft=with_body), strict=False)(
            workspace
        )

    return call


def _raw(opened: Opened, part: str) -> str:
    """Return a part of the body as it is stored; a made text is in no field."""
    if opened.draft is None or (part == "text" and opened.draft.body.is_text_made):
        return ""
    body = opened.draft.body
    return body.html if part == "html" else body.text


def _whole(sheet: Sheet) -> str:
    headers = "".join(f"{name}: {text}\n" for name, text in sheet.headers.items())
    return f"{headers}\n{sheet.body}"
