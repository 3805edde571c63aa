"""A mail server of its own process, which writes down what it is given.

Run as ``python catcher.py FOLDER``: prints its port, keeps every message as
``N.eml`` beside ``N.json`` with the envelope, and ends when its stdin does, so
that it never outlives the test. It knows nothing of tuimail.

``python catcher.py FOLDER CERTIFICATE USER PASSWORD`` speaks TLS from the first
byte, and lets nobody in but that user.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


class Keeper:
    """Answers 550 to ``refused@…``, and takes everything else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address.startswith("refused@"):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        number = len(list(self._folder.glob("*.eml")))
        facts = {"from": envelope.mail_from, "to": envelope.rcpt_tos}
        (self._folder / f"{number}.json").write_text(json.dumps(facts))
        (self._folder / f"{number}.eml").write_bytes(envelope.original_content or b"")
        return f"250 2.0.0 Kept as {number}"


class Guard:
    """Lets in one user, by one password."""

    def __init__(self, user: str, password: str) -> None:
        self._login = LoginPassword(user.encode(), password.encode())

    def __call__(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        login: LoginPassword,
    ) -> AuthResult:
        if login == self._login:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


async def main(folder: Path, *guarded: str) -> None:
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"loop": loop, "hostname": "mail.example.org"}
    context = None
    if guarded:
        certificate, user, password = guarded
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options |= {
            "authenticator": Guard(user, password),
            "auth_required": True,
            "auth_require_tls": False,  # it knows of STARTTLS only
        }
    server = await loop.create_server(
        lambda: SMTP(Keeper(folder), **options), HOST, 0, ssl=context
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
