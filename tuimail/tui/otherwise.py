"""Where the HTML of a mail says something else than its text.

Both are brought to one form first: how lines are wrapped, how often there are blanks,
the numbers of links and the rules of tables are no difference that a reader would see.

Pure.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tuimail.core.diffs import STEPS, Diff, Kind, diff
from tuimail.core.preview import Preview
from tuimail.tui import comparing
from tuimail.tui.widgets.prose import Kind as Tone
from tuimail.tui.widgets.prose import Paragraph

MOST: Final = 200_000
"""Characters of both; longer ones are not compared."""
_LIMIT: Final = STEPS // 4
_LISTED: Final = re.compile(r"^\[\d+\] .*$", re.MULTILINE)
_NUMBER: Final = re.compile(r" ?\[\d+\]")
_LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\([^()\n]*\)")
"""A link or a picture as Markdown writes it."""
_RULE: Final = re.compile(r"^[ \t]*\|[ \t|:-]+(?:\n|\Z)", re.MULTILINE)
"""What Markdown has between the head of a table and its rows."""
_GAP: Final = re.compile(r"\n\s*\n")
_LAYOUT: Final = re.compile(r"[\s>*#_`|-]+")


def compared(seen: Preview) -> Diff | None:
    """Return what differs; None where there is nothing to compare."""
    html = seen.html_text or ""
    if not seen.text.strip() or not html.strip() or len(seen.text) + len(html) > MOST:
        return None
    return diff(_plain(seen.text), _plain(html), limit=_LIMIT)


def places(found: Diff | None) -> int:
    """Return in how many places they differ: lines that stand together are one."""
    if found is None:
        return 0
    is_same = [True, *(line.kind is Kind.SAME for line in found.lines)]
    return sum(before and not now for before, now in pairwise(is_same))


def listed(found: Diff | None) -> Iterator[Paragraph]:
    """Yield every place, the text's words as removed and the HTML's as added."""
    if found is None or not places(found):
        return
    yield Paragraph(text="")
    yield Paragraph(text="Otherwise than the text", kind=Tone.HEADING)
    yield from comparing.told(found, 0)


def _plain(text: str) -> str:
    """Return the words of ``text``, a paragraph a line."""
    ruled = _RULE.sub("", text)
    without = _NUMBER.sub("", _LISTED.sub("", _LINK.sub(r"\1", ruled)))
    words = (_LAYOUT.sub(" ", one).strip() for one in _GAP.split(without))
    return "\n".join(filter(None, words))
