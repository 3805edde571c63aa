"""``kill -9`` between any two steps, then a new start: promises 2 and 3.

Before the point of no return nothing can have left, so the mail is delivered
once after the restart. After it nobody can know, so the mail is ``unknown``,
delivered at most once, and not tried again.
"""

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.conftest import Server

pytestmark = pytest.mark.slow

BEFORE = (
    "claim.after_commit",
    "connected",
    "mail",
    "rcpt",
    "data354",
    "mid_body",
)
AFTER = (
    "intent.after_commit",
    "dot.written",
    "reply.read",
    "reply.read_before_commit",
)
MAIL = (
    *("--to", "bob@example.net", "--cc", "carol@example.net"),
    *("--bcc", "dora@example.net", "--subject", "Once"),
)


@pytest.fixture
def waiting(tuimail: Tuimail) -> str:
    """A released mail, longer than one piece, that no sender has touched."""
    (tuimail.folder / "long.txt").write_text("A line of the body.\n" * 10_000)
    done = tuimail.run(
        *("send", *MAIL, "--text-file", "long.txt", "--wait", "0", "--json")
    )
    (tuimail.root / ".faults").touch()
    draft_id: str = done.document["id"]
    return draft_id


@pytest.mark.parametrize("point", BEFORE)
def test_killed_before_the_point_of_no_return_it_is_delivered_once(
    point: str, waiting: str, tuimail: Tuimail, server: Server
) -> None:
    tuimail.killed_at(point, "outbox", "run", "--drain")
    left_behind = tuimail.statuses()

    tuimail.run("outbox", "run", "--drain")

    assert left_behind == {waiting: "sending"}
    assert tuimail.statuses() == {waiting: "sent"}
    assert [one.content for one in server.caught] == [tuimail.stored(waiting)]


@pytest.mark.parametrize("point", AFTER)
def test_killed_after_the_point_of_no_return_it_is_unknown(
    point: str, waiting: str, tuimail: Tuimail, server: Server
) -> None:
    tuimail.killed_at(point, "outbox", "run", "--drain")

    tuimail.run("outbox", "run", "--drain")
    tuimail.run("outbox", "run", "--drain")

    assert tuimail.statuses() == {waiting: "unknown"}
    assert [one.content for one in server.caught] in ([], [tuimail.stored(waiting)])


def test_killed_after_the_answer_was_recorded_it_is_sent(
    waiting: str, tuimail: Tuimail, server: Server
) -> None:
    tuimail.killed_at("result.after_commit_before_move", "outbox", "run", "--drain")

    tuimail.run("outbox", "run", "--drain")

    assert tuimail.statuses() == {waiting: "sent"}
    assert [one.content for one in server.caught] == [tuimail.stored(waiting)]


def test_killed_at_every_step_in_turn_it_is_delivered_once(
    waiting: str, tuimail: Tuimail, server: Server
) -> None:
    for point in BEFORE:
        tuimail.killed_at(point, "outbox", "run", "--drain")

    tuimail.run("outbox", "run", "--drain")

    assert tuimail.statuses() == {waiting: "sent"}
    assert len(server.caught) == 1


def test_unknown_mail_is_sent_again_only_when_a_person_says_so(
    waiting: str, tuimail: Tuimail, server: Server
) -> None:
    tuimail.killed_at("intent.after_commit", "outbox", "run", "--drain")
    tuimail.run("outbox", "run", "--drain")

    tuimail.run("resolve", waiting, "--resend")
    tuimail.run("outbox", "run", "--drain")

    assert tuimail.statuses() == {waiting: "sent"}
    assert [one.content for one in server.caught] == [tuimail.stored(waiting)]


KEY = ("--idempotency-key", "once-1")


@pytest.mark.parametrize(
    "point",
    [
        "draft.after_tmp_write",
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


def test_a_fault_is_reached_only_where_the_workspace_is_for_that(
    tuimail: Tuimail, server: Server
) -> None:
    done = tuimail.run("send", *MAIL, "--text", "Hello", fault="connected:kill")

    assert done.code == 0
    assert len(server.caught) == 1
