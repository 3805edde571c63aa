"""Settings from ``TUIMAIL_…`` variables, which beat those in files.

An account made from variables is an account of its own, ``environment``: it is
never mixed with one from a file, so that no variable can send a stored
password to another server.

Pure: the environment is given.
"""

from collections.abc import Mapping
from typing import Any, Final

from tuimail.errors import ConfigurationError
from tuimail.settings.schema import Table

ENVIRONMENT_ACCOUNT: Final = "environment"
"""Name of the account that variables describe."""
SOURCE: Final = "the environment"
_ON: Final = ("1", "true", "yes", "on")
_OFF: Final = ("0", "false", "no", "off")
_WORDS: Final = ("noninteractive_send", "on_unknown", "reply_to", "signature")
_NUMBERS: Final = {
    "max_message_bytes": "in bytes",
    "warm_up_growth_percent": "in percent",
} | dict.fromkeys(
    (
        "connections", "messages_per_connection", "recipients_per_message",
        "per_minute", "per_hour", "per_day", "destination_per_hour",
        "warm_up_per_day",
    ),
    "in digits",
)  # fmt: skip
"""Settings of an account that are numbers, and how they are written."""


def override(own: Table, environ: Mapping[str, str]) -> Table:
    """Return the top of ``config.toml`` with what the environment says instead."""
    found = {
        key: f"TUIMAIL_{key.upper()}"
        for key in ("default_account", "notify", "theme", "undo_seconds")
        if f"TUIMAIL_{key.upper()}" in environ
    }
    values: dict[str, Any] = {key: environ[name] for key, name in found.items()}
    if "undo_seconds" in found:
        values["undo_seconds"] = _number(found["undo_seconds"], environ, "in seconds")
    if "notify" in found:
        values["notify"] = _switch(found["notify"], environ)
    if "TUIMAIL_ADDRESS" in environ:
        values.setdefault("default_account", ENVIRONMENT_ACCOUNT)
    return Table(source=own.source, values={**own.values, **values}, elsewhere=found)


def account_from_environment(environ: Mapping[str, str]) -> Table | None:
    """Return the account that variables describe, None where they do not.

    Raises:
        ConfigurationError: Variables for an account are set, but not the one
            that makes it an account.
    """
    provider = environ.get("TUIMAIL_PROVIDER", "smtp")
    prefix = f"TUIMAIL_{provider.upper()}_"
    named = [name for name in environ if name.startswith(prefix)]
    if "TUIMAIL_ADDRESS" not in environ:
        _refuse_half_an_account(named, environ)
        return None
    values: dict[str, Any] = {
        name.removeprefix(prefix).lower(): environ[name] for name in named
    }
    values |= {"provider": provider, "address": environ["TUIMAIL_ADDRESS"]}
    if f"{prefix}PASSWORD" in environ:
        values["password"] = f"env:{prefix}PASSWORD"
    own = {key: f"TUIMAIL_{key.upper()}" for key in (*_WORDS, *_NUMBERS)}
    found = {key: name for key, name in own.items() if name in environ}
    for key, name in found.items():
        unit = _NUMBERS.get(key)
        values[key] = _number(name, environ, unit) if unit else environ[name]
    return Table(
        source=SOURCE,
        values=values,
        path=f"accounts.{ENVIRONMENT_ACCOUNT}",
        elsewhere=found,
    )


def _refuse_half_an_account(named: list[str], environ: Mapping[str, str]) -> None:
    present = named or [name for name in ("TUIMAIL_PROVIDER",) if name in environ]
    if present:
        raise ConfigurationError(
            f"{min(present)} is set, but TUIMAIL_ADDRESS is not.",
            hint='Set the sender, too: TUIMAIL_ADDRESS="Name <you@example.org>"',
            field="TUIMAIL_ADDRESS",
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
