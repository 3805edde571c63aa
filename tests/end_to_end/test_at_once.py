"""Several processes that ask for the same at the same moment: one mail, one answer."""

import json
import subprocess
from collections.abc import Iterable, Sequence

import pytest

from tests.end_to_end.command import COMMAND, Tuimail
from tests.end_to_end.conftest import Server

pytestmark = pytest.mark.slow

MAIL = ("--to", "bob@example.net", "--subject", "Once", "--text", "Hello")
KEY = ("--idempotency-key", "once-1")
SUBMITTERS = 8
DRAFTS_EACH = 12
EQUAL_KEYS = 5
SUBMIT = """
import sys
from pathlib import Path
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

root, config, number, equal, each = sys.argv[1:]
with Workspace.open(
    Path(root), config_path=Path(config), actor="agent:billing", door="http"
) as workspace:
    for turn in range(int(each)):
        key = f"same-{turn}" if turn < int(equal) else f"own-{number}-{turn}"
        fields = Fields(to=("bob@example.net",), subject=key, text="Please pay.")
        draft = workspace.drafts.compose(fields)
        print(key, workspace.drafts.submit(draft, key=key).id)
"""


def all_at_once(tuimail: Tuimail, commands: Iterable[Sequence[str]]) -> list[str]:
    """Run ``commands`` together; return what each printed, once all have ended."""
    running = [
        subprocess.Popen(
            list(words),
            cwd=tuimail.folder,
            env=tuimail.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in commands
    ]
    ended = [(*one.communicate(timeout=120), one.returncode) for one in running]
    assert [code for _, _, code in ended] == [0] * len(ended), ended
    return [out for out, _, _ in ended]


def test_six_that_send_under_one_key_deliver_once_and_answer_the_same(
    tuimail: Tuimail, server: Server
) -> None:
    words = (*COMMAND, "send", *MAIL, *KEY, "--json")

    answers = all_at_once(tuimail, [words] * 6)

    assert len(set(answers)) == 1
    answer = json.loads(answers[0])
    assert answer["status"] == "sent"
    assert [one.content for one in server.caught] == [tuimail.stored(answer["id"])]
    assert tuimail.statuses() == {answer["id"]: "sent"}


def test_what_many_hand_in_under_equal_keys_is_there_once(tuimail: Tuimail) -> None:
    """And nobody is told that the database is locked."""
    code = [
        COMMAND[0],
        "-c",
        SUBMIT,
        str(tuimail.root),
        tuimail.environ["TUIMAIL_CONFIG"],
    ]

    answers = all_at_once(
        tuimail,
        [
            (*code, str(number), str(EQUAL_KEYS), str(DRAFTS_EACH))
            for number in range(SUBMITTERS)
        ],
    )

    told = {tuple(line.split()) for out in answers for line in out.splitlines()}
    distinct = EQUAL_KEYS + SUBMITTERS * (DRAFTS_EACH - EQUAL_KEYS)
    assert len(told) == len({key for key, _ in told}) == distinct
    listed = tuimail.run("list", "--limit", "1000", "--json").document["mails"]
    assert {one["id"] for one in listed} == {draft_id for _, draft_id in told}
