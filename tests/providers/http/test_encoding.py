import base64
from collections.abc import AsyncIterator

import pytest

from tuimail.providers.http.encoding import base64_pieces, base64_size


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("length", range(8))
async def test_pieces_become_what_the_whole_becomes(length: int, size: int) -> None:
    content = bytes(range(length))
    encoded = [piece async for piece in base64_pieces(in_pieces(content, size))]

    assert b"".join(encoded) == base64.b64encode(content)
    assert all(encoded)
    assert base64_size(length) == len(b"".join(encoded))
