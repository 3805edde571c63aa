"""The workspace: one object through which faces do everything with mail.

Synchronous, one short transaction per call; it belongs to the thread that
opened it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tuimail.settings.config import Config
from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.store.filesystems import refuse_network
from tuimail.store.locks import SenderLock
from tuimail.workspace import mirror, tidying
from tuimail.workspace.accounts import AccountDesk
from tuimail.workspace.audit import AuditDesk
from tuimail.workspace.beginning import BeginningDesk
from tuimail.workspace.clients import ClientDesk
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.contacts import ContactDesk
from tuimail.workspace.delivery import Delivery
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.enclosing import EnclosingDesk
from tuimail.workspace.foretelling import Reading, reading
from tuimail.workspace.handing_in import HandingDesk
from tuimail.workspace.lately import Lately, lately
from tuimail.workspace.lists import ListDesk
from tuimail.workspace.looking import LookingDesk
from tuimail.workspace.notices import NoticeDesk
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.purging import PurgeDesk
from tuimail.workspace.queue_desk import QueueDesk
from tuimail.workspace.recovery import judge_orphans, reopen_windows
from tuimail.workspace.reports import ReportDesk
from tuimail.workspace.reviewers import ReviewerDesk
from tuimail.workspace.reviews import ReviewDesk
from tuimail.workspace.searching import SearchDesk
from tuimail.workspace.stores import LOCK_NAME, Acting, Stores
from tuimail.workspace.suppressions import SuppressionDesk
from tuimail.workspace.unsubscribing import UnsubscribeDesk
from tuimail.workspace.upkeep import UpkeepDesk
from tuimail.workspace.writing import WritingDesk

if TYPE_CHECKING:
    from tuimail.workspace.bulk import BulkDesk
    from tuimail.workspace.lending import LendingDesk
    from tuimail.workspace.policy_desk import PolicyDesk
    from tuimail.workspace.proofing import ProofDesk
    from tuimail.workspace.setup_desk import SetupDesk
    from tuimail.workspace.signing_in import SignInDesk
    from tuimail.workspace.template_desk import TemplateDesk


class Workspace:
    """The folder with maildir, database and sender lock, opened."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self.drafts = DraftDesk(stores)
        self.enclosing = EnclosingDesk(stores)
        self.beginning = BeginningDesk(stores, drafts=self.drafts)
        self.writing = WritingDesk(stores, drafts=self.drafts)
        self.reviews = ReviewDesk(stores)
        self.outbox = OutboxDesk(stores, drafts=self.drafts, reviews=self.reviews)
        self.queue = QueueDesk(stores, outbox=self.outbox)
        self.search = SearchDesk(stores)
        self.lists = ListDesk(stores, search=self.search)
        self.clients = ClientDesk(stores)
        self.contacts = ContactDesk(stores)
        self.reviewers = ReviewerDesk(stores)
        self.handing_in = HandingDesk(stores, drafts=self.drafts, clients=self.clients)
        self.looking = LookingDesk(stores)
        self.accounts = AccountDesk(stores)
        self.notices = NoticeDesk(stores)
        self.purging = PurgeDesk(stores)
        self.suppressions = SuppressionDesk(stores)
        self.reports = ReportDesk(stores)
        self.unsubscribing = UnsubscribeDesk(stores)
        self.audit = AuditDesk(stores)
        self.upkeep = UpkeepDesk(stores)
        self.delivery = Delivery(stores)

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
        )
        tidying.require_newest(stores)
        tidying.begin_lists(stores)
        return cls(stores)

    @property
    def sign_in(self) -> "SignInDesk":
        """The desk for accounts that sign in at a service."""
        from tuimail.workspace.signing_in import SignInDesk  # noqa: PLC0415 - loads http

        return SignInDesk(self._stores)

    @property
    def setting_up(self) -> "SetupDesk":
        """The desk where an account is set up."""
        from tuimail.workspace.setup_desk import SetupDesk  # noqa: PLC0415 - rare

        return SetupDesk(
            self._stores,
            accounts=self.accounts,
            drafts=self.drafts,
            outbox=self.outbox,
            sign_in=self.sign_in,
        )

    @property
    def proofing(self) -> "ProofDesk":
        """The desk that shows what mail being written would become."""
        from tuimail.workspace.proofing import ProofDesk  # noqa: PLC0415 - the app's

        return ProofDesk(self._stores)

    @property
    def lending(self) -> "LendingDesk":
        """The desk that lends mail to an editor."""
        from tuimail.workspace.lending import LendingDesk  # noqa: PLC0415 - the app's

        return LendingDesk(self._stores)

    @property
    def templates(self) -> "TemplateDesk":
        """The desk for the person's own templates."""
        from tuimail.workspace.template_desk import TemplateDesk  # noqa: PLC0415 - rare

        return TemplateDesk(self._stores)

    @property
    def bulk(self) -> "BulkDesk":
        """The desk for bulk jobs."""
        from tuimail.workspace.bulk import BulkDesk  # noqa: PLC0415 - rare

        return BulkDesk(self._stores, drafts=self.drafts, outbox=self.outbox)

    @property
    def policy(self) -> "PolicyDesk":
        """The desk that explains the owner's policy."""
        from tuimail.workspace.policy_desk import PolicyDesk  # noqa: PLC0415 - rare

        return PolicyDesk(self._stores)

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
    def config(self) -> Config:
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
        mirror.catch_up(self._stores)

    def sharing_a_flush(self) -> AbstractContextManager[None]:
        """As ``together``; what was done is shown when ``show`` is called."""
        return self._stores.together()

    @property
    def unshown(self) -> int:
        """How many mails do not show yet, to other programs, as they are."""
        return len(self._stores.unshown)

    def show(self, most: int) -> bool:
        """Show so many mails to other programs as they are; do some still wait?"""
        return mirror.catch_up(self._stores, most)

    @property
    def is_writing_together(self) -> bool:
        """Whether the transaction that calls share has not ended yet."""
        return self._stores.database.is_in_transaction

    def lately(self) -> Lately:
        """Return what happened last, for lists that have nothing to show."""
        return lately(self._stores, self.drafts)

    def data_version(self) -> int:
        """Return a number that changes when another process wrote something."""
        return self._stores.database.data_version()

    def sender_lock(self) -> SenderLock:
        """Return the lock whose holder, and nobody else, sends."""
        return SenderLock(self.root / LOCK_NAME)

    def sender_holder(self) -> str | None:
        """Return who sends, e.g. ``app, pid 412``, or None when nobody does."""
        return self.sender_lock().holder()

    def recover(self) -> tuple[str, ...]:
        """Judge what a sender that died left; for whoever holds the lock.

        Raises:
            DamagedWorkspaceError: The database is not what was written.
        """
        tidying.look_after_a_crash(self._stores)
        return judge_orphans(self._stores)

    def take_over(self) -> tuple[str, ...]:
        """Recover, and become the sender for all: for one that stays a while.

        Mail that somebody could still have undone when a program died gets a
        fresh window, half-written files go, and the maildir is brought in step.
        """
        since = tidying.unflushed_since(self._stores)
        touched = self.recover() + reopen_windows(self._stores)
        tidying.sweep(self._stores)
        tidying.keep_lists(self._stores, is_after_crash=since is not None)
        mirror.mend(self._stores, since=since)
        return touched

    def reading(self, draft_id: str) -> Reading:
        """Return what the author of a mail is told about it, and would be."""
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
            mirror.catch_up(self._stores)
        self._stores.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
