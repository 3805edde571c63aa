from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.store.bench import Bench
from tuimail.errors import StoreError
from tuimail.store.keys import KeyRow, Keys

NOW = datetime(2026, 3, 2, 14, 2, 0, 7, tzinfo=UTC)
ROW = KeyRow(
    origin="agent:billing",
    account="work",
    key="invoice-17",
    content_digest="d" * 64,
    draft_id="d1",
    at=NOW,
)


@pytest.fixture
def keys(bench: Bench) -> Keys:
    return Keys(bench.database)


def add(bench: Bench, keys: Keys, *rows: KeyRow) -> None:
    with bench.database.transaction():
        for row in rows:
            keys.insert(row)


def test_a_key_is_read_as_it_was_written(bench: Bench, keys: Keys) -> None:
    add(bench, keys, ROW)

    assert keys.get("agent:billing", "work", "invoice-17") == ROW


def test_a_key_is_of_one_origin_and_account(bench: Bench, keys: Keys) -> None:
    add(bench, keys, ROW, replace(ROW, origin="agent:sales", draft_id="d2"))
    add(bench, keys, replace(ROW, account="home", draft_id="d3"))

    sales = keys.get("agent:sales", "work", "invoice-17")
    home = keys.get("agent:billing", "home", "invoice-17")
    assert sales is not None
    assert home is not None
    assert (sales.draft_id, home.draft_id) == ("d2", "d3")
    assert keys.get("agent:sales", "home", "invoice-17") is None


def test_a_key_stands_for_one_mail_only(bench: Bench, keys: Keys) -> None:
    add(bench, keys, ROW)

    with pytest.raises(StoreError):
        add(bench, keys, replace(ROW, draft_id="d2"))

    assert keys.get("agent:billing", "work", "invoice-17") == ROW


@pytest.mark.parametrize("sql", ["UPDATE keys SET draft_id = 'd2'", "DELETE FROM keys"])
def test_what_a_key_stands_for_never_changes(
    bench: Bench, keys: Keys, sql: str
) -> None:
    add(bench, keys, ROW)

    with pytest.raises(StoreError), bench.database.transaction():
        bench.database.write(sql, ())

    assert keys.of_draft("d1") == (ROW,)


def test_the_keys_of_a_mail_are_found_oldest_first(bench: Bench, keys: Keys) -> None:
    older = replace(ROW, key="z", at=NOW - timedelta(days=1))
    add(bench, keys, ROW, older, replace(ROW, key="other", draft_id="d2"))

    assert keys.of_draft("d1") == (older, ROW)
    assert keys.of_draft("d9") == ()


@pytest.mark.parametrize("empty", ["origin", "key", "content_digest", "draft_id"])
def test_a_key_says_whose_it_is_and_of_what(
    bench: Bench, keys: Keys, empty: str
) -> None:
    changes: dict[str, Any] = {empty: ""}

    with pytest.raises(StoreError):
        add(bench, keys, replace(ROW, **changes))


def test_accounts_are_found_by_how_the_keys_used_for_them_begin(
    bench: Bench, keys: Keys
) -> None:
    add(
        bench,
        keys,
        *(
            replace(ROW, account=account, key=key)
            for account in ("a", "b", "c")
            for key in ("bulk/march/1", "bulk/march/2", "other")
            if (account, key[:4]) != ("b", "bulk")
        ),
        replace(ROW, origin="agent:sales", account="d", key="bulk/march/1"),
        replace(ROW, account="e", key="bulk/march-2/1"),
    )

    assert keys.accounts("agent:billing", "bulk/march/") == ("a", "c")
    assert keys.accounts("agent:nobody", "bulk/march/") == ()


def test_a_key_is_found_by_how_it_begins(bench: Bench, keys: Keys) -> None:
    add(bench, keys, *(replace(ROW, key=key) for key in ("a/2", "a/1", "b/1")))

    assert keys.first(ROW.origin, ROW.account, "a/") == "a/1"
    assert keys.first(ROW.origin, ROW.account, "c/") == ""
    assert keys.first(ROW.origin, "other", "a/") == ""
