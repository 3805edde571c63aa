"""The same mail, made by the standard library; apart, as ours does not load that."""

from email.message import EmailMessage
from email.policy import SMTP

from tests.bench.mails import DATE_TEXT, MESSAGE_ID
from tuimail.core.address import format_address
from tuimail.core.draft import Draft


def build_and_serialise(draft: Draft, file: bytes = b"") -> bytes:
    """Do the same as ``mails.render``."""
    message = EmailMessage(policy=SMTP)
    message["Date"] = DATE_TEXT
    message["From"] = format_address(draft.sender)
    message["To"] = ", ".join(map(format_address, draft.to))
    message["Subject"] = draft.subject
    message["Message-ID"] = MESSAGE_ID
    message.set_content(draft.body.text)
    if draft.body.html:
        message.add_alternative(draft.body.html, subtype="html")
    for one in draft.attachments:
        maintype, _, subtype = one.content_type.partition("/")
        message.add_attachment(
            file, maintype=maintype, subtype=subtype, filename=one.name
        )
    return message.as_bytes()
