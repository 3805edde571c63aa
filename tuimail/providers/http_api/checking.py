"""What a harmless request to a service says about the account. Pure."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from tuimail.core.characters import on_one_line
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.core.values import dataclass
from tuimail.providers.base import AccountCheck
from tuimail.providers.http.numbers import whole_number
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import judge
from tuimail.providers.http_api.answering import Check
from tuimail.providers.http_api.asking import Limits
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.judging import error_codes, with_wait
from tuimail.providers.http_api.paths import first, look


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was made to see whether the account works."""

    url: str
    exchanged: Exchanged
    latency_ms: int
    now: datetime


def checked(definition: Definition, asked: Asked) -> AccountCheck:
    """Return what the answer says."""
    rules, found = definition.check, asked.exchanged
    tree = found.json()
    has_form = any(first(tree, path) is not None for path in rules.needs)
    if found.is_complete and found.status // 100 == _YES and has_form:
        return _good(definition, asked, tree)
    good = set(error_codes(definition.errors, found)) & set(rules.good_codes)
    if good:
        return _good(definition, asked, None, hint=_ONLY_SENDS)
    return _bad(definition, asked)


def not_asked(
    definition: Definition, url: str, *, fault: AccountFault | None, error: str
) -> AccountCheck:
    """Return what it comes to where there was no key to ask with."""
    return AccountCheck(
        ok=False,
        endpoint=_endpoint(url),
        fault=fault,
        error=error,
        hint=_LOOK if fault is None else _NOT_ASKED.get(fault, _LOOK),
        limits=_stated(definition.limits),
    )


def _good(
    definition: Definition, asked: Asked, tree: object, *, hint: str = ""
) -> AccountCheck:
    rules = definition.check
    words = look(tree, f"{rules.capabilities}.*") if rules.capabilities else ()
    return AccountCheck(
        ok=True,
        endpoint=_endpoint(asked.url),
        latency_ms=asked.latency_ms,
        capabilities=tuple(on_one_line(one) for one in words if isinstance(one, str)),
        limits={**_stated(definition.limits), **_numbers(rules, tree)},
        hint=hint,
    )


def _bad(definition: Definition, asked: Asked) -> AccountCheck:
    found = with_wait(definition.errors, asked.exchanged, now=asked.now)
    judgement = judge(found, has_structure=True, now=asked.now)
    is_odd = judgement.kind is VerdictKind.SENT
    return AccountCheck(
        ok=False,
        endpoint=_endpoint(asked.url),
        latency_ms=asked.latency_ms,
        fault=AccountFault.SETTINGS if is_odd else judgement.fault,
        error=found.text or f"The answer is {found.status}, and nothing more.",
        hint=definition.check.hint or _LOOK,
        limits=_stated(definition.limits),
    )


def _stated(limits: Limits) -> dict[str, int]:
    """Return what the service documents for everybody."""
    stated = {"size_bytes": limits.bytes, "recipients": limits.recipients}
    return {name: value for name, value in stated.items() if value is not None}


def _numbers(rules: Check, tree: object) -> dict[str, int]:
    found = {name: first(tree, path) for name, path in rules.limits.items()}
    return {
        name: whole
        for name, value in found.items()
        if (whole := whole_number(value)) is not None
    }


def _endpoint(url: str) -> str:
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc}{found.path}"


_YES: Final = 2
_LOOK: Final = "Look at url and password, and at the network."
_NOT_ASKED: Final = {
    AccountFault.SECRET: "Look at password in the account's settings.",
    AccountFault.SETTINGS: "Look at ca_file in the account's settings.",
}
_ONLY_SENDS: Final = "The key may only send; nothing more can be seen with it."
