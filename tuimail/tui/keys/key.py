"""What a key is, and the places where one works.

Pure.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """Where a key works."""

    APP = "everywhere"
    """Under every screen and dialog."""
    PANE = "every pane"
    """The five panes, while no dialog is open."""
    LIST = "lists"
    """A list has the focus."""
    FILTER = "filter line"
    """What a list is to show only is being typed."""
    READING = "list and mail"
    """The panes that show a list and one mail."""
    MAIL = "mail"
    """A pane in which a mail is read."""
    TEXT = "text"
    """A text that scrolls has the focus."""
    SEARCH = "search line"
    """What is looked for in a text is being typed."""
    REVIEW = "review"
    """The Review pane."""
    COMPOSE = "compose"
    """The Compose pane."""
    RECIPIENTS = "recipients"
    """A field for recipients has the focus."""
    BODY = "body"
    """The body that is being written has the focus."""
    FIND = "find"
    """The line below a body in which words are looked for."""
    SPELLING = "spelling"
    """The line below a body on which misspelt words are decided."""
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
    WAYS_OUT = "accounts"
    """The Accounts pane."""
    SET_UP = "new account"
    """The pane where an account is set up."""
    PICKS = "choices"
    """A list of choices has the focus."""
    LONG = "several lines"
    """A field of several lines has the focus."""
    STEPPER = "choice"
    """A choice on one line has the focus."""
    WELCOME = "no account yet"
    """What stands in the place of mail before there is an account."""
    RELEASE = "release dialog"
    """The question before mail leaves."""
    WHEN = "time dialog"
    """Asks when mail is to leave."""
    SEND_AGAIN = "send again dialog"
    """The question before mail that may have arrived is sent again."""
    REROUTE = "account dialog"
    """Asks through which other account mail is to leave."""
    REASON = "reason dialog"
    """Asks for words to the author."""
    ASSIGN = "assign dialog"
    """Asks who is to decide."""
    ACCEPT = "warnings dialog"
    """Asks which warnings may stand."""
    BOXES = "boxes"
    """A list of choices, of which several can be taken, has the focus."""
    BATCH = "batch dialog"
    """The question before several mails leave."""
    CONFIRM = "question"
    """A question with yes and no."""
    PATH = "file dialog"
    """Asks for a file to attach."""
    REVISIONS = "revisions"
    """The list of all versions of a draft."""
    TEMPLATES = "templates"
    """The list of texts to begin with."""
    BLANKS = "blanks"
    """Asks for what is to stand in the blanks of a template."""
    BOTH_CHANGED = "editor and app"
    """Asks which of two texts is to stay."""
    RENAME = "rename dialog"
    """Asks for the name of an attachment."""
    LEAVING = "leaving"
    """The question before the app ends while mail has not left yet."""
    COMMENT = "comment dialog"
    """Notes something about lines of a mail."""
    LINES = "lines"
    """Lines of a text are being chosen."""
    SIGN = "signing dialog"
    """Asks which reviewer it is."""
    INSIDE = "files of a mail"
    """What is in the files of a mail."""
    PICTURE = "pictures"
    """The pictures of a mail."""
    PIPE = "command dialog"
    """Asks for a command that is to read a message."""
    PASSWORD = "password dialog"  # noqa: S105 - a place, not a password
    """Asks for a password that has changed."""
    WAY = "sign-in dialog"
    """Asks how to sign in at a service, and waits for that."""
    COMMAND = "command line"
    """A command is typed."""
    PALETTE = "commands"
    """The list of all that can be done."""
    MISTAKE = "mistake"
    """What is said when tuimail itself is wrong."""
    ELSEWHERE = "save elsewhere"
    """Asks where to save what is being written."""
    HELP = "help"
    """The help screen and other pages over the app."""


FOCUSED: Final = frozenset({
    Scope.LIST, Scope.FILTER, Scope.TEXT, Scope.SEARCH, Scope.RECIPIENTS, Scope.BODY,
    Scope.FIND, Scope.FILES, Scope.ACCOUNTS, Scope.PICKS, Scope.LONG, Scope.STEPPER,
    Scope.WELCOME, Scope.LINES, Scope.COMMAND,
    Scope.BOXES,
})  # fmt: skip
"""Places that work while they have the focus, so never two of them at once."""


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
