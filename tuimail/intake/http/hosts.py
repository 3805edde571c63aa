"""By which names this door may be called. Pure.

A web page anywhere can have its own name point at this machine (DNS rebinding);
the browser then sends the page's name as ``Host``. So the list is exact, port and
all, and a request without a name is refused.
"""

from typing import Final
from urllib.parse import urlsplit

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
ON_A_SOCKET: Final = frozenset({"localhost", "127.0.0.1"})
"""A Unix socket has no name; programs write one of these into the address."""


def hosts_at(place: tuple[str, int | None]) -> frozenset[str]:
    """Return the ``Host`` values that may be sent to a listener.

    Args:
        place: Address and port of the listener, or the path of a Unix socket and
            None.
    """
    address, port = place
    if port is None:
        return ON_A_SOCKET
    names = (f"[{address}]" if ":" in address else address, "localhost")
    with_port = {f"{name}:{port}" for name in names}
    return frozenset(with_port | (set(names) if port == HTTP_PORT else set()))


def public_host(url: str) -> str:
    """Return the ``Host`` that programs elsewhere send to a public address.

    Args:
        url: ``https://…``, as the configuration has it; empty where there is none.
    """
    return urlsplit(url).netloc.lower().removesuffix(f":{HTTPS_PORT}")
