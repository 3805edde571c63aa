"""From what is typed in Compose to a draft, and back, without losing anything.

Text that the person did not touch is never written back from the screen: an
editor joins lines with one kind of line end and cannot hold every character, so
what was not edited is taken from the draft as it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final

from tuimail.core.address import Address, parse_address, split_items
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.core.signature import unsigned
from tuimail.errors import FieldError
from tuimail.tui import wording
from tuimail.tui.carrying import carried, shown_lines
from tuimail.workspace.bodies import edited
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Page
from tuimail.workspace.workspace import Workspace
from tuimail.workspace.writing import Begun, Cut
from tuimail.workspace.writing import Typed as Earlier

LONGEST_BODY: Final = 1_000_000
LONGEST_LINE: Final = 50_000
"""Longer texts make every key slow; they are shown and not edited here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the fields of Compose, as text."""

    account: str = ""
    sender: str = ""
    """Which address of the account it is from; empty means its own."""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    is_markdown: bool = False
    """Whether the HTML is made from the text, and stands in no field."""
    files: tuple[Attachment, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written that anybody could miss."""
        words = (self.to, self.cc, self.bcc, self.subject)
        is_headless = not any(word.strip() for word in words)
        return is_headless and not self.files and not self.has_body

    @property
    def has_body(self) -> bool:
        """Whether there is anything to read, beside a signature."""
        return bool(unsigned(self.text).strip() or self.html.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The stored draft that the fields were filled from; or none yet."""

    draft: Draft | None = None
    id: str = ""
    revision: int = 0
    seen: int = 0
    """Version of its working copy that was seen last; 0 for none."""
    is_accountless: bool = False
    """What was typed is kept without a draft, for want of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of the fields on disk."""

    opened: Opened
    """The stored draft, to go on editing."""
    typed: Typed
    """What was stored; the person may have gone on typing since."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Kept):
    """What became of the fields on disk, where that is a revision."""

    page: Page
    left_out: tuple[FieldError, ...] = field(default=())
    """What stands in a field and is no mail yet, so that it was left out."""


def typed_of(draft: Draft) -> Typed:
    """Return how ``draft`` is shown in the fields; safe text."""
    return Typed(
        account=draft.account,
        sender=draft.sender.text,
        to=wording.typed(draft.to),
        cc=wording.typed(draft.cc),
        bcc=wording.typed(draft.bcc),
        subject=wording.said(draft.subject),
        text="" if draft.body.is_text_made else shown_lines(draft.body.text),
        html="" if draft.body.is_html_made else shown_lines(draft.body.html),
        is_markdown=draft.body.is_html_made,
        files=draft.attachments,
    )


def typed_into(begun: Begun) -> Typed:
    """Return what the fields showed when they were stored last."""
    return with_fields(typed_of(begun.page.draft), begun.fields)


def opened_of(begun: Begun) -> Opened:
    """Return the stored draft that the fields are filled from."""
    page = begun.page
    return Opened(
        draft=page.draft, id=page.row.id, revision=page.row.revision, seen=begun.seen
    )


def fields_of(typed: Typed, shown: Typed) -> dict[str, str]:
    """Return what of ``typed`` is other than ``shown``, by field; files aside."""
    return {
        name: _text(getattr(typed, name))
        for name in _FIELDS
        if getattr(typed, name) != getattr(shown, name)
    }


def with_fields(shown: Typed, kept: Mapping[str, str]) -> Typed:
    """Return ``shown`` with what ``fields_of`` said of it.

    What another version of this program kept, and this one has no field for, is
    left out.
    """
    values: dict[str, Any] = {
        name: bool(text) if isinstance(getattr(shown, name), bool) else text
        for name, text in kept.items()
        if name in _FIELDS
    }
    return replace(shown, **values)


def read_into(draft: Draft, kept: Mapping[str, str]) -> Draft:
    """Return ``draft`` with what was typed into it, as far as it is mail already.

    Another account is left out: who the mail would be from is known elsewhere.
    """
    typed = replace(with_fields(typed_of(draft), kept), account=draft.account)
    return _Reading(strict=False).draft(typed, draft)


def restore(number: int, opened: Opened) -> Callable[[Workspace], Saved]:
    """Return the call that makes an earlier revision the newest one."""

    def call(workspace: Workspace) -> Saved:
        cut = workspace.writing.restore(
            opened.id, number, revision=opened.revision, seen=opened.seen
        )
        return _saved(workspace, cut, typed_of(cut.page.draft))

    return call


def restore_typed(earlier: Earlier, opened: Opened) -> Callable[[Workspace], Saved]:
    """Return the call that makes what was typed into an earlier revision the newest."""

    def call(workspace: Workspace) -> Saved:
        draft = workspace.writing.revision(opened.id, earlier.revision)
        typed = with_fields(typed_of(draft), earlier.fields)
        beside = replace(opened, draft=draft)
        return save(typed, beside, strict=False, earlier=earlier.revision)(workspace)

    return call


def save(
    typed: Typed, opened: Opened, *, strict: bool, place: str = "", earlier: int = 0
) -> Callable[[Workspace], Saved]:
    """Return the call that stores what was typed as a new revision.

    Args:
        typed: What stands in the fields.
        opened: What they were filled from.
        strict: Refuse what is no mail yet; else leave it out and say so.
        place: Where the cursor stands.
        earlier: Revision that it was typed into, where that was not the newest.
    """

    def call(workspace: Workspace) -> Saved:
        reading = _Reading(strict=strict)
        built = reading.draft(typed, _base(workspace, typed, opened.draft))
        kept = fields_of(typed, typed_of(built))
        if opened.id:
            cut = workspace.writing.cut(
                opened.id,
                built,
                revision=opened.revision,
                seen=opened.seen,
                fields=kept,
                place=place,
                earlier=earlier,
            )
        else:
            cut = workspace.writing.first(built, fields=kept, place=place)
        return _saved(workspace, cut, typed, left_out=tuple(reading.left_out))

    return call


def built(typed: Typed, opened: Opened) -> Callable[[Workspace], Draft]:
    """Return the call that makes a draft of what was typed, and stores nothing.

    What is no mail yet is left out.
    """

    def call(workspace: Workspace) -> Draft:
        base = _base(workspace, typed, opened.draft)
        return _Reading(strict=False).draft(typed, base)

    return call


def keep(
    typed: Typed, opened: Opened, *, place: str = ""
) -> Callable[[Workspace], Kept]:
    """Return the call that stores what was typed, as a working copy if that will do.

    A draft that is not stored yet is a revision first. So are files: what no
    revision names is cleared away. And so is the first change of what was decided.
    """
    cut = put_down(typed, opened, place=place)

    def call(workspace: Workspace) -> Kept:
        draft = opened.draft
        if draft is None or not opened.id or typed.files != draft.attachments:
            return cut(workspace)
        if workspace.writing.is_step(opened.id, opened.revision):
            return cut(workspace)
        seen = workspace.writing.keep(
            opened.id,
            fields_of(typed, typed_of(draft)),
            revision=opened.revision,
            seen=opened.seen,
            place=place,
        )
        now = workspace.clock.now()
        return Kept(opened=replace(opened, seen=seen), typed=typed, at=now)

    return call


def put_down(
    typed: Typed, opened: Opened, *, place: str = ""
) -> Callable[[Workspace], Kept]:
    """Return the call that stores what was typed where nobody asked for a draft.

    It is a revision, or no draft at all as long as there is no account: then files
    are not kept, which only a revision can name.
    """
    cut = save(typed, opened, strict=False, place=place)

    def call(workspace: Workspace) -> Kept:
        if opened.id or workspace.writing.has_account:
            return cut(workspace)
        fields = fields_of(typed, Typed())
        workspace.writing.keep_accountless(fields, place=place)
        kept = replace(opened, is_accountless=True)
        return Kept(opened=kept, typed=typed, at=workspace.clock.now())

    return call


def not_emptied(typed: Typed, before: Typed) -> Typed:
    """Return ``typed`` with the body from before, if it has lost all of it.

    An editor that holds nothing may be one that failed to load; whoever means it
    says so, by saving.
    """
    if typed.has_body or not before.has_body:
        return typed
    return replace(typed, text=before.text, html=before.html)


def is_too_long(text: str) -> bool:
    """Return whether ``text`` would make every key slow."""
    if len(text) > LONGEST_BODY:
        return True
    return any(len(line) > LONGEST_LINE for line in text.split("\n"))


_FIELDS: Final = tuple(one.name for one in fields(Typed) if one.name != "files")
"""What a working copy keeps: everything that is typed or switched."""


def _text(value: str | bool) -> str:
    """Return the value of a field as it is kept."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return value


def _saved(
    workspace: Workspace,
    cut: Cut,
    typed: Typed,
    *,
    left_out: tuple[FieldError, ...] = (),
) -> Saved:
    row = cut.page.row
    opened = Opened(
        draft=cut.page.draft, id=row.id, revision=row.revision, seen=cut.seen
    )
    return Saved(
        page=cut.page,
        opened=opened,
        typed=typed,
        left_out=left_out,
        at=workspace.clock.now(),
    )


def _base(workspace: Workspace, typed: Typed, original: Draft | None) -> Draft:
    """Return what the fields do not show: the draft before, or an empty one."""
    sender = typed.sender
    is_same = original is not None and typed.account == original.account
    if original is not None and is_same and sender in {"", original.sender.text}:
        return original
    fields = Fields(account=typed.account, sender=sender, is_signed=False)
    fresh = workspace.drafts.compose(fields)
    if original is None:
        return fresh
    return replace(original, sender=fresh.sender, account=fresh.account)


def _body(typed: Typed, base: Draft) -> Body:
    """Return the body as it was typed; a text that was made is in no field."""
    html = carried("" if base.body.is_html_made else base.body.html, typed.html)
    if base.body.is_text_made and not typed.text.strip():
        return edited(base.body, text=base.body.text, html=html, is_markdown=False)
    before = "" if base.body.is_text_made else base.body.text
    text = carried(before, typed.text)
    return edited(base.body, text=text, html=html, is_markdown=typed.is_markdown)


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
