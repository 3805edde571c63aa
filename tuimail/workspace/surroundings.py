"""What mail is made and sent with, whether or not there is a workspace behind it.

Not a desk: it names what a few functions ask for, so that they serve both those who
store mail and those who only send it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from tuimail.settings.config import Config
from tuimail.settings.prompts import Prompts
from tuimail.store.blobs import PathRules
from tuimail.workspace.clock import Clock
from tuimail.workspace.policy_watch import PolicyInForce
from tuimail.workspace.stores import Acting


class Files(Protocol):
    """Where attachments are kept, each by the digest of what is in it."""

    def add(self, chunks: Iterable[bytes], *, limit_bytes: int) -> tuple[str, int]:
        """Keep content; return its digest and its size in bytes."""
        ...

    def add_file(
        self, path: Path, *, limit_bytes: int, rules: PathRules | None = None
    ) -> tuple[str, int]:
        """Keep what is in a regular file; return its digest and size in bytes."""
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield the content in pieces."""
        ...


class Policy(Protocol):
    """Knows what the owner's policy says."""

    def current(self) -> PolicyInForce:
        """Return the policy that counts now."""
        ...


class Surroundings(Protocol):
    """Settings, clock, files, and who is acting."""

    @property
    def acting(self) -> Acting:
        """Who is acting, through which door."""
        ...

    @property
    def blobs(self) -> Files:
        """What was attached."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def config(self) -> Config:
        """The settings as they are now."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """Environment for settings and secrets."""
        ...

    @property
    def policy(self) -> Policy:
        """The owner's policy."""
        ...

    @property
    def prompts(self) -> Prompts:
        """What a person typed."""
        ...

    @property
    def random(self) -> Callable[[int], bytes]:
        """Returns so many random bytes."""
        ...

    def require_room(self) -> None:
        """Refuse something new where it cannot be kept."""
        ...
