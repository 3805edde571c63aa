"""Where an account gets its access tokens (RFC 6749), as a person writes it.

The refresh token is in the keyring, where a password would be; nothing here is
secret. The one rule kept here: it goes to its service behind TLS, or not at all.

Pure.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tuimail.errors import ConfigurationError
from tuimail.settings.schema import Table

OAUTH: Final = "oauth:"
"""Reference to access tokens, got with what stands in the table ``oauth``."""
KEYS: Final = ("client_id", "client_secret", "scope", "tenant", "token_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Whom to ask for access tokens, and as which program."""

    token_url: str
    """The token endpoint (RFC 6749 §3.2); ``{tenant}`` in it is filled in."""
    client_id: str
    """Which program asks; registered at the service, and not secret."""
    scope: str = ""
    """What the tokens are for; empty for what was consented to."""
    client_secret: str = ""
    """Reference to what some services want beside it (RFC 6749 §2.3.1)."""
    tenant: str = ""
    """Which organisation, for services that have several."""

    def __post_init__(self) -> None:
        if not _is_safe(self.endpoint):
            raise ConfigurationError(
                f"“{self.token_url[:80]}” is no address that a token may go to.",
                hint='Write one like "https://login.example.org/token", with {tenant} '
                "in it only where tenant is given.",
                field="token_url",
            )
        if self.client_secret == OAUTH:
            raise ConfigurationError(
                "client_secret is no access token.",
                hint='Write "keyring:", "env:NAME", "command:…" or "file:PATH".',
                field="client_secret",
            )
        for key in ("client_id", "scope", "tenant"):
            if not _LINE.fullmatch(getattr(self, key)):
                raise ConfigurationError(
                    f"{key} has characters that it cannot have.",
                    hint="Write it in ASCII, in one line.",
                    field=key,
                )

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.token_url.replace("{tenant}", self.tenant)

    @property
    def host(self) -> str:
        """Who is asked, for people."""
        return urlsplit(self.endpoint).netloc


def read_oauth(table: Table) -> OAuth | None:
    """Return what the table says; None where it is empty.

    Raises:
        ConfigurationError: A key is missing, unknown or not what it may be.
    """
    if not table.values:
        return None
    table.refuse_unknown(KEYS)
    try:
        return OAuth(
            token_url=table.text("token_url"),
            client_id=table.text("client_id"),
            scope=table.text("scope", default=""),
            client_secret=table.text("client_secret", default=""),
            tenant=table.text("tenant", default=""),
        )
    except ConfigurationError as error:
        if error.field in table.values:
            raise table.error(
                error.field, f"is not right: {error}", hint=error.hint
            ) from None
        raise


def oauth_table(oauth: OAuth) -> dict[str, str]:
    """Return what is written for ``oauth``."""
    return {key: found for key in KEYS if (found := getattr(oauth, key))}


def _is_safe(url: str) -> bool:
    try:
        found = urlsplit(url)
        is_plain = found.port != 0 and bool(_URL.fullmatch(url))
    except ValueError:
        return False
    if not is_plain or not found.hostname or "@" in found.netloc or found.fragment:
        return False
    is_here = found.hostname in {"127.0.0.1", "::1", "localhost"}
    return found.scheme == "https" or (found.scheme == "http" and is_here)


_URL: Final = re.compile(r"[!-z|~]{1,500}")
"""Visible ASCII without braces, which would be left from a template."""
_LINE: Final = re.compile(r"[ -~]{0,1000}")
