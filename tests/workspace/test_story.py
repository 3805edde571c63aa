"""The story of one message, as the architecture tells it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.workspace.conftest import BILLING, Desk, Script
from tests.workspace.test_delivery import (
    LATER,
    OK,
    accepts,
    drain,
    everybody,
    hand_over,
    one_each,
)
from tuimail.core.submission import Receipt, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


async def test_from_an_agents_draft_to_a_person_deciding_about_an_unknown(
    desk: Desk,
    workspace: Workspace,
    hand_in: New,
    fields: Fields,
    provider: Script,
) -> None:
    row = hand_in()
    draft = workspace.drafts.compose(replace(fields, text="Hi Ana,\n\ncorrected.\n"))
    workspace.drafts.edit(row.id, draft, revision=1)
    workspace.reviews.approve(row.id, revision=2)
    workspace.outbox.release(row.id, undo=timedelta(seconds=10))
    desk.advance(10)

    async def breaks_after_the_dot(job: SendJob) -> Verdicts:
        await hand_over(job)
        return everybody(job, VerdictKind.UNKNOWN, Receipt(stage="end_of_data"))

    provider.answers(
        one_each(
            (VerdictKind.SENT, OK),
            (VerdictKind.SENT, OK),
            (VerdictKind.DEFERRED, LATER),
        ),
        breaks_after_the_dot,
        accepts,
    )
    await drain(desk)
    assert workspace.drafts.row(row.id).status == "deferred"
    desk.advance(3600)
    await drain(desk)
    assert workspace.drafts.row(row.id).status == "unknown"
    workspace.outbox.retry(row.id)
    await drain(desk)

    page = workspace.drafts.page(row.id)
    assert page.row.status == "sent"
    assert [attempt.outcome for attempt in page.attempts] == [
        "defer",
        "lose",
        "accept",
    ]
    assert [len(job.envelope.recipients) for job in provider.jobs] == [3, 1, 1]
    actors = [line.actor for line in workspace.drafts.journal(row.id)]
    assert actors[0] == BILLING
    assert {"person:mara", "tuimail"} <= set(actors)
