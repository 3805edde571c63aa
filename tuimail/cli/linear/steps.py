"""Words of the dialogue for mail that waits: one step with one mail, or one account."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from tuimail.cli.linear.session import Session
from tuimail.cli.linear.telling import about, evidence_lines
from tuimail.cli.linear.verb import Verb, Words, named
from tuimail.errors import UsageError
from tuimail.tui.screens.deciding import REVIEW_STEPS, STEPS, Step
from tuimail.workspace.views import REVIEW_STATUSES, Row

_TYPED: Final[Mapping[str, tuple[str, str]]] = {
    "retry": ("retry", "try it now"),
    "hold": ("hold", "keep a mail from leaving, or from being decided about"),
    "resume": ("resume", "let a held mail go on"),
    "arrived": ("confirm", "say of a mail of unknown fate that they have it"),
    "give-up": ("give_up", "let a mail of unknown fate be"),
    "cancel": ("cancel", "withdraw a mail that has not left"),
    "hand-in": ("request_review", "have a draft of one's own reviewed"),
    "discard": ("discard", "throw a draft away"),
}
"""What is typed, the step of the app that it is, and what it does."""
_UNKNOWN: Final = "unknown"


def _take(session: Session, words: Words, *, typed: str, step: str) -> None:
    row = session.workspace.drafts.row(named(session, words, typed))
    if step == "retry" and row.status == _UNKNOWN:
        raise UsageError(
            f"Mail {session.numbers.of(row.id)} may have arrived already.",
            hint=f"Type resend {session.numbers.of(row.id)} to send it again.",
        )
    found = _step(row, step)
    if found.question and not _agrees(session, row, found):
        session.voice.say("Left as it was.")
        return
    session.done(found.call(session.workspace, row.id), found.done)


def _step(row: Row, step: str) -> Step:
    is_in_review = row.status in REVIEW_STATUSES and step in REVIEW_STEPS
    return (REVIEW_STEPS if is_in_review else STEPS)[step]


def _agrees(session: Session, row: Row, step: Step) -> bool:
    session.voice.say(f"{session.numbers.of(row.id)}. {about(row)}", step.consequence)
    return session.agreed(step.question)


def _resend(session: Session, words: Words) -> None:
    """Send mail of unknown fate again, once its evidence was said."""
    draft_id = named(session, words, "resend")
    found = session.workspace.queue.evidence(draft_id)
    step, word = STEPS["resend"], found.to_type
    session.voice.say(*evidence_lines(found), step.consequence)
    if word:
        typed = session.ask(f"Type {word} to send it again, or nothing to leave it:")
    else:
        typed = "yes" if session.agreed(step.question) else ""
    if not typed:
        session.voice.say("Left as it was.")
        return
    session.done(session.workspace.queue.send_again(draft_id, typed=typed), step.done)


def _ask(session: Session, words: Words) -> None:
    row = session.workspace.drafts.row(named(session, words, "ask"))
    if "inquire" not in row.actions:
        raise UsageError(
            f"Nobody can be asked about mail {session.numbers.of(row.id)}.",
            hint=f"Type read {session.numbers.of(row.id)} to see what is known of it.",
        )
    if session.sender.inquire(row.id):
        session.voice.say("The provider is asked; what it says is noted here.")
    else:
        session.voice.say("Another program sends, and asks providers by itself.")


def _account(session: Session, words: Words, *, verb: str) -> None:
    if len(words) != 1:
        raise UsageError(
            f"It is not said which account to {verb}.",
            hint=f"Type {verb}-account and its name; accounts says the names.",
            field="account",
        )
    desk = session.workspace.accounts
    account = (desk.hold if verb == "hold" else desk.resume)(words[0])
    session.sender.wake()
    said = "is held" if verb == "hold" else "sends again"
    session.voice.say(f"The account {account.name} {said}.")


VERBS: Final[Mapping[str, Verb]] = {
    **{
        typed: Verb(
            usage=f"{typed} N",
            help=meaning,
            run=partial(_take, typed=typed, step=step),
            decides=True,
        )
        for typed, (step, meaning) in _TYPED.items()
    },
    "resend": Verb(
        usage="resend N",
        help="send a mail of unknown fate again; says the evidence first",
        run=_resend,
        decides=True,
    ),
    "ask": Verb(
        usage="ask N",
        help="ask the provider what became of a mail of unknown fate",
        run=_ask,
        decides=True,
    ),
    "hold-account": Verb(
        usage="hold-account NAME",
        help="let all mail of a way out wait",
        run=partial(_account, verb="hold"),
        decides=True,
    ),
    "resume-account": Verb(
        usage="resume-account NAME",
        help="let a way out send again",
        run=partial(_account, verb="resume"),
        decides=True,
    ),
}
