"""What a mail would fetch from elsewhere to be shown.

Each fetch tells somebody that, when and where the mail was read. tuimail fetches
nothing; the receivers' programs may.

Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from tuimail.core.html.hiding import Attributes

_FETCHING: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": ("src",),
    "embed": ("src",),
    "frame": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href", "src"),
    "img": ("src", "srcset", "lowsrc", "dynsrc"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}
_REMOTE: Final = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
_REMOTE_IN_SET: Final = re.compile(r"(?:^|[\s,])(?:https?:)?//", re.IGNORECASE)
_REMOTE_IN_STYLE: Final = re.compile(
    r"""(?:url\(\s{0,9}['"]?|@import\s{0,9}['"])\s{0,9}(?:https?:)?//""", re.IGNORECASE
)


def remote_in_element(tag: str, attributes: Attributes) -> int:
    """Return how many things one start tag would have fetched."""
    if not attributes:
        return 0
    values = [attributes.get(name) or "" for name in _FETCHING.get(tag, ())]
    found = any(_REMOTE_IN_SET.search(value) for value in values)
    background = _REMOTE.match(attributes.get("background") or "")
    style = attributes.get("style")
    return found + bool(background) + (remote_in_style(style) if style else 0)


def remote_in_style(style: str) -> int:
    """Return how many things a style would have fetched."""
    return len(_REMOTE_IN_STYLE.findall(style))
