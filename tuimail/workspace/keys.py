"""What was asked for under an idempotency key, and whether it was asked before.

A key belongs to who asks and to the account. The same request under the same key
is the same mail, wherever that stands by now; another request is a conflict.

What the mail says, whom it is for, which earlier mail it takes the place of, and
when it may leave or is of no use any more belong to the request. Not so what tuimail
adds by itself (Date, Message-ID, findings), and not what the author tells the
reviewer (the note, where the work can be looked at), which programs like to write
anew each time.
"""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tuimail.core.draft import Draft, check_idempotency_key
from tuimail.core.values import dataclass, replace
from tuimail.errors import KeyConflictError
from tuimail.store.drafts import content_text
from tuimail.store.keys import KeyRow
from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request under a key."""

    origin: str
    account: str
    key: str
    content_digest: str


def asked(
    stores: Stores,
    draft: Draft,
    key: str,
    *,
    at: datetime | None = None,
    lifetime: timedelta | None = None,
    about: str = "",
) -> Asked | None:
    """Return what is asked for under ``key``; None where there is no key.

    Args:
        stores: Who is acting.
        draft: As it was composed, before ``lifetime`` is counted from now.
        key: What the one who asks calls the request; empty for none.
        at: When it may leave.
        lifetime: How long from now it is of use.
        about: What is asked about an earlier mail, with its id; empty for a mail
            that stands for itself.

    Raises:
        FieldError: It cannot be a key.
    """
    if not key:
        return None
    check_idempotency_key(key)
    return Asked(
        origin=stores.acting.actor,
        account=draft.account,
        key=key,
        content_digest=_digest(draft, at, lifetime, about),
    )


def known(stores: Stores, request: Asked | None) -> str:
    """Return the id of the mail that was made for ``request``; empty for none.

    Raises:
        KeyConflictError: The key stands for something else, or for a mail that
            was removed.
    """
    if request is None:
        return ""
    row = stores.keys.get(request.origin, request.account, request.key)
    if row is None:
        return ""
    if row.content_digest != request.content_digest:
        raise KeyConflictError(row.key, row.draft_id)
    if not stores.drafts.among([row.draft_id]):
        raise KeyConflictError(row.key, row.draft_id, is_removed=True)
    return row.draft_id


def take(stores: Stores, request: Asked | None, draft_id: str) -> str:
    """Let the key stand for ``draft_id``; return for which mail it does.

    In the transaction that makes the mail: of several that ask at once, the
    others are told the one that was first, and make none.
    """
    found = known(stores, request)
    if found or request is None:
        return found or draft_id
    stores.keys.insert(
        KeyRow(
            origin=request.origin,
            account=request.account,
            key=request.key,
            content_digest=request.content_digest,
            draft_id=draft_id,
            at=stores.clock.now(),
        )
    )
    return draft_id


def revising(draft_id: str) -> str:
    """Return what is asked with a mail that takes the place of an earlier one."""
    return f"revises {draft_id}" if draft_id else ""


def revision_of(draft_id: str) -> str:
    """Return what is asked with a further revision of a mail."""
    return f"revision of {draft_id}"


def _digest(
    draft: Draft, at: datetime | None, lifetime: timedelta | None, about: str
) -> str:
    content = [
        content_text(replace(draft, noticed=())),
        at.astimezone(UTC).isoformat() if at else "",
        lifetime.total_seconds() if lifetime else 0,
        *([about] if about else []),
    ]
    return sha256(json.dumps(content).encode()).hexdigest()
