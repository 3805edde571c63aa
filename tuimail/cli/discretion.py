"""Blind copies, left out of everything that did not ask for them.

The one rule kept here: what a server or a person wrote about a mail is shown
without the address of any blind copy, whoever it was written about. Servers like
to repeat an address, or only the part before the ``@``, of somebody else.

Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tuimail.core.address import Address, wire_address
from tuimail.core.decision import LONGEST_REASON
from tuimail.core.finding import Finding
from tuimail.core.message import Role
from tuimail.core.submission import Attempt, Receipt
from tuimail.workspace.discretion import without
from tuimail.workspace.views import Decision, JournalLine, Page, RecipientView


def discreet(text: str, page: Page, *, with_bcc: bool) -> str:
    """Return what a person or a check said, without blind addresses."""
    return text if with_bcc else without(text, _addresses(page))


def discreet_reply(text: str, page: Page, *, with_bcc: bool) -> str:
    """Return a server's words without blind addresses, nor the users in them.

    A person's words keep the latter: there, ``anna`` is most often just Anna.
    """
    return text if with_bcc else without(text, _addresses(page) | _users(page))


def shown_recipients(page: Page, *, with_bcc: bool) -> list[RecipientView]:
    """Return the recipients that may be shown."""
    return [
        replace(
            one,
            reason=discreet_reply(one.reason, page, with_bcc=with_bcc),
            receipt=_shown_receipt(one.receipt, page, with_bcc=with_bcc),
            reports=tuple(
                replace(
                    said,
                    reply=discreet_reply(said.reply, page, with_bcc=with_bcc),
                    server=discreet_reply(said.server, page, with_bcc=with_bcc),
                )
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
    return [_shown_attempt(one, page, with_bcc=with_bcc) for one in attempts]


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
    return [
        replace(
            one,
            message=discreet(one.message, page, with_bcc=with_bcc),
            hint=discreet(one.hint, page, with_bcc=with_bcc),
            place=discreet(one.place, page, with_bcc=with_bcc),
        )
        for one in page.findings
        if with_bcc or one.field != Role.BCC.value
    ]


def shown_steps(steps: Iterable[JournalLine], *, with_bcc: bool) -> list[JournalLine]:
    """Return the lines of the journal that may be shown: not even how many."""
    return [
        one for one in steps if with_bcc or one.details.get("role") != Role.BCC.value
    ]


def _shown_attempt(attempt: Attempt, page: Page, *, with_bcc: bool) -> Attempt:
    hidden = frozenset() if with_bcc else _addresses(page)
    return replace(
        attempt,
        receipt=_shown_receipt(attempt.receipt, page, with_bcc=with_bcc),
        answers=tuple(
            replace(one, receipt=_shown_receipt(one.receipt, page, with_bcc=with_bcc))
            for one in attempt.answers
            if one.wire_address not in hidden
        ),
    )


def _shown_receipt(receipt: Receipt, page: Page, *, with_bcc: bool) -> Receipt:
    return replace(receipt, text=discreet_reply(receipt.text, page, with_bcc=with_bcc))


def _addresses(page: Page) -> set[str]:
    """Return how the blind addresses may be spelt, but for those shown anyway."""
    return _spellings(_blind(page)) - _spellings(_open(page))


def _users(page: Page) -> set[str]:
    """Return the parts before the ``@``, but for those of addresses shown."""
    shown = {address.local.casefold() for address in _open(page)}
    found = {address.local for address in _blind(page)}
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
