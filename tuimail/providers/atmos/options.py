"""What an Atmos account may say about itself, checked. Pure."""

import re
from typing import Final
from urllib.parse import urlsplit

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.options import base_url
from tuimail.providers.options import is_loopback

URL: Final = "https://smtp.atmos.email"
SMTP_PORT: Final = 587
"""The service has no other."""
ALLOWED: Final = ("did", "handle", "named_from", "smtp_host", "smtp_port", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtmosOptions:
    """One member, and where the relay is."""

    did: str
    """Who the member is: ``did:plc:…`` or ``did:web:…``."""
    url: str
    has_named_from: bool
    """Whether requests say the sender's name, too, which not every relay takes."""


def read_options(account: ProviderAccount) -> AtmosOptions:
    """Return the options of ``account``.

    Raises:
        ConfigurationError: One is missing, unknown or not usable.
    """
    options.refuse_unknown(account, ALLOWED)
    return AtmosOptions(
        did=_matching(account, "did", _DID, example="did:plc:…"),
        url=base_url(account, default=URL),
        has_named_from=options.yes_or_no(account, "named_from", default=False),
    )


def smtp_account(account: ProviderAccount) -> ProviderAccount:
    """Return the same account as one of the relay's SMTP server.

    The user is the member's handle or DID, the password the same key. In clear only
    to a server on this machine.

    Raises:
        ConfigurationError: An option cannot be used.
    """
    host = urlsplit(base_url(account, default=URL)).hostname or ""
    host = options.text(account, "smtp_host", default=host)
    port = options.number(
        account, "smtp_port", default=SMTP_PORT, lowest=1, highest=65535
    )
    is_here = is_loopback(host)
    protection = {"allow_clear_auth": True} if is_here else {}
    return replace(
        account,
        options={
            "host": host,
            "port": port,
            "tls": "none" if is_here else "starttls",
            "username": _user(account),
            "auth": "password",
            **protection,
        },
    )


def _user(account: ProviderAccount) -> str:
    if options.text(account, "handle"):
        return _matching(account, "handle", _HANDLE, example="ada.example.org")
    return _matching(account, "did", _DID, example="did:plc:…")


def _matching(
    account: ProviderAccount, key: str, form: re.Pattern[str], *, example: str
) -> str:
    found = options.text(account, key)
    if form.fullmatch(found):
        return found
    raise options.option_error(
        account,
        key,
        f"is “{found[:60]}”, which is none" if found else "is missing",
        hint=f'Write {key} = "{example}", as the account\'s page at the relay says.',
    )


_DID: Final = regex(r"did:(?:plc|web):[A-Za-z0-9._:%-]{1,240}")
_HANDLE: Final = regex(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}")
