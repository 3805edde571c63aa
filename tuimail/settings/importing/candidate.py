"""An account as another program describes it, before it is one of ours. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field

YES: Final = frozenset({"1", "true", "yes", "on"})
_PORT: Final = regex(r"[1-9][0-9]{0,4}")
_HIGHEST_PORT: Final = 65535
NO: Final = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What one program would send through."""

    name: str
    """What the account could be called."""
    provider: str
    source: str
    """Which program's settings, and where they stand."""
    address: str = ""
    """Whom its mail is from; empty where nobody says."""
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    secret: str = ""
    """Where the password is, as we say it: ``env:NAME``, ``command:…``."""
    secret_value: str = field(default="", repr=False)
    """The password itself, where it stands in a file in clear."""
    notes: tuple[str, ...] = ()
    """What a person should know before saying yes."""
    problem: str = ""
    """Why it cannot be taken over as it is."""


def account_name(text: str) -> str:
    """Return ``text`` as a name that an account may have."""
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")
    return found[:64] or "imported"


def is_yes(environ: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Return whether a variable says yes.

    Raises:
        ValueError: It says neither yes nor no; the text names it.
    """
    word = environ.get(name, "").strip().lower()
    if word in YES:
        return True
    if word not in NO:
        raise ValueError(f"{name} is “{word[:40]}”, which is neither yes nor no.")
    return default if not word else False


def port_of(text: str, *, what: str, default: int) -> int:
    """Return a port.

    Raises:
        ValueError: It is none; the text names ``what`` says so.
    """
    if not text:
        return default
    if _PORT.fullmatch(text) and int(text) <= _HIGHEST_PORT:
        return int(text)
    raise ValueError(f"{what} is “{text[:40]}”, which is no port.")


def tls_of(*, is_implicit: bool, is_starttls: bool) -> str:
    """Return how a connection is protected, in our words."""
    if is_implicit:
        return "implicit"
    return "starttls" if is_starttls else "none"


def sender_of(*texts: str) -> str:
    """Return the first text that may be an address."""
    return next((text for text in texts if "@" in text and "*" not in text), "")


def env(environ: Mapping[str, str], name: str) -> str:
    """Return a reference to the variable ``name``, where it is set."""
    return f"env:{name}" if environ.get(name) else ""
