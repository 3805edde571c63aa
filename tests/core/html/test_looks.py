import pytest

from tuimail.core.html.colour import CLEAR, Colour, colour_of, is_alike, paper_of
from tuimail.core.html.text import html_to_text

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("white", WHITE), ("#fff", WHITE), ("fff", WHITE), ("#ffffff", WHITE),
        ("#ffff", WHITE), ("#ffffffff", WHITE), ("#fff0", CLEAR), ("#fff8", None),
        ("#00000000", CLEAR), ("transparent", CLEAR), ("red", None), ("#ff", None),
        ("rgb(255, 255, 255)", WHITE), ("rgba(255,255,255,1)", WHITE),
        ("rgba(0,0,0,0)", CLEAR), ("rgba(0,0,0,0.0)", CLEAR), ("rgba(0,0,0,.5)", None),
        ("rgb(0 0 0 / 100%)", BLACK), ("rgb(0 0 0 / 0%)", CLEAR), ("rgb(1,2)", None),
        ("var(--x)", None), ("", None),
    ],
)  # fmt: skip
def test_colours_are_known(value: str, colour: Colour | None) -> None:
    assert colour_of(value) == colour


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("", BLACK), ("none", BLACK), ("inherit", BLACK), ("transparent", BLACK),
        ("rgba(1,1,1,0)", BLACK), ("#fff", WHITE), ("#fff no-repeat", WHITE),
        ("rgb(255, 255, 255) none", WHITE), ("#fff url(x)", None), ("?", None),
        ("linear-gradient(#fff,#000)", None), ("-webkit-image-set()", None),
        ("no-repeat #fff", None), ("rgba(1,1,1,.5)", None),
    ],
)  # fmt: skip
def test_paper_is_what_is_behind(value: str, colour: Colour | None) -> None:
    assert paper_of(value, around=BLACK) == colour


def test_colours_that_nobody_tells_apart_are_alike() -> None:
    assert is_alike((255, 255, 255), (240, 250, 255))
    assert not is_alike((255, 255, 255), (230, 255, 255))
    assert not is_alike(None, WHITE)
    assert not is_alike(WHITE, None)


@pytest.mark.parametrize(
    "html",
    [
        "<p style='color:#fff'>x</p>",
        "<p style='color:#fefefe'>x</p>",
        "<p style='color:#fff;background:#fff'>x</p>",
        "<p style='color:rgba(0,0,0,0)'>x</p>",
        "<p style='color:transparent;background:url(x)'>x</p>",
        "<font color=white>x</font>",
        "<font color=#FFFFFF><b>x</b></font>",
        "<table bgcolor=#333333><tr><td><span style='color:#333'>x</span></table>",
        "<table><tr><td bgcolor=black>x</table>",
        "<body text=#ffffff>x",
        "<body bgcolor=#000>x",
        "<a href=y style='color:white'>x</a>",
        "<style>.w{color:#fff}</style><p class=w>x</p>",
        "<style>body{background:#222} p{color:#222}</style><p>x</p>",
        "<p style='font-size:0'>x</p>",
        "<p style='font-size:1px;line-height:1px'>x</p>",
        "<p style='font-size:2px'>x</p>",
        "<p style='font-size:1pt'>x</p>",
        "<p style='font-size:.05em'>x</p>",
        "<p style='font:0/0 a'>x</p>",
        "<p style='font:italic 1px/1 Arial'>x</p>",
        "<p style='font-size:0'><b style='font-size:2em'>x</b></p>",
        "<p style='font-size:0'><b style='font-size:100%'>x</b></p>",
        "<p style='visibility:hidden'>x</p>",
        "<p style='visibility:collapse'><b style='visibility:inherit'>x</b></p>",
        "<style>.h{visibility:hidden}</style><p class=h>x</p>",
    ],
)
def test_words_that_nobody_can_see_are_kept_apart(html: str) -> None:
    found = html_to_text(html)

    assert found.hidden_text == "x"
    assert "x" not in found.text.partition("[1]")[0]


@pytest.mark.parametrize(
    "html",
    [
        "<div style='font-size:0'><p style='font-size:13px'>x</p></div>",
        "<div style='font-size:0'><p style='font-size:small'>x</p></div>",
        "<div style='font-size:0'><p style='font-size:1rem'>x</p></div>",
        "<div style='font-size:0'><p style='font:12px Arial'>x</p></div>",
        "<div style='font-size:0'><p style='font-size:calc(1px + 1em)'>x</p></div>",
        "<div style='font-size:0'><font size=3>x</font></div>",
        "<div style='font-size:0'><table><tr><td>x</table></div>",
        "<style>div p{font-size:9px}</style><div style='font-size:0'><p>x</p></div>",
        "<p style='font-size:calc(1px)'><b style='font-size:50%'>x</b></p>",
        "<style>.t{font-size:9px}</style><div style='font-size:0'><p class=t>x</div>",
        "<p style='font-size:3px'>x</p>",
        "<p style='color:#fff;background:#333'>x</p>",
        "<p style='color:#fff;background:url(x) #fff'>x</p>",
        "<p style='color:#fff;background-color:#fff;background-image:url(x)'>x</p>",
        "<table background=x><tr><td style='color:#fff'>x</table>",
        "<table bgcolor=#333><tr><td><font color=white>x</font></table>",
        "<style>.b p{background:#333}</style><p style='color:#fff'>x</p>",
        "<style>p{background:#333}</style><p style='color:#fff'>x</p>",
        "<table bgcolor=black><tr><td><a href=y>x</a></table>",
        "<button style='color:#fff'>x</button>",
        "<p style='visibility:hidden'><b style='visibility:visible'>x</b></p>",
        "<style>a b{visibility:visible}</style><p style='visibility:hidden'><b>x</b>",
        "<p style='color:inherit;font-size:inherit;background:inherit'>x</p>",
        "<p style='color:red'>x</p>",
        "<p style='color:#ddd'>x</p>",
    ],
)
def test_words_that_may_be_seen_are_shown(html: str) -> None:
    """Text that only the reviewer does not see is the worse mistake."""
    found = html_to_text(html)

    assert found.text.startswith("x")
    assert found.hidden_text == ""


def test_pictures_and_links_are_seen_whatever_the_size_of_text() -> None:
    found = html_to_text(
        "<p style='font-size:0;line-height:0'><a href='/y'>z<img alt='Sale'></a></p>"
    )

    assert found.text == "[Sale] [1]\n\n[1] /y"
    assert found.hidden_text == "z"
    assert len(found.links) == 1


def test_nothing_at_all_is_seen_of_what_is_invisible() -> None:
    html = "<div style='visibility:hidden'>x<img alt=y><a href=z>l</a><hr></div>ok"

    found = html_to_text(html)

    assert found.text == "ok"
    assert found.links == ()


def test_spaces_are_no_hidden_text() -> None:
    found = html_to_text("a<span style='font-size:0'> </span>b")

    assert found.text == "a b"
    assert found.hidden == ()
