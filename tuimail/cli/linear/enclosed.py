"""Words of the dialogue for what a mail has beside its text: its files, its bytes."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from tuimail.cli.linear.parts import say_in_parts
from tuimail.cli.linear.session import Session
from tuimail.cli.linear.verb import Verb, Words, named
from tuimail.core.files.enclosed import enclosed
from tuimail.errors import NotFoundError
from tuimail.tui import enclosures
from tuimail.tui.widgets.blocks import Blocks
from tuimail.tui.widgets.prose import Paragraph

_TAB: Final = "parts"
"""What the workspace calls it that somebody saw which files a mail has."""


def _files(session: Session, words: Words) -> None:
    """Say which files a mail has, or what is in one of them."""
    draft_id = named(session, words, "files")
    raw = session.workspace.drafts.message_bytes(draft_id)
    if len(words) > 1:
        _inside(session, raw, words[1])
        return
    row = session.workspace.drafts.row(draft_id)
    text = enclosures.tab(raw, len(enclosed(raw))).text
    read = partial(session.workspace.looking.read, draft_id, row.revision, _TAB)
    say_in_parts(session, map(_line, _paragraphs(text)), at_end=read)


def _inside(session: Session, raw: bytes, typed: str) -> None:
    found = enclosed(raw)
    numbered = {str(number): file for number, file in enumerate(found, start=1)}
    file = numbered.get(typed)
    if file is None:
        raise NotFoundError(
            f"The mail has no file {typed[:40]!r}.",
            hint=f"It has {len(found)}; type files and the number of the mail.",
            field="file",
        )
    lines = (f"| {_line(one)}" for one in _paragraphs(enclosures.inside(file)))
    say_in_parts(session, lines, at_end=_nothing)


def _source(session: Session, words: Words) -> None:
    """Say a mail as it leaves."""
    raw = session.workspace.drafts.message_bytes(named(session, words, "source"))
    lines = (f"| {one.decode('utf-8', 'replace')}" for one in raw.split(b"\r\n"))
    say_in_parts(session, lines, at_end=_nothing)


def _paragraphs(text: Blocks) -> Iterator[Paragraph]:
    for number in range(len(text)):
        yield from text.block(number)


def _line(one: Paragraph) -> str:
    said = f"{one.label}: {one.text}" if one.label else one.text
    return f"{said} {one.note}".rstrip()


def _nothing() -> None:
    """Nothing follows from it."""


VERBS: Final[Mapping[str, Verb]] = {
    "files": Verb(
        usage="files N [M]",
        help="say which files go along with a mail, or what is in the one numbered M",
        run=_files,
    ),
    "source": Verb(usage="source N", help="say a mail as it leaves", run=_source),
}
