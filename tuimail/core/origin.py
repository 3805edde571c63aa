"""Who wrote a mail, and by which door it came. Pure."""

from typing import Final

from tuimail.core.values import dataclass

AGENT_PREFIX: Final = "agent:"
"""Actors with this prefix hold a client's token; they may hand in, no more."""
PERSON_PREFIX: Final = "person:"
SELF_ACTOR: Final = "tuimail"
"""The program itself, in the journal."""


def is_agent(actor: str) -> bool:
    """Return whether ``actor`` is a program that hands in drafts."""
    return actor.startswith(AGENT_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who made a draft, through which door, and what they said about it."""

    actor: str
    """``person:NAME``, ``agent:NAME`` or ``tuimail``."""
    door: str
    """``app``, ``cli``, ``api``, ``http``, ``smtp``, ``sendmail``, ``mcp`` or
    ``demo``."""
    note: str = ""
    """The author's own words to the reviewer: a claim, never a fact."""
    run_url: str = ""
    """Where the author says its work can be looked at: a claim as well."""
    revises: str = ""
    """Id of an earlier mail that this one takes the place of, as the author says."""
