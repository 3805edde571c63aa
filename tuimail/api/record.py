"""From a mail in the workspace to what a program is told of it."""

from typing import TYPE_CHECKING, Final

from tuimail.api.result import RecipientResult, Result, failure_of
from tuimail.errors import FieldError
from tuimail.workspace.documents import page_document
from tuimail.workspace.shown import discreet_reply, shown_findings, shown_recipients
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
    SENT_STATUSES,
    Page,
    RecipientView,
)

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

_STATUSES: Final = (
    DRAFT_STATUSES
    | REVIEW_STATUSES
    | OUTBOX_STATUSES
    | SENT_STATUSES
    | {"discarded", "cancelled"}
)


def result_of(
    page: Page, *, with_bcc: bool = False, is_for_review: bool = False
) -> Result:
    """Return how a mail stands.

    Args:
        page: The mail.
        with_bcc: Whether blind copies are among the recipients; they never are in
            ``raw``.
        is_for_review: Whether it was handed in to be decided about.
    """
    row = page.row
    recipients = {
        one.address: _recipient(one)
        for one in shown_recipients(page, with_bcc=with_bcc)
    }
    return Result(
        id=row.id,
        status=row.status,
        account=row.account,
        provider=page.provider,
        provider_message_id=page.provider_message_id,
        message_id=page.message_id,
        recipients=recipients,
        error=failure_of(
            row.status,
            discreet_reply(row.reason, page, with_bcc=with_bcc),
            recipients,
            hint=_next(row.id, row.status),
        ),
        findings=tuple(shown_findings(page, with_bcc=with_bcc)),
        raw=page_document(page, with_bcc=False),
        is_for_review=is_for_review,
    )


def looked_up(id: str, workspace: "Workspace", *, with_bcc: bool) -> Result:
    """Return how the mail with that id stands; errors as of ``drafts.resolve``."""
    page = workspace.drafts.page(found(id, workspace))
    return result_of(page, with_bcc=with_bcc)


def found(id: str, workspace: "Workspace") -> str:
    """Return the whole id."""
    return workspace.drafts.resolve(id)


def retried(id: str, workspace: "Workspace") -> str:
    """Have a mail tried again; return its whole id."""
    return workspace.outbox.retry(found(id, workspace)).id


def cancelled(id: str, workspace: "Workspace") -> Result:
    """Withdraw a mail, and return how it stands."""
    row = workspace.outbox.cancel(found(id, workspace))
    return result_of(workspace.drafts.page(row.id))


def listed(
    statuses: frozenset[str] | None, limit: int, after: str, workspace: "Workspace"
) -> list[Result]:
    """Return one page of mails, newest change first."""
    before = found(after, workspace) if after else ""
    rows = workspace.drafts.rows(statuses=statuses, limit=limit, before=before)
    return [result_of(workspace.drafts.page(row.id)) for row in rows]


def statuses_of(words: tuple[str, ...]) -> frozenset[str] | None:
    """Return which statuses are meant; None for all.

    Raises:
        FieldError: There is no such status.
    """
    for word in words:
        if word not in _STATUSES:
            raise FieldError(
                f"There is no status {word[:60]!r}.",
                hint=f"Name one of {', '.join(sorted(_STATUSES))}.",
                field="status",
            )
    return frozenset(words) or None


def _recipient(view: RecipientView) -> RecipientResult:
    receipt = view.receipt
    return RecipientResult(
        address=view.address,
        status=view.state.value,
        provider_message_id=receipt.provider_message_id,
        error=view.reason,
        code=receipt.code,
        enhanced=receipt.enhanced,
    )


def _next(draft_id: str, status: str) -> str:
    if status == "unknown":
        return f"Say what became of it: tuimail resolve {draft_id}"
    return f"Look at what the server said: tuimail show {draft_id} --attempts"
