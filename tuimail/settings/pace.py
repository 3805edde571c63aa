"""How fast an account may send, as its settings say it: read, and written back.

Not part of what an approval is bound to: who sends more slowly sends the same.
"""

from typing import Final

from tuimail.core.pacing import Limits
from tuimail.settings.schema import Table

CONNECTIONS: Final = 4
MOST_CONNECTIONS: Final = 20
MESSAGES_PER_CONNECTION: Final = 100
MOST_PER_MESSAGE: Final = 10_000
MOST_COPIES: Final = 100_000_000
GROWTH_PERCENT: Final = 50
MOST_GROWTH_PERCENT: Final = 1000
_GROWTH: Final = "warm_up_growth_percent"
_LIMITS: Final = (
    "per_minute", "per_hour", "per_day", "destination_per_hour", "warm_up_per_day",
)  # fmt: skip
PACE_KEYS: Final = (
    "connections", "messages_per_connection", "recipients_per_message", *_LIMITS,
    _GROWTH,
)  # fmt: skip


def read_connections(table: Table) -> int:
    """Return how many attempts may be under way at once."""
    return table.number(
        "connections", default=CONNECTIONS, lowest=1, highest=MOST_CONNECTIONS
    )


def read_messages_per_connection(table: Table) -> int:
    """Return how many messages go through one connection."""
    return table.number(
        "messages_per_connection",
        default=MESSAGES_PER_CONNECTION,
        lowest=1,
        highest=MOST_PER_MESSAGE,
    )


def read_recipients_per_message(table: Table) -> int | None:
    """Return for how many one attempt is, or None for all."""
    return table.maybe_number(
        "recipients_per_message", lowest=1, highest=MOST_PER_MESSAGE
    )


def read_limits(table: Table) -> Limits:
    """Return how much may leave in which time."""
    growth = table.number(
        _GROWTH, default=GROWTH_PERCENT, lowest=1, highest=MOST_GROWTH_PERCENT
    )
    found = {
        key: table.maybe_number(key, lowest=1, highest=MOST_COPIES) for key in _LIMITS
    }
    if _GROWTH in table.values and found["warm_up_per_day"] is None:
        raise table.error(
            _GROWTH,
            "says how a warm-up goes on that never begins",
            hint="Say how many may leave on the first day: warm_up_per_day = 50",
        )
    return Limits(
        per_minute=found["per_minute"],
        per_hour=found["per_hour"],
        per_day=found["per_day"],
        destination_per_hour=found["destination_per_hour"],
        warm_up_per_day=found["warm_up_per_day"],
        warm_up_growth_percent=growth,
    )


def pace_table(
    limits: Limits,
    *,
    connections: int,
    messages_per_connection: int,
    recipients_per_message: int | None,
) -> dict[str, int]:
    """Return the keys that say something else than is meant without them."""
    is_warmed_up = limits.warm_up_per_day is not None
    growth = limits.warm_up_growth_percent if is_warmed_up else GROWTH_PERCENT
    said = {
        "connections": _unless(CONNECTIONS, connections),
        "messages_per_connection": _unless(
            MESSAGES_PER_CONNECTION, messages_per_connection
        ),
        "recipients_per_message": recipients_per_message,
        **{key: getattr(limits, key) for key in _LIMITS},
        _GROWTH: _unless(GROWTH_PERCENT, growth),
    }
    return {key: value for key, value in said.items() if value is not None}


def _unless(usual: int, value: int) -> int | None:
    return None if value == usual else value
