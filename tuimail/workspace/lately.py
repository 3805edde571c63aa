"""What happened last: said where a list is empty, so that nobody wonders.

Only looks.
"""

from datetime import datetime

from tuimail.core.values import dataclass
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import SENT_STATUSES, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The last things of a kind; None where there was none yet."""

    sent: Row | None = None
    """What a provider took last."""
    decided_at: datetime | None = None
    """When anybody decided about mail."""


def lately(stores: Stores, drafts: DraftDesk) -> Lately:
    """Return what happened last."""
    sent = drafts.rows(statuses=SENT_STATUSES, limit=1)
    return Lately(sent=sent[0] if sent else None, decided_at=stores.decisions.last_at())
