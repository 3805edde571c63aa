"""Our own table of mail services, read from ``presets.toml`` beside this file.

A service is known by the domain of an address, by who takes in a domain's mail,
by its server's name, or picked by its key. Read as strictly as a person's own
settings: a misspelt key would be advice that nobody gets.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tuimail.errors import NotFoundError
from tuimail.settings.discovery.found import (
    Found,
    Login,
    Preset,
    Setting,
    Source,
    Username,
)
from tuimail.settings.files import read_toml
from tuimail.settings.schema import Table, nearest

FILE: Final = Path(__file__).with_name("presets.toml")
THIS_MACHINE: Final = "127.0.0.1"
KEYS: Final = (
    "advice", "asks", "domains", "help_url", "host", "logins", "mx", "no_smtp",
    "options", "port", "provider", "then", "title", "tls", "user", "username",
)  # fmt: skip


@cache
def presets() -> tuple[Preset, ...]:
    """Return all services, in the order of the file."""
    return read_presets(read_toml(FILE), source=FILE.name)


def preset(key: str) -> Preset:
    """Return the service called ``key``.

    Raises:
        NotFoundError: There is none of that name.
    """
    found = _by_key().get(key)
    if found is None:
        raise NotFoundError(
            f"There is no mail service “{key[:40]}”.",
            hint=nearest(key, tuple(_by_key())),
        )
    return found


def for_domain(domain: str) -> Preset | None:
    """Return whose addresses end in ``@domain``; lower case, in A-labels."""
    return _by_domain().get(domain)


def for_mx(host: str) -> Preset | None:
    """Return whose customers' mail is taken in by ``host``.

    The longest end of the name that is known counts: Outlook.com and Microsoft
    365 differ in nothing else.
    """
    labels = host.lower().rstrip(".").split(".")
    for start in range(len(labels)):
        if found := _by_mx().get(".".join(labels[start:])):
            return found
    return None


def for_host(host: str) -> Preset | None:
    """Return whose server ``host`` is.

    A service that is only ever offered beside another one is found by that one:
    to whom Google's server is recommended, Google's own way is shown first.
    """
    found = _by_host().get(host.lower())
    if found is None or found.domains or found.mx:
        return found
    return next((one for one in presets() if found.key in one.then), found)


def suggested(
    preset: Preset, address: str, *, source: Source = Source.PRESET, asked: str = ""
) -> tuple[Found, ...]:
    """Return the service and what is offered beside it, for one address.

    Raises:
        AddressError: It is not an address.
    """
    rows = (preset, *(_by_key()[key] for key in preset.then))
    return tuple(row.found(address, source=source, asked=asked) for row in rows)


def read_presets(content: Mapping[str, Any], *, source: str) -> tuple[Preset, ...]:
    """Return the services in ``content``.

    Args:
        content: The file, parsed.
        source: Its name, for errors.

    Raises:
        ConfigurationError: A key is unknown, missing or not what it may be.
    """
    whole = Table(source=source, values=content)
    return tuple(_preset(key, whole.table(key), whole) for key in content)


def _preset(key: str, table: Table, whole: Table) -> Preset:
    table.refuse_unknown(KEYS)
    _check_kind(table)
    provider = table.text("provider", default="smtp" if "host" in table.values else "")
    return Preset(
        key=key,
        title=table.text("title"),
        provider=provider,
        options=_options(table),
        username=_username(table),
        user=table.text("user", default=""),
        logins=_logins(table),
        advice=table.text("advice"),
        help_url=_help_url(table),
        asks=_texts(table, "asks"),
        domains=_texts(table, "domains"),
        mx=_texts(table, "mx"),
        then=_known(table, whole),
    )


def _check_kind(table: Table) -> None:
    """Refuse what is not exactly one of: a server, a provider, neither."""
    kinds = [key for key in _KINDS if key in table.values]
    if len(kinds) != 1:
        raise table.error(
            kinds[-1] if kinds else "host",
            "leaves open who sends",
            hint=f"Write one of {', '.join(_KINDS)}.",
        )
    for key in _SERVER_KEYS:
        if key in table.values and kinds != ["host"]:
            raise table.error(key, "is for a server", hint='Write host = "…" as well.')


def _options(table: Table) -> dict[str, Setting]:
    options: dict[str, Setting] = dict(table.table("options").values)
    if "host" not in table.values:
        return options
    return {
        "host": table.text("host"),
        "port": table.number("port", default=465, lowest=1, highest=65535),
        "tls": table.choice("tls", allowed=_TLS, default="implicit"),
        **options,
    }


def _username(table: Table) -> Username:
    if "host" not in table.values:
        return Username.NONE
    if "user" not in table.values:
        return Username(
            table.choice("username", allowed=_USERNAMES, default=Username.ADDRESS)
        )
    if "username" in table.values:
        raise table.error("user", "is a second name", hint="Leave username out.")
    return Username.FIXED


def _logins(table: Table) -> tuple[Login, ...]:
    found = _texts(table, "logins")
    unknown = [one for one in found if one not in tuple(Login)]
    if unknown or not found:
        raise table.error(
            "logins",
            f"has “{unknown[0]}”" if unknown else "is empty",
            hint=f"It may have {', '.join(Login)}.",
        )
    return tuple(Login(one) for one in found)


def _help_url(table: Table) -> str:
    url = table.text("help_url", default="")
    if url and not url.startswith("https://"):
        raise table.error("help_url", "is not https", hint="Leave it out.")
    return url


def _known(table: Table, whole: Table) -> tuple[str, ...]:
    found = _texts(table, "then")
    for key in found:
        if key not in whole.values:
            hint = nearest(key, tuple(whole.values))
            raise table.error("then", f"has “{key}”, which is not there", hint=hint)
    return found


def _texts(table: Table, key: str) -> tuple[str, ...]:
    values = table.values.get(key, [])
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise table.error(key, "is not a list of texts", hint=f'Write {key} = ["…"]')
    return tuple(values)


@cache
def _by_key() -> dict[str, Preset]:
    return {one.key: one for one in presets()}


@cache
def _by_domain() -> dict[str, Preset]:
    return {domain: one for one in presets() for domain in one.domains}


@cache
def _by_mx() -> dict[str, Preset]:
    return {end: one for one in presets() for end in one.mx}


@cache
def _by_host() -> dict[str, Preset]:
    """Return who has which server; one on this machine could be anybody's."""
    return {
        host: one
        for one in reversed(presets())
        for host in _hosts(one)
        if host != THIS_MACHINE
    }


def _hosts(preset: Preset) -> tuple[str, ...]:
    host = preset.options.get("host")
    if not isinstance(host, str):
        return ()
    return (host, *(host.replace("{domain}", domain) for domain in preset.domains))


_KINDS: Final = ("host", "provider", "no_smtp")
_SERVER_KEYS: Final = ("port", "tls", "user", "username")
_TLS: Final = ("implicit", "starttls", "none")
_USERNAMES: Final = tuple(one for one in Username if one is not Username.FIXED)
