"""Mail as people send it, for us and for the standard library alike."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from tuimail.core import compose
from tuimail.core.address import parse_address
from tuimail.core.draft import Attachment, Body, Draft

DATE: Final = datetime(2026, 11, 21, 5, 36, 53, tzinfo=UTC)
DATE_TEXT: Final = "Sat, 21 Nov 2026 05:36:53 +0000"
MESSAGE_ID: Final = "<176370341.1@shop.example>"

ENGLISH: Final = """Dear Ms Miller,

thank you for your order of 14 March. The goods are about to leave our
warehouse, probably on Friday, and should reach you in the course of the
next week. Please look them over when they arrive, and let us know within
fourteen days if anything is not as it should be.

You will find the invoice below. It is due on 28 March; if you have paid
already, there is nothing more to do. https://shop.example/o/4711?ref=mail

"""
GERMAN: Final = """Sehr geehrte Frau Müller,

vielen Dank für Ihre Bestellung vom 14. März. Die Ware verlässt das Lager
voraussichtlich am Freitag und müsste im Laufe der nächsten Woche bei
Ihnen eintreffen. Wir bitten um Prüfung der Lieferung nach Erhalt, und um
Nachricht innerhalb von vierzehn Tagen, falls etwas nicht stimmt.

Die Rechnung steht unten. Der Betrag wird am 28. März fällig; nach einer
früheren Zahlung bleibt nichts zu tun. https://shop.example/o/4711?ref=mail

"""


def text_of(language: str, size: int) -> str:
    """Return ``size`` characters of a letter."""
    return (language * (size // len(language) + 1))[:size]


def html_of(language: str, size: int) -> str:
    """Return ``size`` characters of a letter as services write HTML."""
    cell = '<tr><td style="padding: 12px 24px; color: #222222;">{}</td></tr>\n'
    rows = "".join(cell.format(line) for line in language.split("\n") if line)
    return text_of(rows, size)


def letter(
    *, language: str = ENGLISH, text: int, html: int = 0, file_bytes: int = 0
) -> Draft:
    """Return a draft to two people, in English or in German throughout."""
    is_german = language is GERMAN
    names = ("Jürgen Groß", "Eva Müller") if is_german else ("Jim Gross", "Eva Miller")
    return Draft(
        sender=parse_address("Shop Example <orders@shop.example>", field="from"),
        to=tuple(
            parse_address(f"{name} <{name[0].lower()}@customer.example>", field="to")
            for name in names
        ),
        subject="Ihre Bestellung verlässt heute das Lager, Frau Müller"
        if is_german
        else "Your order is on its way, Ms Miller",
        body=Body(text=text_of(language, text), html=html_of(language, html)),
        attachments=(_attachment(file_bytes),) if file_bytes else (),
    )


def render(draft: Draft, file: Iterable[bytes] = ()) -> Iterator[bytes]:
    """Plan and render ``draft``, as it goes to disk: piece by piece."""
    plan = compose.plan(draft, message_id=MESSAGE_ID, date=DATE)
    return compose.render(plan, read=lambda _digest: file)


def _attachment(size: int) -> Attachment:
    return Attachment(
        name="invoice.pdf",
        content_type="application/pdf",
        digest="0" * 64,
        size_bytes=size,
    )
