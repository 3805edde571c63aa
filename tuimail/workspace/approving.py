"""From a yes to an approval: what is checked, and what is written.

The checks see what would leave now; the rows are written in one transaction that
looks once more where the draft stands, so that of two people who decide at once
each is told what the other did.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from tuimail.core import compose
from tuimail.core.decision import (
    Code,
    Comment,
    check_codes,
    check_comments,
    check_words,
)
from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, advance
from tuimail.core.message import Message
from tuimail.core.values import dataclass, replace
from tuimail.errors import (
    DigestMismatchError,
    FieldError,
    UnsupportedFeatureError,
)
from tuimail.settings.account import AccountSettings
from tuimail.store.decisions import ApprovalRow, DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.encoding import json_text
from tuimail.workspace import consent, duplicates, reading, standing, witnessing
from tuimail.workspace.clock import new_id
from tuimail.workspace.consent import Decider
from tuimail.workspace.releasing import digest_of
from tuimail.workspace.rendering import (
    account_of,
    compare_headers,
    required_message,
    verify_bytes,
)
from tuimail.workspace.standing import Asked
from tuimail.workspace.stores import Stores
from tuimail.workspace.suppressions import require_unsuppressed
from tuimail.workspace.ways_out import require_sayable

_VERDICTS: Final = {
    DraftEvent.APPROVE: "approved",
    DraftEvent.REQUEST_CHANGES: "changes_requested",
    DraftEvent.REJECT: "rejected",
}
_COMMENTED: Final = (
    "from", "sender", "to", "cc", "bcc", "reply_to", "subject", "text", "html",
    "attachments", "headers", "account",
)  # fmt: skip


class ForReview(Exception):  # noqa: N818 - not an error: another way to go
    """The author alone may not let it leave: somebody has to look first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody looked at and typed before they said yes."""

    typed_digest: str | None = ""
    """Beginning of the release digest; None where a count was typed instead."""
    overrule: str = ""
    release_digest: str = ""
    """All of it, where the face knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Why somebody said no, or not yet; checked."""

    reason: str
    codes: tuple[str, ...]
    comments: tuple[Comment, ...]


def said(reason: str, codes: Iterable[str], comments: Iterable[Comment]) -> Said:
    """Return why somebody said no; a code that says why needs no further words.

    Raises:
        FieldError: The reason is missing or too long, a code is unknown.
    """
    given = check_codes(codes)
    if reason.strip() or not set(given) - {Code.OTHER}:
        reason = check_words(reason, field="reason", what="A reason")
    return Said(reason=reason, codes=given, comments=check_comments(comments))


def require_fit(stores: Stores, looked_at: Revision) -> None:
    """Refuse a revision that could not be approved, whatever is on disk.

    Raises:
        NotComposableError: It cannot become a message yet.
        UnsupportedFeatureError: The account's provider cannot say it.
        PlanMismatchError: Another parser reads other headers than were meant.
        ConfigurationError: There is no account for it.
        SuppressedError: Somebody it is for gets no such mail any more.
    """
    message = required_message(looked_at)
    account = account_of(stores, looked_at.draft)
    refuse_too_large(message, account)
    draft, envelope = looked_at.draft, compose.envelope(looked_at.draft)
    require_unsuppressed(stores, draft, envelope)
    require_sayable(stores, account, draft, envelope)
    compare_headers(stores, looked_at)


def check(stores: Stores, looked_at: Revision) -> str:
    """Return the digest to approve, once bytes and provider agree."""
    require_fit(stores, looked_at)
    verify_bytes(stores, looked_at)
    return digest_of(looked_at, account_of(stores, looked_at.draft))


def approve(
    stores: Stores, row: DraftRow, looked_at: Revision, who: Decider, seen: Seen
) -> None:
    """Let ``who`` say yes; errors as of ``ReviewDesk.approve``."""
    consent.require_signed(stores, row, who)
    with consent.acting_as(stores, who):
        consent.require_asked(stores, row, who)
        digest = check(stores, looked_at)
        _require_same(row, digest, seen.release_digest)
        asked = _open_to(stores, row, looked_at, who)
        if seen.typed_digest is not None:
            typed = seen.typed_digest
            consent.require_typed(stores, row, who, typed=typed, digest=digest)
        overruled = asked.overruled(seen.overrule)
        with stores.database.transaction():
            _give(stores, asked, who, digest, overruled)


def approve_own(stores: Stores, looked_at: Revision, digest: str) -> None:
    """Let whoever is acting approve their own mail; in a transaction.

    Raises:
        PolicyError: The policy says that nobody may.
        ForReview: It says that somebody has to look.
    """
    row = stores.drafts.get(looked_at.draft_id)
    who = Decider(actor=stores.acting.actor, role="owner")
    _give(stores, _asked_for_own(stores, row, looked_at), who, digest, ())


def approve_new(
    stores: Stores, row: DraftRow, looked_at: Revision, digest: str
) -> ApprovalRow | None:
    """Do what ``approve_own`` does for a mail that this transaction has stored.

    Nobody else can have seen it, so what others decided is not looked for.

    Returns:
        The approval, where nobody else has to give one.
    """
    who = Decider(actor=stores.acting.actor, role="owner")
    asked = _asked_for_own(stores, row, looked_at)
    return _write(stores, asked, who, digest, overruled=(), before=())


def refuse(
    stores: Stores, looked_at: Revision, event: DraftEvent, why: Said, who: Decider
) -> None:
    """Write a no, and where the draft stands with it.

    Raises:
        FieldError: A comment is about a line or a field that is not there.
    """
    _require_there(looked_at, why.comments)
    with consent.acting_as(stores, who), stores.database.transaction():
        row = _still(stores, looked_at, event)
        decision = _decision(stores, row, looked_at, event, who)
        stores.decisions.add(
            replace(
                decision,
                release_digest=looked_at.release_digest,
                reason=why.reason,
                codes=why.codes,
                comments=why.comments,
            )
        )
        _move(stores, row, event)


def _require_there(looked_at: Revision, comments: Iterable[Comment]) -> None:
    """Refuse comments about what the mail does not have."""
    body = looked_at.draft.body
    lines = {"text": body.text.rstrip("\n"), "html": body.html.rstrip("\n")}
    for one in comments:
        if one.field and one.field not in _COMMENTED:
            raise FieldError(
                f"{one.field[:60]!r} is no field of a mail.",
                hint=f"There are: {', '.join(_COMMENTED)}.",
                field="comment",
            )
        last = lines.get(one.field or "text", "").count("\n") + 1
        if one.line > last:
            raise FieldError(
                f"There is no line {one.line}: the text has {last}.",
                hint="Lines count from 1: --comment 3:TEXT",
                field="comment",
            )


def _asked_for_own(stores: Stores, row: DraftRow, looked_at: Revision) -> Asked:
    """Ask the policy; return what it says, if the author alone may let it leave."""
    asked = standing.asked(stores, row, looked_at)
    asked.require_open()
    if asked.ruling.quorum > standing.ZERO:
        raise ForReview
    return asked


def _open_to(stores: Stores, row: DraftRow, looked_at: Revision, who: Decider) -> Asked:
    """Ask the policy; return what it says, if this one's word would count."""
    asked = standing.asked(stores, row, looked_at)
    asked.require_open()
    asked.require_reviewer(who.actor)
    reading.require_read(stores, asked)
    return asked


def _give(
    stores: Stores,
    asked: Asked,
    who: Decider,
    digest: str,
    overruled: tuple[str, ...],
) -> None:
    """Write a yes, unless the mail is not where it was, or it does not count."""
    row = _still(stores, asked.revision, DraftEvent.APPROVE)
    consent.require_asked(stores, row, who)
    witnessing.require_told(stores, row.id)
    asked = replace(asked, row=row)
    before = asked.given(stores.decisions.for_draft(row.id), digest)
    consent.require_another(before, who, overruled=overruled)
    _write(stores, asked, who, digest, overruled=overruled, before=before)


def _write(
    stores: Stores,
    asked: Asked,
    who: Decider,
    digest: str,
    *,
    overruled: tuple[str, ...],
    before: tuple[DecisionRow, ...],
) -> ApprovalRow | None:
    """Write a yes, and the approval where it is the last one needed."""
    row = asked.row
    decision = replace(
        _decision(stores, row, asked.revision, DraftEvent.APPROVE, who),
        release_digest=digest,
        overruled=overruled,
        policy_digest=asked.ruling.policy_digest,
        findings_digest=_digest(asked.ruling.findings),
    )
    everybody = {one.actor: one for one in (*before, decision)}.values()
    is_enough = len(everybody) >= asked.needed(everybody)
    stores.decisions.add(replace(decision, is_enough=is_enough))
    if not is_enough:
        return None
    approval = _approval(stores, asked, digest, everybody)
    stores.decisions.approve(approval)
    _move(stores, row, DraftEvent.APPROVE)
    return approval


def _approval(
    stores: Stores, asked: Asked, digest: str, given: Iterable[DecisionRow]
) -> ApprovalRow:
    """Return the approval; it runs out when the first yes of it does."""
    now, life = stores.clock.now(), asked.ruling.approval_ttl
    return ApprovalRow(
        id=new_id(now, stores.random),
        draft_id=asked.row.id,
        revision=asked.revision.number,
        message_digest=required_message(asked.revision).digest,
        release_digest=digest,
        actor=stores.acting.actor,
        at=now,
        expires_at=min(one.at for one in given) + life if life else None,
    )


def _still(stores: Stores, looked_at: Revision, event: DraftEvent) -> DraftRow:
    """Return where the draft stands, if it is still to be decided about."""
    row = stores.drafts.get(looked_at.draft_id)
    consent.require_newest(stores, row, looked_at.number)
    consent.require_undecided(stores, row, event)
    advance(DRAFT_STEPS, row.state, event)
    return row


def _move(stores: Stores, row: DraftRow, event: DraftEvent) -> None:
    target = advance(DRAFT_STEPS, row.state, event)
    stores.drafts.set_state(row.id, target, at=stores.clock.now())


def _decision(
    stores: Stores,
    row: DraftRow,
    looked_at: Revision,
    event: DraftEvent,
    who: Decider,
) -> DecisionRow:
    return DecisionRow(
        draft_id=looked_at.draft_id,
        revision=looked_at.number,
        verdict=_VERDICTS[event],
        actor=who.actor,
        door=stores.acting.door,
        findings_digest=_digest(looked_at.findings),
        at=stores.clock.now(),
        role=who.role,
        recipients=duplicates.compared_with(stores, row, looked_at),
    )


def _digest(findings: object) -> str:
    """Return the digest of what the reviewer was told about the revision."""
    return sha256(json_text(findings).encode()).hexdigest()


def _require_same(row: DraftRow, digest: str, looked_at: str) -> None:
    """Refuse to approve anything else than what a face showed."""
    if looked_at and digest != looked_at:
        raise DigestMismatchError(
            f"The account of draft {row.id} changed while it was looked at.",
            hint=f"Look at it again: tuimail review {row.id}",
        )


def refuse_too_large(message: Message, account: AccountSettings) -> None:
    """Refuse what the account does not take.

    Raises:
        UnsupportedFeatureError: It is bigger than that.
    """
    most = account.max_message_bytes
    if most is not None and message.size_bytes > most:
        raise UnsupportedFeatureError(
            f"The mail has {message.size_bytes:,} bytes as sent, and the account "
            f"{account.name} takes {most:,}.",
            hint="Attach less, or send through another account.",
            field="attach",
        )
