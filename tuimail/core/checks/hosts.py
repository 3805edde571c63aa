"""Whether the host of an address is what people will take it for.

Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from tuimail.core.checks.lookalikes import in_latin
from tuimail.core.checks.scripts import is_mixed_label
from tuimail.core.checks.several import each
from tuimail.core.checks.targets import Target, target_of, to_unicode
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.values import dataclass

_Found = tuple[str, Target]


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    is_so: Callable[[Target], bool]
    say: Callable[[Target], tuple[Severity, str]]
    hint: str


def check(
    addresses: Iterable[str], *, field: str, besides: Iterable[str] = ()
) -> Iterator[Finding]:
    """Find addresses whose host deceives; each host is named once.

    Args:
        addresses: Where links lead, or pictures come from.
        field: Which body they stand in.
        besides: Addresses whose hosts were looked at already.
    """
    targets = [one for one in _targets(dict.fromkeys(addresses)) if _is_odd(one[1])]
    if not targets:
        return
    seen = {target.host for _, target in _targets(besides)}
    found = {t.host: (a, t) for a, t in targets if t.host not in seen}
    hidden = {t.host: (a, t) for a, t in targets if t.has_userinfo}
    for kind in _KINDS:
        places = hidden if kind is _USERINFO else found
        which = (one for one in places.values() if kind.is_so(one[1]))
        yield from each(which, partial(_finding, kind, field))


def _is_odd(target: Target) -> bool:
    """Return whether there is anything to say; of most addresses there is not."""
    return any(kind.is_so(target) for kind in _KINDS)


def _targets(addresses: Iterable[str]) -> Iterator[_Found]:
    for address in addresses:
        target = target_of(address)
        if target is not None:
            yield address, target


def _finding(kind: _Kind, field: str, one: _Found) -> Finding:
    address, target = one
    severity, message = kind.say(target)
    return Finding(
        code=kind.code,
        severity=severity,
        field=field,
        message=message,
        hint=kind.hint,
        place=address[:PLACE_LIMIT],
    )


def _say_userinfo(target: Target) -> tuple[Severity, str]:
    return Severity.WARNING, (
        "An address has something before an @, which looks like the site; "
        f"it leads to {target.host[:80]}."
    )


def _say_ip(target: Target) -> tuple[Severity, str]:
    if target.is_near:
        return Severity.INFO, (
            f"An address leads to {target.host}, which only machines "
            "in the same network can reach."
        )
    return Severity.WARNING, (
        f"An address leads to a machine by its number, {target.host[:80]}, "
        "so that nobody sees whose it is."
    )


def _is_international(target: Target) -> bool:
    return not target.host.isascii() or "xn--" in target.host


def _say_idn(target: Target) -> tuple[Severity, str]:
    host = to_unicode(target.host)
    goes = target.ascii_host[:80]
    if not host:
        return Severity.WARNING, f"No program can show the name of the site {goes}."
    taken_for = _taken_for(host)
    if taken_for:
        return Severity.WARNING, (
            f"An address leads to {host[:80]}, which looks like {taken_for}; "
            f"it is {goes}."
        )
    if any(map(is_mixed_label, host.split("."))):
        return Severity.WARNING, (
            f"An address leads to {host[:80]}, which mixes letters of scripts "
            f"that look alike; it is {goes}."
        )
    return Severity.INFO, f"An address leads to {host[:80]}, which is {goes}."


def _taken_for(host: str) -> str:
    """Return what a part of ``host`` poses as, at the front as well."""
    whole = in_latin(host)
    if whole or not host.rpartition(".")[2].isascii():
        return whole
    parts = (in_latin(f"{label}.example") for label in host.split("."))
    return next(filter(None, parts), "").removesuffix(".example")


_USERINFO: Final = _Kind(
    "html.link-userinfo",
    lambda target: target.has_userinfo,
    _say_userinfo,
    "Write the address without what stands before the @.",
)
_KINDS: Final = (
    _USERINFO,
    _Kind(
        "html.link-ip",
        lambda target: target.is_ip,
        _say_ip,
        "Use the name of the site.",
    ),
    _Kind(
        "html.link-idn",
        _is_international,
        _say_idn,
        "Check that it is the site that is meant.",
    ),
)
