"""What a service cannot be told exactly is refused by name when it is approved."""

from typing import Any

import pytest

from tests.core.drafts import address, attachment, image
from tests.providers.http_api import golden
from tests.providers.http_api.conftest import provider_for, rich_draft
from tests.providers.http_api.golden import BY_NAME
from tuimail.core import compose
from tuimail.core.address import Address, with_name
from tuimail.core.draft import Body, Draft, Priority
from tuimail.core.service import ServiceOptions
from tuimail.errors import UnsupportedFeatureError


def accept(name: str, draft: Draft) -> None:
    provider = provider_for(BY_NAME[name], "http://127.0.0.1:1")
    provider.accept(draft, compose.envelope(draft))


def sayable(name: str, **fields: Any) -> Draft:
    """Return a draft that the service can be told, but for ``fields``."""
    can = golden.LESS.get(name, {})
    return rich_draft(**(can | fields))


def people(count: int) -> tuple[Address, ...]:
    return tuple(address(f"r{number}@example.net") for number in range(count))


def asked(**fields: Any) -> dict[str, Any]:
    return {"service": ServiceOptions(**fields)}


TWO = (address("a@b.example"), address("c@d.example"))
HTML = "<p>Hi {{ name }}</p>"
WORD = "=?utf-8?Q?Chief_Executive?="
NAMED = with_name(address("a@b.example"), WORD, field="to")
BLANK = with_name(address("a@b.example"), "{{ name }}", field="to")
TOLD = sorted(BY_NAME.keys() - {"mailgun", "sparkpost"})
"""Those that write the headers themselves."""
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *((name, asked(template_id="t"), "template-id") for name in BY_NAME),
    *((name, asked(merge=(("a", "b"),)), "merge") for name in BY_NAME),
    *((name, {"to": (address("jörg@b.example"),)}, "to") for name in BY_NAME),
    ("resend", asked(track_opens=True), "track-opens"),
    ("resend", {"sender": address('"Lovelace, Ada" <a@b.example>')}, "from-name"),
    ("resend", {"sender": address('"Ada (home)" <a@b.example>')}, "from-name"),
    ("resend", {"to": people(51)}, "to"),
    ("resend", {"headers": (("X-A", "1"), ("x-a", "2"))}, "header"),
    ("resend", {"headers": (("Idempotency-Key", "1"),)}, "header"),
    ("resend", asked(metadata=(("order", "two words"),)), "meta"),
    ("resend", asked(metadata=(("who.else", "1"),)), "meta"),
    ("resend", {"to": (), "cc": people(1)}, "to"),
    ("postmark", asked(tags=("a", "b")), "tag"),
    ("postmark", asked(metadata=(("a" * 21, "1"),)), "meta"),
    ("postmark", asked(metadata=(("a", "1" * 81),)), "meta"),
    ("postmark", asked(metadata=tuple((f"n{n}", "1") for n in range(11))), "meta"),
    ("postmark", {"headers": (("X-PM-Tag", "1"),)}, "header"),
    ("postmark", {"attachments": (attachment(content=b"x" * 10_000_000),)}, "attach"),
    ("sendgrid", {"to": (address('"Strom; B" <a@b.example>'),)}, "to"),
    ("sendgrid", {"cc": (address('"Strom, B" <a@b.example>'),)}, "cc"),
    ("sendgrid", {"reply_to": (address('"S, B" <a@b.example>'),)}, "reply-to"),
    ("sendgrid", asked(tags=tuple(f"t{n}" for n in range(11))), "tag"),
    ("sendgrid", asked(metadata=(("a", "1" * 9999),)), "meta"),
    ("sendgrid", {"headers": (("X-SG-EID", "1"),)}, "header"),
    ("brevo", asked(track_clicks=False), "track-clicks"),
    ("brevo", {"reply_to": TWO}, "reply-to"),
    ("brevo", {"reply_to": (address("Jörg <a@b.example>"),)}, "reply-to"),
    ("brevo", {"cc": (address('"Ström, B" <a@b.example>'),)}, "cc"),
    ("brevo", {"attachments": (image(),)}, "inline"),
    ("brevo", {"attachments": (attachment("tool.exe"),)}, "attach"),
    ("brevo", {"attachments": (attachment("noending"),)}, "attach"),
    ("brevo", {"headers": (("X-Order", "größer"),)}, "header"),
    ("brevo", {"headers": (("X-Mailin-custom", "1"),)}, "header"),
    ("brevo", {"headers": (("Keywords", "1"),)}, "header"),
    ("brevo", {"in_reply_to": "<a@b.example>"}, "in-reply-to"),
    ("brevo", {"subject": "{{ params.x }}"}, "subject"),
    ("brevo", {"body": Body(text="{% if %}")}, "text"),
    ("brevo", {"body": Body(text="Hi", html=HTML)}, "html"),
    ("brevo", asked(metadata=(("who", "jörg"),)), "meta"),
    ("mailjet", {"reply_to": TWO}, "reply-to"),
    ("mailjet", {"headers": (("X-MJ-CustomID", "1"),)}, "header"),
    ("mailjet", {"headers": (("List-Id", "1"),)}, "header"),
    ("mailjet", {"to": people(51)}, "to"),
    ("mailtrap", asked(track_opens=False), "track-opens"),
    ("mailtrap", asked(tags=("t" * 128, "u")), "tag"),
    ("mailtrap", asked(metadata=(("a", "1" * 1000),)), "meta"),
    ("mailersend", {"headers": (("X-A", "1"),)}, "header"),
    ("mailersend", {"priority": Priority.HIGH}, "priority"),
    ("mailersend", {"cc": people(11)}, "cc"),
    ("mailersend", {"bcc": people(11)}, "bcc"),
    ("mailersend", {"subject": "Hi {$name}"}, "subject"),
    ("mailersend", {"reply_to": TWO}, "reply-to"),
    ("mailersend", asked(tags=tuple("abcdef")), "tag"),
    ("scaleway", {"to": people(11)}, "to"),
    ("scaleway", {"attachments": (image(),)}, "inline"),
    ("scaleway", {"attachments": tuple(attachment(f"{n}.pdf") for n in range(11))},
     "attach"),
    ("scaleway", {"attachments": (attachment("a.exe", content_type="a/exe"),)},
     "attach"),
    ("scaleway", asked(track_opens=True), "track-opens"),
    ("sparkpost", {"body": Body(text="Hi", html=HTML)}, "html"),
    ("sparkpost", asked(tags=("t" * 65,)), "tag"),
    *((name, {"subject": WORD}, "subject") for name in TOLD),
    *((name, {"to": (NAMED,)}, "to") for name in TOLD),
    *((name, {"sender": NAMED}, "from-name") for name in TOLD),
    ("resend", {"headers": (("X-SES-Configuration-Set", "1"),)}, "header"),
    ("mailtrap", {"headers": (("X-MT-Category", "1"),)}, "header"),
    ("scaleway", {"headers": (("X-Scw-Anything", "1"),)}, "header"),
    ("mailgun", {"headers": (("X-Mailgun-Drop-Message", "yes"),)}, "header"),
    ("mailgun", {"headers": (("x-mailgun-deliver-by", "1"),)}, "header"),
    ("sparkpost", {"headers": (("X-MSYS-Anything", "1"),)}, "header"),
    *(
        (name, {field: (BLANK,)}, field.replace("_", "-"))
        for name in ("brevo", "mailersend", "sparkpost")
        for field in ("to", "cc", "reply_to")
    ),
    ("brevo", {"sender": BLANK}, "from-name"),
    ("mailersend", {"sender": BLANK}, "from-name"),
    ("sparkpost", {"sender": BLANK}, "from-name"),
    ("brevo", {"headers": (("X-A", "{{ x }}"),)}, "header"),
    ("sparkpost", {"headers": (("X-A", "{{ x }}"),)}, "header"),
    ("sparkpost", {"headers": (("X-A", "ü {{ x }}"),)}, "header"),
    ("sparkpost", {"unsubscribe_url": "https://a.example/{{x"}, "unsubscribe-url"),
    ("mailgun", {"to": people(1001)}, "to"),
    ("mailgun", asked(tags=("größer",)), "tag"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fields", "field"), REFUSED)
def test_what_cannot_be_said_is_refused_with_the_field(
    name: str, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnsupportedFeatureError) as refused:
        accept(name, sayable(name, **fields))

    assert refused.value.field == field
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("resend", {"to": (address('"Strom, B" <a@b.example>'),)}),
        ("resend", {"sender": address('"A. Löv" <a@b.example>')}),
        ("resend", {"reply_to": (address('"Strom, B" <a@b.example>'),)}),
        ("postmark", {"to": (), "cc": people(1)}),
        ("postmark", {"headers": (("X-A", "1"), ("x-a", "2"))}),
        ("postmark", {"sender": address('"Lovelace, Ada" <a@b.example>')}),
        ("sendgrid", {"body": Body(html=HTML)}),
        ("brevo", {"cc": (address("Ström <a@b.example>"),)}),
        ("brevo", {"cc": (address('"Strom, B" <a@b.example>'),)}),
        ("mailjet", {"priority": Priority.HIGH}),
        ("mailtrap", {"to": (), "cc": people(1)}),
        ("sparkpost", {"headers": (("Anything", "größer"),), "reply_to": TWO}),
        ("mailgun", {"headers": (("X-A", "1"), ("x-a", "2")), "to": ()}),
        ("mailgun", {"body": Body(text="{{ name }}")}),
        ("mailgun", {"subject": WORD, "to": (NAMED,), "sender": BLANK}),
        ("sparkpost", {"subject": WORD, "to": (NAMED,)}),
        ("sendgrid", {"to": (BLANK,)}),
    ],
)
def test_what_can_be_said_is_taken(name: str, fields: dict[str, Any]) -> None:
    accept(name, sayable(name, **fields))


@pytest.mark.parametrize("name", BY_NAME)
def test_a_mail_to_nobody_but_blind_recipients_is_said_or_refused(name: str) -> None:
    draft = sayable(name, to=(), cc=(), bcc=people(2))
    takes_it = name in {"postmark", "mailtrap", "mailgun", "sparkpost"}

    if takes_it:
        accept(name, draft)
        return
    with pytest.raises(UnsupportedFeatureError, match="needs somebody in To"):
        accept(name, draft)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_category_tags_and_metadata_ask_for_nothing(name: str) -> None:
    """They stay on the record where a service has no use for them."""
    accept(name, sayable(name, **asked(tags=("a",), metadata=(("b", "c"),))))
