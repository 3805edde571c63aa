"""Domains that look like one that is known, and are another.

What is compared is the part that somebody registers: ``partner.example`` in
``mail.partner.example``; everything left of it is its owner's. Ways to look alike:
the same picture (UTS 39 §4: ``rnodern``, *paypal* with a Cyrillic letter), one
slip of the keys (``partenr``), a known name in front (``bank.example.evil.test``)
or with a hyphen for the dot (``bank-example.test``), ``.co`` for ``.com``.

Short names are near to each other by chance, and numbered ones on purpose, so
that those are left alone.

Pure.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final
from unicodedata import normalize

from tuimail.core.checks.confusables import (
    ARMENIAN,
    CYRILLIC,
    DIGITS,
    GREEK,
    LAST,
    LOOSE,
    PAIRS,
)
from tuimail.core.patterns import regex

PICTURE_LETTERS: Final = 5
"""Names in plain letters look the same by intent only from this length."""
SLIP_LETTERS: Final = 6
PLURAL_LETTERS: Final = 7
"""``partner`` and ``partners`` are looked at, ``report`` and ``reports`` not."""
TRANSPOSED_LETTERS: Final = 5
_NEAR_LIMIT: Final = 200
"""Names of one neighbourhood that are compared letter by letter."""
_ASKED_LIMIT: Final = 1_000
"""So many answers are remembered: many mails go to the same few domains."""

_SECOND_LEVELS: Final = frozenset({
    "ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ltd", "me", "mil", "ne", "net",
    "nom", "or", "org", "plc",
})  # fmt: skip
"""With a country behind, nobody's name: ``co.uk``, ``com.br``."""
_HOSTERS: Final = frozenset({
    "github.io", "gitlab.io", "herokuapp.com", "myshopify.com", "onmicrosoft.com",
})  # fmt: skip
"""Domains that give their subdomains to others."""
_NEAR_COM: Final = frozenset({"cm", "co", "con", "cpm", "om", "vom", "xom", "comm"})
_COUNTRY_LETTERS: Final = 2

_MARKS: Final = regex("[\u0300-\u036f]+")
_TABLE: Final = str.maketrans({**CYRILLIC, **GREEK, **ARMENIAN, **LOOSE, **DIGITS})
_FOREIGN_DOUBLES: Final = regex(
    "|".join(f"[{''.join(script)}]{{3,63}}" for script in (CYRILLIC, GREEK, ARMENIAN))
)
_DIGIT: Final = regex(r"\d")


class KnownDomains:
    """Domains to compare others with; it is never asked about one of them."""

    def __init__(self, domains: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pictures: dict[str, str] = {}
        self._hyphenated: dict[str, str] = {}
        self._letters: set[tuple[str, ...]] = set()
        self._near: dict[tuple[str, int, int, str], list[str]] = {}
        self._answers: dict[str, str] = {}
        for domain in domains:
            self.add(domain)

    def add(self, domain: str) -> None:
        """Have ``domain`` among the known ones."""
        name = registered(domain)
        if domain.startswith("[") or name in self._known:
            return
        self._answers.clear()
        self._known.add(name)
        self._pictures.setdefault(picture(name), name)
        self._hyphenated.setdefault(name.replace(".", "-"), name)
        label, suffix = _parted(name)
        self._letters.add((suffix, *sorted(label)))
        for key in _own_halves(label, suffix):
            self._near.setdefault(key, []).append(label)

    def __contains__(self, domain: str) -> bool:
        """Return whether whoever owns ``domain`` is known."""
        return registered(domain) in self._known

    def like(self, domain: str) -> str:
        """Return the known domain that ``domain`` looks like, or nothing."""
        found = self._answers.get(domain)
        if found is None:
            found = self._look(domain)
            if len(self._answers) < _ASKED_LIMIT:
                self._answers[domain] = found
        return found

    def _look(self, domain: str) -> str:
        if not self._known:
            return ""
        name = registered(domain)
        label, suffix = _parted(name)
        return (
            self._same_picture(name, label)
            or self._with_another_end(label, suffix)
            or self._in_front(domain)
            or self._with_hyphens(domain)
            or self._one_slip(label, suffix)
        )

    def _same_picture(self, name: str, label: str) -> str:
        known = self._pictures.get(picture(name), "")
        is_plain = label.isascii() and not _DIGIT.search(f"{label}{known}")
        longest = max(len(label), len(_parted(known)[0]))
        return "" if is_plain and longest < PICTURE_LETTERS else known

    def _with_another_end(self, label: str, suffix: str) -> str:
        known = f"{label}.com"
        is_typical = suffix in _NEAR_COM and len(label) >= PICTURE_LETTERS
        return known if is_typical and known in self._known else ""

    def _in_front(self, domain: str) -> str:
        labels = domain.split(".")
        for end in range(len(labels) - 1, 1, -1):
            rest = labels[end:]
            known = ".".join(labels[:end])
            is_country = len(rest) == 1 and len(rest[0]) == _COUNTRY_LETTERS
            if known in self._known and not is_country:
                return known
        return ""

    def _with_hyphens(self, domain: str) -> str:
        found = (self._hyphenated.get(label) for label in domain.split("."))
        return next(filter(None, found), "")

    def _one_slip(self, label: str, suffix: str) -> str:
        if len(label) < TRANSPOSED_LETTERS or not suffix:
            return ""
        for key in _halves(label, suffix):
            for known in self._near.get(key, ())[:_NEAR_LIMIT]:
                if is_slip(label, known):
                    return f"{known}.{suffix}"
        if (suffix, *sorted(label)) not in self._letters:
            return ""
        swapped = (f"{other}.{suffix}" for other in _transposed(label))
        return next((name for name in swapped if name in self._known), "")


@lru_cache(maxsize=4)
def known_domains(
    domains: frozenset[str], own: frozenset[str] = frozenset()
) -> KnownDomains:
    """Return ``domains`` ready to be compared with; made once for many drafts.

    Nobody may add to it.

    Args:
        domains: Many; known again at once where they are the same object.
        own: A few more.
    """
    return KnownDomains(sorted(domains | own))


@lru_cache(maxsize=1024)
def registered(domain: str) -> str:
    """Return what of ``domain`` somebody has registered, as far as one can tell."""
    labels = domain.split(".")
    end = ".".join(labels[-2:])
    is_second_level = (
        len(labels[-1]) == _COUNTRY_LETTERS and labels[-2:][0] in _SECOND_LEVELS
    )
    return ".".join(labels[-3:]) if is_second_level or end in _HOSTERS else end


@lru_cache(maxsize=1024)
def picture(domain: str) -> str:
    """Return the same text for all domains that look the same (UTS 39 §4)."""
    if not domain.isascii():
        domain = _MARKS.sub("", normalize("NFD", domain))
    domain = domain.translate(_TABLE)
    for seen, taken_for in chain(PAIRS, LAST):
        domain = domain.replace(seen, taken_for)
    return domain


@lru_cache(maxsize=1024)
def in_latin(domain: str) -> str:
    """Return what people take ``domain`` for, where a whole name poses as Latin.

    Nothing where its end is of the same script: then nobody expects Latin.
    """
    label, suffix = _parted(registered(domain))
    is_foreign = suffix.isascii() and not label.isascii()
    if is_foreign and _FOREIGN_DOUBLES.fullmatch(label):
        return f"{label.translate(_TABLE)}.{suffix}"
    return ""


def is_slip(label: str, known: str) -> bool:
    """Return whether one slip of the keys turns ``known`` into ``label``.

    Digits do not count, because ``shop2`` and ``shop3`` are meant.
    """
    shorter, longer = sorted((label, known), key=len)
    start = _common_start(shorter, longer)
    if len(shorter) < SLIP_LETTERS or _DIGIT.match(longer, start):
        return False
    if len(shorter) == len(longer):
        is_digit = _DIGIT.match(known, start)
        return not is_digit and label[start + 1 :] == known[start + 1 :]
    is_plural = longer == f"{shorter}s"
    if is_plural and len(shorter) < PLURAL_LETTERS:
        return False
    return shorter[start:] == longer[start + 1 :]


def _common_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), len(one))


def _parted(name: str) -> tuple[str, str]:
    label, _, suffix = name.partition(".")
    return label, suffix


def _own_halves(label: str, suffix: str) -> tuple[tuple[str, int, int, str], ...]:
    """Return the two halves of a name: one slip leaves one of them as it is."""
    middle = len(label) // 2
    return (
        (suffix, len(label), 0, label[:middle]),
        (suffix, len(label), 1, label[middle:]),
    )


def _halves(label: str, suffix: str) -> Iterator[tuple[str, int, int, str]]:
    """Yield the halves that a name one slip away would have."""
    for length in range(len(label) - 1, len(label) + 2):
        middle = length // 2
        yield (suffix, length, 0, label[:middle])
        yield (suffix, length, 1, label[len(label) - (length - middle) :])


def _transposed(label: str) -> Iterator[str]:
    for at in range(len(label) - 1):
        pair = label[at : at + 2]
        if pair[0] != pair[1] and not pair.isdecimal():
            yield f"{label[:at]}{pair[::-1]}{label[at + 2 :]}"
