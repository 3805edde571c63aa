"""One click that ends bulk mail: the link in the bytes, and what comes of it."""

from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.workspace.conftest import Desk, Script, account
from tests.workspace.test_delivery import drain, everybody, hand_over
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import (
    ConfigurationError,
    SuppressedError,
    UnsupportedFeatureError,
)
from tuimail.providers.base import SendJob
from tuimail.workspace.fields import Fields
from tuimail.workspace.unsubscribing import PATH
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ANA = "ana@example.net"
ENCODINGS = (b32encode, b64encode, urlsafe_b64encode)
PUBLIC = "https://mail.example.org/hook"


@pytest.fixture
def fields() -> Fields:
    return Fields(to=(ANA,), subject="News", text="Hi.\n", category="bulk")


@pytest.fixture
def workspace(desk: Desk) -> Any:
    desk.config.write_text(f'public_url = "{PUBLIC}/"\n')
    with desk.open() as opened:
        yield opened


def url(workspace: Workspace, row: Row) -> str:
    return workspace.drafts.page(row.id).draft.unsubscribe_url


def token(workspace: Workspace, row: Row) -> str:
    found = url(workspace, row)
    assert found.startswith(f"{PUBLIC}{PATH}")
    return found.removeprefix(f"{PUBLIC}{PATH}")


def hints(workspace: Workspace, row: Row) -> list[str]:
    found = workspace.drafts.page(row.id).findings
    return [one.hint for one in found if one.code == "hdr.no-unsubscribe"]


# The link -------------------------------------------------------------------


async def test_bulk_mail_leaves_with_a_link_for_one_click(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    seen: list[bytes] = []

    async def keeps(job: SendJob) -> Verdicts:
        seen.append(await hand_over(job))
        return everybody(job, VerdictKind.SENT)

    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(keeps)

    await drain(desk)

    unfolded = seen[0].replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    link = url(workspace, row).encode()
    assert b"List-Unsubscribe: <" + link + b">" in unfolded.replace(b": \r\n", b": ")
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in seen[0]


def test_the_link_names_nobody(workspace: Workspace, write: New) -> None:
    found = urlsplit(url(workspace, write()))

    encoded = ANA.encode()
    spelled = (ANA, encoded.hex(), *(way(encoded).decode() for way in ENCODINGS))
    assert not any(one.rstrip("=").lower() in found.path.lower() for one in spelled)
    assert found.query == ""


def test_the_same_mail_keeps_its_link_when_its_words_change(
    workspace: Workspace, write: New
) -> None:
    row = write()
    page = workspace.drafts.page(row.id)

    workspace.drafts.edit(row.id, replace(page.draft, subject="Other"), revision=1)

    assert url(workspace, row) == page.draft.unsubscribe_url


def test_another_recipient_gets_another_link(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    """Else one would end the subscription of somebody else."""
    row = write()
    first = workspace.drafts.page(row.id).draft
    other = workspace.drafts.compose(replace(fields, to=("bob@example.net",)))

    workspace.drafts.edit(row.id, replace(first, to=other.to), revision=1)

    assert workspace.unsubscribing.take(token(workspace, row))
    assert [one.address for one in workspace.suppressions.list()] == ["bob@example.net"]


def test_a_link_that_was_copied_from_another_mail_is_made_anew(
    workspace: Workspace, write: New
) -> None:
    copied = url(workspace, write())

    row = write(to=("bob@example.net",), unsubscribe_url=copied)

    assert url(workspace, row) != copied
    token(workspace, row)


def test_mail_that_is_bulk_no_more_has_no_link(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.page(row.id).draft
    other = workspace.drafts.compose(replace(fields, category="transactional"))

    workspace.drafts.edit(row.id, replace(draft, service=other.service), revision=1)

    assert url(workspace, row) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"category": ""},
        {"category": "transactional"},
        {"to": ()},
        {"cc": ("bob@example.net",)},
        {"bcc": ("archive@example.org",)},
        {"headers": (("List-Unsubscribe", "<mailto:stop@example.org>"),)},
    ],
    ids=["unsaid", "transactional", "nobody", "two", "blind", "by-hand"],
)
def test_other_mail_gets_no_link(
    workspace: Workspace, write: New, changes: dict[str, Any]
) -> None:
    assert url(workspace, write(**changes)) == ""


def test_an_authors_own_link_is_left_alone(workspace: Workspace, write: New) -> None:
    own = f"https://shop.example.org{PATH}{'A' * 90}"

    assert url(workspace, write(unsubscribe_url=own)) == own


def test_who_is_named_twice_is_still_one(workspace: Workspace, write: New) -> None:
    token(workspace, write(cc=(ANA,)))


def test_there_is_no_link_where_nobody_could_follow_it(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    desk.config.write_text("")

    row = write()

    assert url(workspace, row) == ""
    assert hints(workspace, row) == [
        "Give the https address that ends the subscription."
    ]


def test_a_link_follows_the_address_of_the_workspace(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    old = token(workspace, row)
    desk.config.write_text('public_url = "https://new.example.org"\n')
    draft = workspace.drafts.page(row.id).draft

    workspace.drafts.edit(row.id, replace(draft, subject="Other"), revision=1)

    assert url(workspace, row) == f"https://new.example.org{PATH}{old}"


def test_bulk_mail_for_several_is_told_how_each_gets_a_link(
    workspace: Workspace, write: New
) -> None:
    row = write(cc=("bob@example.net",))

    (hint,) = hints(workspace, row)
    assert hint.startswith("Send a mail of its own to each of the 2")
    assert "tuimail send --data" in hint


def test_a_provider_that_takes_no_such_header_is_not_given_one(
    workspace: Workspace, write: New, provider: Script
) -> None:
    provider.refuses = UnsupportedFeatureError("No.", field="unsubscribe-url")

    row = write()

    assert url(workspace, row) == ""
    assert hints(workspace, row)


def test_what_else_a_provider_does_not_take_is_no_reason_to_leave_it_out(
    workspace: Workspace, write: New, provider: Script
) -> None:
    provider.refuses = UnsupportedFeatureError("No.", field="attach")

    token(workspace, write())


def test_an_account_that_is_broken_is_no_reason_to_leave_it_out(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ConfigurationError("No such provider.")

    monkeypatch.setattr("tuimail.workspace.unsubscribing.require_sayable", broken)

    token(workspace, write())


def test_an_account_that_is_gone_is_no_reason_to_leave_it_out(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    draft = workspace.drafts.page(row.id).draft
    desk.save(account("other"))

    workspace.drafts.edit(row.id, replace(draft, subject="Other"), revision=1)

    token(workspace, row)


# The click ------------------------------------------------------------------


def test_one_click_ends_bulk_mail_and_no_other(
    workspace: Workspace, write: New
) -> None:
    row = write()

    assert workspace.unsubscribing.take(token(workspace, row))

    (found,) = workspace.suppressions.list()
    assert (found.address, found.scope, found.source) == (ANA, "bulk", "unsubscribe")
    assert (found.draft_id, found.actor) == (row.id, "tuimail")
    with pytest.raises(SuppressedError, match="whoever reads it unsubscribed"):
        workspace.outbox.send(write().id, revision=1)
    workspace.outbox.send(write(category="").id, revision=1)


def test_a_second_click_does_nothing_more(workspace: Workspace, write: New) -> None:
    row = write()
    workspace.unsubscribing.take(token(workspace, row))
    lines = len(workspace.drafts.journal(row.id))

    assert workspace.unsubscribing.take(token(workspace, row))

    assert len(workspace.drafts.journal(row.id)) == lines


def test_a_click_never_makes_more_mail_possible(
    workspace: Workspace, write: New
) -> None:
    row = write()
    workspace.suppressions.add(ANA, reason="Gone.")

    assert workspace.unsubscribing.take(token(workspace, row))

    assert [one.scope for one in workspace.suppressions.list()] == ["all"]


@pytest.mark.parametrize("change", [lambda t: t[:-4], lambda t: t + "AAAA", str.lower])
def test_a_link_that_was_not_made_here_does_nothing(
    workspace: Workspace, write: New, change: Callable[[str], str]
) -> None:
    forged = change(token(workspace, write()))

    assert not workspace.unsubscribing.take(forged)

    assert workspace.suppressions.list() == ()


def test_where_no_link_was_ever_made_none_is_right(
    desk: Desk, workspace: Workspace
) -> None:
    assert not workspace.unsubscribing.take("A" * 86)

    assert not (desk.root / "keys").exists()


def test_the_link_of_a_mail_that_is_gone_works_still(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    link = token(workspace, row)
    workspace.drafts.discard(row.id)
    desk.advance(3 * 24 * 3600)
    workspace.purging.purge(desk.clock.now().replace(day=4))

    assert workspace.unsubscribing.take(link)

    assert [one.address for one in workspace.suppressions.list()] == [ANA]


def test_a_copy_of_the_workspace_honours_its_links(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    link = token(workspace, write())
    copy = desk.root.with_name("copy")
    workspace.upkeep.back_up(copy)

    with Desk(root=copy, config=desk.config).open() as opened:
        assert opened.unsubscribing.take(link)
        assert [one.address for one in opened.suppressions.list()] == [ANA]
