"""The same request under the same key is one mail; another one is a conflict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspace.conftest import BILLING, NOW, Desk, Script, account
from tuimail.core.submission import VerdictKind
from tuimail.errors import FieldError, KeyConflictError, NotAllowedError
from tuimail.testing import verdicts_for
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Fate, Row
from tuimail.workspace.workspace import Workspace

Send = Callable[..., Row]
LATER = NOW + timedelta(days=1)
EXAMPLES = count()
"""All examples share one workspace, so each has keys of its own."""


@pytest.fixture
def send(workspace: Workspace, fields: Fields) -> Send:
    """Send what ``fields`` say, with changes, under the key ``k``."""

    def new(*, key: str = "k", **changes: Any) -> Row:
        ways = {
            name: changes.pop(name)
            for name in ("at", "lifetime", "undo")
            if name in changes
        }
        draft = workspace.drafts.compose(replace(fields, **changes))
        return workspace.outbox.send_new(draft, key=key, **ways)

    return new


@pytest.fixture
def submit(workspace: Workspace, fields: Fields) -> Send:
    def new(*, actor: str = BILLING, note: str = "", **changes: Any) -> Row:
        with workspace.acting_as(actor, door="http"):
            draft = workspace.drafts.compose(replace(fields, **changes))
            row = workspace.drafts.submit(draft, key="k", note=note)
        return workspace.drafts.row(row.id)

    return new


def settle(workspace: Workspace, kind: VerdictKind) -> None:
    (claim,) = workspace.delivery.claim()
    if kind is VerdictKind.UNKNOWN:
        workspace.delivery.commit(claim)
    verdicts = verdicts_for(claim.envelope, kind)
    workspace.delivery.settle(claim, verdicts, jitter=1.0)


def ids(workspace: Workspace) -> list[str]:
    return [row.id for row in workspace.drafts.rows()]


def test_asking_twice_makes_one_mail(workspace: Workspace, send: Send) -> None:
    first = send()
    second = send()

    assert second == first
    assert ids(workspace) == [first.id]


def test_without_a_key_each_is_a_mail_of_its_own(
    workspace: Workspace, send: Send
) -> None:
    send(key="")
    send(key="")

    assert len(ids(workspace)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Q4 report"},
        {"text": "other"},
        {"bcc": ()},
        {"cc": ("carol@example.net",)},
        {"headers": (("X-Kind", "a"),)},
        {"tags": ("a",)},
        {"at": LATER},
        {"lifetime": timedelta(days=1)},
        {"expires_at": LATER},
    ],
    ids=str,
)
def test_another_request_under_the_key_is_a_conflict(
    workspace: Workspace, send: Send, change: dict[str, Any]
) -> None:
    first = send()

    with pytest.raises(KeyConflictError) as caught:
        send(**change)

    assert caught.value.field == "idempotency-key"
    assert first.id in caught.value.message
    assert f"tuimail show {first.id}" in caught.value.hint
    assert ids(workspace) == [first.id]


def test_an_attachment_is_part_of_the_request(
    desk: Desk, workspace: Workspace, send: Send
) -> None:
    path = desk.root.parent / "report.txt"
    path.write_text("one")
    first = send(attachments=(path,))
    same = send(attachments=(path,))
    path.write_text("two")

    assert same == first
    with pytest.raises(KeyConflictError):
        send(attachments=(path,))


def test_the_same_again_much_later_is_still_the_same(
    desk: Desk, workspace: Workspace, send: Send
) -> None:
    """Date, Message-ID and the end of its use are not part of the request."""
    first = send(at=LATER, lifetime=timedelta(days=3))

    desk.advance(2 * 24 * 3600)

    assert send(at=LATER, lifetime=timedelta(days=3)).id == first.id


def test_a_key_is_of_one_account(desk: Desk, workspace: Workspace, send: Send) -> None:
    desk.save(account(), account("home"))

    assert send(account="home").id != send(account="work").id


def test_a_key_is_of_one_origin(workspace: Workspace, submit: Send) -> None:
    first, other = submit(), submit(actor="agent:sales")

    assert submit(subject="Q3 report") == first
    assert other.id != first.id
    assert workspace.drafts.row(other.id).origin.actor == "agent:sales"


def test_what_is_handed_in_is_one_draft_in_review(
    workspace: Workspace, submit: Send
) -> None:
    first = submit(note="as agreed")
    second = submit(note="as agreed, once more")

    assert (second.id, second.status) == (first.id, "review")
    assert second.origin.note == "as agreed"
    with pytest.raises(KeyConflictError):
        submit(text="other")


def test_an_agent_is_told_what_became_of_it(workspace: Workspace, submit: Send) -> None:
    first = submit()
    workspace.reviews.reject(first.id, revision=1, reason="No call was made.")

    again = submit()

    assert (again.id, again.status) == (first.id, "rejected")


def test_a_draft_of_ones_own_and_a_dry_run_use_up_no_key(
    workspace: Workspace, fields: Fields, send: Send
) -> None:
    draft = workspace.drafts.compose(fields)
    own = workspace.drafts.new(draft, key="k")
    workspace.drafts.dry_run(draft)

    row = send(text="something else")

    assert own.status == "draft"
    assert row.status == "ready"
    assert len(ids(workspace)) == 3


def test_what_an_agent_makes_new_is_handed_in(
    workspace: Workspace, fields: Fields
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(fields)
        rows = [workspace.drafts.new(draft, key="k") for _ in range(2)]

    assert rows[0] == rows[1]
    assert rows[0].status == "review"


def test_what_failed_is_tried_again_under_its_key(
    workspace: Workspace, send: Send
) -> None:
    first = send()
    settle(workspace, VerdictKind.REFUSED)
    assert workspace.drafts.row(first.id).status == "error"

    again = send()

    assert (again.id, again.status, again.due_at) == (first.id, "ready", NOW)


def test_what_failed_waits_where_its_account_is_held(
    workspace: Workspace, send: Send
) -> None:
    send()
    settle(workspace, VerdictKind.REFUSED)
    workspace.accounts.hold("work", "password changes today")

    again = send()

    assert (again.status, again.reason) == ("held", "password changes today")


def test_what_failed_and_is_of_no_use_any_more_stays_failed(
    desk: Desk, workspace: Workspace, send: Send
) -> None:
    send(expires_at=NOW + timedelta(hours=1))
    settle(workspace, VerdictKind.REFUSED)
    desk.advance(3600)

    assert send(expires_at=NOW + timedelta(hours=1)).status == "error"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (VerdictKind.UNKNOWN, "unknown"),
        (VerdictKind.SENT, "sent"),
        (VerdictKind.DEFERRED, "deferred"),
    ],
)
def test_nothing_else_moves_by_asking_again(
    workspace: Workspace, send: Send, kind: VerdictKind, status: str
) -> None:
    first = send()
    settle(workspace, kind)
    before = workspace.drafts.row(first.id)

    assert send() == before
    assert before.status == status


def test_what_was_withdrawn_stays_withdrawn(workspace: Workspace, send: Send) -> None:
    row = send()
    workspace.outbox.cancel(row.id)
    cancelled = send()
    workspace.outbox.take_back(row.id)
    taken_back = send()
    workspace.drafts.discard(row.id)
    discarded = send()

    found = [one.status for one in (cancelled, taken_back, discarded)]
    assert found == ["cancelled", "draft", "discarded"]
    assert ids(workspace) == [row.id]


def test_a_key_of_a_mail_that_is_no_longer_there_sends_nothing(
    workspace: Workspace, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = send()
    monkeypatch.setattr(workspace._stores.drafts, "among", lambda _ids: {})

    with pytest.raises(KeyConflictError, match=f"{row.id}, which was removed since"):
        send()


def test_a_key_that_cannot_be_one_stores_nothing(
    workspace: Workspace, send: Send
) -> None:
    with pytest.raises(FieldError) as caught:
        send(key="k\r\nX: 1")

    assert caught.value.field == "idempotency-key"
    assert ids(workspace) == []


def test_what_goes_to_review_is_made_once(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    desk.save(account(noninteractive_send="review"))
    with desk.open(door="cli", on_terminal=False) as script:
        draft = script.drafts.compose(fields)
        rows = [
            script.outbox.send_new(draft, key="k", at=LATER, lifetime=timedelta(days=9))
            for _ in range(2)
        ]
        page = script.drafts.page(rows[0].id)

    assert rows[0] == rows[1]
    assert rows[0].status == "review"
    assert rows[0].expires_at == NOW + timedelta(days=9)
    assert page.draft.expires_at == rows[0].expires_at


def test_a_program_releases_nothing_under_a_key_either(
    workspace: Workspace, fields: Fields
) -> None:
    with workspace.acting_as(BILLING, door="http", on_terminal=True):
        draft = workspace.drafts.compose(fields)
        with pytest.raises(NotAllowedError):
            workspace.outbox.send_new(draft, key="k")

    assert ids(workspace) == []


def test_who_was_second_leaves_nothing_behind(
    desk: Desk, workspace: Workspace, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stores its own between the look and the transaction."""
    draft = workspace.drafts.compose(fields)
    reaches = workspace._stores.fault
    with desk.open() as other:

        def first(point: str) -> None:
            if point == "draft.after_render_before_row":
                monkeypatch.setattr(workspace._stores, "fault", reaches)
                other.outbox.send_new(draft, key="k")

        monkeypatch.setattr(workspace._stores, "fault", first)
        row = workspace.outbox.send_new(draft, key="k")

    assert ids(workspace) == [row.id]
    folders = [one.name for one in (desk.root / "outbound").iterdir()]
    assert [name for name in folders if not name.startswith(".")] == [row.id]
    assert workspace.drafts.row(row.id).status == "ready"


def test_a_key_survives_what_a_person_does_about_unknown_mail(
    workspace: Workspace, send: Send, provider: Script
) -> None:
    first = send()
    settle(workspace, VerdictKind.UNKNOWN)

    workspace.outbox.resolve(first.id, Fate.ARRIVED)

    assert (send().id, send().status) == (first.id, "sent")


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["one", "two"]),
            st.sampled_from(["agent:a", "agent:b"]),
        ),
        max_size=8,
    ),
)
def test_however_often_and_in_whatever_order_a_key_is_one_mail(
    workspace: Workspace,
    fields: Fields,
    asked: list[tuple[str, str, str]],
) -> None:
    example = next(EXAMPLES)
    made: dict[tuple[str, str], tuple[str, str]] = {}
    for word, text, actor in asked:
        key = f"{word}-{example}"
        with workspace.acting_as(actor, door="http"):
            draft = workspace.drafts.compose(replace(fields, text=text))
            first = made.get((actor, key))
            if first is not None and first[1] != text:
                with pytest.raises(KeyConflictError):
                    workspace.drafts.submit(draft, key=key)
                continue
            id_ = workspace.drafts.submit(draft, key=key).id
        assert first is None or first[0] == id_
        made[actor, key] = (id_, text)

    assert len({id_ for id_, _ in made.values()}) == len(made)
