import io
import json
from collections.abc import Iterator
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.templates.merge_data import (
    DEPTH_LIMIT,
    INTEGER_LIMIT,
    ROWS_LIMIT,
    MergeData,
    Row,
    about_row,
    merge_data,
    rows_in,
    without_nulls,
)
from tuimail.errors import AddressError, FieldError


def rows(text: str) -> tuple[Row, ...]:
    return merge_data(text, name="people").rows


def refusal(text: str) -> str:
    with pytest.raises(FieldError) as caught:
        rows(text)
    assert caught.value.field == "data"
    assert caught.value.hint
    return caught.value.message


ADA_AND_BOB = ({"name": "Ada", "n": "1"}, {"name": "Bob", "n": "2"})


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def streamed(text: str) -> tuple[Row, ...]:
    return tuple(rows_in(lines(text), name="people"))


@pytest.mark.parametrize(
    "text",
    [
        "name,n\nAda,1\nBob,2\n",
        "name,n\r\nAda,1\r\nBob,2",
        "\ufeffname,n\nAda,1\nBob,2\n",
        "name;n\nAda;1\nBob;2\n",
        "name\tn\nAda\t1\nBob\t2\n",
        ' name , "n"\n"Ada", 1\n\n  Bob, "2"\n,\n',
        '[{"name": "Ada", "n": "1"}, {"name": "Bob", "n": "2"}]',
        '{"name": "Ada", "n": "1"}\n{"name": "Bob", "n": "2"}\n',
        '\ufeff {"name": "Ada", "n": "1"}\r\n\r\n{"name": "Bob", "n": "2"}',
    ],
)
def test_rows_are_read_however_they_are_written(text: str) -> None:
    assert merge_data(text, name="people") == MergeData(rows=ADA_AND_BOB, is_list=True)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a,b\n"x, y","say ""hi"""\n', {"a": "x, y", "b": 'say "hi"'}),
        ('a,b\n"line 1\nline 2",\n', {"a": "line 1\nline 2", "b": ""}),
        ('a,b\n"line 1\r\nline 2",z\r\n', {"a": "line 1\r\nline 2", "b": "z"}),
        ('"a;b;c",d\n1,2\n', {"a;b;c": "1", "d": "2"}),
        ("a\nAda; Bob\n", {"a": "Ada; Bob"}),
        ("名前,b\nアダ,🦆\n", {"名前": "アダ", "b": "🦆"}),
        ("a,b\nx\u2028y\x0bz,1\n", {"a": "x\u2028y\x0bz", "b": "1"}),
        ("a,b\n{{ b }},{% x %}\n", {"a": "{{ b }}", "b": "{% x %}"}),
    ],
)
def test_a_row_of_csv(text: str, row: Row) -> None:
    assert rows(text) == (row,)


def test_one_object_is_one_mail_and_no_list() -> None:
    text = '{"a": null, "b": [1, 2.5, true, {"c": "d"}]}'

    assert merge_data(text, name="people") == MergeData(
        rows=({"a": None, "b": [1, 2.5, True, {"c": "d"}]},), is_list=False
    )


def test_a_document_over_several_lines_is_one_mail() -> None:
    assert merge_data('{\n"a":\n1\n}\n', name="people").rows == ({"a": 1},)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "people has no header row."),
        (" \n", "people has no header row."),
        (",,\n1,2,3", "people has no header row."),
        ("a,b\n", "people has no row of data."),
        ("a,b\n,\n\n", "people has no row of data."),
        ("[]", "people has no row of data."),
        ("a,\n1,2", "Column 2 of people has no name."),
        ("a,b,a\n1,2,3", "Column 3 of people has the name 'a' again."),
        ("a\0,b\n1,2", "The name of column 1 of people contains a NUL"),
        ("a,b\n1,2\n3", "Row 2 of people (line 3) has 1 values for 2 columns."),
        ('a,b\n"x\ny",2\n3,4,5', "Row 2 of people (line 4) has 3 values for 2"),
        ('a,b\n1,"2', "people is not CSV: line 2: unexpected end of data."),
        ('a,b\n1,"2"x\n', "people is not CSV: line 2: ',' expected after"),
        ("a,b\nx\0,2", "The value of 'a' in row 1 of people contains a NUL"),
        ("a\n" + "x" * 200_000, "people is not CSV: line 2: field larger"),
    ],
)
def test_csv_that_is_wrong_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('a,b\n1,"2', "double quote"),
        ("a\n" + "x" * 200_000, "JSON Lines"),
        ("a,b\r1,2\r", "line ends"),
    ],
)
def test_what_to_do_about_csv_is_about_what_is_wrong(text: str, hint: str) -> None:
    with pytest.raises(FieldError) as caught:
        list(rows_in(io.StringIO(text, newline="\n"), name="people"))

    assert hint in caught.value.hint
    assert "universal-newline" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "people is not JSON: line 1, column 2: Expecting property name"),
        ('{"a": 1,\n"b" 2}', "people is not JSON: line 2, column 5: Expecting ':'"),
        ('{"a": 1} x', "people is not JSON: line 1, column 10: Extra data."),
        ('[{"a": 1}] [', "people is not JSON: line 1, column 12: Extra data."),
        ('{"a": 1}\n{"a" 2}', "people is not JSON: line 2, column 6: Expecting ':'"),
        ("[1]", "Row 1 of people is a number, not an object."),
        ('[{"a": 1}, "x"]', "Row 2 of people is text, not an object."),
        ("[[]]", "Row 1 of people is a list, not an object."),
        ("[null]", "Row 1 of people is null, not an object."),
        ("[true]", "Row 1 of people is a truth value, not an object."),
        ('{"a": 1}\n[]', "Row 2 of people is a list, not an object."),
        ('{"a": 1, "a": 2}', "people has the name 'a' twice in one object."),
        ('{"a": {"b": 1, "b": 2}}', "people has the name 'b' twice in one object."),
        ('{"a": NaN}', "people has the value NaN, which is not JSON."),
        ('{"a": -Infinity}', "people has the value -Infinity, which is not JSON."),
        ('{"a": 1}\n{"a": NaN}', "people has the value NaN"),
        ('{"a": ' + "1" * 5000 + "}", "people has brackets nested too deeply, or a"),
        ("[" * 200_000, "people has brackets nested too deeply"),
        (
            json.dumps({"a": INTEGER_LIMIT}),
            "The value of 'a' in row 1 of people is a number that is too big to print.",
        ),
        (
            '[{"a": 1}, {"b": 1e999}]',
            "The value of 'b' in row 2 of people is a number that is too big to print.",
        ),
        (
            '{"a": [-1e400]}',
            "The value of 'a' in row 1 of people is a number that is too big to print.",
        ),
        (
            json.dumps({"a": [{"b": -INTEGER_LIMIT}]}),
            "The value of 'a' in row 1 of people is a number that is too big to print.",
        ),
        ('{"a": "\\ud800"}', "The value of 'a' in row 1 of people contains the broken"),
        ('{"a": {"\\u0000": 1}}', "The value of 'a' in row 1 of people contains a NUL"),
        ('{"\\ud800": 1}', "The name '\\ud800' in row 1 of people contains the broken"),
        (
            '{"a": ' + "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1) + "}",
            f"The value of 'a' in row 1 of people has more than {DEPTH_LIMIT} levels.",
        ),
        (
            '{"a": ' + '{"b":' * (DEPTH_LIMIT + 1) + "1" + "}" * (DEPTH_LIMIT + 2),
            f"The value of 'a' in row 1 of people has more than {DEPTH_LIMIT} levels.",
        ),
    ],
)
def test_json_that_is_wrong_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize("text", ["[", '{"a": "x\n"}', '{"a": 1,}', '{"a"', "{]"])
def test_broken_json_is_not_taken_for_csv(text: str) -> None:
    assert refusal(text).startswith("people is not JSON: line 1")


def test_what_is_as_big_as_it_may_be_is_taken() -> None:
    deep = '{"a": ' + "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT + "}"

    assert len(rows(deep)) == 1
    assert rows(json.dumps({"a": INTEGER_LIMIT - 1})) == ({"a": INTEGER_LIMIT - 1},)
    assert len(rows("a\n" + "x\n" * ROWS_LIMIT)) == ROWS_LIMIT


@pytest.mark.parametrize(
    "text", ["a\n" + "x\n" * (ROWS_LIMIT + 1), "a\n" + "x\n" * 10**6]
)
def test_more_rows_than_anybody_looks_at_are_refused(text: str) -> None:
    assert refusal(text) == f"people has more than {ROWS_LIMIT} rows."


def test_a_big_cell_full_of_quotes_is_read_in_linear_time() -> None:
    text = "a\n" + '"' + '""' * 60_000 + '"\n'

    assert rows(text) == ({"a": '"' * 60_000},)


def test_very_many_columns_are_read_in_linear_time() -> None:
    names = ",".join(f"c{at}" for at in range(200_000))

    assert refusal(f"{names}\n1,2") == (
        "Row 1 of people (line 2) has 2 values for 200000 columns."
    )


def test_a_header_of_quotes_that_never_close_is_refused_in_linear_time() -> None:
    assert refusal('a"' * 1_000_001).startswith("people ")


def test_nulls_are_left_out_at_any_depth() -> None:
    row: Row = {"a": None, "b": {"c": None, "d": [{"e": None}, None, 1]}, "f": ""}

    assert without_nulls(row) == {"b": {"d": [{}, None, 1]}, "f": ""}


def test_an_error_says_which_row_it_is_about() -> None:
    error = about_row(AddressError("No @.", hint="Add one.", field="to"), 3)

    assert (str(error), error.message, error.field) == (
        *("Row 3: No @.", "Row 3: No @."),
        "to",
    )


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), min_size=1))
def test_json_is_read_as_it_was_written(written: list[dict[str, str]]) -> None:
    as_list = json.dumps(written)
    as_lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in written)

    assert rows(as_list) == tuple(written)
    assert rows(as_lines) == tuple(written)


PIECES = st.sampled_from(
    ["a,b\n", "1,2\n", "ä", '"', ",", "\n", "\r", '{"a": 1}\n', "[", "]", "{", "}", "0"]
)
STARTS = st.sampled_from(["", "a,b\n1,2\n", '{"a": 1}\n'])


@given(STARTS, st.text() | st.lists(PIECES, max_size=9).map("".join))
def test_any_text_is_read_or_refused(start: str, text: str) -> None:
    try:
        found = rows(start + text)
    except FieldError:
        return
    assert found


@pytest.mark.parametrize(
    "text",
    [
        "name,n\nAda,1\nBob,2\n",
        "\r\n\r\n",
        '"na\nme";n\r\nAda;1\r\n"Bo\nb";2',
        '{"name": "Ada", "n": "1"}\n\n{"name": "Bob", "n": "2"}\n',
        '\n {"name": "Ada"}',
        '[{"name": "Ada"}, {"name": "Bob"}]',
        '[\n{"name": "Ada"}\n]\n',
        "name,n\nAda\n",
        "",
        "name,n\n",
        '{"name": 1}\n[2]\n',
        '{"name": 1}\n{"name": \n',
    ],
)
def test_rows_that_come_line_by_line_are_the_same(text: str) -> None:
    """Also what is wrong with them."""
    whole: tuple[Row, ...] | str
    try:
        whole = rows(text)
    except FieldError as error:
        whole = error.message
    try:
        found: tuple[Row, ...] | str = streamed(text)
    except FieldError as error:
        found = error.message

    assert found == whole


def test_rows_that_come_line_by_line_have_no_end() -> None:
    def endless() -> Iterator[str]:
        yield "name\n"
        yield from map("{}\n".format, count())

    found = rows_in(endless(), name="people")

    assert [row["name"] for row in islice(found, ROWS_LIMIT + 5)][-1] == str(
        ROWS_LIMIT + 4
    )


def test_an_object_over_several_lines_is_no_json_lines() -> None:
    with pytest.raises(FieldError, match="line 1, column"):
        streamed('{\n"name": "Ada"\n}\n')
