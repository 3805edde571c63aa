"""Sends mail as others do: ``PYTHON sending_peers.py PEER COUNT PORT BYTES``.

Runs in a virtual environment that has the peer; prints JSON with the seconds it took
to build and send so many mails, of the processor too. None of them stores anything
but mailatlas, which does not flush the mails themselves.
"""

import asyncio
import json
import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

CONNECTIONS = 4
HOST = "127.0.0.1"
SENDER = "ada@shop.example"
LINE = "Thank you for your order of 14 March. The goods are about to leave.\n"


def main(peer: str, count: int, port: int, size: int) -> None:
    """Send so many mails and say how long that took."""
    body = (LINE * (size // len(LINE) + 1))[:size]
    run = PEERS[peer](count, port, body)
    start, used = perf_counter(), process_time()
    run()
    told = {"sent": perf_counter() - start, "cpu": process_time() - used}
    sys.stdout.write(json.dumps(told))


def fluxmail(count: int, port: int, body: str) -> Callable[[], None]:
    """Return what sends with BulkSender, over one connection."""
    from fluxmail import BulkSender, FluxMail  # noqa: PLC0415 - in one environment

    mails = [
        {
            "sender": SENDER,
            "recipients": [_recipient(number)],
            "subject": f"Order {number}",
            "body": body,
        }
        for number in range(count)
    ]
    sender = BulkSender(FluxMail("smtp", HOST, port=port))

    def run() -> None:
        result = sender.send_batch(mails, progress=False)
        if result["sent"] != count:
            sys.exit(f"Only {result['sent']} of {count} were sent.")

    return run


def mailatlas(count: int, port: int, body: str) -> Callable[[], None]:
    """Return what stores and sends one after the other, on a connection each."""
    from mailatlas import (  # noqa: PLC0415 - in one environment
        MailAtlas,
        OutboundMessage,
        SendConfig,
    )

    config = SendConfig(
        provider="smtp", smtp_host=HOST, smtp_port=port, smtp_starttls=False
    )

    def run() -> None:
        with TemporaryDirectory() as folder:
            atlas = MailAtlas(Path(folder) / "store.db", Path(folder) / "work")
            for number in range(count):
                mail = OutboundMessage(
                    from_email=SENDER,
                    to=(_recipient(number),),
                    subject=f"Order {number}",
                    text=body,
                )
                result = atlas.send_email(mail, config)
                if result.status != "sent":
                    sys.exit(f"It was not sent: {result.error}")

    return run


def django(count: int, port: int, body: str) -> Callable[[], None]:
    """Return what sends one list over one connection."""
    from django.conf import settings  # noqa: PLC0415 - in one environment

    settings.configure(EMAIL_HOST=HOST, EMAIL_PORT=port)
    from django.core.mail import (  # noqa: PLC0415 - read with the settings
        EmailMultiAlternatives,
        get_connection,
    )

    def run() -> None:
        mails = (
            EmailMultiAlternatives(
                f"Order {number}", body, SENDER, [_recipient(number)]
            )
            for number in range(count)
        )
        get_connection("django.core.mail.backends.smtp.EmailBackend").send_messages(
            list(mails)
        )

    return run


def standard(count: int, port: int, body: str) -> Callable[[], None]:
    """Return what sends with smtplib over one connection."""

    def run() -> None:
        with smtplib.SMTP(HOST, port) as server:
            for number in range(count):
                server.send_message(_message(number, body))

    return run


def aiosmtplib(count: int, port: int, body: str) -> Callable[[], None]:
    """Return what sends over a few connections at once."""
    import aiosmtplib as library  # noqa: PLC0415 - in one environment

    async def one(numbers: range) -> None:
        async with library.SMTP(
            hostname=HOST, port=port, start_tls=False, use_tls=False
        ) as server:
            for number in numbers:
                await server.send_message(_message(number, body))

    async def every() -> None:
        parts = (range(part, count, CONNECTIONS) for part in range(CONNECTIONS))
        await asyncio.gather(*map(one, parts))

    return lambda: asyncio.run(every())


def _message(number: int, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = SENDER, _recipient(number)
    message["Subject"] = f"Order {number}"
    message.set_content(body)
    return message


def _recipient(number: int) -> str:
    return f"reader{number}@example.net"


PEERS = {
    "fluxmail": fluxmail,
    "mailatlas": mailatlas,
    "Django": django,
    "smtplib": standard,
    "aiosmtplib": aiosmtplib,
}


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
