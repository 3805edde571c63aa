"""What the desks share: the stores, the clock, and who is acting.

Not a desk: it decides nothing, and no face sees it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tuimail.core.values import dataclass
from tuimail.errors import StoreError
from tuimail.settings.files import Stamp, stamp_of
from tuimail.settings.paths import accounts_path, log_path
from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.store.database import DATABASE_NAME, Database
from tuimail.store.durable import make_folder
from tuimail.store.log import Log
from tuimail.store.room import Measure, require_room
from tuimail.workspace.clock import Clock
from tuimail.workspace.faults import fault_hook
from tuimail.workspace.tables import Tables

if TYPE_CHECKING:
    from tuimail.settings.account import AccountSettings
    from tuimail.settings.config import Config
    from tuimail.workspace.policy_watch import PolicyWatch

LOCK_NAME = "sender.lock"


@dataclass(slots=True, kw_only=True)
class Acting:
    """Who is acting, through which door; changes while others are served."""

    actor: str
    door: str
    on_terminal: bool
    """Whether a person sits at the real terminal that asked."""


class Stores(Tables):
    """Everything that is open while a workspace is."""

    def __init__(
        self,
        root: Path,
        *,
        config_path: Path,
        acting: Acting,
        clock: Clock,
        environ: Mapping[str, str],
        random: Callable[[int], bytes] = os.urandom,
        prompts: Prompts = NOBODY,
        reads_settings: bool = True,
    ) -> None:
        make_folder(root)
        self.root = root
        self.acting = acting
        self.clock = clock
        self.environ = environ
        self.random = random
        self.prompts = prompts
        self.fault = fault_hook(root, environ)
        self.settings = Settings(config_path, environ)
        if reads_settings:
            self.settings.current()
        self.log = Log(log_path(environ), now=clock.now)
        self.statvfs: Measure = os.statvfs
        self._after: list[Callable[[], None]] | None = None
        self.editors: dict[str, str] = {}
        """Which reviewer signed for changing a draft, as long as this is open."""
        self.unshown: dict[str, bool] = {}
        """Whose files and copies do not show yet what is on disk; and whether they
        say something else than before."""
        self.database = Database.open(
            root / DATABASE_NAME, actor=lambda: self.acting.actor
        )
        self._opener = acting.actor

    @cached_property
    def policy(self) -> "PolicyWatch":
        """The owner's policy, as it counts for whoever opened the workspace."""
        from tuimail.workspace.policy_watch import PolicyWatch  # noqa: PLC0415 - on use

        return PolicyWatch(self, opener=self._opener)

    @property
    def config(self) -> "Config":
        """The settings as they are now: another process may have added some."""
        return self.settings.current()

    def require_room(self) -> None:
        """Refuse something new where it cannot be written, before any file of it is.

        SQLite begins a transaction on what may only be read, and refuses no
        earlier than at the first row.

        Raises:
            ReadOnlyWorkspaceError: The workspace may be looked at, not written.
            FullDiskError: The disk has only the room that is kept for results.
        """
        self.database.require_writable()
        require_room(self.root, statvfs=self.statvfs)

    @contextmanager
    def acting_as(
        self, actor: str, *, door: str, on_terminal: bool = False
    ) -> Iterator[None]:
        """Let ``actor`` be who did it, for the calls inside."""
        before = self.acting
        self.acting = Acting(actor=actor, door=door, on_terminal=on_terminal)
        try:
            yield
        finally:
            self.acting = before

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the transactions inside one on disk, and then do what follows."""
        follows: list[Callable[[], None]] = []
        self._after = follows
        try:
            with self.settings.looked_at_once(), self.database.together():
                with self.outbound.together():
                    yield
                newest = self.kept_head.newest()
        finally:
            self._after = None
        with suppress(StoreError):
            self.kept_head.put(newest)
        for act in follows:
            act()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """As the database's; nothing follows from a step that did not happen."""
        before = len(self._after or ())
        try:
            with self.database.transaction():
                yield
        except BaseException:
            if self._after is not None:
                del self._after[before:]
            raise

    @property
    def is_together(self) -> bool:
        """Whether what is committed now shares a flush that has not come yet."""
        return self._after is not None

    @property
    def what_is_together(self) -> object:
        """What is the same for all that share one flush; None for one step alone."""
        return self._after

    def afterwards(self, act: Callable[[], None]) -> None:
        """Do ``act`` once what was just committed is certain to be on disk."""
        if self._after is None:
            act()
        else:
            self._after.append(act)

    def keep_head(self) -> None:
        """Keep the journal's head beside the database, once it is on disk.

        Before anything leaves by what was just committed: a database that lost
        it is known by that, and is not sent from.
        """
        with suppress(StoreError):
            self.kept_head.keep()

    def beside(self, root: Path) -> "Stores":
        """Return what is open of the workspace at ``root``, for whoever acts here."""
        return Stores(
            root,
            config_path=self.settings.config_path,
            acting=self.acting,
            clock=self.clock,
            environ=self.environ,
            random=self.random,
            prompts=self.prompts,
        )

    def close(self) -> None:
        """Close the database; files are never kept open."""
        self.database.close()


class Settings:
    """The person's settings, read when first used and when one of the files changed."""

    def __init__(self, config_path: Path, environ: Mapping[str, str]) -> None:
        self.config_path = config_path
        self.accounts_path = accounts_path(config_path)
        self._environ = environ
        self._stamp: tuple[Stamp | None, ...] = ()
        self._config: Config | None = None
        self._is_looked_at_once = False
        self._was_looked_at = False

    @contextmanager
    def looked_at_once(self) -> Iterator[None]:
        """Look at the files once for everything inside, which takes a moment."""
        self._is_looked_at_once = True
        try:
            yield
        finally:
            self._is_looked_at_once = self._was_looked_at = False

    def current(self) -> "Config":
        """Return the settings of now.

        Raises:
            ConfigurationError: A file was changed into something unusable.
        """
        if self._config is None or not self._was_looked_at:
            self._config = self._looked(self._config)
            self._was_looked_at = self._is_looked_at_once
        return self._config

    def _looked(self, before: "Config | None") -> "Config":
        stamp = self._stamps()
        if before is not None and stamp == self._stamp:
            return before
        from tuimail.settings.config import load  # noqa: PLC0415 - lists need none

        found = load(self.config_path, self._environ)
        self._stamp = stamp
        return found

    def account(self, name: str) -> "AccountSettings | None":
        """Return the account of that name, or None where there is none."""
        found = [one for one in self.current().accounts if one.name == name]
        return found[0] if found else None

    def _stamps(self) -> tuple[Stamp | None, ...]:
        return stamp_of(self.config_path), stamp_of(self.accounts_path)
