"""What a draft may ask of a provider beside sending, and which can do it.

The one rule kept here: what cannot be done is refused when a draft is approved,
with the field named, and never left out in silence.

Pure.
"""

from collections.abc import Iterator
from enum import StrEnum

from tuimail.core.address import needs_smtputf8
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
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


def refuse_smtputf8(draft: Draft, envelope: Envelope, *, provider: str) -> None:
    """Refuse addresses that are not ASCII before the ``@``, which few services take.

    Raises:
        UnsupportedFeatureError: It names the first field with one.
    """
    if envelope.needs_smtputf8:
        raise UnsupportedFeatureError(
            f"An address is not ASCII before the @, which {provider} does not take.",
            hint="Use an address in ASCII, or send through another account.",
            field=field_not_ascii(draft),
        )


def field_not_ascii(draft: Draft) -> str:
    """Return the first field with an address that is not ASCII before the ``@``."""
    named = (
        ("from", (draft.sender,)),
        ("to", draft.to),
        ("cc", draft.cc),
        ("bcc", draft.bcc),
        ("reply-to", draft.reply_to),
    )
    return next(field for field, found in named if any(map(needs_smtputf8, found)))


def _asked(service: ServiceOptions) -> Iterator[Feature]:
    if service.template_id:
        yield Feature.TEMPLATE
    if service.merge or service.merge_for:
        yield Feature.MERGE
    if service.track_opens is not None:
        yield Feature.TRACK_OPENS
    if service.track_clicks is not None:
        yield Feature.TRACK_CLICKS
