"""The last line: no segment of any widget can act on the terminal."""

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from tuimail.tui.inert import InertFilter, inert

HOSTILE = [
    "\x1b[>q",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\x00\x7f\r\b",
    "\u202eabc",
    "\u200b\u2066",
    "\U000e0041",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_could_act_is_gone_and_the_cells_stay(text: str) -> None:
    (segment,) = InertFilter().apply([Segment(f"a{text}b")], Color(0, 0, 0))

    assert segment.text == inert(segment.text)
    assert segment.text.isprintable()
    assert cell_len(segment.text) == cell_len(f"a{text}b")


def test_plain_text_passes_as_it_is() -> None:
    segments = [Segment("Grüße, 見積書 👍")]

    assert InertFilter().apply(segments, Color(0, 0, 0)) == segments
