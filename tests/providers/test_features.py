from typing import Any

import pytest

from tuimail.core.service import Category, ServiceOptions
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.features import Feature, refuse_features


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"template_id": "welcome"}, "template-id"),
        ({"merge": (("a", "b"),)}, "merge"),
        ({"merge_for": (("a@b.c", (("a", "b"),)),)}, "merge"),
        ({"track_opens": True}, "track-opens"),
        ({"track_opens": False}, "track-opens"),
        ({"track_clicks": True}, "track-clicks"),
    ],
)
def test_what_a_provider_does_not_do_is_refused_with_its_field(
    asked: dict[str, Any], field: str
) -> None:
    service = ServiceOptions(**asked)

    with pytest.raises(UnsupportedFeatureError, match="SMTP cannot") as caught:
        refuse_features(service, provider="SMTP")

    assert caught.value.field == field
    refuse_features(service, provider="Other", does=frozenset(Feature))


def test_what_is_only_kept_on_the_record_is_never_refused() -> None:
    refuse_features(
        ServiceOptions(
            category=Category.BULK, tags=("a",), metadata=(("order", "17"),)
        ),
        provider="SMTP",
    )
