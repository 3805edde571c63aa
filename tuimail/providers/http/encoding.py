"""A message's bytes as base64, while they come. Pure."""

import base64
from collections.abc import AsyncIterator


def base64_size(size_bytes: int) -> int:
    """Return how many characters so many bytes become (RFC 4648 §4)."""
    return -(-size_bytes // 3) * 4


async def base64_pieces(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the bytes of ``pieces`` as base64 without line ends."""
    rest = b""
    async for piece in pieces:
        rest += piece
        whole = len(rest) // 3 * 3
        if whole:
            yield base64.b64encode(rest[:whole])
        rest = rest[whole:]
    if rest:
        yield base64.b64encode(rest)
