"""Rows of the adversarial corpus, as parameters for tests."""

import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[1] / "data"


def rows(area: str, *, leaving_out: frozenset[str] = frozenset()) -> list[Any]:
    """Return the rows of ``area`` as test parameters, named by their ids."""
    text = (DATA / f"corpus_{area}.jsonl").read_text(encoding="ascii")
    found = [json.loads(line) for line in text.splitlines()]
    return [pytest.param(r, id=r["id"]) for r in found if r["id"] not in leaving_out]
