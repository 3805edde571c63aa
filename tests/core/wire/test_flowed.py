import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuimail.core.wire.flowed import WIDTH, flow, trimmed, unflow

PIECES = st.sampled_from([
    "word", "a", "-- ", "--", " ", "  ", ">", "> ", ">> ", "From ", "\t", "é", "语言",
    "x" * 40, "x" * 90, "\n", "\n\n", "\n> ", "\n-- \n", "\r",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
)
PROSE = "The quick brown fox jumps over the lazy dog. " * 5


@pytest.mark.slow
@settings(deadline=None, database=None, max_examples=1_000)
@given(TEXTS)
def test_whatever_was_written_can_be_had_back(text: str) -> None:
    assert unflow(flow(text)) == trimmed(text)


@settings(deadline=None, database=None, max_examples=300)
@given(TEXTS.filter(lambda text: "-- " not in text))
def test_only_a_word_or_what_was_laid_out_makes_a_line_too_long(text: str) -> None:
    too_long = [line for line in flow(text).split("\n") if len(line) > WIDTH]

    assert all(
        len(line.lstrip("> ").rstrip().split(" ")) == 1
        or line.lstrip(">").startswith(("  ", " >", " \t", "\t", " From "))
        for line in too_long
    )


def test_a_long_paragraph_is_cut_after_spaces() -> None:
    lines = flow(PROSE.strip()).split("\n")

    assert lines == [
        "The quick brown fox jumps over the lazy dog. The quick brown fox jumps ",
        "over the lazy dog. The quick brown fox jumps over the lazy dog. The ",
        "quick brown fox jumps over the lazy dog. The quick brown fox jumps ",
        "over the lazy dog.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "Hello,\n\nsee you.\n",
        "x" * 72,
        ("word " * 20)[:72],
        "https://a.example/" + "x" * 200,
        "-- \nJane",
        "> quoted\n>> twice\n>\n>no space",
        "\tif x:" + " y" * 60,
        "> > " + "quoted within quotes " * 9 + "end",
    ],
)
def test_what_fits_or_was_laid_out_stays_as_it_is(text: str) -> None:
    assert flow(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("From here on", " From here on"),
        ("  two spaces", "   two spaces"),
        ("    code(" + "x, " * 30 + "y)", "     code(" + "x, " * 30 + "y)"),
        ("a \nb", "a\nb"),
        ("   ", ""),
        ("> a ", "> a"),
        ("> -- ", "> -- "),
        ("a" * 71 + " > b", "a" * 71 + " \n > b"),
        ("a" * 70 + " From b", "a" * 70 + " \n From b"),
        (">" + "a" * 70 + " >b", ">" + "a" * 70 + " \n> >b"),
    ],
)
def test_what_would_be_misread_is_marked(text: str, written: str) -> None:
    assert flow(text) == written


def test_a_quote_keeps_its_depth_in_every_line() -> None:
    lines = flow(f">> {PROSE.strip()}").split("\n")

    assert len(lines) == 4
    assert all(line.startswith(">> ") and len(line) <= WIDTH for line in lines)


@pytest.mark.parametrize(
    "text", [f"-- {'x' * 80} y", f"{'x' * 70} -- {'y' * 80}", f"{'x' * 70} -- "]
)
def test_no_line_of_a_paragraph_becomes_the_head_of_a_signature(text: str) -> None:
    assert "-- " not in flow(text).split("\n")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a \nb \nc\nd", "a b c\nd"),
        ("> a \n> b\n> c", "> a b\n> c"),
        (">a \n> b", ">a b"),
        (">> a \n> b", ">> a \n> b"),
        ("a \n> b", "a \n> b"),
        ("a \n-- \nJane", "a \n-- \nJane"),
        ("> a \n> -- \n> Jane", "> a \n> -- \n> Jane"),
        (" >no quote\n From me\n  x", ">no quote\nFrom me\n x"),
        ("a ", "a "),
    ],
)
def test_lines_that_go_on_are_put_together(text: str, read: str) -> None:
    assert unflow(text) == read


def test_with_delsp_the_space_at_the_cut_is_no_part_of_the_text() -> None:
    assert unflow("用户 \n注册 \n\na", delsp=True) == "用户注册\na"


@pytest.mark.parametrize(
    "piece", ["word ", "-- ", "> ", " ", "x", "From ", "\n", "> a \n", "a \n"]
)
def test_many_of_the_same_are_no_trouble(piece: str) -> None:
    text = piece * 100_000

    assert unflow(flow(text)) == trimmed(text)
