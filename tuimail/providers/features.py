"""What a draft may ask of a provider beside sending, and which can do it.

The one rule kept here: what cannot be done is refused when a draft is approved,
with the field named, and never left out in silence.

Pure.
"""

from collections.abc import Iterator
from enum import StrEnum

from tuimail.core.service import ServiceOptions
from tuimail.errors import UnsupportedFeatureError


class Feature(StrEnum):
    """One thing that some providers do with a message; the field it is asked in."""

    TEMPLATE = "template-id"
    """Fill in a template that is kept at the provider."""
    MERGE = "merge"
    """Fill in blanks, for everybody or for one recipient."""
    TRACK_OPENS = "track-opens"
    """Notice when the mail is opened, or be told not to."""
    TRACK_CLICKS = "track-clicks"
    """Notice when a link is followed, or be told not to."""


def refuse_features(
    service: ServiceOptions, *, provider: str, does: frozenset[Feature] = frozenset()
) -> None:
    """Refuse what ``provider`` is asked and does not do.

    Category, tags and metadata ask for nothing: they stay on the record where a
    provider has no use for them.

    Raises:
        UnsupportedFeatureError: The first that it cannot do.
    """
    for feature in _asked(service):
        if feature not in does:
            raise UnsupportedFeatureError(
                f"{provider} cannot do what {feature.value} asks for.",
                hint=f"Leave {feature.value} out, or send through another account.",
                field=feature.value,
            )


def _asked(service: ServiceOptions) -> Iterator[Feature]:
    if service.template_id:
        yield Feature.TEMPLATE
    if service.merge or service.merge_for:
        yield Feature.MERGE
    if service.track_opens is not None:
        yield Feature.TRACK_OPENS
    if service.track_clicks is not None:
        yield Feature.TRACK_CLICKS
