"""Settings from ``TUIMAIL_…`` variables, which beat those in files.

An account made from variables is an account of its own, ``environment``: it is
never mixed with one from a file, so that no variable can send a stored
password to another server.

Pure: the environment is given.
"""

from collections.abc import Mapping
from typing import Any, Final

from tuimail.core.address import split_items
from tuimail.errors import ConfigurationError
from tuimail.settings.oauth import OAUTH
from tuimail.settings.pace import PACE_KEYS
from tuimail.settings.schema import Table
from tuimail.settings.variables import (
    OF_AN_ACCOUNT,
    OF_OAUTH,
    TOP,
    key_of,
    provider_prefix,
    refuse_misspelt,
)

ENVIRONMENT_ACCOUNT: Final = "environment"
"""Name of the account that variables describe."""
SOURCE: Final = "the environment"
ADDRESS: Final = "TUIMAIL_ADDRESS"
PROVIDER: Final = "TUIMAIL_PROVIDER"
CLIENT_SECRET: Final = "TUIMAIL_OAUTH_CLIENT_SECRET"  # noqa: S105 - a variable's name
_ON: Final = ("1", "true", "yes", "on")
_OFF: Final = ("0", "false", "no", "off")
_SWITCHES: Final = frozenset({"notify", "mouse"})
"""Settings at the top that are on or off."""
_UNITS: Final = dict.fromkeys(PACE_KEYS, "in digits") | {
    "max_message_bytes": "in bytes",
    "warm_up_growth_percent": "in percent",
}
"""Settings of an account that are numbers, and how they are written."""


def override(own: Table, environ: Mapping[str, str]) -> Table:
    """Return the top of ``config.toml`` with what the environment says instead."""
    found = {key_of(one.name): one.name for one in TOP if one.name in environ}
    values: dict[str, Any] = {key: environ[name] for key, name in found.items()}
    if "undo_seconds" in found:
        values["undo_seconds"] = _number(found["undo_seconds"], environ, "in seconds")
    for key in _SWITCHES & found.keys():
        values[key] = _switch(found[key], environ)
    if ADDRESS in environ:
        values.setdefault("default_account", ENVIRONMENT_ACCOUNT)
    return Table(source=own.source, values={**own.values, **values}, elsewhere=found)


def account_from_environment(environ: Mapping[str, str]) -> Table | None:
    """Return the account that variables describe, None where they do not.

    Raises:
        ConfigurationError: Variables for an account are set, but not the one
            that makes it an account; or one is misspelt.
    """
    provider = environ.get(PROVIDER, "smtp")
    refuse_misspelt(environ, provider=provider)
    prefix = provider_prefix(provider)
    options = {
        name.removeprefix(prefix).lower(): name
        for name in environ
        if name.startswith(prefix)
    }
    if ADDRESS not in environ:
        _refuse_half_an_account(list(options.values()), environ)
        return None
    _refuse_own_keys(options)
    found = {key_of(one.name): one.name for one in OF_AN_ACCOUNT if one.name in environ}
    names = options | found
    values: dict[str, Any] = {key: environ[name] for key, name in names.items()}
    values |= {key: _number(names[key], environ, unit)
               for key, unit in _UNITS.items() if key in found}  # fmt: skip
    values |= _where_the_secret_is(options, found, environ) | {"provider": provider}
    values |= _identities(values) | _oauth(environ)
    if provider == "smtp" and "ssl" in values:
        _say_tls(values, names, environ)
    return Table(
        source=SOURCE,
        values=values,
        path=f"accounts.{ENVIRONMENT_ACCOUNT}",
        elsewhere=names,
    )


def _where_the_secret_is(
    options: Mapping[str, str], found: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the reference: what a provider's own variable holds is the secret."""
    if "password" in found and "password" in options:
        raise ConfigurationError(
            f"{found['password']} and {options['password']} are both set.",
            hint="The first says where the password is, the second is it: unset one.",
            field=found["password"],
        )
    if "password" in options:
        return {"password": f"env:{options['password']}"}
    is_token = any(one.name in environ for one in OF_OAUTH)
    return {"password": OAUTH} if is_token and "password" not in found else {}


def _identities(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return further identities as a file would have them."""
    if "identities" not in values:
        return {}
    found = split_items(values["identities"])
    return {"identities": [{"address": one} for one in found]}


def _oauth(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the table ``oauth``, where any variable is about it."""
    found = {
        key_of(one.name).removeprefix("oauth_"): environ[one.name]
        for one in OF_OAUTH
        if one.name in environ
    }
    if CLIENT_SECRET in environ:
        found["client_secret"] = f"env:{CLIENT_SECRET}"
    return {"oauth": found} if found else {}


def _say_tls(
    values: dict[str, Any], names: dict[str, str], environ: Mapping[str, str]
) -> None:
    """Take yes for TLS from the first byte, as most programs do.

    Raises:
        ConfigurationError: The two variables about it contradict each other.
    """
    del values["ssl"]
    is_implicit = _switch(names["ssl"], environ)
    if "tls" in values and is_implicit is not (values["tls"] == "implicit"):
        raise ConfigurationError(
            f"{names['ssl']} is “{environ[names['ssl']]}”, and {names['tls']} says "
            f"otherwise: “{values['tls'][:40]}”.",
            hint=f"Unset one of them: unset {names['ssl']}",
            field=names["ssl"],
        )
    if is_implicit:
        values["tls"], names["tls"] = "implicit", names.get("tls", names["ssl"])


def _refuse_half_an_account(named: list[str], environ: Mapping[str, str]) -> None:
    about = [one.name for one in (*OF_AN_ACCOUNT, *OF_OAUTH)] + [CLIENT_SECRET]
    present = named or [name for name in about if name in environ]
    if present:
        raise ConfigurationError(
            f"{min(present)} is set, but {ADDRESS} is not.",
            hint=f'Set the sender, too: {ADDRESS}="Name <you@example.org>"',
            field=ADDRESS,
        )


def _refuse_own_keys(options: Mapping[str, str]) -> None:
    """Refuse what is said of the provider and is the account's own."""
    own = {key_of(one.name): one.name for one in OF_AN_ACCOUNT}
    for key, name in options.items():
        if key in own and key != "password":
            raise ConfigurationError(
                f"The variable {name} means nothing.",
                hint=f"Did you mean {own[key]}?",
                field=name,
            )


def _switch(name: str, environ: Mapping[str, str]) -> bool:
    text = environ[name].lower()
    if text not in {*_ON, *_OFF}:
        raise ConfigurationError(
            f"{name} is “{environ[name][:40]}”, which is neither yes nor no.",
            hint=f"It may be {', '.join((*_ON, *_OFF))}.",
            field=name,
        )
    return text in _ON


def _number(name: str, environ: Mapping[str, str], how: str) -> int:
    text = environ[name]
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise ConfigurationError(
            f"{name} is “{text[:40]}”, which is not a whole number.",
            hint=f"Write it {how}: {name}=10",
            field=name,
        )
    return int(text)
