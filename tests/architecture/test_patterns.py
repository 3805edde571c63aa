"""Expressions are compiled when they are first used; here each of them is."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import tuimail
from tuimail.core.patterns import regex

ROOT = Path(tuimail.__file__).parent


def modules() -> Iterator[ModuleType]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        if parts[-1] != "__main__" and "contrib" not in parts:  # wants settings
            yield import_module(".".join(parts).removesuffix(".__init__"))


def late(module: ModuleType) -> Iterator[re.Pattern[str]]:
    kind = type(regex(""))
    for value in vars(module).values():
        for one in value if isinstance(value, tuple | list) else (value,):
            if isinstance(one, kind):
                yield one


def test_every_expression_compiles() -> None:
    """A wrong one would be told at somebody's desk, and not when it is imported."""
    found = [one for module in modules() for one in late(module)]

    assert len(found) > 200
    assert all(isinstance(one.groups, int) for one in found)
