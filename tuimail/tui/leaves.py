"""A page of the docs as paragraphs: what is Markdown in it is shown plainly. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph

_FENCE: Final = "```"
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_RULE: Final = re.compile(r"\|[\s|:-]*\|")
_ITEM: Final = re.compile(r"\s*(?:[-*]|\d+\.) ")
_BETWEEN: Final = "   "


def paragraphs(text: str, words: str = "") -> tuple[Paragraph, ...]:
    """Return a page as it is shown.

    Args:
        text: Markdown, as our own docs write it.
        words: Leave out every paragraph without all of them; empty leaves out none.
    """
    wanted = words.casefold().split()
    found = tuple(_shown(text.splitlines()))
    if not wanted:
        return found
    fits = [one for one in found if all(w in one.text.casefold() for w in wanted)]
    nothing = Paragraph(text="No paragraph of this page has that.", kind=Kind.MUTED)
    return tuple(fits) or (nothing,)


def _shown(lines: Iterable[str]) -> Iterator[Paragraph]:
    """Yield paragraphs: lines of prose are joined, for the window to wrap."""
    prose: list[str] = []
    is_code = False
    for line in lines:
        is_fence = line.strip().startswith(_FENCE)
        if not (is_code or is_fence or _begins(line)):
            prose.append(line.strip())
            continue
        yield from _joined(prose)
        is_code ^= is_fence
        if is_code or is_fence:
            yield from () if is_fence else (_paragraph(line, Kind.QUOTE),)
        elif _ITEM.match(line):
            prose.append(line.strip())
        else:
            yield from _block(line)
    yield from _joined(prose)


def _begins(line: str) -> bool:
    """Return whether a line belongs to nothing before it."""
    return not line.strip() or line[0] in "#|" or bool(_ITEM.match(line))


def _joined(prose: list[str]) -> Iterator[Paragraph]:
    """Yield what was gathered, and empty it."""
    if prose:
        yield _paragraph(_plain(" ".join(prose)), Kind.PLAIN)
        prose.clear()


def _block(line: str) -> Iterator[Paragraph]:
    if line.startswith("#"):
        yield _paragraph(_plain(line.lstrip("# ")), Kind.HEADING)
    elif not _RULE.fullmatch(line.strip()):
        cells = (one.strip() for one in line.strip().strip("|").split("|"))
        yield _paragraph(_plain(_BETWEEN.join(cells)), Kind.PLAIN)


def _plain(text: str) -> str:
    """Return text without the marks that only a renderer needs."""
    return _LINK.sub(r"\1 (\2)", text).replace("`", "").replace("**", "")


def _paragraph(text: str, kind: Kind) -> Paragraph:
    return Paragraph(text=wording.said(text), kind=kind)
