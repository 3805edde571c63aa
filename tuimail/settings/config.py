"""What a person configured: accounts, keys, theme; read strictly, merged.

``config.toml`` is the person's own file and is never written; what tuimail
writes itself, ``accounts.toml``, stands beside it. The environment beats both.
No secret is in any of them, only a reference to where it is.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, cast

from tuimail.core.address import Address
from tuimail.core.pacing import UNLIMITED, Limits
from tuimail.errors import ConfigurationError, SecretError
from tuimail.settings.environment import (
    ENVIRONMENT_ACCOUNT,
    account_from_environment,
    override,
)
from tuimail.settings.files import is_private, read_toml, write_toml
from tuimail.settings.identities import (
    Identity,
    identity_table,
    read_identities,
    read_identity,
)
from tuimail.settings.oauth import OAUTH, OAuth, oauth_table, read_oauth
from tuimail.settings.pace import (
    CONNECTIONS,
    MESSAGES_PER_CONNECTION,
    PACE_KEYS,
    pace_table,
    read_connections,
    read_limits,
    read_messages_per_connection,
    read_recipients_per_message,
)
from tuimail.settings.paths import accounts_path
from tuimail.settings.schema import Table, nearest
from tuimail.settings.secrets import COMMAND, check_reference

Option = str | int | bool
"""What a provider's own setting may be."""
NoninteractiveSend = Literal["allow", "review", "block"]
"""What becomes of one's own mail that is not sent from a real terminal."""
OnUnknown = Literal["ask", "resend"]
"""What becomes of mail that may or may not have been taken."""

UNDO: Final = timedelta(seconds=10)
LONGEST_UNDO_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """One configured way out. Never holds a secret, only where it is."""

    name: str
    provider: str
    address: Address
    """Whom its mail is from, unless the draft says otherwise."""
    reply_to: Address | None = None
    """Where answers to that address go instead, if anywhere else."""
    signature: str = ""
    """Put under what that address writes."""
    others: tuple[Identity, ...] = ()
    """Whom its mail may be from as well."""
    max_message_bytes: int | None = None
    """What the provider takes, as sent; None where nobody said."""
    options: Mapping[str, Option] = field(default_factory=dict)
    """The provider's own settings; the provider checks them."""
    secret: str = ""
    """``keyring:``, ``env:NAME``, ``command:…``, ``file:PATH``, ``oauth:``, or
    empty."""
    oauth: OAuth | None = None
    """Where access tokens come from, where ``secret`` is ``oauth:``."""
    noninteractive_send: NoninteractiveSend = "allow"
    on_unknown: OnUnknown = "ask"
    connections: int = CONNECTIONS
    """Attempts at the same time."""
    messages_per_connection: int = MESSAGES_PER_CONNECTION
    recipients_per_message: int | None = None
    """Whom one attempt is for, at most; the rest follows in the next one."""
    limits: Limits = UNLIMITED
    """How much may leave in which time."""

    def __post_init__(self) -> None:
        if not _ACCOUNT_NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"“{self.name[:64]}” is not a name for an account.",
                hint=_NAME_HINT,
                field="name",
            )
        for key in _OWN_KEYS:
            if key in self.options:
                raise ConfigurationError(
                    f"{key} is not a setting of a provider.",
                    hint="Write it into accounts.toml, beside config.toml, below "
                    f"[accounts.{self.name}]: {key} = {self._shown(key)}",
                    field=key,
                )
        check_reference(self.secret)
        if (self.secret == OAUTH) is (self.oauth is None):
            raise ConfigurationError(
                f"The account “{self.name}” has only one half of what access tokens "
                "need.",
                hint='Write password = "oauth:" and a table oauth with token_url and '
                "client_id, or neither.",
                field="oauth",
            )

    def _shown(self, key: str) -> str:
        """Return a number as it is; what is text may be a password."""
        value = self.options[key]
        return str(value) if type(value) is int else "…"

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everybody it may send as; its own address first."""
        own = Identity(
            address=self.address, reply_to=self.reply_to, signature=self.signature
        )
        return (own, *self.others)

    def identity_of(self, address: Address) -> Identity | None:
        """Return whom it sends as under ``address``, or None if it may not."""
        for identity in self.identities:
            if identity.address.text == address.text:
                return identity
        return None

    @property
    def fingerprint(self) -> str:
        """Digest that an approval is bound to: which way out this really is.

        The same name with another server, user or sender is another account.
        Where the password is kept and how TLS is set up are not part of it, so
        that mending them does not void what was approved.
        """
        content = {
            "name": self.name,
            "provider": self.provider,
            "address": self.address.text,
            "options": {
                key: str(self.options[key])
                for key in _IDENTIFYING
                if key in self.options
            },
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that was configured, from all places, checked."""

    accounts: tuple[AccountSettings, ...] = ()
    default_account: str = ""
    """Name of the account that is meant where none is named, or empty."""
    theme: str = ""
    undo: timedelta = UNDO
    """How long what was sent in the app can be taken back."""
    notify: bool = True
    """Whether the app tells notices beyond its own lines."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key bindings changed by the person: id to keys."""
    source: Path | None = None
    """The ``config.toml`` that was looked for, whether or not it is there."""

    def account(self, name: str = "") -> AccountSettings:
        """Return the account called ``name``; the default one without a name.

        Raises:
            ConfigurationError: There is none; the text names those there are.
        """
        wanted = name or self.default_account
        for account in self.accounts:
            if account.name == wanted:
                return account
        raise self._no_account(wanted)

    def _no_account(self, wanted: str) -> ConfigurationError:
        names = [account.name for account in self.accounts]
        if not names:
            return ConfigurationError(
                "There is no account to send from yet.",
                hint="Add one: tuimail accounts add",
                field="account",
            )
        if not wanted:
            return ConfigurationError(
                "Several accounts exist and none is the default.",
                hint=f"Name one of: {', '.join(names)}.",
                field="account",
            )
        return ConfigurationError(
            f"There is no account “{wanted}”.",
            hint=nearest(wanted, names),
            field="account",
        )


def load(config_path: Path, environ: Mapping[str, str]) -> Config:
    """Return what is configured in ``config_path``, beside it, and in ``environ``.

    A missing file is an empty one.

    Raises:
        ConfigurationError: Anything that is not understood; the text names the
            file and the key, the hint what may stand there.
    """
    own = Table(source=str(config_path), values=read_toml(config_path))
    own.refuse_unknown(_CONFIG_KEYS)
    written_path = accounts_path(config_path)
    written = Table(source=str(written_path), values=read_toml(written_path))
    written.refuse_unknown(_ACCOUNTS_KEYS)
    accounts = _accounts(own, written, environ)
    top = override(own, environ)
    return Config(
        accounts=accounts,
        default_account=_default(top, written, accounts),
        theme=top.text("theme", default=""),
        undo=timedelta(seconds=_undo_seconds(top)),
        notify=top.switch("notify", default=True),
        keys=_keys(own.table("keys")),
        source=config_path,
    )


def save_accounts(
    path: Path, accounts: Iterable[AccountSettings], default: str
) -> None:
    """Write ``accounts.toml`` anew: durable, whole or not at all, mode 0600.

    Raises:
        ConfigurationError: The disk refuses; the old file is as it was.
    """
    document: dict[str, Any] = {"default_account": default} if default else {}
    document["accounts"] = {account.name: _table(account) for account in accounts}
    write_toml(path, document)


def load_accounts(path: Path) -> tuple[AccountSettings, ...]:
    """Return what ``accounts.toml`` at ``path`` holds, for changing it.

    Accounts of ``config.toml`` and of the environment are not among them, so
    that ``save_accounts`` copies nothing out of the person's own file.
    """
    written = Table(source=str(path), values=read_toml(path))
    written.refuse_unknown(_ACCOUNTS_KEYS)
    return _accounts_in(written)


_IDENTIFYING: Final = ("host", "port", "url", "username")
_CONFIG_KEYS: Final = (
    "accounts", "default_account", "keys", "notify", "theme", "undo_seconds",
)  # fmt: skip
_ACCOUNTS_KEYS: Final = ("accounts", "default_account")
_OWN_KEYS: Final = (
    "address", "identities", "max_message_bytes", "noninteractive_send", "on_unknown",
    "oauth", "password", "provider", "reply_to", "signature", *PACE_KEYS,
)  # fmt: skip


def own_key_meant(key: str) -> str:
    """Return which setting of the account itself ``key`` is a misspelling of."""
    return next(iter(difflib.get_close_matches(key, _OWN_KEYS, n=1, cutoff=0.75)), "")


SMALLEST_LIMIT: Final = 10_000
LARGEST_LIMIT: Final = 1_000_000_000
_NAME_HINT: Final = "Use letters, digits, dots, hyphens and underscores."
_ACCOUNT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _accounts(
    own: Table, written: Table, environ: Mapping[str, str]
) -> tuple[AccountSettings, ...]:
    found = (*_accounts_in(own), *_accounts_in(written))
    names = [account.name for account in found]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(
                f"The account “{name}” is in {own.source} and in {written.source}.",
                hint="Remove it from one of them.",
                field="accounts",
            )
    table = account_from_environment(environ)
    if table is None:
        return found
    return (*found, _account(ENVIRONMENT_ACCOUNT, table))


def _accounts_in(source: Table) -> tuple[AccountSettings, ...]:
    tables = source.table("accounts")
    for name in tables.values:
        if not _ACCOUNT_NAME.fullmatch(name):
            raise tables.error(name, "is not a name for an account", hint=_NAME_HINT)
    return tuple(_account(name, tables.table(name)) for name in tables.values)


def _account(name: str, table: Table) -> AccountSettings:
    secret = table.text("password", default="")
    _check_secret(secret, table=table)
    provider, own = table.text("provider"), read_identity(table)
    tokens = table.table("oauth")
    oauth = read_oauth(tokens)
    if oauth is not None:
        _check_secret(oauth.client_secret, table=tokens, key="client_secret")
    return AccountSettings(
        name=name,
        provider=provider,
        address=own.address,
        reply_to=own.reply_to,
        signature=own.signature,
        others=read_identities(table.tables("identities")),
        max_message_bytes=_max_message_bytes(table),
        options=_options(table),
        secret=secret,
        oauth=oauth,
        noninteractive_send=_noninteractive_send(table),
        on_unknown=_on_unknown(table),
        connections=read_connections(table),
        messages_per_connection=read_messages_per_connection(table),
        recipients_per_message=read_recipients_per_message(table),
        limits=read_limits(table),
    )


def _noninteractive_send(table: Table) -> NoninteractiveSend:
    allowed = ("allow", "review", "block")
    found = table.choice("noninteractive_send", allowed=allowed, default="allow")
    return cast("NoninteractiveSend", found)


def _on_unknown(table: Table) -> OnUnknown:
    found = table.choice("on_unknown", allowed=("ask", "resend"), default="ask")
    return cast("OnUnknown", found)


def _max_message_bytes(table: Table) -> int | None:
    return table.maybe_number(
        "max_message_bytes", lowest=SMALLEST_LIMIT, highest=LARGEST_LIMIT
    )


def _check_secret(secret: str, *, table: Table, key: str = "password") -> None:
    try:
        check_reference(secret)
    except SecretError as error:
        raise table.error(
            key, "is not a reference to where it is kept", hint=error.hint
        ) from None
    if secret.startswith(COMMAND) and not is_private(Path(table.source)):
        raise table.error(
            key,
            "is a command, but others may read or write that file",
            hint=f"Close it: chmod 600 {table.source}",
        )


def _options(table: Table) -> dict[str, Option]:
    options = {key: one for key, one in table.values.items() if key not in _OWN_KEYS}
    for key, value in options.items():
        if not isinstance(value, str | int):
            raise table.error(
                key,
                "is neither text, a whole number nor true or false",
                hint="Write it as one of these, or leave it out.",
            )
    return options


def _table(account: AccountSettings) -> dict[str, Any]:
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


def _default(top: Table, written: Table, accounts: tuple[AccountSettings, ...]) -> str:
    chosen = top if "default_account" in top.values else written
    name = chosen.text("default_account", default="")
    names = [account.name for account in accounts]
    if name and name not in names:
        raise chosen.error(
            "default_account",
            f"is “{name[:40]}”, which is no account",
            hint=nearest(name, names),
        )
    return name or (names[0] if len(names) == 1 else "")


def _undo_seconds(top: Table) -> int:
    return top.number(
        "undo_seconds",
        default=int(UNDO.total_seconds()),
        lowest=0,
        highest=LONGEST_UNDO_SECONDS,
    )


def _keys(table: Table) -> dict[str, str]:
    return {key: table.text(key) for key in table.values}
