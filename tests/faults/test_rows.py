"""The list of faults is whole: each of its rows has a test that is named after it."""

import ast
import re
from pathlib import Path
from typing import Final

ROWS: Final = {f"F{number:02}" for number in range(1, 65)}
_ROW: Final = re.compile("F[0-9]{2}")


def _tests() -> list[str]:
    """Return the names of all tests beside this one."""
    trees = [ast.parse(one.read_text()) for one in Path(__file__).parent.glob("*.py")]
    return [
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def test_every_row_has_a_test() -> None:
    named = {row for name in _tests() for row in _ROW.findall(name)}

    assert sorted(ROWS - named) == []
    assert sorted(named - ROWS) == []
