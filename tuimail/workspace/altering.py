"""How an account that is there is changed in its file: one key, or all of it.

Only ``accounts.toml`` is written. What stands in the person's own file, or in
variables, is theirs to change; the refusal says where it stands.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from tuimail.errors import ConfigurationError
from tuimail.settings.account import OWN_KEYS, AccountSettings, own_key_meant
from tuimail.settings.account_tables import account_table, read_account
from tuimail.settings.config import load_accounts, save_accounts
from tuimail.settings.environment import ADDRESS, ENVIRONMENT_ACCOUNT
from tuimail.settings.files import exclusively, read_toml
from tuimail.settings.pace import PACE_KEYS
from tuimail.settings.schema import Table
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import make_provider

SOURCE: Final = "what you gave"
DEFAULT_ACCOUNT: Final = "TUIMAIL_DEFAULT_ACCOUNT"
_NUMBERS: Final = frozenset({*PACE_KEYS, "max_message_bytes", "port"})
"""Keys whose values come as text from a command line, and are numbers."""
_TABLES: Final = ("identities", "oauth")
"""Keys that are no single value."""


def is_ours(stores: Stores, name: str) -> bool:
    """Return whether the account stands in the file that tuimail writes."""
    return name in {one.name for one in load_accounts(stores.settings.accounts_path)}


def not_ours(stores: Stores, name: str, *, verb: str) -> ConfigurationError:
    """Return the refusal to touch what the person wrote, with where it stands."""
    if name == ENVIRONMENT_ACCOUNT:
        return ConfigurationError(
            f"The account “{name}” is made of variables.",
            hint=f"Unset them: unset {ADDRESS}",
            field="name",
        )
    config = stores.settings.config_path
    return ConfigurationError(
        f"The account “{name}” is in {config}, which tuimail does not write.",
        hint=f"{verb} the table [accounts.{name}] there.",
        field="name",
    )


def make_default(stores: Stores, name: str) -> None:
    """Let mail that names no account leave through this one.

    Raises:
        ConfigurationError: There is no such account, or another is the default
            where tuimail does not write.
    """
    account = stores.config.account(name)
    refuse_another_default(stores, account.name)
    path = stores.settings.accounts_path
    with exclusively(path):
        save_accounts(path, load_accounts(path), account.name)


def refuse_another_default(stores: Stores, name: str) -> None:
    """Refuse to promise what the person's own file, or a variable, says otherwise."""
    config = stores.settings.config_path
    if read_toml(config).get("default_account", name) != name:
        raise ConfigurationError(
            f"Another account is the default in {config}, which tuimail does not "
            "write.",
            hint=f'Write there: default_account = "{name}"',
            field="default",
        )
    if stores.environ.get(DEFAULT_ACCOUNT, "") not in {"", name}:
        raise ConfigurationError(
            f"Another account is the default by the variable {DEFAULT_ACCOUNT}.",
            hint=f"Unset it: unset {DEFAULT_ACCOUNT}",
            field="default",
        )


def altered(
    stores: Stores, account: AccountSettings, changes: Mapping[str, str]
) -> AccountSettings:
    """Return ``account`` with ``changes``, as its file would say it.

    Args:
        stores: The open workspace.
        account: As it is.
        changes: Keys as in the file, with values as typed; an empty one takes the
            key out.

    Raises:
        ConfigurationError: A key or a value cannot be, also for its provider.
    """
    values = account_table(account)
    for key, text in changes.items():
        values[key] = _value(key, text, values)
    kept = {key: value for key, value in values.items() if value != ""}
    _refuse_misspelt(account, changes)
    found = read_account(account.name, Table(source=SOURCE, values=kept))
    make_provider(stores, found)
    return found


def replace(
    stores: Stores,
    account: AccountSettings,
    *,
    within: AbstractContextManager[None] | None = None,
    make_default: bool = False,
) -> None:
    """Write ``account`` in the place of the one that has its name.

    Args:
        stores: The open workspace.
        account: As it is to be.
        within: What is entered once nobody else writes, and left once it is
            written, or is not.
        make_default: Whether mail that names no account leaves through it.

    Raises:
        ConfigurationError: It is not in the file that tuimail writes.
    """
    path = stores.settings.accounts_path
    with exclusively(path):
        ours = load_accounts(path)
        if account.name not in {one.name for one in ours}:
            raise not_ours(stores, account.name, verb="Change")
        if make_default:
            refuse_another_default(stores, account.name)
        default: str = read_toml(path).get("default_account", "")
        after = tuple(account if one.name == account.name else one for one in ours)
        with within or nullcontext():
            save_accounts(path, after, account.name if make_default else default)


def _value(key: str, text: str, values: Mapping[str, Any]) -> str | int | bool:
    """Return what was typed as the kind of value that stands, or belongs, there."""
    if key in _TABLES:
        raise ConfigurationError(
            f"{key} is not one value.",
            hint="Change it in accounts.toml, beside config.toml.",
            field=key,
        )
    before = values.get(key)
    if isinstance(before, bool) and text in _SWITCHES:
        return _SWITCHES[text]
    is_number = key in _NUMBERS or type(before) is int
    return int(text) if is_number and _is_number(text) else text


_SWITCHES: Final = {"true": True, "false": False}
_LONGEST: Final = 18
"""Digits that TOML can keep."""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST


def _refuse_misspelt(account: AccountSettings, changes: Mapping[str, str]) -> None:
    """Refuse what would become a setting of the provider by mistake."""
    for key in changes:
        meant = own_key_meant(key)
        if key not in OWN_KEYS and key not in account.options and meant:
            raise ConfigurationError(
                f"{key[:40]} is not a setting.",
                hint=f"Did you mean {meant}?",
                field=key[:40],
            )
