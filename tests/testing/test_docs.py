"""The tests that the page about testing shows, run as pytest would."""

import ast
import unittest
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from tests.docs import programs
from tests.docs.blocks import DOCS, Block, blocks_of
from tuimail.testing.fixtures import clock, outbox, smtp_server

__all__ = ["clock", "outbox", "smtp_server"]

BLOCKS: Final[Mapping[str, Block]] = {
    one.file: one for one in blocks_of(DOCS / "testing.md")
}


def functions() -> Iterator[Any]:
    for file, block in BLOCKS.items():
        for name in programs.tests_in(block.text):
            yield pytest.param(file, name, id=f"{file}::{name}")


def run(file: str) -> dict[str, Any]:
    """Return what a file defines."""
    names: dict[str, Any] = {}
    programs.run(BLOCKS[file].text, names, place=file)
    return names


@pytest.mark.parametrize(("file", "name"), list(functions()))
def test_every_test_of_the_page_passes(
    file: str,
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "shop.py").write_text(BLOCKS["shop.py"].text)
    monkeypatch.syspath_prepend(tmp_path)
    wanted = ast.parse(BLOCKS[file].text)
    (function,) = (
        one
        for one in wanted.body
        if isinstance(one, ast.FunctionDef) and one.name == name
    )
    fixtures = {one.arg: request.getfixturevalue(one.arg) for one in function.args.args}

    run(file)[name](**fixtures)


def test_the_fixtures_are_imported_as_the_page_does() -> None:
    assert {"clock", "outbox", "smtp_server"} <= run("conftest.py").keys()


def test_the_provider_of_the_page_keeps_the_contract() -> None:
    courier = run("test_courier.py")["TestCourier"]()
    tests = [name for name in dir(courier) if name.startswith("test_")]
    passed = []
    for name in tests:
        with suppress(unittest.SkipTest):
            getattr(courier, name)()
            passed.append(name)

    assert len(passed) > 8, passed
