import pytest

from tests.core.html.test_text import read

ROWS = "<tr><td>{}<td>{}"


def table(*rows: tuple[str, ...], cell: str = "td", start: str = "<table>") -> str:
    cells = ("".join(f"<{cell}>{text}</{cell}>" for text in row) for row in rows)
    return start + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


HEADER = "<tr><th>Name</th><th>Notes</th></tr>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        # Data, by the author's word or by its shape.
        (table(("a", "1.50"), ("bcd", "20")), "a    1.50\nbcd    20"),
        (table(("a", "x"), ("bcd", "y"), start="<table role=presentation>"),
         "a    x\nbcd  y"),
        (f"<table>{HEADER}<tr><td>Bob<td>one<br>two</table>",
         "Name  Notes\n----  -----\nBob   one\n      two"),
        ("<table><tr><th>a<td>1<tr><th>bc<td>22</table>", "a    1\nbc  22"),
        ("<table><tr><td>-$1,000.50<tr><td>(3)</table>", "-$1,000.50\n(3)"),
        (table(("x", "EUR 5"), ("y", "7 %")), "x  EUR 5\ny    7 %"),
        (table(("x", "1"), ("y", "n/a")), "x  1\ny  n/a"),
        # Columns that are empty, and cells over several of them.
        (table(("", "a", "", "b"), ("", "cc", "", "d")), "a   b\ncc  d"),
        ("<table><tr><td>a<td>b<tr><td colspan=2>long words<tr><td>c<td>d</table>",
         "a  b\nlong words\nc  d"),
        ("<table><tr><td rowspan=2>a<td>b<tr><td>c<td>d<tr><td>e<td>f</table>",
         "a  b\n   c  d\ne  f"),
        ("<table><tr><td rowspan=2>a<td>b<td>c<tr><td><td>d<tr><td>e<td>f<td>g</table>",
         "a  b  c\n      d\ne  f  g"),
        # Names with an explanation below, or several values beside a name.
        (table(("Pen<br>blue", "$2"), ("Ink", "$30")), "Pen    $2\nblue\nInk   $30"),
        (table(("Who", "Al<br>Bo"), ("At", "9"), start="<table role=none>"),
         "Who  Al\n     Bo\nAt   9"),
        (table(("a<br>b", "c<br>d"), ("x", "y")), "a\nb\n\nc\nd\n\nx  y"),
        (table((f"a{'<br>b' * 5}", "c"), ("x", "y")), f"a{chr(10)}{'b' * 1}"
         + "\nb" * 4 + "\n\nc\n\nx  y"),
        # Looks only.
        (table(("a", "b")), "a  b"),
        (table(("a",), ("b",)), "a\nb"),
        (table(("only",), cell="th"), "only"),
        (table(("a", "b"), ("c", "d"), cell="th"), "a  b\n-  -\nc  d"),
        (table(("<p>one</p><p>two</p>", "three"), ("x", "y")),
         "one\n\ntwo\n\nthree\n\nx  y"),
        (table(("w" * 50, "v" * 50)), "w" * 50 + "\n" + "v" * 50),
        (table(("w" * 70,), ("v",)), "w" * 70 + "\n\nv"),
        (table(("",), ("",)), ""),
        ("<table></table>", ""),
        # Data too wide to align.
        (f"<table>{HEADER}<tr><td>Bob<td>{'n' * 99}<tr><td>Al<td></table>",
         f"Name: Bob\nNotes: {'n' * 99}\n\nName: Al"),
        (f"<table>{HEADER}<tr><td>Bob<td>{'n' * 99}<td>more</table>",
         f"Name: Bob\nNotes: {'n' * 99}\nmore"),
        (f"<table><tr><th>Name<td>{'n' * 99}<tr><th>b<td>c</table>",
         f"Name\n\n{'n' * 99}\n\nb  c"),
        (f"<table>{HEADER}<tr><td>Bob<td>{'a<br>' * 11}</table>",
         "Name  Notes\n\nBob\n\n" + "\n".join("a" * 11)),
    ],
)  # fmt: skip
def test_tables_read_like(html: str, text: str) -> None:
    assert read(html) == text


def test_a_table_of_one_column_under_headers_is_a_list() -> None:
    assert read("<table><tr><th>Name<tr><td>Bob</table>") == "Name\nBob"


def test_columns_are_aligned_by_width_on_the_screen() -> None:
    text = read(table(("\u898b\u7a4d", "a"), ("x", "b")))

    assert text == "\u898b\u7a4d  a\nx     b"
