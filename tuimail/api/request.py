"""A mail that a program asks for: composed, stored, and waited for.

Everything here is done with the workspace of the thread that owns it, as the
owner's own program that has no terminal: nothing goes further than that may.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from tuimail.api.kinds import require_text, require_yes_or_no, wrong
from tuimail.api.message import Message, MessageFields, mailboxes
from tuimail.api.record import result_of
from tuimail.api.result import Result, refused
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft, check_idempotency_key, require_recipient
from tuimail.core.lines import check_line
from tuimail.core.origin import AGENT_PREFIX
from tuimail.errors import (
    AddressError,
    ConfigurationError,
    FieldError,
    NotFoundError,
    TuimailError,
    UsageError,
)

if TYPE_CHECKING:
    from tuimail.api.account import Account
    from tuimail.workspace.fields import Fields
    from tuimail.workspace.views import Row
    from tuimail.workspace.workspace import Workspace

LONGEST_NAME: Final = 64
_DECIDED: Final = frozenset(
    {"approved", "cancelled", "discarded", "draft", "dry_run", "error", "partial"}
    | {"queued", "rejected", "sent", "unknown"}
)
"""Statuses in which nothing more comes of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a mail is to leave."""

    key: str = ""
    at: datetime | None = None
    is_dry_run: bool = False
    wait: float = 0.0

    def __post_init__(self) -> None:
        _check(self.key, self.at)
        require_yes_or_no("dry_run", self.is_dry_run)

    @property
    def sends(self) -> bool:
        """Whether this process sends while it waits, if nobody else does."""
        return not self.is_dry_run

    def begin(self, workspace: "Workspace", fields: "Fields") -> "Row":
        """Store the mail and let it leave, or only store it."""
        draft = _composed(workspace, fields)
        if self.is_dry_run:
            return workspace.drafts.dry_run(draft)
        return workspace.outbox.send_new(draft, key=self.key, at=self.at)

    def look(
        self, workspace: "Workspace", draft_id: str, *, left: float, is_over: bool
    ) -> Result | None:
        """Return how it stands, where no verdict comes in the seconds left."""
        row = workspace.drafts.row(draft_id)
        if not is_over and _is_coming(row, workspace, left):
            return None
        return result_of(workspace.drafts.page(draft_id), with_bcc=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How a mail is handed in, for somebody to decide about."""

    key: str = ""
    note: str = ""
    revises: str = ""
    actor: str = ""
    wait: float = 0.0
    sends: bool = False

    def __post_init__(self) -> None:
        _check(self.key, None)
        for name in ("note", "revises", "actor"):
            require_text(name, getattr(self, name))
        _check_actor(self.actor)

    def begin(self, workspace: "Workspace", fields: "Fields") -> "Row":
        """Store the mail for review."""
        with workspace.acting_as(self.actor or workspace.actor, door="api"):
            return workspace.drafts.submit(
                _composed(workspace, fields),
                key=self.key,
                note=self.note,
                revises=self._revised(workspace),
            )

    def look(
        self, workspace: "Workspace", draft_id: str, *, left: float, is_over: bool
    ) -> Result | None:
        """Return how it stands, once somebody decided or the time is over."""
        is_waiting = workspace.drafts.row(draft_id).status not in _DECIDED
        if is_waiting and not is_over and left > 0:
            return None
        page = workspace.drafts.page(draft_id)
        return result_of(page, with_bcc=True, is_for_review=True)

    def _revised(self, workspace: "Workspace") -> str:
        if not self.revises:
            return ""
        try:
            found = workspace.drafts.resolve(self.revises)
        except (NotFoundError, UsageError) as error:
            error.field = "revises"
            raise
        return workspace.handing_in.own(found).id


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How somebody waits for a mail that is there already."""

    wait: float
    sends: bool = False
    """Whether it is tried again now: then a later try is not waited for."""

    def look(
        self, workspace: "Workspace", draft_id: str, *, left: float, is_over: bool
    ) -> Result | None:
        """Return how it stands, once nothing more comes or the time is over."""
        row = workspace.drafts.row(draft_id)
        may_come = (
            _is_coming(row, workspace, left)
            if self.sends
            else row.status not in _DECIDED and left > 0
        )
        if may_come and not is_over:
            return None
        return result_of(workspace.drafts.page(draft_id))


Plan = Sending | Submission
Look = Sending | Submission | Waiting


@dataclass(frozen=True, slots=True)
class Order:
    """One mail that somebody waits for, as the worker looks after it."""

    plan: Look
    draft_id: str
    until: float

    def __call__(self, workspace: "Workspace", *, is_over: bool) -> Result | None:
        """Return how it stands, or None to be asked again."""
        left = self.until - monotonic()
        return self.plan.look(workspace, self.draft_id, left=left, is_over=is_over)


class Silence:
    """What stops a mail, as a result where that was asked for.

    ``with Silence(…) as silence: return …`` and, after it, ``return
    silence.result``.
    """

    def __init__(
        self, message: Message | None, fields: MessageFields, *, is_silent: bool
    ) -> None:
        require_yes_or_no("fail_silently", is_silent)
        self._said = (message, fields)
        self._is_silent = is_silent
        self.result: Result = refused(TuimailError("Nothing was asked for."), ())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: object, error: BaseException | None, _where: object
    ) -> bool:
        if not (self._is_silent and isinstance(error, TuimailError)):
            return False
        self.result = refused(error, addresses_of(*self._said))
        return True


def message_of(message: Message | None, fields: MessageFields) -> Message:
    """Return the message that was said, with the fields said beside it.

    Raises:
        FieldError: A value is of a kind that its field cannot have.
    """
    if message is None:
        return Message(**fields)
    if not isinstance(message, Message):
        raise wrong("message", message, "a Message")
    return replace(message, **fields) if fields else message


def addresses_of(message: Message | None, fields: MessageFields) -> tuple[str, ...]:
    """Return whom a message is for, as far as that can be read."""
    said = (
        fields.get(name, getattr(message, name, ())) for name in ("to", "cc", "bcc")
    )
    found = (one for part in said for one in _readable(part))
    return tuple(dict.fromkeys(map(_without_name, found)))


def name_of(account: "str | Account | None") -> str:
    """Return the name by which the workspace knows an account; empty for its own.

    Raises:
        ConfigurationError: It is an account that only this program knows.
    """
    if account is None or isinstance(account, str):
        return account or ""
    if not hasattr(account, "known_as"):
        raise wrong("account", account, "a name, an Account or None")
    if account.known_as:
        return account.known_as
    raise ConfigurationError(
        "A workspace sends through accounts that it knows by name.",
        hint="Add it: tuimail accounts add; or send with workspace=None.",
        field="account",
    )


def _readable(said: object) -> tuple[str, ...]:
    """Return the mailboxes in what may be anything."""
    if isinstance(said, str):
        return mailboxes(said)
    items = said if isinstance(said, list | tuple) else ()
    return mailboxes([one for one in items if isinstance(one, str)])


def _is_coming(row: "Row", workspace: "Workspace", seconds: float) -> bool:
    """Whether a verdict may come in so many seconds: not for what is planned later.

    Nor for what was deferred, unless it is due now; each of its tries is a verdict.
    """
    if row.status == "sending":
        return True
    now = workspace.clock.now()
    latest = now + timedelta(seconds=max(seconds, 0))
    until = {"ready": latest, "deferred": now}.get(row.status)
    return until is not None and row.due_at is not None and row.due_at <= until


def _composed(workspace: "Workspace", fields: "Fields") -> Draft:
    draft = workspace.drafts.compose(fields)
    return require_recipient(draft, hint='Name a recipient: to="name@example.org".')


def _check(key: str, at: datetime | None) -> None:
    require_text("idempotency_key", key)
    if key:
        check_idempotency_key(key)
    require_moment(at)


def require_moment(at: datetime | None) -> None:
    """Refuse what is no time, or a time that each machine reads in its own way.

    Raises:
        FieldError: It is.
    """
    if not isinstance(at, datetime | None):
        raise wrong("at", at, "a datetime with a time zone, or None")
    if at is not None and at.tzinfo is None:
        raise FieldError(
            "The field at is a time without a zone.",
            hint="Say which: datetime(…, tzinfo=UTC), or datetime.now().astimezone().",
            field="at",
        )


def _check_actor(actor: str) -> None:
    name = actor.removeprefix(AGENT_PREFIX)
    check_line(name, field="actor", what="The name of the agent")
    is_one = actor.startswith(AGENT_PREFIX) and name.strip()
    if actor and (not is_one or len(name) > LONGEST_NAME):
        raise FieldError(
            f"The actor {actor[:LONGEST_NAME]!r} is no agent with a name of up to "
            f"{LONGEST_NAME} characters.",
            hint='Write actor="agent:NAME", or leave it out to hand in as yourself.',
            field="actor",
        )


def _without_name(text: str) -> str:
    try:
        return parse_address(text, field="to").text
    except AddressError:
        return text
