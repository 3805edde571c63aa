"""A mail that Django wrote, as tuimail says it.

Its bytes are read as those of any program that hands in a whole message, so what a
subclass of Django's does in ``message()`` counts; its people are taken from its
fields, as Django's own backend does. What would reach the receiver as something else
is refused here, since a program looks at no findings.
"""

from collections.abc import Mapping
from email.message import EmailMessage as ModernMessage
from typing import TYPE_CHECKING, Any, Final

from tuimail.api.message import Message
from tuimail.contrib.django_people import people_of
from tuimail.core.finding import Finding, Severity
from tuimail.core.header_names import check_header_name
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from tuimail.core.handed_in.message import HandedIn

_OWN: Final[Mapping[str, str]] = {
    "Message-ID": "Leave it out; afterwards message.tuimail_result.message_id says "
    "which it became. A mark of your own can stand in a header X-….",
    "Date": "Leave it out; it says when the message was handed over.",
}
"""Headers that every message gets from tuimail, and what to do without."""
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
    for name in email.extra_headers:
        check_header_name(str(name))  # Django 6 makes an encoded word of a wrong one
    headers = _headers(email)
    _refuse_headers(headers)
    octets = _octets(email)  # first: Django's refusals are what programs expect
    people = people_of(email, headers)
    return people.written_into(Message.from_bytes(_exact(octets)))


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
    for name, hint in _OWN.items():
        if name.lower() in headers:
            raise FieldError(
                f"The message has a header {name} of its own, and every message gets "
                "one from tuimail.",
                hint=hint,
                field="header",
            )
    if "bcc" in headers:
        raise FieldError(
            "The message has a header Bcc, which would show everybody who gets a "
            "blind copy.",
            hint="Name them in bcc=[…].",
            field="bcc",
        )
