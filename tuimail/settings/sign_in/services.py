"""The services where a person signs in, and what they want to be asked. Pure.

Addresses and scopes are those of the services' own documents: Google's "OAuth 2.0
for Mobile & Desktop Apps", and Microsoft's "identity platform" pages.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.errors import UsageError
from tuimail.settings.oauth import OAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where a person signs in, and where a program gets its tokens."""

    name: str
    """As in ``tuimail auth NAME``."""
    title: str
    authorization_url: str
    """Where the browser goes (RFC 6749 §3.1); may have ``{tenant}`` in it."""
    token_url: str
    device_url: str = ""
    """Where a code for another device is asked for (RFC 8628 §3.1); empty where
    the service gives none for sending mail."""
    revoke_url: str = ""
    """Where a token is made useless (RFC 7009); empty where there is no such
    place."""
    scopes: Mapping[str, str] = field(default_factory=dict)
    """The least that each provider needs for sending, by provider."""
    smtp_host: str = ""
    """Its mail server, for who sends by SMTP: port 587, with STARTTLS."""
    tenant: str = ""
    """Which organisation, where nobody says."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """What else is asked in the browser."""
    redirect_host: str = "127.0.0.1"
    """As which the service knows the machine that the browser runs on."""
    where_to_register: str = ""
    """Where a person gets a client id, in a sentence."""

    @property
    def provider(self) -> str:
        """The way out that is meant where none is named."""
        return next(iter(self.scopes))

    def options_for(self, provider: str, address: str) -> dict[str, str | int]:
        """Return the provider's own settings for who signs in as ``address``."""
        if provider != "smtp":
            return {}
        return {
            "host": self.smtp_host,
            "port": 587,
            "tls": "starttls",
            "username": address,
            "auth": "oauth",
        }

    def scope_for(self, provider: str) -> str:
        """Return what a provider needs.

        Raises:
            UsageError: Nobody sends through it by signing in here.
        """
        if provider not in self.scopes:
            raise UsageError(
                f"Nobody signs in at {self.title} for the provider “{provider[:40]}”.",
                hint=f"It may be {' or '.join(self.scopes)}.",
                field="provider",
            )
        return self.scopes[provider]


GMAIL: Final = Service(
    name="gmail",
    title="Google",
    authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    revoke_url="https://oauth2.googleapis.com/revoke",
    scopes={
        "gmail": "https://www.googleapis.com/auth/gmail.send",
        "smtp": "https://mail.google.com/",
    },
    smtp_host="smtp.gmail.com",
    extra={"access_type": "offline", "prompt": "consent"},
    where_to_register="Make an OAuth client of the type “Desktop app” at "
    "console.cloud.google.com/apis/credentials, with the Gmail API switched on, and "
    "name the file that it gives you: --client-file FILE",
)
MICROSOFT: Final = Service(
    name="microsoft",
    title="Microsoft",
    authorization_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106 - an address
    device_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
    scopes={
        "graph": "https://graph.microsoft.com/Mail.Send offline_access",
        "smtp": "https://outlook.office.com/SMTP.Send offline_access",
    },
    smtp_host="smtp.office365.com",
    tenant="common",
    redirect_host="localhost",
    where_to_register="Register an application at entra.microsoft.com, “Mobile and "
    "desktop”, with http://localhost as its redirect address and public client flows "
    "allowed, and name its id: --client-id ID",
)
SERVICES: Final[Mapping[str, Service]] = {one.name: one for one in (GMAIL, MICROSOFT)}


def service_of(
    oauth: OAuth, services: Mapping[str, Service] = SERVICES
) -> Service | None:
    """Return at which service an account's tokens are got; None for another."""
    for service in services.values():
        if oauth.token_url == service.token_url:
            return service
    return None


def how_to_sign_in(oauth: OAuth, account: str) -> str:
    """Return what to type where the tokens of ``account`` are not good any more."""
    service = service_of(oauth)
    if service is None:
        return (
            "Sign in there again, and keep the new refresh token: "
            f"keyring set tuimail {account}"
        )
    return f"Sign in again: tuimail auth {service.name} {account}"
