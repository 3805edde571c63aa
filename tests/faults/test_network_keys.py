"""F56: an idempotency key that is used again, by many at once, and after a crash."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults import invariants
from tests.faults.place import CC, HIDDEN, LOGINS, TO, Place, make_place
from tests.faults.server import MailServer
from tuimail.errors import KeyConflictError
from tuimail.workspace.fields import Fields

AGENT: Final = "agent:billing"
FIELDS: Final = Fields(
    to=(TO,), cc=(CC,), bcc=(HIDDEN,), subject="Invoice 7", text="Pay, please.\n"
)


@contextmanager
def place_for_keys(folder: Path) -> Iterator[Place]:
    with MailServer(logins=LOGINS) as server:
        place = make_place(folder, server)
        yield place
        invariants.check(place)


def hand_in(place: Place, fields: Fields = FIELDS, *, key: str = "invoice-7") -> str:
    """Hand a mail in under a key, as a program in a process of its own would."""
    with place.open() as workspace, workspace.acting_as(AGENT, door="http"):
        row = workspace.drafts.new(workspace.drafts.compose(fields), key=key)
    place.acknowledged.add(row.id)
    return row.id


def leave(place: Place, draft_id: str) -> None:
    with (
        place.open() as workspace,
        workspace.acting_as("person:ada", door="app", on_terminal=True),
    ):
        workspace.reviews.approve(draft_id, revision=1)
        workspace.outbox.release(draft_id)
    place.drain()


def test_F56_the_same_under_the_same_key_is_the_same_mail(tmp_path: Path) -> None:
    with place_for_keys(tmp_path) as place:
        ids = [hand_in(place) for _ in range(3)]
        leave(place, ids[0])
        ids.append(hand_in(place))

        assert len(set(ids)) == 1
        assert place.status(ids[0]) == "sent"
        assert len(place.server.accepted) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Pay more, please.\n"},
        {"to": ("mallory@example.net",)},
        {"bcc": ()},
        {"subject": "Invoice 8"},
    ],
)
@pytest.mark.parametrize("is_sent", [False, True], ids=["waiting", "sent"])
def test_F56_something_else_under_the_same_key_is_a_conflict(
    tmp_path: Path, other: dict[str, Any], *, is_sent: bool
) -> None:
    with place_for_keys(tmp_path) as place:
        first = hand_in(place)
        if is_sent:
            leave(place, first)

        with pytest.raises(KeyConflictError, match=first):
            hand_in(place, replace(FIELDS, **other))

        assert list(place.statuses()) == [first]


def test_F56_who_asks_at_the_same_time_gets_the_same_mail(tmp_path: Path) -> None:
    with place_for_keys(tmp_path) as place:
        ids: list[str] = []
        start = threading.Barrier(8)

        def program() -> None:
            start.wait()
            ids.append(hand_in(place))

        programs = [threading.Thread(target=program) for _ in range(8)]
        for one in programs:
            one.start()
        for one in programs:
            one.join()

        assert len(ids) == 8
        assert len(set(ids)) == 1
        assert len(place.statuses()) == 1


def test_F56_of_those_who_ask_for_different_things_at_once_one_wins(
    tmp_path: Path,
) -> None:
    with place_for_keys(tmp_path) as place:
        ids: list[str] = []
        conflicts: list[KeyConflictError] = []
        start = threading.Barrier(8)

        def program(number: int) -> None:
            start.wait()
            try:
                ids.append(hand_in(place, replace(FIELDS, text=f"Pay {number}.\n")))
            except KeyConflictError as error:
                conflicts.append(error)

        programs = [threading.Thread(target=program, args=(one,)) for one in range(8)]
        for one in programs:
            one.start()
        for one in programs:
            one.join()

        assert (len(ids), len(conflicts)) == (1, 7)
        assert list(place.statuses()) == ids


@pytest.mark.slow
def test_F56_after_a_crash_the_key_leads_to_what_was_stored(tmp_path: Path) -> None:
    """The program saw no answer; asking again must not make a second mail."""
    words = (
        "submit", "--to", TO, "--subject", "Invoice 7", "--text", "Pay, please.",
        "--idempotency-key", "invoice-7", "--json",
    )  # fmt: skip
    with place_for_keys(tmp_path) as place:
        place.killed_at("draft.after_commit_before_reply", *words)
        (stored,) = place.statuses()
        again = place.run(*words)

        assert again.code == 0, again.err
        assert again.document["id"] == stored
        assert list(place.statuses()) == [stored]
