"""From what is typed in Compose to a draft, and back, without losing anything.

Text that the person did not touch is never written back from the screen: an
editor joins lines with one kind of line end and cannot hold every character, so
what was not edited is taken from the draft as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from tuimail.core.address import Address, parse_address, split_items
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.errors import FieldError
from tuimail.tui import wording
from tuimail.tui.carrying import carried, shown_lines
from tuimail.workspace.bodies import edited
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Page
from tuimail.workspace.workspace import Workspace

LONGEST_BODY: Final = 1_000_000
LONGEST_LINE: Final = 50_000
"""Longer texts make every key slow; they are shown and not edited here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the fields of Compose, as text."""

    account: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[Attachment, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written that anybody could miss."""
        words = (self.to, self.cc, self.bcc, self.subject, self.text, self.html)
        return not self.files and not any(word.strip() for word in words)

    @property
    def has_body(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.text.strip() or self.html.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The stored draft that the fields were filled from; or none yet."""

    draft: Draft | None = None
    id: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of the fields on disk."""

    page: Page
    typed: Typed
    """What was saved; the person may have gone on typing since."""
    left_out: tuple[FieldError, ...] = field(default=())
    """What stands in a field and is no mail yet, so that it was left out."""

    @property
    def opened(self) -> Opened:
        """The stored draft, to go on editing."""
        row = self.page.row
        return Opened(draft=self.page.draft, id=row.id, revision=row.revision)


def typed_of(draft: Draft) -> Typed:
    """Return how ``draft`` is shown in the fields; safe text."""
    return Typed(
        account=draft.account,
        to=wording.typed(draft.to),
        cc=wording.typed(draft.cc),
        bcc=wording.typed(draft.bcc),
        subject=wording.said(draft.subject),
        text="" if draft.body.is_text_made else shown_lines(draft.body.text),
        html=shown_lines(draft.body.html),
        files=draft.attachments,
    )


def save(typed: Typed, opened: Opened, *, strict: bool) -> Callable[[Workspace], Saved]:
    """Return the call that stores what was typed as a new revision.

    Args:
        typed: What stands in the fields.
        opened: What they were filled from.
        strict: Refuse what is no mail yet; else leave it out and say so.
    """

    def call(workspace: Workspace) -> Saved:
        reading = _Reading(strict=strict)
        built = reading.draft(typed, _base(workspace, typed, opened.draft))
        if opened.id:
            row = workspace.drafts.edit(opened.id, built, revision=opened.revision)
        else:
            row = workspace.drafts.new(built)
        page = workspace.drafts.page(row.id)
        return Saved(page=page, typed=typed, left_out=tuple(reading.left_out))

    return call


def would_empty(typed: Typed, opened: Opened) -> bool:
    """Return whether saving would put an empty body over one with text."""
    if opened.draft is None:
        return typed.is_blank
    body = opened.draft.body
    return bool(body.text.strip() or body.html.strip()) and not typed.has_body


def is_too_long(text: str) -> bool:
    """Return whether ``text`` would make every key slow."""
    if len(text) > LONGEST_BODY:
        return True
    return any(len(line) > LONGEST_LINE for line in text.split("\n"))


def _base(workspace: Workspace, typed: Typed, original: Draft | None) -> Draft:
    """Return what the fields do not show: the draft before, or an empty one."""
    if original is not None and typed.account == original.account:
        return original
    fresh = workspace.drafts.compose(Fields(account=typed.account, is_signed=False))
    if original is None:
        return fresh
    return replace(original, sender=fresh.sender, account=fresh.account)


def _body(typed: Typed, base: Draft) -> Body:
    """Return the body as it was typed; a text that was made is in no field."""
    html = carried(base.body.html, typed.html)
    if base.body.is_text_made and not typed.text.strip():
        return edited(base.body, text=base.body.text, html=html)
    before = "" if base.body.is_text_made else base.body.text
    return edited(base.body, text=carried(before, typed.text), html=html)


class _Reading:
    """Reads the fields; what is no mail yet is refused, or left out and told."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self.left_out: list[FieldError] = []

    def draft(self, typed: Typed, base: Draft) -> Draft:
        """Return ``base`` with what the person changed."""
        shown = typed_of(base)
        draft = replace(
            base,
            to=base.to if typed.to == shown.to else self._all(typed.to, "to"),
            cc=base.cc if typed.cc == shown.cc else self._all(typed.cc, "cc"),
            bcc=base.bcc if typed.bcc == shown.bcc else self._all(typed.bcc, "bcc"),
            attachments=typed.files,
        )
        if typed.subject != shown.subject:
            draft = self._with(draft, lambda one: replace(one, subject=typed.subject))
        return self._with(draft, lambda one: replace(one, body=_body(typed, base)))

    def _all(self, text: str, role: str) -> tuple[Address, ...]:
        found: list[Address] = []
        for item in split_items(text):
            try:
                found.append(parse_address(item, field=role))
            except FieldError as error:
                self._leave_out(error)
        return tuple(found)

    def _with(self, draft: Draft, change: Callable[[Draft], Draft]) -> Draft:
        try:
            return change(draft)
        except FieldError as error:
            self._leave_out(error)
            return draft

    def _leave_out(self, error: FieldError) -> None:
        if self._strict:
            raise error
        self.left_out.append(error)
