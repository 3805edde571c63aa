"""Which providers there are: entry points, loaded when one is used.

A plug-in registers in the group ``tuimail.providers``; ours do the same. One that is
not installed is named by where its class is: ``package.module:Class``. That runs its
code, so it may only stand where accounts may: in the person's own settings.
"""

import difflib
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from tuimail.errors import ConfigurationError
from tuimail.providers.base import Capabilities, DerivesBySettings, Provider

GROUP: Final = "tuimail.providers"
TAKE_BYTES: Final = frozenset({
    "console", "dummy", "gmail", "graph", "maildrop", "mailgun", "sendmail", "ses",
    "smtp", "sparkpost",
})  # fmt: skip
"""Providers of ours that hand on a message exactly as it is."""
METHODS: Final = ("accept", "submit", "check", "close")


def names() -> tuple[str, ...]:
    """Return the names of all providers, without loading any."""
    return tuple(sorted(_registered()))


def provider_class(name: str) -> type[Provider]:
    """Return the provider called ``name``; nothing else is imported.

    Args:
        name: Of an entry point, or where a class is: ``package.module:Class``.

    Raises:
        ConfigurationError: There is none of that name, it cannot be loaded, or
            what it names is no provider.
    """
    entry = _entry(name)
    try:
        found = entry.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigurationError(
            f"The provider “{name[:NAME_LIMIT]}” cannot be loaded: {error}.",
            hint=f"Install again what offers it: {entry.value}",
            field="provider",
        ) from error
    _must_be_provider(name, found)
    return cast("type[Provider]", found)


def derivation(name: str, given: Mapping[str, str | int | bool] | None = None) -> str:
    """Return the rules by which a provider makes something else of a message.

    Ours that take its bytes as they are need not be loaded for that.

    Args:
        name: Of the provider.
        given: The account's settings, which some rules are in.
    """
    if name in TAKE_BYTES:
        return ""
    try:
        found = provider_class(name)
    except ConfigurationError:
        return ""
    if given is not None and isinstance(found, DerivesBySettings):
        return found.rules(given)
    return found.capabilities.derivation


@cache
def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _entry(name: str) -> EntryPoint:
    registered = _registered()
    if name in registered:
        return registered[name]
    if ":" not in name:
        raise ConfigurationError(
            f"There is no provider “{name[:NAME_LIMIT]}”.",
            hint=_meant(name),
            field="provider",
        )
    if not _DOTTED.fullmatch(name):
        raise ConfigurationError(
            f"“{name[:NAME_LIMIT]}” does not say where the class of a provider is.",
            hint="Write module and class: package.module:Class",
            field="provider",
        )
    return EntryPoint(name, name, GROUP)


def _must_be_provider(name: str, found: object) -> None:
    """Refuse what has not got what every provider has."""
    if not isinstance(found, type):
        raise _no_provider(name, "is no class")
    missing = [one for one in METHODS if not callable(getattr(found, one, None))]
    if missing:
        raise _no_provider(name, f"has no method {missing[0]}")
    capabilities = getattr(found, "capabilities", None)
    if not isinstance(capabilities, Capabilities):
        raise _no_provider(name, "has no capabilities")
    for method, is_said in (
        ("look_up", capabilities.can_look_up),
        ("payload", bool(capabilities.derivation)),
    ):
        if is_said and not callable(getattr(found, method, None)):
            raise _no_provider(name, f"has no method {method}, as it says it has")


def _no_provider(name: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"What “{name[:NAME_LIMIT]}” names is no provider: it {what}.",
        hint="See tuimail.providers.base, and tuimail.testing.ProviderContract.",
        field="provider",
    )


def _meant(name: str) -> str:
    found = difflib.get_close_matches(name, names(), n=1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"There are: {', '.join(names())}."


NAME_LIMIT: Final = 80
_WORD: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTTED: Final = re.compile(rf"{_WORD}(?:\.{_WORD})*:{_WORD}(?:\.{_WORD})*")
