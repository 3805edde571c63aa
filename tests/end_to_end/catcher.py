"""A mail server of its own process, which writes down what it is given.

Run as ``python catcher.py FOLDER``: prints its port, keeps every message as
``N.eml`` beside ``N.json`` with the envelope, and ends when its stdin does, so
that it never outlives the test. It knows nothing of tuimail.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

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


async def main(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keeper(folder), loop=loop, hostname="mail.example.org"), HOST, 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
