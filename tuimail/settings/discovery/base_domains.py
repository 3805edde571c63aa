"""From the name of a host to the domain of whoever runs it; pure.

Where a domain begins that somebody can register is a list of thousands of rules
that changes weekly. This is careful instead: where a shorter name could belong
to a registry, the longer one is taken, and at worst nothing is found there.
"""

from typing import Final


def bases(host: str) -> tuple[str, ...]:
    """Return the domains of whoever runs ``host``, the nearest one first.

    The one right above the host's name, as mail services for others have it,
    and the one that was registered.
    """
    labels = host.split(".")
    shortest = _registered(labels)
    found = {1: labels[1:], len(labels) - shortest: labels[-shortest:]}
    return tuple(
        dict.fromkeys(
            ".".join(base) for base in found.values() if len(base) >= shortest > 1
        )
    )


def _registered(labels: list[str]) -> int:
    """Return how many labels the registered domain has, counted from the end."""
    if len(labels) < _SHORTEST:
        return 0
    second, top = labels[-2:]
    is_country = len(top) == _COUNTRY or top.startswith("xn--")
    is_shared = is_country and (len(second) <= _SHORT or second in _SHARED)
    return _SHORTEST + is_shared


_SHORTEST: Final = 2
_COUNTRY: Final = 2
_SHORT: Final = 3
"""``co.uk``, ``com.au``, ``or.jp``: nobody's own, as most names that short."""
_SHARED: Final = frozenset({
    "asso", "conf", "firm", "gouv", "govt", "info", "name", "police", "priv", "school",
})  # fmt: skip
