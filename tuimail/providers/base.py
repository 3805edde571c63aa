"""What a provider is: the one interface between the sender and a way out.

A provider answers for each recipient with a value, never sees the database,
and calls ``point_of_no_return`` before the step that cannot be taken back.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, runtime_checkable

from tuimail.core.draft import Draft, check_idempotency_key
from tuimail.core.message import Envelope
from tuimail.core.submission import AccountFault, Verdicts
from tuimail.core.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do, whatever the account."""

    is_idempotent: bool = False
    """Sending twice under one idempotency key delivers once."""
    key_life: timedelta = timedelta(hours=24)
    """So long the provider remembers a key, counted from its first use."""
    can_look_up: bool = False
    """It can be asked later whether it took a message: it has ``look_up``."""
    is_pipelined: bool = False
    """It makes use of one job more than there are connections, for each."""
    derivation: str = ""
    """Names the rules by which something else is made from the message's bytes,
    for a service that does not take them as they are; empty where it does. Part of
    what an approval is bound to: changed rules need a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """How many connections an account may keep, and for how much."""

    connections: int = 4
    """At the same time, 1 or more."""
    messages: int = 100
    """Through one connection, before a new one takes its place."""
    idle: timedelta = timedelta(seconds=30)
    """So long a connection without work is kept open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """Everything a provider may know about the account it sends for."""

    name: str
    options: Mapping[str, str | int | bool]
    """The provider's own settings, as in ``accounts.toml``, without secrets."""
    secret: Callable[[], str | None]
    """Reads the password when called, None where the account has none.

    Asked at connect, in a worker thread, and never kept.

    Raises SecretError where it is configured but cannot be read.
    """
    renew_secret: Callable[[], str | None] | None = None
    """Gets a fresh access token though the last one seems to be good; None where
    the secret is a password. Raises as ``secret`` does."""
    limits: ConnectionLimits = ConnectionLimits()
    progress: Callable[[str], None] = lambda _stage: None
    """Told by ``check`` each stage as it is reached, as ``SendJob.progress`` is by
    ``submit``. Cheap, never raises."""


class PointOfNoReturn(Protocol):
    """Marks an attempt as one that may have left."""

    async def __call__(self, handle: str = "") -> None:
        """Make it durable, with what the provider can be asked by later.

        Args:
            handle: The provider's own word for this attempt, such as the address
                of an upload; comes back in ``LookUp``. Never a credential.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SendJob:
    """One attempt, as the provider sees it."""

    submission_id: str
    message_id: str
    envelope: Envelope
    """Only the recipients that this attempt is for."""
    size_bytes: int
    idempotency_key: str
    """The same for every attempt of a submission."""
    pieces: Callable[[], AsyncIterator[bytes]]
    """Yields the message's bytes in order; each yielded piece is hashed.

    May be called once an attempt.
    """
    point_of_no_return: "PointOfNoReturn"
    """To be awaited after the last piece was handed out and before the step
    that cannot be taken back: for SMTP, the final dot.

    Raises an exception that the provider lets through, when the bytes handed
    out are not those that were approved, the submission was cancelled
    meanwhile, or the disk failed; the connection must then be dropped.
    """
    progress: Callable[[str], None] = lambda _stage: None
    """Told each stage as it is reached, for people who watch: ``resolved`` (the
    name has an address), ``connected``, ``tls``, ``auth``, ``mail``, ``rcpt``,
    ``data354``, ``mid_body``, ``dot.written``, ``reply.read``. Cheap, never
    raises."""
    rules: str = ""
    """The rules that the approval is bound to, where a provider makes something else
    of the message; empty where nobody says. Who reads them anew hands on nothing by
    any other (``DigestMismatchError``)."""

    def __post_init__(self) -> None:
        check_idempotency_key(self.idempotency_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """A question to the provider about an attempt whose answer never came."""

    submission_id: str
    message_id: str
    envelope: Envelope
    """Those whose fate is not known."""
    idempotency_key: str
    committed_at: datetime
    """When the step was about to be taken that cannot be taken back."""
    handle: str = ""
    """What the provider named at that point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCheck:
    """What ``check`` found, without sending anything."""

    ok: bool
    endpoint: str
    """Where it connected, e.g. ``smtp.example.org:465``."""
    latency_ms: int = 0
    capabilities: tuple[str, ...] = ()
    """What the server offers, in its own words."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """What the server states, e.g. ``size_bytes``."""
    fault: AccountFault | None = None
    error: str = ""
    """What the server said, word for word, or what failed; untrusted."""
    hint: str = ""


class Provider(Protocol):
    """Code that submits through one service; made for one account."""

    capabilities: ClassVar[Capabilities]

    def __init__(self, account: ProviderAccount) -> None:
        """Check the options; raises ConfigurationError, touches no network."""
        ...

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Raise UnsupportedFeatureError for what this way out cannot say."""
        ...

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once; anticipated results are values, never exceptions."""
        ...

    async def check(self) -> AccountCheck:
        """Log in and say what the account can do, without sending."""
        ...

    async def close(self) -> None:
        """Close what is kept open."""
        ...


@runtime_checkable
class Derives(Protocol):
    """What a provider has beside, whose ``capabilities.derivation`` is not empty."""

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return exactly what is handed on in the place of ``content``.

        Pure, and without anything secret: a person is shown it before approving.
        """
        ...


@runtime_checkable
class LooksUp(Protocol):
    """What a provider has beside, whose ``capabilities.can_look_up``."""

    async def look_up(self, question: LookUp) -> Verdicts | None:
        """Return what its own record says; None while that proves nothing.

        A verdict of *deferred* says that it certainly was not taken.
        """
        ...


@runtime_checkable
class DerivesBySettings(Protocol):
    """What a provider has beside, whose rules are in the settings of an account."""

    @classmethod
    def rules(cls, given: Mapping[str, str | int | bool]) -> str:
        """Return what stands in the place of ``capabilities.derivation``.

        Never raises: settings that are of no use are refused elsewhere.
        """
        ...
