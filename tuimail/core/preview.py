"""What a reader will see of a message: read back from the rendered bytes.

Not from the draft, so that a reviewer looks at what will be sent. Nothing passes
``display`` here; who shows it, does that.

Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tuimail.core.html.reading import Link
from tuimail.core.html.text import HtmlText, html_to_text
from tuimail.core.parts import Part, header_fields, leaves
from tuimail.errors import FieldError

SOURCE_LIMIT: Final = 1_000_000
"""So many octets of the source are shown."""
TEXT_LIMIT: Final = 4_000_000
"""So many octets of one text are decoded."""
PARTS_LIMIT: Final = 1_000
"""So many parts are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a message that is no container."""

    name: str
    """File name, or empty for a text to be read."""
    content_type: str
    size_bytes: int
    """Octets after decoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as it will be read. Everything in it is untrusted."""

    headers: tuple[tuple[str, str], ...]
    """Names and values in order, unfolded and decoded."""
    text: str
    """The plain text, as a program without HTML shows it."""
    html_text: str | None
    """The HTML as text; None where there is none."""
    links: tuple[Link, ...]
    """Links of the HTML, in order."""
    hidden_text: str
    """What the HTML has and does not show."""
    remote_count: int
    """What the HTML would fetch."""
    parts: tuple[PartView, ...]
    """All parts, texts included, in order."""
    source: str
    """The bytes as they are, each a character, lines ended by LF."""
    is_source_cut: bool
    """Whether the source goes on."""


def preview(raw: bytes) -> Preview:
    """Return what a reader will see of ``raw``, a whole message."""
    parts = list(islice(leaves(raw), PARTS_LIMIT))
    html = _read_html(parts)
    return Preview(
        headers=header_fields(raw),
        text="\n\n".join(_texts(parts, "text/plain")),
        html_text=html.text if html else None,
        links=html.links if html else (),
        hidden_text=html.hidden_text if html else "",
        remote_count=html.remote_count if html else 0,
        parts=tuple(map(_view, parts)),
        source=_lf(raw[:SOURCE_LIMIT].decode("latin-1")),
        is_source_cut=len(raw) > SOURCE_LIMIT,
    )


def _read_html(parts: Iterable[Part]) -> HtmlText | None:
    texts = list(_texts(parts, "text/html"))
    if not texts:
        return None
    try:
        return html_to_text("\n".join(texts))
    except FieldError as error:
        return HtmlText(text=f"({error})")


def _texts(parts: Iterable[Part], content_type: str) -> Iterator[str]:
    for part in parts:
        if part.content_type == content_type and not part.is_file:
            yield _lf(part.text(limit_bytes=TEXT_LIMIT)).rstrip("\n")


def _view(part: Part) -> PartView:
    return PartView(
        name=part.name, content_type=part.content_type, size_bytes=part.size_bytes()
    )


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n")
