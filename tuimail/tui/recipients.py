"""What is typed into a field for recipients: those that are done, and the rest.

An entry never changes; every key makes another one of it. All text in it is fit to
be shown. What is no address stays in it as it was typed, for the person to mend.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tuimail.core.address import (
    Address,
    format_address,
    parse_address,
    quoted,
    split_items,
)
from tuimail.core.display import display
from tuimail.errors import AddressError

_SEGMENT: Final = re.compile(r'(?:[^";\n]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))+')
"""What semicolons and line ends separate; within it, commas do."""
_NAMED: Final = re.compile(r'([^"<>@]*)<([^<>]+@[^<>]+)>')
_SEVERAL: Final = re.compile(r"(?:[^<>@]*<[^<> ]+@[^<> ]+>){2,}")
_MAILTO: Final = re.compile(r"mailto:", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One recipient that is done being typed."""

    text: str
    """As it was typed; safe text."""
    mailbox: Address | None = None
    """None where it is no address."""
    reason: str = ""
    """Why it is none; safe text."""

    @property
    def label(self) -> str:
        """What stands for it on one line; safe text."""
        if self.mailbox is None:
            return self.text
        return display(self.mailbox.name or self.mailbox.text)


def chip(text: str) -> Chip:
    """Return what ``text`` is, an address or not."""
    try:
        mailbox = parse_address(text, field="address")
    except AddressError as error:
        return Chip(text=text, reason=display(str(error)))
    return Chip(text=text, mailbox=mailbox)


def chip_of(name: str, address: str) -> Chip:
    """Return a recipient whose parts are known."""
    mailbox = parse_address(address, field="address")
    return chip(format_address(replace(mailbox, name=name)))


def split(text: str) -> tuple[str, ...]:
    """Return the items of ``text``, by whatever they are separated.

    Commas, semicolons, line ends and tabs separate; blanks do where each of what
    they separate has an ``@``. ``Novák, Ana <ana@example.net>`` is one, though
    many programs write it without quotes, and so are two cells of a table.
    """
    found: list[str] = []
    for segment in _SEGMENT.findall(text.replace("\r", "\n")):
        line = ",".join(_of_a_table(segment.split("\t")))
        found += _with_names(_plain(one) for one in split_items(line))
    return tuple(item for one in found for item in _apart(one))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Everything in one field, and where the person is in it."""

    chips: tuple[Chip, ...] = ()
    typed: str = ""
    """What is being typed, behind the last one; safe text."""
    cursor: int = 0
    """Place in ``typed``."""
    chosen: int | None = None
    """Which recipient is marked; None while text is typed."""

    @property
    def value(self) -> str:
        """Everything as one text, to be stored and to be read again."""
        items = [one.text for one in self.chips]
        rest = self.typed.strip()
        return ", ".join([*items, rest] if rest else items)

    @property
    def marked(self) -> Chip | None:
        """The recipient that is marked."""
        return None if self.chosen is None else self.chips[self.chosen]

    def with_character(self, character: str) -> "Entry":
        """Type one character; one that separates ends a recipient.

        A comma before any ``@`` belongs to a name: ``Novák, Ana <…``.
        """
        entry = replace(self, chosen=None)
        is_open = '"' in _QUOTED.sub("", entry.typed)
        if character == ";" and not is_open:
            return entry.finished()
        if character == "," and not is_open and "@" in entry.typed:
            return entry.finished()
        return entry.with_text(character)

    def with_text(self, text: str) -> "Entry":
        """Put ``text`` where the cursor is."""
        text = display(text)
        before, behind = self.typed[: self.cursor], self.typed[self.cursor :]
        return replace(
            self,
            typed=before + text + behind,
            cursor=self.cursor + len(text),
            chosen=None,
        )

    def with_paste(self, text: str) -> "Entry":
        """Put in what was pasted: several items, or a whole one, are done at once."""
        items = split(text)
        alone = len(items) == 1 and chip(display(items[0])).mailbox is None
        if not items or alone or self.typed[: self.cursor].strip():
            entry = self.with_text(" ".join(text.split()) if alone else text)
            return entry.finished() if len(items) > 1 else entry
        return replace(
            self, chips=(*self.chips, *map(chip, map(display, items))), chosen=None
        )

    def with_chip(self, added: Chip) -> "Entry":
        """Have what is typed be ``added``, which was meant by it."""
        return Entry(chips=(*self.chips, added))

    def finished(self) -> "Entry":
        """Have what is typed be recipients."""
        items = map(display, split(self.typed))
        return Entry(chips=(*self.chips, *map(chip, items)))

    def settled(self) -> "Entry":
        """Have what is typed be recipients where it is nothing else."""
        done = self.finished()
        is_good = all(one.mailbox for one in done.chips[len(self.chips) :])
        return done if is_good else replace(self, chosen=None)

    def backspaced(self) -> "Entry":
        """Take one character off; before the text, mark a recipient, then remove it."""
        if self.chosen is not None:
            return self.without_marked()
        if self.cursor:
            at = self.cursor - 1
            return replace(
                self, typed=self.typed[:at] + self.typed[at + 1 :], cursor=at
            )
        return self.moved(-1)

    def deleted(self) -> "Entry":
        """Remove the marked recipient, or the character behind the cursor."""
        if self.chosen is not None:
            return self.without_marked()
        at = self.cursor
        return replace(self, typed=self.typed[:at] + self.typed[at + 1 :])

    def without_marked(self) -> "Entry":
        """Remove the marked recipient; the one before it is marked then."""
        if self.chosen is None:
            return self
        kept = (*self.chips[: self.chosen], *self.chips[self.chosen + 1 :])
        chosen = max(0, self.chosen - 1) if kept else None
        return replace(self, chips=kept, chosen=chosen)

    def without_word(self) -> "Entry":
        """Take the word before the cursor off."""
        before = self.typed[: self.cursor].rstrip()
        kept = before[: before.rfind(" ") + 1]
        return replace(
            self, typed=kept + self.typed[self.cursor :], cursor=len(kept), chosen=None
        )

    def without_text(self) -> "Entry":
        """Take off what is being typed."""
        return replace(self, typed="", cursor=0, chosen=None)

    def edited(self) -> "Entry":
        """Have the marked recipient be typed again; what was being typed is done."""
        if self.marked is None:
            return self
        text = self.marked.text
        rest = replace(self.without_marked(), chosen=None).finished()
        return replace(rest, typed=text, cursor=len(text))

    def moved(self, count: int) -> "Entry":
        """Go ``count`` characters, or recipients, to the right."""
        if self.chosen is None:
            at = self.cursor + count
            if at >= 0 or not self.chips:
                return replace(self, cursor=max(0, min(at, len(self.typed))))
            return replace(self, chosen=len(self.chips) - 1)
        place = self.chosen + count
        if place >= len(self.chips):
            return replace(self, chosen=None, cursor=0)
        return replace(self, chosen=max(0, place))

    def at_start(self) -> "Entry":
        """Go to the beginning of the text, and from there to the first recipient."""
        if self.chosen is None and (self.cursor or not self.chips):
            return replace(self, cursor=0)
        return replace(self, chosen=0 if self.chips else None)

    def at_end(self) -> "Entry":
        """Go to the end of the text."""
        return replace(self, chosen=None, cursor=len(self.typed))

    def choosing(self, place: int) -> "Entry":
        """Mark the recipient at ``place``."""
        return replace(self, chosen=place)


def entry_of(value: str) -> Entry:
    """Return what ``value`` is in a field; the last item may not be done yet."""
    items = [display(one) for one in split(value)]
    chips = tuple(map(chip, items))
    if not chips or chips[-1].mailbox is not None:
        return Entry(chips=chips)
    return Entry(chips=chips[:-1], typed=items[-1], cursor=len(items[-1]))


def _plain(item: str) -> str:
    item = " ".join(item.split())
    return _MAILTO.sub("", item, count=1) if _MAILTO.match(item) else item


def _of_a_table(cells: list[str]) -> Iterator[str]:
    """Yield ``cells``, a name together with the address that stands behind it."""
    name = ""
    for cell in map(str.strip, cells):
        if "@" in cell:
            yield f"{quoted(name)} <{cell}>" if name and "<" not in cell else cell
            name = ""
        elif name:
            yield name
            name = cell
        else:
            name = cell
    if name:
        yield name


def _with_names(items: Iterable[str]) -> Iterator[str]:
    """Yield ``items`` with a name that a comma took apart whole again."""
    waiting: list[str] = []
    for item in items:
        named = _NAMED.fullmatch(item)
        if "@" not in item:
            waiting.append(item)
        elif named and waiting and len(waiting) == 1:
            name = ", ".join((waiting.pop(), named[1].strip()))
            yield f"{quoted(name)} <{named[2]}>"
        else:
            yield from waiting
            waiting.clear()
            yield item
    yield from waiting


def _apart(item: str) -> tuple[str, ...]:
    """Return the addresses that only blanks separate in ``item``."""
    words = tuple(item.split())
    if '"' in item:
        return (item,)
    if len(words) > 1 and all("@" in word for word in words):
        return words
    if _SEVERAL.fullmatch(item):
        return tuple(f"{one.strip()}>" for one in item.split(">") if one.strip())
    return (item,)
