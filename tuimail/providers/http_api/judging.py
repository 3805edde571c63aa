"""What a service's answer means, by its table and its lists; then the shared table.

The one rule kept here: whatever an answer does not say in the form that the
service documents is not known.

Pure.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.http_status import retry_after
from tuimail.core.message import Envelope
from tuimail.core.retry import LONGEST_WAIT
from tuimail.core.status import QUOTA_WAIT, Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.core.values import dataclass, field, replace
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import Told, judge
from tuimail.providers.http_api.answering import (
    Answer,
    Class,
    Each,
    ErrorRow,
    Errors,
    Words,
)
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.paths import every, first, look


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer comes to."""

    judgement: Judgement
    told: Mapping[str, Told] | None = None
    """By address, where the answer says something of each."""
    provider_message_id: str = ""
    exchanged: Exchanged = field(repr=False)


def read(
    definition: Definition, exchanged: Exchanged, envelope: Envelope, *, now: datetime
) -> Reading:
    """Return what ``exchanged`` means for everybody in ``envelope``."""
    found = with_wait(definition.errors, exchanged, now=now)
    judgement = _by_row(definition.errors, exchanged, now=now)
    if judgement is None:
        is_ours = _has_form(definition, found)
        judgement = judge(found, has_structure=is_ours, now=now)
    if judgement.kind is not VerdictKind.SENT:
        return Reading(judgement=judgement, exchanged=exchanged)
    answer, tree = definition.answer, found.json()
    usual = VerdictKind(answer.means)
    identifier = _id(answer, found, tree)
    if (answer.id or answer.id_header) and not identifier:
        usual = VerdictKind.UNKNOWN
    return Reading(
        judgement=replace(judgement, kind=usual),
        told=_told(answer, found, envelope, usual=usual),
        provider_message_id=identifier,
        exchanged=exchanged,
    )


def with_wait(rules: Errors, exchanged: Exchanged, *, now: datetime) -> Exchanged:
    """Return ``exchanged`` with its wait where HTTP has it (RFC 9110 §10.2.3)."""
    is_busy = exchanged.status == _TOO_FAST and "retry-after" not in exchanged.headers
    if rules.wait_header is None or not is_busy:
        return exchanged
    text = exchanged.headers.get(rules.wait_header.lower(), "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return exchanged
    seconds = int(text)
    if rules.wait_form == "epoch":
        seconds -= int(now.timestamp())
    longest = int(LONGEST_WAIT.total_seconds())
    waits = {"retry-after": str(min(seconds, longest))} if seconds > 0 else {}
    return replace(exchanged, headers={**exchanged.headers, **waits})


def error_codes(rules: Errors, exchanged: Exchanged) -> tuple[str, ...]:
    """Return the service's own words for what is wrong; none where it has none."""
    tree = exchanged.json()
    if not _is_error(rules, tree):
        return ()
    found = (one for path in rules.codes for one in look(tree, path))
    return tuple(str(one) for one in found if isinstance(one, str | int))


def _by_row(rules: Errors, exchanged: Exchanged, *, now: datetime) -> Judgement | None:
    """Return what the service's own table says, if a row of it fits."""
    if not exchanged.is_complete or exchanged.fault is not None:
        return None
    codes = error_codes(rules, exchanged)
    row = next((one for one in rules.rows if _fits(one, exchanged, codes)), None)
    if row is None:
        return None
    is_out = exchanged.stage is HttpStage.REPLY
    means = row.means if is_out or row.means != "unknown" else "deferred"
    if means != "quota":  # how fast one may ask says nothing about a share
        exchanged = with_wait(rules, exchanged, now=now)
    asked = retry_after(exchanged.headers.get("retry-after", ""), now=now)
    waits = [asked, None if row.hours is None else timedelta(hours=row.hours)]
    wait = max((one for one in waits if one is not None), default=_MEANS[means].wait)
    return replace(_MEANS[means], wait=wait)


def _fits(row: ErrorRow, exchanged: Exchanged, codes: tuple[str, ...]) -> bool:
    fits = row.statuses or not _is_yes(exchanged.status)
    if not fits or (row.statuses and exchanged.status not in row.statuses):
        return False
    return not row.codes or not set(row.codes).isdisjoint(codes)


def _has_form(definition: Definition, exchanged: Exchanged) -> bool:
    """Return whether the answer has the form of the service's own."""
    if not _is_yes(exchanged.status):
        return _is_error(definition.errors, exchanged.json())
    answer, tree = definition.answer, exchanged.json()
    if answer.statuses and exchanged.status not in answer.statuses:
        return False
    must = answer.must.items()
    if not all(_is_same(first(tree, path), value) for path, value in must):
        return False
    if any(first(tree, path) for path in answer.never):
        return False
    return _says_who(answer, exchanged, tree)


def _is_same(found: object, value: object) -> bool:
    """Return whether they are, as JSON tells 1 and true apart."""
    return type(found) is type(value) and found == value


def _says_who(answer: Answer, exchanged: Exchanged, tree: object) -> bool:
    """Return whether there is an id, or whom the mail was not taken for."""
    if answer.id is None and answer.id_header is None:
        return True
    if answer.refused is not None and any(_each(answer.refused, tree)):
        return True
    return bool(_id(answer, exchanged, tree))


def _is_error(rules: Errors, tree: object) -> bool:
    return any(first(tree, path) is not None for path in rules.needs)


def _is_yes(status: int) -> bool:
    return status // 100 == _YES


def _id(answer: Answer, exchanged: Exchanged, tree: object) -> str:
    if answer.id_header is not None and exchanged.headers.get(answer.id_header.lower()):
        return exchanged.headers[answer.id_header.lower()]
    return _as_id(first(tree, answer.id) if answer.id else None)


def _as_id(found: object) -> str:
    """Return an id as text; empty for what is none."""
    is_id = isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) if is_id else ""


def _told(
    answer: Answer, exchanged: Exchanged, envelope: Envelope, *, usual: VerdictKind
) -> Mapping[str, Told] | None:
    """Return what is said of each; None where the yes is for everybody."""
    people = [one.wire_address for one in envelope.recipients]
    tree = exchanged.json()
    if answer.recipients is not None:
        return _listed(answer.recipients, tree, usual=usual)
    if answer.counts is not None:
        taken, refused = (
            first(tree, path) for path in (answer.counts.taken, answer.counts.refused)
        )
        return _counted(people, taken, refused, usual=usual)
    if answer.words is not None:
        return _from_words(answer.words, tree, people, usual=usual)
    if answer.refused is not None:
        return _but_for(answer.refused, exchanged, people, usual=usual)
    if answer.ids is not None:
        pattern, server = answer.one_id_at, exchanged.server
        is_one = pattern is not None and re.search(pattern, server) is not None
        found = first(tree, answer.ids)
        return _numbered(found, people, usual=usual, is_one=is_one)
    return None


def _is_understood(rules: Each, exchanged: Exchanged, people: list[str]) -> bool:
    """Return whether those who are left out are named as the service documents it.

    An answer without a body names nobody.
    """
    if not exchanged.body.strip():
        return True
    tree, asked = exchanged.json(), {one.lower() for one in people}
    if not isinstance(tree, dict):
        return False
    said = [path for path in rules.lists if tree.get(path.partition(".")[0])]
    lists = [found for path in said for found in every(tree, path)]
    addresses = [
        first(one, rules.address)
        for found in lists
        for one in (found if isinstance(found, list) and found else [None])
    ]
    return all(isinstance(one, str) and one.lower() in asked for one in addresses)


def _each(rules: Each, tree: object) -> Iterator[tuple[str, object]]:
    """Yield the address and all that is said of each recipient in the lists."""
    for path in rules.lists:
        for found in look(tree, path):
            for one in found if isinstance(found, list) else [found]:
                address = first(one, rules.address)
                if isinstance(address, str):
                    yield address, one


def _listed(rules: Each, tree: object, *, usual: VerdictKind) -> Mapping[str, Told]:
    """Return what is said of each; of whom two things are, nothing is known."""
    listed: dict[str, Told] = {}
    for address, one in _each(rules, tree):
        kind = usual
        if rules.status is not None:
            word = first(one, rules.status)
            kind = VerdictKind(rules.kinds.get(str(word), "unknown"))
        told = _said(rules, one, kind)
        if listed.get(address, told).kind is not kind:
            told = replace(told, kind=VerdictKind.UNKNOWN)
        listed[address] = told
    return listed


def _said(rules: Each, one: object, kind: VerdictKind) -> Told:
    text = first(one, rules.text) if rules.text else None
    found = first(one, rules.id) if rules.id else None
    words = text if isinstance(text, list) else [] if text is None else [text]
    return Told(
        kind=kind,
        text=", ".join(map(str, words)),
        provider_message_id=_as_id(found),
    )


def _counted(
    people: list[str], taken: object, refused: object, *, usual: VerdictKind
) -> Mapping[str, Told]:
    """Judge by numbers alone: who is meant is only known where it is everybody."""
    kinds = {(len(people), 0): usual, (0, len(people)): VerdictKind.REFUSED}
    kind = VerdictKind.UNKNOWN
    if type(taken) is int and type(refused) is int:
        kind = kinds.get((taken, refused), kind)
    return dict.fromkeys(people, Told(kind=kind))


def _from_words(
    rules: Words, tree: object, people: list[str], *, usual: VerdictKind
) -> Mapping[str, Told] | None:
    text = first(tree, rules.path)
    if not isinstance(text, str) or len(text) > _LONGEST_SENTENCE:
        return {}
    found = re.search(rules.pattern, text, re.DOTALL)
    if found is None:
        return None if any(re.fullmatch(one, text) for one in rules.yes) else {}
    named = {one.strip().lower() for one in found[1].split(",")}
    if not named <= {one.lower() for one in people}:
        return {}
    return {
        one: Told(kind=VerdictKind.REFUSED if one.lower() in named else usual)
        for one in people
    }


def _but_for(
    rules: Each, exchanged: Exchanged, people: list[str], *, usual: VerdictKind
) -> Mapping[str, Told]:
    """Return the yes for everybody but those who are listed."""
    if not _is_understood(rules, exchanged, people):
        return {}
    listed = {
        address.lower(): _said(rules, one, VerdictKind.REFUSED)
        for address, one in _each(rules, exchanged.json())
    }
    rest = Told(kind=usual)
    return {one: listed.get(one.lower(), rest) for one in people}


def _numbered(
    ids: object, people: list[str], *, usual: VerdictKind, is_one: bool
) -> Mapping[str, Told]:
    """Return each with an id; nothing is known where it is not clear whose is whose."""
    found = [_as_id(one) for one in ids] if isinstance(ids, list) else []
    if is_one and len(found) == 1:
        found *= len(people)
    if len(found) != len(people) or not all(found):
        return {}
    return {
        one: Told(kind=usual, provider_message_id=identifier)
        for one, identifier in zip(people, found, strict=True)
    }


_YES: Final = 2
_TOO_FAST: Final = 429
_LONGEST_SENTENCE: Final = 10_000
"""Characters; a thousand recipients have less."""
_MOST_DIGITS: Final = 12
_MEANS: Final[Mapping[Class, Judgement]] = {
    "deferred": Judgement(kind=VerdictKind.DEFERRED),
    "refused": Judgement(kind=VerdictKind.REFUSED),
    "bad_address": Judgement(kind=VerdictKind.REFUSED, is_bad_address=True),
    "unknown": Judgement(kind=VerdictKind.UNKNOWN),
    "login": Judgement(fault=AccountFault.LOGIN),
    "quota": Judgement(fault=AccountFault.QUOTA, wait=QUOTA_WAIT),
    "settings": Judgement(fault=AccountFault.SETTINGS),
}
