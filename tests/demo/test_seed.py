from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tuimail.demo.place import MANNERS, Place
from tuimail.demo.seed import fill
from tuimail.demo.server import DemoServer
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The demo's workspace, filled once: nothing here changes it."""
    with DemoServer(MANNERS) as server:
        filled = Place(folder=tmp_path_factory.mktemp("demo"), server=server)
        fill(filled, now=NOW)
        yield filled


@pytest.fixture
def workspace(place: Place) -> Iterator[Workspace]:
    with place.open() as opened:
        yield opened


def _row(workspace: Workspace, beginning: str) -> Row:
    (found,) = (
        row for row in workspace.drafts.rows() if row.subject.startswith(beginning)
    )
    return found


def test_there_is_a_mail_in_every_status_that_lasts(workspace: Workspace) -> None:
    counted = Counter(row.status for row in workspace.drafts.rows())

    assert counted == {
        **dict.fromkeys(("draft", "dry_run", "approved", "rejected", "discarded"), 1),
        **dict.fromkeys(("ready", "held", "deferred", "unknown", "error"), 1),
        **dict.fromkeys(("sent", "partial", "cancelled"), 1),
        "review": 3,
    }


def test_an_agents_draft_has_a_problem_that_is_found(workspace: Workspace) -> None:
    page = workspace.drafts.page(_row(workspace, "Your account").id)

    codes = {finding.code for finding in page.findings}
    assert {"att.forgotten", "html.link-mismatch"} <= codes


def test_a_mail_was_sent_back_once_and_says_what_changed(
    workspace: Workspace,
) -> None:
    page = workspace.drafts.page(_row(workspace, "Harbour Notes").id)

    assert page.row.revision == 2
    assert page.previous is not None
    assert "Saturday 28 November" in page.previous.body.text
    assert [one.codes for one in page.decisions] == [("wrong-facts",)]


def test_mail_happened_at_different_times_up_to_now(workspace: Workspace) -> None:
    changed = [row.updated_at for row in workspace.drafts.rows()]

    assert len(set(changed)) == len(changed)
    assert NOW - timedelta(days=7) < min(changed) <= max(changed) <= NOW


def test_what_is_deferred_is_tried_again_soon(workspace: Workspace) -> None:
    row = _row(workspace, "Delivery on Tuesday")

    assert row.due_at is not None
    assert timedelta(0) < row.due_at - NOW < timedelta(minutes=10)


def test_nothing_of_the_person_is_touched(place: Place, home: Path) -> None:
    assert list(home.rglob("*")) == []
    assert {path.name for path in place.folder.iterdir()} >= {"workspace"}


def test_settings_of_the_person_are_not_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_DEFAULT_ACCOUNT", "nowhere")

    with place.open() as workspace:
        assert workspace.config.default_account == "demo"
