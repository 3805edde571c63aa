"""Access tokens, and the keyring in which all processes find them.

Each is kept beside a digest of the refresh token that it was got with: what was
got with another one is not the account's any more.

Every function but the pure ones may block for as long as its time limit.
"""

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.secrets import LIMIT

MARGIN: Final = timedelta(minutes=2)
"""A token that ends sooner is not begun with."""
JUST_NOW: Final = timedelta(minutes=1)
"""A token that was got so long ago is as fresh as another would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a service takes instead of a password, for a while."""

    text: str = field(repr=False)
    got_at: datetime
    ends_at: datetime

    def is_good(self, now: datetime) -> bool:
        """Return whether it lasts long enough to begin with.

        One from the future was got before the clock was put right.
        """
        life = self.ends_at - self.got_at
        return self.got_at <= now < self.ends_at - min(MARGIN, life / 2)

    def is_fresh(self, now: datetime) -> bool:
        """Return whether it was got just now."""
        return timedelta(0) <= now - self.got_at < JUST_NOW


def kept_access_token(
    account: str, refresh_token: str, *, limit: timedelta = LIMIT
) -> AccessToken | None:
    """Return what was kept beside ``refresh_token``, whoever got it.

    Raises:
        SecretError: No keyring answers in time.
    """
    entry = keyrings.access_token_entry(account)
    return _parsed(keyrings.found(entry, limit=limit), _digest(refresh_token))


def keep_access_token(
    account: str, token: AccessToken, refresh_token: str, *, limit: timedelta = LIMIT
) -> None:
    """Let others find it, where the keyring has room for it (Windows: 2.5 kB)."""
    content = {
        "token": token.text,
        "got_at": token.got_at.isoformat(),
        "ends_at": token.ends_at.isoformat(),
        "of": _digest(refresh_token),
    }
    with suppress(SecretError):
        keyrings.set_password(
            keyrings.access_token_entry(account), json.dumps(content), limit=limit
        )


def forget_access_token(account: str, *, limit: timedelta = LIMIT) -> None:
    """Keep it no more; fine where there was none.

    Raises:
        SecretError: It stays.
    """
    keyrings.forget(keyrings.access_token_entry(account), limit=limit)


def _parsed(content: str | None, digest: str) -> AccessToken | None:
    """Return the token that was kept; None for what nobody of us wrote."""
    try:
        found: dict[str, str] = json.loads(content or "{}")
        token = AccessToken(
            text="" + found["token"],
            got_at=datetime.fromisoformat(found["got_at"]),
            ends_at=datetime.fromisoformat(found["ends_at"]),
        )
        is_ours = found["of"] == digest
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_whole = is_ours and token.got_at.tzinfo and token.ends_at.tzinfo
    return token if is_whole else None


def _digest(refresh_token: str) -> str:
    return hashlib.sha256(refresh_token.encode()).hexdigest()
