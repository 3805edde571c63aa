import pytest

from tuimail.core.html.styles import inline_css
from tuimail.errors import FieldError

NEWSLETTER = """<!doctype html><html><head><title>News</title><style>
.a { color: red } a:hover { color: blue } #b, td.c { width: 9px !important }
@media (max-width: 600px) { .a { color: green !important } }
</style><link rel="stylesheet" href="https://a.example/x.css"></head><body>
<!--[if mso]><p>Outlook</p><![endif]-->
<p class="a" style="margin: 0">x &nbsp; <a href="y">z</a></p></body></html>"""


def test_styles_are_written_where_they_belong() -> None:
    html = inline_css(NEWSLETTER)

    assert '<p class="a" style="color: red;margin: 0">x &nbsp; <a href="y">z' in html


def test_what_has_no_element_stays() -> None:
    html = inline_css(NEWSLETTER)

    assert "@media (max-width: 600px) { .a { color: green !important } }" in html
    assert "a:hover" in html
    assert '<link rel="stylesheet" href="https://a.example/x.css">' in html
    assert "<!--[if mso]><p>Outlook</p><![endif]-->" in html


def test_own_styles_win_over_rules() -> None:
    html = inline_css("<style>p{color:red;top:1px}</style><p style='color:blue'>x")

    assert "color: blue" in html
    assert "red" not in html


def test_html_without_styles_is_a_document_afterwards() -> None:
    assert inline_css("<p>x</p>") == "<html><head></head><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 20_000, id="depth"),
        pytest.param("x" * 2_000_001, id="size"),
        pytest.param(
            f"<style>{'p b{color:red}' * 20_000}</style>" + "<p>x" * 40_000, id="rules"
        ),
        pytest.param(
            f"<style>{'p,' * 20_000}p{{a:b}}</style>" + "<p>x" * 40_000, id="selectors"
        ),
        pytest.param(
            f"<style>p{{a:{'x' * 90_000}}}</style>" + "<p>x" * 9_000, id="growth"
        ),
        pytest.param(
            f"<style>p{{{''.join(f'a{n}:b;' for n in range(4000))}}}</style>"
            + "<p>x" * 4_000,
            id="properties",
        ),
        pytest.param(
            f"<style>p{{{''.join(f'a{n}/*;*/:b;' for n in range(4000))}}}</style>"
            + "<p>x" * 4_000,
            id="properties behind comments",
        ),
        pytest.param(
            f"<style>p{{{''.join(f'z{n}{chr(92)};a:b;' for n in range(4000))}}}"
            "</style>" + "<p>x" * 4_000,
            id="properties with escapes",
        ),
    ],
)
def test_what_costs_too_much_never_reaches_the_parser(html: str) -> None:
    with pytest.raises(FieldError, match="The HTML") as caught:
        inline_css(html)

    assert caught.value.field == "html"


def test_a_long_newsletter_is_not_too_much() -> None:
    rules = "".join(f".c{n} {{ color: red; margin: {n}px }}\n" for n in range(400))
    cells = "".join(f'<td class="c{n % 400}"><b>x</b></td>' for n in range(2_000))

    html = inline_css(f"<style>{rules}</style><table><tr>{cells}</table>")

    assert html.count("style=") == 2_000
