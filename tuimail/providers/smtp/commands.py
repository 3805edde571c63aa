"""The commands that name a message's envelope (RFC 5321 §4.1.1), as octets.

The one rule kept here: whatever an address holds, it stays within its command.

Pure.
"""

from typing import Final

from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.providers.base import SendJob
from tuimail.providers.smtp.connection import Offered

DATA: Final = b"DATA\r\n"
RSET: Final = b"RSET\r\n"
TERMINATOR: Final = b".\r\n"
"""The content ends in CRLF, which is the first half of ``CRLF.CRLF``."""
_CONTROL: Final = regex(rb"[\x00-\x1f\x7f]")


def unsayable(job: SendJob, offered: Offered) -> str:
    """Return why the server cannot take the message, or nothing.

    Said before anything is sent: a server without SMTPUTF8 would mangle the
    address or refuse it, and one with a limit reads the whole content first.
    """
    if job.envelope.needs_smtputf8 and not offered.has("smtputf8"):
        return "An address is not ASCII, and the server does not offer SMTPUTF8."
    most = offered.most_bytes
    if most is not None and job.size_bytes > most:
        return (
            f"The message has {job.size_bytes} bytes; the server takes {most} at most."
        )
    return ""


def envelope_lines(job: SendJob, offered: Offered) -> list[bytes]:
    """Return MAIL, a RCPT for each recipient in order, and DATA.

    Raises:
        ValueError: An address holds a control character, which could make it
            two commands, or is not ASCII though nobody said so.
    """
    recipients = job.envelope.recipients
    return [
        _line(_mail(job, offered)),
        *(
            _line(b"RCPT TO:<" + _encoded(one.wire_address, job.envelope) + b">")
            for one in recipients
        ),
        DATA,
    ]


def _mail(job: SendJob, offered: Offered) -> bytes:
    """Return the MAIL command, with the parameters that this message needs."""
    line = b"MAIL FROM:<" + _encoded(job.envelope.return_path, job.envelope) + b">"
    if offered.has("size"):
        line += b" SIZE=%d" % job.size_bytes
    if job.envelope.needs_smtputf8:
        line += b" SMTPUTF8"
        # Headers may then hold an address as it is, in UTF-8 (RFC 6532 §3.2).
        line += b" BODY=8BITMIME" if offered.has("8bitmime") else b""
    return line


def _line(command: bytes) -> bytes:
    if _CONTROL.search(command):
        raise ValueError("An SMTP command is one line without control characters.")
    return command + b"\r\n"


def _encoded(address: str, envelope: Envelope) -> bytes:
    return address.encode("utf-8" if envelope.needs_smtputf8 else "ascii")
