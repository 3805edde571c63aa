"""The header of a mail: each field as it is read, as it leaves, and who set it.

Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.origin import is_agent
from tuimail.core.preview import FieldView, fields
from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph, Span

_OURS: Final = frozenset({"date", "message-id", "mime-version"})
_OF_PARTS: Final = "content-"
_ENDS_MAIL: Final = frozenset({"list-unsubscribe", "list-unsubscribe-post"})
_NO_BCC: Final = "It is in no field: nobody who gets the mail sees it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBy:
    """Who wrote what of a header."""

    author: str
    """Who handed it in, in a word or two of ours."""
    names_own_end: bool = False
    """Whether the author says how the mail is ended."""
    has_bcc: bool = False


NOBODY: Final = SetBy(author="author")


def set_by(draft: Draft, actor: str) -> SetBy:
    """Return who wrote what of a draft's header."""
    return SetBy(
        author="agent" if is_agent(actor) else "author",
        names_own_end=bool(draft.unsubscribe_url),
        has_bcc=bool(draft.bcc),
    )


def paragraphs(raw: bytes, who: SetBy) -> tuple[Paragraph, ...]:
    """Return every field of ``raw``: who set it, what it says, and how it leaves."""
    lines = [line for one in fields(raw) for line in _field(one, who)]
    if who.has_bcc:
        lines.append(Paragraph(label="Bcc", text=_NO_BCC, kind=Kind.MUTED))
    return tuple(lines)


def _field(field: FieldView, who: SetBy) -> Iterator[Paragraph]:
    name = wording.line(field.name)
    yield Paragraph(
        label=_setter(field.name, who),
        text=f"{name}: {wording.line(field.value)}",
        spans=(Span(0, len(name) + 1, Kind.STRONG),),
    )
    if field.raw != field.value:
        raw = wording.line(field.raw.replace("\r\n", "\n"))
        yield Paragraph(label="as sent", text=raw, kind=Kind.MUTED, is_hard=True)


def _setter(name: str, who: SetBy) -> str:
    """Return whose word a field is."""
    plain = name.lower()
    if plain == "from":
        return "identity"
    is_ours = plain in _OURS or plain.startswith(_OF_PARTS)
    if is_ours or (plain in _ENDS_MAIL and not who.names_own_end):
        return "tuimail"
    return who.author
