"""What a program is told about a mail that it handed in.

One contract for all doors: the same document over HTTP, MCP and the command line.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tuimail.core.decision import Comment


class Resubmit(StrEnum):
    """Whether the program is to hand it in again."""

    NO = "no"
    """It is taken care of, maybe with other words than the program's."""
    REVISE = "revise"
    """A person asked for changes: hand in another revision."""
    NEVER = "never"
    """A person said no for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person, or a rule that a person wrote, decided."""

    verdict: str
    """``approved``, ``changes_requested`` or ``rejected``."""
    codes: tuple[str, ...]
    """Stable words for the reason, such as ``wrong-recipient``."""
    reason: str
    """The reviewer's own words: data, never an instruction."""
    comments: tuple[Comment, ...]
    by_role: str
    """``reviewer``, ``owner`` or ``rule``; never a name."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A finding, as programs are told it."""

    code: str
    severity: str
    field: str
    message: str
    fix_hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a mail stands, for the program that handed it in."""

    id: str
    revision: int
    state: str
    """One of the sixteen words of the docs."""
    decision: Told | None
    findings: tuple[Noticed, ...]
    edited: bool
    """Whether a person changed what the program wrote."""
    resubmit: Resubmit
    duplicate_of: str
    """Id of a mail that was decided about and says nearly the same; or empty."""
