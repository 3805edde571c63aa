import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.errors import DigestMismatchError
from tuimail.providers.smtp.stuffing import DotStuffing


def stuffed(content: bytes, *cuts: int) -> bytes:
    stuffing = DotStuffing()
    borders = [0, *sorted(cuts), len(content)]
    pairs = itertools.pairwise(borders)
    wire = b"".join(stuffing.stuffed(content[a:b]) for a, b in pairs)
    stuffing.check_end()
    return wire


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


@given(
    content=st.text(alphabet=".a\r\n", max_size=12),
    cuts=st.lists(st.integers(min_value=0, max_value=12), max_size=6),
)
def test_whole_lines_pass_and_nothing_else(content: str, cuts: list[int]) -> None:
    octets = content.encode()
    rest = octets.replace(b"\r\n", b"")
    is_whole = not (b"\r" in rest or b"\n" in rest) and (
        not octets or octets.endswith(b"\r\n")
    )

    assert passes(octets, *[min(cut, len(octets)) for cut in cuts]) is is_whole


def passes(content: bytes, *cuts: int) -> bool:
    try:
        stuffed(content, *cuts)
    except DigestMismatchError:
        return False
    return True


@pytest.mark.parametrize(
    ("pieces", "number"),
    [
        ((b"\n",), 1),
        ((b"\r", b"a"), 1),
        ((b"a\n",), 2),
        ((b"ab", b"cd\n.\r\n"), 5),
        ((b"ab\r", b"", b".\r\n"), 3),
        ((b"ab\r\n", b"\n"), 5),
        ((b"ab\r\n", b"\r\r\n"), 5),
    ],
)
def test_the_first_line_end_that_is_none_is_named(
    pieces: tuple[bytes, ...], number: int
) -> None:
    *before, damaged = pieces
    stuffing = DotStuffing()
    for piece in before:
        stuffing.stuffed(piece)

    with pytest.raises(DigestMismatchError, match=f"byte {number} ") as raised:
        stuffing.stuffed(damaged)

    assert raised.value.hint


@pytest.mark.parametrize("pieces", [(), (b"a\r\n",), (b"a\r", b"\n"), (b"a\r\n", b"")])
def test_content_may_end_where_a_line_ends(pieces: tuple[bytes, ...]) -> None:
    stuffing = DotStuffing()

    wire = b"".join(stuffing.stuffed(piece) for piece in pieces)
    stuffing.check_end()

    assert wire == b"".join(pieces)


@pytest.mark.parametrize("pieces", [(b"ab",), (b"a\r", b""), (b"\r\n", b"b")])
def test_content_may_not_end_within_a_line(pieces: tuple[bytes, ...]) -> None:
    stuffing = DotStuffing()
    for piece in pieces:
        stuffing.stuffed(piece)

    size = len(b"".join(pieces))
    with pytest.raises(DigestMismatchError, match=f"after {size} bytes"):
        stuffing.check_end()
