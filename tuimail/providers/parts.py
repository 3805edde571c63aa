"""A message taken apart, for services that want its parts instead of its bytes.

What they are handed is a function of the approved bytes and nothing else, so that
an approval of the bytes is one of that, too. Read by what reads mail that was
handed in, not by the standard library, whose parsers differ between Pythons. Only
the forms that our own renderer writes are taken: what else there were would be told
in another way than it was approved. Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.address import Address
from tuimail.core.domain import wire_domain
from tuimail.core.handed_in.content import read_content
from tuimail.core.handed_in.entities import Entity, read_tree
from tuimail.core.handed_in.header import Header
from tuimail.core.handed_in.mailboxes import read_mailboxes
from tuimail.core.handed_in.notes import Notes
from tuimail.core.handed_in.words import read_words
from tuimail.core.message import Envelope, Role
from tuimail.core.values import dataclass, replace
from tuimail.core.wire.flowed import unflow
from tuimail.errors import FieldError, UnsupportedFeatureError


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One file in a message."""

    filename: str
    """As the reader sees it; empty where it has none."""
    content_type: str
    """In lower case, without parameters."""
    content: bytes
    """Decoded."""
    content_id: str = ""
    """Without angle brackets; empty where nothing refers to it."""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a mail API is told about a message.

    Domains are in A-labels here, so that ``Address.text`` is the wire form.
    """

    sender: Address
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    """Those of the envelope whom the header names, each once, with their names; and
    who is in its role To without being named anywhere."""
    cc: tuple[Address, ...] = ()
    """As ``to``; nobody who is in that."""
    bcc: tuple[Address, ...] = ()
    """Those of the envelope whom no header names."""
    others: tuple[Address, ...] = ()
    """Whom a header names and the envelope does not: this attempt is for the rest."""
    subject: str = ""
    text: str | None = None
    """With line feeds alone, the last line with one, too; paragraphs that were cut
    (RFC 3676) put together again. None where there is no such part."""
    html: str | None = None
    attachments: tuple[Attached, ...] = ()
    """Those within the HTML first."""
    headers: tuple[tuple[str, str], ...] = ()
    """Every other field, unfolded, in order: neither those above, nor MIME's, nor
    ``Date`` and ``Message-ID``, which stand below. In ASCII as it was written, with
    its encoded words (RFC 2047)."""
    date: str = ""
    message_id: str = ""


def parts_of(content: bytes, envelope: Envelope) -> Parts:
    """Return the parts of a message that was rendered by us.

    Args:
        content: The approved bytes.
        envelope: Whom this attempt is for: a recipient whom a header names and
            the envelope does not is left out.

    Raises:
        UnsupportedFeatureError: It has a form that cannot be told in parts.
    """
    try:
        return _parts(content, envelope)
    except FieldError as error:
        raise _not_tellable(str(error)) from None


def refuse_others(parts: Parts, *, provider: str) -> None:
    """Refuse an attempt for some of those whom a mail names.

    Whoever gets it would read another list of people than was approved.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    if parts.others:
        raise UnsupportedFeatureError(
            f"{provider} shows everybody whom it sends to, and this attempt is "
            f"not for {parts.others[0].text}: who gets it would read something else "
            "than was approved.",
            hint="Leave recipients_per_message out of the account's settings, or write "
            "a mail to the others alone.",
            field="to",
        )


def _parts(content: bytes, envelope: Envelope) -> Parts:
    root = read_tree(content, 0, Notes())
    header = root.header
    sender, *further = _mailboxes(header, "from") or (None,)
    if sender is None or further:
        raise _not_tellable("Its From does not name one mailbox.")
    to, cc, bcc, others = _recipients(header, envelope)
    tree = _Tree(content)
    body, files = tree.sorted_out(root)
    return Parts(
        sender=sender,
        reply_to=_mailboxes(header, "reply-to"),
        to=to,
        cc=cc,
        bcc=bcc,
        others=others,
        subject=read_words(header.value("subject")),
        text=tree.text(body.get(_PLAIN)),
        html=tree.text(body.get(_HTML)),
        attachments=tuple(map(tree.attached, files)),
        headers=tuple(_other_headers(header)),
        date=header.value("date"),
        message_id=header.value("message-id"),
    )


def _not_tellable(what: str) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"The mail cannot be told in parts. {what}",
        hint="Send it through an account that takes it as it is, such as SMTP.",
        field="message",
    )


def _mailboxes(header: Header, name: str) -> tuple[Address, ...]:
    found = read_mailboxes(header.values(name), field=name, notes=Notes())
    return tuple(replace(one, domain=wire_domain(one.domain)) for one in found)


def _recipients(header: Header, envelope: Envelope) -> tuple[tuple[Address, ...], ...]:
    """Return whom the envelope has, by the header that names them first; the others."""
    to = {one.text: one for one in reversed(_mailboxes(header, "to"))}
    cc = {one.text: one for one in reversed(_mailboxes(header, "cc"))}
    found: tuple[list[Address], list[Address], list[Address]] = ([], [], [])
    for recipient in envelope.recipients:
        wire = recipient.wire_address
        if wire in to or (wire not in cc and recipient.role is Role.TO):
            found[0].append(to.get(wire) or _bare(wire))
        elif wire in cc:
            found[1].append(cc[wire])
        else:
            found[2].append(_bare(wire))
    wanted = {one.wire_address for one in envelope.recipients}
    others = tuple(one for wire, one in (cc | to).items() if wire not in wanted)
    return (*map(tuple, found), others)


def _bare(wire: str) -> Address:
    local, _, domain = wire.rpartition("@")
    return Address(local=local, domain=domain)


def _other_headers(header: Header) -> Iterator[tuple[str, str]]:
    for field in header.fields:
        name = field.name.lower()
        if name in _NEVER_OURS:
            raise _not_tellable(f"It has the header {field.name[:60]}.")
        if name not in _READ and not name.startswith("content-"):
            yield field.name, field.value


_Body = dict[str, Entity]


class _Tree:
    """The parts of one message."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def sorted_out(self, root: Entity) -> tuple[_Body, tuple[Entity, ...]]:
        """Return what is to be read, by its type, and the files."""
        rest, files = _opened(root, "multipart/mixed")
        rest, inline = _opened(rest, "multipart/related")
        is_choice = rest.type == "multipart/alternative"
        texts = rest.children if is_choice else (rest,)
        found = tuple(one.type for one in texts)
        if found not in _BODIES or any(one.is_file for one in texts):
            raise _not_tellable(f"It is to be read as {' and '.join(found)[:120]}.")
        return dict(zip(found, texts, strict=True)), (*inline, *files)

    def text(self, entity: Entity | None) -> str | None:
        """Return the text of a part; None where there is none."""
        if entity is None:
            return None
        if entity.media.plain("charset").lower() not in _CHARSETS:
            raise _not_tellable(f"{entity.called} is not in UTF-8.")
        try:
            found = read_content(self._raw, entity, Notes()).decode()
        except UnicodeDecodeError:
            raise _not_tellable(f"{entity.called} is not in UTF-8.") from None
        text = found.replace("\r\n", "\n")
        is_flowed = entity.media.plain("format").lower() == "flowed"
        return unflow(text) if is_flowed else text

    def attached(self, entity: Entity) -> Attached:
        """Return the file that a part is."""
        disposition = entity.disposition
        if entity.is_multipart or disposition.word not in _FILES:
            raise _not_tellable(f"{entity.called} is neither text nor a file.")
        names = (*disposition.texts("filename"), *entity.media.texts("name"), "")
        return Attached(
            filename=names[0],
            content_type=entity.type,
            content=read_content(self._raw, entity, Notes()),
            content_id=entity.header.value("content-id").strip("<> \t"),
            is_inline=disposition.word == "inline",
        )


def _opened(entity: Entity, kind: str) -> tuple[Entity, tuple[Entity, ...]]:
    """Return what stands first in a container of that kind, and what else is in it."""
    if entity.type != kind:
        return entity, ()
    first, *others = entity.children
    return first, tuple(others)


_PLAIN: Final = "text/plain"
_HTML: Final = "text/html"
_BODIES: Final = ((_PLAIN,), (_HTML,), (_PLAIN, _HTML))
_CHARSETS: Final = ("", "us-ascii", "utf-8")
_FILES: Final = ("attachment", "inline")
_READ: Final = frozenset({
    "cc", "date", "from", "message-id", "mime-version", "reply-to", "subject", "to",
})  # fmt: skip
_NEVER_OURS: Final = frozenset({"bcc", "return-path", "sender"})
