"""Markdown with values of a template in it, from the template to the HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.html.markdown import markdown_to_html
from tuimail.core.html.text import html_to_text
from tuimail.core.templates.renderer import Kind, Renderer, Template
from tuimail.core.templates.values import lifted
from tuimail.errors import FieldError

SITE = "https://x.example"


def made(source: str, **row: str) -> str:
    template = Template(
        name="a.md", source=source, kind=Kind.MARKDOWN, field="template"
    )
    (text,) = Renderer([template], load=lambda _: None).render({**row})
    return markdown_to_html(text)


def inner(source: str, **row: str) -> str:
    html = re.sub(r' style="[^"]*"', "", made(source, **row))
    return html.removeprefix("<div>\n").removesuffix("</div>\n").removesuffix("\n")


@pytest.mark.parametrize(
    "value",
    [
        *("Ada Lovelace", "O'Brien-Smith, Dr. phil.", "[Win](http://evil.example)"),
        *("![x](http://evil.example/p.png)", "<http://evil.example>", "<script>"),
        *("&lt;", "*a* _b_ `c` ~~d~~", "a\\", "a|b", "# Title", "- item", "+49 30 1"),
        *("12. May", "1) one", "===", "http://evil.example/login", "a@b.example"),
        *(
            f"{SITE}/a_b?c=1",
            "[ ] x",
            "[^1]",
            "東京 🦆",
            "مرحبا",
            "नमस्ते",
            "1986",
            "a_1",
        ),
    ],
)
@pytest.mark.parametrize(
    "source",
    [
        *("{{ x }}", "Dear {{ x }}", "{{ x }}\nBye", "**{{ x }}**", "- {{ x }}"),
        *("# {{ x }}", "> {{ x }}", "| {{ x }} |\n| --- |\n| {{ x }} |", "`{{ x }}`"),
        *("```\n{{ x }}\n```", "    {{ x }}", "a[^1]\n\n[^1]: {{ x }}", "{{ x }}."),
    ],
)
def test_a_value_is_read_as_it_is(source: str, value: str) -> None:
    plain, found = (html_to_text(made(source, x=one)) for one in ("Q", value))

    assert found.text == plain.text.replace("Q", value)
    assert found.links == ()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_value_is_read_as_it_is(value: str) -> None:
    assert html_to_text(made("({{ x }})", x=value)).text == f"({value})"


@pytest.mark.parametrize(
    ("source", "value", "target", "text"),
    [
        (f"Track {SITE}/t/{{{{ x }}}}.", "a_b*c", f"{SITE}/t/a_b*c", None),
        (
            f"{SITE}/t/{{{{ x }}}}",
            "東京",
            f"{SITE}/t/%E6%9D%B1%E4%BA%AC",
            f"{SITE}/t/東京",
        ),
        (f"<{SITE}/{{{{ x }}}}>", "a_b-c~d", f"{SITE}/a_b-c~d", None),
        (f"<{SITE}/{{{{ x }}}}>", "a b", f"{SITE}/a%20b", f"{SITE}/a b"),
        (f"[here]({SITE}/{{{{ x }}}})", "a_b-c~d", f"{SITE}/a_b-c~d", "here"),
        (f"[here][1]\n\n[1]: {SITE}/{{{{ x }}}}", "a_b", f"{SITE}/a_b", "here"),
        ("[here]({{ x }})", f"{SITE}/a_b?c=1", f"{SITE}/a_b?c=1", "here"),
        ("<{{ x }}>", f"{SITE}/a_b?c=1", f"{SITE}/a_b?c=1", None),
        ("<{{ x }}>", "a.b+c@x.example", "mailto:a.b+c@x.example", "a.b+c@x.example"),
        ("[a <{{ x }}> b]", f"{SITE}/a_b", f"{SITE}/a_b", None),
        ("<mailto:{{ x }}>", "a@x.example", "mailto:a@x.example", "mailto:a@x.example"),
        (f"[{{{{ x }}}}]({SITE})", "[a](b)", SITE, "[a](b)"),
    ],
)
def test_a_value_within_a_link_stays_within_it(
    source: str, value: str, target: str, text: str | None
) -> None:
    (link,) = html_to_text(made(source, x=value)).links

    assert (link.target, link.text) == (target, text or target)


@pytest.mark.parametrize(
    ("value", "text"),
    [("Ada", "&lt;Ada&gt;"), ("a b@c", "&lt;a b@c&gt;"), ("tel:1", "&lt;tel:1&gt;"),
     ("javascript:a", "&lt;javascript:a&gt;"), ("", "&lt;&gt;")],
)  # fmt: skip
def test_what_is_no_address_is_no_link(value: str, text: str) -> None:
    assert inner("<{{ x }}>", x=value) == f"<p>{text}</p>"


@pytest.mark.parametrize("source", ["[a]({{ x }})", "![a]({{ x }})"])
def test_a_value_leads_to_nothing_that_is_not_for_mail(source: str) -> None:
    with pytest.raises(FieldError, match="'javascript:a'"):
        made(source, x="javascript:a")


def test_a_word_makes_no_target_that_is_not_for_mail() -> None:
    assert inner("[a]({{ x }}:b)", x="javascript") == "<p>[a](javascript:b)</p>"


def test_a_value_stays_within_its_attribute() -> None:
    html = inner('![{{ x }}](cid:{{ x }} "{{ x }}")', x='"><b')

    assert html == (
        '<p><img src="cid:%22%3E%3Cb" alt="&quot;&gt;&lt;b" '
        'title="&quot;&gt;&lt;b" /></p>'
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_lines_of_a_value_are_lines(end: str) -> None:
    value = f"Main St 1{end}# Town"

    assert inner("{{ x }}", x=value) == "<p>Main St 1<br />\n# Town</p>"
    assert inner("```\n{{ x }}\n```", x=value) == (
        "<pre><code>Main St 1\n# Town\n</code></pre>"
    )
    assert inner("> - {{ x }}", x=value) == (
        "<blockquote>\n<ul>\n<li>Main St 1<br />\n# Town</li>\n</ul>\n</blockquote>"
    )


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a\n\n{{ x }}\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a\n\n{{ x }} {{ x }}\n\nb", "<p>a</p>\n<p>b</p>"),
        ("a **{{ x }}** b", "<p>a <strong></strong> b</p>"),
        ("- {{ x }}\n- b", "<ul>\n<li></li>\n<li>b</li>\n</ul>"),
        ("a\n{{ x }}\nb", "<p>a\n\nb</p>"),
    ],
)
def test_an_empty_value_is_nothing(source: str, html: str) -> None:
    assert inner(source, x="") == html


def test_a_value_that_looks_like_a_number_of_a_list_is_text() -> None:
    assert inner("{{ a }}. {{ b }}", a="1986", b="May") == "<p>1986. May</p>"


def test_who_writes_lifted_characters_gets_text() -> None:
    html = inner(f"{lifted('<b>')} [x](https://x.example)")

    assert html == '<p>&lt;b&gt; <a href="https://x.example">x</a></p>'


@pytest.mark.parametrize(
    "piece", ["<\U0010005f", "<a\U0010005f>", "\U0010005f", "<a@\U0010005f>"]
)
def test_much_of_the_same_takes_no_longer_than_it_is_long(piece: str) -> None:
    assert markdown_to_html(piece * (20_000 // len(piece))).startswith("<div")
