"""Whether everybody in the address fields is who is meant, and who gets it unseen.

Pure.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from tuimail.core.address import Address, wire_address
from tuimail.core.checks import addresses
from tuimail.core.checks.context import Context
from tuimail.core.checks.lookalikes import (
    KnownDomains,
    in_latin,
    known_domains,
    registered,
)
from tuimail.core.checks.people import Named, people_of, receivers_of
from tuimail.core.checks.several import each, listed
from tuimail.core.checks.sites import shown_sites
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity

NEIGHBOURS_LIMIT: Final = 50
"""Unknown domains that are compared with each other: among more, some are alike
by chance."""


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Find addresses that deceive, and copies that the others do not see."""
    everybody = people_of(draft)
    for field, found in everybody:
        yield from addresses.check(field, found)
    yield from _not_of_the_account(draft, context)
    yield from _alike(draft.sender, everybody[1:], context)
    yield from _named_twice(draft)
    yield from _never_written_to(draft, context)
    yield from _unseen(draft, context)
    yield from _answers_elsewhere(draft, context)


def _not_of_the_account(draft: Draft, context: Context) -> Iterator[Finding]:
    if context.own_addresses and draft.sender.text not in context.own_addresses:
        own = listed(sorted(context.own_addresses))
        yield Finding(
            code="hdr.from-not-account",
            severity=Severity.BLOCK,
            field="from",
            message=f"The mail is from {draft.sender.text}, and the account may send "
            f"as {own} only.",
            hint="Choose another account, or one of its addresses.",
            place=draft.sender.text[:PLACE_LIMIT],
        )


def _alike(
    sender: Address, others: Iterable[Named], context: Context
) -> Iterator[Finding]:
    known = known_domains(
        context.known_domains, _with(sender.domain, context.own_domains)
    )
    strangers = _strangers(others, known)
    neighbours = KnownDomains()
    found: dict[str, list[tuple[Address, str]]] = {}
    for domain, (field, address) in strangers.items():
        like = known.like(domain) or neighbours.like(domain) or in_latin(domain)
        if like:
            found.setdefault(field, []).append((address, like))
        elif 1 < len(strangers) <= NEIGHBOURS_LIMIT:
            neighbours.add(domain)
    for field, pairs in found.items():
        yield from each(pairs, partial(_look_alike, field))


def _with(one: str, others: frozenset[str]) -> frozenset[str]:
    """Return the same object where nothing is added: it is known again at once."""
    return others if one in others else others | {one}


def _strangers(
    others: Iterable[Named], known: KnownDomains
) -> dict[str, tuple[str, Address]]:
    """Return the unknown domains, each with where it stands first."""
    found: dict[str, tuple[str, Address]] = {}
    for field, people in others:
        for address in people:
            domain = address.domain
            if domain not in found and domain not in known and domain[0] != "[":
                found[domain] = (field, address)
    return found


def _look_alike(field: str, pair: tuple[Address, str]) -> Finding:
    address, like = pair
    wire = wire_address(address)
    sent_as = "" if wire == address.text else f" It goes out as {wire}."
    return Finding(
        code="addr.lookalike-domain",
        severity=Severity.WARNING,
        field=field,
        message=f"{address.text} is not at {like}, which its domain looks like."
        + sent_as,
        hint="Compare letter by letter with an address that you know.",
        place=address.text[:PLACE_LIMIT],
    )


def _named_twice(draft: Draft) -> Iterator[Finding]:
    """Find mailboxes that are named again.

    The same text gets one copy. With other capitals it is another mailbox to a
    server (RFC 5321 §2.4) and the same person to everybody else, who gets two.
    """
    if len(draft.recipients) <= 1:
        return
    spellings: dict[str, list[tuple[str, str]]] = {}
    for field, people in receivers_of(draft):
        for address in people:
            key = address.text.casefold()
            spellings.setdefault(key, []).append((field, address.text))
    again = [named for named in spellings.values() if len(named) > 1]
    same = [named for named in again if len({text for _, text in named}) == 1]
    other = [named for named in again if len({text for _, text in named}) > 1]
    yield from _again(same, Severity.INFO, "more than once, for one copy each")
    yield from _again(
        other, Severity.WARNING, "again in other capitals, for two copies"
    )


def _again(
    named: list[list[tuple[str, str]]], severity: Severity, outcome: str
) -> Iterator[Finding]:
    if named:
        field, _ = named[0][-1]
        names = [spellings[-1][1] for spellings in named]
        verb = "is" if len(names) == 1 else "are"
        yield Finding(
            code="rcpt.twice",
            severity=severity,
            field=field,
            message=f"{listed(names)} {verb} named {outcome}.",
            hint="Name everybody once.",
            place=", ".join(names[:20])[:PLACE_LIMIT],
        )


def _never_written_to(draft: Draft, context: Context) -> Iterator[Finding]:
    if context.known_addresses is None:
        return
    own = _with(draft.sender.text, context.own_addresses)
    new = dict.fromkeys(address.text for address in draft.recipients)
    names = [text for text in new if text not in context.known_addresses | own]
    if names:
        yield Finding(
            code="rcpt.new",
            severity=Severity.INFO,
            field=_field_of(draft, names[0]),
            message=f"This is the first mail from here to {listed(names)}.",
            place=", ".join(names[:20])[:PLACE_LIMIT],
        )


def _field_of(draft: Draft, text: str) -> str:
    return next(
        field
        for field, people in receivers_of(draft)
        if any(address.text == text for address in people)
    )


def _unseen(draft: Draft, context: Context) -> Iterator[Finding]:
    if draft.bcc and not draft.to and not draft.cc:
        yield Finding(
            code="rcpt.bcc-only",
            severity=Severity.INFO,
            field="to",
            message="Everybody gets a blind copy; the mail names no recipient.",
            hint="Put at least your own address into To.",
        )
    yield from each(_at_other_sites(draft.bcc, draft, context), _external)


def _external(address: Address) -> Finding:
    return Finding(
        code="rcpt.bcc-external",
        severity=Severity.WARNING,
        field="bcc",
        message=f"{address.text} gets a copy unseen, at a domain that nobody "
        "else in this mail has.",
        hint="Check that this copy is meant.",
        place=address.text[:PLACE_LIMIT],
    )


def _answers_elsewhere(draft: Draft, context: Context) -> Iterator[Finding]:
    yield from each(_at_other_sites(draft.reply_to, draft, context), _elsewhere)


def _at_other_sites(
    addresses: tuple[Address, ...], draft: Draft, context: Context
) -> Iterator[Address]:
    """Return those that are at no site which the mail shows, nor at one's own."""
    if not addresses:
        return iter(())
    sites = shown_sites(draft, context)
    return (one for one in addresses if registered(one.domain) not in sites)


def _elsewhere(address: Address) -> Finding:
    return Finding(
        code="hdr.reply-to-mismatch",
        severity=Severity.WARNING,
        field="reply-to",
        message=f"Answers go to {address.text}, at a domain that is neither "
        "the sender's nor a recipient's.",
        hint="Check that answers are meant to go there.",
        place=address.text[:PLACE_LIMIT],
    )
