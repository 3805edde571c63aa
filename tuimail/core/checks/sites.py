"""Which sites a mail shows: those of its author, its readers and one's own.

Pure.
"""

from tuimail.core.checks.context import Context
from tuimail.core.checks.lookalikes import registered
from tuimail.core.draft import Draft


def shown_sites(draft: Draft, context: Context) -> frozenset[str]:
    """Return what is registered of every domain that readers know of.

    Mail from ``news.shop.example`` that is answered at ``shop.example`` is usual.
    """
    seen = {address.domain for address in (draft.sender, *draft.to, *draft.cc)}
    return frozenset(map(registered, seen | context.own_domains))
