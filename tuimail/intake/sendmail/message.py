"""A message as programs of this machine write it, made one that mail can carry.

It has Unix line ends, maybe no header, and names of this machine where addresses
belong. Fields that have nothing of that are left
exactly as they are.

Pure.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

from tuimail.core.address import Address, format_address, split_items
from tuimail.core.handed_in.mailboxes import without_comments
from tuimail.core.patterns import regex
from tuimail.intake.sendmail.names import Names, spec_of

_FIELD: Final = regex(rb"[!-9;-~]+[ \t]*:")
_FROM_LINE: Final = regex(rb">?From ")
_LINE_END: Final = b"\r\n"
_RECIPIENTS: Final = frozenset({"to", "cc", "bcc", "reply-to"})
_AUTHORS: Final = frozenset({"from", "sender"})


def prepared(
    raw: bytes,
    names: Names,
    *,
    author: Address | None = None,
    blind: Iterable[Address] = (),
) -> bytes:
    """Return the message with CRLF, a header, and addresses in it.

    Args:
        raw: As it was handed in.
        names: Who is meant by names of this machine.
        author: Who wrote it, where the message does not say, or names somebody of
            this machine.
        blind: Who gets it beside those in the header.
    """
    raw = raw if b"\r" in raw else raw.replace(b"\n", _LINE_END)
    header, body = _split(raw)
    fields = list(_rewritten(_fields(header), names))
    if author is not None and not any(_name(one) == "from" for one in fields):
        # Behind the line of a mailbox file, which has to stay the first.
        at = 1 if fields and _FROM_LINE.match(fields[0]) else 0
        fields.insert(at, _field("From", [author]))
    fields += [_field("Bcc", [one]) for one in blind]
    return b"".join((*fields, _LINE_END, body))


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines of the header, and the body.

    The header ends at an empty line, or before the first that can be none of it.
    """
    header: list[bytes] = []
    size = 0
    for line in BytesIO(raw):
        if not line.strip(_LINE_END):
            return header, raw[size + len(line) :]
        if not _belongs(line, is_first=not header):
            break
        header.append(line)
        size += len(line)
    return header, raw[size:]


def _belongs(line: bytes, *, is_first: bool) -> bool:
    """Return whether a line is one of the header, as far as that can be seen."""
    if is_first and _FROM_LINE.match(line):
        return True
    is_folded = not is_first and line[:1] in {b" ", b"\t"}
    return is_folded or _FIELD.match(line) is not None


def _fields(header: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each field with the lines it was folded into."""
    field = b""
    for line in header:
        if field and line[:1] not in {b" ", b"\t"}:
            yield field
            field = b""
        field += line
    if field:
        yield field if field.endswith(b"\n") else field + _LINE_END


def _rewritten(fields: Iterable[bytes], names: Names) -> Iterator[bytes]:
    for field in fields:
        name = _name(field)
        if name in _RECIPIENTS:
            yield _for_addresses(field, names)
        elif not (name in _AUTHORS and _is_all_here(field, names)):
            yield field


def _name(field: bytes) -> str:
    return field.partition(b":")[0].strip().decode("ascii", "replace").lower()


def _items(field: bytes) -> tuple[str, ...]:
    """Return the mailboxes of a field, as they were written, without comments."""
    value = field.partition(b":")[2].decode("utf-8", "surrogateescape")
    unfolded = value.replace("\r\n", "").replace("\n", "").replace("\t", " ")
    return split_items(without_comments(unfolded)[0])


def _is_all_here(field: bytes, names: Names) -> bool:
    """Return whether it names nobody that another machine could know."""
    return all(names.is_here(spec_of(item)) for item in _items(field))


def _for_addresses(field: bytes, names: Names) -> bytes:
    """Return a field with addresses for names; as it is, where it has no names."""
    items = _items(field)
    if not any(names.is_here(spec_of(item)) for item in items):
        return field
    written = [text for item in items for text in _written(item, names)]
    name = field.partition(b":")[0].strip()
    return _folded(name, written)


def _written(item: str, names: Names) -> list[str]:
    spec = spec_of(item)
    if not names.is_here(spec):
        return [item]
    return [format_address(one) for one in names.addresses(spec)]


def _field(name: str, addresses: Iterable[Address]) -> bytes:
    return _folded(name.encode(), map(format_address, addresses))


def _folded(name: bytes, values: Iterable[str]) -> bytes:
    """Return a field with each mailbox on a line of its own."""
    value = ",\r\n ".join(values).encode("utf-8", "surrogateescape")
    return name + b": " + value + _LINE_END
