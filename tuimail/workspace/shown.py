"""Blind copies, left out of everything that did not ask for them.

The one rule kept here: what a server or a person wrote about a mail is shown
without the address of any blind copy, whoever it was written about. Servers like
to repeat an address, or only the part before the ``@``, of somebody else.

Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache, partial

from tuimail.core.address import Address, wire_address
from tuimail.core.decision import LONGEST_REASON
from tuimail.core.finding import Finding
from tuimail.core.message import Role
from tuimail.core.submission import Attempt
from tuimail.core.values import replace
from tuimail.workspace.views import Accepted, Decision, JournalLine, Page, RecipientView


def discreet(text: str, page: Page, *, with_bcc: bool) -> str:
    """Return what a person or a check said, without blind addresses."""
    return text if with_bcc or not text else _filter(page, with_bcc=False)(text)


def discreet_reply(text: str, page: Page, *, with_bcc: bool) -> str:
    """Return a server's words without blind addresses, nor the users in them.

    A person's words keep the latter: there, ``anna`` is most often just Anna.
    """
    return text if with_bcc or not text else _reply_filter(page, with_bcc=False)(text)


def shown_recipients(page: Page, *, with_bcc: bool) -> list[RecipientView]:
    """Return the recipients that may be shown."""
    shown = _reply_filter(page, with_bcc=with_bcc)
    return [
        replace(
            one,
            reason=shown(one.reason),
            receipt=replace(one.receipt, text=shown(one.receipt.text)),
            reports=tuple(
                replace(said, reply=shown(said.reply), server=shown(said.server))
                for said in one.reports
            ),
        )
        for one in page.recipients
        if with_bcc or one.role is not Role.BCC
    ]


def shown_attempts(
    page: Page, attempts: Iterable[Attempt], *, with_bcc: bool
) -> list[Attempt]:
    """Return tries of the mail on ``page``, with answers that may be shown."""
    hidden = frozenset() if with_bcc else _addresses(page)
    shown = _reply_filter(page, with_bcc=with_bcc)
    return [_shown_attempt(one, hidden, shown) for one in attempts]


def shown_decisions(page: Page, *, with_bcc: bool) -> list[Decision]:
    """Return every decision, with reasons that may be shown."""
    return [
        replace(
            one,
            reason=discreet(one.reason, page, with_bcc=with_bcc),
            comments=tuple(
                replace(
                    said,
                    text=discreet(said.text, page, with_bcc=with_bcc)[:LONGEST_REASON],
                )
                for said in one.comments
            ),
        )
        for one in page.decisions
    ]


def shown_findings(page: Page, *, with_bcc: bool) -> list[Finding]:
    """Return what the checks noticed and may be shown, worst first as given."""
    shown = _filter(page, with_bcc=with_bcc)
    return [
        replace(
            one,
            message=shown(one.message),
            hint=shown(one.hint),
            place=shown(one.place),
        )
        for one in page.findings
        if with_bcc or one.field != Role.BCC.value
    ]


def shown_accepted(page: Page, *, with_bcc: bool) -> list[Accepted]:
    """Return the warnings that stand, but for those about blind copies only."""
    codes = {one.code for one in shown_findings(page, with_bcc=with_bcc)}
    return [
        replace(one, reason=discreet(one.reason, page, with_bcc=with_bcc))
        for one in page.accepted
        if with_bcc or one.code in codes
    ]


def shown_steps(steps: Iterable[JournalLine], *, with_bcc: bool) -> list[JournalLine]:
    """Return the lines of the journal that may be shown: not even how many."""
    return [
        one for one in steps if with_bcc or one.details.get("role") != Role.BCC.value
    ]


def _shown_attempt(
    attempt: Attempt, hidden: AbstractSet[str], shown: Callable[[str], str]
) -> Attempt:
    return replace(
        attempt,
        receipt=replace(attempt.receipt, text=shown(attempt.receipt.text)),
        answers=tuple(
            replace(
                one,
                receipt=replace(one.receipt, text=shown(one.receipt.text)),
                taken=shown(one.taken),
            )
            for one in attempt.answers
            if one.wire_address not in hidden
        ),
    )


def _filter(page: Page, *, with_bcc: bool) -> Callable[[str], str]:
    """Return what ``discreet`` does to each of many texts about one mail."""
    return _looked_at_once(frozenset() if with_bcc else _addresses(page))


def _reply_filter(page: Page, *, with_bcc: bool) -> Callable[[str], str]:
    """Return what ``discreet_reply`` does to each of many texts about one mail."""
    return _looked_at_once(frozenset() if with_bcc else _addresses(page) | _users(page))


def _looked_at_once(hidden: AbstractSet[str]) -> Callable[[str], str]:
    """Servers say the same to each of twenty thousand recipients."""
    if not hidden:
        return str
    from tuimail.workspace.discretion import without  # noqa: PLC0415 - few have a Bcc

    return cache(partial(without, hidden=hidden))


def _addresses(page: Page) -> set[str]:
    """Return how the blind addresses may be spelt, but for those shown anyway."""
    blind = _spellings(_blind(page))
    return blind - _spellings(_open(page)) if blind else blind


def _users(page: Page) -> set[str]:
    """Return the parts before the ``@``, but for those of addresses shown."""
    found = {address.local for address in _blind(page)}
    shown = {one.local.casefold() for one in _open(page)} if found else frozenset()
    return {user for user in found if user and user.casefold() not in shown}


def _blind(page: Page) -> Iterator[Address]:
    """Yield the blind copies of now and of before: decisions may be about those."""
    yield from page.draft.bcc
    if page.previous is not None:
        yield from page.previous.bcc


def _open(page: Page) -> Iterator[Address]:
    draft = page.draft
    yield from (draft.sender, *draft.to, *draft.cc, *draft.reply_to)


def _spellings(addresses: Iterable[Address]) -> set[str]:
    return {text for one in addresses for text in (one.text, wire_address(one))}
