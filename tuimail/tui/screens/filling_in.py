"""A template on its way into the mail that is being written, for the Compose pane.

What stands there already goes before what the template says: a subject stays, people
are added, and the text comes in where the cursor is.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tuimail.core.address import parse_address, split_items
from tuimail.errors import FieldError, TuimailError
from tuimail.tui import wording
from tuimail.tui.carrying import shown_lines
from tuimail.tui.screens.templates import BlanksScreen, TemplatesScreen
from tuimail.workspace.fields import Fields
from tuimail.workspace.template_desk import TemplateLine

if TYPE_CHECKING:
    from tuimail.tui.screens.compose import ComposeScreen

_PEOPLE = ("to", "cc", "bcc")
_NOT_SHOWN = {"sender": "From", "reply_to": "Reply-To"}
"""Fields of a template that the pane has no room for."""


class FillingIn:
    """Puts templates into the mail of one screen."""

    def __init__(self, screen: "ComposeScreen") -> None:
        self._screen = screen
        self._mail_number = 0
        """Of the mail that a template is being chosen for."""
        self._answers: dict[str, str] = {}
        """What was answered last, as the next template may ask it again."""

    def go(self) -> None:
        """Ask which template to take."""
        self._mail_number = self._screen.mail_number
        self._screen.ask(
            lambda ws: (ws.templates.lines(), str(ws.templates.folder)), self._list
        )

    def _list(self, found: tuple[tuple[TemplateLine, ...], str]) -> None:
        lines, folder = found
        if lines:
            self._screen.app.push_screen(TemplatesScreen(lines), self._chosen)
            return
        self._screen.notice.say(
            "There are no templates yet.",
            hint=f"Put texts into {folder}: .txt, .md or .html, with Subject: and so "
            "on at their head, or without for snippets.",
            is_error=False,
        )

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self._screen.ask_aside(
                lambda ws: ws.templates.blanks(name),
                partial(self._ask, name),
            )

    def _ask(self, name: str, blanks: Sequence[str], complaint: str = "") -> None:
        if not blanks:
            self._fill(name, blanks, {})
            return
        dialog = BlanksScreen(name, blanks, given=self._answers, complaint=complaint)
        self._screen.app.push_screen(dialog, partial(self._fill, name, blanks))

    def _fill(
        self, name: str, blanks: Sequence[str], values: Mapping[str, str] | None
    ) -> None:
        if values is None:
            return
        self._answers |= {key: value for key, value in values.items() if value}
        self._screen.ask_aside(
            lambda ws: ws.templates.filled(name, values),
            self._put,
            otherwise=partial(self._not_filled, name, blanks),
        )

    def _not_filled(
        self, name: str, blanks: Sequence[str], error: TuimailError
    ) -> None:
        if blanks:
            self._ask(name, blanks, f"{error} {error.hint}".strip())
        else:
            self._screen.refused(error)

    def _put(self, fields: Fields) -> None:
        if self._mail_number != self._screen.mail_number:
            self._screen.complain(
                "The template was not put in: another mail was opened here meanwhile."
            )
            return
        form, typed = self._screen.form, self._screen.form.typed
        self._screen.notice.clear()
        for name in _PEOPLE:
            added = _with_people(getattr(typed, name), getattr(fields, name))
            if added != getattr(typed, name):
                form.put(name, added)
        if fields.subject and not typed.subject:
            form.put("subject", wording.said(fields.subject))
        if fields.markdown and not (typed.has_body or typed.html):
            form.mark_down(is_markdown=True)
        self._put_body(fields)

    def _put_body(self, fields: Fields) -> None:
        form, html = self._screen.form, shown_lines(fields.html)
        text = shown_lines(fields.text or fields.markdown)
        if html and form.is_markdown:
            self._screen.complain(
                "The template is HTML, and the HTML of this mail is made from its "
                "Markdown; it was left out."
            )
        elif (html and not form.insert("html", html)) or (
            text and not form.insert("text", text)
        ):
            self._screen.complain(
                "With it the body would be too long to be edited here."
            )
        else:
            self._tell_what_is_left_out(fields)

    def _tell_what_is_left_out(self, fields: Fields) -> None:
        left = [label for name, label in _NOT_SHOWN.items() if getattr(fields, name)]
        if left:
            self._screen.notice.say(
                f"{' and '.join(left)} of the template is left out: choose who the "
                "mail is from yourself.",
                is_error=False,
            )


def _with_people(there: str, people: str | tuple[str, ...]) -> str:
    """Return what stands in a field with those who are not named in it already.

    By their whole addresses: jo@ is no part of mary-jo@.
    """
    several = (people,) if isinstance(people, str) else people
    named = set(map(_mailbox, split_items(there)))
    new = [one for one in map(wording.said, several) if _mailbox(one) not in named]
    return ", ".join([*([there] if there.strip() else []), *new])


def _mailbox(text: str) -> str:
    """Return the address in ``text``; where that is none, the text."""
    try:
        return parse_address(text, field="to").text.lower()
    except FieldError:
        return text
