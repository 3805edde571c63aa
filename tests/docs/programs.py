"""The Python of the docs, run as it stands there.

Blocks of a page follow one another, as a reader would type them. Where prints
have remarks behind them, those are what is printed; ``…`` stands for anything.
"""

import ast
import asyncio
import contextlib
import inspect
import io
import re
from collections.abc import Iterator
from typing import Any, Final

_REMARK: Final = re.compile(r"^\s*print\(.*\)\s+# (.*)$", re.MULTILINE)


def run(text: str, names: dict[str, Any], *, place: str) -> None:
    """Run one block with what the blocks before it named."""
    said = io.StringIO()
    code = compile(text, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    with contextlib.redirect_stdout(said):
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(_awaited(code, names))
        else:
            exec(code, names)
    _compare(text, said.getvalue().splitlines(), place)


async def _awaited(code: Any, names: dict[str, Any]) -> None:
    await eval(code, names)


def _compare(text: str, said: list[str], place: str) -> None:
    expected = _REMARK.findall(text)
    if not expected:
        return
    assert len(said) == len(expected), (place, said)
    for line, remark in zip(said, expected, strict=True):
        pattern = ".*".join(map(re.escape, remark.strip().split("…")))
        assert re.fullmatch(pattern, line), (place, line)


def tests_in(text: str) -> Iterator[str]:
    """Yield the tests that a block defines, which pytest would run."""
    for one in ast.parse(text).body:
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if one.name.startswith("test_"):
            yield one.name
