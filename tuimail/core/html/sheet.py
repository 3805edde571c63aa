"""Which rules of a mail's own style sheets are meant for an element.

Selectors of one element (``td.preheader``, ``#top``) are understood; of all
others it is only known which elements they may be meant for.

Pure.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from tuimail.core.html.css import Declared, Styles, declarations, overlay, rules
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field

Attributes = Mapping[str, str | None]
"""Attributes of one element, names in lower case; None where no value is given."""

UNSURE: Final = "?"
"""Value of a property that a rule may set to anything."""
RULES_LIMIT: Final = 500
"""So many selectors are looked at; the elements of a mail times this is work."""
ALIKE_LIMIT: Final = 10
"""So many of them may ask for the same class."""
CLASSES_LIMIT: Final = 20
"""So many classes of one element are looked at."""

_SIMPLE: Final = regex(r"(\*|[a-zA-Z][\w-]{0,40})?((?:[.#][\w-]{1,100}){0,9})")
_INSIDE: Final = regex(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
_LAST: Final = regex(
    r"(?:.*[\s>+~])?([a-zA-Z][\w-]*+)?([.#][\w-]++)?(?:[.#:][.#:\w-]*+)?", re.DOTALL
)
_MARK: Final = regex(r"[.#][\w-]+")
_LOOKED_AT: Final = frozenset({
    "background-color", "background-image", "clip", "clip-path", "color", "display",
    "filter", "font-size", "height", "left", "max-height", "max-width", "opacity",
    "overflow", "position", "right", "text-decoration", "text-decoration-line",
    "text-indent", "top", "transform", "visibility",
    "width",
})  # fmt: skip
"""Properties that can hide text, show it, or strike it out."""


@dataclass(slots=True)
class _Rule:
    """One simple selector, with what all its rules declare."""

    tag: str
    marks: frozenset[str]
    declared: Declared = field(default_factory=dict)

    @property
    def rank(self) -> tuple[int, int, bool]:
        ids = sum(1 for mark in self.marks if mark.startswith("#"))
        return ids, len(self.marks) - ids, self.tag != "*"

    def fits(self, tag: str, marks: frozenset[str]) -> bool:
        return self.tag in {"*", tag} and self.marks <= marks


class Sheet:
    """The rules of all ``style`` elements of one mail, in their order."""

    def __init__(self) -> None:
        self._number = 0
        self._sure: dict[str, list[_Rule]] = {}
        self._unsure: dict[str, dict[str, bool]] = {}
        self._known: dict[tuple[str, str, str, str], Styles] = {}

    def add(self, css: str, media: str | None) -> None:
        """Take what stands in one ``style`` element, and its ``media``."""
        for is_sure, selectors, body in rules(css, media):
            if self._number >= RULES_LIMIT:
                self._unsure["*"] = dict.fromkeys(_LOOKED_AT, True)
                return
            declared = {n: v for n, v in declarations(body).items() if n in _LOOKED_AT}
            for selector in selectors.split(",", RULES_LIMIT) if declared else ():
                self._number += 1
                self._add_rule(selector.strip(), declared, is_sure=is_sure)

    def styles_of(self, tag: str, attributes: Attributes) -> Styles:
        """Return what is declared for an element, ``UNSURE`` where that is."""
        style = attributes.get("style") or ""
        if not style and not self._number:
            return {}
        names, identity = attributes.get("class") or "", attributes.get("id") or ""
        key = (tag, names, identity, style)
        if key not in self._known:
            self._known[key] = self._styles(tag, names, identity, style)
        return self._known[key]

    def _add_rule(self, selector: str, declared: Declared, *, is_sure: bool) -> None:
        simple = _SIMPLE.fullmatch(selector) if is_sure and selector else None
        if simple is not None:
            marks = frozenset(_MARK.findall(simple[2]))
            self._add_sure((simple[1] or "*").lower(), marks, declared)
            return
        self._add_doubts(_meant_for(selector), declared)

    def _add_sure(self, tag: str, marks: frozenset[str], declared: Declared) -> None:
        alike = self._sure.setdefault(min(marks, default=tag), [])
        rule = next((r for r in alike if (r.tag, r.marks) == (tag, marks)), None)
        if rule is None and len(alike) >= ALIKE_LIMIT:
            self._add_doubts("*", declared)
            return
        if rule is None:
            rule = _Rule(tag, marks)
            alike.append(rule)
        overlay(rule.declared, declared)

    def _add_doubts(self, key: str, declared: Declared) -> None:
        doubts = self._unsure.setdefault(key, {})
        for name, (_, is_important) in declared.items():
            doubts[name] = doubts.get(name, False) or is_important

    def _styles(self, tag: str, names: str, identity: str, style: str) -> Styles:
        classes = islice(dict.fromkeys(names.split()), CLASSES_LIMIT)
        marks = frozenset((*(f".{name}" for name in classes), f"#{identity}"))
        keys = ("*", tag, *marks)
        fitting = [r for k in keys for r in self._sure.get(k, ()) if r.fits(tag, marks)]
        result: Declared = {}
        for rule in sorted(fitting, key=lambda rule: rule.rank):
            overlay(result, rule.declared)
        own = declarations(style)
        overlay(result, own)
        said = {name: value for name, (value, _) in result.items()}
        return {**said, **self._doubts(keys, own)}

    def _doubts(self, keys: Iterable[str], own: Declared) -> Styles:
        return {
            name: UNSURE
            for key in keys
            for name, is_important in self._unsure.get(key, {}).items()
            if is_important or name not in own
        }


def _meant_for(selector: str) -> str:
    """Return the class, id or tag without which ``selector`` fits no element."""
    last = _LAST.fullmatch(_INSIDE.sub("", selector))
    tag, mark = last.groups() if last else (None, None)
    return mark or (tag or "*").lower()
