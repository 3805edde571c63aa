"""Access tokens of an account: kept while they are good, refreshed by one at a time.

Both the refresh token and the last access token are in the keyring, so that all
processes find them; where the refresh token is in a file, each process gets an
access token of its own. The one rule kept here: who wants to
refresh waits for the lock first and then looks whether somebody else just has. A
service may make a refresh token useless with its first use (RFC 6749 §6), so
that two at once would lock the account out.

Every function may block: callers on an event loop use a worker thread.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError, SecretError, TemporarySecretError
from tuimail.settings import keyrings
from tuimail.settings.files import exclusively
from tuimail.settings.oauth import OAuth
from tuimail.settings.refresh_tokens import (
    forget_refresh_token,
    is_in_a_file,
    keep_refresh_token,
    refresh_token,
)
from tuimail.settings.secrets import LIMIT
from tuimail.settings.token_service import Granted, refresh

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


class Tokens:
    """The tokens of one account, as one process holds them.

    Args:
        account: Its name, which is the user in the keyring.
        oauth: Whom to ask.
        folder: Where the lock is; the same for all who use the account.
        now: The clock.
        client_secret: Reads what the service wants beside the client's id.
        ask: Asks the service.
        limit: How long the keyring may take, and the service as well.
    """

    def __init__(
        self,
        account: str,
        oauth: OAuth,
        *,
        folder: Path,
        now: Callable[[], datetime],
        client_secret: Callable[[], str | None] = lambda: None,
        ask: Callable[..., Granted] = refresh,
        limit: timedelta = LIMIT,
    ) -> None:
        self._account = account
        self._oauth = oauth
        self._folder = folder
        self._now = now
        self._client_secret = client_secret
        self._ask = ask
        self._limit = limit
        self._held: AccessToken | None = None
        self._unsaved = ""

    def current(self) -> str:
        """Return a token that is good by its date.

        Raises:
            TemporarySecretError: None can be had right now.
            SecretError: None will be had before a person acts.
        """
        held = self._held
        if held is None or not held.is_good(self._now()):
            held = self._refreshed(AccessToken.is_good)
        return held.text

    def renewed(self) -> str:
        """Return another token than one that was refused in spite of its date.

        Raises as ``current`` does.
        """
        return self._refreshed(AccessToken.is_fresh).text

    def _refreshed(
        self, will_do: Callable[[AccessToken, datetime], bool]
    ) -> AccessToken:
        with self._alone():
            kept = self._kept()
            if kept is None or not will_do(kept, self._now()):
                kept = self._got()
            self._held = kept
            return kept

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else ask meanwhile, in this process or another."""
        patience = 3 * self._limit.total_seconds()
        try:
            with exclusively(self._folder / f"oauth-{self._account}", seconds=patience):
                yield
        except SecretError:
            raise
        except ConfigurationError as error:
            raise TemporarySecretError(
                str(error), hint=error.hint, field="password"
            ) from None

    def _got(self) -> AccessToken:
        granted = self._ask(
            self._oauth,
            account=self._account,
            refresh_token=self._refresh_token(),
            client_secret=self._client_secret() or "",
            limit=self._limit,
        )
        if granted.refresh_token:
            self._unsaved = granted.refresh_token
            self._save_refresh_token()
        now = self._now()
        token = AccessToken(
            text=granted.access_token, got_at=now, ends_at=now + granted.life
        )
        self._keep(token)
        return token

    def _refresh_token(self) -> str:
        if self._unsaved:
            self._save_refresh_token()
        return refresh_token(self._account, self._oauth, limit=self._limit)

    def _save_refresh_token(self) -> None:
        """Keep a new refresh token before anything else is done.

        The old one may be useless by now. Where its place refuses, the new one
        is held in memory for as long as this process lives.
        """
        keep_refresh_token(self._account, self._oauth, self._unsaved, limit=self._limit)
        self._unsaved = ""

    def _kept(self) -> AccessToken | None:
        """Return the newest token there is, whoever got it."""
        kept = None if is_in_a_file(self._oauth) else self._kept_by_others()
        tokens = [one for one in (self._held, kept) if one is not None]
        return max(tokens, key=lambda one: one.got_at, default=None)

    def _kept_by_others(self) -> AccessToken | None:
        return _parsed(
            keyrings.found(
                keyrings.access_token_entry(self._account), limit=self._limit
            )
        )

    def _keep(self, token: AccessToken) -> None:
        """Let others find it, where the keyring has room for it (Windows: 2.5 kB).

        Without a keyring each process gets its own: no file has an access token.
        """
        if is_in_a_file(self._oauth):
            return
        content = {
            "token": token.text,
            "got_at": token.got_at.isoformat(),
            "ends_at": token.ends_at.isoformat(),
        }
        with suppress(SecretError):
            keyrings.set_password(
                keyrings.access_token_entry(self._account),
                json.dumps(content),
                limit=self._limit,
            )


def forget_tokens(account: str, oauth: OAuth, *, limit: timedelta = LIMIT) -> None:
    """Keep neither token of ``account`` any more; fine where there was none.

    Raises:
        SecretError: One of them stays.
    """
    forget_refresh_token(account, oauth, limit=limit)
    if not is_in_a_file(oauth):
        keyrings.forget(keyrings.access_token_entry(account), limit=limit)


def _parsed(content: str | None) -> AccessToken | None:
    """Return the token that was kept; None for what nobody of us wrote."""
    try:
        found: dict[str, str] = json.loads(content or "{}")
        token = AccessToken(
            text="" + found["token"],
            got_at=datetime.fromisoformat(found["got_at"]),
            ends_at=datetime.fromisoformat(found["ends_at"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return token if token.got_at.tzinfo and token.ends_at.tzinfo else None
