"""Words of the dialogue by which one looks: list, read, more, accounts, sender."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from tuimail.cli.linear.hints import in_dialogue
from tuimail.cli.linear.parts import say_in_parts
from tuimail.cli.linear.session import Looked, Session
from tuimail.cli.linear.telling import (
    account_lines,
    count_lines,
    evidence_lines,
    row_lines,
    who_sends,
)
from tuimail.cli.linear.verb import Verb, Words, named
from tuimail.cli.pages import review_lines
from tuimail.core.finding import Severity
from tuimail.errors import UsageError
from tuimail.tui import standing
from tuimail.workspace.lists import ListName, Wanted
from tuimail.workspace.views import Page, Row

LISTED: Final = 10
"""Mails that are said at once."""
_TABS: Final = ("text", "html")
"""What of a mail is read to its end with its last line."""
_TYPED: Final[Mapping[str, str]] = {
    "approve": "approve {}",
    "request_changes": "changes {} REASON",
    "reject": "reject {} REASON",
    "send": "release {}",
    "release": "release {}",
    "take_back": "undo {}",
    "retry": "retry {}",
    "hold": "hold {}",
    "resume": "resume {}",
    "confirm": "arrived {}",
    "inquire": "ask {}",
    "give_up": "give-up {}",
    "cancel": "cancel {}",
    "discard": "discard {}",
}
"""Action to what is typed for it, what is meant most often first."""


def _list(session: Session, words: Words) -> None:
    if not words:
        session.voice.say(*count_lines(session.workspace.drafts.counts()))
        session.voice.say("Type list review, list outbox, list sent or list drafts.")
        return
    names = [one.value for one in ListName]
    if words[0] not in names:
        raise UsageError(
            f"There is no list {' '.join(words)[:40]!r}.",
            hint=f"Type list and one of: {', '.join(names)}",
            field="list",
        )
    search = " ".join(words[1:])
    while search and session.workspace.search.catch_up():
        pass
    _say_list(session, ListName(words[0]), search, 0)


def _say_list(session: Session, name: ListName, search: str, place: int) -> None:
    wanted = Wanted(place=place, below=LISTED, search=search)
    window = session.workspace.lists.window(name, wanted)
    rows = window.rows[max(place - window.start, 0) :][:LISTED]
    now, around = session.now(), session.around
    hits = f" of {window.among} match" if search else ""
    lines = [f"{name.value}: {window.total}{hits}"] if place == 0 else []
    for row in rows:
        lines += row_lines(row, session.numbers.of(row.id), now, around)
    session.voice.say(*lines)
    end = place + len(rows)
    if rows and end < window.total:
        session.more = partial(_say_list, session, name, search, end)
        session.voice.say(f"{window.total - end} further: type more.")


def _read(session: Session, words: Words) -> None:
    page = session.page(named(session, words, "read"))
    row = page.row
    lines = [*_lines(session, page)]
    session.looked[row.id] = Looked(
        revision=row.revision, release_digest=page.release_digest
    )
    session.workspace.looking.opened(row.id, row.revision)
    say_in_parts(session, lines, at_end=partial(_was_read, session, row))


def _lines(session: Session, page: Page) -> Iterator[str]:
    row = page.row
    number = session.numbers.of(row.id)
    yield f"Mail {number}"
    if row.status == "unknown":
        found = session.workspace.queue.evidence(row.id)
        yield from evidence_lines(found)
        again = f"resend {number}"
        offered = [f"arrived {number}", again, f"give-up {number}"]
        offered += [f"ask {number}"] if found.can_inquire else []
    else:
        offered = [
            typed.format(number)
            for action, typed in _TYPED.items()
            if action in row.actions
        ]
    overruled = f"or you overrule it, which approve {number} asks"
    yield from review_lines(page, overrule=overruled)
    for one in page.accepted:
        yield f"Accepted: {one.code}, by {one.actor}: {one.reason}"
    if page.standing.unread:
        yield standing.to_read(page.standing)
    offered += [f"accept {number} {code} REASON" for code in _warnings(page)]
    if page.draft.attachments:
        offered.append(f"files {number}")
    if offered:
        yield f"You may type: {', '.join(dict.fromkeys(offered))}"


def _warnings(page: Page) -> list[str]:
    """Return the codes of the warnings that somebody may let stand."""
    if "approve" not in page.row.actions or page.row.status != "review":
        return []
    found = [one.code for one in page.findings if one.severity is Severity.WARNING]
    accepted = {one.code for one in page.accepted}
    return [code for code in dict.fromkeys(found) if code not in accepted]


def _was_read(session: Session, row: Row) -> None:
    for tab in _TABS:
        session.workspace.looking.read(row.id, row.revision, tab)


def _more(session: Session, _words: Words) -> None:
    more, session.more = session.more, None
    if more is None:
        raise UsageError("There is nothing more to say.", hint="Type list.")
    more()


def _accounts(session: Session, words: Words) -> None:
    accounts = session.workspace.accounts.views()
    if words:
        raise UsageError(
            f"accounts takes nothing after it, not {' '.join(words)[:40]!r}.",
            hint="Type accounts, or hold-account NAME, or resume-account NAME.",
        )
    lines = (in_dialogue(line, session.numbers) for line in account_lines(accounts))
    session.voice.say(f"accounts: {len(accounts)}", *lines)
    if not accounts:
        session.voice.say("Add one, outside of this: tuimail accounts add")


def _sender(session: Session, _words: Words) -> None:
    """Say who sends, and begin to where nobody does."""
    session.sender.start()
    session.voice.say(who_sends(session.sender.state))


VERBS: Final[Mapping[str, Verb]] = {
    "list": Verb(
        usage="list [review|outbox|sent|drafts [WORDS]]",
        help="say how much is in each list, or what is in one, or what matches there",
        run=_list,
    ),
    "read": Verb(
        usage="read N",
        help="say all about a mail, blind copies and what was found included",
        run=_read,
    ),
    "more": Verb(usage="more", help="go on with what was too long", run=_more),
    "accounts": Verb(usage="accounts", help="say the ways out", run=_accounts),
    "sender": Verb(
        usage="sender",
        help="say who sends; where nobody does, send from here",
        run=_sender,
    ),
}
