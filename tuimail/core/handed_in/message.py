"""A whole message (RFC 5322, MIME), read into what a draft can say.

What comes out is written again by ``core.wire``, so it is never passed on as it
came: what a draft cannot say exactly is refused in one sentence, and what is left
out on purpose, or changes on the way, is noted. ``Date`` and ``Message-ID`` are
left out always, without a word: a draft gets its own when it is rendered. So is
the ``From `` line of a mailbox file, which is no header.

Time and memory grow with the length of the message, whatever is in it.

Pure.
"""

from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Priority
from tuimail.core.finding import Finding
from tuimail.core.handed_in import kept
from tuimail.core.handed_in.contents import Contents, read_contents
from tuimail.core.handed_in.entities import read_tree
from tuimail.core.handed_in.files import HandedInFile
from tuimail.core.handed_in.header import Header
from tuimail.core.handed_in.mailboxes import read_mailboxes
from tuimail.core.handed_in.notes import Notes, refused
from tuimail.core.handed_in.words import has_words, read_words
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.flowed import unflow

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FROM_LINE: Final = regex(rb"From [^\r\n]*+(?:\r?\n|\Z)")
_NEXT_MAIL: Final = regex(
    rb"\n\r?\nFrom [^\r\n]*[0-9]:[0-9]{2}[^\r\n]*+\r?\n[!-9;-~]+:"
)
"""Another such line, with a time in it, and a header field below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What a message says, in the words of a draft."""

    sender: Address | None
    """None where the message does not say who it is from."""
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    text: str
    html: str
    is_flowed: bool
    """Whether the paragraphs of the text may be wrapped anew (RFC 3676); each is
    then one line of it."""
    files: tuple[HandedInFile, ...]
    headers: tuple[tuple[str, str], ...]
    """Further fields, in order."""
    in_reply_to: str
    references: tuple[str, ...]
    priority: Priority | None
    unsubscribe_url: str
    noticed: tuple[Finding, ...]


def read_message(raw: bytes, *, is_lenient: bool = False) -> HandedIn:
    """Return what the message in ``raw`` says.

    Args:
        raw: Header and body.
        is_lenient: Whether text that cannot be read is shown as U+FFFD, and noted;
            for programs that look at no answer, so that what they say is not lost.

    Raises:
        FieldError: It is no message, says what a draft cannot say, or could be
            read in two ways. ``field`` is ``message``, or the field of the draft
            that one header stands for.
    """
    notes = Notes(is_lenient=is_lenient)
    start = _start(raw)
    _refuse_empty(raw, start)
    if not is_lenient:
        _refuse_nul(raw)
    root = read_tree(raw, start, notes)
    header = root.header
    if not header.fields:
        raise refused(
            "The message has no header.",
            hint="It begins with From, To and Subject, and no empty line before them.",
        )
    _note_line_ends(raw, notes)
    contents = read_contents(raw, root, notes)
    return _handed_in(header, contents, notes)


def _handed_in(header: Header, contents: Contents, notes: Notes) -> HandedIn:
    fields = kept.read_kept(header, notes)
    sender = _sender(header, notes)
    return HandedIn(
        sender=sender,
        to=_mailboxes(header, "to", notes),
        cc=_mailboxes(header, "cc", notes),
        bcc=_bcc(header, notes),
        reply_to=_mailboxes(header, "reply-to", notes),
        subject=_subject(header, notes),
        text=_text(contents),
        html=contents.html,
        is_flowed=contents.flowed is not None,
        files=contents.files,
        headers=fields.headers,
        in_reply_to=fields.in_reply_to,
        references=fields.references,
        priority=fields.priority,
        unsubscribe_url=fields.unsubscribe_url,
        noticed=notes.findings,
    )


def _start(raw: bytes) -> int:
    """Return where the header begins."""
    start = len(_BYTE_ORDER_MARK) if raw.startswith(_BYTE_ORDER_MARK) else 0
    from_line = _FROM_LINE.match(raw, start)
    if from_line is None:
        return start
    if _NEXT_MAIL.search(raw, from_line.end()):
        raise refused(
            "This is a mailbox of several messages.",
            hint="Hand in one message at a time.",
        )
    return from_line.end()


def _refuse_empty(raw: bytes, start: int) -> None:
    if not raw[start:].strip():
        raise refused(
            "The message is empty.", hint="Hand in a whole message, header and body."
        )


def _refuse_nul(raw: bytes) -> None:
    position = raw.find(b"\0")
    if position >= 0:
        raise refused(
            f"The message has a NUL, at byte {position + 1:,}, which mail cannot "
            "carry.",
            hint="Encode what it is in as base64; text is ASCII or UTF-8.",
        )


def _note_line_ends(raw: bytes, notes: Notes) -> None:
    """Note line ends that servers take for something else (SMTP smuggling)."""
    pairs = raw.count(b"\r\n")
    bare_lf, bare_cr = raw.count(b"\n") - pairs, raw.count(b"\r") - pairs
    if bare_cr or (bare_lf and pairs):
        notes.warn(
            "mime.bare-newline",
            f"The message mixes line ends: {pairs} CRLF, {bare_lf} bare LF and "
            f"{bare_cr} bare CR; they all go out as CRLF.",
            field="message",
            hint="Read the text for lines that belong to no author.",
        )
    elif bare_lf:
        notes.info(
            "mime.bare-newline",
            f"All {bare_lf} lines end in LF; they go out as CRLF.",
            field="message",
        )


def _mailboxes(header: Header, field: str, notes: Notes) -> tuple[Address, ...]:
    return read_mailboxes(header.values(field), field=field, notes=notes)


def _sender(header: Header, notes: Notes) -> Address | None:
    authors = _mailboxes(header, "from", notes)
    if len(authors) > 1:
        raise refused(
            f"The message is from {len(authors)} people, and a draft from one.",
            hint="Leave one mailbox in From.",
        )
    author = authors[0] if authors else None
    for sender in read_mailboxes(header.values("sender"), field="from", notes=notes):
        if author is None or sender.text != author.text:
            raise refused(
                f"The header Sender names {sender.text}, who is not the author.",
                hint="Leave Sender out, or write From for the one who sends.",
            )
    return author


def _bcc(header: Header, notes: Notes) -> tuple[Address, ...]:
    found = _mailboxes(header, "bcc", notes)
    if found:
        notes.info(
            "mime.bcc-header-removed",
            f"Blind copies stood in the message: {len(found)}. They are sent, and "
            "no header names them.",
            field="bcc",
        )
    return found


def _subject(header: Header, notes: Notes) -> str:
    subject = read_words(header.value("subject"))
    if has_words(subject):
        notes.warn(
            "mime.charset",
            "The subject has an encoded word that cannot be read.",
            field="subject",
            hint="Write the subject as UTF-8.",
            place=subject,
        )
    return subject


def _text(contents: Contents) -> str:
    if contents.flowed is None:
        return contents.text
    is_spaced = contents.flowed.media.plain("delsp").lower() == "yes"
    return unflow(contents.text, delsp=is_spaced)
