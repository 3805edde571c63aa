"""From what somebody says of a new account to its settings, checked as in a file.

Pure: nothing is written, and no provider is asked.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Required, TypedDict

from tuimail.core.address import Address, parse_address, with_name
from tuimail.settings.account import AccountSettings, Option
from tuimail.settings.account_tables import (
    check_secret,
    read_max_message_bytes,
    read_noninteractive_send,
    read_on_unknown,
)
from tuimail.settings.identities import read_identities, read_signature
from tuimail.settings.oauth import OAuth, read_oauth
from tuimail.settings.pace import (
    PACE_KEYS,
    read_connections,
    read_limits,
    read_messages_per_connection,
    read_recipients_per_message,
)
from tuimail.settings.schema import Table

SOURCE: Final = "what you gave"


class AccountWords(TypedDict, total=False):
    """Everything that can be said of an account; never a secret."""

    name: Required[str]
    """What it is called from now on."""
    provider: Required[str]
    """``smtp``, ``console``, or any other that is installed."""
    address: Required[str]
    """Whom its mail is from."""
    sender_name: str
    """The name shown with the address."""
    reply_to: str
    """Where answers go, if not to the address."""
    signature: str
    identities: Iterable[Mapping[str, str]]
    """Whom it may send as, too: ``address``, and maybe ``reply_to``, ``signature``."""
    options: Mapping[str, Option]
    """The provider's own settings."""
    secret: str
    """Where the password is: a reference, never the password."""
    oauth: OAuth | Mapping[str, str] | None
    """Where access tokens come from, where ``secret`` is ``oauth:``."""
    limits: Mapping[str, int]
    """``per_minute``, ``per_hour``, ``per_day``, ``destination_per_hour``,
    ``connections``, ``messages_per_connection``, ``recipients_per_message``,
    ``warm_up_per_day``, ``warm_up_growth_percent``."""
    max_message_bytes: int | None
    on_unknown: str
    """``ask`` or ``resend``."""
    noninteractive_send: str
    """``allow``, ``review`` or ``block``."""


def described(said: AccountWords) -> AccountSettings:
    """Return the account that ``said`` describes.

    Raises:
        AddressError: An address is none.
        ConfigurationError: Anything else that cannot be.
    """
    table, pace = _table(said), _pace(said)
    return AccountSettings(
        name=said["name"],
        provider=said["provider"],
        address=_sender(said),
        reply_to=_reply_to(said.get("reply_to", "")),
        signature=read_signature(table),
        others=read_identities(table.tables("identities")),
        max_message_bytes=read_max_message_bytes(table),
        options=dict(said.get("options", {})),
        secret=said.get("secret", ""),
        oauth=_oauth(said.get("oauth")),
        noninteractive_send=read_noninteractive_send(table),
        on_unknown=read_on_unknown(table),
        connections=read_connections(pace),
        messages_per_connection=read_messages_per_connection(pace),
        recipients_per_message=read_recipients_per_message(pace),
        limits=read_limits(pace),
    )


_AS_IN_A_FILE: Final = (
    "max_message_bytes", "noninteractive_send", "on_unknown", "signature",
)  # fmt: skip


def _sender(said: AccountWords) -> Address:
    """Return the address; a name given apart takes the place of the one in it."""
    address = parse_address(said["address"], field="address")
    name = said.get("sender_name", "")
    return with_name(address, name, field="from-name") if name else address


def _reply_to(text: str) -> Address | None:
    return parse_address(text, field="reply-to") if text else None


def _table(said: AccountWords) -> Table:
    values = {key: said.get(key) for key in _AS_IN_A_FILE}
    values["identities"] = [dict(one) for one in said.get("identities", ())] or None
    found = {key: value for key, value in values.items() if value is not None}
    return Table(source=SOURCE, values=found)


def _pace(said: AccountWords) -> Table:
    table = Table(source=SOURCE, values=said.get("limits", {}))
    table.refuse_unknown(PACE_KEYS)
    return table


def _oauth(said: OAuth | Mapping[str, str] | None) -> OAuth | None:
    if said is None or isinstance(said, OAuth):
        return said
    table = Table(source=SOURCE, values=said, path="oauth")
    found = read_oauth(table)
    if found is not None:
        check_secret(found.client_secret, table=table, key="client_secret")
    return found
