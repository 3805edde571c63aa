"""The workspace: one object through which faces do everything with mail.

Synchronous, one short transaction per call; it belongs to the thread that
opened it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.store.filesystems import refuse_network
from tuimail.workspace import tidying
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.desks import Desks
from tuimail.workspace.stores import LOCK_NAME, Acting, Stores

if TYPE_CHECKING:
    from tuimail.settings.config import Config
    from tuimail.store.locks import SenderLock
    from tuimail.workspace.foretelling import Reading
    from tuimail.workspace.lately import Lately


def _never() -> bool:
    return False


class Workspace(Desks):
    """The folder with maildir, database and sender lock, opened."""

    @classmethod
    def open(
        cls,
        root: Path,
        *,
        config_path: Path,
        actor: str,
        door: str,
        on_terminal: bool = False,
        clock: Clock = SYSTEM_CLOCK,
        environ: Mapping[str, str] = os.environ,
        random: Callable[[int], bytes] = os.urandom,
        prompts: Prompts = NOBODY,
        reads_settings: bool = True,
    ) -> Self:
        """Open the workspace at ``root``, making it where there is none.

        Args:
            root: The folder.
            config_path: The person's ``config.toml``, which need not exist.
            actor: Who acts, ``person:NAME`` or ``agent:NAME``.
            door: Which face asks: ``app``, ``cli``, ``api``, …
            on_terminal: Whether a person sits at a real terminal there.
            clock: Tells the time.
            environ: Environment for settings and secrets.
            random: Source of random bytes for ids.
            prompts: Passwords that a person types.
            reads_settings: Whether settings that cannot be used are refused at once,
                and not by the first that needs one.

        Raises:
            ConfigurationError: The settings cannot be used.
            WorkspaceRefusedError: It is on a disk that other machines write to.
            StoreError: The folder or the database cannot be used.
        """
        refuse_network(root)
        acting = Acting(actor=actor, door=door, on_terminal=on_terminal)
        stores = Stores(
            root,
            config_path=config_path,
            acting=acting,
            clock=clock,
            environ=environ,
            random=random,
            prompts=prompts,
            reads_settings=reads_settings,
        )
        tidying.require_newest(stores)
        tidying.begin_lists(stores)
        return cls(stores)

    @property
    def root(self) -> Path:
        """The folder."""
        return self._stores.root

    @property
    def is_read_only(self) -> bool:
        """Whether it may be looked at, and nothing in it be changed."""
        return self._stores.database.is_read_only

    def require_room(self) -> None:
        """Refuse, where nothing new can be stored; for who wants to know before.

        Raises:
            ReadOnlyWorkspaceError: It may be looked at, not written.
            FullDiskError: The disk has only the room that is kept for results.
        """
        self._stores.require_room()

    @property
    def config_path(self) -> Path:
        """The person's own settings, whether or not the file is there."""
        return self._stores.settings.config_path

    @property
    def config(self) -> "Config":
        """The settings as they are now."""
        return self._stores.config

    @property
    def actor(self) -> str:
        """Who is acting."""
        return self._stores.acting.actor

    @property
    def door(self) -> str:
        """Which face this workspace was opened by."""
        return self._stores.acting.door

    @property
    def clock(self) -> Clock:
        """What tells this workspace the time."""
        return self._stores.clock

    def acting_as(
        self, actor: str, *, door: str, on_terminal: bool = False
    ) -> AbstractContextManager[None]:
        """Let ``actor`` be who did it, for the calls inside."""
        return self._stores.acting_as(actor, door=door, on_terminal=on_terminal)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let the calls inside share one transaction on disk; show what they did."""
        with self.sharing_a_flush():
            yield
        self._show()

    def sharing_a_flush(self) -> AbstractContextManager[None]:
        """As ``together``; what was done is shown when ``show`` is called."""
        return self._stores.together()

    @property
    def unshown(self) -> int:
        """How many mails do not show yet, to other programs, as they are."""
        return len(self._stores.unshown)

    def show(self, most: int) -> bool:
        """Show so many mails to other programs as they are; do some still wait?"""
        return self._show(most)

    def _show(self, most: int | None = None) -> bool:
        if not self._stores.unshown:
            return False
        from tuimail.workspace import mirror  # noqa: PLC0415 - who reads shows nothing

        return mirror.catch_up(self._stores, most)

    @property
    def is_writing_together(self) -> bool:
        """Whether the transaction that calls share has not ended yet."""
        return self._stores.database.is_in_transaction

    def lately(self) -> "Lately":
        """Return what happened last, for lists that have nothing to show."""
        from tuimail.workspace.lately import lately  # noqa: PLC0415 - the app's

        return lately(self._stores, self.drafts)

    def data_version(self) -> int:
        """Return a number that changes when another process wrote something."""
        return self._stores.database.data_version()

    def sender_lock(self) -> "SenderLock":
        """Return the lock whose holder, and nobody else, sends."""
        from tuimail.store.locks import SenderLock  # noqa: PLC0415 - who reads has none

        return SenderLock(self.root / LOCK_NAME)

    def sender_holder(self) -> str | None:
        """Return who sends, e.g. ``app, pid 412``, or None when nobody does."""
        return self.sender_lock().holder()

    def recover(self, *, is_over: Callable[[], bool] = _never) -> tuple[str, ...]:
        """Judge what a sender that died left; for whoever holds the lock.

        Args:
            is_over: Asked, while it takes its time, whether nobody waits any more.

        Raises:
            DamagedWorkspaceError: The database is not what was written.
            StoreError: Nobody waited; whoever recovers next begins anew.
        """
        from tuimail.workspace.recovery import judge_orphans  # noqa: PLC0415 - a sender's

        tidying.look_after_a_crash(self._stores, is_over)
        return judge_orphans(self._stores)

    def take_over(self, *, is_over: Callable[[], bool] = _never) -> tuple[str, ...]:
        """Recover, and become the sender for all: for one that stays a while.

        Mail that somebody could still have undone when a program died gets a
        fresh window, half-written files go, and the maildir is brought in step.
        Arguments and errors are those of ``recover``.
        """
        from tuimail.workspace import mirror  # noqa: PLC0415 - a sender's
        from tuimail.workspace.recovery import reopen_windows  # noqa: PLC0415 - the same

        with self._stores.database.looking_through():
            recovered = self.recover(is_over=is_over)
            since = tidying.unmended_since(self._stores)
            touched = recovered + reopen_windows(self._stores)
            tidying.sweep(self._stores)
            tidying.keep_lists(self._stores, is_after_crash=since is not None)
            mirror.mend(self._stores, since=since)
            tidying.note_mended(self._stores)
        return touched

    def reading(self, draft_id: str) -> "Reading":
        """Return what the author of a mail is told about it, and would be."""
        from tuimail.workspace.foretelling import reading  # noqa: PLC0415 - the app's

        return reading(self._stores, draft_id)

    def fault(self, point: str) -> None:
        """Reach a named point, at which a fault test may end the process."""
        self._stores.fault(point)

    def close(self) -> None:
        """Show what was not shown yet, and close the database.

        A step that was broken off may still be open, where Ctrl-C came while it was
        about to end; then whoever opens the workspace next shows it.
        """
        database = self._stores.database
        if not (database.is_writing or database.is_in_transaction):
            self._show()
        self._stores.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
