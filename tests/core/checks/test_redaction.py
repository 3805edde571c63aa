"""Every secret here is made up."""

from typing import Any

import pytest

from tests.core.sample import attachment, draft
from tuimail.core.checks.every import run
from tuimail.core.checks.redaction import masked, without_secrets
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity

TOKEN = "glpat-x7Kq2LmN9pRs4TuV6wXy"
CARD = "4111 1111 1111 1111"
TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in TOKEN)


def finding(place: str, *, message: str = "It is so.", hint: str = "") -> Finding:
    return Finding(
        code="html.hidden-text",
        severity=Severity.INFO,
        field="html",
        message=message,
        hint=hint,
        place=place,
    )


@pytest.mark.parametrize(
    "given",
    [
        {"html": f'<a href="https://x:{TOKEN}@evil.example/">x</a>'},
        {"html": f'<a href="https://evil.example/{TOKEN}">https://b.example</a>'},
        {"html": f'<a href="https://evil.example/glpat%2D{TOKEN[6:]}">b.example</a>'},
        {"html": f'<p style="display:none">{TOKEN} is what you need to know</p>Hi'},
        {"html": f'<img src="https://evil.example/{TOKEN}.png">'},
        {"html": f"<p>Hello {TOKEN}</p>", "text": "Good bye"},
        {"text": f"Hi\u200b\u200b {TOKEN} \u202edlrow\u202c"},
        {"text": "glpat-\u200bx7Kq2\u200bLmN9pRs4TuV6wXy"},
        {"text": f"Hello{TAGS} Bob"},
        {"text": f"The file is attached: {TOKEN}"},
        {"subject": f"See attached {TOKEN}"},
        {"attachments": (attachment(f"{TOKEN}.exe"),)},
        {"attachments": (attachment(f"{TOKEN}.pdf"), attachment(f"{TOKEN}.pdf"))},
        {"noticed": (finding(f"a file {TOKEN}", message=TOKEN, hint=TOKEN),)},
    ],
)
def test_no_finding_shows_a_secret(given: dict[str, Any]) -> None:
    found = run(draft(**given))

    assert found
    said = "".join(f"{one.message}{one.hint}{one.place}" for one in found)
    assert TOKEN[8:] not in said.replace("\u200b", "")


def test_a_password_is_masked_where_nothing_calls_it_one() -> None:
    """The other body says it without the label."""
    hidden = '<p style="display:none">Hunter22! opens it</p>Hi'
    found = run(draft(text="Password: Hunter22!", html=hidden))

    said = "".join(f"{one.message}{one.hint}{one.place}" for one in found)
    assert "secret.generic-assignment" in {one.code for one in found}
    assert "unter22" not in said


def test_a_card_number_is_masked_in_other_findings() -> None:
    found = run(draft(html=f'<p style="display:none">Hidden card: {CARD}</p>Hi'))

    said = "".join(f"{one.message}{one.hint}{one.place}" for one in found)
    assert "html.hidden-text" in {one.code for one in found}
    assert "1111 1111" not in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://x:{TOKEN}@b.example", "https://x:glpa… (26 characters)@b.example"),
        (f"{TOKEN} {TOKEN}", "glpa… (26 characters) glpa… (26 characters)"),
        (f"a card {CARD}, valid", "a card 4111… (16 characters), valid"),
        ("password: Hunter22!", "password: Hu… (9 characters)"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
            "-----BEGIN PRIVATE KEY----- …",
        ),
        (f"https://b.example/%20{TOKEN}", "https://b.example/%20glpa… (26 characters)"),
    ],
)
def test_what_is_masked_shows_how_it_begins(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://b.example/a%20b",
        "https://shop.example/?id=4111111111111111",
        "Order 4111 1111 1111 1112",
        "\u200bnothing\u202e",
        "The text has a password: Hu… (9 characters).",
        "PRIVATE VIEWING",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    given = finding(text, message=text, hint=text)

    assert without_secrets(given, ()) is given


def test_a_place_stays_short() -> None:
    given = finding(" ".join(["://a:b2@c"] * 40)[:PLACE_LIMIT])

    assert len(without_secrets(given, ()).place) == PLACE_LIMIT


def test_a_secret_within_a_longer_one_does_not_hide_it() -> None:
    given = finding("Hunter22!Hunter22!x")

    cut = without_secrets(given, ["Hunter22!Hunter22!x", "Hunter22!"])

    assert cut.place == "Hunt… (19 characters)"
