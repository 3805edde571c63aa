"""The keywords of ``bulk``, for the method of a workspace that has all of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from tuimail.api.message import MessageFields

if TYPE_CHECKING:
    from tuimail.api.account import Account
    from tuimail.api.bulk import Callback
    from tuimail.api.bulk_rows import Key


class BulkOptions(MessageFields, total=False):
    """What a job can be told, and what all its mails share."""

    job: str
    key: "Key"
    account: "str | Account | None"
    at: datetime | None
    max_per_second: float | None
    wait: float
    on_success: "Callback | None"
    on_error: "Callback | None"
    progress: bool | None
    fail_silently: bool
