"""What becomes of a body that a person changed."""

import pytest

from tuimail.core.draft import Body
from tuimail.errors import FieldError
from tuimail.workspace.bodies import edited, html_of

MADE = Body(text="**one**", html=html_of("**one**"), is_html_made=True)


def test_markdown_becomes_html_with_the_signature_as_lines() -> None:
    """By itself, the line above a signature makes a heading of what is before it."""
    html = html_of("Hi **Ana**,\nbye.\n-- \nMara Lin\nExample & Sons")

    assert "<strong>Ana</strong>" in html
    assert "<h2>" not in html
    assert "Mara Lin<br>\nExample &amp; Sons" in html


def test_an_empty_text_has_no_html() -> None:
    assert html_of(" \n") == ""


def test_html_that_is_made_follows_its_text() -> None:
    found = edited(MADE, text="**two**", html=MADE.html)

    assert (found.text, found.is_html_made) == ("**two**", True)
    assert "<strong>two</strong>" in found.html


def test_html_that_is_made_is_not_made_again_for_nothing() -> None:
    assert edited(MADE, text=MADE.text, html="", is_markdown=True) is MADE


def test_html_that_somebody_writes_is_made_no_more() -> None:
    found = edited(MADE, text=MADE.text, html="<p>own</p>")

    assert (found.html, found.is_html_made) == ("<p>own</p>", False)


def test_plain_text_again_has_no_html() -> None:
    found = edited(MADE, text="**one**", html="", is_markdown=False)

    assert found == Body(text="**one**")


def test_text_becomes_markdown() -> None:
    assert edited(Body(text="**one**"), text="**one**", html="", is_markdown=True) == (
        MADE
    )


def test_markdown_that_is_too_long_is_refused_by_name() -> None:
    with pytest.raises(FieldError, match="characters") as caught:
        edited(MADE, text="x" * 300_000, html="", is_markdown=True)

    assert caught.value.field == "markdown"
