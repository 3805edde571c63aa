"""Whatever a provider answers is recorded, and stops no other mail."""

from collections.abc import Callable

import pytest

from tests.workspace.conftest import Desk, Script
from tests.workspace.test_delivery import accepts, drain, hand_over, released
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import SendJob
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ODD = "\ud800 \x00 \x1b[2J \udcff \u2028"
ODD_RECEIPT = Receipt(
    stage=ODD, code=250, enhanced=ODD, text=ODD, provider_message_id=ODD
)
RECEIPTS = (ODD_RECEIPT, Receipt(text=ODD), ODD_RECEIPT)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (VerdictKind.SENT, "sent"),
        (VerdictKind.DEFERRED, "deferred"),
        (VerdictKind.REFUSED, "error"),
        (VerdictKind.UNKNOWN, "unknown"),
    ],
)
async def test_an_answer_of_odd_characters_is_recorded(
    kind: VerdictKind, status: str, desk: Desk, write: New, provider: Script
) -> None:
    async def answers_oddly(job: SendJob) -> Verdicts:
        await hand_over(job)
        told = tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
            for one, receipt in zip(job.envelope.recipients, RECEIPTS, strict=True)
        )
        return Verdicts(by_recipient=told, server=ODD)

    provider.answers(answers_oddly, accepts)
    with desk.open() as workspace:
        odd, other = released(workspace, write), released(workspace, write)
        await drain(desk)

        assert workspace.drafts.row(odd.id).status == status
        assert workspace.drafts.row(other.id).status == "sent"
        attempt = workspace.drafts.page(odd.id).attempts[0]
    assert attempt.receipt.text.startswith(r"\ud800")
    assert len(attempt.answers) == 1


async def test_a_fault_of_odd_characters_holds_the_account(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def refuses_the_login(_job: SendJob) -> Verdicts:
        stranger = Verdict(wire_address="x@example.com", kind=VerdictKind.REFUSED)
        return Verdicts(
            by_recipient=(stranger,),
            fault=AccountFault.LOGIN,
            fault_receipt=ODD_RECEIPT,
            server=ODD,
        )

    provider.answers(refuses_the_login)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "held"
    [attempt] = workspace.drafts.page(row.id).attempts
    assert attempt.receipt.text.startswith(r"\ud800")
    assert attempt.answers == ()
