"""Access tokens of an account: kept while they are good, refreshed by one at a time.

Both the refresh token and the last access token are in the keyring, so that all
processes find them; where the refresh token is in a file, each process gets an
access token of its own. The one rule kept here: who wants to
refresh waits for the lock first and then looks whether somebody else just has. A
service may make a refresh token useless with its first use (RFC 6749 §6), so
that two at once would lock the account out.

What was got before somebody signed in or out counts for nothing, even where it
is still in memory.

Every function may block: callers on an event loop use a worker thread.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from tuimail.settings.access_tokens import (
    AccessToken,
    keep_access_token,
    kept_access_token,
)
from tuimail.settings.consents import alone, consent
from tuimail.settings.oauth import OAuth
from tuimail.settings.refresh_tokens import (
    is_in_a_file,
    keep_refresh_token,
    refresh_token,
)
from tuimail.settings.secrets import LIMIT
from tuimail.settings.token_service import Granted, refresh


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
        self._consent = ""
        """On what was consented to when the tokens here were got."""
        self._unsaved = ""

    def current(self) -> str:
        """Return a token that is good by its date.

        Raises:
            TemporarySecretError: None can be had right now.
            SecretError: None will be had before a person acts.
        """
        held = self._held if self._stands() else None
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
        with alone(self._account, folder=self._folder, limit=self._limit):
            self._drop_what_ended()
            shown = self._refresh_token()
            kept = self._kept(shown)
            if kept is None or not will_do(kept, self._now()):
                kept = self._got(shown)
            self._held = kept
            return kept

    def _stands(self) -> bool:
        """Return whether nobody signed in or out since the tokens here were got."""
        return self._consent == consent(self._account, folder=self._folder)

    def _drop_what_ended(self) -> None:
        """Hold nothing of an older consent, least of all to save it over a newer."""
        if not self._stands():
            self._held, self._unsaved = None, ""
            self._consent = consent(self._account, folder=self._folder)

    def _got(self, shown: str) -> AccessToken:
        granted = self._ask(
            self._oauth,
            account=self._account,
            refresh_token=shown,
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
        self._keep(token, granted.refresh_token or shown)
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

    def _kept(self, shown: str) -> AccessToken | None:
        """Return the newest token there is, whoever got it."""
        tokens = [one for one in (self._held, self._of_others(shown)) if one]
        return max(tokens, key=lambda one: one.got_at, default=None)

    def _of_others(self, shown: str) -> AccessToken | None:
        if is_in_a_file(self._oauth):
            return None
        return kept_access_token(self._account, shown, limit=self._limit)

    def _keep(self, token: AccessToken, refresh_token: str) -> None:
        """Let others find it; without a keyring each gets its own.

        No file has an access token.
        """
        if not is_in_a_file(self._oauth):
            keep_access_token(self._account, token, refresh_token, limit=self._limit)
