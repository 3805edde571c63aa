"""What a key is, and the places where one works.

Pure.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a key works."""

    APP = "everywhere"
    """Under every screen and dialog."""
    PANE = "every pane"
    """The five panes, while no dialog is open."""
    LIST = "lists"
    """A list has the focus."""
    READING = "list and mail"
    """The panes that show a list and one mail."""
    TEXT = "text"
    """A text that scrolls has the focus."""
    REVIEW = "review"
    """The Review pane."""
    COMPOSE = "compose"
    """The Compose pane."""
    FILES = "attachments"
    """The list of attachments has the focus."""
    ACCOUNTS = "from"
    """The choice of account has the focus."""
    OUTBOX = "outbox"
    """The Outbox pane."""
    SENT = "sent"
    """The Sent pane."""
    DRAFTS = "drafts"
    """The Drafts pane."""
    SET_UP = "new account"
    """The pane where an account is set up."""
    PICKS = "choices"
    """A list of choices has the focus."""
    STEPPER = "choice"
    """A choice on one line has the focus."""
    WELCOME = "no account yet"
    """What stands in the place of mail before there is an account."""
    RELEASE = "release dialog"
    """The question before mail leaves."""
    REASON = "reason dialog"
    """Asks for words to the author."""
    ASSIGN = "assign dialog"
    """Asks who is to decide."""
    BATCH = "batch dialog"
    """The question before several mails leave."""
    CONFIRM = "question"
    """A question with yes and no."""
    PATH = "file dialog"
    """Asks for a file to attach."""
    LEAVING = "leaving"
    """The question before the app ends while mail has not left yet."""
    PICTURE = "pictures"
    """The pictures of a mail."""
    HELP = "help"
    """The help screen and other pages over the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What one key, or a few that mean the same, does in one place."""

    id: str
    """Stable name; ``[keys]`` in ``config.toml`` changes keys by it."""
    keys: str
    """Textual's names, separated by commas; the first is the one shown."""
    action: str
    label: str
    """A word or two for the footer; the row of keys cannot wrap."""
    help: str
    """A sentence for the help screen."""
    scope: Scope
    show: bool = True
    """Whether the footer has room for it."""
    priority: bool = False
    """Works while a field has the focus and while a dialog is open."""


def keys(scope: Scope, *rows: tuple[str, str, str, str, str]) -> tuple[Key, ...]:
    """Return keys of one scope; a label in brackets stays out of the footer."""
    return tuple(
        Key(
            id=id_,
            keys=names,
            action=action,
            label=label.strip("()"),
            help=text,
            scope=scope,
            show=not label.startswith("("),
        )
        for id_, names, action, label, text in rows
    )
