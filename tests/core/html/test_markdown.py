import re

import pytest

from tuimail.core.html.markdown import MARKDOWN_LIMIT, markdown_to_html
from tuimail.core.html.nesting import refuse_costly
from tuimail.core.html.text import html_to_text
from tuimail.errors import FieldError

LETTER = """# Hello **Bob**

Two *things*:

1. the ~~old~~ plan
2. the table

| What | Cost |
| ---- | ---: |
| Pens | 3.50 |
| Ink  | 12.00 |

> You wrote:
> > nothing

```python
if a < b:
    stop()
```

- [x] packed
- [ ] sent

Signed[^1]
Mara

[^1]: By hand.
"""

READ = """Hello Bob

Two things:

1. the ~old~ plan
2. the table

What   Cost
----  -----
Pens   3.50
Ink   12.00

> You wrote:
>
> > nothing

if a < b:
    stop()

- \u2611 packed
- \u2610 sent

Signed^1 Mara

----------------------------------------

1. By hand."""


def inner(text: str) -> str:
    """Return what is made of ``text``, without looks and the element around it."""
    html = re.sub(r' style="[^"]*"', "", markdown_to_html(text))
    return html.removeprefix("<div>\n").removesuffix("</div>\n").removesuffix("\n")


def test_a_letter_reads_as_it_was_written() -> None:
    assert html_to_text(markdown_to_html(LETTER)).text == READ


def test_it_is_one_element_that_brings_its_looks() -> None:
    html = markdown_to_html(LETTER)

    assert html.startswith('<div style="font-family:')
    assert html.endswith("</div>\n")
    assert "<style" not in html
    assert html.count("border:1px solid") == 6
    assert "padding:4px 10px;text-align:right" in html


def test_no_colour_is_set_without_its_background() -> None:
    """In the dark, programs turn the colours of all else."""
    html = markdown_to_html("plain `code`")

    assert re.findall(r"[^-]color:|background:", html) == ["background:", ";color:"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("<b>x</b> &amp; <script>", "<p>&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;</p>"),
        ("[x](javascript:a)", "<p>[x](javascript:a)</p>"),
        ("[x](JaVaScRiPt:a)", "<p>[x](JaVaScRiPt:a)</p>"),
        ("[x](java&#115;cript:a)", "<p>[x](javascript:a)</p>"),
        ("<javascript:a>", "<p>&lt;javascript:a&gt;</p>"),
        ("[x](data:text/html,a)", "<p>[x](data:text/html,a)</p>"),
        ("![x](data:image/png;base64,AA)", "<p>![x](data:image/png;base64,AA)</p>"),
        ("[x](vbscript:a) [x](file:///a)", "<p>[x](vbscript:a) [x](file:///a)</p>"),
        ("![a b](cid:logo)", '<p><img src="cid:logo" alt="a b" /></p>'),
        ("<a@b.example>", '<p><a href="mailto:a@b.example">a@b.example</a></p>'),
        ("[x](mailto:a@b.example)", '<p><a href="mailto:a@b.example">x</a></p>'),
        ("README.md setup.py www.x.example", "<p>README.md setup.py www.x.example</p>"),
        ("a\\\nb", "<p>a<br />\nb</p>"),
        ("    x < y", "<pre><code>x &lt; y\n</code></pre>"),
        ("- [ ]x\n- [y] z", "<ul>\n<li>[ ]x</li>\n<li>[y] z</li>\n</ul>"),
        ("[ ] x", "<p>[ ] x</p>"),
        ("- [X] *a*", "<ul>\n<li>\u2611 <em>a</em></li>\n</ul>"),
        ("- **a**", "<ul>\n<li><strong>a</strong></li>\n</ul>"),
        ("-", "<ul>\n<li></li>\n</ul>"),
    ],
)
def test_markdown_becomes(text: str, html: str) -> None:
    assert inner(text) == html


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("(http://a.example)", "http://a.example"),
        ("HTTPS://a.example/x_y_z*!", "HTTPS://a.example/x_y_z"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("https://a.example/?a=1&b=2;", "https://a.example/?a=1&b=2"),
        ("\u8acbhttps://a.example/x\u3002\u5b8c", "https://a.example/x"),
        ("**https://a.example/**", "https://a.example/"),
        ("> https://a.example", "https://a.example"),
        ("| https://a.example |\n| --- |", "https://a.example"),
    ],
)
def test_an_address_is_a_link_without_what_follows(text: str, target: str) -> None:
    (link,) = html_to_text(markdown_to_html(text)).links

    assert link.text == link.target == target


@pytest.mark.parametrize(
    "text",
    [
        "xhttps://a.example", "ftp://a.example", "https://", "https://...", "a://b",
        "`https://a.example`", "https :// a", "\thttps://a.example", "http\\://a.example",
    ],
)  # fmt: skip
def test_no_address_is_no_link(text: str) -> None:
    assert html_to_text(markdown_to_html(text)).links == ()


def test_an_address_within_a_link_is_its_text() -> None:
    (link,) = html_to_text(
        markdown_to_html("[https://a.example](https://b.example)")
    ).links

    assert (link.text, link.target) == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    "piece",
    [
        "> ", "- ", "1. ", "[", "[a](", "![", "*", "*a ", "**a *", "_", "`", "`a``",
        "<", "&", "~~a ", "|a", "|a|b|\n", "[^a]", "^[", "https://a.b/(", "https://", "://",
        "- [ ] a\n", "[a](<b", "\\", "#", "=\n", "a\n", "a **", "](a)", "[]", "~",
    ],
)  # fmt: skip
def test_much_of_the_same_takes_no_longer_than_it_is_long(piece: str) -> None:
    html = markdown_to_html(piece * (20_000 // len(piece)))

    refuse_costly(html)
    assert html.startswith("<div")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * (MARKDOWN_LIMIT + 1), id="size"),
        pytest.param(f"[a]: /{'x' * 50_000}\n\n" + "[a]" * 15_000, id="an address"),
        pytest.param(f'[a]: /b "{"x" * 50_000}"\n\n' + "[a]" * 15_000, id="a title"),
        pytest.param(">a\n\n" * 25_000, id="quotes"),
        pytest.param("*a " * 600 + "b* " * 600, id="depth"),
    ],
)
def test_what_becomes_too_much_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="The Markdown") as caught:
        markdown_to_html(text)

    assert caught.value.field == "markdown"
    assert caught.value.hint
