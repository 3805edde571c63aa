"""Columns of drafts, and what stands in them, for whoever reads some.

Lists read a part of a mail, and load nothing that the whole of it is made of; nor
``json``, which takes as long as a page, for arrays of plain texts.
"""

from collections.abc import Collection
from typing import Final

from tuimail.core.lifecycle import DraftState, SubmissionState

DRAFT_STATES: Final = {state.value: state for state in DraftState}
SUBMISSION_STATES: Final = {state.value: state for state in SubmissionState}
DRAFT_COLUMNS: Final = (
    "id", "state", "revision", "actor", "door", "note", "run_url", "revises", "account",
    "submission_id", "created_at", "changed_at", "assigned", "held_reason",
)  # fmt: skip


def texts_in(array: str) -> tuple[str, ...]:
    """Return the texts in a JSON array of texts."""
    if "\\" in array:
        from json import loads  # noqa: PLC0415 - see above

        return tuple(loads(array))
    return tuple(array.split('"')[1::2])


def array_of(texts: Collection[str]) -> str:
    """Return texts, such as ids, as a JSON array."""
    if texts and all(map(str.isalnum, texts)):
        inside = '", "'.join(texts)
        return f'["{inside}"]'
    from json import dumps  # noqa: PLC0415 - see above

    return dumps(list(texts))
