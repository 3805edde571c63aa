"""Who may do what, once more beside the database: clients, reviewers, the policy.

Without it, a database that was made again would ask fewer people, let a program
take the name of another, and forbid less. So there is always a file: where it is
missing, what it said is lost, and less is allowed until a person says it again.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tuimail.core.values import dataclass, field, replace
from tuimail.errors import StoreError
from tuimail.store.clients import ClientRow, Clients
from tuimail.store.kept_lists import KeptList, ListFile
from tuimail.store.list_names import ACCESS
from tuimail.store.policy import Policies
from tuimail.store.reviewers import ReviewerRow, Reviewers

NAME: Final = ACCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPolicy:
    """The policy as it was last readable."""

    digest: str
    """SHA-256 of ``content``, lower-case hexadecimal."""
    content: bytes = field(repr=False)
    at: datetime
    """Since when it was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may do what; of tokens and PINs, only the hashes."""

    clients: tuple[ClientRow, ...] = ()
    """All there ever were: a name is given once."""
    reviewers: tuple[ReviewerRow, ...] = ()
    """Who decides now, without the wrong PINs of late."""
    policy: KeptPolicy | None = None
    reviewers_lost: bool = False
    """Whether an earlier rebuild did not find them, and nobody named any since."""
    policy_lost: bool = False
    """The same of the policy."""


def kept_access(
    folder: Path, clients: Clients, reviewers: Reviewers, policies: Policies
) -> KeptList[Access]:
    """Return what is kept of them in ``folder``."""

    def now() -> Access:
        return Access(
            clients=clients.all(),
            reviewers=tuple(map(_calm, reviewers.present())),
            policy=_kept_policy(policies),
            reviewers_lost=reviewers.are_lost(),
            policy_lost=policies.is_lost(),
        )

    return KeptList(_LIST, folder, now)


def read_access(folder: Path) -> Access:
    """Return what was written down.

    Raises:
        StoreError: There is no file, or it is not what was written.
    """
    try:
        return _LIST.read(folder)
    except FileNotFoundError as error:
        raise StoreError(f"{folder / NAME} is missing.", hint=_LIST.without) from error


def _calm(row: ReviewerRow) -> ReviewerRow:
    """Return a reviewer as one whose PIN nobody got wrong: that is not kept."""
    return replace(row, failures=0, failed_at=None, waits_until=None)


def _kept_policy(policies: Policies) -> KeptPolicy | None:
    row = policies.newest()
    if row is None:
        return None
    return KeptPolicy(digest=row.digest, content=row.content, at=row.at)


_LIST: Final[ListFile[Access]] = ListFile(
    name=NAME,
    decoder=msgspec.json.Decoder(Access),
    nothing=Access(),
    without="Without it, nobody is known who may hand in mail or who reviews it, nor "
    "what the policy forbade.",
)
