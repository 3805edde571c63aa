"""Why each mail in the outbox is where it is, in one plain sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tuimail.core.origin import Origin
from tuimail.tui.whys import Around, brief, moment_of, status, when, why
from tuimail.tui.widgets.layouts import Column
from tuimail.workspace.obstacles import Obstacle
from tuimail.workspace.progress import BEGUN, Progress
from tuimail.workspace.views import Row

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MEGA = 1_000_000


pytestmark = pytest.mark.usefixtures("berlin")


def row(**changes: Any) -> Row:
    values: dict[str, Any] = {
        "id": "d1",
        "status": "ready",
        "revision": 1,
        "subject": "Q3 report",
        "sender": "mara@example.org",
        "to": ("ana@example.net",),
        "account": "work",
        "origin": Origin(actor="person:mara", door="app"),
        "updated_at": NOW,
        "due_at": NOW,
        "undo_until": None,
        "gives_up_at": None,
        "expires_at": None,
        "sent_at": None,
        "reason": "",
        "is_late": False,
        "worst_finding": "",
        "finding_count": 0,
        "attachment_count": 0,
        "attempts": 0,
        "assigned": "",
        "actions": frozenset(),
    }
    return Row(**(values | changes))


def obstacle(**changes: Any) -> Obstacle:
    values: dict[str, Any] = {
        "account": "work",
        "reason": "The server refused the password: 535 no",
        "until": None,
        "waiting": 3,
        "is_held": True,
    }
    return Obstacle(**(values | changes))


def among(*found: Obstacle, **changes: Any) -> Around:
    return Around(obstacles={one.account: one for one in found}, **changes)


def going(stage: str, **changes: Any) -> Around:
    values: dict[str, Any] = {"stage": stage, "size_bytes": 40 * MEGA}
    return Around(under_way={"d1": Progress(**(values | changes))})


DEFERRED = row(
    status="deferred",
    due_at=NOW + timedelta(minutes=3),
    reason="The mailbox is full: 452 4.2.2 \x1b[1mfull",
    attempts=2,
    gives_up_at=NOW + timedelta(days=5),
)
LATER = row(due_at=NOW + timedelta(days=3, hours=2))
NETWORK = obstacle(is_held=False, is_unreachable=True, until=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("mail", "around", "said"),
    [
        (row(), Around(), "leaves next"),
        (row(), Around(sender="stopped"), "nobody sends: stopped"),
        (row(), Around(sender="held by serve, pid 412"),
         "leaves next, serve, pid 412 sends"),
        (row(undo_until=NOW + timedelta(seconds=8), actions=frozenset({"take_back"})),
         Around(undo_key="Alt-u"), "Alt-u takes it back"),
        (LATER, Around(), "leaves in 3 d, Thu 5 Mar 17:02"),
        (DEFERRED, Around(),
         "The mailbox is full: 452 4.2.2 ␛[1mfull (2 tries, gives up 7 Mar 15:02)"),
        (row(status="deferred", reason="Later", attempts=1), Around(),
         "Later (1 try)"),
        (row(status="unknown", reason="No answer came."), Around(),
         "it may have arrived: you decide"),
        (row(status="held", reason="Held by hand."), Around(), "Held by hand."),
        (row(status="error", reason="There is no such mailbox: 550"), Around(),
         "There is no such mailbox: 550"),
        (row(status="error", due_at=None), Around(), ""),
        (row(), among(obstacle()), "account work is held"),
        (row(status="held", reason=obstacle().reason), among(obstacle()),
         "account work is held"),
        (row(status="held", reason="Held by hand."), among(obstacle()),
         "Held by hand."),
        (row(status="error", reason="No."), among(obstacle()), "No."),
        (row(due_at=NETWORK.until, reason="Waits with it"), among(NETWORK),
         "no network"),
        (row(due_at=NOW + timedelta(minutes=1), reason="Waits with it"),
         among(obstacle(is_held=False, until=NOW + timedelta(minutes=1))),
         "account work waits"),
        (LATER, among(NETWORK), "leaves in 3 d, Thu 5 Mar 17:02"),
        (row(due_at=None, status="held", reason="No."), among(NETWORK), "No."),
        (row(reason="It has sent enough."), Around(), "It has sent enough."),
    ],
)  # fmt: skip
def test_each_mail_says_why(mail: Row, around: Around, said: str) -> None:
    assert why(mail, NOW, around) == said


_FULL = "The mailbox is full"


@pytest.mark.parametrize(
    ("mail", "around", "said"),
    [
        (row(undo_until=NOW + timedelta(seconds=8), actions=frozenset({"take_back"})),
         Around(undo_key="Alt-u"), "Alt-u takes it back"),
        (DEFERRED, Around(), _FULL),
        (row(status="error", reason=f"{_FULL}, they say. Ask."), Around(), _FULL),
        (row(status="unknown", reason="No answer came."), Around(), "may have arrived"),
        (row(), among(obstacle()), "work is held"),
        (row(), Around(sender="stopped: the disk is full"), "nobody sends"),
        (row(), Around(sender="held by serve, pid 412"), "leaves next"),
        (LATER, Around(), "leaves in 3 d"),
        (row(status="sending", due_at=None),
         going("mid_body", handed_bytes=12 * MEGA, content_seconds=10.0),
         "sending 30 %"),
    ],
)  # fmt: skip
def test_in_little_room_the_point_of_it_is_whole(
    mail: Row, around: Around, said: str
) -> None:
    assert brief(mail, NOW, around) == said
    assert len(said) <= 20


def test_a_column_says_it_briefly_only_where_it_must() -> None:
    column = Column(
        title="WHY", cells=9, text=lambda *_: "no network", brief=lambda *_: "offline"
    )

    assert column.fitted(row(), NOW, 10) == "no network"
    assert column.fitted(row(), NOW, 9) == "offline  "
    assert column.fitted(row(), NOW, 4) == "off…"


@pytest.mark.parametrize(
    ("around", "said"),
    [
        (Around(), "being handed over"),
        (Around(sender="held by serve, pid 412"),
         "being handed over by serve, pid 412"),
        (going(BEGUN, stage_seconds=4.2), "connecting 4 s"),
        (going("tls"), "logging in"),
        (going("rcpt"), "offering it"),
        (going("mid_body", handed_bytes=12 * MEGA, content_seconds=10.0),
         "sending 30 %, 1.2 MB/s"),
        (going("data354"), "sending 0 %"),
        (going("mid_body", size_bytes=0), "sending it"),
        (going("dot.written", stage_seconds=9.0),
         "all of it is out, waiting for the answer 9 s"),
        (going("of a plug-in"), "being handed over"),
    ],
)  # fmt: skip
def test_an_upload_says_in_words_how_far_it_is(around: Around, said: str) -> None:
    assert why(row(status="sending", due_at=None), NOW, around) == said


@pytest.mark.parametrize(
    ("mail", "around", "said"),
    [
        (LATER, Around(), "Thu 17:02"),
        (row(due_at=NOW + timedelta(minutes=3)), Around(), "in 3 m"),
        (row(due_at=NOW + timedelta(days=30)), Around(), "1 Apr"),
        (row(status="sending"), going("mid_body", handed_bytes=12 * MEGA), "12/40 MB"),
        (row(status="sending"), going("mid_body", size_bytes=900), "now"),
        (row(status="sending"), going("auth"), "now"),
    ],
)
def test_when_it_leaves_or_how_much_is_out(
    mail: Row, around: Around, said: str
) -> None:
    assert when(mail, NOW, around) == said


@pytest.mark.parametrize(
    ("mail", "word"),
    [
        (LATER, "scheduled"),
        (row(), "ready"),
        (row(due_at=NOW + timedelta(seconds=9), reason="Enough."), "waits"),
        (row(due_at=NOW + timedelta(seconds=8), undo_until=NOW + timedelta(seconds=8),
             actions=frozenset({"take_back"})), "undo 8 s"),
        (DEFERRED, "deferred"),
        (row(status="dry_run", due_at=None), "dry run"),
    ],
)  # fmt: skip
def test_every_state_is_a_word(mail: Row, word: str) -> None:
    assert status(mail, NOW) == word


def test_a_moment_is_said_with_its_day_and_how_far_it_is() -> None:
    assert moment_of(NOW + timedelta(hours=2), NOW) == "Mon 2 Mar 17:02, in 2 h"
