"""Plain text whose paragraphs the reader's program may wrap anew (RFC 3676).

A line that ends in a space goes on in the next one.  So a long paragraph can be
cut into short lines for programs that know nothing of this, and be put together
again by those that do: ``unflow(flow(text))`` is ``trimmed(text)``, whatever it is.

Lines end in LF here.  Widths are in characters, because how many columns one
takes differs between Pythons, and a text must give the same bytes on all.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex

WIDTH: Final = 72
"""Characters of a line that was cut, with the space it ends in."""
SIGNATURE: Final = "-- "
"""What stands above a signature, and is neither flowed nor fixed (§4.3)."""

_PIECE: Final = regex("[^ ]+ *")
_LAID_OUT: Final = (" ", "\t", ">")
"""How code, tables and quotes within quotes begin: never cut."""
_AMBIGUOUS: Final = (" ", ">", "From ")
"""Beginnings that are misread unless a space is put before them (§4.4)."""


def flow(text: str) -> str:
    """Return ``text`` with its long paragraphs cut into lines that go on.

    Lines that fit, and those that somebody has laid out, stay whole. Quotes keep
    their marks. Spaces at the end of a line are trimmed (§4.2): there they say
    that it goes on.
    """
    lines = (line for one in trimmed(text).split("\n") for line in _flowed(one))
    return "\n".join(lines)


def trimmed(text: str) -> str:
    """Return ``text`` without spaces at the end of its lines.

    The line above a signature keeps its own.
    """
    return "\n".join(map(_trimmed, text.split("\n")))


def unflow(text: str, *, delsp: bool = False) -> str:
    """Return ``text`` with its paragraphs in one line each.

    Args:
        text: A body that was declared as ``format=flowed``.
        delsp: Whether it was declared as ``delsp=yes``: the space that a line
            was cut at is not part of the text.
    """
    paragraphs: list[list[str]] = []
    going_on: str | None = None
    for line in text.split("\n"):
        marks, rest = _without_marks(line)
        content = rest.removeprefix(" ")
        is_cut = content.endswith(" ") and content != SIGNATURE
        if marks != going_on or content == SIGNATURE:
            gap = rest[: len(rest) - len(content)] if marks else ""
            paragraphs.append([marks, gap])
        paragraphs[-1].append(content[:-1] if is_cut and delsp else content)
        going_on = marks if is_cut else None
    return "\n".join(map("".join, paragraphs))


def _trimmed(line: str) -> str:
    return line if _content(line) == SIGNATURE else line.rstrip(" ")


def _content(line: str) -> str:
    """Return what stands after the marks of a quote and the space behind them."""
    marks, rest = _without_marks(line)
    return rest.removeprefix(" ") if marks else rest


def _flowed(paragraph: str) -> Iterator[str]:
    marks, rest = _without_marks(paragraph)
    content = _content(paragraph)
    if content == SIGNATURE:
        yield paragraph
        return
    gap = rest[: len(rest) - len(content)]
    first, *others = _cut(content, len(marks) + len(gap))
    yield f"{marks}{gap}{first}" if marks else _stuffed(first)
    for line in others:
        yield marks + (f"{gap}{line}" if gap and line else _stuffed(line))


def _cut(content: str, indent: int) -> list[str]:
    """Return the lines of a paragraph; each but the last ends in a space."""
    is_whole = indent + len(content) <= WIDTH or content.startswith(_LAID_OUT)
    return [content] if is_whole else _cut_lines(content, WIDTH - 1 - indent)


def _cut_lines(content: str, room: int) -> list[str]:
    """Return lines of whole words, none of which looks like a signature's head."""
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(content):
        if line not in {"", SIGNATURE} and len(line) + len(piece) > room:
            lines.append(line)
            line = piece
        else:
            line += piece
    return [*lines, line]


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith(_AMBIGUOUS) else line


def _without_marks(line: str) -> tuple[str, str]:
    """Return the ``>`` that ``line`` begins with, and the rest of it."""
    rest = line.lstrip(">")
    return line[: len(line) - len(rest)], rest
