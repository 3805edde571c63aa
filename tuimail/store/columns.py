"""Columns of drafts, and what states are called in them, for whoever reads some.

Lists read a part of a mail, and load nothing that the whole of it is made of.
"""

from typing import Final

from tuimail.core.lifecycle import DraftState, SubmissionState

DRAFT_STATES: Final = {state.value: state for state in DraftState}
SUBMISSION_STATES: Final = {state.value: state for state in SubmissionState}
DRAFT_COLUMNS: Final = (
    "id", "state", "revision", "actor", "door", "note", "run_url", "revises", "account",
    "submission_id", "created_at", "changed_at", "assigned", "held_reason",
)  # fmt: skip
