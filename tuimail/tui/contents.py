"""The tabs of a mail that are made from its rendered bytes.

Text, HTML as text, links, files, header, source: what the receiver's program will
have to go by. Every text in them is safe to show, and our own words stand in the
column of labels, which nothing in a mail can reach.

Pure; what takes long is done when a tab is opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Final

from tuimail.core.diffs import Diff
from tuimail.core.finding import Finding, Severity
from tuimail.core.preview import LINKS_LIMIT, LinkView, Outline, Preview, preview
from tuimail.tui import enclosures, headers, otherwise, wording
from tuimail.tui.tabs import Tab, later
from tuimail.tui.widgets.blocks import Blocks, Octets, TextLines
from tuimail.tui.widgets.prose import Kind, Paragraph, Span, paragraphs_of

Paragraphs = tuple[Paragraph, ...]

AT_ONCE: Final = 100_000
"""Octets of HTML that are looked into before the tab is opened."""
LONGEST_TARGET: Final = 2_000
"""Cells of an address that are shown; a picture can be written as one."""
_SHOWN_HOSTS: Final = 20
_SHOWN_NUMBERS: Final = 4
_KINDS: Final = {
    Severity.BLOCK: Kind.BLOCK,
    Severity.WARNING: Kind.WARNING,
    Severity.INFO: Kind.MUTED,
}


def tabs(
    raw: bytes,
    seen: Outline,
    *,
    set_by: headers.SetBy = headers.NOBODY,
    spans: Mapping[int, tuple[Span, ...]] | None = None,
) -> Iterator[Tab]:
    """Yield what can be looked at of a mail; what it does not have has no tab.

    Args:
        raw: The whole message.
        seen: Its outline.
        set_by: Who wrote what of its header.
        spans: What stands out in its text, by the number of the line, from 0.
    """
    whole = cache(partial(preview, raw))
    text = TextLines(seen.text, spans=spans) if seen.has_text else _NO_TEXT
    yield text_tab(text)
    is_long = seen.html_octets > AT_ONCE
    if seen.html_octets:
        html = later(lambda: _html(whole()))
        yield Tab(
            name="html", title="HTML→text", short="HTML", text=html, is_slow=is_long
        )
    yield from _links_tab(whole, is_known=not is_long)
    yield enclosures.tab(raw, seen.files)
    fields = later(lambda: headers.paragraphs(raw, set_by))
    yield Tab(name="headers", title="Headers", short="Hdr", text=fields)
    source = later(lambda: Octets(raw))
    yield Tab(name="source", title="Source", short="Src", text=source)


def handed_on_tab(handed_on: bytes) -> Tab:
    """Return what the provider is handed in the place of the source."""
    text = TextLines(handed_on.decode("utf-8", "replace"))
    return Tab(name="handed_on", title="Handed on", short="Out", text=text)


def text_tab(text: Blocks) -> Tab:
    """Return the tab that every mail has."""
    return Tab(name="text", title="Text", text=text)


def finding_line(finding: Finding) -> Paragraph:
    """Return one finding: severity and code are ours, the rest is quoted."""
    code = f"{finding.severity.value} {finding.code}: "
    return Paragraph(
        text=code + wording.line(finding.message), kind=_KINDS[finding.severity]
    )


def kind_of(severity: Severity) -> Kind:
    """Return the colour that repeats how bad something is."""
    return _KINDS[severity]


_NO_TEXT: Final = later(
    lambda: (Paragraph(text="It has no plain text part.", kind=Kind.MUTED),)
)


def _html(seen: Preview) -> Paragraphs:
    differs = otherwise.compared(seen)
    text = paragraphs_of(wording.marked(wording.said(seen.html_text or "")))
    return (*_not_shown(seen, differs), *text, *otherwise.listed(differs))


def _not_shown(seen: Preview, differs: Diff | None) -> Paragraphs:
    """Return what the HTML does that its text does not tell."""
    hidden, remote = len(seen.hidden_text), seen.remote_count
    others = otherwise.places(differs)
    facts = [
        f"hidden text {wording.count(hidden, 'character')}" if hidden else "",
        f"would fetch {wording.count(remote, 'thing')} from elsewhere"
        if remote
        else "",
        f"differs from the text in {wording.count(others, 'place')}, see its end"
        if others
        else "",
    ]
    if not any(facts):
        return ()
    is_odd = bool(hidden or remote)
    kind = Kind.WARNING if is_odd else Kind.MUTED
    lines = [Paragraph(text=" · ".join(filter(None, facts)), kind=kind)]
    if hidden:
        quoted = f"Hidden in it: “{wording.line(seen.hidden_text)}”"
        lines.append(Paragraph(text=quoted, kind=Kind.WARNING))
    if remote:
        told = "tuimail fetches nothing; other programs may."
        lines.append(Paragraph(text=told, kind=Kind.MUTED))
    return (*lines, Paragraph(text=""))


def _links_tab(whole: Callable[[], Preview], *, is_known: bool) -> Iterator[Tab]:
    """Yield where it leads; how often is not known before it was looked into."""
    number = len(whole().links) if is_known else 1
    if number:
        title = f"Links {number}" if is_known else "Links"
        text = later(lambda: _links(whole()))
        yield Tab(name="links", title=title, short="Lnk", text=text)


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
    found = list(links)
    counted = Counter(map(_host, found))
    for host, number in counted.most_common(_SHOWN_HOSTS):
        here = [one for one in found if _host(one) == host]
        yield Paragraph(
            label=f"{number} ×",  # noqa: RUF001 - times
            text=host,
            note=_numbers(here),
            note_kind=_KINDS[_worst(here) or Severity.INFO],
        )
    if len(counted) > _SHOWN_HOSTS:
        yield Paragraph(text=f"and {len(counted) - _SHOWN_HOSTS} more")


def _numbers(links: Sequence[LinkView]) -> str:
    """Return the numbers in the text that lead to one host, and how bad that is."""
    listed = [f"[{one.number}]" for one in links if one.number]
    more = f" +{len(listed) - _SHOWN_NUMBERS}" if listed[_SHOWN_NUMBERS:] else ""
    worst = _worst(links)
    word = worst.value.upper() if worst else ""
    return f"{word} {' '.join(listed[:_SHOWN_NUMBERS])}{more}".strip()


def _worst(links: Sequence[LinkView]) -> Severity | None:
    found = {finding.severity for one in links for finding in one.findings}
    return next((one for one in Severity if one in found), None)


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
