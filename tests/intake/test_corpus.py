"""Rows of the corpus about HTTP, against a server that is served for real."""

import http.client
import json
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.core.corpus import rows
from tests.intake.http.conftest import Served, new_shop, serving

ROWS = [row for row in rows("intake") if row.values[0]["input"]["channel"] == "http"]
FACTS = {"state", "status", "agent_is_token_owner", "messages"}
"""What ``must`` may say here; each is looked at below."""


@dataclass(frozen=True)
class Given:
    """What the door answered."""

    status: int
    document: Any

    @property
    def outcome(self) -> str:
        """A 404 or 405 says nothing about the row."""
        assert self.status not in {404, 405}
        return "accept" if 200 <= self.status < 300 else "reject"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        shop = new_shop(Path(folder))
        with serving(shop, shop.client("ci")) as made:
            yield made


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_corpus(row: dict[str, Any], served: Served) -> None:
    asked, must = row["input"], row.get("must", {})
    assert set(must) <= FACTS
    before = _ids(served)

    answers = _asked(served, asked)
    stored = must.get("messages", 1) if answers[0].outcome == "accept" else 0
    if "then" in asked:
        answers = _asked(served, asked["then"])

    new = _ids(served) - before
    for given in answers:
        assert given.outcome in {row["expect"], *row.get("also_ok", ())}, given
        _check_status(must, given)
    assert len(new) == stored
    _check_mail(served, must, new)


def _check_status(must: dict[str, Any], given: Given) -> None:
    wanted = must.get("status")
    if wanted is not None:
        assert given.status in (wanted if isinstance(wanted, list) else [wanted])
    if given.outcome == "reject":
        assert set(given.document["error"]) == {"code", "message", "hint", "field"}


def _check_mail(served: Served, must: dict[str, Any], new: set[str]) -> None:
    """What is taken waits for a person, and is of whose token it was."""
    with served.shop.open() as workspace:
        found = [workspace.drafts.row(one) for one in new]
    assert {one.status for one in found} <= {must.get("state", "review")}
    assert {one.origin.actor for one in found} <= {"agent:ci"}


def _ids(served: Served) -> set[str]:
    with served.shop.open() as workspace:
        return {row.id for row in workspace.drafts.rows(limit=200)}


def _asked(served: Served, asked: dict[str, Any]) -> list[Given]:
    if "raw_request" in asked:
        return [_raw(served, _filled(served, asked["raw_request"]))]
    number = asked.get("concurrent", 1)
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(lambda _: _one(served, asked), range(number)))


def _one(served: Served, asked: dict[str, Any]) -> Given:
    headers = {name: _filled(served, value) for name, value in asked["headers"].items()}
    body = _body(asked, headers)
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    try:
        path = _filled(served, asked["path"])
        connection.request(asked["method"], path, body, headers)
        answer = connection.getresponse()
        return Given(answer.status, json.loads(answer.read()))
    finally:
        connection.close()


def _body(asked: dict[str, Any], headers: dict[str, str]) -> bytes:
    if "raw_body" in asked:
        return bytes(asked["raw_body"].encode())
    if "generate" in asked:
        parts = asked["generate"]["parts"]
        return "".join(text * number for text, number in parts).encode()
    document = dict(asked["body"])
    # It stands for the header of that name.
    key = document.pop("idempotency_key", None)
    if key is not None:
        headers["Idempotency-Key"] = key
    return json.dumps(document).encode()


def _filled(served: Served, text: str) -> str:
    return text.replace("{port}", str(served.port)).replace("{token}", served.token)


def _raw(served: Served, text: str) -> Given:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
        client.sendall(text.encode())
        with http.client.HTTPResponse(client) as answer:
            answer.begin()
            return Given(answer.status, json.loads(answer.read()))
