"""The service's own record of what an address sent. Pure.

A request is stored as it came, fields that mean nothing to the service included,
once the mail is on its way. So a mark in it says for certain that a mail was sent;
that there is none proves nothing, because a record that cannot be written is
passed over in silence.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tuimail.core.characters import on_one_line
from tuimail.core.values import dataclass
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import ID_LIMIT

MARK: Final = "client_ref"
"""The field that holds the idempotency key."""
PAGE: Final = 100
"""The most that is told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One mail in the record."""

    number: str
    """Empty where it has none."""
    mark: str
    """Empty for mail of other programs."""
    at: datetime | None
    """In UTC; None where that cannot be read."""


def path_of(offset: int) -> str:
    """Return where the page is that begins there; newest first."""
    return f"/api/sendbox?limit={PAGE}&offset={offset}"


def read_page(found: Exchanged) -> tuple[Sent, ...]:
    """Return the mails on a page; none where it is no page."""
    answer = found.json()
    results = answer.get("results") if isinstance(answer, dict) else None
    return tuple(_sent(results if isinstance(results, list) else []))


def _sent(results: list[Any]) -> Iterator[Sent]:
    for one in results:
        if isinstance(one, dict):
            mark = _request(one.get("raw")).get(MARK)
            yield Sent(
                number=_number(one.get("id")),
                mark=mark if isinstance(mark, str) else "",
                at=_moment(one.get("created_at")),
            )


def _number(value: object) -> str:
    """Return the number of a mail as people get to see it."""
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return on_one_line(str(value))[:ID_LIMIT] if is_one else ""


def _request(raw: object) -> Mapping[str, Any]:
    """Return the request as it was stored: JSON within a string."""
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
