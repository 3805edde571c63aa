"""The desk for the workspace itself: looked through, mended, and copied.

Mending decides nothing about mail: files are made again where they come out as
they were, and what cannot be made again is held.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import Any, Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.origin import SELF_ACTOR
from tuimail.errors import DigestMismatchError, PlanMismatchError
from tuimail.store.database import DATABASE_NAME, beside
from tuimail.store.durable import close_to_others, open_to_others, sweep
from tuimail.store.integrity import dangling_rows, faults
from tuimail.store.kept_lists import KeptList
from tuimail.store.list_names import NAMES
from tuimail.store.locks import SenderLock
from tuimail.workspace import mirror, rendering, steps, tidying
from tuimail.workspace.accounts import AccountDesk
from tuimail.workspace.authority import require_person
from tuimail.workspace.backup import FOLDERS, Backup, back_up
from tuimail.workspace.diagnosis import (
    Diagnosis,
    counted,
    fine,
    problem,
    some,
    warning,
)
from tuimail.workspace.stores import LOCK_NAME, Stores
from tuimail.workspace.survey import Survey, survey

REPAIR: Final = "tuimail doctor --repair"
AHEAD: Final = timedelta(days=1)
"""How far the newest step may be in the future before the clock is doubted."""
BEHIND: Final = timedelta(days=366)
_OLD: Final = timedelta(hours=1)
"""A temporary file that is not locked and this old is nobody's."""
_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)
_SPOILT: Final = (
    "Its stored bytes are not those that were approved, and they cannot be made "
    "again. Withdraw it, and write it again."
)


class UpkeepDesk:
    """What there is to do for a workspace that can be opened."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def back_up(
        self, target: Path, *, watch: Callable[[int], object] = lambda _files: None
    ) -> Backup:
        """Copy the workspace to a new folder, which can be opened as one.

        Args:
            target: A folder that is not there yet, or is empty.
            watch: Is told after each file how many were copied by now.

        Raises:
            FieldError: It cannot be there.
            StoreError: The disk does not take it.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        return back_up(self._stores, target, watch=watch)

    def examine(self) -> tuple[Diagnosis, ...]:
        """Look at everything that is in the workspace, and change nothing."""
        found = survey(self._stores)
        return (
            self._database(),
            self._journal(),
            *_mails(found),
            *self._left_overs(found),
            *self._accounts(),
            *self._people(),
            self._reviewers(),
            self._lists(),
            self._sender(),
            self._clock(),
        )

    def is_database_whole(self) -> bool:
        """Return whether nothing is found in the database, looked at thoroughly."""
        database = self._stores.database
        return not faults(database) and not dangling_rows(database)

    def mend(self) -> tuple[str, ...]:
        """Mend what can be mended without deciding about mail; say what was.

        For whoever holds the sender lock.
        """
        stores = self._stores
        with stores.acting_as(SELF_ACTOR, door="doctor"):
            found = survey(stores)
            done = [
                *self._swept(),
                *(self._set_aside(one) for one in self._strays(found)),
                *(self._made_again(one) for one in found.damaged),
            ]
            shown = {*found.behind, *found.misplaced, *found.unwritten}
            for draft_id in shown | {*found.damaged}:
                if stores.drafts.among([draft_id]):
                    mirror.reflect(stores, draft_id)
                else:
                    stores.maildir.place(
                        draft_id, None, stores.outbound.message_path(draft_id)
                    )
            if shown:
                mails = counted(len(shown), "mail")
                done.append(f"Wrote what lies beside {mails} anew.")
            done += [f"Wrote {one.name} anew." for one in self._kept if one.mend()]
        return tuple(one for one in done if one)

    @property
    def _kept(self) -> tuple[KeptList[Any], ...]:
        """The lists that stand once more beside the database."""
        return self._stores.kept_access, self._stores.kept_suppressions

    def _lists(self) -> Diagnosis:
        behind = [one.name for one in self._kept if one.is_behind()]
        return _behind("lists", behind, "What the database says is not in {}.")

    def _reviewers(self) -> Diagnosis:
        reviewers = self._stores.reviewers
        if reviewers.are_lost():
            return problem(
                "reviewers",
                "A rebuild did not find who they are; nobody approves what others "
                "wrote.",
                "tuimail reviewers add NAME",
            )
        named = len(reviewers.present())
        return fine("reviewers", f"{counted(named, 'person', 'people')} named.")

    def _swept(self) -> tuple[str, ...]:
        stores = self._stores
        tidying.sweep(stores)
        before = stores.clock.now() - _OLD
        left = sweep(stores.root, before=before)
        _close(stores.root)
        return (f"Removed {counted(left, 'half-written file')}.",) if left else ()

    def _strays(self, found: Survey) -> tuple[str, ...]:
        """Return folders without a row that no purge will remove."""
        purged = self._stores.purging.among(found.orphans)
        return tuple(one for one in found.orphans if one not in purged)

    def _set_aside(self, draft_id: str) -> str:
        if tidying.set_aside(self._stores, draft_id):
            return f"Put {draft_id} into {tidying.QUARANTINE}/: it has no row."
        return ""

    def _made_again(self, draft_id: str) -> str:
        """Make a message file again; hold its mail where that is not possible."""
        stores = self._stores
        row = stores.drafts.get(draft_id)
        try:
            rendering.verify(stores, stores.drafts.revision(draft_id, row.revision))
        except (DigestMismatchError, PlanMismatchError):
            return self._hold(draft_id)
        return f"Made the bytes of {draft_id} again: they are what they were."

    def _hold(self, draft_id: str) -> str:
        stores = self._stores
        with stores.database.transaction():
            row = stores.submissions.of_draft(draft_id)
            if row is None or row.state not in _WAITING:
                return ""
            steps.hold(stores, row, _SPOILT)
        return f"Held {draft_id}: its bytes cannot be made again."

    def _database(self) -> Diagnosis:
        database = self._stores.database
        found = faults(database)
        if found:
            return problem("database", f"It is damaged: {found[0]}.", REPAIR)
        dangling = dangling_rows(database)
        if dangling:
            sentence = f"{counted(dangling, 'row')} in it name what is not there."
            return problem("database", sentence, REPAIR)
        return fine("database", "It is whole.")

    def _journal(self) -> Diagnosis:
        found = self._stores.journal.verify()
        if not found.ok:
            return problem(
                "journal",
                f"It was changed or cut at line {found.first_bad}.",
                "Compare with a backup; nothing here can mend it.",
            )
        return fine("journal", f"Its {counted(found.checked, 'line')} fit together.")

    def _left_overs(self, found: Survey) -> tuple[Diagnosis, ...]:
        strays = self._strays(found)
        folder = self._stores.root / tidying.QUARANTINE
        aside = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
        return (
            warning("orphans", f"No row knows {some(strays)}.", REPAIR)
            if strays
            else fine("orphans", "Every folder in outbound/ belongs to a mail."),
            warning(
                "quarantine",
                f"{some(aside)} came to the disk and not into the database.",
                f"Look at it, then remove it: {quote(str(folder))}",
            )
            if aside
            else fine("quarantine", "Nothing was put aside."),
        )

    def _accounts(self) -> tuple[Diagnosis, ...]:
        views = AccountDesk(self._stores).views()
        found = [
            problem(
                "account",
                f"{one.name}: {one.problem}",
                f"tuimail accounts test {one.name}",
            )
            for one in views
            if one.problem
        ]
        found += [
            warning(
                "account",
                f"{one.name} is held: {one.held_reason}",
                f"tuimail accounts resume {one.name}",
            )
            for one in views
            if one.held_reason
        ]
        if not views:
            found = [
                warning("account", "There is none.", "tuimail accounts add --help")
            ]
        return tuple(found) or (fine("account", f"{counted(len(views), 'way')} out."),)

    def _people(self) -> tuple[Diagnosis, ...]:
        stores = self._stores
        unknown = stores.rows.counts().get("unknown", 0)
        untold = len(stores.notices.untold())
        return (
            warning(
                "unknown",
                f"Nobody knows whether {counted(unknown, 'mail')} left.",
                "tuimail outbox, then tuimail resolve ID --sent|--resend|--give-up",
            )
            if unknown
            else fine("unknown", "Of every mail it is known whether it left."),
            warning("notices", f"{counted(untold, 'notice')} not seen.", "tuimail")
            if untold
            else fine("notices", "Nothing waits to be told."),
        )

    def _sender(self) -> Diagnosis:
        lock = SenderLock(self._stores.root / LOCK_NAME)
        holder = lock.holder()
        if lock.is_unchecked() and holder is None:
            sentence = "The last one did not end by itself; the next one looks first."
            return warning("sender", sentence, "tuimail outbox run --once")
        return fine("sender", f"{holder} sends." if holder else "Nobody sends now.")

    def _clock(self) -> Diagnosis:
        now, head = self._stores.clock.now(), self._stores.journal.head()
        newest = self._stores.journal.all(after=head.number - 1, limit=1)
        last = newest[0].at if newest else now
        if last > now + AHEAD:
            return _doubted(
                f"The last step was taken on {last:%Y-%m-%d}, in the future."
            )
        if last < now - BEHIND:
            return _doubted(f"The last step was taken on {last:%Y-%m-%d}.")
        return fine("clock", f"It is {now:%Y-%m-%d %H:%M} UTC.")


def _doubted(sentence: str) -> Diagnosis:
    return warning("clock", sentence, "Check the date of this machine: date")


def _mails(found: Survey) -> tuple[Diagnosis, ...]:
    """Return what was found about mails and their files."""
    return (
        _about(
            "messages",
            found.damaged,
            "The bytes of {} are not what was written.",
            f"{counted(found.mails, 'message')} looked at, each as it was written.",
        ),
        _about(
            "attachments",
            found.without_files,
            "Attachments of {} are missing or changed.",
            "Every attachment is there.",
            hint="Attach the files again: tuimail",
        ),
        _about(
            "rows",
            found.unreadable,
            "What the database says of {} cannot be read.",
            "Every mail can be read.",
            hint="tuimail discard ID",
        ),
        _behind(
            "unwritten", found.unwritten, "The message file of {} is not written yet."
        ),
        _behind("sidecars", found.behind, "message.json is behind for {}."),
        _behind("maildir", found.misplaced, "mail/ shows {} in the wrong place."),
    )


def _about(
    name: str, ids: list[str], sentence: str, good: str, *, hint: str = REPAIR
) -> Diagnosis:
    if not ids:
        return fine(name, good)
    return problem(name, sentence.format(some(ids)), hint)


def _behind(name: str, ids: list[str], sentence: str) -> Diagnosis:
    if not ids:
        return fine(name, "It says what the database says.")
    return warning(name, sentence.format(some(ids)), REPAIR)


def exposed(root: Path) -> Iterator[Path]:
    """Yield what is ours in the workspace at ``root``, and open to others.

    What else lies in the folder is no business of ours.
    """
    for name in (*FOLDERS, DATABASE_NAME, *NAMES):
        yield from open_to_others(root / name)
    for path in beside(root / DATABASE_NAME):
        yield from open_to_others(path)


def _close(root: Path) -> None:
    """Let nobody else into what is ours."""
    close_to_others(root, 0o700)
    for path in exposed(root):
        close_to_others(path)
