"""Which way out Django's settings mean: a named account, or a server of their own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from tuimail.api.account import Account
from tuimail.api.direct import WAIT
from tuimail.api.workspace import DEFAULT, Default, Place, Workspace
from tuimail.errors import ConfigurationError

Home = Workspace | Place | Default | None
"""Where mail is stored; None for nowhere."""

WAIT_STORED: Final = 20.0
"""Seconds: less than until a second attempt, for which no request should wait, as the
outbox makes it without."""
_SETTINGS: Final[Mapping[str, str]] = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "use_ssl": "EMAIL_USE_SSL",
    "timeout": "EMAIL_TIMEOUT",
    "ssl_keyfile": "EMAIL_SSL_KEYFILE",
    "ssl_certfile": "EMAIL_SSL_CERTFILE",
}
"""What each option of a server is called in Django's settings."""


class ServerSettingsError(ConfigurationError, ValueError):
    """Settings of a server that contradict each other; Django's is a ValueError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Through what a backend sends, and where mail is stored on the way."""

    account: str | Account | None
    workspace: Home
    wait: float
    """Seconds to wait for what becomes of each mail."""


def way_out(
    options: Mapping[str, Any], *, account: str, workspace: Home, has_mailers: bool
) -> WayOut:
    """Return the way out that options and settings name; options win.

    Args:
        options: Those of a server, as of Django's own backend; None is not given.
        account: The name of an account; empty for what ``TUIMAIL_ACCOUNT`` says.
        workspace: Where mail is stored; ``DEFAULT`` for what ``TUIMAIL_WORKSPACE``
            says.
        has_mailers: Whether ``MAILERS`` made the backend, which then reads none of
            the ``EMAIL_…`` settings.

    Raises:
        ConfigurationError: They name two ways out, or none.
    """
    given = {name: value for name, value in options.items() if value is not None}
    said = given if has_mailers else {**_from_settings(), **given}
    timeout = said.pop("timeout", None)
    given.pop("timeout", None)
    name, home = _named(account, workspace, is_server=bool(given))
    if name or isinstance(home, Workspace | str | os.PathLike):
        _refuse_server(given, name)
        wait = _wait(timeout, WAIT if home is None else WAIT_STORED)
        return WayOut(account=name or None, workspace=home, wait=wait)
    return WayOut(account=_server(said), workspace=None, wait=_wait(timeout, WAIT))


def _named(account: str, workspace: Home, *, is_server: bool) -> tuple[str, Home]:
    """Return the account and the workspace; a server in the options beats settings.

    So a mail that is sent with a server of its own takes nothing from the settings,
    and one that names an account is refused only if it names a server, too.
    """
    if not (account or is_server):
        account = str(getattr(settings, "TUIMAIL_ACCOUNT", None) or "")
    if workspace is DEFAULT and not is_server:
        workspace = getattr(settings, "TUIMAIL_WORKSPACE", DEFAULT)
    return account, workspace


def _from_settings() -> dict[str, Any]:
    return {name: getattr(settings, of) for name, of in _SETTINGS.items()}


def _wait(timeout: object, otherwise: float) -> float:
    """Return for how long a mail is waited for; what Django calls the timeout.

    Raises:
        ConfigurationError: It is no number of seconds.
    """
    if timeout is None:
        return otherwise
    if isinstance(timeout, int | float) and timeout > 0:
        return float(timeout)
    raise ConfigurationError(
        f"The timeout of the mail backend is {timeout!r}, and has to be seconds.",
        hint="Write a number above 0: EMAIL_TIMEOUT = 30",
        field="timeout",
    )


def _refuse_server(given: Mapping[str, Any], name: str) -> None:
    if given:
        raise ConfigurationError(
            f"The mail backend is told {', '.join(sorted(given))}, which belong to a "
            f"server, and the account {name or 'of a workspace'}, which has its own.",
            hint="Give one of both: an account that tuimail knows, or a server.",
            field="account",
        )


def _server(said: Mapping[str, Any]) -> Account:
    """Return the server that options and settings describe.

    Raises:
        ConfigurationError: They describe none, or contradict each other.
    """
    if not said.get("host"):
        raise ConfigurationError(
            "The mail backend is told neither an account nor a server.",
            hint='Add one to its OPTIONS: "account": "work", as tuimail accounts list '
            'prints it, or "host": "smtp.example.org".',
            field="account",
        )
    tls = _tls(said)
    has_login = bool(said.get("username") and said.get("password"))
    return Account(
        name=_NAME,
        host=str(said["host"]),
        port=int(said["port"]) if said.get("port") else None,
        tls=tls,
        username=str(said["username"]) if has_login else "",
        password=str(said["password"]) if has_login else "",
        options=_further(said, is_clear_login=has_login and tls == "none"),
    )


def _tls(said: Mapping[str, Any]) -> str:
    if said.get("use_tls") and said.get("use_ssl"):
        raise ServerSettingsError(
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on, and exclude each other.",
            hint="Keep EMAIL_USE_SSL for port 465, and EMAIL_USE_TLS for port 587.",
            field="use_tls",
        )
    if said.get("use_ssl"):
        return "implicit"
    return "starttls" if said.get("use_tls") else "none"


def _further(said: Mapping[str, Any], *, is_clear_login: bool) -> dict[str, object]:
    """Return what is said of it beside; a login in clear goes to this machine only."""
    files = {
        option: str(said[name]) for name, option in _FILES.items() if said.get(name)
    }
    return {**files, **({"allow_clear_auth": True} if is_clear_login else {})}


_NAME: Final = "django"
_FILES: Final = {
    "ssl_certfile": "client_cert_file",
    "ssl_keyfile": "client_key_file",
}
