"""F63: an account with very much mail is held, and goes on."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import Place, account_table, make_place
from tests.faults.server import MailServer
from tests.store.bench import EVERYBODY, Bench, digest
from tuimail.core.message import Envelope, release_digest
from tuimail.store.database import BUSY_TIMEOUT_MS
from tuimail.testing import FakeClock
from tuimail.workspace.claiming import Claim, Load
from tuimail.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

QUEUED: Final = 10_000
PER_MINUTE: Final = 30
"""Copies; each of the mails here is for three."""
SENDER: Final = "work@example.org"
SMOOTH_SECONDS: Final = 1.0


def test_F63_a_full_outbox_that_was_held_goes_on_no_faster_than_it_may(
    tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it meanwhile: neither a list nor another writer."""
    clock = FakeClock()
    place = make_place(tmp_path, server, clock=clock)
    more = f"per_minute = {PER_MINUTE}"
    place.configure(account_table("work", server.port, more=more))
    _queue(place, QUEUED)

    taken: list[int] = []
    with place.open() as workspace:
        hold = _seconds(lambda: workspace.accounts.hold("work"))
        resume = _seconds(lambda: workspace.accounts.resume("work"))
        look = min(_seconds(lambda: workspace.drafts.rows(limit=100)) for _ in "abc")
        for _ in range(3):
            claims = _everything_due(workspace)
            taken.append(sum(len(one.envelope.recipients) for one in claims))
            clock.advance(timedelta(seconds=75))

    assert taken == [PER_MINUTE] * 3
    assert max(hold, resume) < BUSY_TIMEOUT_MS / 1000
    assert look < SMOOTH_SECONDS
    monkeypatch.setattr("tuimail.workspace.mirror.mend", lambda *_, **__: None)
    check(place)


def test_F63_the_app_answers_while_the_mail_of_an_account_goes_on(
    place: Place,
) -> None:
    more = f"per_minute = {PER_MINUTE}"
    place.configure(account_table("work", place.server.port, more=more))
    ids = place.several(60, cc=(), bcc=())
    place.run("accounts", "hold", "work")

    with place.tuimail.terminal() as app:
        app.wait_for("Outbox 60")
        place.start("accounts", "resume", "work")
        app.press("?")
        app.wait_for("Say no, with a reason.")
        place.server.wait_for_deliveries(PER_MINUTE)
        app.press("escape", "ctrl+q")
        app.wait_for_end()

    assert len(place.server.accepted) == PER_MINUTE
    assert len(place.statuses()) == len(ids)
    check(place)


def _queue(place: Place, number: int) -> None:
    """Release so many mails, without the files: they are never read here."""
    with place.open() as workspace:
        fingerprint = workspace.config.account("work").fingerprint
    envelope = Envelope(
        return_path=SENDER,
        recipients=tuple(one.envelope for one in EVERYBODY),
        needs_smtputf8=False,
    )
    now, bench = place.clock.now(), Bench(place.root)
    with bench.database.together():
        for draft_id in (f"m{one:05}" for one in range(number)):
            approved = release_digest(
                message_digest=digest(f"{draft_id}.1"),
                envelope=envelope,
                account_fingerprint=fingerprint,
            )
            bench.drafted(draft_id, release_digest=approved)
            bench.released(
                draft_id,
                released_at=now,
                due_at=now,
                undo_until=None,
                return_path=SENDER,
            )
    bench.close()


def _everything_due(workspace: Workspace) -> list[Claim]:
    """Claim all that may leave now, as a sender with endless connections."""
    load = Load(busy={}, proven=frozenset({"work"}))
    claims: list[Claim] = []
    while found := workspace.delivery.claim(load=load):
        claims += found
    return claims


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
