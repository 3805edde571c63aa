"""Which providers there are: entry points, loaded when one is used.

A plug-in registers in the group ``tuimail.providers``; ours do the same. One that is
not installed is named by where its class is: ``package.module:Class``. That runs its
code, so it may only stand where accounts may: in the person's own settings.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from tuimail.core.patterns import regex
from tuimail.errors import ConfigurationError
from tuimail.providers.blame import NAME_LIMIT, blamed

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from tuimail.providers.base import Provider

GROUP: Final = "tuimail.providers"
TAKE_BYTES: Final = frozenset({
    "console", "dummy", "gmail", "graph", "maildrop", "mailgun", "sendmail", "ses",
    "smtp", "sparkpost",
})  # fmt: skip
"""Providers of ours that hand on a message exactly as it is."""
PLACES: Final = {
    "smtp": "tuimail.providers.smtp.provider:SmtpProvider",
    "console": "tuimail.providers.console:ConsoleProvider",
    "dummy": "tuimail.providers.dummy:DummyProvider",
    "gmail": "tuimail.providers.gmail.provider:GmailProvider",
    "graph": "tuimail.providers.graph.provider:GraphProvider",
    "ses": "tuimail.providers.ses.provider:SesProvider",
    "cloudflare": "tuimail.providers.cloudflare.provider:CloudflareProvider",
    "atmos": "tuimail.providers.atmos.provider:AtmosProvider",
    "temp_email": "tuimail.providers.temp_email.provider:TempEmailProvider",
    "http_api": "tuimail.providers.http_api.provider:HttpApiProvider",
    "resend": "tuimail.providers.http_api.services:Resend",
    "postmark": "tuimail.providers.http_api.services:Postmark",
    "sendgrid": "tuimail.providers.http_api.services:SendGrid",
    "brevo": "tuimail.providers.http_api.services:Brevo",
    "mailjet": "tuimail.providers.http_api.services:Mailjet",
    "mailtrap": "tuimail.providers.http_api.services:Mailtrap",
    "mailersend": "tuimail.providers.http_api.services:MailerSend",
    "scaleway": "tuimail.providers.http_api.services:Scaleway",
    "sparkpost": "tuimail.providers.http_api.services:SparkPost",
    "mailgun": "tuimail.providers.http_api.services:Mailgun",
    "sendmail": "tuimail.providers.sendmail:SendmailProvider",
    "maildrop": "tuimail.providers.maildrop:MaildropProvider",
    "outlook": "tuimail.providers.outlook:OutlookProvider",
}
"""Where the classes of ours are, as our entry points say: nothing that is installed
takes the place of one, and to look for entry points takes longer than to send."""
METHODS: Final = ("accept", "submit", "check", "close")


def names() -> tuple[str, ...]:
    """Return the names of all providers, without loading any."""
    return tuple(sorted(_registered()))


def provider_class(name: str) -> "type[Provider]":
    """Return the provider called ``name``; nothing else is imported.

    Args:
        name: Of an entry point, or where a class is: ``package.module:Class``.

    Raises:
        ConfigurationError: There is none of that name, it cannot be loaded, or
            what it names is no provider.
    """
    with blamed(name, "import"):
        found = _loaded(name)
        _must_be_provider(name, found)
    return cast("type[Provider]", found)


def _loaded(name: str) -> object:
    place = PLACES.get(name)
    entry = None if place else _entry(name)
    try:
        return entry.load() if entry else _at(place or "")
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigurationError(
            f"The provider “{name[:NAME_LIMIT]}” cannot be loaded: {error}.",
            hint=f"Install again what offers it: {entry.value if entry else place}",
            field="provider",
        ) from error


def _at(place: str) -> object:
    module, _, name = place.partition(":")
    found: object = getattr(import_module(module), name)
    return found


def derivation(name: str, given: Mapping[str, str | int | bool] | None = None) -> str:
    """Return the rules by which a provider makes something else of a message.

    Ours that take its bytes as they are need not be loaded for that.

    Args:
        name: Of the provider.
        given: The account's settings, which some rules are in.
    """
    if name in TAKE_BYTES:
        return ""
    from tuimail.providers.base import DerivesBySettings  # noqa: PLC0415 - rarely needed

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
    """Return who offers each name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - takes long to load

    offered: dict[str, dict[str, EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        offered.setdefault(entry.name, {})[entry.value] = entry
    return {name: tuple(by.values()) for name, by in offered.items()}


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
    from tuimail.providers.base import Capabilities  # noqa: PLC0415 - rarely needed

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
