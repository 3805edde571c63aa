"""A mail that Django wrote, as tuimail says it.

Its bytes are read as those of any program that hands in a whole message, so what a
subclass of Django's does in ``message()`` counts; its people are taken from its
fields, as Django's own backend does. What would reach the receiver as something else
is refused here, since a program looks at no findings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.message import EmailMessage as ModernMessage
from typing import TYPE_CHECKING, Any, Final

from tuimail.api.message import Message, mailboxes
from tuimail.core.address import parse_address
from tuimail.core.finding import Finding, Severity
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from tuimail.core.handed_in.message import HandedIn

_SHOWN: Final = ("to", "cc")
"""People whom a header names, which may say their names."""
_OWN: Final = ("Message-ID", "Date")
"""Headers that every message gets from tuimail."""
_LINE_ENDS: Final = "mime.bare-newline"
_LEFT_OUT: Final = "mime.header-left-out"
_STRUCTURE: Final = "mime.structure"


def message_of(email: Any) -> Message:  # noqa: ANN401 - Django has no types
    """Return what one of Django's messages says.

    Args:
        email: A ``django.core.mail.EmailMessage``, or one of a subclass.

    Raises:
        FieldError: It says what cannot be said again exactly, or says in its headers
            something else than in its fields.
        ValueError: Django itself refuses it, such as a header of two lines.
    """
    headers = _headers(email)
    _refuse_headers(headers)
    sender = _sender(email, headers)
    message = Message.from_bytes(_exact(_octets(email)))
    to, cc = (_mailboxes(email, headers, name) for name in _SHOWN)
    bcc = _mailboxes(email, {}, "bcc")
    return replace(message, from_=sender, to=to, cc=cc, bcc=bcc)


def _headers(email: Any) -> Mapping[str, str]:  # noqa: ANN401 - as above
    return {name.lower(): str(value) for name, value in email.extra_headers.items()}


def _octets(email: Any) -> bytes:  # noqa: ANN401 - as above
    """Return the message as Django's own backend would send it, but for its people.

    Raises:
        FieldError: It holds what is no text in its charset.
    """
    try:
        made = email.message()
        for name in ("From", "Sender", "To", "Cc"):
            del made[name]
        return _flat(made)
    except UnicodeError as error:
        raise FieldError(
            "The message holds characters that its charset cannot say.",
            hint="Look for half of a character in its texts and names: text.encode() "
            "says where it is.",
            field="message",
        ) from error


def _flat(made: Any) -> bytes:  # noqa: ANN401 - of two libraries
    """Return its bytes: Django 6 makes messages of Python's newer kind, 5 its own."""
    if isinstance(made, ModernMessage):
        return made.as_bytes(policy=made.policy.clone(linesep="\r\n"))
    octets: bytes = made.as_bytes(linesep="\r\n")
    return octets


def _exact(octets: bytes) -> bytes:
    """Return ``octets``, of which the receiver gets everything.

    Raises:
        FieldError: Something would be lost, or be something else.
    """
    from tuimail.core.handed_in.message import read_message  # noqa: PLC0415 - 17 ms

    said = read_message(octets)
    for finding in said.noticed:
        if _is_loss(finding, said):
            raise FieldError(
                f"tuimail cannot send this message exactly as it is: {finding.message}",
                hint=finding.hint or "Leave that header out.",
                field=finding.field,
            )
    return octets


def _is_loss(finding: Finding, said: "HandedIn") -> bool:
    """Whether the receiver would get something else.

    A mail within the mail is none: it is there whole, as a file with a name.
    """
    if finding.code == _STRUCTURE and finding.place:
        return finding.place not in {file.name for file in said.files}
    is_warned = finding.severity is not Severity.INFO
    return finding.code == _LEFT_OUT or (is_warned and finding.code != _LINE_ENDS)


def _refuse_headers(headers: Mapping[str, str]) -> None:
    for name in _OWN:
        if name.lower() in headers:
            raise FieldError(
                f"The message has a header {name} of its own, and every message gets "
                "one from tuimail.",
                hint="Leave it out; afterwards message.tuimail_result.message_id "
                "says what was sent.",
                field="header",
            )
    if "bcc" in headers:
        raise FieldError(
            "The message has a header Bcc, which would show everybody who gets a "
            "blind copy.",
            hint="Name them in bcc=[…].",
            field="bcc",
        )


def _sender(email: Any, headers: Mapping[str, str]) -> str:  # noqa: ANN401 - as above
    """Return whom it is from, with the name that its header gives.

    Raises:
        FieldError: Its headers name somebody else than its envelope would.
    """
    sender = str(email.from_email)
    for name in ("sender", "from"):
        if name in headers:
            _must_agree(name, (headers[name],), "from_email", (sender,))
    return headers.get("from", sender)


def _mailboxes(
    email: Any,  # noqa: ANN401 - as above
    headers: Mapping[str, str],
    name: str,
) -> tuple[str, ...]:
    """Return whom it is for in one field, with the names that a header gives.

    Raises:
        FieldError: The header names others than the field.
    """
    people = tuple(str(one) for one in getattr(email, name) if one)
    if name not in headers:
        return people
    named = mailboxes(headers[name])
    _must_agree(name, named, name, people)
    return named


def _must_agree(
    header: str, named: tuple[str, ...], field: str, people: tuple[str, ...]
) -> None:
    if set(_addresses(named, header)) != set(_addresses(people, field)):
        raise FieldError(
            f"The header {header.title()} names others than {field} does, and mail "
            "goes to whom it says.",
            hint=f"Leave the header out and set {field}; who is not to be seen "
            "belongs into bcc.",
            field=header,
        )


def _addresses(said: tuple[str, ...], field: str) -> Iterator[str]:
    return (parse_address(one, field=field).text for one in mailboxes(said))
