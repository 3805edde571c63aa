"""Rows and pages for faces, with the actions now allowed.

Values only: a face shows them and asks the workspace to act.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tuimail.core.origin import Origin
from tuimail.core.values import dataclass, field

if TYPE_CHECKING:
    from tuimail.core.decision import Comment
    from tuimail.core.draft import Draft
    from tuimail.core.finding import Finding
    from tuimail.core.message import Role
    from tuimail.core.submission import Attempt, Receipt, RecipientState

DRAFT_STATUSES: Final = frozenset({"draft", "dry_run", "rejected"})
"""Mail that its author has; thrown away mail is not among it."""
REVIEW_STATUSES: Final = frozenset({"review", "approved"})
"""Mail that waits for a person to decide, or to release it."""
OUTBOX_STATUSES: Final = frozenset(
    {"ready", "held", "sending", "deferred", "unknown", "error"}
)
"""Mail that was released and did not leave, or may not have."""
SENT_STATUSES: Final = frozenset({"sent", "queued", "partial"})
"""Mail that a provider took, for some at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What became of one copy, as another server reports; nothing of it is proven."""

    id: str
    action: str
    """``delivered``, ``failed``, ``delayed``, ``relayed`` or ``expanded``."""
    status: str
    """Enhanced status code (RFC 3463), or empty."""
    reply: str
    """What the last server said, on one line; untrusted."""
    server: str
    """Which server that was; untrusted."""
    at: datetime
    """When the report was handed in."""
    suggested: bool
    """Whether nobody reads mail there, so that the address had better get none;
    false once it gets none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientView:
    """One recipient and what is known about it."""

    role: "Role"
    address: str
    name: str
    state: "RecipientState"
    reason: str
    """Plain sentence, or empty while there is nothing to say."""
    receipt: "Receipt"
    reports: tuple[ReportView, ...] = ()
    """What other servers reported later, oldest first; changes no ``state``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mail in a list. Never has Bcc recipients, not even their number."""

    id: str
    status: str
    """One of the sixteen words of the docs."""
    revision: int
    subject: str
    sender: str
    to: tuple[str, ...]
    """To and Cc addresses, without names."""
    name: str = ""
    """Of the first of them, as the mail has it; empty where it has none."""
    account: str
    origin: Origin
    updated_at: datetime
    due_at: datetime | None
    """When it is tried next, or leaves; None where nothing is planned."""
    undo_until: datetime | None
    """End of the undo window while it runs."""
    gives_up_at: datetime | None
    """When it stops being tried, while it still is."""
    expires_at: datetime | None
    """When it is of no use any more, as its author says."""
    sent_at: datetime | None
    reason: str
    """Why it waits or failed: one plain sentence with the server's words."""
    is_late: bool
    """Whether it has been tried in vain for hours."""
    worst_finding: str
    """Severity of the worst finding of the newest revision, or empty."""
    finding_count: int
    attachment_count: int
    attempts: int
    assigned: str
    """Name of the reviewer who is asked to decide, or empty: anybody."""
    actions: frozenset[str]
    """What may be done now: approve, reject, edit, release, discard, retry,
    cancel, undo, hold, resume, confirm, give_up, request_changes, reroute,
    assign, plan, hurry, inquire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer said about one revision."""

    revision: int
    verdict: str
    """``approved``, ``rejected`` or ``changes_requested``."""
    actor: str
    reason: str
    at: datetime
    role: str = "owner"
    """``reviewer`` who gave a PIN, ``owner`` of the workspace, or a ``rule``."""
    codes: tuple[str, ...] = ()
    """Of ``core.decision.Code``."""
    comments: "tuple[Comment, ...]" = ()
    overruled: tuple[str, ...] = ()
    """Codes of the findings of level block that were seen and overruled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the policy asks for what it asks."""

    rule: str
    """Name of the rule, or of the part of the policy."""
    text: str
    """One sentence; may quote the mail, so it is shown as untrusted text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What it takes for a mail to be approved, and how far that is."""

    needed: int
    """How many people have to approve it; one where nothing asks for more."""
    given: tuple[Decision, ...]
    """What was approved and counts: for this very revision, by different people,
    none of them its author, and not too long ago."""
    to_type: str
    """The word by which one person overrules findings of level block; empty where
    there are none. Who does not type it needs a second person."""
    reasons: tuple[Reason, ...]
    """What of the policy asks for this."""
    blocked: str
    """Why nobody can approve it, in one sentence, or empty."""
    problem: str
    """Why the policy cannot be read, so that only people let mail leave; or
    empty."""
    expires_at: datetime | None
    """When the approval in force runs out; None where there is none, or it stays."""
    assigned: str
    reviewers: tuple[str, ...]
    """Names of those who may decide about what others wrote, each with a PIN;
    empty where the owner of the workspace does."""
    unread: tuple[str, ...] = ()
    """What the policy has read to its end first, and nobody did: ``the HTML``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Warnings of one code that a reviewer let stand."""

    code: str
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier mail that this one repeats or takes the place of, and its fate."""

    draft_id: str
    why: str
    """``revises``, as its author says, or ``duplicate``, as a check found."""
    decision: Decision | None
    """The newest about it; None where nobody decided."""
    draft: "Draft"
    """What it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One step in the life of a mail."""

    number: int
    at: datetime
    actor: str
    event: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything about one mail, Bcc included; the face hides what it must."""

    row: Row
    draft: "Draft"
    message_id: str
    message_digest: str
    release_digest: str
    """Digest over bytes, envelope and account; empty while it cannot be sent."""
    size_bytes: int
    not_composable: str
    """Why the draft cannot become a message yet, or empty."""
    created_at: datetime
    findings: "tuple[Finding, ...]"
    recipients: tuple[RecipientView, ...]
    attempts: "tuple[Attempt, ...]"
    """Of the newest submission."""
    earlier_attempts: "tuple[Attempt, ...]"
    """Of the submissions before it, which were withdrawn or rerouted."""
    decisions: tuple[Decision, ...]
    provider: str
    provider_message_id: str
    previous: "Draft | None"
    """The revision before this one, to compare with."""
    first: "Draft | None"
    """What its author wrote first; None where this is still that."""
    edited: "Draft | None"
    """What its author wrote last; None where nobody else changed it since."""
    answered: "Draft | None"
    """The mail of ours that it answers, where there is one."""
    earlier_decision: Earlier | None
    """The mail that it repeats or takes the place of."""
    standing: Standing
    note: str = ""
    """What its author said about the newest revision; about the first, the origin
    has it."""
    accepted: tuple[Accepted, ...] = ()
    """Warnings about the newest revision that somebody let stand."""

    @property
    def is_sayable(self) -> bool:
        """Whether the provider can do what it asks for; else nothing lets it leave."""
        from tuimail.core.finding import UNSUPPORTED  # noqa: PLC0415 - not for lists

        return all(one.code != UNSUPPORTED for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """Somebody that mail can be from."""

    account: str
    address: str
    """Without the name."""
    name: str
    signature: str
    """Put under the text; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One revision in the list of all that a draft has."""

    number: int
    author: str
    created_at: datetime
    subject: str
    size_bytes: int | None
    """Of the message; None while it cannot become one."""
    finding_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who decides, and the PIN that only they know."""

    name: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """What became of several mails that were decided about one by one."""

    rows: tuple[Row, ...]
    refused: Mapping[str, str]
    """Ids of those with which nothing was done, each with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Mails of one kind that one person approves together, each for itself."""

    kind: str
    """What they have in common, in one line."""
    rows: tuple[Row, ...]
    digests: tuple[str, ...]
    """The release digest of each row, as it was looked at."""
    refused: Mapping[str, str]
    """Ids of the others, each with the reason why it cannot go along."""


class Fate(StrEnum):
    """What a person says about mail whose fate is not known."""

    ARRIVED = "arrived"
    """They have it: never try again."""
    RESEND = "resend"
    """They do not: the same bytes go out again."""
    GIVE_UP = "give_up"
    """Let it be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the shell's top line shows."""

    drafts: int
    review: int
    outbox: int
    sent: int
    unknown: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no mail at all."""
        return not (self.drafts or self.review or self.outbox or self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse:
    """One limit of an account, and how much of it is used."""

    name: str
    """As in the settings."""
    limit: int
    """What counts now; a warm-up grows."""
    used: int
    """In the time that it is for; of the fullest where there is one for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account as faces show it; never a secret."""

    name: str
    provider: str
    address: str
    sender_name: str
    is_default: bool
    reply_to: str
    """Where answers go, or empty."""
    identities: tuple[str, ...]
    """Whom it may send as beside its own address."""
    options: Mapping[str, str | int | bool]
    secret: str
    """The reference, e.g. ``keyring:``, never the secret."""
    on_unknown: str
    """``ask`` or ``resend``: what becomes of mail that may have been taken."""
    noninteractive_send: str
    """``allow``, ``review`` or ``block``: mail that is sent without a terminal."""
    connections: int
    """Attempts at the same time."""
    held_reason: str
    """Why the account is held, or empty."""
    held_until: datetime | None
    """When it goes on by itself; None where a person has to resume it."""
    rest_reason: str
    """Why it is left alone for a while though it is not held, or empty."""
    rests_until: datetime | None
    limits: tuple[LimitUse, ...]
    """Those that somebody set, with what counts against them now."""
    problem: str
    """Why it cannot be used as configured, or empty."""
    is_ours: bool
    """Whether it stands in the file that tuimail writes, so that it can be changed
    and removed here."""
    signs_in: bool
    """Whether it gets tokens of a service, and has no password."""
    needs_login: bool
    """Whether it is held because its server refused the login."""
    last_taken_at: datetime | None
    """When its provider took a mail last."""
    taken_today: int
    """Mails that its provider took since midnight here."""
    waiting: int
    """Mails that are to leave through it some day."""
