"""Nothing that is asked for often takes longer because there is more mail."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

import apsw
import pytest

import tuimail.store
from tests.store.bench import Bench

GROWING: Final = frozenset({
    "approvals", "attempts", "decisions", "drafts", "journal", "keys", "recipients",
    "reports", "revisions", "seen", "spans", "submissions", "worded",
})  # fmt: skip
LOOKED_THROUGH: Final = {
    ("purging", "_NAMED_FILES"): "a purge looks once for files that nothing names",
}
"""Statements that may look through a table, and when they do."""
COUNTED: Final = {
    "batches": "the attempts of one mail",
    "clients": "up to a limit",
    "contacts": "up to a limit",
    "correspondents": "up to a limit",
    "orders": "within a span, and what waits for a person",
    "policy": "what one program did lately",
    "purging": "before a purge, what would go",
    "rebuilding": "when a database is made anew",
    "reports": "of one mail",
    "schema": "the tables that there are",
    "search": "up to a limit",
    "spans": "when a database is made anew",
    "submissions": "what waits for each account",
    "through": "up to a limit",
}
SKIPPED: Final = {
    "clients": "what one program did within an hour",
    "orders": "within a span, and what waits for a person",
    "spans": "one for about a thousand mails",
}
_FRAGMENTS: Final = frozenset({"_SELECT"})
"""What is never run alone."""


def _statements() -> Iterator[tuple[str, str, str]]:
    for module in iter_modules(tuimail.store.__path__):
        found = vars(import_module(f"tuimail.store.{module.name}"))
        for name, text in found.items():
            is_whole = name not in _FRAGMENTS and isinstance(text, str)
            if is_whole and re.match(r"\s*(SELECT|WITH)\b", text):
                yield module.name, name, text


STATEMENTS: Final = list(_statements())


def _plan(connection: apsw.Connection, sql: str) -> list[str]:
    """Return the steps of a statement, whatever values it is given."""
    explained = f"EXPLAIN QUERY PLAN {sql}"
    named = dict.fromkeys(re.findall(r":([a-z]\w*)", sql))
    values = named or (None,) * sql.count("?")
    return [str(row[3]) for row in connection.execute(explained, values)]


@pytest.mark.parametrize(
    ("module", "name", "sql"),
    STATEMENTS,
    ids=[f"{module}.{name}" for module, name, _ in STATEMENTS],
)
def test_no_statement_looks_through_what_grows(
    bench: Bench, module: str, name: str, sql: str
) -> None:
    """Unless it stops at a limit, and has not put all of it in order before."""
    steps = _plan(bench.database.connection, sql)

    scanned = {step.split()[1] for step in steps if step.startswith("SCAN ")}
    is_sorted = any("USE TEMP B-TREE FOR ORDER" in step for step in steps)
    is_limited = "LIMIT" in sql.splitlines()[-1] and not is_sorted
    looks_through = bool(scanned & GROWING) and not is_limited
    assert looks_through == ((module, name) in LOOKED_THROUGH)


@pytest.mark.parametrize(
    ("word", "known"), [("count(*)", COUNTED), ("OFFSET", SKIPPED)]
)
def test_what_is_counted_and_skipped_is_known(word: str, known: dict[str, str]) -> None:
    folder = Path(tuimail.store.__file__).parent

    found = {one.stem for one in folder.glob("*.py") if word in one.read_text("utf-8")}

    assert found == set(known)
