"""Which mail a person looks at although a rule would let it leave: drawn, not chosen.

The draw is made by what a mail says, whose it is and whom it is for, under a key
that no program is told: who hands in the same again draws the same, and nobody can
look for words that are not drawn. Who was drawn, or told no, does not get past it
by other words, or by one more recipient: what stands in the way is looked for among
the mail of late.
"""

import hmac
import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from tuimail.core.address import Address, wire_address
from tuimail.core.draft import Draft
from tuimail.core.values import dataclass
from tuimail.store.policy import NotLetOut
from tuimail.workspace import duplicates
from tuimail.workspace.stores import Stores

if TYPE_CHECKING:
    from tuimail.core.policy.case import Case

LATELY: Final = timedelta(days=7)
MOST: Final = 200
"""So many mails that do not leave are looked at; with more, no rule is asked."""
KEY_BYTES: Final = 32
_KEY: Final = "sample_key"
_ALL: Final = 2.0**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a program handed in lately for one of the same people; not let leave."""

    undecided_draw: float = 1.0
    """The lowest of what nobody decided about."""
    refused: str = ""
    """Id of what says nearly the same, and was decided about."""
    is_too_much: bool = False
    """Whether there is more than is looked at."""


NOTHING_BEFORE: Final = Before()


def drawn(stores: Stores, case: "Case") -> float | None:
    """Return where the draw of a mail falls, from 0 up to 1.

    It is made on the day on which the mail was handed in, so that a report that
    says the same each day is drawn on some. None while there is no key, and none
    can be made because nothing is being written.
    """
    key, at = _key(stores), stores.clock.now()
    if case.draft_id:
        at = stores.drafts.get(case.draft_id).created_at
    return _draw(key, case.origin.actor, case.draft, at) if key else None


def before(stores: Stores, case: "Case") -> Before:
    """Return what stands in the way of a mail, of what the same program handed in."""
    actor, since = case.origin.actor, stores.clock.now() - LATELY
    found = stores.policies.not_let_out(actor, since, but=case.draft_id, limit=MOST + 1)
    if len(found) > MOST:
        return Before(is_too_much=True)
    people, draws, refused = _people(case.draft), [1.0], ""
    for one in found:
        earlier = _said(stores, one)
        if people.isdisjoint(set().union(*map(_people, earlier))):
            continue
        if not one.was_decided:
            draws.append(_earlier_draw(stores, actor, earlier[0], one))
        elif not refused and any(
            duplicates.are_alike(draft, case.draft) for draft in earlier
        ):
            refused = one.draft_id
    return Before(undecided_draw=min(draws), refused=refused)


def _earlier_draw(stores: Stores, actor: str, draft: Draft, one: NotLetOut) -> float:
    key = _key(stores)
    return _draw(key, actor, draft, one.created_at) if key else 1.0


def _said(stores: Stores, one: NotLetOut) -> tuple[Draft, ...]:
    """Return how a mail was handed in, and how it is now, if that is another."""
    numbers = dict.fromkeys((1, one.revision))
    return tuple(stores.drafts.revision(one.draft_id, n).draft for n in numbers)


def _draw(key: bytes, actor: str, draft: Draft, at: datetime) -> float:
    said = [
        actor,
        draft.account,
        sorted(_people(draft)),
        _words(draft.subject),
        _words(draft.body.text or draft.body.html),
        at.date().isoformat(),
    ]
    digest = hmac.digest(key, json.dumps(said).encode(), sha256)
    return int.from_bytes(digest[:8]) / _ALL


def _words(text: str) -> list[str]:
    """Return what stays where only spaces, capitals and signs are others."""
    kept = "".join(c if c.isalnum() else " " for c in normalize("NFKC", text))
    return kept.casefold().split()


def _people(draft: Draft) -> frozenset[str]:
    return frozenset(map(_mailbox, draft.recipients))


def _mailbox(address: Address) -> str:
    """Return what several ways to reach one person have in common."""
    local, _, domain = wire_address(address).lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _key(stores: Stores) -> bytes:
    """Return the key of the workspace, made where one is missed; or none."""
    found = stores.facts.get(_KEY)
    if found is None and stores.database.is_writing:
        found = _new_key(stores)
        stores.facts.set(_KEY, found)
    return bytes.fromhex(found or "")


def _new_key(stores: Stores) -> str:
    return stores.random(KEY_BYTES).hex()
