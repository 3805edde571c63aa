"""The desktop's keyring, used only where it is one that can be trusted.

``keyring`` takes whatever back end is installed, among them ones that keep
passwords in files of their own format and ask for a passphrase on stdin, which
would hang an app and a service. Only the desktops' own are used here.

The package is imported when a keyring is really used: that costs 200 ms.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tuimail.errors import SecretError
from tuimail.settings.waiting import attempt

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "tuimail"
"""What our entries are called; the user is the name of the account."""

ALLOWED_BACKENDS: Final = frozenset({
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.macOS.Keyring",
})  # fmt: skip
"""Back ends of desktops, which ask in a window of their own, if at all."""

OTHER_WAYS: Final = (
    'Name another place for it: password = "command:pass show mail", "file:PATH", '
    '"env:NAME", or "prompt:" to type it each time; with accounts add: --password.'
)


def access_token_entry(account: str) -> str:
    """Return the user that an access token is kept for; no account is called so."""
    return f"{account} (access token)"


def client_secret_entry(account: str) -> str:
    """Return the user that the secret of an account's program is kept for."""
    return f"{account} (client secret)"


def require(*, limit: timedelta) -> None:
    """Refuse to begin where there is no keyring that could keep anything.

    Raises:
        SecretError: There is none that can be trusted; the hint names the choices.
    """
    outcome = attempt(limit, _backend)
    _raise_what_went_wrong(outcome.error, limit=limit)


def password(account: str, *, limit: timedelta) -> str:
    """Return the password kept for ``account``.

    Raises:
        SecretError: There is none, or no keyring that answers in time.
    """
    entry = found(account, limit=limit)
    if not entry:
        raise SecretError(
            f"The keyring has no password for the account “{account}”.",
            hint=f"Put it there: keyring set {SERVICE} {account}",
            field="password",
        )
    return entry


def found(user: str, *, limit: timedelta) -> str | None:
    """Return what is kept for ``user``, if anything.

    Raises:
        SecretError: No keyring answers in time.
    """
    outcome = attempt(limit, lambda: _backend().get_password(SERVICE, user))
    _raise_what_went_wrong(outcome.error, limit=limit)
    return outcome.result()


def set_password(account: str, secret: str, *, limit: timedelta) -> None:
    """Keep ``secret`` for ``account``.

    Raises:
        SecretError: No keyring takes it in time. The text is ours alone, since
            that of a back end might repeat what it was given.
    """
    outcome = attempt(limit, lambda: _backend().set_password(SERVICE, account, secret))
    _raise_what_went_wrong(outcome.error, limit=limit)


def forget(user: str, *, limit: timedelta) -> None:
    """Keep nothing for ``user`` any more; fine where nothing was.

    Raises:
        SecretError: No keyring answers in time.
    """
    outcome = attempt(limit, lambda: _forget(_backend(), user))
    _raise_what_went_wrong(outcome.error, limit=limit)


def _forget(backend: "KeyringBackend", user: str) -> None:
    if backend.get_password(SERVICE, user) is not None:
        backend.delete_password(SERVICE, user)


def _backend() -> "KeyringBackend":
    import keyring  # noqa: PLC0415 - 200 ms that most runs do not need

    current = keyring.get_keyring()
    chained: Iterable[KeyringBackend] = getattr(current, "backends", ())
    for backend in (current, *chained):
        if _full_name(type(backend)) in ALLOWED_BACKENDS:
            return backend
    raise SecretError(
        "There is no desktop keyring here that tuimail can use.",
        hint=OTHER_WAYS,
        field="password",
    )


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _raise_what_went_wrong(error: BaseException | None, *, limit: timedelta) -> None:
    """Raise our own error for whatever a back end raised; never its text."""
    if error is None:
        return
    if isinstance(error, SecretError):
        raise error
    if isinstance(error, TimeoutError):
        raise _failed(
            f"did not answer within {limit.total_seconds():g} seconds",
            hint=f"Unlock it, then try again. {OTHER_WAYS}",
        )
    from keyring.errors import KeyringLocked  # noqa: PLC0415 - as above

    if isinstance(error, KeyringLocked):
        raise _failed(
            "is locked, and was not unlocked", hint="Unlock it, then try again."
        )
    raise _failed("does not work", hint=OTHER_WAYS)


def _failed(what: str, *, hint: str) -> SecretError:
    return SecretError(
        f"The keyring of this machine {what}.", hint=hint, field="password"
    )
