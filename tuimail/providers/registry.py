"""Which providers there are: entry points, loaded when one is used.

A plug-in registers in the group ``tuimail.providers``; ours do the same.
"""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from tuimail.errors import ConfigurationError
from tuimail.providers.base import DerivesBySettings, Provider

GROUP: Final = "tuimail.providers"
TAKE_BYTES: Final = frozenset({
    "console", "dummy", "gmail", "graph", "maildrop", "mailgun", "sendmail", "ses",
    "smtp", "sparkpost",
})  # fmt: skip
"""Providers of ours that hand on a message exactly as it is."""


def names() -> tuple[str, ...]:
    """Return the names of all providers, without loading any."""
    return tuple(sorted(_registered()))


def provider_class(name: str) -> type[Provider]:
    """Return the provider called ``name``; nothing else is imported.

    Raises:
        ConfigurationError: There is none of that name, or it cannot be loaded.
    """
    registered = _registered()
    if name not in registered:
        raise ConfigurationError(
            f"There is no provider “{name[:40]}”.",
            hint=_meant(name),
            field="provider",
        )
    try:
        return cast("type[Provider]", registered[name].load())
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The provider “{name}” cannot be loaded: {error}.",
            hint=f"Install again what offers it: {registered[name].value}",
            field="provider",
        ) from error


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


def _meant(name: str) -> str:
    found = difflib.get_close_matches(name, names(), n=1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"There are: {', '.join(names())}."
