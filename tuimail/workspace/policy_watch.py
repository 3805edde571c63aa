"""Which policy is in force: the file's, or what was last readable of it.

While the file cannot be read, what it last said goes on being in force for
whatever it forbids, and no rule releases anything. So that this outlives a restart,
each text that could be read is kept in the workspace, which is journalled.

Which file that is, the workspace remembers since a person first used it: with other
settings, a program brings another file along, by which no rule releases anything,
and which is not kept.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.core.origin import SELF_ACTOR, is_agent
from tuimail.core.values import dataclass, replace
from tuimail.errors import ConfigurationError, StoreError
from tuimail.settings.files import Stamp, stamp_of
from tuimail.settings.policy_file import (
    PolicyText,
    policy_in,
    policy_path,
    read_policy_text,
)

if TYPE_CHECKING:
    from tuimail.core.policy.policy import Policy
    from tuimail.workspace.stores import Stores

DOOR: Final = "policy"
"""Through which a rule acts."""

_FILE: Final = "policy_file"
"""A fact: which file is the owner's."""
_LOST: Final = (
    "The workspace was rebuilt, and what the policy forbade is lost: nothing leaves "
    "until policy.toml says it again."
)
_SAY_AGAIN: Final = (
    "Put policy.toml back, or write one that says no more than: version = 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInForce:
    """The policy that counts now."""

    policy: "Policy | None" = None
    """None where there is none, and never was."""
    digest: str = ""
    """Of the text that it was read from; empty where there is none."""
    problem: str = ""
    """Why the file cannot be read, in one sentence; or empty."""
    hint: str = ""
    """What to do about that."""
    blocked: str = ""
    """Why nothing may leave, in one sentence: what was forbidden is not known."""

    @property
    def releases(self) -> bool:
        """Whether a rule may let mail leave unseen."""
        return self.policy is not None and not self.problem and self.policy.releases


class PolicyWatch:
    """Looks at the file; reads it again only where it became another."""

    def __init__(self, stores: "Stores", *, opener: str) -> None:
        self._stores = stores
        self.path: Path = policy_path(stores.settings.config_path)
        self._name = str(self.path.parent.resolve() / self.path.name)
        self._is_persons = not is_agent(opener)
        """Whether it was a person who opened the workspace."""
        self._seen: tuple[Stamp | None, str] | None = None
        self._in_force: PolicyInForce | None = None
        self._good: PolicyText | None = None
        """What was last readable in this process."""
        self._is_kept = True
        self._looked_at_for: object = None
        """What shared a flush when it was looked at last; None for one step alone."""
        self._is_passing = False
        """Whether it could not be read for what may end without the file changing,
        such as too many open files."""

    def current(self) -> PolicyInForce:
        """Return the policy in force; one look at the disk where nothing changed.

        What shares a flush shares that look, too. A text that is new is kept by a
        transaction of its own. Where none can begin just now, because another is
        under way, the next look keeps it.
        """
        together = self._stores.what_is_together
        is_seen = together is not None and together is self._looked_at_for
        if self._in_force is None or not is_seen or self._is_passing:
            self._in_force = self._looked(self._in_force)
            self._looked_at_for = together
        if not self._is_kept:
            self._keep()
        return self._in_force

    def _looked(self, before: PolicyInForce | None) -> PolicyInForce:
        seen = (stamp_of(self.path), self._owners())
        if before is not None and seen == self._seen and not self._is_passing:
            return before
        found, self._seen = self._look(), seen
        return found

    def adopt(self) -> None:
        """Have this file be the owner's, in a transaction of its own."""
        with self._stores.database.transaction():
            self._stores.facts.set(_FILE, self._name)
        self._looked_at_for = None

    def _owners(self) -> str:
        """Return which file is the owner's; the first that a person uses is."""
        stores, database = self._stores, self._stores.database
        found = stores.facts.get(_FILE)
        if found is not None or not self._is_persons or database.is_read_only:
            return found or ""
        if database.is_writing or not database.may_begin:
            return ""
        with suppress(StoreError):
            self.adopt()
            return self._name
        return ""

    def _look(self) -> PolicyInForce:
        """Return what counts now; what was opened with other settings says less."""
        found, owners = self._read(), self._owners()
        if owners == self._name or found.problem or found.policy is None:
            return found
        self._is_kept = True
        return replace(
            found,
            policy=found.policy.without_releases(),
            problem=_another(self.path, owners),
            hint="If this is to be the one that counts, say so at a terminal: "
            "tuimail policy adopt",
        )

    def _read(self) -> PolicyInForce:
        self._is_passing = False
        try:
            found = read_policy_text(self.path)
            if found is None:
                return self._missing()
            policy = policy_in(self.path, found.content)
        except ConfigurationError as error:
            self._is_passing = isinstance(error.__cause__, OSError)
            return self._last_good(str(error), error.hint)
        self._good, self._is_kept = found, False
        return PolicyInForce(policy=policy, digest=found.digest)

    def _missing(self) -> PolicyInForce:
        """Return what counts where there is no file; one that is gone still does."""
        if self._last_read() is None:
            return self._lost(_LOST, _SAY_AGAIN) if self._is_lost else PolicyInForce()
        return self._last_good(
            f"{self.path} is gone; what it forbade stays forbidden.",
            "Put it back, or write one that says no more than: version = 1",
        )

    def _last_good(self, problem: str, hint: str) -> PolicyInForce:
        """Return what was last readable, without its rules that release mail."""
        last, broken = self._last_read(), PolicyInForce(problem=problem, hint=hint)
        if last is None:
            return self._lost(problem, hint) if self._is_lost else broken
        try:
            policy = policy_in(self.path, last.content)
        except ConfigurationError:  # kept by a tuimail that knew other keys
            return broken
        return replace(broken, policy=policy.without_releases(), digest=last.digest)

    @property
    def _is_lost(self) -> bool:
        """Whether a rebuild did not find what was last readable."""
        return self._stores.policies.is_lost()

    def _lost(self, problem: str, hint: str) -> PolicyInForce:
        """Return what counts where there may have been a policy that is lost."""
        return PolicyInForce(problem=problem, hint=hint, blocked=_LOST)

    def _last_read(self) -> PolicyText | None:
        """Return the text that was last readable, to whomever.

        What is kept may be newer than what was read here: others look as well.
        """
        kept = self._stores.policies.newest()
        if kept is None or not self._is_kept:
            return self._good
        return PolicyText(content=kept.content, digest=kept.digest)

    def _keep(self) -> None:
        stores, good = self._stores, self._good
        database = stores.database
        if good is None or database.is_writing or not database.may_begin:
            return
        self._is_kept = True
        newest = stores.policies.newest()
        if database.is_read_only or (newest and newest.digest == good.digest):
            return
        with suppress(StoreError), stores.acting_as(SELF_ACTOR, door=DOOR):
            self._is_kept = False
            with database.transaction():
                stores.policies.keep(good.content, good.digest, stores.clock.now())
            self._is_kept = True
            stores.afterwards(stores.kept_access.keep)


def _another(path: Path, owners: str) -> str:
    which = f"is {owners}" if owners else "is not known yet"
    return f"The policy of this workspace {which}: no rule of {path} releases mail."
