"""Words of the dialogue that decide: approve, release, undo, changes, reject.

Typed in full, with the number of a mail that was read here, as it is now. What is
not said in the line is asked for, as in the app: a PIN, a word that overrules.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from tuimail.cli.linear.session import Looked, Session
from tuimail.cli.linear.telling import stands
from tuimail.cli.linear.verb import Verb, Words, named
from tuimail.core.decision import CODES
from tuimail.errors import StaleApprovalError, UsageError
from tuimail.tui import moments, standing, wording
from tuimail.tui.outgoing import release_lines
from tuimail.tui.screens import deciding
from tuimail.tui.screens.deciding import Consent, LetStand, Refusal
from tuimail.workspace.views import Page, Row, Signature

_AT: Final = "at"
_UNSAID: Final = frozenset({"", "When"})
"""Lines of the question before a release that are said otherwise, or nothing."""


def _approve(session: Session, words: Words) -> None:
    page = _read_before(session, named(session, words, "approve"), "approve")
    _nothing_after(words, "approve N")
    row = page.row
    _require(session, row, "approve", "approved")
    if page.standing.unread:
        number = session.numbers.of(row.id)
        raise UsageError(
            standing.to_read(page.standing),
            hint=f"Type read {number} and files {number}, each to its end with more.",
        )
    consent = Consent(
        overrule=_overruling(session, page),
        signature=_signature(session, page) if page.standing.reviewers else None,
        release_digest=page.release_digest,
        waits=True,
    )
    call = deciding.approve_and_release(row, session.undo, consent)
    done = call(session.workspace)
    number = session.numbers.of(row.id)
    session.done(done, deciding.what_became(done))
    if "release" in done.actions:
        session.voice.say(f"Type release {number} to let it leave.")


def _release(session: Session, words: Words) -> None:
    page = _read_before(session, named(session, words, "release"), "release")
    row = page.row
    consent = Consent(at=_moment(session, words[1:]))
    if "approve" in row.actions and "send" not in row.actions:
        raise UsageError(
            f"Mail {session.numbers.of(row.id)} is not approved yet.",
            hint=f"Type approve {session.numbers.of(row.id)}",
        )
    way = "send" if "send" in row.actions else "release"
    _require(session, row, way, "released")
    undo = session.undo
    told = release_lines(page, undo, verb=way, now=session.now())
    lines = [f"{one.label}: {one.text}" for one in told if one.label not in _UNSAID]
    done = deciding.WAYS_OUT[way](row, undo, consent)(session.workspace)
    session.voice.say(*lines)
    session.done(done, _what_became(session, done, consent.at))


def _what_became(session: Session, row: Row, at: datetime | None) -> str:
    """Return what was released, and until when it can be taken back."""
    if row.due_at is None:
        return deciding.what_became(row)
    if at is not None:
        return f"is released; it leaves {moments.spoken(at, session.now())}"
    if left := wording.undo_left(row, session.now()):
        return f"is released; type undo within {left} s to take it back"
    return "is released, and cannot be taken back"


def _undo(session: Session, words: Words) -> None:
    """Take the newest release back, or that of the mail that was named."""
    if words:
        taken = named(session, words, "undo")
    else:
        found = session.workspace.outbox.undoable()
        if not found:
            raise UsageError(
                "Nothing can be taken back any more.", hint="Type list outbox."
            )
        taken = found[0].id
    row = session.workspace.outbox.take_back(taken)
    session.done(row, "is taken back; it was not sent")


def _refuse(session: Session, words: Words, *, verb: str, typed: str) -> None:
    page = _read_before(session, named(session, words, typed), typed)
    row = page.row
    _require(session, row, verb, "decided about")
    codes, reason = _codes_and_reason(words[1:])
    if not (codes or reason):
        raise UsageError(
            "It is not said why, and its author will ask.",
            hint=f"Type {typed} {session.numbers.of(row.id)} and a reason, or one of: "
            f"{', '.join(CODES)}",
            field="reason",
        )
    has_names = bool(page.standing.reviewers)
    signature = _signature(session, page, is_needed=False) if has_names else None
    call, done = deciding.REFUSALS[verb]
    said = Refusal(reason=reason, codes=codes, signature=signature)
    session.done(call(row.id, row.revision, said)(session.workspace), f"is {done}")


def _accept(session: Session, words: Words) -> None:
    """Let a warning stand, beside those that stand already; it decides nothing."""
    page = _read_before(session, named(session, words, "accept"), "accept")
    code, *reason = words[1:] or [""]
    stand = (*(one.code for one in page.accepted), code)
    has_names = bool(page.standing.reviewers)
    answer = LetStand(
        codes=tuple(dict.fromkeys(stand)),
        reason=" ".join(reason),
        signature=_signature(session, page, is_needed=False) if has_names else None,
    )
    deciding.let_stand(page.row, answer)(session.workspace)
    session.voice.say(f"{session.numbers.of(page.row.id)}: {code} may stand.")


def _codes_and_reason(words: Words) -> tuple[tuple[str, ...], str]:
    """Take words for codes as long as they are, and the rest for the reason."""
    codes: list[str] = []
    for word in words:
        code = word.rstrip(",:").replace("_", "-")
        if code not in CODES:
            break
        codes.append(code)
    return tuple(codes), " ".join(words[len(codes) :])


def _read_before(session: Session, draft_id: str, verb: str) -> Page:
    """Return the mail, if what was read here is what it is now.

    Raises:
        StaleApprovalError: It was changed since.
        UsageError: It was not read here.
    """
    page = session.page(draft_id)
    number = session.numbers.of(draft_id)
    looked = session.looked.get(draft_id)
    now = Looked(revision=page.row.revision, release_digest=page.release_digest)
    if looked is None:
        raise UsageError(
            f"Mail {number} was not read here, and one does not {verb} that.",
            hint=f"Type read {number}",
        )
    if looked != now:
        del session.looked[draft_id]
        raise StaleApprovalError(
            draft_id, approved=looked.revision, current=now.revision
        )
    return page


def _require(session: Session, row: Row, action: str, done: str) -> None:
    if action not in row.actions:
        how = stands(row, session.now())
        raise UsageError(
            f"Mail {session.numbers.of(row.id)} {how} and cannot be {done}.",
            hint=f"Type read {session.numbers.of(row.id)} to see what can be done.",
        )


def _overruling(session: Session, page: Page) -> str:
    """Return what is typed over findings that block, where one person may do so."""
    word = page.standing.to_type
    if not word or page.standing.given:
        return ""
    return session.ask(
        f"Type {word} to overrule what blocks it, or nothing to leave it "
        "to a second person:"
    )


def _signature(
    session: Session, page: Page, *, is_needed: bool = True
) -> Signature | None:
    """Have a reviewer say who they are, by a PIN that is not shown.

    Raises:
        UsageError: Nobody does, where somebody has to.
    """
    names = page.standing.reviewers
    offered = (
        session.signer or page.standing.assigned or (names[0] if is_needed else "")
    )
    or_nothing = f"or nothing for {offered}" if offered else "or nothing for yourself"
    name = session.ask(f"Who decides: {', '.join(names)}, {or_nothing}:") or offered
    if not name:
        return None
    pin = session.ask_pin(f"PIN of {wording.line(name)[:60]}")
    if not pin:
        raise UsageError("No PIN was typed, so nothing was done.", field="pin")
    session.signer = name
    return Signature(name=name, pin=pin)


def _moment(session: Session, words: Words) -> datetime | None:
    if not words:
        return None
    if words[0] != _AT or len(words) == 1:
        raise UsageError(
            f"release N takes at TIME after it, not {' '.join(words)[:40]!r}.",
            hint=f"A time is for example: {moments.EXAMPLES}",
            field="at",
        )
    return moments.moment(" ".join(words[1:]), now=session.now())


def _nothing_after(words: Words, usage: str) -> None:
    if len(words) > 1:
        raise UsageError(
            f"{usage} takes nothing after it, not {' '.join(words[1:])[:40]!r}.",
            hint=f"Type {usage}, and nothing else.",
        )


VERBS: Final[Mapping[str, Verb]] = {
    "approve": Verb(
        usage="approve N",
        help="say that these exact bytes may leave; they do not leave by it",
        run=_approve,
        decides=True,
    ),
    "accept": Verb(
        usage="accept N CODE REASON",
        help="let a warning about a mail stand, for whoever approves it",
        run=_accept,
        decides=True,
    ),
    "release": Verb(
        usage="release N [at TIME]",
        help="let an approved mail leave, or one's own",
        run=_release,
        decides=True,
    ),
    "undo": Verb(
        usage="undo [N]",
        help="take the last release back, while there is time",
        run=_undo,
        decides=True,
    ),
    "changes": Verb(
        usage="changes N [CODE ...] REASON",
        help="send a draft back to its author",
        run=partial(_refuse, verb="request_changes", typed="changes"),
        decides=True,
    ),
    "reject": Verb(
        usage="reject N [CODE ...] REASON",
        help="say no to a draft",
        run=partial(_refuse, verb="reject", typed="reject"),
        decides=True,
    ),
}
