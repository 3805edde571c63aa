"""From a whole message that was handed in to a draft, blobs stored.

The draft says what the message says, and is rendered anew when it is stored: the
octets that came in are kept nowhere. Nothing is put under its text or HTML, and
answers go where it says, though the identity may have a signature and another
address for them. What an agent's HTML must not have is cleaned out of it, as out
of any HTML of an agent.
"""

from typing import TYPE_CHECKING, Final

from tuimail.core.address import format_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.header_names import agents_may_set
from tuimail.core.origin import is_agent
from tuimail.core.values import replace
from tuimail.errors import FieldError
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields, compose
from tuimail.workspace.stores import Stores

if TYPE_CHECKING:
    from tuimail.core.handed_in.message import HandedIn

NAMES_LIMIT: Final = 300
MESSAGE_LIMIT_BYTES: Final = 50 * 1024 * 1024
"""More than any provider takes; what an account takes is asked at approval."""


def import_message(
    stores: Stores,
    raw: bytes,
    *,
    account: str = "",
    sender: str = "",
    is_lenient: bool = False,
    noticed: tuple[Finding, ...] = (),
) -> Draft:
    """Return what the message in ``raw`` says, as a draft with its files frozen.

    Args:
        stores: Where the files go.
        raw: One message, header and body (RFC 5322).
        account: Name of the account it is to leave through; empty means the one
            that its From belongs to, or else the default.
        sender: Whom it is from where it does not say so; empty means the
            account's own.
        is_lenient: Whether text that cannot be read is shown as U+FFFD, and noted.
        noticed: What was noticed before, where it was kept until now.

    Raises:
        FieldError: It is longer than 50 MiB, cannot be said exactly, or its
            From is not one that the account may send as.
        ConfigurationError: There is no such account, or none at all.
    """
    from tuimail.core.handed_in.message import (  # noqa: PLC0415 - 17 ms
        read_message,
    )

    if len(raw) > MESSAGE_LIMIT_BYTES:
        raise FieldError(
            f"The message has {len(raw):,} bytes, where {MESSAGE_LIMIT_BYTES:,} are "
            "the limit.",
            hint="Leave out files, or send a link to them.",
            field="message",
        )
    found = read_message(raw, is_lenient=is_lenient)
    left_out: tuple[Finding, ...] = ()
    if is_agent(stores.acting.actor):
        found, left_out = _without_others_headers(found)
    draft = compose(stores, _fields(found, account, sender))
    return replace(
        draft,
        sender=found.sender or draft.sender,
        to=found.to,
        cc=found.cc,
        bcc=found.bcc,
        reply_to=found.reply_to,
        noticed=(*noticed, *found.noticed, *left_out, *draft.noticed),
    )


def _without_others_headers(
    found: "HandedIn",
) -> tuple["HandedIn", tuple[Finding, ...]]:
    """Leave out what a program may not set, where it would refuse the message."""
    kept = tuple(one for one in found.headers if agents_may_set(one[0]))
    names = [name for name, _ in found.headers if not agents_may_set(name)]
    if not names:
        return found, ()
    finding = Finding(
        code="mime.header-left-out",
        severity=Severity.INFO,
        field="header",
        message="Headers that a program may not set were left out: "
        f"{', '.join(names)[:NAMES_LIMIT]}.",
    )
    return replace(found, headers=kept), (finding,)


def _fields(found: "HandedIn", account: str, sender: str) -> Fields:
    return Fields(
        sender=format_address(found.sender) if found.sender else sender,
        subject=found.subject,
        text=found.text,
        html=found.html,
        makes_text=False,
        is_flowed=found.is_flowed,
        is_signed=False,
        attachments=tuple(
            FileToAttach(
                source=file.content,
                name=file.name,
                content_type=file.content_type,
                content_id=file.content_id,
            )
            for file in found.files
        ),
        headers=found.headers,
        in_reply_to=found.in_reply_to,
        references=found.references,
        priority=found.priority.value if found.priority else "",
        unsubscribe_url=found.unsubscribe_url,
        account=account,
    )
