"""What an owner can say about mail before it leaves, as values.

What is left out is as if there were no policy: programs are reviewed, people are
not, and nothing is counted. The keys are those of the file; see docs/policy.md.

Pure.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from tuimail.core.policy.action import Action
from tuimail.core.policy.deciding import NoninteractiveSend
from tuimail.core.policy.pattern import Pattern
from tuimail.core.values import dataclass, field, replace

Word = Literal["allow", "review", "block"]
"""What is said about one kind of thing that programs do."""
APPROVAL_TTL: Final = timedelta(hours=72)
SAMPLE: Final = 0.1
"""Of what a rule lets leave, this share is looked at by a person all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where nothing else is said."""

    agents: Literal["review", "block"] = "review"
    humans: Literal["allow", "review"] = "allow"
    noninteractive_send: NoninteractiveSend = "allow"
    """The least strict that any account may be."""
    approval_ttl: timedelta = APPROVAL_TTL
    """How long an approval of what a program handed in waits for its release."""
    four_eyes: bool = False
    """Whether each review takes two people."""
    editor_may_approve: bool = True
    """Whether who changed a program's mail may be one of those who approve it."""
    must_read: bool = False
    """Whether a program's mail is read to its end before anybody approves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much programs may do before a person has to look; None is no limit."""

    agent_per_hour: int | None = None
    """Mails that one program hands in."""
    account_per_day: int | None = None
    """Mails that are released through one account, by whomever."""
    new_recipients_per_day: int | None = None
    """People whom one account writes to for the first time."""
    recipients_per_message: int | None = None
    attachments_mb: int | None = None
    """Millions of bytes of all files of one mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Whom mail may be for."""

    allow: tuple[Pattern, ...] = ()
    """Mail of programs to anybody else is reviewed; none means no such list."""
    block: tuple[Pattern, ...] = ()
    """Nobody sends there, people neither."""
    bcc_by_agents: Word = "review"
    external_bcc: Word = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    """Which files programs may attach."""

    roots: tuple[str, ...] | None = None
    """Folders that they may name files in; None leaves that to their door."""
    types_block: tuple[str, ...] = ()
    """Words of ``kinds.FILE_TYPES``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said about findings in the mail of programs."""

    secrets: Word = "review"
    hidden_text: Word = "review"
    bidi: Word = "review"
    remote_content: Word = "allow"
    link_mismatch: Word = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to do with mail of one kind; all conditions that are given must hold."""

    name: str
    action: Action
    agent: str = ""
    """Name of a client; ``*`` for every program; empty for people as well."""
    account: str = ""
    to_all_in: tuple[Pattern, ...] = ()
    """Every recipient is among these."""
    to_any_in: tuple[Pattern, ...] = ()
    """At least one recipient is."""
    max_recipients: int | None = None
    max_kb: int | None = None
    """Thousands of bytes of the message as it leaves."""
    subject_prefix: str = ""
    no_findings_over: Literal["info", "warning"] | None = None
    attachments: bool | None = None
    """Whether it has files; None for either."""
    per_day: int | None = None
    """So many the rule releases in a day; more are reviewed."""
    expires: date | datetime | None = None
    """Its last day in UTC, or its end; without one a rule releases nothing."""
    sample_review: float = SAMPLE
    """Share of what it would release that a person looks at all the same."""
    must_read: bool = False
    """Whether what it is about is read to its end before anybody approves it."""

    @property
    def findings_limit(self) -> Literal["info", "warning"] | None:
        """The worst finding that it takes: a note, where it releases mail unseen."""
        if self.no_findings_over is None and self.action == "auto":
            return "info"
        return self.no_findings_over

    @property
    def end(self) -> datetime | None:
        """When it does not hold any more, aware; None where it has no end."""
        if self.expires is None or isinstance(self.expires, datetime):
            return self.expires
        return datetime.combine(self.expires, time.max, tzinfo=UTC)

    def is_over(self, now: datetime) -> bool:
        """Return whether it does not hold any more; ``now`` is aware."""
        return self.end is not None and now >= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that one file says."""

    defaults: Defaults = field(default_factory=Defaults)
    limits: Limits = field(default_factory=Limits)
    recipients: Recipients = field(default_factory=Recipients)
    attachments: Attachments = field(default_factory=Attachments)
    content: Content = field(default_factory=Content)
    rules: tuple[Rule, ...] = ()
    """The first that matches counts; no two have the same name."""

    @property
    def releases(self) -> bool:
        """Whether it has a rule that may let mail leave unseen."""
        return any(rule.action == "auto" for rule in self.rules)

    def without_releases(self) -> "Policy":
        """Return the same with every rule that releases mail asking for review."""
        rules = (
            replace(rule, action="review") if rule.action == "auto" else rule
            for rule in self.rules
        )
        return replace(self, rules=tuple(rules))
