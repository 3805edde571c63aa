"""Everybody that a mail may be from, as the From line offers them.

Pure.
"""

from collections.abc import Sequence

from tuimail.core.draft import Draft
from tuimail.tui import wording
from tuimail.tui.widgets.choosers import Choice
from tuimail.workspace.views import AccountView, IdentityView


def choices(
    accounts: Sequence[AccountView],
    identities: Sequence[IdentityView],
    draft: Draft | None,
) -> tuple[Choice, ...]:
    """Return all identities of all accounts, and whom ``draft`` is from if it is none.

    Args:
        accounts: How mail can leave.
        identities: Whom it can be from, in the order in which they are offered.
        draft: What is being written; nobody else's sender is lost.
    """
    known = {one.name: one for one in accounts}
    offered = tuple(
        _choice(known[one.account], one) for one in identities if one.account in known
    )
    if draft is None or any(_is_of(draft, one) for one in offered):
        return offered
    kept = Choice(
        account=draft.account,
        sender=draft.sender.text,
        name=wording.address(draft.sender),
        way=wording.line(draft.account),
    )
    return (kept, *offered)


def _choice(account: AccountView, identity: IdentityView) -> Choice:
    written = identity.address
    if identity.name:
        written = f"{identity.name} <{identity.address}>"
    held = "   HELD" if account.held_reason else ""
    return Choice(
        account=account.name,
        sender=identity.address,
        name=wording.line(written),
        way=f"{wording.line(f'{account.name}, {account.provider}')}{held}",
    )


def _is_of(draft: Draft, choice: Choice) -> bool:
    sender = draft.sender.text.lower()
    return (choice.account, choice.sender.lower()) == (draft.account, sender)
