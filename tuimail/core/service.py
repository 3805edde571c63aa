"""What is said to the provider beside the message: none of it is in the bytes.

A provider that cannot do one of these refuses it when the draft is approved; all
of it is part of what an approval is bound to.

Pure.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from tuimail.core.characters import describe, not_in_a_line
from tuimail.core.digests import digest_of
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError

TAG_LIMIT: Final = 128
"""Characters of a tag, the most that any of the services takes."""
TAGS_LIMIT: Final = 50
VALUE_LIMIT: Final = 10_000
"""Characters of one value of metadata or merge data."""

Pairs = tuple[tuple[str, str], ...]
"""Names and values, in order, no name twice."""


class Category(StrEnum):
    """Why the mail is sent, as services and their rules see it."""

    TRANSACTIONAL = "transactional"
    """Somebody did something, and this is the answer."""
    BULK = "bulk"
    """Many get much the same; they must be able to end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """What only a provider acts upon."""

    category: Category | None = None
    """None where the author did not say."""
    tags: tuple[str, ...] = ()
    """Words to find the mail by at the provider."""
    metadata: Pairs = ()
    """What comes back in the provider's reports."""
    template_id: str = ""
    """A template that is kept at the provider."""
    merge: Pairs = ()
    """What its blanks are filled with, for everybody."""
    merge_for: tuple[tuple[str, Pairs], ...] = ()
    """What they are filled with for one recipient: address on the wire, pairs."""
    track_opens: bool | None = None
    """None leaves it to the account's setting at the provider."""
    track_clicks: bool | None = None

    def __post_init__(self) -> None:
        _check_tags(self.tags)
        _check_pairs(self.metadata, field="meta")
        _check_pairs(self.merge, field="merge")
        for _, pairs in self.merge_for:
            _check_pairs(pairs, field="merge")
        _check_text(self.template_id, field="template-id", limit=TAG_LIMIT)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked of the provider but to send."""
        return self is NOTHING_ASKED or self == NOTHING_ASKED

    @property
    def asks(self) -> bool:
        """Whether the provider is to do something that not every one can."""
        tracking = (self.track_opens, self.track_clicks)
        return bool(
            self.template_id
            or self.merge
            or self.merge_for
            or any(wish is not None for wish in tracking)
        )

    @property
    def digest(self) -> str:
        """SHA-256 over all of it, lower-case hexadecimal; empty where it is empty."""
        if self.is_empty:
            return ""
        from dataclasses import asdict  # noqa: PLC0415 - takes long to load

        nothing = asdict(NOTHING_ASKED)
        everything = asdict(self).items()
        return digest_of(
            {name: value for name, value in everything if value != nothing[name]}
        )


def pairs_of(values: Mapping[str, str]) -> Pairs:
    """Return ``values`` as pairs, sorted by name."""
    return tuple(sorted(values.items()))


def _check_tags(tags: Iterable[str]) -> None:
    tags = tuple(tags)
    if len(tags) > TAGS_LIMIT:
        raise FieldError(
            f"There are {len(tags)} tags, where {TAGS_LIMIT} are the limit.",
            hint="Leave some out.",
            field="tag",
        )
    for tag in tags:
        if not tag.strip():
            raise FieldError(
                "A tag is empty.", hint="Write a word, or leave it out.", field="tag"
            )
        _check_text(tag, field="tag", limit=TAG_LIMIT)


def _check_pairs(pairs: Pairs, *, field: str) -> None:
    seen: set[str] = set()
    for name, value in pairs:
        if not _NAME.fullmatch(name) or name in seen:
            raise FieldError(
                f"{name[:60]!r} cannot be a name in {field}, or is there twice.",
                hint="Use letters, digits, dots, hyphens and underscores.",
                field=field,
            )
        seen.add(name)
        _check_text(value, field=field, limit=VALUE_LIMIT)


def _check_text(text: str, *, field: str, limit: int) -> None:
    unfit = not_in_a_line(text)
    if unfit:
        raise FieldError(
            f"A value of {field} contains {describe(unfit)}.",
            hint=f"Remove it from {field}.",
            field=field,
        )
    if len(text) > limit:
        raise FieldError(
            f"A value of {field} has {len(text)} characters, "
            f"which is more than {limit}.",
            hint="Shorten it.",
            field=field,
        )


_NAME: Final = regex(r"[^\W](?:[\w .-]{0,126}[\w.-])?")

NOTHING_ASKED: Final = ServiceOptions()
