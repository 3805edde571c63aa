"""What of a mail is to be read before somebody approves it, and what was not yet.

Only where the policy says so. It is known for the workspace and not for each person:
nobody says who they are before they decide.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.draft import Draft
from tuimail.errors import PolicyError
from tuimail.workspace.standing import Asked
from tuimail.workspace.stores import Stores

TEXT: Final = "text"
HTML: Final = "html"
FILES: Final = "parts"
NAMES: Final[Mapping[str, str]] = {
    TEXT: "the text",
    HTML: "the HTML",
    FILES: "the attachments",
}
"""What faces remember of having shown to the end, and how it is called."""


def to_read(draft: Draft) -> tuple[str, ...]:
    """Return what of a mail there is to read, in the order in which it is shown."""
    html = (HTML,) if draft.body.html else ()
    files = (FILES,) if draft.attachments else ()
    return (TEXT, *html, *files)


def unread(stores: Stores, asked: Asked) -> tuple[str, ...]:
    """Return what is to be read before it is approved and was not; names as shown."""
    if not asked.ruling.must_read:
        return ()
    seen = stores.seen.get(asked.row.id)
    is_this = seen is not None and seen.revision == asked.revision.number
    tabs = seen.tabs if seen and is_this else frozenset()
    missing = [one for one in to_read(asked.revision.draft) if one not in tabs]
    return tuple(NAMES[one] for one in missing)


def require_read(stores: Stores, asked: Asked) -> None:
    """Refuse a yes to what nobody read to its end.

    Raises:
        PolicyError: It names what was not read.
    """
    missing = unread(stores, asked)
    if missing:
        raise PolicyError(
            f"The policy has draft {asked.row.id} read to its end first; "
            f"{', '.join(missing)} was not.",
            hint="Read it in the app, each tab to its end: tuimail",
        )
