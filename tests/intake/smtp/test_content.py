"""Where the content of a message ends, and where it does not."""

import asyncio
from collections.abc import Iterator

import pytest

from tuimail.intake.smtp.content import Room, read_content
from tuimail.intake.smtp.limits import Limits
from tuimail.intake.smtp.replies import RefusalError

LIMITS = Limits(message_bytes=200_000, bytes_under_way=300_000)
NO_ENDS = (
    b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r",
    b"\r\n.\r\r\n", b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\r\n. \r\n",
)  # fmt: skip
"""What some server takes for the end, and no line that is a lone dot."""


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(
    content: bytes, *, size: int = 4_096, limit: int = 1_000
) -> tuple[bytes, bytes]:
    """Return what was read, and what was left for the next command."""
    reader = asyncio.StreamReader(limit=limit)

    async def feed() -> None:
        for piece in pieces(content, size):
            reader.feed_data(piece)
            await asyncio.sleep(0)
        reader.feed_eof()

    feeding = asyncio.create_task(feed())
    with Room(LIMITS).share() as share:
        found = await read_content(reader, share, LIMITS)
    await feeding
    return found, await reader.read()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 4_096])
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b".\r\n", b""),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.a\r\n...\r\n.\r\n", b".\r\na\r\n..\r\n"),
        (b"a\n..\nb\r\n.\r\n", b"a\n..\nb\r\n"),
        (b"a" * 2_500 + b"\r\n.\r\n", b"a" * 2_500 + b"\r\n"),
        (b"." + b"a" * 2_500 + b"\r\n.\r\n", b"a" * 2_500 + b"\r\n"),
        (
            b"a" * 999 + b"\r\n." + b"b" * 999 + b"\r\n.\r\n",
            b"a" * 999 + b"\r\n" + b"b" * 999 + b"\r\n",
        ),
        (b"a" * 1_000 + b".\r\n.\r\n", b"a" * 1_000 + b".\r\n"),
        (b"\xff\x00\xfe\r\n.\r\n", b"\xff\x00\xfe\r\n"),
    ],
)
async def test_a_lone_dot_ends_it_however_it_comes_in(
    content: bytes, found: bytes, size: int
) -> None:
    assert await read(content + b"QUIT\r\n", size=size) == (found, b"QUIT\r\n")


@pytest.mark.parametrize("size", [1, 4_096])
@pytest.mark.parametrize("no_end", NO_ENDS)
async def test_nothing_else_ends_it(no_end: bytes, size: int) -> None:
    """A second message in the content of the first stays content."""
    smuggled = b"a" + no_end + b"MAIL FROM:<x@evil.example>\r\nDATA\r\n"
    found, left = await read(smuggled + b".\r\nNOOP\r\n", size=size)

    assert b"MAIL FROM:<x@evil.example>\r\nDATA\r\n" in found
    assert left == b"NOOP\r\n"


async def test_a_line_without_end_is_read_to_its_end_and_refused() -> None:
    """It is thrown away as it comes in."""
    with pytest.raises(RefusalError, match=r"552 5\.3\.4"):
        await read(b"x" * 1_000_000 + b"\r\n.\r\n", size=65_536, limit=65_536)


async def test_room_that_was_lent_is_given_back_also_where_it_was_refused() -> None:
    room = Room(Limits(bytes_under_way=10))
    with room.share() as share:
        assert share.grow(10)
        assert not share.grow(1)
    with room.share() as share:
        assert share.grow(10)


async def test_a_client_that_goes_away_in_the_middle_has_handed_in_nothing() -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        await read(b"Subject: half\r\n\r\na mai")
