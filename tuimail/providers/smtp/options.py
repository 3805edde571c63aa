"""What an SMTP account may say about its server, checked.

The one rule kept here: what would send a password over the network in clear is
refused before anything is connected. Pure.
"""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.providers import options
from tuimail.providers.base import ProviderAccount
from tuimail.providers.options import is_loopback


class Tls(StrEnum):
    """How a connection is protected."""

    IMPLICIT = "implicit"
    """TLS from the first byte (RFC 8314 §3.3)."""
    STARTTLS = "starttls"
    """TLS before anything is said that matters; required, not tried."""
    NONE = "none"
    """In clear: for a server on this machine, or where a person says so."""


class Auth(StrEnum):
    """What the account's secret is."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    """One that a person chose, or an app password."""
    OAUTH = "oauth"
    """An access token (RFC 6750), which runs out after an hour or so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """One server, and how to talk to it."""

    host: str
    port: int
    tls: Tls
    username: str = ""
    """Empty where the server wants no login."""
    auth: Auth = Auth.PASSWORD
    ca_file: Path | None = None
    """Whom to trust instead of the system's authorities."""
    client_cert_file: Path | None = None
    """What is shown to a server that asks for a certificate; None for nothing."""
    client_key_file: Path | None = None
    """The key that belongs to it, where it is in a file of its own."""
    local_name: str = "[127.0.0.1]"
    """What EHLO says; the machine's own name is nobody's business."""

    has_smtputf8: bool = True
    """Whether the server may be asked to take addresses that are not ASCII."""

    @property
    def endpoint(self) -> str:
        """``host:port``, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_options(account: ProviderAccount) -> SmtpOptions:
    """Return the options of ``account``.

    Raises:
        ConfigurationError: One is missing, unknown or not usable.
    """
    options.refuse_unknown(account, ALLOWED)
    host = _host(account)
    tls = _tls(account, host)
    username = options.text(account, "username")
    is_allowed = options.yes_or_no(account, "allow_clear_auth", default=False)
    if username and tls is Tls.NONE and not (is_allowed and is_loopback(host)):
        raise _password_in_clear(account, host)
    cert_file, key_file = _client_files(account, tls)
    return SmtpOptions(
        host=host,
        port=options.number(
            account, "port", default=_PORTS[tls], lowest=1, highest=65535
        ),
        tls=tls,
        username=username,
        auth=_auth(account),
        ca_file=options.file_path(account, "ca_file"),
        client_cert_file=cert_file,
        client_key_file=key_file,
        local_name=_local_name(account),
        has_smtputf8=options.yes_or_no(account, "smtputf8", default=True),
    )


ALLOWED: Final = (
    "allow_clear_auth", "auth", "ca_file", "client_cert_file", "client_key_file",
    "host", "local_name", "port", "smtputf8", "tls", "username",
)  # fmt: skip
_PORTS: Final = {Tls.IMPLICIT: 465, Tls.STARTTLS: 587, Tls.NONE: 25}
_STARTTLS_PORTS: Final = frozenset({25, 587})
_LABEL: Final = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
_HOST: Final = regex(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LOCAL_NAME: Final = regex(r"[A-Za-z0-9.:\[\]_-]{1,255}")


def _host(account: ProviderAccount) -> str:
    host = options.text(account, "host")
    if _HOST.fullmatch(host) or _is_address(host):
        return host
    raise options.option_error(
        account,
        "host",
        f"is “{host[:80]}”, which is no server" if host else "is missing",
        hint='Write its name, such as host = "smtp.example.org"; '
        "a name that is not ASCII in its xn-- form.",
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _tls(account: ProviderAccount, host: str) -> Tls:
    port = options.number(account, "port", default=465, lowest=1, highest=65535)
    default = Tls.STARTTLS if port in _STARTTLS_PORTS else Tls.IMPLICIT
    if is_loopback(host):
        default = Tls.NONE
    return Tls(options.choice(account, "tls", allowed=tuple(Tls), default=default))


def _auth(account: ProviderAccount) -> Auth:
    """Return what the secret is: a token where it can be renewed, if not said."""
    default = Auth.PASSWORD if account.renew_secret is None else Auth.OAUTH
    return Auth(options.choice(account, "auth", allowed=tuple(Auth), default=default))


def _password_in_clear(account: ProviderAccount, host: str) -> ConfigurationError:
    return options.option_error(
        account,
        "tls",
        "is “none”, so that the password would go out in clear",
        hint="Write allow_clear_auth = true, since the server is this machine."
        if is_loopback(host)
        else 'Write tls = "implicit" or tls = "starttls", or remove username.',
    )


def _client_files(
    account: ProviderAccount, tls: Tls
) -> tuple[Path | None, Path | None]:
    """Return the files of a client certificate and of its key."""
    cert_file = options.file_path(account, "client_cert_file")
    key_file = options.file_path(account, "client_key_file")
    if key_file is not None and cert_file is None:
        raise options.option_error(
            account,
            "client_key_file",
            "stands there without client_cert_file",
            hint="Name the certificate that the key belongs to: client_cert_file",
        )
    if cert_file is not None and tls is Tls.NONE:
        raise options.option_error(
            account,
            "client_cert_file",
            "is of no use where tls is “none”",
            hint='Write tls = "implicit" or tls = "starttls", or remove it.',
        )
    return cert_file, key_file


def _local_name(account: ProviderAccount) -> str:
    name = options.text(account, "local_name", default="[127.0.0.1]")
    if not _LOCAL_NAME.fullmatch(name):
        raise options.option_error(
            account,
            "local_name",
            f"is “{name[:80]}”, which is no name of a machine",
            hint="Write a host name, an address in brackets, or leave it out.",
        )
    return name
