"""Which providers there are: entry points, loaded when one is used.

A plug-in registers in the group ``tuimail.providers``; ours do the same. One that is
not installed is named by where its class is: ``package.module:Class``. That runs its
code, so it may only stand where accounts may: in the person's own settings.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from tuimail.core.patterns import regex
from tuimail.errors import ConfigurationError
from tuimail.providers.base import Capabilities, DerivesBySettings, Provider
from tuimail.providers.blame import NAME_LIMIT, blamed

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "tuimail.providers"
OURS: Final = "tuimail."
"""Where a class of ours is."""
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
    with blamed(name, "import"):
        found = _loaded(name, _entry(name))
        _must_be_provider(name, found)
    return cast("type[Provider]", found)


def _loaded(name: str, entry: "EntryPoint") -> object:
    try:
        return entry.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigurationError(
            f"The provider “{name[:NAME_LIMIT]}” cannot be loaded: {error}.",
            hint=f"Install again what offers it: {entry.value}",
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
        if given is not None and isinstance(found, DerivesBySettings):
            with blamed(name, "rules"):
                return found.rules(given)
    except ConfigurationError:
        return ""
    return found.capabilities.derivation


@cache
def _registered() -> dict[str, "tuple[EntryPoint, ...]"]:
    """Return who offers each name; one of ours is offered by nobody else.

    What is installed beside tuimail may add ways out, and not take the place of
    the one that an account says.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - takes long to load

    offered: dict[str, dict[str, EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        offered.setdefault(entry.name, {})[entry.value] = entry
    return {name: _ours_first(tuple(by.values())) for name, by in offered.items()}


def _ours_first(offered: "tuple[EntryPoint, ...]") -> "tuple[EntryPoint, ...]":
    ours = tuple(one for one in offered if one.module.startswith(OURS))
    return ours[:1] or offered


def _entry(name: str) -> "EntryPoint":
    registered = _registered().get(name, ())
    if len(registered) > 1:
        raise ConfigurationError(
            f"More than one package offers a provider “{name[:NAME_LIMIT]}”: "
            f"{' and '.join(sorted(one.value for one in registered))}.",
            hint="Name the one that is meant by where it is: package.module:Class",
            field="provider",
        )
    if registered:
        return registered[0]
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
    from importlib.metadata import EntryPoint  # noqa: PLC0415 - takes long to load

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
    import difflib  # noqa: PLC0415 - for a mistake only

    found = difflib.get_close_matches(name, names(), n=1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"There are: {', '.join(names())}."


_WORD: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTTED: Final = regex(rf"{_WORD}(?:\.{_WORD})*:{_WORD}(?:\.{_WORD})*")
