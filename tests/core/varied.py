"""Drafts that differ in as many ways as bytes do, and what they become.

``python -m tests.core.varied`` prints one digest for each, for a comparison with
other Pythons; so nothing is imported here that has to be installed.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import product
from typing import Final

from tuimail.core import compose
from tuimail.core.address import parse_address
from tuimail.core.draft import Attachment, Body, Draft, Priority

DATE: Final = datetime(2026, 11, 21, 5, 36, 53, tzinfo=UTC)
CONTENT: Final = bytes(range(256)) * 300
TEXTS: Final = (
    "",
    "Hello,\n\nsee you.",
    "From me \n.\n..\n--=_x\n=\t\n-- \nJane",
    "Grüße aus Köln: " * 30 + " \n" + "é" * 70 + " \nFrom " + "y" * 80,
    "> zitiert: " + "schöne Wörter — viele davon — " * 20 + "\n>> tiefer\n",
    "用户注册请回复。" * 60,
    "مرحبا بالعالم\r\nนี่คือข้อความ\r안녕하세요 여러분\n",
    "🎉👩‍👩‍👧 café \x07\x1b[2J \x7f\u2028\u0085 x" * 9,
    "x" * 999,
    "=" * 200 + "\t\n" + "\t" * 90 + "\n" + " " * 90,
)
LINES: Final = (
    "",
    "Your order is on its way",
    "Ihre Bestellung für Köln geht heute auf den Weg, Frau Müller" * 3,
    " =?utf-8?q?x?= \tand  more ",
    "用户注册 💩 \u00a0 \u3000 " * 8,
    "w" * 1_200,
)
MAILBOXES: Final = (
    "bob@b.example",
    "Bob Jones <bob@b.example>",
    '"Doe, \\"J\\" Jane" <jane@bücher.example>',
    "Jörg Groß <jörg@[IPv6:2001:db8::1]>",
    "用户 <user@例え.テスト>",
    '=?utf-8?q?x?= <"a b"@[192.0.2.1]>',
)
FILES: Final = ("report.pdf", "Übersicht (final) 100%.pdf", "資料" * 30, 'a";b=c.txt')


def drafts() -> Iterator[Draft]:
    """Yield drafts; each value meets others."""
    bare = Draft(
        sender=parse_address(MAILBOXES[1], field="from"),
        to=tuple(parse_address(one, field="to") for one in MAILBOXES),
    )
    for (at, text), html in product(enumerate(TEXTS), (False, True)):
        body = Body(text=text, html=TEXTS[-at] if html else "", is_flowed=at % 2 == 1)
        yield replace(
            bare,
            subject=LINES[at % len(LINES)],
            body=body,
            headers=(("X-Note", LINES[-1 - at % len(LINES)]),),
            attachments=tuple(_attachments(at)),
            priority=[*Priority, None][at % 4],
            unsubscribe_url="https://a.example/end?x=1" if html else "",
            references=tuple(f"<{one}@b.example>" for one in range(at * 3)),
        )


def _attachments(number: int) -> Iterator[Attachment]:
    for at, name in enumerate(FILES[: number % (len(FILES) + 1)]):
        yield Attachment(
            name=name,
            content_type="application/pdf",
            digest=sha256(CONTENT).hexdigest(),
            size_bytes=len(CONTENT),
            content_id=f"id.{at}" if (number + at) % 2 else "",
        )


def digests() -> list[str]:
    """Return the SHA-256 of every draft as rendered, headers read back too."""
    return list(map(_digest, drafts()))


def _digest(draft: Draft) -> str:
    plan = compose.plan(draft, message_id="<1@b.example>", date=DATE)
    pieces = list(compose.render(plan, read=lambda _digest: [CONTENT]))
    compose.compare_with_parser(pieces[0], plan)
    return sha256(b"".join(pieces)).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(digests()))
