"""What one line of a list says of a mail, as it is stored.

A page is read to be shown, and not all of it is: so the columns stay as they are, and
moments, states and lists are made of them when somebody asks.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.origin import Origin
from tuimail.store.columns import (
    DRAFT_COLUMNS,
    DRAFT_STATES,
    SUBMISSION_STATES,
    texts_in,
)
from tuimail.store.instants import instant, instant_or_none

if TYPE_CHECKING:
    from tuimail.store.drafts import DraftRow


class ListedSubmission(NamedTuple):
    """What a list says of a submission."""

    id: str
    account: str
    provider: str
    state_text: str
    released_text: str
    due_text: str | None
    undo_text: str | None
    give_up_text: str | None
    attempts: int
    """Tries that count towards giving up; faults of the account do not."""
    reason: str
    """Why it waits or failed, for a person."""
    changed_text: str

    @property
    def state(self) -> SubmissionState:
        """Where it stands."""
        return SUBMISSION_STATES[self.state_text]

    @property
    def released_at(self) -> datetime:
        """When it entered the outbox."""
        return instant(self.released_text)

    @property
    def due_at(self) -> datetime | None:
        """When it may be tried; always there while it is ready or deferred."""
        return instant_or_none(self.due_text)

    @property
    def undo_until(self) -> datetime | None:
        """End of its undo window."""
        return instant_or_none(self.undo_text)

    @property
    def give_up_at(self) -> datetime | None:
        """When it stops being tried; None means never."""
        return instant_or_none(self.give_up_text)

    @property
    def changed_at(self) -> datetime:
        """Its newest change."""
        return instant(self.changed_text)


class ListRow(NamedTuple):
    """One mail in a list, from its draft, newest revision and submission."""

    status: str
    """The draft's word until it is released, its submission's word after."""
    subject: str
    sender: str
    shown_to: str
    """As JSON."""
    name: str
    """Of the first of ``to``, as the mail has it; empty where it has none."""
    attachment_count: int
    worst_finding: str
    """Severity of the worst finding of the newest revision, or empty."""
    finding_count: int
    has_message: int
    expires_text: str | None
    id: str
    state_text: str
    revision: int
    """Number of the newest revision, from 1."""
    actor: str
    door: str
    note: str
    run_url: str
    revises: str
    account: str
    """Name of the account it is to leave through."""
    submission_id: str | None
    """The newest submission of it, if it was ever released."""
    created_text: str
    changed_text: str
    assigned: str
    """Name of the reviewer who is asked to decide; empty for anybody."""
    held_reason: str
    """Why nobody is to approve it for now; empty while somebody may."""
    submission: ListedSubmission | None
    """Only where the draft is released."""

    @property
    def to(self) -> tuple[str, ...]:
        """To and Cc addresses, without names; never Bcc."""
        return texts_in(self.shown_to)

    @property
    def is_composable(self) -> bool:
        """Whether the newest revision is a message."""
        return bool(self.has_message)

    @property
    def expires_at(self) -> datetime | None:
        """When the newest revision is of no use any more."""
        return instant_or_none(self.expires_text)

    @property
    def state(self) -> DraftState:
        """Where the draft stands."""
        return DRAFT_STATES[self.state_text]

    @property
    def origin(self) -> Origin:
        """Who made it, and what they said about it."""
        return Origin(
            actor=self.actor,
            door=self.door,
            note=self.note,
            run_url=self.run_url,
            revises=self.revises,
        )

    @property
    def changed_at(self) -> datetime:
        """The newest change of the draft or of its submission."""
        return instant(self.changed_text)

    @property
    def draft(self) -> "DraftRow":
        """The whole row of the draft."""
        from tuimail.store.drafts import decode_draft  # noqa: PLC0415 - not for lists

        columns: tuple[Any, ...] = self
        return decode_draft(*columns[_DRAFT])


def decode_listed(*values: Any) -> ListRow:  # noqa: ANN401 - columns
    """Return the row that the columns ``LISTED_COLUMNS`` hold."""
    submission = values[_SUBMISSION]
    return _ROW(
        (
            *values[_MAIL],
            None if submission[0] is None else _LISTED_SUBMISSION(submission),
        )
    )


_ROW: Final = ListRow._make
_LISTED_SUBMISSION: Final = ListedSubmission._make
_OWN: Final = (
    "draft.status", "subject", "sender", "shown_to", "shown_name", "attachment_count",
    "worst_finding", "finding_count", "revision.message_digest IS NOT NULL",
    "revision.expires_at",
)  # fmt: skip
_OF_SUBMISSION: Final = (
    "id", "account", "provider", "state", "released_at", "due_at", "undo_until",
    "give_up_at", "attempts", "reason", "changed_at",
)  # fmt: skip
_DRAFT: Final = slice(len(_OWN), len(_OWN) + len(DRAFT_COLUMNS))
_MAIL: Final = slice(_DRAFT.stop)
_SUBMISSION: Final = slice(_DRAFT.stop, None)
LISTED_COLUMNS: Final = (
    *_OWN,
    *(f"draft.{name}" for name in DRAFT_COLUMNS),
    *(f"submission.{name}" for name in _OF_SUBMISSION),
)
