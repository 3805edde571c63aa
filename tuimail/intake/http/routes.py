"""What there is to ask for: values that say it, and what a handler is given."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tuimail.core.values import dataclass, field
from tuimail.intake.http.replies import Reply
from tuimail.workspace.clients import DRAFT

if TYPE_CHECKING:
    from tuimail.intake.http.desk import Desk

MIB: Final = 1024 * 1024
SMALL_BYTES: Final = 64 * 1024
"""For bodies that hold hardly anything."""
PUBLIC_BYTES: Final = 16 * 1024
"""For those of which anybody may send one."""
CONTRACT_BYTES: Final = MIB
"""What the services take whose contracts are kept here."""
OWN_BYTES: Final = 40 * MIB
"""Files of 29 MiB as base64, which is more than most providers take."""


class Token(StrEnum):
    """Where a request says who asks."""

    HEADER = "header"
    """``Authorization: Bearer …``."""
    BODY = "body"
    """The field ``token`` of the JSON, as one of the contracts has it."""
    PATH = "path"
    """In the address, and for that one thing only: ending a subscription."""


async def _never() -> None:
    """Whoever asked stays."""
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that may be answered: everything before it was looked at."""

    token: str = field(default="", repr=False)
    """By which whoever asks is known; empty where the address is the permission."""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    """What stands in ``Idempotency-Key``."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object that was sent."""
    content: bytes = b""
    """What was sent where it need not be JSON."""
    gone: Callable[[], Awaitable[None]] = field(default=_never, repr=False)
    """Returns once whoever asked is not there any more."""


Answering = Callable[["Desk", Asked], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing to ask for."""

    method: str
    path: str
    """As Starlette writes it, e.g. ``/v1/drafts/{id}``."""
    answer: Answering
    summary: str
    """What one gets, for the description of all routes."""
    scope: str = DRAFT
    """What the token has to be for; empty where any will do."""
    token: Token = Token.HEADER
    parameters: frozenset[str] | None = frozenset()
    """Of the query; None where a contract has unknown ones ignored."""
    may_wait: bool = False
    """Whether the parameter ``wait`` has it take its time."""
    reads_json: bool = False
    limit_bytes: int = SMALL_BYTES
    takes: Any = None
    """Type of the body, for the description."""
    gives: Any = None
    """Type of the answer."""
