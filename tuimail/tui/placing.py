"""Where the cursor stands in a mail being written, and back to it.

Kept beside what was typed, so that whoever goes on begins where they stopped: after
an undo, in another window, and after a crash.
"""

from dataclasses import dataclass
from typing import Final

from textual.widgets import Input, TextArea

from tuimail.tui.widgets.mail_form import FIELDS, MailForm

BODY: Final = ("text", "html")
"""Places of several lines."""
_PIECES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in one field."""

    field: str = ""
    """Name of the field; empty where none had the focus."""
    row: int = 0
    """Line of the cursor, from 0."""
    column: int = 0
    top: int = 0
    """The line of the screen that is the first one shown."""

    @property
    def text(self) -> str:
        """The place as it is kept."""
        return f"{self.field} {self.row} {self.column} {self.top}"


def read(text: str) -> Place:
    """Return the place that was kept; the beginning where that says none."""
    pieces = text.split(" ")
    numbers = pieces[1:]
    if len(pieces) != _PIECES or not all(one.isdecimal() for one in numbers):
        return Place()
    row, column, top = map(int, numbers)
    return Place(field=pieces[0], row=row, column=column, top=top)


def place_in(form: MailForm) -> Place:
    """Return where the cursor stands; in the body, where it stood last there."""
    field = _focused(form)
    if field in BODY or not field:
        part = form.part
        row, column = part.cursor_location
        top = round(part.scroll_offset.y)
        return Place(field=field or form.part_name, row=row, column=column, top=top)
    widget = form.query_one(FIELDS[field])
    column = widget.cursor_position if isinstance(widget, Input) else 0
    return Place(field=field, column=column)


def go_to(form: MailForm, place: Place) -> None:
    """Put the cursor at ``place``, as far as it is there still."""
    form.focus_on(place.field)
    if place.field not in BODY:
        widget = form.query_one(FIELDS.get(place.field, "#to"))
        if isinstance(widget, Input):
            widget.call_after_refresh(_put_cursor, widget, place.column)
        return
    part = form.part
    part.move_cursor((place.row, place.column))
    part.call_after_refresh(_scroll, part, place.top)


def _put_cursor(line: Input, column: int) -> None:
    """Go to a place in a line, which selects all of itself when it gets the focus."""
    line.cursor_position = column


def _scroll(part: TextArea, top: int) -> None:
    """Show the same lines as before, and the cursor in any case."""
    part.scroll_to(y=top, animate=False, immediate=True)
    part.scroll_cursor_visible(animate=False)


def _focused(form: MailForm) -> str:
    """Return the field that has the focus, by the name that complaints use."""
    focused = form.screen.focused
    return next(
        (
            name
            for name, selector in FIELDS.items()
            if focused is not None and focused.id == selector[1:]
        ),
        "",
    )
