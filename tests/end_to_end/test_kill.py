"""``kill -9`` while a mail is stored, and then the same command again.

Under its key it is the same mail: whether or not the first one got so far, it is
there once and is sent once. What a sender that is killed leaves, and everything
else that breaks, is in ``tests/faults``.
"""

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.conftest import Server

pytestmark = pytest.mark.slow

MAIL = (
    *("--to", "bob@example.net", "--cc", "carol@example.net"),
    *("--bcc", "dora@example.net", "--subject", "Once"),
)
KEY = ("--idempotency-key", "once-1")


@pytest.mark.parametrize(
    "point",
    [
        "draft.after_render_before_row",
        "release.after_hash_before_commit",
        "draft.after_file_before_row",
    ],
)
def test_killed_while_it_is_stored_nothing_is_there(
    point: str, tuimail: Tuimail, server: Server
) -> None:
    tuimail.run("list")
    (tuimail.root / ".faults").touch()
    tuimail.killed_at(point, "send", *MAIL, "--text", "Hello", *KEY)
    tuimail.run("outbox", "run", "--drain")
    left_behind = tuimail.statuses()

    again = tuimail.run("send", *MAIL, "--text", "Hello", *KEY, "--json")

    assert left_behind == {}
    assert tuimail.statuses() == {again.document["id"]: "sent"}
    assert len(server.caught) == 1


def test_killed_when_it_is_stored_all_of_it_is_there(
    tuimail: Tuimail, server: Server
) -> None:
    tuimail.run("list")
    (tuimail.root / ".faults").touch()
    point = "draft.after_commit_before_reply"
    tuimail.killed_at(point, "send", *MAIL, "--text", "Hello", *KEY)
    left_behind = tuimail.statuses()

    again = tuimail.run("send", *MAIL, "--text", "Hello", *KEY, "--json")

    assert left_behind == {again.document["id"]: "ready"}
    assert again.document["status"] == "sent"
    assert [one.content for one in server.caught] == [
        tuimail.stored(again.document["id"])
    ]
