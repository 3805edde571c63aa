from pathlib import Path

import pytest

from tests.architecture.printed import DOCS, PRINTERS, every_error, printed_parts
from tuimail import errors

DOCUMENTS = sorted(DOCS.rglob("*.md"))
PARTS = [
    pytest.param(path, name, text, id=f"{path.name}: {name}")
    for path in DOCUMENTS
    for name, text in printed_parts(path.read_text("utf-8"))
]


@pytest.mark.parametrize(("path", "name", "text"), PARTS)
def test_a_printed_part_is_what_the_code_says(path: Path, name: str, text: str) -> None:
    """After a change, write it anew: python -m tests.architecture.printed."""
    assert text == PRINTERS[name](), f"{path.name} has an old {name}"


def test_everything_that_can_be_printed_stands_somewhere() -> None:
    printed = [
        name for path in DOCUMENTS for name, _ in printed_parts(path.read_text())
    ]

    assert sorted(printed) == sorted(PRINTERS)


def test_the_tree_of_errors_is_drawn_in_their_docstring() -> None:
    drawn = [
        (len(line) - len(line.lstrip("│├└─ ")), line.lstrip("│├└─ ").split()[0])
        for line in (errors.__doc__ or "").splitlines()
        if line.lstrip("│├└─ ").split(" ")[0].endswith("Error")
    ]

    assert sorted(drawn) == sorted(
        (4 * (len(one.mro()) - 4), one.__name__) for one in every_error()
    )


def test_no_two_errors_have_one_code() -> None:
    codes = [one.code for one in every_error()]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("error", every_error())
def test_every_error_has_a_code_of_its_own(error: type[errors.TuimailError]) -> None:
    assert "code" in vars(error)
