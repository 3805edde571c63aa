"""How recipients, attempts and receipts stand in their tables."""

from typing import Final

from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.submission import (
    Attempt,
    AttemptPhase,
    Receipt,
    Recipient,
    RecipientState,
    Verdict,
)
from tuimail.store.database import Value
from tuimail.store.decoding import decoder
from tuimail.store.encoding import json_text
from tuimail.store.instants import instant, instant_or_none


def receipt_values(receipt: Receipt) -> dict[str, Value]:
    """Return the columns of a receipt."""
    return {
        "stage": receipt.stage,
        "code": receipt.code,
        "enhanced": receipt.enhanced,
        "reply": receipt.text,
        "provider_message_id": receipt.provider_message_id,
    }


def recipient_values(
    submission_id: str, position: int, recipient: Recipient, at: str
) -> dict[str, Value]:
    """Return the columns of a recipient."""
    return {
        "submission_id": submission_id,
        "position": position,
        "role": recipient.envelope.role.value,
        "address": recipient.envelope.address,
        "wire_address": recipient.envelope.wire_address,
        "state": recipient.state.value,
        "changed_at": at,
        **receipt_values(recipient.receipt),
    }


def decode_recipient(
    *,
    role: str,
    address: str,
    wire_address: str,
    state: str,
    stage: str,
    code: int,
    enhanced: str,
    reply: str,
    provider_message_id: str,
) -> Recipient:
    """Return the recipient that one row holds."""
    return Recipient(
        envelope=EnvelopeRecipient(
            role=Role(role), address=address, wire_address=wire_address
        ),
        state=RecipientState(state),
        receipt=Receipt(
            stage=stage,
            code=code,
            enhanced=enhanced,
            text=reply,
            provider_message_id=provider_message_id,
        ),
    )


def decode_attempt(
    *,
    number: int,
    phase: str,
    started_at: str,
    committed_at: str | None,
    ended_at: str | None,
    outcome: str,
    stage: str,
    code: int,
    enhanced: str,
    reply: str,
    provider_message_id: str,
    server: str,
    answers: str,
    handle: str,
) -> Attempt:
    """Return the attempt that one row holds."""
    return Attempt(
        number=number,
        phase=AttemptPhase(phase),
        started_at=instant(started_at),
        committed_at=instant_or_none(committed_at),
        ended_at=instant_or_none(ended_at),
        outcome=outcome,
        receipt=Receipt(
            stage=stage,
            code=code,
            enhanced=enhanced,
            text=reply,
            provider_message_id=provider_message_id,
        ),
        server=server,
        answers=() if answers == _NO_ANSWERS else _ANSWERS.decode(answers),
        handle=handle,
    )


def answer_values(server: str, answers: tuple[Verdict, ...]) -> dict[str, Value]:
    """Return the columns that say who answered, and what about whom."""
    return {"server": server, "answers": json_text(answers)}


_NO_ANSWERS: Final = "[]"
_ANSWERS: Final = decoder(tuple[Verdict, ...])
INSERT_RECIPIENT: Final = """
INSERT INTO recipients (
  submission_id, position, role, address, wire_address, state, stage, code,
  enhanced, reply, provider_message_id, changed_at)
VALUES (
  :submission_id, :position, :role, :address, :wire_address, :state, :stage, :code,
  :enhanced, :reply, :provider_message_id, :changed_at)
"""
SELECT_RECIPIENTS: Final = """
SELECT
  role, address, wire_address, state, stage, code, enhanced, reply,
  provider_message_id
FROM recipients WHERE submission_id = ? ORDER BY position
"""
MOVE_RECIPIENT: Final = """
UPDATE recipients SET state = :state, changed_at = :at
WHERE submission_id = :id AND wire_address = :wire_address
"""
SETTLE_RECIPIENT: Final = """
UPDATE recipients
SET state = :state, changed_at = :at, stage = :stage, code = :code,
    enhanced = :enhanced, reply = :reply,
    provider_message_id = :provider_message_id
WHERE submission_id = :id AND wire_address = :wire_address
"""
SELECT_ATTEMPTS: Final = """
SELECT
  number, phase, started_at, committed_at, ended_at, outcome, stage, code,
  enhanced, reply, provider_message_id, server, answers, handle
FROM attempts WHERE submission_id = ? ORDER BY number
"""
END_ATTEMPT: Final = """
UPDATE attempts
SET phase = 'done', ended_at = :at, outcome = :outcome, stage = :stage, code = :code,
    enhanced = :enhanced, reply = :reply,
    provider_message_id = :provider_message_id, server = :server,
    answers = :answers
WHERE submission_id = :id AND number = :number AND phase <> 'done'
"""
