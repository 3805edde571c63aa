"""Text that goes through an editor and comes back with only the edits in it.

An editor joins lines with one kind of line end and shows stand-ins for what a
terminal could act upon. What the person did not touch must not change for that.

Pure.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from tuimail.tui import wording

_LINE_END: Final = re.compile(r"(\r\n|\r|\n)")


def shown_lines(text: str) -> str:
    """Return ``text`` for the editor: safe, one kind of line end."""
    return "\n".join(wording.said(content) for content, _end in _raw_lines(text))


def carried(original: str, edited: str) -> str:
    """Return ``edited`` with every untouched line as it was in ``original``.

    Args:
        original: The stored text, with line ends and characters of any kind.
        edited: What the editor holds; it began as ``shown_lines(original)``.
    """
    raw = _raw_lines(original)
    before = [wording.said(content) for content, _end in raw]
    after = edited.split("\n")
    if before == after:
        return original
    lines = [(content, "\n") for content in after]
    for here, there, size in _equal_blocks(before, after):
        lines[there : there + size] = raw[here : here + size]
    *whole, last = lines
    return "".join(content + (end or "\n") for content, end in whole) + last[0]


def _raw_lines(text: str) -> list[tuple[str, str]]:
    """Return each line of ``text`` with its own end; the last has none."""
    pieces = _LINE_END.split(text)
    return list(zip(pieces[::2], [*pieces[1::2], ""], strict=True))


def _equal_blocks(
    before: list[str], after: list[str]
) -> Iterator[tuple[int, int, int]]:
    """Yield where equal lines stand; linear for an edit in one place."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    room = min(len(before), len(after)) - head
    while tail < room and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    yield 0, 0, head
    yield len(before) - tail, len(after) - tail, tail
    old = before[head : len(before) - tail]
    new = after[head : len(after) - tail]
    for block in SequenceMatcher(a=old, b=new).get_matching_blocks():
        yield head + block.a, head + block.b, block.size
