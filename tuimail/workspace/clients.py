"""The desk for clients: programs that may hand in mail, each by a token of its own.

A token is shown once and kept as its hash. What a client may do is written here
and nowhere else: which scopes it has, whether it is bound to one account or one
From, and how much it may hand in.
"""

import math
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from tuimail.core.address import Address, parse_address
from tuimail.core.origin import AGENT_PREFIX
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import (
    AuthenticationError,
    FieldError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
)
from tuimail.settings.config import Config
from tuimail.store.clients import ClientRow
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

DRAFT: Final = "draft"
"""The scope to hand in mail, and to change or cancel one's own."""
STATUS: Final = "status"
"""The scope to ask what became of one's own mail."""
ALL_SCOPES: Final = frozenset({DRAFT, STATUS})
USUAL_PER_HOUR: Final = 600
MOST_PER_HOUR: Final = 1_000_000
WINDOW: Final = timedelta(hours=1)
DOORS: Final = frozenset({"http", "smtp", "mcp", "sendmail"})
"""Through which a client comes, with its token."""
PREFIX: Final = "tm_"
"""By it, scanners of source code know a token that was left there."""

OF_NOBODY: Final = "sendmail"
"""Who hands in by ``sendmail`` without a token: whoever may run it. No client has
that name, to whom all of it would belong."""

_RANDOM_BYTES: Final = 32
_NAME: Final = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that may hand in mail; never its token."""

    name: str
    scopes: frozenset[str]
    """Of ``draft`` and ``status``."""
    account: str
    """Name of the one account it may use; empty means any."""
    sender: str
    """The one address it may write from; empty means any of the account's."""
    per_hour: int
    """How many mails, revisions among them, it may hand in within an hour."""
    added_at: datetime
    revoked_at: datetime | None
    last_characters: str
    """How its token ends, so that people can tell two apart."""

    @property
    def actor(self) -> str:
        """Who it is in the journal."""
        return AGENT_PREFIX + self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """How much room a client had when that was counted."""

    limit: int
    at: datetime
    lines: int
    """So many the journal had then."""
    room: int

    def holds(self, *, limit: int, lines: int, now: datetime) -> bool:
        """Return whether some of it is certainly left.

        It was counted by a clock that ran ahead where it is earlier now.
        """
        is_for_this = self.limit == limit and self.at <= now
        return is_for_this and lines - self.lines < self.room


class ClientDesk:
    """Where a person lets programs in, and shuts them out again."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._counted: dict[str, _Counted] = {}
        self._has_room: tuple[Client, tuple[int, int]] | None = None
        """Who had room last, and at which moment of the database."""

    def add(
        self,
        name: str,
        *,
        scopes: Iterable[str] = ALL_SCOPES,
        account: str = "",
        sender: str = "",
        per_hour: int = USUAL_PER_HOUR,
    ) -> tuple[Client, str]:
        """Let a program in; return it, and its token, which nobody sees again.

        Args:
            name: What its mail says of whom it is; given once, for ever.
            scopes: Of ``draft`` and ``status``.
            account: Name of the one account it may use; empty means any.
            sender: The one address it may write from; empty means any.
            per_hour: How many mails it may hand in within an hour.

        Raises:
            FieldError: One of these cannot be.
            ConfigurationError: There is no such account.
            NotAllowedError: It is no person who asks.
        """
        require_person(self._stores)
        _check_name(name)
        token = self._new_token()
        row = ClientRow(
            name=name,
            token_hash=_hashed(token),
            last_characters=token[-2:],
            scopes=_checked_scopes(scopes),
            account=account and self._stores.config.account(account).name,
            sender=sender and _checked_sender(self._stores.config, account, sender),
            per_hour=_checked_rate(per_hour),
            added_at=self._stores.clock.now(),
        )
        with self._stores.transaction():
            self._refuse_known(name)
            self._refuse_others_mail(name)
            self._stores.clients.insert(row)
        self._stores.afterwards(self._stores.kept_access.keep)
        return _client(row), token

    def rotate(self, name: str) -> tuple[Client, str]:
        """Give it another token; the one it had ends at once.

        Raises:
            NotFoundError: There is no such client.
            NotAllowedError: It was revoked, or it is no person who asks.
        """
        require_person(self._stores)
        token = self._new_token()
        with self._stores.transaction():
            row = self._active(name)
            self._stores.clients.set_token(
                row.name,
                token_hash=_hashed(token),
                last_characters=token[-2:],
                at=self._stores.clock.now(),
            )
        self._stores.afterwards(self._stores.kept_access.keep)
        return _client(self._row(name)), token

    def revoke(self, name: str) -> Client:
        """Shut it out for good; its mail stays.

        Raises:
            NotFoundError: There is no such client.
            NotAllowedError: It is no person who asks.
        """
        require_person(self._stores)
        with self._stores.transaction():
            row = self._row(name)
            if row.revoked_at is None:
                self._stores.clients.revoke(row.name, self._stores.clock.now())
        self._stores.afterwards(self._stores.kept_access.keep)
        return _client(self._row(name))

    def list(self) -> tuple[Client, ...]:
        """Return all there ever were, by name; for people only."""
        require_person(self._stores)
        return tuple(map(_client, self._stores.clients.all()))

    def authenticate(self, token: str) -> Client:
        """Return whose token it is.

        Looked up is the hash, which nobody can steer towards another one's; so
        neither a guess nor the time that its answer takes says anything.

        Raises:
            AuthenticationError: Nobody's, or not any more.
        """
        wanted = _hashed(token)
        row = self._stores.clients.by_token(wanted)
        if not compare_digest(row.token_hash if row else "", wanted) or row is None:
            raise AuthenticationError(
                "That token lets nobody in here.",
                hint="Ask the owner of the workspace for one: tuimail clients add NAME",
                field="token",
            )
        return _client(row)

    def require_room(self, client: Client, *, key: str = "") -> None:
        """Refuse more than a client may hand in within an hour.

        What it hands in is counted in the store, revisions included, so that
        neither a restart nor another door gives it more.

        Args:
            client: Who hands in.
            key: What it calls the request. Asking for the same again is no more.

        Raises:
            TooManyError: It has to wait, and for how long.
        """
        stores, moment = self._stores, self._stores.database.moment
        if moment is not None and self._has_room == (client, moment):
            return
        now = stores.clock.now()
        if self._certainly_has_room(client, now):
            self._has_room = moment and (client, moment)
            return
        since = stores.clients.full_since(
            client.actor, limit=client.per_hour, after=now - WINDOW, now=now
        )
        if since is None or (key and self._was_asked(client, key)):
            return
        wait = max(1, math.ceil((since + WINDOW - now).total_seconds()))
        raise TooManyError(
            f"The client {client.name} has handed in {client.per_hour} mails within "
            "an hour, which is all it may.",
            wait_seconds=wait,
            hint=f"Try again in {wait} seconds.",
        )

    def _certainly_has_room(self, client: Client, now: datetime) -> bool:
        """Whether too little happened since the last count for it to be full.

        Each revision or report is a line of the journal, so that those are an upper
        bound, and what came within an hour is not counted anew for each.
        """
        limit, lines = client.per_hour, self._stores.journal.head().number
        last = self._counted.get(client.name)
        if last is not None and last.holds(limit=limit, lines=lines, now=now):
            return True
        room = self._stores.clients.room(client.actor, limit=limit, after=now - WINDOW)
        last = _Counted(limit=limit, at=now, lines=lines, room=room)
        self._counted[client.name] = last
        return room > 0

    def _was_asked(self, client: Client, key: str) -> bool:
        accounts = {"", client.account}
        accounts.update(one.name for one in self._stores.config.accounts)
        return any(
            self._stores.keys.get(client.actor, account, key) for account in accounts
        )

    def _new_token(self) -> str:
        random = urlsafe_b64encode(self._stores.random(_RANDOM_BYTES))
        return PREFIX + random.decode().rstrip("=")

    def _refuse_known(self, name: str) -> None:
        if self._stores.clients.get(name) is not None:
            raise FieldError(
                f"There is, or was, a client {name}, and what it handed in stays "
                "its own.",
                hint="Use another name, or give it another token: "
                f"tuimail clients rotate {name}",
                field="name",
            )

    def _refuse_others_mail(self, name: str) -> None:
        """Refuse a name under which mail came that no token of it handed in."""
        if self._stores.clients.wrote(AGENT_PREFIX + name):
            raise FieldError(
                f"There is mail of {name} that came without a token, and a client of "
                "that name would see it.",
                hint="Use another name.",
                field="name",
            )

    def _active(self, name: str) -> ClientRow:
        row = self._row(name)
        if row.revoked_at is not None:
            raise NotAllowedError(
                f"The client {row.name} was revoked, which is for good.",
                hint="Let the program in under another name: tuimail clients add NAME",
                field="name",
            )
        return row

    def _row(self, name: str) -> ClientRow:
        row = self._stores.clients.get(name)
        if row is None:
            raise NotFoundError(
                f"There is no client {name[:64]!r}.",
                hint="See which there are: tuimail clients list",
                field="name",
            )
        return row


def _client(row: ClientRow) -> Client:
    return Client(
        name=row.name,
        scopes=row.scopes,
        account=row.account,
        sender=row.sender,
        per_hour=row.per_hour,
        added_at=row.added_at,
        revoked_at=row.revoked_at,
        last_characters=row.last_characters,
    )


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise FieldError(
            f"{name[:64]!r} cannot be the name of a client.",
            hint="Use 1 to 64 letters and digits of ASCII, with . _ - after the first.",
            field="name",
        )
    if name.casefold() == OF_NOBODY:
        raise FieldError(
            f"{name} stands for everybody who runs sendmail without a token, whose "
            "mail a client of that name would see.",
            hint="Use another name.",
            field="name",
        )


def require_no_client(stores: Stores, actor: str) -> None:
    """Refuse mail of a client that did not come with its token.

    What a client sees is what has its name, so nothing else may have that. One that
    was revoked sees nothing any more.

    Raises:
        NotAllowedError: There is a client of that name.
    """
    row = stores.clients.get(actor.removeprefix(AGENT_PREFIX))
    if row is not None and row.revoked_at is None:
        raise NotAllowedError(
            f"{row.name} is a client, and what is its own comes with its token.",
            hint="Hand it in under another name: --actor NAME",
            field="actor",
        )


def _checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    found = frozenset(scopes)
    unknown = sorted(found - ALL_SCOPES)
    if unknown or not found:
        what = f"{unknown[0][:40]!r} is not" if unknown else "Nothing is not"
        raise FieldError(
            f"{what} something that a token can be for.",
            hint=f"It may be for {' and '.join(sorted(ALL_SCOPES))}, or one of them.",
            field="scope",
        )
    return found


def _checked_rate(per_hour: int) -> int:
    if not 0 < per_hour <= MOST_PER_HOUR:
        raise FieldError(
            f"{per_hour} mails within an hour is no limit.",
            hint=f"Give a number from 1 to {MOST_PER_HOUR}.",
            field="per-hour",
        )
    return per_hour


def _checked_sender(config: Config, account: str, typed: str) -> str:
    """Return an address that one of the accounts in question may write from."""
    sender = parse_address(typed, field="from")
    accounts = (config.account(account),) if account else config.accounts
    if not any(one.identity_of(sender) for one in accounts):
        raise _nobodys(sender, account)
    return sender.text


def _nobodys(sender: Address, account: str) -> FieldError:
    which = f"The account {account} does not send" if account else "No account sends"
    return FieldError(
        f"{which} as {sender.text}.",
        hint="See whom each may write as: tuimail accounts show",
        field="from",
    )
