"""The dialogue itself: says what is new, takes a line, does what it says."""

from collections.abc import Mapping
from typing import Final

from tuimail.cli.linear import deciding, enclosed, looking, steps, writing
from tuimail.cli.linear.keeping import found_again
from tuimail.cli.linear.keyboard import Typed
from tuimail.cli.linear.notes import Notes
from tuimail.cli.linear.session import LISTEN_SECONDS, Session
from tuimail.cli.linear.telling import count_lines
from tuimail.cli.linear.verb import Verb, Words
from tuimail.errors import TuimailError, UsageError
from tuimail.tui import leaving, wording

_WAIT: Final = "wait"
_NOW: Final = "now"


class Dialogue:
    """Goes on until somebody leaves, or nobody is there any more."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._notes = Notes(session)

    def run(self) -> None:
        """Take lines until the end."""
        session = self._session
        session.voice.say("tuimail, as lines. Type help, or quit.")
        session.voice.say(*count_lines(session.workspace.drafts.counts()))
        self._find_again()
        session.voice.note(*self._notes.begin())
        while not session.is_over:
            try:
                self._go_on()
            except KeyboardInterrupt:
                session.keyboard.forget()
                session.voice.say("", "Nothing was done. Type quit to leave.")

    def _find_again(self) -> None:
        """Say what was being written when tuimail ended."""
        try:
            self._session.voice.note(*found_again(self._session))
        except TuimailError as error:
            self._session.complain(error)

    def _go_on(self) -> None:
        session = self._session
        typed = self._next()
        if typed is None:
            session.is_over = True
            session.patience = None if session.ends() else session.patience
            return
        if not typed.text:
            return
        try:
            self._obey(typed)
        except TuimailError as error:
            session.complain(error)
            self._drop_the_rest()

    def _next(self) -> Typed | None:
        """Return the next line; None where the dialogue has ended."""
        session = self._session
        keyboard, voice = session.keyboard, session.voice
        keyboard.note_early()
        voice.prompt()
        while not (voice.is_gone or session.ends()):
            typed = keyboard.hear(LISTEN_SECONDS)
            if typed is not None:
                return typed
            if keyboard.is_ended:
                return None
            if notes := self._notes.look():
                voice.note(*notes)
                voice.prompt()
        return None

    def _obey(self, typed: Typed) -> None:
        word, *words = typed.text.split()
        verb = VERBS.get(word.lower())
        if verb is None:
            raise UsageError(
                f"There is no word {word[:40]!r} here.",
                hint="Type help to hear what there is.",
            )
        if verb.decides and not typed.is_alone:
            raise self._session.too_quick()
        verb.run(self._session, words)

    def _drop_the_rest(self) -> None:
        """Let nothing be done that was typed before the refusal was heard."""
        dropped = self._session.keyboard.forget()
        if dropped:
            number = wording.count(dropped, "line")
            self._session.voice.say(f"{number} that came with it: dropped.")


def _help(session: Session, words: Words) -> None:
    found = [VERBS[word] for word in words if word in VERBS] or [*VERBS.values()]
    session.voice.say(*(f"{verb.usage}: {verb.help}" for verb in found))
    session.voice.say(
        "N is the number of a mail, which it keeps until you leave.",
        "What decides is typed by hand, on a line of its own, about a mail that was "
        "read here.",
    )


def _quit(session: Session, _words: Words) -> None:
    """Leave, unless mail that is sent from here would be cut off."""
    found = leaving.under_way(session.workspace)
    if session.sender.state == "here" and found.sending:
        progress = session.sender.watch.under_way
        lines = leaving.question(found, progress)
        session.voice.say(
            *(_labelled(one.label, one.text) for one in lines if one.text)
        )
        answer = session.ask("Type wait, or now, or nothing to stay:")
        if answer not in {_WAIT, _NOW}:
            session.voice.say("You stay.")
            return
        session.patience = None if answer == _WAIT else session.patience
    session.is_over = True


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


VERBS: Final[Mapping[str, Verb]] = {
    **looking.VERBS,
    **enclosed.VERBS,
    **deciding.VERBS,
    **steps.VERBS,
    **writing.VERBS,
    "help": Verb(usage="help [WORD]", help="say what can be typed", run=_help),
    "quit": Verb(usage="quit", help="leave", run=_quit),
}
"""Everything that can be typed."""
