"""Who gets no mail any more: at approval, at release, and right before it leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, MARA, NOW, Desk, Script, account
from tests.workspace.test_delivery import accepts, drain, one_each
from tuimail.core.submission import Receipt, VerdictKind
from tuimail.errors import (
    AddressError,
    FieldError,
    NotAllowedError,
    NotFoundError,
    SuppressedError,
)
from tuimail.store.suppressions import Suppressions
from tuimail.testing import Answer
from tuimail.workspace.claiming import Load
from tuimail.workspace.fields import Fields
from tuimail.workspace.suppressions import LONGEST_REASON, Suppression
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ANA, BOB, ARCHIVE = "ana@example.net", "bob@example.net", "archive@example.org"


def codes(workspace: Workspace, row: Row) -> list[str]:
    return [one.code for one in workspace.drafts.page(row.id).findings]


# The list -------------------------------------------------------------------


def test_who_is_added_is_on_the_list(workspace: Workspace) -> None:
    found = workspace.suppressions.add(" Bob@Example.NET ", reason=" He asked. ")

    assert found == Suppression(
        address="Bob@example.net",
        scope="all",
        reason="He asked.",
        source="person",
        draft_id="",
        actor=MARA,
        at=NOW,
    )
    assert workspace.suppressions.list() == (found,)


def test_the_list_is_read_by_pages(desk: Desk, workspace: Workspace) -> None:
    for name in ("ana", "bob", "cy"):
        workspace.suppressions.add(f"{name}@example.net", reason="")
        desk.advance(1)

    first = workspace.suppressions.list(limit=2)
    rest = workspace.suppressions.list(limit=2, before="BOB@example.net")

    assert [one.address for one in first] == ["cy@example.net", "bob@example.net"]
    assert [one.address for one in rest] == ["ana@example.net"]


def test_an_address_of_a_machine_is_known_however_it_is_written(
    workspace: Workspace, write: New
) -> None:
    workspace.suppressions.add("bob@[IPv6:2001:DB8:0::1]", reason="")

    with pytest.raises(SuppressedError):
        workspace.outbox.send(write(to=("bob@[IPv6:2001:db8::1]",)).id, revision=1)


def test_who_is_removed_may_be_sent_mail_again(
    workspace: Workspace, write: New
) -> None:
    workspace.suppressions.add(BOB, reason="")

    found = workspace.suppressions.remove("BOB@example.net")

    assert found.address == BOB
    assert workspace.outbox.send(write().id, revision=1).status == "ready"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "bob"}, "address"),
        ({"address": "a@b.example, c@d.example"}, "address"),
        ({"scope": "some"}, "scope"),
        ({"reason": "a\nb"}, "reason"),
        ({"reason": "\x1b[2J"}, "reason"),
        ({"reason": "x" * (LONGEST_REASON + 1)}, "reason"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    workspace: Workspace, changes: dict[str, str], field: str
) -> None:
    values: dict[str, str] = {"address": BOB, "reason": "", **changes}

    with pytest.raises(FieldError) as refused:
        workspace.suppressions.add(
            values.pop("address"),
            **values,
        )

    assert refused.value.field == field
    assert refused.value.hint
    assert workspace.suppressions.list() == ()


def test_who_is_not_listed_cannot_be_removed(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="is not suppressed"):
        workspace.suppressions.remove("eve@example.net")
    with pytest.raises(NotFoundError):
        workspace.suppressions.list(before="eve@example.net")
    with pytest.raises(AddressError):
        workspace.suppressions.list(before="eve")


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.add(BOB, reason=""),
        lambda desk: desk.add_reported("r1"),
        lambda desk: desk.remove(BOB),
        lambda desk: desk.list(),
    ],
    ids=["add", "add_reported", "remove", "list"],
)
def test_programs_have_no_business_with_the_list(
    workspace: Workspace, act: Callable[[Any], object]
) -> None:
    workspace.suppressions.add(BOB, reason="")

    with workspace.acting_as(BILLING, door="http"), pytest.raises(NotAllowedError):
        act(workspace.suppressions)

    assert [one.address for one in workspace.suppressions.list()] == [BOB]


# At approval and release ----------------------------------------------------


@pytest.mark.parametrize(
    ("address", "field"), [(ANA, "to"), ("BOB@example.NET", "cc"), (ARCHIVE, "bcc")]
)
def test_mail_for_who_is_listed_is_refused_with_field_address_and_reason(
    workspace: Workspace, write: New, address: str, field: str
) -> None:
    row = write()
    workspace.suppressions.add(address, reason="They asked.")

    with pytest.raises(SuppressedError) as refused:
        workspace.outbox.send(row.id, revision=1)

    error = refused.value
    assert error.field == field
    assert str(error) == (
        f"{address.lower()} in {field} gets no mail any more, since 2026-03-02: a "
        "person put it on the list: They asked."
    )
    assert error.hint.endswith(f"tuimail suppress remove {address.lower()}")
    assert workspace.drafts.row(row.id).status == "draft"


def test_it_is_asked_when_somebody_approves(workspace: Workspace, hand_in: New) -> None:
    row = hand_in()
    workspace.suppressions.add(BOB, reason="")

    with pytest.raises(SuppressedError):
        workspace.reviews.approve(row.id, revision=1)

    assert workspace.drafts.row(row.id).status == "review"


def test_it_is_asked_again_when_somebody_releases(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1)
    workspace.suppressions.add(BOB, reason="")

    with pytest.raises(SuppressedError):
        workspace.outbox.release(row.id)

    assert workspace.drafts.row(row.id).status == "approved"


def test_a_mail_that_is_written_and_sent_at_once_is_not_even_stored(
    workspace: Workspace, fields: Fields
) -> None:
    workspace.suppressions.add(ANA, reason="")

    with pytest.raises(SuppressedError):
        workspace.outbox.send_new(workspace.drafts.compose(fields))

    assert workspace.drafts.rows() == ()


def test_an_international_domain_is_compared_as_on_the_wire(
    workspace: Workspace, write: New
) -> None:
    workspace.suppressions.add("zoe@xn--bcher-kva.example", reason="")

    with pytest.raises(SuppressedError, match="zoe@bücher"):
        workspace.outbox.send(write(to=("zoe@bücher.example",)).id, revision=1)


def test_who_unsubscribed_gets_everything_but_bulk_mail(
    workspace: Workspace, write: New
) -> None:
    workspace.suppressions.add(BOB, reason="", scope="bulk")

    sent = workspace.outbox.send(write(category="transactional").id, revision=1)
    with pytest.raises(SuppressedError, match="gets no bulk mail any more"):
        workspace.outbox.send(write(category="bulk").id, revision=1)

    assert sent.status == "ready"


# What authors are told ------------------------------------------------------


def test_an_author_is_told_at_once_and_in_nobodys_own_words(
    workspace: Workspace, hand_in: New
) -> None:
    workspace.suppressions.add(BOB, reason="An old quarrel.")

    page = workspace.drafts.page(hand_in().id)

    (found,) = [one for one in page.findings if one.code == "rcpt.suppressed"]
    assert (found.severity.value, found.field) == ("block", "cc")
    assert found.message == (
        "bob@example.net gets no mail any more: a person put it on the list. It cannot "
        "be approved like this."
    )


def test_nobody_is_found_where_nobody_is_concerned(
    workspace: Workspace, write: New
) -> None:
    workspace.suppressions.add("eve@example.net", reason="")
    workspace.suppressions.add(BOB, reason="", scope="bulk")

    assert "rcpt.suppressed" not in codes(workspace, write())
    assert "rcpt.suppressed" not in codes(workspace, write(to=(), cc=(), bcc=()))
    assert "rcpt.suppressed" in codes(workspace, write(category="bulk"))


# Right before it leaves -----------------------------------------------------


async def test_who_is_listed_after_the_release_gets_nothing(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.suppressions.add(BOB, reason="A secret.")

    await drain(desk)

    held = workspace.drafts.row(row.id)
    assert provider.jobs == []
    assert held.status == "held"
    assert held.reason == (
        "bob@example.net gets no mail any more: a person put it on the list."
    )


async def test_a_held_mail_leaves_once_nobody_of_it_is_listed(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.suppressions.add(BOB, reason="")
    await drain(desk)
    workspace.suppressions.remove(BOB)
    workspace.outbox.resume(row.id)
    provider.answers(accepts)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_the_reason_for_a_hold_names_no_blind_copy(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.suppressions.add(ARCHIVE, reason="")

    await drain(desk)

    reason = workspace.drafts.row(row.id).reason
    assert reason.startswith("Somebody in bcc gets no mail any more")
    assert "archive" not in reason


async def test_who_has_it_already_does_not_count(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    later = Receipt(stage="rcpt", code=450, text="450 later")
    okay = Receipt(stage="end_of_data", code=250)
    first: Answer = one_each(
        (VerdictKind.SENT, okay),
        (VerdictKind.DEFERRED, later),
        (VerdictKind.SENT, okay),
    )
    provider.answers(first, accepts)
    row = workspace.outbox.send(write().id, revision=1)
    await drain(desk)
    workspace.suppressions.add(ANA, reason="")
    desk.clock.advance(timedelta(hours=1))

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_only_the_mail_of_who_is_listed_is_held(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    to_bob = workspace.outbox.send(write().id, revision=1)
    to_ana = workspace.outbox.send(write(cc=(), bcc=()).id, revision=1)
    workspace.suppressions.add(BOB, reason="")
    provider.answers(accepts)

    await drain(desk)

    assert workspace.drafts.row(to_bob.id).status == "held"
    assert workspace.drafts.row(to_ana.id).status == "sent"


def test_a_mail_that_is_claimed_by_its_id_is_looked_at_too(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.suppressions.add(BOB, reason="")

    assert workspace.delivery.claim(only=row.id) == ()

    assert workspace.drafts.row(row.id).status == "held"


def test_one_look_is_enough_for_many_and_an_empty_list_is_not_looked_at(
    desk: Desk, workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand mails a second go this way."""
    looks: list[int] = []
    among = Suppressions.among

    def counted(self: Suppressions, keys: Any) -> Any:
        keys = list(keys)
        looks.append(len(keys))
        return among(self, keys)

    desk.save(account(connections=3))
    for _ in range(6):
        workspace.outbox.send(write().id, revision=1)
    monkeypatch.setattr(Suppressions, "among", counted)
    load = Load(proven={"work"})

    assert len(workspace.delivery.claim(load=load)) == 3
    assert looks == []

    workspace.suppressions.add("eve@example.net", reason="")
    assert len(workspace.delivery.claim(load=load)) == 3
    assert looks == [3]
