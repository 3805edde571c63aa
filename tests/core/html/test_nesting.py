import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tuimail.core.html.nesting import (
    ATTRIBUTES_LIMIT,
    DEPTH_LIMIT,
    SIZE_LIMIT,
    UNSURE_SIZE_LIMIT,
    UNSURE_TAGS_LIMIT,
    refuse_costly,
)
from tuimail.core.html.text import html_to_text
from tuimail.errors import FieldError


def attributes(number: int) -> str:
    return " ".join(f"attribute{n}=1" for n in range(number))


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * (DEPTH_LIMIT + 1), id="open"),
        pytest.param("<div><table><tr><td></div></table>" * 9000, id="out of scope"),
        pytest.param("<span><p></span><div></div>" * 9000, id="behind a paragraph"),
        pytest.param("<div></x><!-- </div> --><a b='></div>'>" * 9000, id="fake ends"),
        pytest.param("<div><style></div></style>" * 9000, id="ends in raw text"),
        pytest.param("<form><li><b></form>" * 9000, id="forms end alone"),
        pytest.param("<DIV></diV\f x><DIV>" * 9000, id="upper case"),
        pytest.param("<div x" + "<div>" * 9000, id="a tag in a tag"),
        pytest.param("<div></><div>" * 9000, id="empty end"),
    ],
)
def test_nesting_is_seen_however_it_is_dressed(html: str) -> None:
    with pytest.raises(FieldError, match=f"deeper than {DEPTH_LIMIT}"):
        refuse_costly(html + "<div>" * DEPTH_LIMIT)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            "".join(f"<font a={n}>" for n in range(400)) + "<p>x" * 9000,
            id="formatting that is opened again in every paragraph",
        ),
        pytest.param("<i>" * 400 + "</b>" * 9000, id="end tags that search"),
    ],
)
def test_work_is_counted(html: str) -> None:
    with pytest.raises(FieldError, match="too many elements"):
        refuse_costly(html)


def test_attributes_are_counted() -> None:
    """A parser that looks for doubles takes minutes for 200,000 of them."""
    refuse_costly(f"<p {attributes(ATTRIBUTES_LIMIT)}>")

    with pytest.raises(FieldError, match=f"{ATTRIBUTES_LIMIT + 1} attributes"):
        refuse_costly(f"<p {attributes(ATTRIBUTES_LIMIT + 1)}>")


def test_size_is_limited() -> None:
    refuse_costly("x" * SIZE_LIMIT)

    with pytest.raises(FieldError, match="2000001 characters"):
        refuse_costly("x" * (SIZE_LIMIT + 1))


@pytest.mark.parametrize(
    "start", ["<svg>", "<select>", "<TEMPLATE a=b>", "<script><!-- </script>"]
)
def test_little_may_follow_what_can_be_read_in_two_ways(start: str) -> None:
    refuse_costly(start + "<p>" * (UNSURE_TAGS_LIMIT - 10))

    with pytest.raises(FieldError, match="two ways"):
        refuse_costly(start + "<p>" * (UNSURE_TAGS_LIMIT + 10))
    with pytest.raises(FieldError, match="two ways"):
        refuse_costly(start + "x" * UNSURE_SIZE_LIMIT + "x" * 100)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>one<br>" * 2000, id="paragraphs"),
        pytest.param("<div><p>one</div>" * 2000, id="paragraphs in blocks"),
        pytest.param("<div><b>one</div></b>" * 2000, id="ends in the wrong order"),
        pytest.param("<ul>" + "<li>one <li><p>two" * 2000, id="items"),
        pytest.param("<ul><li>one<li>two</ul>" * 2000, id="lists"),
        pytest.param("<dl><dt>one<dd>two<p>three</dl>" * 2000, id="lists of terms"),
        pytest.param("<dl>" + "<dt>one<dd>two" * 2000, id="terms"),
        pytest.param("<table>" + "<tr><td>a<td><p>b" * 2000, id="cells"),
        pytest.param("<a name=x>one<br>" * 2000, id="anchors"),
        pytest.param("<script>if (a<b) {}</script>" * 2000, id="scripts"),
        pytest.param("<title>" + "<div>" * 2000, id="raw text to the end"),
        pytest.param("a < b <3 <<" * 2000, id="no tags"),
        pytest.param("</svg></select>" * 2000, id="ends of nothing"),
        pytest.param("<!doctype html><!x><?php ?></ >" * 2000, id="declarations"),
        pytest.param("<!-- <div> --><!----><!---><div></div>" * 2000, id="comments"),
        pytest.param("<!" + "<div " * 2000, id="a declaration to the end"),
        pytest.param("<!", id="the beginning of a declaration"),
    ],
)
def test_plain_and_sloppy_html_is_taken(html: str) -> None:
    refuse_costly(html)


NAMES = (
    "div", "span", "b", "i", "a", "p", "li", "ul", "table", "tr", "td", "caption", "dd",
    "h2", "rt", "button", "object", "option", "form", "title", "textarea", "custom",
)  # fmt: skip
TAGS = st.one_of(
    st.sampled_from(NAMES).map("<{}>".format),
    st.sampled_from(NAMES).map("</{}>".format),
    st.sampled_from(["x", "<!--", "-->", "</>", "<p a='", "'>", "<", "<i a=1>"]),
)


def size_of_tree(html: str) -> tuple[int, int]:
    deepest, number = 0, 0
    root = LexborHTMLParser(html).root
    waiting: list[tuple[LexborNode | None, int]] = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        while node is not None:
            number += node.is_element_node
            deepest = max(deepest, depth)
            waiting.append((node.first_child, depth + 1))
            node = node.next
    return deepest, number


@settings(max_examples=60)
@given(st.lists(TAGS, min_size=1, max_size=9).map("".join))
def test_no_soup_that_is_taken_makes_a_big_tree(soup: str) -> None:
    """Said of the same soup many times over, where growth cannot hide."""
    html = soup * 300
    try:
        refuse_costly(html)
    except FieldError:
        return
    deepest, number = size_of_tree(html)

    assert deepest <= 5 * DEPTH_LIMIT
    assert number <= 40 * len(html)


def test_the_tree_itself_is_measured_too() -> None:
    """Cells and paragraphs are not counted before the parser, as they may end."""
    html = "<table><tr><td><p>" * 150

    refuse_costly(html)
    with pytest.raises(FieldError, match=f"deeper than {DEPTH_LIMIT}"):
        html_to_text(html)
