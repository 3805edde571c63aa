import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.providers.smtp.stuffing import DotStuffing


def stuffed(content: bytes, *cuts: int) -> bytes:
    stuffing = DotStuffing()
    borders = [0, *sorted(cuts), len(content)]
    pairs = itertools.pairwise(borders)
    return b"".join(stuffing.stuffed(content[a:b]) for a, b in pairs)


@pytest.mark.parametrize(
    ("content", "wire"),
    [
        (b"", b""),
        (b".\r\n", b"..\r\n"),
        (b"..\r\n", b"...\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
        (b"a.b\r\n", b"a.b\r\n"),
        (b"a\r\n\r\n.\r\n", b"a\r\n\r\n..\r\n"),
    ],
)
def test_a_dot_that_begins_a_line_is_doubled(content: bytes, wire: bytes) -> None:
    assert stuffed(content) == wire


@given(
    lines=st.lists(st.text(alphabet=".a", max_size=4), max_size=8),
    cuts=st.lists(st.integers(min_value=0, max_value=40), max_size=6),
)
def test_it_does_not_matter_where_the_pieces_are_cut(
    lines: list[str], cuts: list[int]
) -> None:
    content = "".join(f"{line}\r\n" for line in lines).encode()

    wire = stuffed(content, *[min(cut, len(content)) for cut in cuts])

    assert b".\r\n" not in re.split(rb"(?<=\r\n)", wire)
    assert (b"\r\n" + wire).replace(b"\r\n..", b"\r\n.")[2:] == content


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((), True),
        ((b"a\r\n",), True),
        ((b"a\r", b"\n"), True),
        ((b"a\r", b""), False),
        ((b"a\n",), False),
        ((b"a\r\n", b"b"), False),
    ],
)
def test_the_end_of_a_line_is_noticed_across_pieces(
    *, pieces: tuple[bytes, ...], expected: bool
) -> None:
    stuffing = DotStuffing()
    for piece in pieces:
        stuffing.stuffed(piece)

    assert stuffing.is_at_line_start is expected
