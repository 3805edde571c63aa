"""The account's secret, as a provider gets it: when it is wanted, in a thread."""

from collections.abc import Callable
from typing import Final

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.threads import in_a_thread

NO_PASSWORD: Final = "The account has a user name, but no password."  # noqa: S105
NO_KEY: Final = (
    "The account has no key or token. Write where it is: "
    'password = "keyring:", "env:NAME" or "file:PATH".'
)


async def secret_from(
    read: Callable[[], str | None], *, missing: str = NO_PASSWORD
) -> str:
    """Return the password or token; asked for each time, and before connecting.

    A keyring may wait for a person, and a server does not; nor does a program that
    ends.

    Args:
        read: Blocks.
        missing: What to say where there is none.

    Raises:
        NotConnectedError: It cannot be read, or not now; or there is none.
    """
    try:
        secret = await in_a_thread(read, name="secret")
    except TemporarySecretError as error:
        raise NotConnectedError(_receipt(f"{error} {error.hint}")) from None
    except SecretError as error:
        raise _no_secret(f"{error} {error.hint}") from None
    if not secret:
        raise _no_secret(missing)
    return secret


def _receipt(text: str) -> Receipt:
    return Receipt(stage=Stage.AUTH, text=text.strip())


def _no_secret(text: str) -> NotConnectedError:
    return NotConnectedError(_receipt(text), fault=AccountFault.SECRET)
