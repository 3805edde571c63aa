"""From an address to the settings of its provider."""

from collections.abc import Callable
from dataclasses import dataclass

from tuimail.settings.discovery.found import Asked, Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the world is asked."""

    offline: bool = False
    """Whether nobody is asked, so that only our own table counts."""


def _untold(_asked: Asked) -> None:
    """Tell nobody."""


async def find(
    address: str,
    *,
    ways: Ways | None = None,
    progress: Callable[[Asked], None] = _untold,
) -> Search:
    """Return what is found out about ``address``."""
    raise NotImplementedError
