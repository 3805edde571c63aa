"""Mail addresses: read, checked, written; one text is one mailbox.

Own grammar instead of the standard library's, which on supported Pythons reads
two mailboxes out of one text and writes addresses no server takes.

Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox, with the name it is shown under.

    Make one with ``parse_address``, which checks; the parts are trusted after.
    """

    local: str
    """Before the ``@``; never re-cased (RFC 5321 §2.4)."""
    domain: str
    """After the ``@``, lower case, in Unicode (U-labels) where it is an IDN."""
    name: str = ""

    @property
    def text(self) -> str:
        """``local@domain`` as people read it."""
        return f"{self.local}@{self.domain}"


def parse_address(text: str, *, field: str) -> Address:
    """Return the one mailbox in ``text``: ``a@b.c`` or ``Name <a@b.c>``."""
    raise NotImplementedError


def wire_address(address: Address) -> str:
    """Return ``local@domain`` with the domain in A-labels (RFC 5891)."""
    raise NotImplementedError


def needs_smtputf8(address: Address) -> bool:
    """Return whether the local part is not ASCII (RFC 6531)."""
    raise NotImplementedError


def format_address(address: Address) -> str:
    """Return ``Name <local@domain>`` for people to read and type again."""
    raise NotImplementedError
