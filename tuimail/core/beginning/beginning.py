"""What a new mail has already before anybody writes a word.

Pure.
"""

from tuimail.core.address import Address
from tuimail.core.handed_in.files import HandedInFile
from tuimail.core.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The fields of a mail that is to be gone on with."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[HandedInFile, ...] = ()
    sender: Address | None = None
    """Which of one's own addresses it had better be from; None for no reason."""
    reason: str = ""
    """Why that one, in a few words; may have others' text in it."""
    noticed: tuple[str, ...] = ()
    """What was left out, one sentence each; may have others' text in it."""
