"""Reports of other servers: matched, shown at their recipient, never believed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.core.reports import dsns
from tests.workspace.conftest import BILLING, NOW, Desk, Script
from tests.workspace.test_delivery import accepts, drain
from tuimail.core.reports.statuses import FATES_LIMIT
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.errors import (
    FieldError,
    NotFoundError,
    SuppressedError,
    TooManyError,
)
from tuimail.providers.base import SendJob
from tuimail.store.database import Database
from tuimail.workspace.reports import MOST_OF_ONE, Report
from tuimail.workspace.views import RecipientView, ReportView, Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ANA, ARCHIVE = "ana@example.net", "archive@example.org"
SES_ID = "0102018f3c2a7b5e-1f2e3d4c-000000"


def about(page_id: str, raw: bytes = dsns.POSTFIX) -> bytes:
    return raw.replace(dsns.MESSAGE_ID.encode(), page_id.encode())


def told(who: str, *lines: str, message_id: str) -> bytes:
    status = "\r\n".join(lines)
    return (
        "Content-Type: multipart/report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {who}\r\n{status}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.fixture
async def sent(desk: Desk, workspace: Workspace, write: New, provider: Script) -> Row:
    """A mail that its provider took for everybody."""
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(accepts)
    await drain(desk)
    return workspace.drafts.row(row.id)


def message_id(workspace: Workspace, row: Row) -> str:
    return workspace.drafts.page(row.id).message_id


def recipient(workspace: Workspace, row: Row, address: str = ANA) -> RecipientView:
    page = workspace.drafts.page(row.id)
    return next(one for one in page.recipients if one.address == address)


def taken(workspace: Workspace, raw: bytes) -> Report:
    found = workspace.reports.take(raw)
    assert found is not None
    return found


async def test_a_report_is_shown_at_its_recipient(
    workspace: Workspace, sent: Row
) -> None:
    found = taken(workspace, about(message_id(workspace, sent)))

    shown = recipient(workspace, sent)
    assert shown.reports == (
        ReportView(
            id=found.news[0].said.id,
            action="failed",
            status="5.1.1",
            reply=f"550 5.1.1 <{ANA}>: Recipient address rejected: User unknown",
            server="mx2.example.net",
            at=NOW,
            suggested=True,
        ),
    )
    assert found.draft_id == sent.id
    assert found.strangers == 0
    assert (found.news[0].address, found.news[0].is_new) == (ANA, True)


async def test_what_the_provider_said_stays_as_it_was(
    workspace: Workspace, sent: Row
) -> None:
    before = workspace.drafts.page(sent.id)

    taken(workspace, about(before.message_id))

    after = workspace.drafts.page(sent.id)
    assert after.row == before.row
    assert [one.state for one in after.recipients] == [
        one.state for one in before.recipients
    ]
    assert [one.reports for one in after.recipients[1:]] == [(), ()]


async def test_the_same_report_twice_is_one(workspace: Workspace, sent: Row) -> None:
    raw = about(message_id(workspace, sent))
    first = taken(workspace, raw)

    second = taken(workspace, b"Received: by another way\r\n" + raw)

    assert [one.is_new for one in second.news] == [False]
    assert second.news[0].said == first.news[0].said
    assert len(recipient(workspace, sent).reports) == 1


async def test_reports_that_follow_one_another_are_all_kept(
    desk: Desk, workspace: Workspace, sent: Row
) -> None:
    known = message_id(workspace, sent)
    taken(workspace, about(known, dsns.POSTFIX_DELAYED))
    desk.advance(60)

    taken(workspace, about(known))

    assert [one.action for one in recipient(workspace, sent).reports] == [
        "delayed",
        "failed",
    ]


@pytest.mark.parametrize(
    "raw",
    [dsns.EXCHANGE, dsns.EXCHANGE_BARE, dsns.GMAIL, dsns.EXIM],
    ids=["exchange", "exchange-bare", "gmail", "exim"],
)
async def test_reports_of_other_servers_are_matched(
    workspace: Workspace, sent: Row, raw: bytes
) -> None:
    taken(workspace, about(message_id(workspace, sent), raw))

    (shown,) = recipient(workspace, sent).reports
    assert (shown.action, shown.suggested) == ("failed", True)


async def test_a_mail_is_known_by_the_id_that_its_provider_gave_it(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Amazon puts its own id into Message-ID, and so into every report."""

    async def renames(job: SendJob) -> Verdicts:
        await accepts(job)
        receipt = Receipt(code=200, provider_message_id=SES_ID)
        return Verdicts(
            by_recipient=tuple(
                Verdict(
                    wire_address=one.wire_address,
                    kind=VerdictKind.SENT,
                    receipt=receipt,
                )
                for one in job.envelope.recipients
            )
        )

    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(renames)
    await drain(desk)

    found = taken(workspace, about(f"<{SES_ID}@eu-west-1.amazonses.example>"))

    assert found.draft_id == row.id
    assert recipient(workspace, row).reports


async def test_a_provider_id_that_can_be_guessed_proves_nothing(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    async def counts(job: SendJob) -> Verdicts:
        await accepts(job)
        receipt = Receipt(code=200, provider_message_id="448")
        answers = [
            Verdict(
                wire_address=one.wire_address, kind=VerdictKind.SENT, receipt=receipt
            )
            for one in job.envelope.recipients
        ]
        return Verdicts(by_recipient=tuple(answers))

    workspace.outbox.send(write().id, revision=1)
    provider.answers(counts)
    await drain(desk)

    assert taken(workspace, about("<448@anywhere.example>")).draft_id == ""


# Forged, or about nobody ----------------------------------------------------


async def test_a_report_about_no_mail_of_ours_changes_nothing(
    workspace: Workspace, sent: Row
) -> None:
    lines = len(workspace.drafts.journal(sent.id))

    found = taken(workspace, about("<guessed@example.org>"))

    assert found == Report(draft_id="", news=(), strangers=1)
    assert "no mail that was sent from here" in found.refusal
    assert recipient(workspace, sent).reports == ()
    assert len(workspace.drafts.journal(sent.id)) == lines


async def test_a_report_about_somebody_else_changes_nothing(
    workspace: Workspace, sent: Row
) -> None:
    known = message_id(workspace, sent)
    raw = told("eve@example.net", "Action: failed", "Status: 5.1.1", message_id=known)

    found = taken(workspace, raw)

    assert found == Report(draft_id=sent.id, news=(), strangers=1)
    assert "nobody in the envelope" in found.refusal
    page = workspace.drafts.page(sent.id)
    assert all(one.reports == () for one in page.recipients)


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_report_about_mail_that_never_left_changes_nothing(
    workspace: Workspace, write: New, *, is_cancelled: bool
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    if is_cancelled:
        workspace.outbox.cancel(row.id)

    found = taken(workspace, about(message_id(workspace, row)))

    assert (found.draft_id, found.news, found.has_left) == (row.id, (), False)
    assert "mail that has not left here" in found.refusal
    assert recipient(workspace, row).reports == ()


async def test_of_two_who_differ_in_capitals_the_one_who_is_named_is_meant(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(
        write(to=("Ana@example.net", "ana@example.net", "DAN@example.net")).id,
        revision=1,
    )
    provider.answers(accepts)
    await drain(desk)
    known = message_id(workspace, row)

    names = ("Ana@example.net", "ana@EXAMPLE.net", "ANA@example.net", "dan@example.net")
    found = [
        taken(workspace, told(who, "Action: failed", message_id=known)) for who in names
    ]

    assert [one.address for each in found for one in each.news] == [
        "Ana@example.net",
        "ana@example.net",
        "Ana@example.net",
        "DAN@example.net",
    ]


async def test_a_long_report_is_read_against_its_mail_once(
    workspace: Workspace, sent: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else waits while it is taken in; what follows of it does not grow."""
    known = message_id(workspace, sent)
    groups = "".join(
        f"\r\nFinal-Recipient: rfc822; s{number}@x.example\r\nAction: failed\r\n"
        for number in range(FATES_LIMIT)
    )
    raw = told(ANA, "Action: failed", groups, message_id=known)
    asked: list[str] = []
    read = Database.read

    def count(self: Database, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return read(self, sql, *rest)

    monkeypatch.setattr(Database, "read", count)

    found = taken(workspace, raw)

    assert (len(found.news), found.strangers) == (1, FATES_LIMIT - 1)
    assert len(asked) < 50


def test_what_a_program_hands_in_counts_whatever_comes_of_it(
    workspace: Workspace,
) -> None:
    client, _ = workspace.clients.add("bounces", per_hour=2)

    with workspace.acting_as(client.actor, door="smtp"):
        for _ in range(2):
            workspace.clients.require_room(client)
            taken(workspace, dsns.POSTFIX)

        with pytest.raises(TooManyError):
            workspace.clients.require_room(client)


async def test_a_message_that_is_no_report_is_left_to_others(
    workspace: Workspace,
) -> None:
    assert workspace.reports.take(dsns.QMAIL) is None
    assert not workspace.reports.is_report(dsns.QMAIL)
    assert workspace.reports.is_report(dsns.POSTFIX)


async def test_nobody_fills_the_disk_with_reports(
    workspace: Workspace, sent: Row
) -> None:
    known = message_id(workspace, sent)

    found = [
        taken(
            workspace,
            told(ANA, "Action: delayed", f"X-Day: {day}", message_id=known),
        )
        for day in range(MOST_OF_ONE + 1)
    ]

    assert (found[-1].news, found[-1].left_out) == ((), 1)
    assert "somebody of whom 50 are kept already" in found[-1].refusal
    assert len(recipient(workspace, sent).reports) == MOST_OF_ONE


async def test_a_program_may_hand_one_in_and_the_journal_says_so(
    workspace: Workspace, sent: Row
) -> None:
    raw = about(message_id(workspace, sent))

    with workspace.acting_as(BILLING, door="smtp"):
        taken(workspace, raw)

    line = workspace.drafts.journal(sent.id)[-1]
    assert (line.event, line.actor) == ("report_taken", BILLING)
    assert line.details["address"] == ANA


async def test_the_journal_names_no_blind_copy(workspace: Workspace, sent: Row) -> None:
    known = message_id(workspace, sent)
    raw = told(
        ARCHIVE,
        "Action: failed",
        f"Diagnostic-Code: smtp; 550 5.1.1 {ARCHIVE}",
        message_id=known,
    )

    taken(workspace, raw)

    line = workspace.drafts.journal(sent.id)[-1]
    assert line.details["role"] == "bcc"
    assert ARCHIVE not in str(line.details)


# What is offered ------------------------------------------------------------


async def test_a_mailbox_that_is_not_there_is_offered_to_be_suppressed(
    workspace: Workspace, sent: Row, write: New
) -> None:
    found = taken(workspace, about(message_id(workspace, sent)))

    added = workspace.suppressions.add_reported(found.news[0].said.id)

    assert (added.address, added.scope, added.source) == (ANA, "all", "report")
    assert added.draft_id == sent.id
    assert added.reason.startswith("5.1.1 550 5.1.1 <ana@example.net>: Recipient")
    assert not recipient(workspace, sent).reports[0].suggested
    with pytest.raises(SuppressedError, match="a server reported that there is no"):
        workspace.outbox.send(write().id, revision=1)


async def test_a_person_may_give_another_reason(
    workspace: Workspace, sent: Row
) -> None:
    found = taken(workspace, about(message_id(workspace, sent)))

    added = workspace.suppressions.add_reported(
        found.news[0].said.id, reason="She left."
    )

    assert added.reason == "She left."


async def test_who_gets_no_bulk_mail_is_still_offered(
    workspace: Workspace, sent: Row
) -> None:
    workspace.suppressions.add(ANA, reason="", scope="bulk")

    found = taken(workspace, about(message_id(workspace, sent)))

    assert found.news[0].said.suggested


@pytest.mark.parametrize(
    "status", ["5.2.2", "5.7.1", "4.4.7"], ids=["full", "policy", "timeout"]
)
async def test_what_may_pass_offers_nothing(
    workspace: Workspace, sent: Row, status: str
) -> None:
    known = message_id(workspace, sent)

    found = taken(
        workspace,
        told(ANA, "Action: failed", f"Status: {status}", message_id=known),
    )

    assert not found.news[0].said.suggested


async def test_only_a_failure_can_be_suppressed_by_its_report(
    workspace: Workspace, sent: Row
) -> None:
    raw = about(message_id(workspace, sent), dsns.POSTFIX_DELAYED)
    report_id = taken(workspace, raw).news[0].said.id

    with pytest.raises(FieldError, match="says delayed") as refused:
        workspace.suppressions.add_reported(report_id)

    assert refused.value.field == "from-report"
    assert workspace.suppressions.list() == ()


def test_a_report_that_is_not_there_suppresses_nobody(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no report 'r1'"):
        workspace.suppressions.add_reported("r1")


def test_mail_that_was_not_released_has_nothing_reported(
    workspace: Workspace, write: New
) -> None:
    page: Any = workspace.drafts.page(write().id)

    assert [one.reports for one in page.recipients] == [(), (), ()]


async def test_a_word_says_what_became_of_each_mail_the_bad_news_first(
    desk: Desk, workspace: Workspace, sent: Row, write: New
) -> None:
    def tell(who: str, action: str, status: str) -> dict[str, str]:
        desk.advance(60)
        mail = message_id(workspace, sent)
        lines = (f"Action: {action}", f"Status: {status}")
        workspace.reports.take(told(who, *lines, message_id=mail))
        return dict(workspace.reports.in_short([sent.id, write().id]))

    words = [
        workspace.reports.in_short([sent.id]),
        tell(ANA, "relayed", "2.0.0"),
        tell(ANA, "delivered", "2.0.0"),
        tell(ARCHIVE, "delayed", "4.4.1"),
        tell(ARCHIVE, "failed", "5.1.1"),
    ]

    assert words == [
        {},
        {sent.id: "passed on"},
        {sent.id: "delivered"},
        {sent.id: "delayed 1"},
        {sent.id: "bounced 1"},
    ]
