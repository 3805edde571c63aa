"""The signature under a mail being written: put there, exchanged, taken away.

In place: what is above it, and the cursor, stay where they are. What somebody signed
with by hand is theirs, and is never touched nor signed once more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import eq

from textual.widgets import TextArea

from tuimail.core.signature import (
    following,
    resigned_html,
    resigned_text,
    signature_under,
)
from tuimail.tui.carrying import shown_lines
from tuimail.tui.editing import Typed
from tuimail.tui.widgets.mail_form import FIELDS, MailForm
from tuimail.workspace.views import IdentityView


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """What stands under mail of each identity."""

    identities: tuple[IdentityView, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All there are, as the editor shows them; the default account's first."""
        shown = (shown_lines(one.signature) for one in self.identities)
        return tuple(dict.fromkeys(one for one in shown if one))

    def of(self, account: str, address: str) -> str:
        """Return the signature of one identity, or an empty text.

        Args:
            account: Its name; the first identity that it has is its own.
            address: Which of its identities, without the name.
        """
        own = [one for one in self.identities if one.account == account]
        named = [one for one in own if one.address.lower() == address.lower()]
        return next((shown_lines(one.signature) for one in (*named, *own)), "")


class SigningOff:
    """Sees to it that the mail in a form is signed as whoever it is from."""

    def __init__(
        self, form: Callable[[], MailForm], sender: Callable[[], tuple[str, str]]
    ) -> None:
        """Begin without knowing any signature.

        Args:
            form: Gives the fields.
            sender: Gives the account and the address that the mail is from.
        """
        self._form = form
        self._sender = sender
        self._signed_as = ("", "")
        self._is_wanted = True
        self.signatures = Signatures()

    @property
    def under(self) -> str:
        """Which of one's signatures is under what is being written, or none."""
        return signature_under(self._part("text").text, self.signatures.known)

    def signed(self, typed: Typed, *, account: str, address: str) -> Typed:
        """Return a new mail with the signature of whoever it is from under it."""
        if typed.html.strip() and not typed.text.strip():
            return typed
        wanted = self.signatures.of(account, address)
        text = resigned_text(typed.text, wanted, self.signatures.known)
        return replace(typed, text=text)

    def begin(self, *, is_new: bool) -> None:
        """Take what the form shows as it is; a new mail is to be signed."""
        self._signed_as = self._sender()
        self._is_wanted = is_new or bool(self.under)

    def follow(self) -> None:
        """Exchange the signature, if the mail is from somebody else by now."""
        if self._sender() != self._signed_as:
            self._signed_as = self._sender()
            if self._is_wanted:
                self._put(self._own)

    def change(self) -> str:
        """Put the next signature under the mail, or none; return which."""
        signature = following(self.under, (self._own, *self.signatures.known))
        self._is_wanted = bool(signature)
        self._put(signature)
        return signature

    @property
    def _own(self) -> str:
        return self.signatures.of(*self._sender())

    def _put(self, signature: str) -> None:
        for name, resigned in (("text", resigned_text), ("html", resigned_html)):
            part = self._part(name)
            if not part.read_only:
                _write(part, resigned(part.text, signature, self.signatures.known))

    def _part(self, name: str) -> TextArea:
        return self._form().query_one(FIELDS[name], TextArea)


def _write(area: TextArea, text: str) -> None:
    """Make ``text`` what ``area`` holds by changing only what differs.

    One step that can be undone, and a cursor that stays with its line.
    """
    before = area.text
    if before == text:
        return
    head = _equal(before, text)
    tail = _equal(reversed(before[head:]), reversed(text[head:]))
    start, end = _location(before, head), _location(before, len(before) - tail)
    selection = area.selection
    area.replace(text[head : len(text) - tail], start, end)
    if max(selection) <= start:
        area.selection = selection


def _location(text: str, index: int) -> tuple[int, int]:
    """Return in which line, and where in it, a character stands."""
    return text.count("\n", 0, index), index - text.rfind("\n", 0, index) - 1


def _equal(one: Iterable[str], other: Iterable[str]) -> int:
    """Return with how many equal characters both begin."""
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))
