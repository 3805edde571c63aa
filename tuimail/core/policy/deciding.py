"""Does this mail need a person, and may this actor decide about it?

Fails closed: an actor that is not known to be a person is treated as a program.
Doors differ too, because an agent with a shell can type any command: about
somebody else's draft a person decides on a real terminal only.

Pure.
"""

from typing import Final, Literal

from tuimail.core.origin import PERSON_PREFIX, Origin
from tuimail.errors import NotAllowedError

NoninteractiveSend = Literal["allow", "review", "block"]
"""What an account says about mail that is sent without a terminal."""
PROVEN_DOORS: Final = frozenset({"http", "smtp", "mcp"})
"""Where a token says which program it is; elsewhere its name is anybody's word."""


def needs_person(origin: Origin) -> bool:
    """Return whether somebody has to look before the mail may leave."""
    return not _is_person(origin.actor)


def is_proven(origin: Origin) -> bool:
    """Return whether it is certain which program handed the mail in."""
    return origin.door in PROVEN_DOORS


def may_decide(*, actor: str, origin: Origin, on_terminal: bool) -> None:
    """Let ``actor`` approve, send back or release what ``origin`` made.

    Args:
        actor: Who wants to decide.
        origin: Who made the draft.
        on_terminal: Whether the one who decides is known to sit at a terminal.

    Raises:
        NotAllowedError: Programs never decide, and a person decides about
            somebody else's draft only on a real terminal.
    """
    if not _is_person(actor):
        raise NotAllowedError(
            f"{actor} may hand in drafts; what leaves is decided by a person.",
            hint="Wait for the decision: tuimail show ID",
        )
    if actor != origin.actor and not on_terminal:
        raise NotAllowedError(
            f"This draft was made by {origin.actor}; deciding about it takes a "
            "real terminal.",
            hint="Run it in a terminal, or open the app: tuimail",
        )


def noninteractive(
    setting: NoninteractiveSend, *, on_terminal: bool, whose: str = "This account"
) -> bool:
    """Return whether a person's own mail goes to review instead of out.

    Args:
        setting: The stricter of the account's and the policy's
            ``noninteractive_send``.
        on_terminal: Whether the send comes from a real terminal, where the
            setting says nothing.
        whose: Who says so, as a sentence begins.

    Raises:
        NotAllowedError: Nothing is sent that does not come from a terminal.
    """
    if on_terminal:
        return False
    if setting == "block":
        raise NotAllowedError(
            f"{whose} sends only what is released on a real terminal "
            '(noninteractive_send = "block").',
            hint="Hand it in for review instead: tuimail submit",
        )
    return setting == "review"


def _is_person(actor: str) -> bool:
    return actor.startswith(PERSON_PREFIX)
