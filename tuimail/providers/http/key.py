"""The account's key or token, and what a 401 says about it.

A mail's bytes can be handed out once an attempt, so that a token which is refused
after them is renewed for the next one.
"""

import asyncio
import hashlib

from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt
from tuimail.providers.base import ProviderAccount
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.secrets import NO_KEY, secret_from


class Key:
    """Read anew for each request; nothing is kept but a digest of the last token."""

    def __init__(self, account: ProviderAccount) -> None:
        self._account = account
        self._freshest = ""
        self._renewing = asyncio.Lock()

    async def read(self) -> str:
        """Return the key, which can stand in a header.

        Raises:
            NotConnectedError: It cannot be read, or not now; or there is none.
        """
        return _checked(await secret_from(self._account.secret, missing=NO_KEY))

    async def is_renewed(self, refused: str) -> bool:
        """Get a fresh token in the place of one that was refused with 401.

        Returns:
            Whether another attempt is worth it: not where the key is no token,
            nor where the one that was refused was fresh already.

        Raises:
            NotConnectedError: A fresh one cannot be had, or not now.
        """
        renew = self._account.renew_secret
        async with self._renewing:
            if renew is None or _digest(refused) == self._freshest:
                return False
            if await self.read() != refused:
                return True  # somebody else has renewed it meanwhile
            fresh = _checked(await secret_from(renew, missing=NO_KEY))
            self._freshest = _digest(fresh)
            return fresh != refused

    def was_taken(self) -> None:
        """Learn that the key is good; when it is refused later, it has run out."""
        self._freshest = ""


def _checked(key: str) -> str:
    if key.isascii() and key.isprintable() and key == key.strip():
        return key
    raise NotConnectedError(
        Receipt(
            stage=Stage.AUTH,
            text="The key of the account has characters that no key has, such as a "
            "space at its end.",
        ),
        fault=AccountFault.SECRET,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
