"""What a row may say: never whom a blind copy went to.

Rows are shown to everybody, and servers like to repeat what they refuse. Their
words stay whole in the receipts, which are shown where somebody asks.
"""

import re
from collections.abc import Iterable
from typing import Final

from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.status import Stage
from tuimail.core.submission import Receipt
from tuimail.core.values import replace

HIDDEN: Final = "(hidden)"
_BEFORE_RECIPIENTS: Final = frozenset(
    {Stage.CONNECT, Stage.GREETING, Stage.EHLO, Stage.STARTTLS, Stage.AUTH}
)
"""Stages in which the server has not been told anybody yet."""


def for_a_row(receipt: Receipt, recipients: Iterable[EnvelopeRecipient]) -> Receipt:
    """Return ``receipt`` as far as a row may quote it.

    Args:
        receipt: What the server said, about whomever.
        recipients: Everybody in the envelope.
    """
    blind = [one for one in recipients if one.role is Role.BCC]
    return replace(receipt, text="") if _names(receipt.text, blind) else receipt


def for_an_account(receipt: Receipt) -> Receipt:
    """Return ``receipt`` as far as other mail of the account may quote it."""
    if receipt.stage in _BEFORE_RECIPIENTS or not receipt.stage:
        return receipt
    return replace(receipt, text="")


def without(text: str, hidden: Iterable[str]) -> str:
    """Return ``text`` with all of ``hidden`` blotted out where they are words.

    Half of another address is left, or it would tell who is hidden. In one go,
    so that nothing is looked for in what was put there; longer ones first, so
    that no end of one is left to be seen.
    """
    choices = "|".join(map(re.escape, sorted(hidden, key=len, reverse=True)))
    if not choices:
        return text
    return re.sub(
        rf"(?:(?<!\w)|(?!\w))(?:{choices})(?:(?<!\w)|(?!\w))",
        HIDDEN,
        text,
        flags=re.IGNORECASE,
    )


def _names(text: str, recipients: Iterable[EnvelopeRecipient]) -> bool:
    """Whether ``text`` has one of the addresses, or its local part as a word."""
    words = {
        word
        for one in recipients
        for word in (
            one.address,
            one.wire_address,
            one.wire_address.rpartition("@")[0],
        )
    }
    return without(text, words) != text
