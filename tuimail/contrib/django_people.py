"""Whom one of Django's messages is from and for, as its fields and methods say.

Kept here: one item names one mailbox, a header names nobody else than the field that
it belongs to, and nobody gets mail whom ``recipients()`` leaves out.

Pure: asks only the message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tuimail.api.message import Message, mailboxes
from tuimail.core.address import parse_address, parse_addresses
from tuimail.errors import FieldError

_FIELDS: Final = ("to", "cc", "bcc")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whom a message is from and for, each as it was written."""

    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    def written_into(self, message: Message) -> Message:
        """Return ``message``, from and for these."""
        return replace(message, from_=self.sender, to=self.to, cc=self.cc, bcc=self.bcc)


def people_of(email: Any, headers: Mapping[str, str]) -> People:  # noqa: ANN401 - Django has no types
    """Return whom a message is from and for.

    Args:
        email: A ``django.core.mail.EmailMessage``, or one of a subclass.
        headers: Those of its own, by their names in lower case.

    Raises:
        AddressError: An item is not one mailbox, so that what somebody wrote into a
            form would be sent to others, too.
        FieldError: A header, or ``recipients()``, names others than the fields do.
    """
    return People(
        sender=_sender(email, headers),
        to=_mailboxes(email, headers, "to"),
        cc=_mailboxes(email, headers, "cc"),
        bcc=(*_mailboxes(email, {}, "bcc"), *_further(email)),
    )


def _sender(email: Any, headers: Mapping[str, str]) -> str:  # noqa: ANN401 - as above
    """Return whom it is from, with the name that its header gives."""
    sender = str(email.from_email)
    if sender:  # else it is the account's own
        parse_address(sender, field="from")
    for name in ("sender", "from"):
        if name in headers:
            _must_agree(name, (headers[name],), "from_email", (sender,))
    return headers.get("from", sender)


def _mailboxes(
    email: Any,  # noqa: ANN401 - as above
    headers: Mapping[str, str],
    field: str,
) -> tuple[str, ...]:
    """Return whom it is for in one field, with the names that a header gives."""
    people = _people(email, field)
    parse_addresses(people, field=field)
    if field not in headers:
        return people
    named = mailboxes(headers[field])
    _must_agree(field, named, field, people)
    return named


def _people(email: Any, field: str) -> tuple[str, ...]:  # noqa: ANN401 - as above
    return tuple(str(one) for one in getattr(email, field) if one)


def _further(email: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    """Return whom only ``recipients()`` names, which a subclass may write anew.

    "If you add another way to specify recipients in your class, they need to be
    returned from this method as well", says Django's documentation.
    """
    said = tuple(str(one) for one in email.recipients())
    told = dict(zip(_addresses(said, "recipients"), said, strict=True))
    named = {
        address: field
        for field in _FIELDS
        for address in _addresses(_people(email, field), field)
    }
    for address, field in named.items():
        if address not in told:
            raise FieldError(
                f"The message is for {address}, whom its recipients() leaves out.",
                hint=f"Take {address} out of {field}, or return it, too.",
                field=field,
            )
    return tuple(one for address, one in told.items() if address not in named)


def _must_agree(
    header: str, named: tuple[str, ...], field: str, people: tuple[str, ...]
) -> None:
    if set(_addresses(named, header)) == set(_addresses(people, field)):
        return
    is_sender = field == "from_email"
    raise FieldError(
        f"The header {header.title()} names others than {field} does, and mail "
        f"{'is from whom' if is_sender else 'goes to whom'} that says.",
        hint=f"Leave the header out and set {field}; "
        + (
            "answers go to whom reply_to names."
            if is_sender
            else "who is not to be seen belongs into bcc."
        ),
        field=header,
    )


def _addresses(said: tuple[str, ...], field: str) -> Iterator[str]:
    return (one.text for one in parse_addresses(said, field=field))
