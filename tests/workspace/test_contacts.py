"""Recipients while they are typed: who is offered, and what is known of them."""

import asyncio
from collections.abc import Callable

import pytest

from tests.workspace.conftest import BILLING, Desk, account
from tuimail.core.address import parse_address
from tuimail.errors import NotAllowedError
from tuimail.workspace.contacts import Remark
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

Write = Callable[..., Row]


async def send(desk: Desk, workspace: Workspace, row: Row) -> None:
    workspace.outbox.send(row.id, revision=1)
    await asyncio.to_thread(drain, desk.open)
    while workspace.contacts.learn():
        pass


def addresses(workspace: Workspace, text: str, *, is_blind: bool = False) -> list[str]:
    found = workspace.contacts.complete(text, is_blind=is_blind)
    return [one.address for one in found]


def remarks(workspace: Workspace, *texts: str) -> dict[str, Remark]:
    return {one.address: one for one in workspace.contacts.remarks(texts)}


async def test_who_was_sent_mail_is_offered_with_their_name(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    before = workspace.contacts.complete("ana")
    await send(desk, workspace, write())

    (ana,) = workspace.contacts.complete("nov")
    assert before == ()
    assert (ana.address, ana.name, ana.mails) == ("ana@example.net", "Ana Novák", 1)


async def test_who_only_got_blind_copies_is_offered_in_blind_copies_only(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    await send(desk, workspace, write())

    assert addresses(workspace, "archive") == []
    assert addresses(workspace, "archive", is_blind=True) == ["archive@example.org"]


async def test_who_is_forgotten_is_offered_no_more_and_not_new(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    await send(desk, workspace, write())

    assert workspace.contacts.forget("ana@example.net")
    assert addresses(workspace, "ana") == []
    assert not remarks(workspace, "ana@example.net")["ana@example.net"].is_new


def test_programs_are_not_told_whom_people_write_to(workspace: Workspace) -> None:
    with workspace.acting_as(BILLING, door="http"):
        for act in (workspace.contacts.complete, workspace.contacts.forget):
            with pytest.raises(NotAllowedError):
                act("ana")


def test_nothing_is_learnt_where_nothing_can_be_written(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(workspace._stores.database), "is_read_only", property(lambda _: True)
    )

    assert workspace.contacts.learn() is False


async def test_a_recipient_is_new_until_mail_was_sent(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    text = "Ana Novák <ana@example.net>"
    before = remarks(workspace, text)[text]
    await send(desk, workspace, write())

    assert before == Remark(address=text, is_new=True, is_outside=True)
    assert remarks(workspace, text)[text] == Remark(address=text, is_outside=True)


def test_ones_own_address_is_neither_new_nor_outside(workspace: Workspace) -> None:
    found = remarks(workspace, "mara@example.org")

    assert found == {"mara@example.org": Remark(address="mara@example.org")}


def test_a_domain_that_looks_like_ones_own_is_told(
    desk: Desk, workspace: Workspace
) -> None:
    desk.save(account(address=parse_address("mara@harbourline.example", field="from")))
    found = remarks(workspace, "bo@harbour1ine.example", "bo@[203.0.113.9]")

    assert found["bo@harbour1ine.example"].like == "harbourline.example"
    assert found["bo@[203.0.113.9]"].like == ""


def test_whoever_gets_no_mail_any_more_is_told(workspace: Workspace) -> None:
    workspace.suppressions.add("bo@example.net", reason="left")
    workspace.suppressions.add("cy@example.net", reason="", scope="bulk")
    found = remarks(workspace, "Bo@example.net", "cy@example.net", "di@example.net")

    assert [one.suppressed for one in found.values()] == ["all", "bulk", ""]


def test_nothing_is_said_about_what_is_no_address(workspace: Workspace) -> None:
    assert remarks(workspace, "bo", "bo@", "") == {}
