"""Accounts as they stand in a file: read strictly, and written back.

What is read here is what ``AccountSettings`` can be made of; a provider checks
its own settings when it is made.
"""

from pathlib import Path
from typing import Any, Final, cast

from tuimail.errors import ConfigurationError, SecretError
from tuimail.settings.account import (
    ACCOUNT_NAME,
    NAME_HINT,
    OWN_KEYS,
    AccountSettings,
    NoninteractiveSend,
    OnUnknown,
    Option,
)
from tuimail.settings.environment import SOURCE as ENVIRONMENT
from tuimail.settings.files import is_ours_to_write, is_private
from tuimail.settings.identities import identity_table, read_identities, read_identity
from tuimail.settings.oauth import oauth_table, read_oauth
from tuimail.settings.pace import (
    pace_table,
    read_connections,
    read_limits,
    read_messages_per_connection,
    read_recipients_per_message,
)
from tuimail.settings.schema import Table
from tuimail.settings.secrets import COMMAND, check_reference

SMALLEST_LIMIT: Final = 10_000
LARGEST_LIMIT: Final = 1_000_000_000
PATH_MARK: Final = ":"
"""In the name of a provider that is none of those installed: ``package:Class``."""


def read_accounts(
    source: Table, *, is_ours: bool = False
) -> tuple[AccountSettings, ...]:
    """Return the accounts in the table ``accounts`` of a file.

    Args:
        source: The file, as it was parsed.
        is_ours: Whether it is about to be written by us, closed to others.

    Raises:
        ConfigurationError: A name or a setting is not what it may be.
    """
    tables = source.table("accounts")
    for name in tables.values:
        if not ACCOUNT_NAME.fullmatch(name):
            raise tables.error(name, "is not a name for an account", hint=NAME_HINT)
    found = tuple(read_account(name, tables.table(name)) for name in tables.values)
    for account in found if not is_ours else ():
        _refuse_foreign_programs(account, tables.table(account.name))
    return found


def read_account(name: str, table: Table) -> AccountSettings:
    """Return the account that ``table`` describes.

    Which programs it may start depends on the file, and is not asked here.

    Raises:
        ConfigurationError: A setting is not what it may be.
    """
    secret = table.text("password", default="")
    check_secret(secret, table=table)
    provider, own = table.text("provider"), read_identity(table)
    tokens = table.table("oauth")
    oauth = read_oauth(tokens)
    if oauth is not None:
        check_secret(oauth.client_secret, table=tokens, key="client_secret")
    return AccountSettings(
        name=name,
        provider=provider,
        address=own.address,
        reply_to=own.reply_to,
        signature=own.signature,
        others=read_identities(table.tables("identities")),
        max_message_bytes=read_max_message_bytes(table),
        options=_options(table),
        secret=secret,
        oauth=oauth,
        noninteractive_send=read_noninteractive_send(table),
        on_unknown=read_on_unknown(table),
        connections=read_connections(table),
        messages_per_connection=read_messages_per_connection(table),
        recipients_per_message=read_recipients_per_message(table),
        limits=read_limits(table),
    )


def read_noninteractive_send(table: Table) -> NoninteractiveSend:
    """Return what becomes of mail that is not sent from a real terminal."""
    allowed = ("allow", "review", "block")
    found = table.choice("noninteractive_send", allowed=allowed, default="allow")
    return cast("NoninteractiveSend", found)


def read_on_unknown(table: Table) -> OnUnknown:
    """Return what becomes of mail that may or may not have been taken."""
    found = table.choice("on_unknown", allowed=("ask", "resend"), default="ask")
    return cast("OnUnknown", found)


def read_max_message_bytes(table: Table) -> int | None:
    """Return what the provider takes, as sent; None where nobody said."""
    return table.maybe_number(
        "max_message_bytes", lowest=SMALLEST_LIMIT, highest=LARGEST_LIMIT
    )


def check_secret(secret: str, *, table: Table, key: str = "password") -> None:
    """Refuse what does not say where a secret is; it is not repeated.

    Raises:
        ConfigurationError: With the key and where it stands.
    """
    try:
        check_reference(secret)
    except SecretError as error:
        raise table.error(
            key, "is not a reference to where it is kept", hint=error.hint
        ) from None
    if secret.startswith(COMMAND) and table.source == ENVIRONMENT:
        raise table.error(
            key,
            "is a command, which only a file of yours may name",
            hint=f'Write it into config.toml: {key} = "{COMMAND}…"',
        )


def _refuse_foreign_programs(account: AccountSettings, table: Table) -> None:
    """Refuse to start what somebody else could have written there."""
    tokens = table.table("oauth")
    client_secret = account.oauth.client_secret if account.oauth else ""
    _refuse_open_command(account.secret, table, "password")
    _refuse_open_command(client_secret, tokens, "client_secret")
    path = Path(table.source)
    if PATH_MARK in account.provider and not is_ours_to_write(path):
        raise _written_by_others("provider", "names code", table)
    if "command" in account.options and not is_ours_to_write(path):
        raise _written_by_others("command", "names a program", table)


def _refuse_open_command(secret: str, table: Table, key: str) -> None:
    if secret.startswith(COMMAND) and not is_private(Path(table.source)):
        raise table.error(
            key,
            "is a command, but others may read or write that file",
            hint=f"Close it: chmod 600 {table.source}",
        )


def _written_by_others(key: str, what: str, table: Table) -> ConfigurationError:
    return table.error(
        key,
        f"{what} that would be run, but others may write that file",
        hint=f"See that it says what you want, and close it: chmod 600 {table.source}",
    )


def _options(table: Table) -> dict[str, Option]:
    options = {key: one for key, one in table.values.items() if key not in OWN_KEYS}
    for key, value in options.items():
        if not isinstance(value, str | int):
            raise table.error(
                key,
                "is neither text, a whole number nor true or false",
                hint="Write it as one of these, or leave it out.",
            )
    return options


def account_table(account: AccountSettings) -> dict[str, Any]:
    """Return what is written for ``account``: what says more than its absence."""
    own, *others = account.identities
    table: dict[str, Any] = {"provider": account.provider, **identity_table(own)}
    if account.secret:
        table["password"] = account.secret
    if account.noninteractive_send != "allow":
        table["noninteractive_send"] = account.noninteractive_send
    if account.on_unknown != "ask":
        table["on_unknown"] = account.on_unknown
    if account.max_message_bytes is not None:
        table["max_message_bytes"] = account.max_message_bytes
    table |= pace_table(
        account.limits,
        connections=account.connections,
        messages_per_connection=account.messages_per_connection,
        recipients_per_message=account.recipients_per_message,
    )
    table |= dict(account.options)
    if account.oauth is not None:
        table["oauth"] = oauth_table(account.oauth)
    if others:
        table["identities"] = [identity_table(one) for one in others]
    return table
