"""Rows of data that mails are made from: CSV, JSON, or JSON Lines.

What becomes mail together is read whole before the first mail is made, so that a
mistake in the last row is found while nothing is stored; what becomes mail row by
row is read so. Errors name row and column.

Pure.
"""

import csv
import io
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NoReturn, TypeAlias, TypeVar

from tuimail.core.characters import describe, not_in_a_body
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, TuimailError

ROWS_LIMIT: Final = 10_000
"""Rows of one merge: every one becomes a mail of its own."""
DEPTH_LIMIT: Final = 32
"""Lists and objects within each other."""
INTEGER_LIMIT: Final = 2**127
"""What templates can hold and print as it is."""
DELIMITERS: Final = (",", ";", "\t")
"""Of CSV; the one that is most often in the header row is taken."""

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
ErrorType = TypeVar("ErrorType", bound=TuimailError)
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeData:
    """What was read."""

    rows: tuple[Row, ...]
    is_list: bool
    """Whether there could have been several; a single JSON object is one mail."""


def merge_data(text: str, *, name: str) -> MergeData:
    """Return the rows in ``text``, every one checked.

    What begins with a bracket is JSON, or JSON Lines where every line is a
    document; everything else is CSV with a header row.

    Args:
        text: All of it.
        name: File, as errors call it.

    Raises:
        FieldError: It cannot be read, has no row or too many of them.
    """
    text = text.removeprefix("\ufeff")
    if not is_json(text):
        lines = io.StringIO(text, newline="")
        return MergeData(rows=_listed(_csv_rows(lines, name), name), is_list=True)
    document = _document(text, name)
    is_list = isinstance(document, list)
    rows = document if isinstance(document, list) else [document]
    return MergeData(rows=_listed(_json_rows(rows, name), name), is_list=is_list)


def rows_in(lines: Iterable[str], *, name: str) -> Iterator[Row]:
    """Yield the rows of a file of any length, each checked when its turn comes.

    Lines that begin with an object are JSON Lines, all others CSV with a header
    row. A list of JSON is read whole, and has as many rows as ``merge_data`` takes.

    Args:
        lines: Each with its end.
        name: File, as errors call it.

    Raises:
        FieldError: A row cannot be read, or there is none.
    """
    coming = iter(lines)
    before = []
    for line in coming:
        before.append(line)
        if line.strip():
            break
    head = before[-1] if before else ""
    found = itertools.chain(before, coming)
    if head.lstrip().startswith("["):
        yield from merge_data("".join(found), name=name).rows
        return
    read = _json_lines_rows if is_json(head) else _csv_rows
    number = 0
    for number, row in enumerate(read(found, name), start=1):  # noqa: B007 - counted
        yield row
    if not number:
        raise _no_row(name)


def is_json(text: str) -> bool:
    """Return whether ``text`` is meant as JSON."""
    return text.lstrip()[:1] in {"{", "["}


def about_row(error: ErrorType, number: int) -> ErrorType:
    """Return ``error``, saying which row it is about."""
    error.message = f"Row {number}: {error.message}"
    error.args = (error.message,)
    return error


def without_nulls(row: Row) -> dict[str, Value]:
    """Return ``row`` without the names that have no value."""
    return {name: _denulled(value) for name, value in row.items() if value is not None}


def _denulled(value: Value) -> Value:
    if isinstance(value, dict):
        return without_nulls(value)
    return [_denulled(one) for one in value] if isinstance(value, list) else value


def _listed(rows: Iterator[Row], name: str) -> tuple[Row, ...]:
    found: list[Row] = []
    for row in rows:
        found.append(row)
        if len(found) > ROWS_LIMIT:
            raise _error(
                f"{name} has more than {ROWS_LIMIT} rows.",
                hint="Send it as a job: tuimail bulk FILE; or split it.",
            )
    if not found:
        raise _no_row(name)
    return tuple(found)


def _no_row(name: str) -> FieldError:
    return _error(f"{name} has no row of data.", hint="Add a row for each mail.")


def _csv_rows(source: Iterable[str], name: str) -> Iterator[Row]:
    coming = iter(source)
    before = list(_through_header(coming))
    lines = csv.reader(
        itertools.chain(before, coming),
        delimiter=_delimiter("".join(before)),
        skipinitialspace=True,
        strict=True,
    )
    try:
        columns = _columns(next(lines, []), name)
        for number, values in enumerate(filter(any, lines), start=1):
            if len(values) != len(columns):
                raise _error(
                    f"Row {number} of {name} (line {lines.line_num}) has "
                    f"{len(values)} values for {len(columns)} columns.",
                    hint="Put a value with a delimiter or a line break in it "
                    "between double quotes.",
                )
            row = dict(zip(columns, values, strict=True))
            _check_row(row, number, name)
            yield row
    except csv.Error as error:
        raise _error(
            f"{name} is not CSV: line {lines.line_num}: "
            f"{str(error).partition(' - ')[0]}.",
            hint=_hint_about(str(error)),
        ) from None


def _hint_about(error: str) -> str:
    """Return what to do about what the reader of CSV says is wrong."""
    hints = [hint for words, hint in _CSV_HINTS.items() if words in error]
    return hints[0] if hints else _QUOTES


def _through_header(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines up to the end of the first row that is not empty."""
    quotes = 0
    for line in lines:
        yield line
        quotes += line.count('"')
        if line.strip("\r\n") and not quotes % 2:
            return


def _delimiter(text: str) -> str:
    head = _QUOTED.sub("", text.lstrip("\r\n").partition("\n")[0])
    return max(DELIMITERS, key=head.count)


def _columns(names: Sequence[str], name: str) -> tuple[str, ...]:
    columns = tuple(one.strip() for one in names)
    if not any(columns):
        raise _error(
            f"{name} has no header row.",
            hint="Write the names of the columns in the first line.",
        )
    seen: set[str] = set()
    for number, column in enumerate(columns, start=1):
        if not column or column in seen:
            raise _error(
                f"Column {number} of {name} has "
                + (f"the name {column!r} again." if column else "no name."),
                hint="Give every column a name of its own.",
            )
        seen.add(column)
        _check_text(column, f"The name of column {number} of {name}")
    return columns


def _document(text: str, name: str) -> object:
    try:
        return _loaded(text, name)
    except json.JSONDecodeError as error:
        lines = _json_lines(text, name) if error.msg == "Extra data" else None
        if lines is not None:
            return lines
        raise _not_json(error, name, line=error.lineno) from None


def _json_lines(text: str, name: str) -> list[object] | None:
    """Return a document for each line; None where the first line is not one."""
    found: list[object] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            if line.strip():
                found.append(_loaded(line, name))
        except json.JSONDecodeError as error:
            if not found:
                return None
            raise _not_json(error, name, line=number) from None
    return found


def _json_lines_rows(lines: Iterable[str], name: str) -> Iterator[Row]:
    number = 0
    for line_number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        number += 1
        try:
            document = _loaded(line.removesuffix("\n"), name)
        except json.JSONDecodeError as error:
            raise _not_json(error, name, line=line_number) from None
        yield _json_row(document, number, name)


def _loaded(text: str, name: str) -> object:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant
        )
    except _MistakeError as error:
        raise _error(f"{name} {error}.", hint=error.hint) from None
    except json.JSONDecodeError:
        raise
    except (RecursionError, ValueError):
        # Python's own limits: how deep calls go, how long a number may be.
        raise _error(
            f"{name} has brackets nested too deeply, or a number with too many digits.",
            hint="Write a long number as text, between double quotes.",
        ) from None


def _not_json(error: json.JSONDecodeError, name: str, *, line: int) -> FieldError:
    return _error(
        f"{name} is not JSON: line {line}, column {error.colno}: {error.msg}.",
        hint="Give an object for one mail, or a list of objects; "
        "CSV has the names of its columns in the first line.",
    )


class _MistakeError(Exception):
    """JSON that Python would take, and that says two things or nothing."""

    def __init__(self, text: str, *, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _MistakeError(
                f"has the name {key!r} twice in one object", hint="Leave one out."
            )
        found[key] = value
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise _MistakeError(
        f"has the value {constant}, which is not JSON",
        hint="Write null where there is no value.",
    )


def _json_rows(rows: Sequence[object], name: str) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield _json_row(row, number, name)


def _json_row(row: object, number: int, name: str) -> Row:
    if not isinstance(row, dict):
        raise _error(
            f"Row {number} of {name} is {_kind(row)}, not an object.",
            hint='Write every row as {"name": "value", …}.',
        )
    _check_row(row, number, name)
    return row


def _kind(value: object) -> str:
    kinds = {str: "text", list: "a list", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")


def _check_row(row: Row, number: int, name: str) -> None:
    for column, value in row.items():
        what = f"{column!r} in row {number} of {name}"
        _check_text(column, f"The name {what}")
        _check_value(value, what, depth=0)


def _check_value(value: Value, what: str, *, depth: int) -> None:
    if isinstance(value, list | dict) and depth == DEPTH_LIMIT:
        raise _error(
            f"The value of {what} has more than {DEPTH_LIMIT} levels.",
            hint="Leave out what the mail does not need.",
        )
    if isinstance(value, str):
        _check_text(value, f"The value of {what}")
    elif isinstance(value, int | float) and not _is_printable(value):
        raise _error(
            f"The value of {what} is a number that is too big to print.",
            hint="Write it as text, between double quotes.",
        )
    elif isinstance(value, dict):
        _check_value([*value, *value.values()], what, depth=depth)
    elif isinstance(value, list):
        for one in value:
            _check_value(one, what, depth=depth + 1)


def _is_printable(value: float) -> bool:
    limit = INTEGER_LIMIT if isinstance(value, int) else math.inf
    return abs(value) < limit


def _check_text(text: str, what: str) -> None:
    found = not_in_a_body(text)
    if found:
        raise _error(
            f"{what} contains {describe(found)}, which mail cannot carry.",
            hint="Remove it from the data.",
        )


def _error(text: str, *, hint: str) -> FieldError:
    return FieldError(text, hint=hint, field="data")


_QUOTES: Final = "Look for a double quote that is not closed, or not doubled."
_CSV_HINTS: Final = {
    "field limit": "Write rows with such long values as JSON Lines; or look for a "
    "double quote that is not closed.",
    "new-line character": "Save it with line ends of Unix or Windows; or put a value "
    "with a line break in it between double quotes.",
}
"""By words in what Python's reader says."""
_QUOTED: Final = regex('"[^"]*"')
