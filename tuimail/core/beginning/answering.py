"""A mail that answers another one, or hands it on.

Pure.
"""

import re
from collections.abc import Collection, Iterable
from itertools import takewhile
from textwrap import wrap
from typing import Final

from tuimail.core.address import Address, format_address, is_same
from tuimail.core.beginning.beginning import Beginning
from tuimail.core.beginning.parent import Parent
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

REFERENCES_LIMIT: Final = 100
"""The first and the last of a longer thread are named (RFC 5322 §3.6.4 sets none)."""
QUOTED_LIMIT: Final = 500_000
"""Characters of a text that are quoted; nobody answers more."""
_LONGEST_LINE: Final = 100
_WRAPPED: Final = 70
_REPLY: Final = regex(
    r"(?:(?:re|aw|antw|sv|vs|odp|ref|rif|res|回复|回覆|答复)(?:\[\d+\])?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
"""How programs of many languages begin the subject of an answer."""
_FORWARD: Final = regex(
    r"(?:(?:fwd?|wg|tr|rv|enc|vb|vl|pd|转发|轉寄)\s*[:\uff1a]\s*)+", re.IGNORECASE
)
_SIGNATURE: Final = "-- "


def reply(parent: Parent, own: Collection[Address], *, is_to_all: bool) -> Beginning:
    """Return an answer to ``parent``, with its text quoted.

    An answer to one's own mail goes on with it, to whom that went.

    Args:
        parent: What is answered.
        own: All addresses of one's own.
        is_to_all: Whether everybody is answered whom it names.

    Raises:
        FieldError: Nobody can be answered.
    """
    is_own = parent.sender is not None and _is_among(parent.sender, own)
    authors = parent.to if is_own else _authors(parent)
    if not authors:
        raise FieldError(
            "That mail does not say whom an answer goes to.",
            hint="Forward it instead, and type the address.",
            field="to",
        )
    others = (parent.cc if is_own else (*parent.to, *parent.cc)) if is_to_all else ()
    others = tuple(one for one in others if not _is_among(one, (*own, *authors)))
    sender, reason = _sender(parent, own)
    return Beginning(
        to=authors,
        cc=others,
        subject=f"Re: {_without(_REPLY, parent.subject)}".rstrip(),
        text=_quoted(parent),
        in_reply_to=parent.message_id,
        references=_references(parent),
        sender=sender,
        reason=reason,
        noticed=tuple(_noticed(parent)) if is_to_all else (),
    )


def forward(parent: Parent, own: Collection[Address]) -> Beginning:
    """Return a mail that hands ``parent`` on, its text below and its files attached."""
    sender, reason = _sender(parent, own)
    return Beginning(
        subject=f"Fwd: {_without(_FORWARD, parent.subject)}".rstrip(),
        text=_handed_on(parent),
        references=_references(parent),
        files=parent.files,
        sender=sender,
        reason=reason,
    )


def _authors(parent: Parent) -> tuple[Address, ...]:
    return parent.reply_to or tuple(filter(None, (parent.sender,)))


def _is_among(one: Address, others: Iterable[Address]) -> bool:
    return any(is_same(one, other) for other in others)


def _sender(parent: Parent, own: Collection[Address]) -> tuple[Address | None, str]:
    """Return which of one's own addresses the mail was for, and how that is known."""
    if parent.sender is not None and _is_among(parent.sender, own):
        return parent.sender, f"you wrote as {parent.sender.local}@"
    for wanted in (*parent.to, *parent.cc, *parent.delivered_to):
        for mine in own:
            if is_same(wanted, mine):
                return mine, f"they wrote to {mine.local}@"
    return None, ""


def _without(prefix: re.Pattern[str], subject: str) -> str:
    found = prefix.match(subject)
    return subject[found.end() :] if found else subject


def _references(parent: Parent) -> tuple[str, ...]:
    """Return the thread with this mail as its last (RFC 5322 §3.6.4)."""
    if not parent.message_id:
        return ()
    earlier = tuple(one for one in parent.references if one != parent.message_id)
    if len(earlier) >= REFERENCES_LIMIT:
        earlier = (earlier[0], *earlier[2 - REFERENCES_LIMIT :])
    return (*earlier, parent.message_id)


def _noticed(parent: Parent) -> Iterable[str]:
    if parent.left_out:
        names = ", ".join(one[:60] for one in parent.left_out[:5])
        yield f"Left out, for they are no addresses: {names}."


def _quoted(parent: Parent) -> str:
    """Return the text with a mark before each line, its signature left out."""
    lines = parent.text[:QUOTED_LIMIT].strip("\n").split("\n")
    kept = list(takewhile(lambda line: line != _SIGNATURE, lines))
    while kept and not kept[-1].strip():
        kept.pop()
    quoted = [f"{_mark(one)}{one}".rstrip() for line in kept for one in _wrapped(line)]
    return "\n".join(("", "", _attribution(parent), *quoted, ""))


def _mark(line: str) -> str:
    return ">" if line.startswith(">") else "> "


def _wrapped(line: str) -> list[str]:
    """Return a paragraph in lines; what is quoted already stays as it is."""
    if len(line) <= _LONGEST_LINE or line.startswith(">"):
        return [line]
    return wrap(line, _WRAPPED, break_long_words=False, break_on_hyphens=False)


def _attribution(parent: Parent) -> str:
    who = format_address(parent.sender) if parent.sender else "somebody"
    day = f"On {parent.date:%Y-%m-%d %H:%M}, " if parent.date else ""
    return f"{day}{who} wrote:"


def _handed_on(parent: Parent) -> str:
    people = (
        ("From", (parent.sender,) if parent.sender else ()),
        ("To", parent.to),
        ("Cc", parent.cc),
    )
    said = [f"{name}: {_named(some)}" for name, some in people if some]
    day = [f"Date: {parent.date:%Y-%m-%d %H:%M %z}".rstrip()] if parent.date else []
    head = ("", "", "---------- Forwarded mail ----------", *said[:1], *day)
    rest = (f"Subject: {parent.subject}", *said[1:], "", parent.text.strip("\n"), "")
    return "\n".join((*head, *rest))


def _named(people: Iterable[Address]) -> str:
    return ", ".join(format_address(one) for one in people)
