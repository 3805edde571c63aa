"""The tabs of a mail that are made from its rendered bytes.

Text, HTML as text, links, parts, headers, source: what the receiver's program
will have to go by. Every text in it is safe to show, and our own words stand in
the column of labels, which nothing in a mail can reach.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.core.preview import LINKS_LIMIT, LinkView, PartView, Preview
from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph, paragraphs_of

Paragraphs = tuple[Paragraph, ...]

MOST_HANDED_ON: Final = 20_000
"""Characters; attachments are in it."""
LONGEST_TARGET: Final = 2_000
"""Cells of an address that are shown; a picture can be written as one."""
_SHOWN_HOSTS: Final = 20
_INDENT: Final = "  "
_KINDS: Final = {
    Severity.BLOCK: Kind.BLOCK,
    Severity.WARNING: Kind.WARNING,
    Severity.INFO: Kind.MUTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One way to look at a mail."""

    name: str
    title: str
    paragraphs: Paragraphs
    short: str = ""
    """The title where there is no room."""
    has_pictures: bool = False
    """Whether it lists pictures, which can be looked at."""
    others: tuple["Tab", ...] = ()
    """Further ways to see the same, one at a time."""

    def turned(self, count: int) -> "Tab":
        """Return the way to see it that is ``count`` further on, round and round."""
        ways = (self, *self.others)
        return ways[count % len(ways)]


def tabs(seen: Preview) -> Iterator[Tab]:
    """Yield what can be looked at of a mail; what it does not have has no tab."""
    yield text_tab(_text(seen))
    if seen.html_text is not None:
        html = _html(seen)
        yield Tab(name="html", title="HTML→text", short="HTML", paragraphs=html)
    if seen.links:
        title = f"Links {len(seen.links)}"
        yield Tab(name="links", title=title, short="Lnk", paragraphs=_links(seen))
    yield _parts_tab(seen.parts)
    yield Tab(name="headers", title="Headers", short="Hdr", paragraphs=_headers(seen))
    yield Tab(name="source", title="Source", short="Src", paragraphs=_source(seen))


def handed_on_tab(handed_on: bytes) -> Tab:
    """Return what the provider is handed in the place of the source."""
    whole = handed_on.decode("utf-8", "replace")
    shown = paragraphs_of(wording.said(whole[:MOST_HANDED_ON]))
    if len(whole) > MOST_HANDED_ON:
        more = f"… {len(whole) - MOST_HANDED_ON} more characters, not shown here."
        shown = (*shown, Paragraph(text=more, kind=Kind.MUTED))
    return Tab(name="handed_on", title="Handed on", short="Out", paragraphs=shown)


def text_tab(paragraphs: Paragraphs) -> Tab:
    """Return the tab that every mail has."""
    return Tab(name="text", title="Text", paragraphs=paragraphs)


def finding_line(finding: Finding) -> Paragraph:
    """Return one finding: severity and code are ours, the rest is quoted."""
    code = f"{finding.severity.value} {finding.code}: "
    return Paragraph(
        text=code + wording.line(finding.message), kind=_KINDS[finding.severity]
    )


def _text(seen: Preview) -> Paragraphs:
    has_text = any(
        part.content_type == "text/plain" and part.disposition != "attachment"
        for part in seen.parts
    )
    if has_text:
        return paragraphs_of(wording.said(seen.text))
    return (Paragraph(text="It has no plain text part.", kind=Kind.MUTED),)


def _html(seen: Preview) -> Paragraphs:
    text = paragraphs_of(wording.said(seen.html_text or ""))
    return (*_not_shown(seen), *text)


def _not_shown(seen: Preview) -> Paragraphs:
    """Return what the HTML does that its text does not tell."""
    lines: list[Paragraph] = []
    if seen.hidden_text:
        hidden = f"Hidden in it: “{wording.line(seen.hidden_text)}”"
        lines.append(Paragraph(text=hidden, kind=Kind.WARNING))
    if seen.remote_count:
        number = wording.count(seen.remote_count, "thing")
        remote = f"It would fetch {number} from elsewhere; tuimail fetches nothing."
        lines.append(Paragraph(text=remote, kind=Kind.WARNING))
    return (*lines, Paragraph(text="")) if lines else ()


def _links(seen: Preview) -> Paragraphs:
    lines = [Paragraph(text="Hosts", kind=Kind.HEADING), *_hosts(seen.links)]
    for link in seen.links:
        lines += [Paragraph(text=""), *_link(link)]
    if len(seen.links) >= LINKS_LIMIT:
        more = "… there may be more, not listed here."
        lines += [Paragraph(text=""), Paragraph(text=more, kind=Kind.MUTED)]
    return tuple(lines)


def _hosts(links: Iterable[LinkView]) -> Iterator[Paragraph]:
    """Yield whom the mail leads to, the most frequent first."""
    counted = Counter(_host(link) for link in links)
    for host, number in counted.most_common(_SHOWN_HOSTS):
        yield Paragraph(label=f"{number} ×", text=host)  # noqa: RUF001 - times
    if len(counted) > _SHOWN_HOSTS:
        yield Paragraph(text=f"and {len(counted) - _SHOWN_HOSTS} more")


def _link(link: LinkView) -> Iterator[Paragraph]:
    mark = f"[{link.number}]" if link.number else ""
    said = f"“{wording.line(link.text)}”" if link.text else ""
    if said or mark:
        yield Paragraph(label=mark or "says", text=said or "no words")
    yield Paragraph(label="host", text=_host(link))
    target = wording.clipped(wording.line(link.target), LONGEST_TARGET)
    yield Paragraph(label="goes to", text=target)
    yield from map(finding_line, link.findings)


def _host(link: LinkView) -> str:
    host = wording.line(link.host) or "none"
    is_same = link.unicode_host == link.host
    return host if is_same else f"{host}  = {wording.line(link.unicode_host)}"


def _parts_tab(parts: Iterable[PartView]) -> Tab:
    has_pictures = any(one.content_type.startswith("image/") for one in parts)
    return Tab(
        name="parts",
        title="Parts",
        short="Prt",
        paragraphs=_parts(parts),
        has_pictures=has_pictures,
    )


def _parts(parts: Iterable[PartView]) -> Paragraphs:
    lines: list[Paragraph] = []
    for number, part in enumerate(parts, start=1):
        what = _INDENT * part.depth + ", ".join(_what(part))
        lines.append(Paragraph(label=f"{number}", text=what))
        if part.name:
            lines.append(Paragraph(label="name", text=f"“{wording.line(part.name)}”"))
        if part.content_id:
            called = f"cid:{wording.line(part.content_id)}"
            lines.append(Paragraph(label="id", text=called))
    return tuple(lines)


def _what(part: PartView) -> Iterator[str]:
    """Yield what is known of a part, in the order in which it matters."""
    yield wording.line(part.content_type)
    if part.disposition:
        yield wording.line(part.disposition)
    if part.is_container:
        yield f"{wording.size(part.encoded_bytes)} in all"
        return
    yield wording.size(part.size_bytes)
    for word in (part.charset, "flowed" if part.is_flowed else "", part.encoding):
        if word:
            yield wording.line(word)
    if part.encoded_bytes != part.size_bytes:
        yield f"{wording.size(part.encoded_bytes)} as sent"


def _headers(seen: Preview) -> Paragraphs:
    return tuple(
        Paragraph(text=f"{wording.line(name)}: {wording.line(value)}")
        for name, value in seen.headers
    )


def _source(seen: Preview) -> Paragraphs:
    shown = paragraphs_of(wording.said(seen.source))
    if not seen.is_source_cut:
        return shown
    return (*shown, Paragraph(text="… it goes on, not shown here.", kind=Kind.MUTED))
