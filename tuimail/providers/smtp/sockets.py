"""A connected socket, out of a name that may have several addresses."""

import asyncio
import socket
from datetime import timedelta


async def connected_socket(host: str, port: int, *, limit: timedelta) -> socket.socket:
    """Return a socket connected to ``host``, by the first address that answers.

    Each address gets ``limit`` of its own: a dead one must not use up the time
    of those behind it.

    Raises:
        OSError: The name has no address, or none of them answers; the error of
            the last one tried.
        TimeoutError: The same, where the last one did not answer at all.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(limit.total_seconds()):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    error = OSError("The name has no address")
    for family, kind, protocol, _, address in found:
        try:
            return await _connected(family, kind, protocol, address, limit=limit)
        except OSError as failed:
            error = failed
    raise error


async def _connected(
    family: int,
    kind: int,
    protocol: int,
    address: tuple[str | int | bytes, ...],
    *,
    limit: timedelta,
) -> socket.socket:
    connecting = socket.socket(family, kind, protocol)
    try:
        connecting.setblocking(False)  # noqa: FBT003 - the library's own signature
        async with asyncio.timeout(limit.total_seconds()):
            await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting
