"""Message tags, which Amazon SES counts and reports mail by. Pure.

A name and a value each, of few characters (API reference, ``MessageTag``).
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.service import ServiceOptions
from tuimail.errors import UnsupportedFeatureError

TAG_VALUE: Final = "1"
"""What a word becomes the name of; SES has no tag without a value."""


def message_tags(service: ServiceOptions) -> list[dict[str, str]]:
    """Return what SES is told: metadata as it is, and each tag as a name.

    Raises:
        UnsupportedFeatureError: One has a character that SES does not take, or
            stands for two things.
    """
    found: dict[str, str] = {}
    for field, name, value in _wanted(service):
        if not (_WORD.fullmatch(name) and _WORD.fullmatch(value)):
            raise _refused(field, f"“{(name, value)[bool(_WORD.fullmatch(name))]}”")
        if found.setdefault(name, value) != value:
            raise _refused(field, f"two values for “{name}”")
    return [{"Name": name, "Value": value} for name, value in found.items()]


def _wanted(service: ServiceOptions) -> Iterator[tuple[str, str, str]]:
    for name, value in service.metadata:
        yield "meta", name, value
    for tag in service.tags:
        yield "tag", tag, TAG_VALUE


def _refused(field: str, what: str) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"Amazon SES does not take {what[:80]} in {field}.",
        hint="Use letters, digits, hyphens and underscores alone, 256 at most.",
        field=field,
    )


_WORD: Final = regex(r"[A-Za-z0-9_-]{1,256}")
