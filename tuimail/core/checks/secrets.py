"""Passwords, keys and tokens in what is about to leave.

The rules are in ``secret_rules``. No finding ever has the secret: it would go
into the journal, into logs, and onto the screen that is being shared; it says
how the secret begins and how long it is.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit

from tuimail.core.characters import INVISIBLE, JOINER
from tuimail.core.checks.context import Context
from tuimail.core.checks.hints import Hints
from tuimail.core.checks.lookalikes import registered
from tuimail.core.checks.people import people_of
from tuimail.core.checks.secret_rules import RULES, RUN_LETTERS, Rule
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.references import unescaped
from tuimail.core.patterns import regex
from tuimail.core.service import ServiceOptions
from tuimail.core.values import dataclass

SHOWN_LETTERS: Final = 4
_SHOWN_PART: Final = 4
"""Of a short secret only a quarter is shown."""
_LINK_LIMIT: Final = 2000
VALUES_LIMIT: Final = 1000
"""So many secrets are looked for in the words of other findings."""

_UNSEEN: Final = regex(f"[{INVISIBLE.pattern[1:-1]}{JOINER}]")
_TAG: Final = regex(r"<[^<>]*>")
_BREAK: Final = regex(
    r"(?i)<(?:(?P<cell>td)|/?(?:address|article|aside|blockquote|body|br|button|caption"
    r"|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    r"|head|header|hr|html|input|legend|li|main|nav|ol|optgroup|option|p|pre|section"
    r"|select|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul))"
    r"(?=[\s/>])[^<>]*>"
)
"""Tags between which text does not run on."""
_INDENTED: Final = regex(r"\n\s+")
_ESCAPED_LINK: Final = regex(r"https?://[^\s\"'<>]{1,2000}")
_LINK_START: Final = regex(r"https?://[^\s\"'<>()]*\Z", re.IGNORECASE)
_BEGINNINGS: Final = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-ant-",
    "sk-proj-", "AIza", "eyJ", "xox", "AKIA", "npm_", "SG.", "sk_live_", "hf_",
)  # fmt: skip
_BROKEN: Final = regex(
    rf"(?<![\w.-])(?:{'|'.join(map(re.escape, _BEGINNINGS))})[\w.-]{{0,4000}}+"
    r"(?:\n[> \t]{0,4}[\w.-]{4,4000}+){1,6}"
)
"""A token that a program has broken into lines, or the words after one."""
_BEGUN: Final = Hints(_BEGINNINGS)
_BROKEN_LIMIT: Final = 200
_WORST: Final = {severity: rank for rank, severity in enumerate(Severity)}


class _RuleHints:
    """The hints of some rules, and others."""

    def __init__(self, rules: Iterable[Rule], others: Iterable[str] = ()) -> None:
        hints = {*others, *(hint for rule in rules for hint in rule.hints)}
        self._lower = Hints(filter(str.islower, hints))
        self._others = Hints(hint for hint in hints if not hint.islower())

    def found_in(self, text: str, lower: str) -> Iterator[str]:
        """Yield those in ``text``, whose small letters are ``lower``."""
        yield from self._others.found_in(text)
        yield from self._lower.found_in(lower)


_HINTS: Final = _RuleHints(
    (rule for rule in RULES if not rule.has_run), others=_BEGINNINGS
)
"""What is broken into lines may have no run."""
_RUN_HINTS: Final = _RuleHints(rule for rule in RULES if rule.has_run)
_AS_RUNS: Final = bytes(b" -"[chr(b).isalnum() or b in b"-_"] for b in range(256))
_RUN: Final = b"-" * RUN_LETTERS


@dataclass(frozen=True, slots=True)
class _Found:
    rule: Rule
    secret: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in a draft, and the secrets themselves, for nobody to see."""

    findings: tuple[Finding, ...]
    values: tuple[str, ...]
    """The longest first."""


_NOTHING: Final = Search((), ())
_NONE: Final[frozenset[str]] = frozenset()
_Text = tuple[str, str, str]
"""The field, what a sentence calls it, and what it says."""


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Find secrets in everything that the receiver or a provider will get."""
    yield from search(draft, context).findings


def search(draft: Draft, context: Context) -> Search:
    """Find secrets in everything that the receiver or a provider will get."""
    texts = [one for one in _texts(draft) if one[-1]]
    hints = _worth_a_look("\n".join(text for *_, text in texts))
    return _search(texts, hints, draft, context) if hints else _NOTHING


def _search(
    texts: Iterable[_Text], hints: frozenset[str], draft: Draft, context: Context
) -> Search:
    own = frozenset(map(registered, context.own_domains | {draft.sender.domain}))
    found = [
        (one, field, label)
        for field, label, text in texts
        for one in _in_one(text, hints, own)
    ]
    values = {
        one.secret for several, *_ in found for one in several if not one.rule.is_label
    }
    return Search(
        findings=tuple(_finding(*one) for one in found),
        values=tuple(sorted(values, key=len, reverse=True)[:VALUES_LIMIT]),
    )


def scan(text: str, *, field: str, label: str) -> Iterator[Finding]:
    """Find secrets in ``text``, such as that of an attachment.

    Args:
        text: Decoded, of any length; takes time in proportion to it.
        field: Which field of the draft it belongs to.
        label: How the sentence calls it, e.g. ``attachment notes.txt``.
    """
    text = _shown(_with_mended(_with_links_decoded(text)))
    for several in _by_kind(text, frozenset(), _to_try(text)):
        yield _finding(several, field, label)


def masked(text: str) -> str:
    """Return ``text`` with every secret redacted; made for what is quoted."""
    seen = _shown(text)
    rules = _to_try(seen)
    if not rules:
        return text
    found = {
        one.secret for one in _found(seen, frozenset(), rules) if not one.rule.is_label
    }
    for secret in sorted(found, key=len, reverse=True):
        seen = seen.replace(secret, redacted(secret))
    return seen if found else text


def _texts(draft: Draft) -> Iterator[_Text]:
    body = draft.body
    yield "subject", "subject", draft.subject
    if not (body.is_text_made and body.html):
        yield "text", "text", _with_links_decoded(body.text)
    if body.html:
        yield "html", "HTML", _readings(body.html)
    files = "\n".join([attachment.name for attachment in draft.attachments])
    yield "attach", "name of an attachment", files
    yield "header", "value of a header", "\n".join([v for _, v in draft.headers])
    yield "unsubscribe-url", "link for unsubscribing", draft.unsubscribe_url
    for field, people in people_of(draft):
        said = "\n".join([f"{one.name}\n{one.local}" for one in people])
        yield field, f"{field} field", said
    yield "in-reply-to", "in-reply-to", draft.in_reply_to
    yield "references", "references", "\n".join(draft.references)
    if not draft.service.is_empty:
        yield from _asked(draft.service)


def _asked(service: ServiceOptions) -> Iterator[_Text]:
    yield "tag", "tag", "\n".join(service.tags)
    told = "\n".join(f"{name}: {value}" for name, value in service.metadata)
    yield "meta", "metadata", told
    pairs = (service.merge, *(pairs for _, pairs in service.merge_for))
    merged = "\n".join(f"{name}: {value}" for some in pairs for name, value in some)
    yield "merge", "merge data", merged


def _readings(source: str) -> str:
    """Return HTML as it stands, and once more as the words it shows.

    Comments and attributes go out too, and a tag may stand within a token. What
    stands in a cell comes after a bar, as in a table of plain text.
    """
    broken = _BREAK.sub(lambda tag: "\n| " if tag["cell"] else "\n", source)
    words = unescaped(_INDENTED.sub("\n", _TAG.sub("", broken)))
    return f"{_with_links_decoded(unescaped(source))}\n{words}"


def _with_links_decoded(text: str) -> str:
    if "%" not in text:
        return text
    links = (link for link in _ESCAPED_LINK.findall(text) if "%" in link)
    return "\n".join((text, *map(unquote, links)))


def _worth_a_look(text: str) -> frozenset[str]:
    """Return the hints that ``text`` has; none where no rule finds anything.

    Most mail has nothing, which is told of all its texts at once.
    """
    text = _shown(text)
    hints = _hints_in(text)
    is_begun = not hints.isdisjoint(_BEGINNINGS)
    is_worth_it = is_begun or any(rule.may_fit(text) for rule in _rules_of(hints))
    return hints if is_worth_it else _NONE


def _in_one(
    text: str, hints: frozenset[str], own: frozenset[str]
) -> Iterable[list[_Found]]:
    """Return what is found in one text of a mail that has ``hints`` somewhere."""
    whole = _with_mended(text)
    shown = _shown(whole)
    rules = _to_try(shown) if whole != text else _rules_of(_those_in(shown, hints))
    return _by_kind(shown, own, rules)


def _by_kind(
    text: str, own: frozenset[str], rules: Iterable[Rule]
) -> Iterable[list[_Found]]:
    """Return what is found in ``text``, together what is of one kind."""
    by_code: dict[str, list[_Found]] = {}
    for found in _found(text, own, rules) if rules else ():
        by_code.setdefault(found.rule.code, []).append(found)
    return by_code.values()


def _with_mended(text: str) -> str:
    return "\n".join((text, *_mended(text))) if _BEGUN.are_in(text) else text


def _mended(text: str) -> Iterator[str]:
    """Yield tokens whose lines were broken, in one piece.

    A token that is whole before the first break is followed by other words.
    """
    for broken in islice(_BROKEN.finditer(text), _BROKEN_LIMIT):
        pieces = [piece.lstrip("> \t") for piece in broken.group().split("\n")]
        for end in range(1, len(pieces) + 1):
            mended = "".join(pieces[:end])
            shown = _shown(mended)
            if any(_found(shown, frozenset(), _to_try(shown))):
                yield from (mended,) if end > 1 else ()
                break


def _shown(text: str) -> str:
    return text if text.isascii() else _UNSEEN.sub("", text)


def _found(text: str, own: frozenset[str], rules: Iterable[Rule]) -> Iterator[_Found]:
    """Yield the secrets in ``text``, as it is shown, that are of one of ``rules``."""
    taken = bytearray(len(text))
    seen: set[str] = set()
    for rule in rules:
        for found in _of_rule(rule, text, taken, own):
            if found.secret not in seen:
                seen.add(found.secret)
                yield found


def _to_try(text: str) -> tuple[Rule, ...]:
    """Return the rules that may find something in ``text``, or in a part of it."""
    return _rules_of(_hints_in(text))


@lru_cache(maxsize=256)
def _rules_of(hints: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules that have one of ``hints``: mostly the same few are found."""
    return tuple(rule for rule in RULES if not hints.isdisjoint(rule.hints))


def _hints_in(text: str) -> frozenset[str]:
    """Return the hints that ``text`` has: hardly any, and mostly none."""
    lower = text.lower()
    found = frozenset(_HINTS.found_in(text, lower))
    return found.union(_RUN_HINTS.found_in(text, lower)) if _has_run(text) else found


def _has_run(text: str) -> bool:
    """Return whether a rule that asks for a run is worth a try."""
    return _RUN in text.encode("ascii", "replace").translate(_AS_RUNS)


def _those_in(text: str, hints: frozenset[str]) -> frozenset[str]:
    """Return those of ``hints`` that ``text`` has."""
    lower = text.lower()
    return frozenset(
        hint for hint in hints if hint in (lower if hint.islower() else text)
    )


def _of_rule(
    rule: Rule, text: str, taken: bytearray, own: frozenset[str]
) -> Iterator[_Found]:
    """Yield what ``rule`` finds outside of what is taken, and take it."""
    if not rule.may_fit(text):
        return
    for match in rule.pattern.finditer(text):
        start, end = match.span("secret")
        severity = None if any(taken[start:end]) else rule.judge(match)
        if severity is not None:
            taken[start:end] = b"\x01" * (end - start)
            if rule.is_fine_in_own_link and _is_in_own_link(match, own):
                severity = Severity.INFO
            yield _Found(rule, match["secret"], severity)


def _is_in_own_link(match: re.Match[str], own: frozenset[str]) -> bool:
    start = match.start()
    link = _LINK_START.search(match.string, max(start - _LINK_LIMIT, 0), start)
    try:
        host = urlsplit(link.group()).hostname if link else None
    except ValueError:
        host = None
    return registered(host or "") in own


def _finding(several: list[_Found], field: str, label: str) -> Finding:
    worst = min(several, key=lambda found: _WORST[found.severity])
    more = f", and {len(several) - 1} more" if len(several) > 1 else ""
    shown = worst.secret if worst.rule.is_label else redacted(worst.secret)
    return Finding(
        code=worst.rule.code,
        severity=worst.severity,
        field=field,
        message=f"The {label} has {worst.rule.what}: {shown}{more}.",
        hint="Take it out. What has gone through mail is no secret any more and "
        "needs to be replaced.",
        place=shown,
    )


def redacted(secret: str) -> str:
    """Return how ``secret`` begins and how long it is, and nothing more of it."""
    start = secret[: min(SHOWN_LETTERS, len(secret) // _SHOWN_PART)]
    return f"{start}… ({len(secret)} characters)"
