"""Links by which whoever got a mail ends the mail with one click (RFC 8058).

A link names the mail and the one address that it is for. Nobody but the workspace
that signed it can read either out of it, or make one: RFC 8058 §3.1 and §4 ask for
that, because links end up in logs, and mail is forwarded. It holds all that is
needed, so that it works as long as the key is there, also when the mail is purged.

The text is its own nonce: it is encrypted under its own HMAC-SHA256, which is then
what proves it (synthetic IV, Rogaway and Shrimpton 2006). So the same mail has the
same link each time it is rendered.

Pure: the key is given.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

from tuimail.core.patterns import regex

KEY_BYTES: Final = 32
"""256 bits."""

_SIGNATURE_BYTES: Final = 32
_BLOCK_BYTES: Final = 32
"""Texts are filled up to whole blocks, so that their length tells little."""
_TOKEN: Final = regex(r"[A-Za-z0-9_-]{86,700}")
_SEPARATOR: Final = b"\0"


class Named(NamedTuple):
    """What a link is about."""

    draft_id: str
    address: str
    """On the wire, as the mail was sent to it."""


def token(key: bytes, named: Named) -> str:
    """Return the part of a link that names and proves: letters for a URL.

    Args:
        key: 32 secret bytes.
        named: Which mail, and whom it is for.
    """
    text = _SEPARATOR.join((named.draft_id.encode(), named.address.encode()))
    text += bytes(-len(text) % _BLOCK_BYTES)
    signature = _hmac(_hmac(key, b"sign"), text)
    sealed = signature + _sealed(key, signature, text)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read(key: bytes, text: str) -> Named | None:
    """Return what a link is about, if it was made with ``key``; None if not.

    How long it takes says nothing about what a right one would be.
    """
    if not _TOKEN.fullmatch(text) or len(text) % 4 == 1:
        return None
    sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    signature, rest = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
    opened = _sealed(key, signature, rest)
    proof = _hmac(_hmac(key, b"sign"), opened)
    if not hmac.compare_digest(proof, signature):
        return None
    draft_id, _, address = opened.rstrip(_SEPARATOR).partition(_SEPARATOR)
    return Named(draft_id.decode(), address.decode())


def _sealed(key: bytes, signature: bytes, text: bytes) -> bytes:
    """Return ``text`` encrypted, or decrypted again."""
    own = _hmac(key, b"seal")
    blocks = range(-(-len(text) // _BLOCK_BYTES))
    stream = b"".join(_hmac(own, signature + one.to_bytes(4)) for one in blocks)
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")
