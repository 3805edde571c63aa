"""Where an account gets its access tokens (RFC 6749), as a person writes it.

The refresh token is in the keyring or in a file of its own; nothing here is
secret. The one rule kept here: it goes to its service behind TLS, or not at all.

Pure.
"""

from typing import Final
from urllib.parse import urlsplit

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.settings.schema import Table

OAUTH: Final = "oauth:"
"""Reference to access tokens, got with what stands in the table ``oauth``."""
KEYS: Final = (
    "client_id", "client_secret", "refresh_token", "scope", "tenant", "token_url",
)  # fmt: skip
KEYRING: Final = "keyring:"
"""Reference to the desktop's keyring, under the name of the account."""
FILE: Final = "file:"


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
    refresh_token: str = ""
    """Reference to where the refresh token is, and a new one is written to:
    ``keyring:`` or ``file:PATH``; the keyring where it is empty."""

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
        if not _can_be_written(self.refresh_token):
            raise ConfigurationError(
                "refresh_token does not say where a new one can be written to.",
                hint='Write "keyring:", or "file:PATH" for a file of yours alone.',
                field="refresh_token",
            )
        if not self.client_id:
            raise ConfigurationError(
                "client_id is empty.",
                hint="Write the ID under which the service knows the program.",
                field="client_id",
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
            refresh_token=table.text("refresh_token", default=""),
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


def _can_be_written(reference: str) -> bool:
    """Return whether a reference leads to where a service's new token can go.

    A command, a variable or a prompt only ever gives what it gave before.
    """
    is_file = reference.startswith(FILE) and reference != FILE
    return reference in {"", KEYRING} or is_file


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


_URL: Final = regex(r"[!-z|~]{1,500}")
"""Visible ASCII without braces, which would be left from a template."""
_LINE: Final = regex(r"[ -~]{0,1000}")
