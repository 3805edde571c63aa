"""Names of this machine, such as ``root``, as addresses that mail can go to.

cron writes to ``root`` from ``root``, and no server on the way knows who that is.
The owner says so in ``[aliases]``; whoever is not there is the owner.

Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from tuimail.core.address import Address
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

_NAME: Final = regex(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}\$?")
_ALWAYS_HERE: Final = frozenset({"localhost", "localhost.localdomain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who is meant by names without a domain."""

    own: Address
    """Whom the account is from, and whom everybody is who is not an alias."""
    aliases: Mapping[str, Sequence[Address]]
    """Names or whole addresses, in lower case, and who they are."""
    hosts: Collection[str] = ()
    """What this machine is called, in lower case."""

    def is_here(self, spec: str) -> bool:
        """Return whether ``spec`` names somebody of this machine.

        A domain of mail is never taken for the machine's: a name of the machine
        with a dot in it may be one, and is only where the aliases say so.

        Args:
            spec: ``name`` or ``name@host``, without angle brackets.
        """
        name, at, host = spec.lower().rpartition("@")
        if spec.lower() in self.aliases:
            return True
        if not at:
            return _NAME.fullmatch(spec) is not None
        hosts = {*_ALWAYS_HERE, *(one for one in self.hosts if "." not in one)}
        return host in hosts and _NAME.fullmatch(name) is not None

    def addresses(self, spec: str) -> tuple[Address, ...]:
        """Return who that is, of whom ``is_here`` holds."""
        name = spec.lower()
        known = self.aliases.get(name) or self.aliases.get(name.partition("@")[0])
        return tuple(known or (self.own,))


def spec_of(item: str) -> str:
    """Return what stands in the angle brackets of one mailbox, or all of it."""
    item = item.strip()
    _, opening, spec = item.removesuffix(">").rpartition("<")
    return spec.strip() if opening and item.endswith(">") else item
