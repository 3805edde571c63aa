"""Tests by their names, so that a table that names one cannot be wrong about it."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
PREFIX: Final = "test_"
SKIPPED: Final = frozenset({"skip", "xfail"})
Tests = tuple[str, ...]
"""Names of functions without ``test_``."""


def missing(shown_by: Mapping[str, Tests]) -> list[str]:
    """Return what is named and is no test that runs, as ``FILE::NAME``."""
    return [
        f"{path}::{name}"
        for path, names in shown_by.items()
        for name in names
        if PREFIX + name not in _tests(path)
    ]


@cache
def _tests(path: str) -> frozenset[str]:
    file = TESTS / path
    return frozenset(_names(ast.parse(file.read_text()))) if file.is_file() else (
        frozenset()
    )  # fmt: skip


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not (
            SKIPPED & {_last_word(one) for one in node.decorator_list}
        ):
            yield node.name


def _last_word(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else ""
