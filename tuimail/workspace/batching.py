"""Mails of one kind that a person approves together, each for itself.

There is no approving of everything: they are from one program, through one
account, written after one pattern, asked for by the same of the policy, and
nothing above info was noticed about any. Each gets its own decision and digest.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.finding import Severity
from tuimail.core.lifecycle import DraftEvent, DraftState
from tuimail.core.likeness import likeness
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace
from tuimail.errors import FieldError, NotFoundError, TuimailError, UsageError
from tuimail.store.drafts import DraftRow
from tuimail.workspace import approving, consent, reading, standing
from tuimail.workspace.approving import Seen
from tuimail.workspace.authority import require_decider
from tuimail.workspace.rendering import current_digest
from tuimail.workspace.row_views import row_view
from tuimail.workspace.standing import ONE, Asked
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Batch, Row, Several, Signature

MOST: Final = 100
"""So many can go together: each is a line that somebody reads."""
ALIKE: Final = 0.5
"""How much of two texts after one pattern is the same, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """One mail, as it was looked at."""

    row: Row
    asked: Asked
    digest: str
    unread: tuple[str, ...]
    """What is to be read first, and was not."""

    @property
    def draft(self) -> Draft:
        """What it says."""
        return self.asked.revision.draft


def batch(stores: Stores, ids: tuple[str, ...]) -> Batch:
    """Return what can go together; see ``ReviewDesk.batch``."""
    require_few(len(ids))
    alike: list[_One] = []
    refused: dict[str, str] = {}
    for draft_id in ids:
        try:
            one = _one(stores, draft_id)
        except NotFoundError as error:
            refused[draft_id] = str(error)
            continue
        why = _unlike(alike, one)
        if why:
            refused[draft_id] = why
        else:
            alike.append(one)
    return Batch(
        kind=_kind(alike[0]) if alike else "",
        rows=tuple(one.row for one in alike),
        digests=tuple(one.digest for one in alike),
        refused=refused,
    )


def approve(
    stores: Stores, batch: Batch, count_typed: int, signature: Signature | None
) -> Batch:
    """Approve each; see ``ReviewDesk.approve_batch``.

    Each is asked again whether it can go together with the others: the policy may
    have become stricter since they were looked at.
    """
    _require_count(batch, count_typed)
    who: consent.Decider | None = None
    done: list[tuple[Row, str]] = []
    refused: dict[str, str] = {}
    alike: list[_One] = []
    for seen, digest in zip(batch.rows, batch.digests, strict=True):
        row = _still_there(stores, seen.id, refused)
        if row is None:
            continue
        who = who or consent.decider(stores, row, signature)
        try:
            one = _one(stores, seen.id)
            why = _unlike(alike, one)
            if why:
                refused[seen.id] = why
                continue
            done.append((_approve(stores, seen, digest, who), digest))
            alike.append(one)
        except TuimailError as error:
            refused[seen.id] = str(error)
    return replace(
        batch,
        rows=tuple(row for row, _ in done),
        digests=tuple(digest for _, digest in done),
        refused=refused,
    )


def reject(
    stores: Stores,
    seen: tuple[Row, ...],
    codes: Iterable[str],
    reason: str,
    signature: Signature | None,
) -> Several:
    """Say no to each; see ``ReviewDesk.reject_batch``."""
    require_few(len(seen))
    why = approving.said(reason, codes, ())
    if not why.codes:
        raise FieldError(
            "Mails that are rejected together need a code that says why.",
            hint="Choose one of the codes.",
            field="code",
        )
    who: consent.Decider | None = None
    done: list[Row] = []
    refused: dict[str, str] = {}
    for one in seen:
        row = _still_there(stores, one.id, refused)
        if row is None:
            continue
        who = who or consent.decider(stores, row, signature)
        try:
            require_decider(stores, row)
            consent.require_newest(stores, row, one.revision)
            looked_at = stores.drafts.revision(one.id, one.revision)
            approving.refuse(stores, looked_at, DraftEvent.REJECT, why, who)
        except TuimailError as error:
            refused[one.id] = str(error)
        else:
            done.append(row_view(stores, stores.rows.row(one.id)))
    return Several(rows=tuple(done), refused=refused)


def _still_there(
    stores: Stores, draft_id: str, refused: dict[str, str]
) -> DraftRow | None:
    """Return a draft; one that was purged meanwhile is refused, and stops none."""
    try:
        return stores.drafts.get(draft_id)
    except NotFoundError as error:
        refused[draft_id] = str(error)
        return None


def require_few(number: int) -> None:
    """Refuse more than somebody reads; see ``ReviewDesk.require_few``."""
    if number > MOST:
        raise UsageError(
            f"{number} mails are too many to be looked at together; {MOST} is the "
            "most.",
            hint="Mark fewer.",
        )


def _approve(stores: Stores, seen: Row, digest: str, who: consent.Decider) -> Row:
    row = stores.drafts.get(seen.id)
    require_decider(stores, row)
    consent.require_newest(stores, row, seen.revision)
    looked_at = stores.drafts.revision(row.id, seen.revision)
    said = Seen(typed_digest=None, release_digest=digest)
    approving.approve(stores, row, looked_at, who, said)
    return row_view(stores, stores.rows.row(row.id))


def _require_count(batch: Batch, count_typed: int) -> None:
    if not batch.rows or count_typed != len(batch.rows):
        raise FieldError(
            f"{len(batch.rows)} mails can go together, and {count_typed} was typed.",
            hint="Type how many there are.",
            field="count",
        )


def _one(stores: Stores, draft_id: str) -> _One:
    listed = stores.rows.row(draft_id)
    row = listed.draft
    revision = stores.drafts.revision(draft_id, row.revision)
    asked = standing.asked(stores, row, revision)
    return _One(
        row=row_view(stores, listed),
        asked=asked,
        digest=current_digest(stores, revision.draft, revision.message),
        unread=reading.unread(stores, asked),
    )


def _unlike(alike: list[_One], one: _One) -> str:
    """Return why a mail cannot go together with those, or empty; as of now."""
    return _alone(one) or (_other(alike[0], one) if alike else "")


def _alone(one: _One) -> str:
    """Return why a mail can only be approved by itself, or empty."""
    return next(_reasons(one), "")


def _reasons(one: _One) -> Iterator[str]:
    row, asked = one.asked.row, one.asked
    if row.state is not DraftState.REVIEW:
        yield f"It is {row.state.value}."
    if row.held_reason:
        yield f"It is held: {row.held_reason}"
    if not one.digest:
        yield "It cannot be sent as it is."
    if asked.blocked:
        yield asked.blocked
    if asked.ruling.quorum > ONE:
        yield "It takes two people."
    if one.unread:
        yield f"Not read to its end: {', '.join(one.unread)}."
    noticed = {finding.severity for finding in asked.ruling.findings}
    if noticed - {Severity.INFO}:
        yield "Something above info was noticed about it."


def _other(first: _One, one: _One) -> str:
    """Return why ``one`` is of another kind than the first, or empty."""
    mine, its = _class(first), _class(one)
    different = [name for name, value in mine.items() if its[name] != value]
    if different:
        return f"It has another {different[0]} than the first."
    if not _is_one_pattern(first.draft, one.draft):
        return "It does not say the same as the first, but for a few words."
    return ""


def _class(one: _One) -> Mapping[str, object]:
    draft, ruling = one.draft, one.asked.ruling
    return {
        "author": one.row.origin.actor,
        "account": draft.account,
        "sender": draft.sender.text,
        "template": draft.service.template_id,
        "category": draft.service.category,
        "action of the policy": ruling.action,
        "rule of the policy": [reason.rule for reason in ruling.reasons],
        "number of attachments": len(draft.attachments),
    }


def _is_one_pattern(first: Draft, one: Draft) -> bool:
    """Return whether subject and text differ only in what a template fills in."""
    subjects = likeness(_shape(first.subject), _shape(one.subject))
    bodies = [_shape(each.body.text or each.body.html) for each in (first, one)]
    return min(subjects, likeness(*bodies)) >= ALIKE


def _shape(text: str) -> str:
    return _NUMBER.sub("0", text)


def _kind(first: _One) -> str:
    row = first.row
    return f"“{row.subject}” and alike, by {row.origin.actor}, through {row.account}"


_NUMBER: Final = regex(r"\d+")
