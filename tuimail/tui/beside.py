"""What is asked of the provider beside the message, in words.

None of it is in the bytes, so no tab that is made from them can show it. Every
text in it is safe to show.

Pure.
"""

from collections.abc import Iterator

from tuimail.core.service import Pairs, ServiceOptions
from tuimail.tui import wording
from tuimail.tui.widgets.prose import Paragraph


def in_short(asked: ServiceOptions) -> str:
    """Return what is asked in one line of the facts; empty where it is nothing."""
    words = [word for word in _words(asked) if word]
    return ", ".join(words)


def in_full(asked: ServiceOptions) -> Iterator[Paragraph]:
    """Yield everything that is asked, with every value."""
    if asked.category is not None:
        yield Paragraph(label="Category", text=asked.category.value)
    for tag in asked.tags:
        yield Paragraph(label="Tag", text=wording.line(tag))
    yield from _pairs("Data", asked.metadata)
    if asked.template_id:
        yield Paragraph(label="Template", text=wording.line(asked.template_id))
    yield from _pairs("Merge", asked.merge)
    for address, pairs in asked.merge_for:
        yield Paragraph(label="Merge", text=f"for {wording.line(address)}:")
        yield from _pairs("", pairs)
    for label, is_tracked in _tracking(asked):
        yield Paragraph(label=label, text="tracked" if is_tracked else "not tracked")


def _words(asked: ServiceOptions) -> Iterator[str]:
    yield asked.category.value if asked.category is not None else ""
    yield _number(len(asked.tags), "tag")
    yield _number(len(asked.metadata), "metadata value")
    yield f"template {wording.line(asked.template_id)}" if asked.template_id else ""
    yield _number(len(asked.merge), "merge value")
    yield _number(len(asked.merge_for), "recipient merged", "recipients merged")
    for label, is_tracked in _tracking(asked):
        yield f"{label.lower()} {'tracked' if is_tracked else 'not tracked'}"


def _tracking(asked: ServiceOptions) -> Iterator[tuple[str, bool]]:
    if asked.track_opens is not None:
        yield "Opens", asked.track_opens
    if asked.track_clicks is not None:
        yield "Clicks", asked.track_clicks


def _number(number: int, one: str, many: str = "") -> str:
    return wording.count(number, one, many) if number else ""


def _pairs(label: str, pairs: Pairs) -> Iterator[Paragraph]:
    for name, value in pairs:
        text = f"{wording.line(name)} = {wording.line(value)}"
        yield Paragraph(label=label, text=text)
