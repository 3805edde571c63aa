"""Links that end bulk mail with one click, made here and honoured here (RFC 8058).

A mail gets one where its author named none, where it goes to one recipient, and
where the workspace can be reached under a public address. It stands in the draft
before that is rendered, so that it is in the bytes that are approved.
"""

from typing import Final

from tuimail.core import compose, one_click
from tuimail.core.draft import Draft
from tuimail.core.header_names import UNSUBSCRIBE_HEADERS
from tuimail.core.origin import SELF_ACTOR
from tuimail.core.patterns import regex
from tuimail.core.service import Category
from tuimail.core.suppression import Scope, Source, key_of
from tuimail.core.values import replace
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.store.signing_key import kept_key, stored_key
from tuimail.store.suppressions import SuppressionRow
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import require_sayable

PATH: Final = "/u/"
"""What stands between the public address and the token."""
REASON: Final = "Unsubscribed with one click."
_FIELD: Final = "unsubscribe-url"
_TOKEN: Final = regex(rf"{PATH}([A-Za-z0-9_-]+)\Z")


class UnsubscribeDesk:
    """Honours links; whoever holds one may use it, without being anybody."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def take(self, token: str) -> bool:
        """Let the address that a link is for get no more bulk mail.

        Only for a POST, as RFC 8058 §3.2 has it: programs that look at mail
        follow every link with a GET.

        Args:
            token: What stands in the link after ``/u/``.

        Returns:
            Whether the link was made here; once more does nothing more.
        """
        named = _named(self._stores, token)
        if named is None:
            return False
        stores = self._stores
        key = key_of(named.address)
        with (
            stores.acting_as(SELF_ACTOR, door="http"),
            stores.database.transaction(),
        ):
            if stores.suppressions.get(key) is None:
                stores.suppressions.put(_ended(stores, key, named))
        stores.afterwards(stores.kept_suppressions.keep)
        return True


def linked(stores: Stores, draft: Draft, draft_id: str) -> Draft:
    """Return ``draft`` with the link by which whoever gets it ends such mail.

    One of ours that it has already is made anew: it may be from before somebody
    else was named, or from another mail. Where there is to be none, it is as its
    author wrote it.

    Args:
        stores: The open workspace.
        draft: What is about to be rendered.
        draft_id: Which mail it is, or will be.
    """
    draft = _without_ours(stores, draft)
    if not _wants_link(stores, draft):
        return draft
    recipient = compose.envelope(draft).recipients[0]
    made = replace(
        draft, unsubscribe_url=link_for(stores, draft_id, recipient.wire_address)
    )
    return made if _can_be_said(stores, made) else draft


def link_for(stores: Stores, draft_id: str, wire_address: str) -> str:
    """Return the link that ends bulk mail to one address.

    Raises:
        StoreError: The key that it is signed with cannot be read or written.
    """
    key = kept_key(stores.root, stores.random)
    token = one_click.token(key, one_click.Named(draft_id, wire_address))
    return f"{stores.config.public_url}{PATH}{token}"


def _wants_link(stores: Stores, draft: Draft) -> bool:
    return (
        draft.service.category is Category.BULK
        and not draft.unsubscribe_url
        and bool(stores.config.public_url)
        and not any(name.lower() in UNSUBSCRIBE_HEADERS for name, _ in draft.headers)
        and len({one.text for one in draft.recipients}) == 1
    )


def _can_be_said(stores: Stores, draft: Draft) -> bool:
    """Return whether the account's provider takes the two headers.

    Its author asked for neither, and could not mend what is wrong with them.
    """
    account = stores.settings.account(draft.account)
    if account is None:
        return True
    try:
        require_sayable(stores, account, draft, compose.envelope(draft))
    except UnsupportedFeatureError as error:
        return error.field != _FIELD
    except ConfigurationError:
        return True
    return True


def _without_ours(stores: Stores, draft: Draft) -> Draft:
    found = _TOKEN.search(draft.unsubscribe_url)
    if found is None or _named(stores, found[1]) is None:
        return draft
    return replace(draft, unsubscribe_url="")


def _named(stores: Stores, token: str) -> one_click.Named | None:
    key = stored_key(stores.root)
    return one_click.read(key, token) if key is not None else None


def _ended(stores: Stores, key: str, named: one_click.Named) -> SuppressionRow:
    return SuppressionRow(
        key=key,
        address=named.address,
        scope=Scope.BULK,
        reason=REASON,
        source=Source.UNSUBSCRIBE,
        draft_id=named.draft_id,
        actor=stores.acting.actor,
        at=stores.clock.now(),
    )
