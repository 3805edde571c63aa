"""What a mail would fetch from elsewhere to be shown.

Each fetch tells somebody that, when and where the mail was read. tuimail fetches
nothing; the receivers' programs may.

Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from tuimail.core.html.css import unescaped
from tuimail.core.html.sheet import Attributes
from tuimail.core.patterns import regex

_FETCHING: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": ("src",),
    "bgsound": ("src",),
    "embed": ("src",),
    "feimage": ("href", "xlink:href"),
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
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_ADDRESS: Final = r"(?:(?:https?|ftp):|file:[/\\]{2}[^/\\]|[/\\]{2})"
"""As programs read it: slashes may lean to either side, or be left out; a file
on another machine is fetched, too."""
_REMOTE: Final = regex(rf"{_ADDRESS}\S{{0,2000}}", re.IGNORECASE)
_REMOTE_IN_SET: Final = regex(
    rf"(?:^|[\s,])({_ADDRESS}[^\s,]{{0,2000}})", re.IGNORECASE
)
_REMOTE_IN_STYLE: Final = regex(
    rf"(?:(?:url|src)\(\s{{0,9}}['\"]?|@import\s{{0,9}}['\"]|image-set\(\s{{0,9}}['\"])"
    rf"\s{{0,9}}({_ADDRESS}[^\s'\")]{{0,2000}})",
    re.IGNORECASE,
)
_LINE_BREAKS: Final = regex("[\t\r\n]")


def fetched_by_element(tag: str, attributes: Attributes) -> list[str]:
    """Return the addresses that one start tag would have fetched.

    Of several for the same picture, only one is fetched, and only one counts.
    """
    if not attributes:
        return []
    values = [_joined(attributes.get(name)) for name in _FETCHING.get(tag, ())]
    found = [match[1] for match in map(_REMOTE_IN_SET.search, values) if match][:1]
    background = _REMOTE.match(_joined(attributes.get("background")))
    style = attributes.get("style")
    return [
        *found,
        *([background[0]] if background else ()),
        *(fetched_by_style(style) if style else ()),
    ]


def fetched_by_style(style: str) -> list[str]:
    """Return the addresses that a style would have fetched."""
    return _REMOTE_IN_STYLE.findall(unescaped(style))


def _joined(value: str | None) -> str:
    """Return an address without the line breaks that programs leave out."""
    return _LINE_BREAKS.sub("", value).strip() if value else ""
