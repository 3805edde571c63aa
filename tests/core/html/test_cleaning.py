import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tuimail.core.html.cleaning import clean_html
from tuimail.core.html.facts import examine
from tuimail.errors import FieldError

ORDINARY = (
    '<div lang="ar" dir="rtl"><table bgcolor="#fff" width="600" align="center" '
    'border="0" cellpadding="4" cellspacing="0" role="presentation"><tbody><tr>'
    '<td class="a b" valign="top" colspan="2" style="color:red;padding:1px">'
    '<a href="https://a.example/?x=1&amp;y=2" target="_blank">a</a> '
    '<a href="mailto:a@b.example">b</a> <a href="tel:+1">c</a>'
    '<img src="cid:logo" alt="Logo" width="9"><img src="https://a.example/x" alt="">'
    '<font color="red" face="Arial" size="2">x</font><br><sup>2</sup></td></tr></tbody>'
    '</table><ol start="3" type="a"><li value="4">x</li></ol><blockquote>q'
    "</blockquote><pre>  p\n</pre><hr></div>"
)


def test_ordinary_mail_stays_as_it_is() -> None:
    found = clean_html(ORDINARY)

    assert found.html == ORDINARY
    assert found.removed == ()


def test_a_whole_document_keeps_its_direction_and_looks() -> None:
    found = clean_html(
        "<!doctype html><html lang=ar dir=rtl><head><meta charset=utf-8>"
        "<title>t</title></head><body bgcolor='#eee'><p>x</p></body></html>"
    )

    assert found.html == (
        '<div lang="ar" dir="rtl"><div bgcolor="#eee"><p>x</p></div></div>'
    )
    assert found.removed == ()


def test_harmless_style_sheets_stay() -> None:
    found = clean_html(
        "<style media='screen'>.a{color:red}@media (max-width:9px){.a{color:blue}}"
        "</style><style> </style><p class=a>x</p>"
    )

    assert found.html == (
        '<style media="screen">.a{color:red}@media (max-width:9px){.a{color:blue}}'
        '</style><p class="a">x</p>'
    )
    assert found.removed == ()


@pytest.mark.parametrize(
    ("html", "left", "removed"),
    [
        ("<script>x</script>a", "a", "scripts"),
        ("<svg><script>x</script></svg>a", "a", "drawings|scripts"),
        ("<math>x</math>a", "a", "drawings"),
        ("<p onclick=x>a</p>", "<p>a</p>", "event handlers"),
        ("<form action=x>a<input><button>b</button></form>", "ab", "forms"),
        ("<select><option>x</select><textarea>y</textarea>a", "a", "forms"),
        ("<iframe src=x></iframe><object>x</object><embed src=x>a", "a",
         "embedded things"),
        ("<frameset><frame src=x></frameset>", "", "embedded things"),
        ("<video src=x></video><audio></audio>a", "a", "sound and video"),
        ("<base href=x>a", "a", "a base for addresses"),
        ("<meta http-equiv=Refresh content=x>a", "a", "a redirection"),
        ("<meta http-equiv>a", "a", ""),
        ("<link rel=stylesheet href=x>a", "a", "linked style sheets"),
        ("<!-- x -->a", "a", "comments"),
        ("<blink>a</blink>", "a", "other elements"),
        ("<o:p>a</o:p>", "a", ""),
        ("<a href='javascript:x'>a</a>", "<a>a</a>", "addresses that no mail needs"),
        ("<a href=' ja\nvascript:x'>a</a>", "<a>a</a>", "addresses that no mail needs"),
        ("<a href='data:,x'>a</a>", "<a>a</a>", "addresses that no mail needs"),
        ("<a href='file:///x'>a</a>", "<a>a</a>", "addresses that no mail needs"),
        ("<a href='data:image/png,'>a</a>", "<a>a</a>", "addresses that no mail needs"),
        ("<img src='data:text/html,x'>", "<img>", "addresses that no mail needs"),
        ("<img src='data:image/svg+xml,x'>", "<img>", "addresses that no mail needs"),
        ("<img src='data:image/png;base64,AA'>", '<img src="data:image/png;base64,AA">',
         ""),
        ("<a ping=x href=y>a</a>", '<a href="y">a</a>',
         "further addresses of pictures and links"),
        ("<img srcset='https://a.example 2x'>", "<img>",
         "further addresses of pictures and links"),
        ("<div background='https://a.example'>a</div>", "<div>a</div>",
         "pictures in the background"),
        ("<div background='/x'>a</div>", "<div>a</div>", "pictures in the background"),
        ("<div background='cid:x'>a</div>", '<div background="cid:x">a</div>', ""),
        ("<style>@import 'x';p{a:b}</style>a", "a",
         "style sheets that fetch or run something"),
        ("<style>p{a:url(//a.example)}</style>a", "a",
         "style sheets that fetch or run something"),
        ("<style>p{a:u\\72l(//a.example)}</style>a", "a",
         "style sheets that fetch or run something"),
        ("<style>p{a:'<b>'}</style>a", "a", "style sheets that fetch or run something"),
        ("<style media='\"<'>p{a:b}</style>a", "a",
         "style sheets that fetch or run something"),
    ],
)  # fmt: skip
def test_what_is_more_than_ordinary_goes(html: str, left: str, removed: str) -> None:
    found = clean_html(html)

    assert found.html == left
    assert "|".join(found.removed) == removed


@pytest.mark.parametrize(
    ("style", "left"),
    [
        ("color:red", "color:red"),
        ("color:red;background:url(https://a.example);top:1px", "color:red;top:1px"),
        ("background:URL ( 'x' )", None),
        ("background:u/**/rl(x)", "background:u rl(x)"),
        ("background:u\\72l(x)", None),
        ("background:url(data:image/png;base64,AA)", "base64,AA)"),
        ("background:url(cid:a%40b)", "background:url(cid:a%40b)"),
        ("background:url( 'cid:a' ) #fff", "background:url( 'cid:a' ) #fff"),
        ("background:url(cid:a),url(//b)", None),
        ("background:image-set('x' 1x)", None),
        ("background:src('x')", None),
        ("width:expression(x)", None),
        ("width:ex/**/pression(x)", "width:ex pression(x)"),
        ("behavior:x;color:red", "color:red"),
        ("-moz-binding:x", None),
        ("a:javascript:x", None),
        ("filter:progid:X", None),
        ("position: fixed", None),
        ("position:absolute", "position:absolute"),
        ("a:@import x", None),
    ],
)
def test_styles_fetch_and_run_nothing(style: str, left: str | None) -> None:
    found = clean_html(f'<p style="{style}">a</p>')

    assert found.html == ("<p>a</p>" if left is None else f'<p style="{left}">a</p>')


def test_what_is_too_complex_is_refused() -> None:
    with pytest.raises(FieldError, match="nests deeper"):
        clean_html("<div>" * 20_000)


def test_much_is_cleaned_in_time() -> None:
    found = clean_html("<p onclick=x style='a:url(x);b:c' srcset=y>a</p>" * 20_000)

    assert found.html.count('<p style="b:c">a</p>') == 20_000


PIECES = st.sampled_from([
    "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<svg>", "</svg>", "<math>",
    "</math>", "<mtext>", "<style>", "</style>", "<script>", "</script>", "<!--", "-->",
    "<title>", "</title>", "<noscript>", "</noscript>", "<a href='javascript:x'>",
    "<img src=x onerror=y>", "<iframe srcdoc='<b>'>", "</iframe>", "<form>", "<input>",
    "<textarea>", "</textarea>", "<base href=x>", "<template>", "</template>", "words",
    "<p style='a:url(//x);b:c'>", "p{a:url(//x)}", "<body onload=x>", "<html lang=a>",
    "<select>", "<option>", "<annotation-xml encoding='text/html'>", "<foreignObject>",
    "<a href='data:x'>", "<meta http-equiv=refresh content=x>", "<b", "'", '"', ">",
])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("<a href='javascript:x'><table><a href='javascript:x'>")
def test_no_soup_gets_through(soup: str) -> None:
    cleaned = clean_html(soup).html
    found = examine(cleaned)

    assert not found.active
    assert not found.forms
    assert not found.bases
    assert not found.refreshes
    assert not found.data_links
    assert not re.search(r"url\(", "".join(re.findall(r'style="[^"]*"', cleaned)))
    assert clean_html(cleaned).html == cleaned


def test_html_that_never_settles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Restless:
        def __init__(self, **_: object) -> None:
            pass

        def clean(self, html: str) -> str:
            return f"{html}x"

    monkeypatch.setattr("nh3.Cleaner", Restless)

    with pytest.raises(FieldError, match="differently each time") as caught:
        clean_html("<p>Hi</p>")

    assert caught.value.field == "html"
