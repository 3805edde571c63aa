"""One configured way out, as everything else sees it: checked at birth.

Never holds a secret, only where it is. Pure.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from tuimail.core.address import Address, is_same
from tuimail.core.digests import digest_of
from tuimail.core.pacing import UNLIMITED, Limits
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.errors import ConfigurationError
from tuimail.settings.identities import Identity
from tuimail.settings.oauth import OAUTH, OAuth
from tuimail.settings.pace import CONNECTIONS, MESSAGES_PER_CONNECTION, PACE_KEYS
from tuimail.settings.prompts import PROMPT
from tuimail.settings.secrets import check_reference

Option = str | int | bool
"""What a provider's own setting may be."""
NoninteractiveSend = Literal["allow", "review", "block"]
"""What becomes of one's own mail that is not sent from a real terminal."""
OnUnknown = Literal["ask", "resend"]
"""What becomes of mail that may or may not have been taken."""

OWN_KEYS: Final = (
    "address", "identities", "max_message_bytes", "noninteractive_send", "on_unknown",
    "oauth", "password", "provider", "reply_to", "signature", *PACE_KEYS,
)  # fmt: skip
"""Settings of the account itself; whatever else stands there is its provider's."""
_NUMBERS: Final = (*PACE_KEYS, "max_message_bytes")
"""Those of them that are; from a command line they come as text."""
NAME_HINT: Final = "Use letters, digits, dots, hyphens and underscores."
ACCOUNT_NAME: Final = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_IDENTIFYING: Final = (
    "access_key_id", "account_id", "command", "definition", "did", "domain",
    "folder", "handle", "host", "message_stream", "mode", "named_from", "port",
    "profile", "project_id", "region", "smtp_host", "smtp_port", "subaccount",
    "url", "username",
)  # fmt: skip
"""Options that say where mail goes; an approval is void where one changes."""


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
        if not ACCOUNT_NAME.fullmatch(self.name):
            raise ConfigurationError(
                f"“{self.name[:64]}” is not a name for an account.",
                hint=NAME_HINT,
                field="name",
            )
        for key in OWN_KEYS:
            if key in self.options:
                raise ConfigurationError(
                    f"{key} is not a setting of a provider.",
                    hint="Write it into accounts.toml, beside config.toml, below "
                    f"[accounts.{self.name}]: {key} = {self._shown(key)}",
                    field=key,
                )
        check_reference(self.secret)
        if self.oauth is not None and self.oauth.client_secret == PROMPT:
            raise ConfigurationError(
                "client_secret cannot be typed each time.",
                hint='Write "keyring:", "env:NAME", "command:…" or "file:PATH".',
                field="client_secret",
            )
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
        is_number = key in _NUMBERS and str(value).isdecimal()
        return str(value) if is_number or type(value) is int else "…"

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everybody it may send as; its own address first."""
        own = Identity(
            address=self.address, reply_to=self.reply_to, signature=self.signature
        )
        return (own, *self.others)

    def identity_of(self, address: Address) -> Identity | None:
        """Return whom it sends as under ``address``, or None if it may not.

        Its own addresses are its own in whatever capitals: what servers make of
        them (RFC 5321 §2.4) is known to who has them.
        """
        for identity in self.identities:
            if is_same(identity.address, address):
                return identity
        return None

    @property
    def fingerprint(self) -> str:
        """Digest that an approval is bound to: which way out this really is.

        The same name with another server, user or sender is another account.
        Where the password is kept and how TLS is set up are not part of it, so
        that mending them does not void what was approved.
        """
        options = tuple(
            (key, str(self.options[key])) for key in _IDENTIFYING if key in self.options
        )
        return _fingerprint(self.name, self.provider, self.address.text, options)


@lru_cache(maxsize=64)
def _fingerprint(
    name: str, provider: str, address: str, options: tuple[tuple[str, str], ...]
) -> str:
    """Return the digest; each mail asks for that of one of a few accounts."""
    return digest_of(
        {
            "name": name,
            "provider": provider,
            "address": address,
            "options": dict(options),
        }
    )


def own_key_meant(key: str) -> str:
    """Return which setting of the account itself ``key`` is a misspelling of."""
    import difflib  # noqa: PLC0415 - for a mistake only

    return next(iter(difflib.get_close_matches(key, OWN_KEYS, n=1, cutoff=0.75)), "")
