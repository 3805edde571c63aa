"""What the words of a policy stand for: kinds of files, and codes of findings.

Pure.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.draft import Attachment
from tuimail.core.files.types import Group, group_of, group_of_type

FILE_TYPES: Final[Mapping[str, frozenset[Group]]] = {
    "executable": frozenset({Group.PROGRAM, Group.INSTALLER, Group.SHORTCUT}),
    "script": frozenset({Group.SCRIPT, Group.SOURCE}),
    "disk-image": frozenset({Group.DISK_IMAGE}),
    "macro-document": frozenset({Group.MACRO_DOCUMENT}),
    "html-active": frozenset(),
    "archive": frozenset({Group.ARCHIVE}),
    "encrypted": frozenset(),
}
"""Words for files, and what they are by name or declared type."""
ANYTHING: Final = frozenset({"att.unread-mail"})
"""What may hold files of every kind."""
_RUNNING: Final = frozenset({"att.dangerous-type", "att.double-extension"})
FILE_FINDINGS: Final[Mapping[str, frozenset[str]]] = {
    "executable": _RUNNING | ANYTHING,
    "script": _RUNNING | ANYTHING,
    "disk-image": _RUNNING | ANYTHING,
    "macro-document": frozenset({"att.macro-document"}) | ANYTHING,
    "html-active": frozenset({"att.html-active"}) | ANYTHING,
    "archive": frozenset({"att.archive"}) | ANYTHING,
    "encrypted": frozenset({"att.encrypted"}) | ANYTHING,
}
"""What the checks call such files, by what is inside them."""

CONTENT_CODES: Final[Mapping[str, frozenset[str]]] = {
    "hidden_text": frozenset(
        {"html.hidden-text", "text.tag-chars", "text.variation-smuggling"}
    ),
    "bidi": frozenset({"text.bidi-control", "att.bidi-filename"}),
    "remote_content": frozenset({"html.remote-content"}),
    "link_mismatch": frozenset({"html.link-mismatch"}),
    "external_bcc": frozenset({"rcpt.bcc-external"}),
}
"""Settings, and the findings that they are about; secrets are an area."""
ALWAYS_NOTES: Final = frozenset({"remote_content"})
"""Whose findings are notes by themselves, so that a word is about notes, too."""

BCC_BY_AGENT: Final = "policy.bcc-by-agent"
FILE_TYPE: Final = "policy.file-type"

_CODES: Final[Mapping[str, str]] = {
    "account": "other-sender unsupported",
    "addr": "comment display-name-address idn-domain literal-domain "
    "lookalike-domain mixed-script quoted-local smtputf8",
    "att": "archive bidi-filename dangerous-type double-extension empty encrypted "
    "filename-sanitized forgotten html-active macro-document reserved-name "
    "twice type-changed type-mismatch unread-mail",
    "hdr": "bad-unsubscribe empty-subject from-not-account no-unsubscribe "
    "provider-order receipt-request reply-to-mismatch too-long",
    "html": "active-content base cleaned data-uri-link form hidden-text link-data "
    "link-idn link-ip link-mismatch link-userinfo meta-refresh missing-cid "
    "remote-content too-complex tracking-pixel unused-inline",
    "mime": "alternative-mismatch bare-newline bcc-header-removed charset encoding "
    "from-quoted header-left-out structure",
    "pii": "payment-card",
    "policy": "bcc-by-agent file-type",
    "rcpt": "bcc-external bcc-only has-it new not-in-envelope suppressed twice",
    "review": "likely-duplicate",
    "size": "large over-limit",
    "time": "asked-for",
    "text": "bidi-control combining-run control-chars empty-body invisible "
    "mixed-script placeholder spelling tag-chars variation-smuggling",
}
KNOWN_CODES: Final = frozenset(
    f"{area}.{name}" for area, names in _CODES.items() for name in names.split()
)
"""Every code of docs/findings.md but those of secrets; any other is reviewed."""


def is_known(code: str) -> bool:
    """Return whether ``code`` is one that this program's own checks use."""
    return code in KNOWN_CODES or _is_about_a_secret(code)


def _is_about_a_secret(code: str) -> bool:
    return code.startswith("secret.")


def setting_of(code: str) -> str:
    """Return the setting that findings of ``code`` are judged by, or empty."""
    if _is_about_a_secret(code):
        return "secrets"
    found = (name for name, codes in CONTENT_CODES.items() if code in codes)
    return next(found, "")


def blocked_type(attachment: Attachment, words: tuple[str, ...]) -> str:
    """Return the first of ``words`` that ``attachment`` is, or empty.

    By its name and by the type that it is declared as: either is what a receiver's
    program may go by. What is inside is the business of the checks.
    """
    groups = {group_of(attachment.name), group_of_type(attachment.content_type)}
    return next((word for word in words if FILE_TYPES[word] & groups), "")


def blocked_codes(words: tuple[str, ...]) -> frozenset[str]:
    """Return the codes of findings that say that a file is one of ``words``."""
    return frozenset().union(*(FILE_FINDINGS[word] for word in words))
