"""What somebody searches for, and the words of a mail that it can be found by.

A blind copy is in none of them: who searches is shown rows, and rows never tell
of it.

Pure.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.origin import AGENT_PREFIX
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError

MOST_CHARACTERS: Final = 400_000
"""So much of a body is searched; what comes after it is data, hardly a letter."""
_UNSPACED: Final = regex(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3100-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
"""Letters of scripts that put no space between words: each is a word here."""
_TERM: Final = regex(r'(?:(\w+):)?(?:"([^"]*)"?|(\S+))')


class Place(StrEnum):
    """Where in a mail a word stands; the names are what people type."""

    SUBJECT = "subject"
    FROM = "from"
    """Who it is from, and who answers go to."""
    TO = "to"
    """To and Cc, with names."""
    BODY = "body"
    FILE = "file"
    """Names of attachments."""
    NOTE = "note"
    """What its author said about it to the reviewer."""
    AGENT = "agent"
    """Which program handed it in."""
    ACCOUNT = "account"


_STATE: Final = "state"
NEW: Final = "new"
"""It waits for a decision, and nobody opened it here."""
DECIDED: Final = "decided"
"""Somebody decided about it, and it does not wait for another decision."""
STATUSES: Final = frozenset(
    one.value
    for one in (*DraftState, *SubmissionState)
    if one is not DraftState.RELEASED
)
"""The words for where mail stands, as lists show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that stand one after the other, the last maybe only begun."""

    text: str
    place: Place | None = None
    """None means anywhere."""
    is_whole: bool = False
    """Whether the last word is whole, because it was put in quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a mail has to have, all of it."""

    terms: tuple[Term, ...] = ()
    statuses: frozenset[str] | None = None
    """Words for where it stands; None means anywhere."""
    asked: frozenset[str] = frozenset()
    """What else is asked about where it stands: ``NEW``, ``DECIDED``."""


def parse_query(text: str) -> Query:
    """Return what ``text`` asks for: words, ``"words together"``, ``to:words``.

    Raises:
        FieldError: A state that there is not.
    """
    terms: list[Term] = []
    statuses: frozenset[str] | None = None
    asked: set[str] = set()
    for found in _TERM.finditer(text):
        name, quoted, plain = found.groups()
        if name and name.lower() == _STATE and plain in {NEW, DECIDED}:
            asked.add(plain)
        elif name and name.lower() == _STATE:
            wanted = _statuses(quoted or plain or "")
            statuses = wanted if statuses is None else statuses & wanted
        else:
            terms += _terms(name or "", quoted, plain or "")
    return Query(terms=tuple(terms), statuses=statuses, asked=frozenset(asked))


def _terms(name: str, quoted: str | None, plain: str) -> Iterator[Term]:
    """Yield one term, or none where it has no letter; ``re:`` is just a word."""
    is_place = name.lower() in set(Place)
    words = plain if quoted is None else quoted
    if name and not is_place:
        words = f"{name} {words}"
    if any(one.isalnum() for one in words):
        place = Place(name.lower()) if is_place else None
        yield Term(text=spaced(words), place=place, is_whole=quoted is not None)


def wordless(text: str) -> str:
    """Return the first place in a query that has no word; empty where all have one."""
    places = {*Place, _STATE}
    return next(
        (
            plain[:-1].lower()
            for name, _, plain in _TERM.findall(text)
            if not name and plain.endswith(":") and plain[:-1].lower() in places
        ),
        "",
    )


def _statuses(word: str) -> frozenset[str]:
    """Return the statuses that begin with ``word``."""
    begun = word.lower().replace("-", "_")
    found = frozenset(one for one in STATUSES if one.startswith(begun))
    if not found:
        raise FieldError(
            f"state:{word} is no state that mail can have.",
            hint=f"These are: {', '.join(sorted(STATUSES))}",
            field="search",
        )
    return found


def spaced(text: str) -> str:
    """Return ``text`` with each letter of a script without spaces as a word."""
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one mail can be found by, place by place."""

    subject: str
    sender: str
    recipients: str
    body: str
    files: str
    note: str
    agent: str
    account: str


def words_of(draft: Draft, *, actor: str, note: str) -> Words:
    """Return what one revision of a mail can be found by; never a blind copy.

    Args:
        draft: What it says.
        actor: Who handed it in.
        note: What they said about it, without the blind copies that it names.
    """
    agent = actor.removeprefix(AGENT_PREFIX)
    return Words(
        subject=spaced(draft.subject),
        sender=spaced(_people((draft.sender, *draft.reply_to))),
        recipients=spaced(_people((*draft.to, *draft.cc))),
        body=spaced(_body(draft)),
        files=spaced(" ".join(one.name for one in draft.attachments)),
        note=spaced(note),
        agent=agent if agent != actor else "",
        account=draft.account,
    )


def _people(addresses: Iterable[Address]) -> str:
    return " ".join(f"{one.name} {one.text}" for one in addresses)


def _body(draft: Draft) -> str:
    """Return the text of a mail; of one that is only HTML, what it shows."""
    body = draft.body
    if body.text or not body.html:
        return body.text[:MOST_CHARACTERS]
    from tuimail.core.html.text import html_to_text  # noqa: PLC0415 - for HTML only

    return html_to_text(body.html[:MOST_CHARACTERS]).text
