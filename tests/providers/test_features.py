from typing import Any

import pytest

from tests.core.drafts import a_draft, address
from tuimail.core.compose import envelope
from tuimail.core.service import Category, ServiceOptions
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.features import Feature, refuse_features, refuse_smtputf8


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


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "reply_to", "sender"])
def test_an_address_that_is_not_ascii_is_refused_with_its_field(field: str) -> None:
    odd = address("jörg@example.net")
    draft = a_draft(
        **{field: odd if field == "sender" else (odd,), "subject": "Hello"}
        | ({} if field in {"to", "cc", "bcc"} else {"to": (address("b@x.example"),)})
    )

    with pytest.raises(UnsupportedFeatureError, match="Graph does not take") as raised:
        refuse_smtputf8(draft, envelope(draft), provider="Graph")

    named = {"reply_to": "reply-to", "sender": "from"}
    assert raised.value.field == named.get(field, field)


def test_addresses_in_ascii_are_never_refused() -> None:
    draft = a_draft(to=(address("Jörg <joerg@bücher.example>"),))

    refuse_smtputf8(draft, envelope(draft), provider="Graph")
