"""Where the HTML says something else than the text."""

from email import policy
from email.message import EmailMessage

import pytest

from tuimail.core.preview import Preview, preview
from tuimail.tui import otherwise


def seen(text: str, html: str) -> Preview:
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return preview(made.as_bytes(policy=policy.SMTP))


def listed(text: str, html: str) -> list[str]:
    found = otherwise.compared(seen(text, html))
    return [f"{one.label} {one.text}".strip() for one in otherwise.listed(found)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hi Ana,\n\nsee you\non Monday.\n", "<p>Hi Ana,</p><p>see you on Monday.</p>"),
        (
            "See it [1]\n\n[1] https://a.example/\n",
            '<a href="https://a.example/">See it</a>',
        ),
        (
            "See [the *plan*](https://a.example/x) `now`\n",
            '<p>See <a href="https://a.example/x">the <i>plan</i></a> now</p>',
        ),
        (
            "| city | no. |\n|------|----:|\n| Riga | 412 |\n",
            "<table><tr><th>city<th>no.</tr><tr><td>Riga<td>412</table>",
        ),
        ("# News\n\n**All** is well\n", "<h1>News</h1><p><b>All</b> is well</p>"),
    ],
)
def test_wrapping_links_and_marks_are_no_difference(text: str, html: str) -> None:
    assert listed(text, html) == []


def test_each_place_is_listed_with_the_words_of_both() -> None:
    text = "Hi Ana,\n\npay 500 EUR.\n\nBye\n"
    html = "<p>Hi Ana,</p><p>pay 900 EUR.</p><p>Bye</p><p>PS: click here</p>"

    found = listed(text, html)

    assert found == [
        "",
        "Otherwise than the text",
        "…",
        "~ pay [-500-]{+900+} EUR.",
        "…",
        "+ PS: click here",
    ]
    assert otherwise.places(otherwise.compared(seen(text, html))) == 2


def test_what_is_only_one_or_very_long_is_not_compared() -> None:
    assert otherwise.compared(seen("", "<p>Hello</p>")) is None
    long = "word " * otherwise.MOST
    assert otherwise.compared(seen(long, "<p>Hello</p>")) is None
    assert otherwise.places(None) == 0
