"""F03, F15: programs that ask again, and many that ask at once."""

import json
import subprocess
import sys
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import HIDDEN, TO, Place

pytestmark = pytest.mark.slow

PROCESSES: Final = 8
REQUESTS: Final = 1000
REPEATED: Final = 200
HAND_IN: Final = """
import json, sys
from pathlib import Path
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

root, config, numbers = sys.argv[1:]
ids = {}
with Workspace.open(
    Path(root), config_path=Path(config), actor="agent:billing", door="cli"
) as workspace:
    for number in json.loads(numbers):
        key = f"invoice-{number}"
        fields = Fields(to=("bob@example.net",), subject=key, text="As agreed.")
        draft = workspace.drafts.compose(fields)
        ids[key] = workspace.drafts.submit(draft, key=key).id
print(json.dumps(ids))
"""


def test_F03_asking_again_with_the_key_returns_the_same(place: Place) -> None:
    words = (
        *("submit", "--to", TO, "--bcc", HIDDEN, "--subject", "Invoice 7"),
        *("--text", "As agreed.", "--idempotency-key", "invoice-7", "--json"),
    )
    place.killed_at("draft.after_commit_before_reply", *words)
    (draft_id,) = place.statuses()
    place.acknowledged.add(draft_id)

    again = place.run(*words)

    assert again.document["id"] == draft_id
    assert place.statuses() == {draft_id: "review"}
    check(place)


def test_F15_processes_that_hand_in_at_once_under_equal_keys_make_each_mail_once(
    place: Place,
) -> None:
    """Of 1,000 requests 200 are made by another process at about the same time."""
    distinct = REQUESTS - REPEATED
    asked: list[list[int]] = [[] for _ in range(PROCESSES)]
    for number in range(REQUESTS):
        asked[(number + number // distinct) % PROCESSES].append(number % distinct)

    told = _handed_in(place, [sorted(numbers) for numbers in asked])

    by_key: dict[str, set[str]] = {}
    for ids in told:
        for key, draft_id in ids.items():
            by_key.setdefault(key, set()).add(draft_id)
    place.acknowledged.update(*by_key.values())
    assert len(by_key) == distinct
    assert all(len(ids) == 1 for ids in by_key.values())
    assert place.statuses().keys() == place.acknowledged
    check(place)


def _handed_in(place: Place, asked: list[list[int]]) -> list[dict[str, str]]:
    """Have each process hand in what it was given; return what they were told."""
    started = [
        subprocess.Popen(
            [
                *(sys.executable, "-c", HAND_IN, str(place.root)),
                *(str(place.folder / "config.toml"), json.dumps(numbers)),
            ],
            cwd=place.folder,
            env=place.tuimail.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for numbers in asked
    ]
    ended = [process.communicate(timeout=120) for process in started]
    place.said += [text for said in ended for text in said]
    assert [err for _, err in ended] == [""] * PROCESSES
    return [json.loads(out) for out, _ in ended]
