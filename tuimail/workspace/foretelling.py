"""What a program will be told once somebody says no, before they say it.

The same document that its door answers with afterwards, so that a reviewer reads
what will be read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from tuimail.core.decision import Comment
from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, DraftState
from tuimail.core.values import dataclass, replace
from tuimail.workspace.answering import (
    RESUBMIT,
    Answer,
    Told,
    added,
    answer,
    as_heard,
)
from tuimail.workspace.deciding import own_revision
from tuimail.workspace.stores import Stores

_NO: Final[Mapping[str, tuple[DraftEvent, str]]] = {
    "request_changes": (DraftEvent.REQUEST_CHANGES, "changes_requested"),
    "reject": (DraftEvent.REJECT, "rejected"),
}
"""Of each action: its step, and its verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a program is told as long as nobody decides, and what it never is."""

    answer: Answer
    text: tuple[str, ...]
    """The lines of the text as the program handed it in; comments count these."""
    hidden: tuple[str, ...]
    """Blind copies that a person added."""
    is_its_own: bool
    """Whether no person wrote into it since, so that its lines can be counted."""

    def after(
        self,
        verb: str,
        *,
        reason: str,
        codes: tuple[str, ...],
        comments: tuple[Comment, ...],
        by_role: str,
        at: datetime,
    ) -> Answer:
        """Return what it will be told if somebody says no like this.

        Args:
            verb: ``request_changes`` or ``reject``.
            reason: The reviewer's words.
            codes: Of ``core.decision.Code``.
            comments: About places in the mail.
            by_role: ``reviewer`` or ``owner``.
            at: Aware.
        """
        event, verdict = _NO[verb]
        said = Told(
            verdict=verdict,
            codes=codes,
            reason=reason,
            comments=comments,
            by_role=by_role,
            at=at,
        )
        told = as_heard(said, self.hidden, is_its_own=self.is_its_own)
        state = DRAFT_STEPS[DraftState.REVIEW][event].value
        resubmit = RESUBMIT[verdict]
        return replace(self.answer, state=state, decision=told, resubmit=resubmit)


def reading(stores: Stores, draft_id: str) -> Reading:
    """Return what the author of a mail is told about it now.

    Raises:
        NotFoundError: There is no such mail.
    """
    row = stores.drafts.get(draft_id)
    newest = stores.drafts.revision(row.id, row.revision)
    own = own_revision(stores, row, newest)
    return Reading(
        answer=answer(stores, draft_id),
        text=tuple(own.draft.body.text.split("\n")),
        hidden=added(own.draft, newest.draft),
        is_its_own=own.number == newest.number,
    )


def document(told: Answer) -> str:
    """Return the JSON that doors answer with."""
    return msgspec.json.encode(told).decode()
