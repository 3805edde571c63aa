"""One word that can be typed in the dialogue, and what it does."""

from collections.abc import Callable, Sequence

from tuimail.cli.linear.session import Session
from tuimail.core.values import dataclass

Words = Sequence[str]
"""What was typed after the word itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What can be typed."""

    usage: str
    help: str
    run: Callable[[Session, Words], None]
    decides: bool = False
    """Whether something changes by it: then it has to be typed by hand, alone."""


def named(session: Session, words: Words, verb: str) -> str:
    """Return the id of the mail whose number is the first of ``words``.

    Raises:
        UsageError: There is none.
        NotFoundError: No mail has it.
    """
    return session.numbers.mail(words[0] if words else "", verb=verb)
