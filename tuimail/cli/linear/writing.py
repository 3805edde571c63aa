"""Writes a mail of one's own in the dialogue: a question a line, then the text.

Nothing is decided by it, so what is typed may be pasted. What is wrong with an
answer is said at once, and asked again; what was typed before stays, and is stored
line by line.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tuimail.cli.linear.keeping import Keeping
from tuimail.cli.linear.session import Session
from tuimail.cli.linear.verb import Verb, Words
from tuimail.core.address import split_items
from tuimail.errors import FieldError, TuimailError
from tuimail.settings.files import expanded
from tuimail.workspace.fields import Fields

_END: Final = "."
_PEOPLE: Final[Mapping[str, Callable[[tuple[str, ...]], Fields]]] = {
    "To": lambda people: Fields(to=people),
    "Cc": lambda people: Fields(cc=people),
    "Bcc": lambda people: Fields(bcc=people),
}


def _write(session: Session, _words: Words) -> None:
    keeping = Keeping(session)
    try:
        fields = _fields(session, keeping)
        row = keeping.finish(session.workspace.drafts.compose(fields))
    except (KeyboardInterrupt, TuimailError) as end:
        left = keeping.put_down()
        if left is None or isinstance(end, TuimailError):
            raise
        session.keyboard.forget()
        number = session.numbers.of(left.id)
        session.voice.say("", f"{number} is a draft, as far as it was written.")
        return
    number = session.numbers.of(row.id)
    session.voice.say(
        f"{number} is a draft.", f"Type read {number}, and release {number} to send it."
    )


def _fields(session: Session, keeping: Keeping) -> Fields:
    """Return all that is answered, each stored before the next is asked."""
    people = []
    for name in _PEOPLE:
        people.append(_people(session, name))
        keeping.keep(**{name.lower(): ", ".join(people[-1])})
    to, cc, bcc = people
    subject = _asked(session, "Subject:", lambda typed: Fields(subject=typed)).strip()
    keeping.keep(subject=subject)
    session.voice.say("The text, line by line; a line with nothing but a dot ends it.")
    lines: list[str] = []
    for line in _text(session):
        lines.append(line)
        if not session.keyboard.has_more:
            keeping.keep(text="\n".join(lines))
    files = tuple(_files(session))
    text = "\n".join(lines)
    return Fields(to=to, cc=cc, bcc=bcc, subject=subject, text=text, attachments=files)


def _people(session: Session, name: str) -> tuple[str, ...]:
    """Return the addresses that were typed for one field."""
    typed = _asked(
        session,
        f"{name}, with commas between:",
        lambda line: _PEOPLE[name](split_items(line)),
    )
    return split_items(typed)


def _asked(session: Session, question: str, fields: Callable[[str], Fields]) -> str:
    """Return a line once it is right as what it is for; until then, ask again."""
    while True:
        typed = session.line(question)
        try:
            session.workspace.drafts.compose(fields(typed))
        except FieldError as error:
            session.complain(error)
        else:
            return typed


def _text(session: Session) -> Iterator[str]:
    """Yield lines that a mail can have, up to the one that ends it, or the last."""
    while True:
        line = _asked(session, "", lambda typed: Fields(text=typed))
        if line == _END or session.keyboard.is_ended or session.ends():
            return
        yield line


def _files(session: Session) -> Iterator[Path]:
    """Yield files, each of which can be attached."""
    while typed := session.line("A file to attach, or nothing:").strip():
        path = expanded(Path(typed))
        try:
            session.workspace.drafts.attach(path)
        except FieldError as error:
            session.complain(error)
        else:
            yield path


VERBS: Final[Mapping[str, Verb]] = {
    "write": Verb(
        usage="write", help="write a mail; it is a draft then", run=_write, decides=True
    )
}
