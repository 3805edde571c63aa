import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.corpus import rows
from tuimail.core.html.reading import INDENTS_LIMIT, RULE, HiddenText, Link
from tuimail.core.html.text import html_to_text
from tuimail.errors import FieldError

NEWSLETTER = """<!doctype html><html><head><title>Order</title>
<style>.x{background:url(https://a.example/x.png)}</style></head><body>
<div style="display:none;max-height:0;overflow:hidden">Your order is on its way
 &#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>
<table role="presentation" width="100%"><tr><td align="center">
<table role="presentation" width="600">
<tr><td><a href="https://shop.example/"><img src="https://shop.example/logo.png"
 alt="Acme Shop" width="120"></a></td>
<td align="right"><a href="https://shop.example/view">View online</a></td></tr>
<tr><td colspan="2"><h1>Thanks for your order, Bob!</h1>
<p>We've received your order <b>#1234</b>,
 and we will let you know <i>when</i> it ships.</p></td></tr>
<tr><td colspan="2"><table width="100%">
<tr><th align="left">Item</th><th>Qty</th><th>Price</th></tr>
<tr><td>Blue pen</td><td>2</td><td>$3.00</td></tr>
<tr><td>\u898b\u7a4d\u66f8\u30ce\u30fc\u30c8</td><td>10</td><td>$120.50</td></tr>
<tr><td colspan="2">Total</td><td>$123.50</td></tr></table></td></tr>
<tr><td colspan="2"><table role="presentation"><tr><td style="border-radius:4px">
<a href="https://shop.example/track?id=1234">Track your parcel</a></td></tr></table>
</td></tr>
<tr><td colspan="2"><p>What happens next:</p>
<ol><li>We pack it<ul><li>with care</li></ul></li><li>We ship it</li></ol>
<blockquote><p>You wrote:</p><blockquote>Is it in stock?</blockquote></blockquote>
<p>Was <s>$5</s> $3. Visit <a href="https://help.example">https://help.example</a>
 or <a href="mailto:help@shop.example">write to us</a>.</p></td></tr>
</table></td></tr></table>
<img src="https://t.example/o.gif" width="1" height="1"></body></html>"""

READ = """[Acme Shop] [1]  View online [2]

Thanks for your order, Bob!

We've received your order #1234, and we will let you know when it ships.

Item          Qty    Price
------------  ---  -------
Blue pen        2    $3.00
\u898b\u7a4d\u66f8\u30ce\u30fc\u30c8   10  $120.50
Total              $123.50

Track your parcel [3]

What happens next:

1. We pack it
   - with care
2. We ship it

> You wrote:
>
> > Is it in stock?

Was ~$5~ $3. Visit https://help.example or write to us [4].

[1] https://shop.example/
[2] https://shop.example/view
[3] https://shop.example/track?id=1234
[4] mailto:help@shop.example"""


def read(html: str) -> str:
    return html_to_text(html).text


@pytest.mark.parametrize("row", rows("html2text"))
def test_the_corpus_agrees(row: Any) -> None:
    text, must = read(row["input"]["html"]), row["must"]

    assert not [wanted for wanted in must["contains"] if wanted not in text]
    assert not [unwanted for unwanted in must["contains_none_of"] if unwanted in text]
    assert not [p for p in must.get("matches", ()) if not re.search(p, text)]


def test_a_newsletter_reads_like_a_letter() -> None:
    found = html_to_text(NEWSLETTER)

    assert found.text == READ
    assert found.hidden_text == "Your order is on its way"
    assert found.remote_count == 3


def test_links_are_kept_in_order_with_what_they_show() -> None:
    found = html_to_text(
        '<a href=" https://a.exam\nple/x\t">A <b>b</b></a> <a href="#top">up</a>,'
        '<a href="https://a.example/x">again</a><a name="x">no link</a>'
        '<a href="//i.example"><img src="cid:i"></a>'
    )

    assert found.links == (
        Link(text="A b", target="https://a.example/x", number=1),
        Link(text="up", target="#top"),
        Link(text="again", target="https://a.example/x", number=1),
        Link(text="", target="//i.example"),
    )
    assert found.text == (
        "A b [1] up,again [1] no link[//i.example]\n\n[1] https://a.example/x"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<img src=x>", "[https://a.example/b?c]"),
        ("<b><img src=x alt=' '></b>", "[https://a.example/b?c]"),
        ("<img src=x>Go", "Go [1]\n\n[1] https://a.example/b?c"),
        ("<img src=x alt=Go>", "[Go] [1]\n\n[1] https://a.example/b?c"),
        ("<img src=x width=1 height=1>", ""),
        ("<span> </span>", ""),
    ],
)
def test_a_picture_without_words_is_called_by_where_it_leads(
    html: str, text: str
) -> None:
    assert html_to_text(f'<a href="https://a.example/b?c">{html}</a>').text == text


def test_where_a_picture_leads_is_said_once() -> None:
    found = html_to_text(
        "<a href='//a.example'>Go</a> <a href='//a.example'><img src=x></a>"
    )

    assert found.text == "Go [1]\n\n[1] //a.example"


@pytest.mark.parametrize("target", ["#top", "/", "?page=2"])
def test_a_picture_that_leads_nowhere_else_is_nothing_to_read(target: str) -> None:
    assert html_to_text(f'<a href="{target}"><img src=x></a>').text == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        # Spaces and lines.
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<br><br>a<br><br><br>", "a"),
        ("<p>a</p> \n <p> </p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<span style='display:block'>b</span>c", "a\nb\nc"),
        ("a &nbsp; &emsp; b", "a b"),
        ("a<hr>b", f"a\n\n{RULE}\n\nb"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("x<wbr>y &shy;z\u00adz\u200b", "xy zz"),
        ("<q>family: \U0001f468\u200d\U0001f469\u200d\U0001f467</q>",
         '"family: \U0001f468\u200d\U0001f469\u200d\U0001f467"'),
        ("a&#27;b\x9bc", "abc"),
        # Lists.
        ("<ul><li>a<li>b<ol><li>c</ol></ul>d", "- a\n- b\n  1. c\n\nd"),
        ("<ol start=3><li>a<li value=9>b<li>c</ol>", "3. a\n9. b\n10. c"),
        ("<ol start=x><li>a</ol>", "1. a"),
        ("<ol type=a start=26><li>a<li>b</ol>", "z. a\naa. b"),
        ("<ol type=A><li>a<li value=3>b</ol>", "A. a\n3. b"),
        ("<ol type=i start=3><li>a<li>b</ol>", "iii. a\niv. b"),
        ("<ol type=I start=1994><li>a</ol>", "MCMXCIV. a"),
        ("<ol type=i start=-1><li>a<li>b</ol>", "-1. a\n0. b"),
        ("<ol type=a start=0><li>a</ol>", "0. a"),
        ("<ol type=i start=4000><li>a</ol>", "4000. a"),
        ("<ol reversed><li>a<li>b<!-- --></ol>", "2. a\n1. b"),
        ("<ol reversed start=9><li>a<li>b</ol>", "9. a\n8. b"),
        ("<ul><li>\u2022 a<li>\u00b7b<li>\u2713 c</ul>", "- a\n- b\n- \u2713 c"),
        ("<ul><li><input type=checkbox checked>a<li><input type=checkbox>b</ul>",
         "- [x] a\n- [ ] b"),
        ("<input><input type=text value=x>a", "a"),
        ("10<sup>6</sup> x<sup>-1</sup> 1<sup>st</sup> <sup>1</sup>a b<sup></sup>2",
         "10^6 x^-1 1st 1a b2"),
        ("<li>alone", "- alone"),
        ("<li value=4>alone", "- alone"),
        ("<ul><li></ul>", ""),
        ("<dl><dt>term<dd>one<p>two</dl>", "term\n    one\n\n    two"),
        ("<menu><li>a</menu><dir><li>b</dir>", "- a\n\n- b"),
        # Quotes and raw text.
        ("a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
        ("x<pre>  a\n\n\n\tb<br>c</pre>y", "x\n\n  a\n\n\n        b\nc\n\ny"),
        ("<pre>\n\n \na\n \n</pre>", "a"),
        ("<pre>a<div>b</div></pre>", "a\nb"),
        ("<textarea>a\nb</textarea>", "a\nb"),
        ("<plaintext><b>", "<b>"),
        # Links.
        ('<a href="tel:+1">call</a>me', "call [1] me\n\n[1] tel:+1"),
        ('<a href="http://a.example/">a.example</a>', "a.example"),
        ('<a href="x"><div>y</div></a>', "y [1]\n\n[1] x"),
        ('<a href="">x</a><a href>y</a>', "xy"),
        ('<a href="x"><table><tr><td><a href="y">z</a></table></a>',
         "z [1] [2]\n\n[1] y\n[2] x"),
        ('<map><area href="x" alt="Shop"><area href="y"><area></map>',
         "Shop [1]\n\n[1] x"),
        # Pictures.
        ('<img alt=" a  b ">', "[a b]"),
        ('<img alt="x" width=1 height=1>', ""),
        ('<img alt="x" style="width:2px;height:0.5px">', ""),
        ('<img alt="x" width=1>', "[x]"),
        ("<img>", ""),
        # Not text.
        ("a<!-- note -->b<!---->c<!--->d", "abcd"),
        ("<svg><text>x</text></svg>a", "a"),
        ("<template><p>x</p></template>a", "a"),
        ("<iframe><p>x</p></iframe>a", "a"),
        ("<noscript>shown</noscript>", "shown"),
        ("<svg><title>x</title><text>y</text></svg><p>a", "a"),
        ("<object><p>x</p><img alt=y></object>a", "a"),
        # Markup that has no place.
        ("<tr><td>a<td>b", "ab"),
        ("<math><tr><td>a</td><td>b</td></tr><caption>c</caption></math>", "a\nb\nc"),
        ("<table><caption>c</caption><tr><td>a</table>", "c\na"),
    ],
)  # fmt: skip
def test_elements_read_like(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    "start",
    [
        "<p hidden>",
        '<p style="DISPLAY: none !important">',
        '<p style="opacity:0">',
        '<p style="opacity:.0">',
        '<p style="max-height:0px;overflow:hidden">',
        '<p style="height:0;overflow:hidden">',
        '<p style="width:1px;overflow:hidden auto">',
        '<p style="opacity:1%">',
        '<p style="opacity:0.01">',
        '<p style="position:absolute;left:-9999px">',
        '<p style="position:fixed;top:-100em">',
        '<p style="text-indent:-999em">',
        '<p style="clip:rect(0, 0, 0, 0)">',
        '<p style="clip:rect(1px 1px 1px 1px)">',
        '<p style="clip-path:inset(50%)">',
        '<p style="clip-path:circle(0)">',
        '<p style="transform:rotate(1deg) scale(0)">',
        '<p style="filter:opacity(0%)">',
        '<p style="display:block;display:none">',
        '<p style="display:none!important;display:block">',
        "<style>.h{display:none}</style><p class=h>",
        "<style>@media screen{p{display:none}}</style><p>",
        '<style>p{display:block}.h{display:none}</style><p class="a h">',
    ],
)
def test_what_is_not_shown_is_kept_apart(start: str) -> None:
    found = html_to_text(f"{start}secret <b>words</b><img alt=x> <a href=y>l</a></p>ok")

    assert found.text == "ok"
    assert found.hidden_text == "secret words l"
    assert found.links == ()


@pytest.mark.parametrize(
    "style",
    [
        "font-size:10px;line-height:1px",
        "max-height:0",
        "overflow:hidden;height:10px",
        "opacity:0.5",
        "opacity",
        "display:block",
        "display:none;display:block",
        "display:block!important;display:none",
        "font-family:'a;display:none;b'",
        "left:-9999px",
        "position:relative;left:-9999px",
        "position:absolute;left:auto;top:10px",
        "text-indent:-18pt",
        "transform:scale(0.5)",
        "filter:opacity(50%)",
        "clip:rect(0,100px,100px,0)",
        "height:1px",
    ],
)
def test_what_only_looks_hidden_is_shown(style: str) -> None:
    found = html_to_text(f'<div style="{style}"><p>shown</p></div>')

    assert found.text == "shown"
    assert found.hidden_text == ""


@pytest.mark.parametrize(
    "html",
    [
        "<style media=print>p{display:none}</style><p>shown</p>",
        "<style>@media (max-width:600px){p{display:none}}</style><p>shown</p>",
        "<style>p{display:none}</style><p style='display:block'>shown</p>",
        "<style>p{display:none} body p{display:block}</style><p>shown</p>",
        "<style>@media tv{p{color:red;display:block!important}}</style><p hidden>shown",
        "<p hidden style='display:block'>shown</p>",
        "<style>p{display:block}</style><p hidden>shown</p>",
        "<style>body p{display:none}</style><p>shown</p>",
        "<style></style><p class=a>shown</p>",
    ],
)
def test_what_a_rule_may_show_is_shown(html: str) -> None:
    """A reviewer who does not see what receivers see is deceived."""
    found = html_to_text(html)

    assert found.text == "shown"
    assert found.hidden_text == ""


def test_hidden_text_is_kept_in_pieces() -> None:
    found = html_to_text(
        "<p hidden><b>a</b><i>b</i></p> <p hidden>c</p>shown<p hidden>d</p><p hidden> "
    )

    assert found.hidden == (
        HiddenText(text="ab c", is_first=True),
        HiddenText(text="d", is_first=False),
    )


def test_hidden_on_formatting_ends_where_receivers_end_it() -> None:
    """A tree that differs from theirs would hide text from the reviewer only."""
    found = html_to_text('<b style="display:none"><p>hidden</b>shown</p>')

    assert found.text == "shown"
    assert found.hidden_text == "hidden"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ('<img src="https://a.example/x">', 1),
        ('<img src="//a.example/x" srcset="https://a.example/y 2x">', 1),
        ('<img srcset="cid:a 1x, https://a.example/y 2x">', 1),
        ('<img src="cid:logo"><img src="data:image/png;base64,AA">', 0),
        ('<div style="background:url( \'HTTP://a.example/x\')">a</div>', 1),
        ('<td background="https://a.example/x">a', 0),
        ('<table background="https://a.example/x"></table>', 1),
        ('<link rel=stylesheet href="https://a.example/x.css">', 1),
        ("<style>@import 'https://a.example'; p{color:url(//a.example)}</style>", 2),
        ('<video poster="https://a.example/x"></video>', 1),
        ('<p hidden><img src="https://a.example/x"></p>', 1),
        ('<a href="https://a.example/x">a</a>', 0),
        ('<img src="HTTPS:a.example">', 1),
        ('<img src="\\\\a.example\\x">', 1),
        ('<img src=" ht\ntps://a.example/x">', 1),
        ('<img src="file://host/x"><img src="file:///x"><img src="/x">', 1),
        ('<p style="background:u\\72l(//a.example)">a', 1),
        ('<p style="background:image-set(\'//a.example\' 1x)">a', 1),
        ('<video><source src="//a.example"></video>', 1),
        ('<svg><image href="//a.example"/><use xlink:href="//b.example"/></svg>', 2),
        ('<body background="//a.example">', 1),
    ],
)  # fmt: skip
def test_what_would_be_fetched_is_counted(html: str, count: int) -> None:
    assert html_to_text(html).remote_count == count


def test_deep_quotes_stop_moving_to_the_right() -> None:
    text = read("<blockquote>" * 100 + "deep")

    assert text == "> " * INDENTS_LIMIT + "deep"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 5000 + "deep" + "</div>" * 5000, id="html-022"),
        pytest.param("<table><tr><td>" * 200 + "deep", id="tables"),
        pytest.param("x" * 2_000_001, id="size"),
    ],
)
def test_what_is_too_complex_is_refused_with_a_reason(html: str) -> None:
    with pytest.raises(FieldError, match="The HTML") as caught:
        read(html)

    assert caught.value.field == "html"
    assert caught.value.hint


def test_unfinished_tags_take_no_time() -> None:
    assert read("<a " * 50_000) == ""


PIECES = st.sampled_from([
    "<p>", "</p>", "<table>", "</table>", "<tr>", "<td colspan=2>", "<th>", "</td>",
    "<caption>", "<ul>", "</ul>", "<ol>", "<li>", "<blockquote>", "</blockquote>",
    "<pre>", "</pre>", "<a href=x>", "</a>", "<b hidden>", "</b>", "<br>", "<hr>",
    "<math>", "</math>", "<svg>", "</svg>", "<select>", "<option>", "<dd>",
    "<img alt=x>", "<td rowspan=3>", "words ", "\n", "\u200d", "<!-- note -->",
    "<div style='display:none'>", "</div>",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_tag_soup_breaks_it(html: str) -> None:
    lines = read(html).split("\n")

    assert lines == [line.rstrip() for line in lines]
    assert lines == [""] or (lines[0] and lines[-1])


@pytest.mark.parametrize(
    "html",
    [
        "<p><span style='text-decoration:line-through'>89 €</span> 71 €</p>",
        "<p><span style='text-decoration-line: line-through'>89 €</span> 71 €</p>",
        "<style>i{text-decoration:line-through}</style><p><i>89 €</i> 71 €</p>",
        "<p><s style='text-decoration:line-through'>89 €</s> 71 €</p>",
    ],
)
def test_an_old_price_is_not_the_price(html: str) -> None:
    assert read(html) == "~89 €~ 71 €"
