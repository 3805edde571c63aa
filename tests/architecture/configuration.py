"""Every key of the files of settings, as the readers of those files take it.

What a key may be is asked of its reader: it is given what cannot be, and its
refusal says what may. Meanings are those of the variables, where there is one.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import tomli_w

from tuimail.core.pacing import Limits
from tuimail.errors import ConfigurationError
from tuimail.providers import registry
from tuimail.providers.base import ProviderAccount
from tuimail.settings import config, identities, oauth, pace, policy_tables
from tuimail.settings.account import OWN_KEYS, AccountSettings
from tuimail.settings.account_tables import read_account
from tuimail.settings.compose import ComposeSettings
from tuimail.settings.config import Config
from tuimail.settings.schema import Table
from tuimail.settings.variables import VARIABLES, provider_prefix
from tuimail.tui import themes

Row = tuple[str, str, str, str, str]
Reader = Callable[[Mapping[str, Any]], object]
HEAD: Final = ("key", "what it may be", "default", "variable", "meaning")
_ASKED: Final = ("\x7f", 0.5, 10**12)
"""What no setting can be: a text, a number, a number that is too high."""
_CHOICE: Final = re.compile(r"It may be ([a-z0-9_]+(?:, [a-z0-9_]+)+)\.")
_BOUNDS: Final = re.compile(r"It may be between (\d+) and (\d+)\.")
_VARIABLES: Final = {one.name.removeprefix("TUIMAIL_").lower(): one
                     for one in VARIABLES}  # fmt: skip

WITHOUT_VARIABLE: Final = {
    "accounts": ("tables", "the ways out, as in `accounts.toml`"),
    "aliases": ("table", "names of this machine: [agents](agents.md#sendmail)"),
    "aliases.NAME": ("address, or a list", "who is meant by one of them"),
    "compose": ("table", "how mail is written in the app: [writing](writing.md)"),
    "compose.address_command": ("text", "a program that prints whom `%s` means"),
    "compose.markdown": ("true or false", "whether new mail begins as Markdown"),
    "compose.spelling": (
        "text",
        "languages, with commas, as hunspell has them, or `off`",
    ),
    "keys": ("table", "keys of the app: [keys](keys.md)"),
    "keys.preset": ("text", "whose habits: `aerc`, `mutt`, `emacs`"),
    "keys.file": ("text", "a file that has only keys"),
    "keys.ID": ("text, or a list", "the keys of one command, by its id"),
}
"""Keys of ``config.toml`` that no variable stands for."""
_DEFAULTS: Final = {
    "undo_seconds": str(int(config.UNDO.total_seconds())),
    "theme": f"`{themes.DEFAULT}`",
    "glyphs": "by the terminal",
    "motion": f"`{config.MOTION[0]}`",
    "default_account": "the only one",
    "compose.spelling": "by the environment",
    "compose.markdown": str(ComposeSettings().markdown).lower(),
    "connections": str(pace.CONNECTIONS),
    "messages_per_connection": str(pace.MESSAGES_PER_CONNECTION),
    "warm_up_growth_percent": str(pace.GROWTH_PERCENT),
    "address": "",
    "provider": "",
}
"""Where the default is not what stands in the settings that were read."""
_KINDS: Final = {
    "address": "address",
    "identities": "tables",
    "oauth": "table",
    "password": "reference",
    "client_secret": "reference",
    "refresh_token": "reference",
    "reply_to": "address",
    "default_account": "name of an account",
    "public_url": "https address",
    "token_url": "https address",
}
"""Texts that say what they are; readers look closer at these than a probe can."""


_MEANINGS: Final = {
    "address": "whom mail is from, unless it says otherwise",
    "identities": "whom it may send as, too; each a table",
    "provider": "what it leads through: [providers](providers.md)",
    "password": "where the password is: [accounts](accounts.md#where-the-password-is)",
    "undo_seconds": "how long what was sent can be taken back",
    "glyphs": "which signs the app draws",
    "motion": "`none`: nothing moves or blinks by itself",
    "noninteractive_send": "what becomes of mail that is sent without a terminal",
    "on_unknown": "what becomes of mail that may have been taken",
    "per_hour": "copies in an hour",
    "per_day": "copies in a day",
    "destination_per_hour": "copies to any one domain in an hour",
    "messages_per_connection": "mails, then a new connection takes its place",
    "recipients_per_message": "whom one attempt is for; the rest follows at once",
    "warm_up_per_day": "copies on the first day of a new account",
    "oauth.client_secret": "where the client's secret is, if the service wants one",
    "oauth.tenant": "stands for `{tenant}` in the token URL",
    "identities.address": "one more sender",
    "identities.signature": "under mail that flags write as this sender",
}
"""Where a file says it in other words than a variable."""


def config_rows() -> Iterator[Row]:
    """Yield every key of ``config.toml``."""
    for key in sorted(config._CONFIG_KEYS):
        if key in WITHOUT_VARIABLE:
            yield from (
                (f"`{name}`", kind, _DEFAULTS.get(name, ""), "", meaning)
                for name, (kind, meaning) in WITHOUT_VARIABLE.items()
                if name == key or name.startswith(f"{key}.")
            )
        else:
            yield _row(key, _read_config, Config())


def account_rows() -> Iterator[Row]:
    """Yield every key of an account, but those of its provider."""
    whole = AccountSettings.__dataclass_fields__
    given = {name: one.default for name, one in whole.items()} | {
        one.name: one.default for one in fields(Limits)
    }
    for key in sorted(OWN_KEYS):
        if key != "oauth":
            yield _row(key, _read_account, given)
        else:
            yield "`oauth`", "table", "none", "", "where access tokens come from"
            yield from (_inner(f"oauth_{one}", f"oauth.{one}") for one in oauth.KEYS)
        if key == "identities":
            yield from (_inner(one, f"identities.{one}") for one in identities.KEYS)


def provider_rows() -> Iterator[tuple[str, str, str]]:
    """Yield every provider with its own keys, and how their variables begin."""
    for name in sorted(registry.names()):
        keys = ", ".join(f"`{key}`" for key in keys_of(name))
        yield f"`{name}`", keys or "none", f"`{provider_prefix(name)}…`"


def keys_of(provider: str) -> tuple[str, ...]:
    """Return the settings that a provider takes, in the words of its refusal."""
    if provider == "http_api":
        return ("ca_file", "check_url", "definition", "url")
    asked = ProviderAccount(name="work", options={"\x7f": 1}, secret=lambda: None)
    try:
        registry.provider_class(provider)(asked)
    except ConfigurationError as error:
        found = error.hint.removeprefix("There are: ").removesuffix(".")
        return () if found == "none" else tuple(found.split(", "))
    raise AssertionError(provider)


def policy_rows(page: str) -> Iterator[Row]:
    """Yield every key of ``policy.toml``, with the words of its page."""
    told = re.findall(r"(?m)^\| `([a-z_]+\.[a-z_]+)` \|([^|]*)\|(.*)\|$", page)
    explained = {
        key: (default.strip(), what.strip().replace("](#", "](policy.md#"))
        for key, default, what in told
    }
    for table, keys in policy_tables.known_keys().items():
        for key in keys:
            default, meaning = explained[f"{table}.{key}"]
            yield f"`{table}.{key}`", _kind(key, _policy(table)), default, "", meaning


def _row(key: str, read: Reader, given: object) -> Row:
    variable = _VARIABLES[key]
    return (f"`{key}`", _kind(key, read), _default(key, given), f"`{variable.name}`",
            _MEANINGS.get(key, variable.meaning))  # fmt: skip


def _inner(variable: str, key: str) -> Row:
    """Return a key of a table within an account."""
    found = _VARIABLES[variable]
    name = f"`{found.name}`" if key.startswith("oauth.") else ""
    kind = _KINDS.get(key.partition(".")[2], "text")
    return f"`{key}`", kind, "", name, _MEANINGS.get(key, found.meaning)


def _kind(key: str, read: Reader) -> str:
    """Return what may stand there, in the words of who reads it."""
    if key in _KINDS:
        return _KINDS[key]
    refusals = " ".join(_refusal(read, key, one) for one in _ASKED)
    if choice := _CHOICE.search(refusals):
        return ", ".join(f"`{word}`" for word in choice[1].split(", "))
    if bounds := _BOUNDS.search(refusals):
        low, high = (f"{int(one):,}" for one in bounds.groups())
        return f"number, {low} to {high}"
    return _sort(refusals)


def _sort(refusals: str) -> str:
    for words, kind in (
        ("neither true nor false", "true or false"),
        ("not a list of texts", "list of text"),
        ("no length of time", "text such as `72h`"),
        ("is not a day", "day or time"),
        ("may be between 0.01 and 1", "number, 0.01 to 1"),
    ):
        if words in refusals:
            return kind
    return "text"


def _refusal(read: Reader, key: str, value: object) -> str:
    try:
        read({key: value})
    except ConfigurationError as error:
        return f"{error} {error.hint}"
    return ""


def _read_config(values: Mapping[str, Any]) -> object:
    """Have a whole file read that says no more than this."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(tomli_w.dumps(dict(values)), "utf-8")
        return config.load(path, {})


def _read_account(values: Mapping[str, Any]) -> object:
    least = {"provider": "smtp", "address": "ada@example.org", "warm_up_per_day": 1}
    return read_account(
        "work", Table(source="accounts.toml", values={**least, **values})
    )


def _policy(table: str) -> Reader:
    def read(values: Mapping[str, Any]) -> object:
        rule = {"name": "one", "action": "auto", **values}
        inner: object = [rule] if table == "rule" else values
        return policy_tables.read_policy(
            Table(source="policy.toml", values={"version": 1, table: inner})
        )

    return read


def _default(key: str, given: object) -> str:
    if key in _DEFAULTS:
        return _DEFAULTS[key]
    found = given.get(key) if isinstance(given, dict) else getattr(given, key)
    return _shown(found)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value:
        return f"`{value}`"
    return "none"
