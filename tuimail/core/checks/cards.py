"""Numbers of payment cards.

What counts: the digits of an issuer, in the number and grouping that its cards
have, with a right check digit (ISO/IEC 7812-1, Luhn). One number in ten has that by
chance, so that numbers which are said to be something else, or stand in links and
longer numbers, are only good to know, or nothing at all.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.checks.secrets import redacted
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.references import unescaped
from tuimail.core.patterns import regex

_GAP: Final = r"[ \u00a0\u2007\u2009\u202f.\u2010-\u2013-]"
_NUMBER: Final = regex(
    rf"(?<![\w/=&?#%$€£])(?<!\d[.,])(?<!\d{{4}}{_GAP})(?<![A-Z]{{2}}\d\d{_GAP})"
    r"(?:\d{14,19}"
    rf"|\d{{4}}({_GAP})\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1\d{{1,3}})?"
    rf"|\d{{4}}({_GAP})\d{{6}}\2\d{{4,5}})"
    rf"(?!\w)(?!{_GAP}\d{{4}})(?![.,]\d)"
)
_DIGITS: Final = regex(r"\d(?:\W?\d){13}")
"""In whatever text there is a number of a card; found in a tenth of the time."""
_ASCII: Final = bytes(range(128))
_AS_WORDS: Final = bytes(b"w0"[b in b"0123456789"] for b in range(256))
_BETWEEN_WORDS: Final = re.sub(rb"\w", b"", _ASCII)
_RUN: Final = b"0" * 14
_MAIN_LENGTH: Final = 16
_ISSUERS: Final = (
    (regex(r"4"), (16, 19)),  # Visa
    (regex(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (regex(r"3[47]"), (15,)),  # American Express
    (regex(r"6011|64[4-9]|65"), (16, 19)),  # Discover
    (regex(r"30[0-5]|309|36|3[89]"), (14, 16)),  # Diners Club
    (regex(r"352[89]|35[3-8]"), (16, 19)),  # JCB
    (regex(r"62|81"), (16, 17, 18, 19)),  # UnionPay
    (
        regex(r"50(?:18|20|38)|5893|6304|6759|676[123]"),
        (16, 17, 18, 19),
    ),  # Maestro
    (regex(r"220[0-4]"), (16,)),  # Mir
)
_CARD: Final = regex(
    r"card|karte|carte|carta|tarjeta|cart[ãa]o|kaart|karta|kort|карт|visa|amex|master"
    r"|cvv|cvc|exp|卡|カード|카드",
    re.IGNORECASE,
)
_OTHERWISE: Final = regex(
    r"(?:order|track|shipment|parcel|invoice|ticket|case|serial|imei|iccid|iban|account"
    r"|customer|booking|reference|ref|transaction|bestell|auftrag|sendung|rechnung"
    r"|kunden|konto|seriennummer|commande|colis|facture|pedido|factura|ordine|pacco|id)"
    r"[\w.]{0,16}[\s:#№.,;\"'-]{0,6}(?:n(?:o|r|um(?:ber|mer|ero))?[.:]?[\s:#]{0,3}"
    r"|is[\s:]{1,3})?\Z",
    re.IGNORECASE,
)
_NEAR: Final = 60
_NO_DIGIT: Final = regex("[^0-9]+")
CARDS_LIMIT: Final = 1000
"""So many different numbers are told from each other."""
_TIMES: Final = 100
"""A number that is an order's in so many places is one in all of them."""
_FEW: Final = 10
"""So many numbers without a check digit may be typing errors."""
_OTHERS_PER_CARD: Final = 4
_TAG: Final = regex(r"<[^<>]*>")
_NOT_READ: Final = regex(r"(?is)<(style|script)\b[^<>]*>[^<]*</\1")
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def check(draft: Draft) -> Iterator[Finding]:
    """Find card numbers in what the receiver reads."""
    yield from scan(draft.subject, field="subject", label="subject")
    if not (draft.body.is_text_made and draft.body.html):
        yield from scan(draft.body.text, field="text", label="text")
    if draft.body.html:
        words = unescaped(_TAG.sub(" ", _NOT_READ.sub(" ", draft.body.html)))
        yield from scan(words, field="html", label="HTML")


def scan(text: str, *, field: str, label: str) -> Iterator[Finding]:
    """Find card numbers in ``text``; one finding, however many there are."""
    numbers = _numbers(text)
    if not numbers:
        return
    worst = next((n for n, s in numbers.items() if s is Severity.WARNING), "")
    shown = redacted(worst or next(iter(numbers)))
    more = f", and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    yield Finding(
        code="pii.payment-card",
        severity=Severity.WARNING if worst else Severity.INFO,
        field=field,
        message=f"The {label} has what may be the number of a payment card: "
        f"{shown}{more}.",
        hint="Take it out, or leave only its last four digits.",
        place=shown,
    )


def scan_data(text: str, *, field: str, label: str) -> Iterator[Finding]:
    """Find card numbers in a file, where commas stand between the values."""
    yield from scan(text.replace(",", ", "), field=field, label=label)


def masked(text: str) -> str:
    """Return ``text`` with every card number redacted; made for what is quoted."""
    return _NUMBER.sub(_masked, text) if _may_have_one(text) else text


def _masked(found: re.Match[str]) -> str:
    number = _card_in(found.group())
    is_card = number and not _is_in_link(found)
    return redacted(number) if is_card else found.group()


def _numbers(text: str) -> dict[str, Severity]:
    """Return the card numbers in ``text``, up to a bound, and how much each matters.

    Nine of ten numbers that begin like a card's are none; where so many are, it
    is a list of something else.
    """
    numbers: dict[str, Severity] = {}
    others: set[str] = set()
    for found in _once_or_some_times(text):
        number = _card_in(found.group())
        if not number:
            others |= {found.group()} if _has_issuer(found.group()) else set()
        elif numbers.get(number) is not Severity.WARNING and not _is_in_link(found):
            numbers[number] = _severity(text, found)
        if len(numbers) >= CARDS_LIMIT:
            break
    is_list = len(others) > max(_FEW, _OTHERS_PER_CARD * len(numbers))
    return dict.fromkeys(numbers, Severity.INFO) if is_list else numbers


def _once_or_some_times(text: str) -> Iterator[re.Match[str]]:
    """Yield what may be card numbers, no number more often than is of use."""
    times: dict[str, int] = {}
    for found in _NUMBER.finditer(text) if _may_have_one(text) else ():
        written = found.group()
        times[written] = times.get(written, 0) + 1
        if times[written] <= _TIMES:
            yield found


def _may_have_one(text: str) -> bool:
    """Return whether so many digits follow each other; in most text none do.

    Of plain text, what is between words is taken out, whatever it is: that takes
    a tenth of the time, and leaves no run apart.
    """
    if text.isascii() and _RUN not in text.encode().translate(
        _AS_WORDS, _BETWEEN_WORDS
    ):
        return False
    return _DIGITS.search(text) is not None


def _card_in(written: str) -> str:
    """Return the card number in ``written``, which may end in a security code."""
    digits = _digits(written)
    if _is_card(digits):
        return digits
    main = digits[:_MAIN_LENGTH]
    return main if len(digits) != len(written) and _is_card(main) else ""


def _digits(written: str) -> str:
    if written.isascii():
        return _NO_DIGIT.sub("", written)
    return "".join(str(int(d)) for d in written if d.isdecimal())


def _is_card(digits: str) -> bool:
    return _has_issuer(digits) and len(set(digits)) > 1 and _has_check_digit(digits)


def _has_issuer(written: str) -> bool:
    """Return whether an issuer has numbers that begin like this, and are as long."""
    digits = _digits(written)
    return any(
        issuer.match(digits) and len(digits) in lengths for issuer, lengths in _ISSUERS
    )


def _has_check_digit(digits: str) -> bool:
    doubled = (_LUHN_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_in_link(found: re.Match[str]) -> bool:
    text, start = found.string, found.start()
    if not start or text[start - 1].isspace():
        return False
    return "://" in text[max(start - 500, 0) : start].split()[-1]


def _severity(text: str, found: re.Match[str]) -> Severity:
    before = text[max(found.start() - _NEAR, 0) : found.start()]
    after = text[found.end() : found.end() + _NEAR]
    is_otherwise = _OTHERWISE.search(before) and not _CARD.search(before + after)
    return Severity.INFO if is_otherwise else Severity.WARNING
