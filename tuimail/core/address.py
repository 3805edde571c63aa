"""Mail addresses: read, checked, written; one text is one mailbox.

Own grammar instead of the standard library's, which on supported Pythons reads
two mailboxes out of one text and writes addresses no server takes.  It takes
less than RFC 5322 does: no comments, groups, routes or folding, and a quoted
local part may hold spaces and any dots, but not what parsers in use take for the
end of it, or for a second address.

Pure.
"""

from collections.abc import Iterable
from typing import Final

from tuimail.core.characters import (
    INVISIBLE,
    JOINER,
    NOT_IN_A_LINE,
    SELECTOR,
    describe,
)
from tuimail.core.domain import GrammarError, read_domain, wire_domain
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace
from tuimail.errors import AddressError

LOCAL_LIMIT: Final = 64
"""Octets before the ``@`` (RFC 5321 §4.5.3.1.1)."""
ADDRESS_LIMIT: Final = 254
"""Octets of a whole address on the wire (RFC 3696, erratum 1690)."""
NAME_LIMIT: Final = 500
"""Characters of a display name; nobody's is that long."""
_SHOWN_LIMIT: Final = 60

# What may not stand in an atom, in a quoted local part, and in a domain: told by what
# may, each takes many milliseconds to compile, for all that lies beyond ASCII.
_NO_ATEXT: Final = r'\x00-\x20"(),.:;<>@\[\\\]\x7f'
_NO_QTEXT: Final = r'\x00-\x1f"(),:;<>@\[\\\]\x7f'
_NO_NAME_OF_A_HOST: Final = r"\x00-,/:-`{-\x7f"
_DOT_ATOM: Final = rf"[^{_NO_ATEXT}]+(?:\.[^{_NO_ATEXT}]+)*"
_QUOTED_LOCAL: Final = rf'"[^{_NO_QTEXT}]+"'
_LOCAL: Final = regex(f"{_DOT_ATOM}|{_QUOTED_LOCAL}")
_NEEDLESSLY_QUOTED: Final = regex(f'"{_DOT_ATOM}"')
_DOMAIN: Final = regex(rf"[^{_NO_NAME_OF_A_HOST}]+|\[[0-9.]+\]|\[IPv6:[0-9a-f:.]+\]")
_SPEC: Final = regex(
    rf'({_DOT_ATOM}|{_QUOTED_LOCAL})@([^ "(),:;<>@\[\]\\]+|\[[0-9A-Za-z:.]+\])'
)
_QUOTED_NAME: Final = regex(r'"(?:[^"\\]|\\.)*"')
_PLAIN_NAME: Final = regex(r'[^"(),:;<>@\[\]\\]*')
_NOT_PLAIN: Final = regex(r'[^"(),:;<>@\[\]\\]*["(),:;<>@\[\]\\]| |.* \Z|.*  ')
_ENCODED_WORD: Final = regex(r"=\?.*\?")
_ESCAPED: Final = regex(r"\\(.)")
_LIST_ITEM: Final = regex(r'(?:[^",;\n]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))+')
_QUOTED_RUN: Final = regex(r'"(?:[^"\\]|\\.)*+(")?')

_REFUSED: Final = regex(f"{NOT_IN_A_LINE.pattern}|{INVISIBLE.pattern}|\t")
_NOT_IN_A_LOCAL: Final = regex(
    rf"[{JOINER}{SELECTOR}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\ufe50-\ufe6b\uff01-\uff5e\u2039\u203a\u2400-\u2426]"
)
"""Joiners, spaces, and second forms of ASCII, which some programs turn into
ASCII (NFKC), so that the same text would be two mailboxes; and what stands on a
screen for characters that nobody can see."""
_LOOSE_IN_A_NAME: Final = regex(
    rf"(?<![\u0080-\U0010ffff])[{JOINER}{SELECTOR}]"
    rf"|[{JOINER}](?:\Z|[\x00-\x7f{JOINER}])"
    rf"|[{SELECTOR}][{SELECTOR}]"
)
"""A joiner or selector that has nothing to join or to select: not Persian, not
Indic, not an emoji, but something to hide."""

_REASONS: Final = (
    (regex(r"\Z"), "is empty"),
    (regex(r'.*"'), "has a quote that is not closed"),
    (regex(r"[^:]*:.*;"), "is a group; name each of its mailboxes instead"),
    (regex(r".*[()]"), "has a comment in brackets"),
    (regex(r"[^@]*@.*@"), "names more than one mailbox"),
    (regex(r".*[,;]"), "has a comma or semicolon outside quotes"),
    (regex(r"[^@]*\Z"), "has no @"),
    (regex(r".*:"), "has a colon outside quotes"),
    (regex(r"(?:.*<)?@"), "has nothing before the @"),
    (regex(r".*@>?\Z"), "has nothing after the @"),
    (regex(r".*[<>]"), "has an angle bracket out of place"),
    (regex(r".* "), "has a space where none may be"),
    (regex(r".*\.[.@]|\."), "has a dot where none may be"),
)  # fmt: skip
"""Tried in order on an item with its quoted parts taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox, with the name it is shown under.

    Make one with ``parse_address``, which checks everything and says what is
    wrong; here only what could do harm in a header or a command is refused.
    """

    local: str
    """Before the ``@``; never re-cased (RFC 5321 §2.4). In quotes only where
    it has to be."""
    domain: str
    """After the ``@``, lower case, in Unicode (U-labels) where it is an IDN;
    an address literal with its brackets."""
    name: str = ""
    """Display name as people read it: no quotes, and never decoded."""

    def __post_init__(self) -> None:
        _check_characters(self.name, field="name", what="name")
        _check_characters(self.text, field="address", what="address")
        if not _LOCAL.fullmatch(self.local) or not _DOMAIN.fullmatch(self.domain):
            raise AddressError(f"{self.text!r} is not an address.", field="address")

    @property
    def text(self) -> str:
        """``local@domain`` as people read it."""
        return f"{self.local}@{self.domain}"


def parse_address(text: str, *, field: str) -> Address:
    """Return the one mailbox in ``text``: ``a@b.c`` or ``Name <a@b.c>``.

    A name may stand in quotes. Encoded words (RFC 2047) in a name are kept as
    they are, because what a person approves is what they have read.

    Args:
        text: What was typed or handed in; spaces around it do not count.
        field: Name of the field, for the error: ``to``, ``from``, …

    Raises:
        AddressError: It is not exactly one mailbox, or one that no mail can
            go to. Takes time in proportion to the length of ``text``.
    """
    _check_characters(text, field=field, what=_what(field))
    item = text.strip(" ")
    try:
        name, spec = _split_item(item)
        local, domain = _split_spec(spec, item)
        _check_length(local, domain)
    except GrammarError as reason:
        raise AddressError(
            f"The {_what(field)} {_shown(item)} {reason}.",
            hint="Write one mailbox: name@example.org or Name <name@example.org>.",
            field=field,
        ) from None
    _check_name(name, field=field)
    return Address(local=local, domain=domain, name=name)


def _what(field: str) -> str:
    """Return what ``field`` is called in a sentence."""
    return field if field == "address" else f"{field} address"


def parse_addresses(items: Iterable[str], *, field: str) -> tuple[Address, ...]:
    """Return the mailboxes in ``items``, each of which is exactly one.

    Raises:
        AddressError: As ``parse_address``, for the first that is wrong.
    """
    return tuple([parse_address(item, field=field) for item in items])


def split_items(text: str) -> tuple[str, ...]:
    """Return the items of a list as people type it, for ``parse_addresses``.

    Splits at commas, semicolons and line breaks outside quotes, and checks
    nothing; an empty item is left out.
    """
    items = (item.strip(" ") for item in _LIST_ITEM.findall(text))
    return tuple(item for item in items if item)


def with_name(address: Address, name: str, *, field: str) -> Address:
    """Return ``address`` under another display name.

    Raises:
        AddressError: The name is over 500 characters, or has one that could end
            a header, or that nobody can see.
    """
    _check_name(name, field=field)
    return replace(address, name=name)


def _check_name(name: str, *, field: str) -> None:
    if not name:
        return
    _check_characters(name, field=field, what=_name_of(field))
    loose = None if name.isascii() else _LOOSE_IN_A_NAME.search(name)
    if loose is not None:
        raise _refused_character(loose.group()[0], field=field, what=_name_of(field))
    if len(name) > NAME_LIMIT:
        raise AddressError(
            f"The {_name_of(field)} has {len(name)} characters, "
            f"which is more than {NAME_LIMIT}.",
            hint="Shorten it.",
            field=field,
        )


def _name_of(field: str) -> str:
    return f"{field.removesuffix('-name')} name"


def wire_address(address: Address) -> str:
    """Return ``local@domain`` with the domain in A-labels (RFC 5891)."""
    return f"{address.local}@{wire_domain(address.domain)}"


def is_same(one: Address, other: Address) -> bool:
    """Return whether two addresses differ at most in capitals.

    For addresses that are known to be one's own: of others', only their server
    knows (RFC 5321 §2.4).
    """
    return wire_address(one).casefold() == wire_address(other).casefold()


def needs_smtputf8(address: Address) -> bool:
    """Return whether the local part is not ASCII (RFC 6531)."""
    return not address.local.isascii()


def format_address(address: Address) -> str:
    """Return ``Name <local@domain>`` for people to read and type again.

    ``parse_address`` makes the same address of it.
    """
    if not address.name:
        return address.text
    return f"{_written_name(address.name)} <{address.text}>"


def quoted(name: str) -> str:
    """Return ``name`` as a quoted string (RFC 5322 §3.2.4)."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _written_name(name: str) -> str:
    return quoted(name) if _NOT_PLAIN.match(name) else name


def _split_item(item: str) -> tuple[str, str]:
    if not item.endswith(">"):
        return "", item
    head, opening, spec = item[:-1].rpartition("<")
    if not opening:
        raise GrammarError(_why_not(item))
    return _read_name(head.strip(" "), item), spec


def _read_name(head: str, item: str) -> str:
    if _QUOTED_NAME.fullmatch(head):
        return _ESCAPED.sub(r"\1", head[1:-1])
    if _PLAIN_NAME.fullmatch(head):
        return " ".join(word for word in head.split(" ") if word)
    raise GrammarError(_why_not(item))


def _split_spec(spec: str, item: str) -> tuple[str, str]:
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise GrammarError(_why_not(item))
    local, domain = found.groups()
    return _read_local(local), read_domain(domain)


def _why_not(item: str) -> str:
    bare = _QUOTED_RUN.sub(lambda run: "q" if run[1] else '"', item)
    for pattern, reason in _REASONS:
        if pattern.match(bare):
            return reason
    return "has a character that may not stand there"


def _read_local(local: str) -> str:
    found = None if local.isascii() else _NOT_IN_A_LOCAL.search(local)
    if found is not None:
        raise GrammarError(f"has U+{ord(found.group()):04X} before the @")
    if _ENCODED_WORD.search(local):
        raise GrammarError("has an encoded word before the @")
    is_needless = _NEEDLESSLY_QUOTED.fullmatch(local)
    return local[1:-1] if is_needless else local


def _check_length(local: str, domain: str) -> None:
    local_octets = len(local.encode())
    if local_octets > LOCAL_LIMIT:
        raise GrammarError(
            f"has {local_octets} octets before the @, where {LOCAL_LIMIT} are the limit"
        )
    octets = local_octets + 1 + len(wire_domain(domain))
    if octets > ADDRESS_LIMIT:
        raise GrammarError(f"has {octets} octets, where {ADDRESS_LIMIT} are the limit")


def _check_characters(text: str, *, field: str, what: str) -> None:
    if text.isascii() and text.isprintable():
        return
    found = _REFUSED.search(text)
    if found is not None:
        raise _refused_character(found.group(), field=field, what=what)


def _refused_character(character: str, *, field: str, what: str) -> AddressError:
    return AddressError(
        f"The {what} contains {describe(character)}.",
        hint="Remove it.",
        field=field,
    )


def _shown(item: str) -> str:
    return f"{item[:_SHOWN_LIMIT]!r}{'…' if len(item) > _SHOWN_LIMIT else ''}"
