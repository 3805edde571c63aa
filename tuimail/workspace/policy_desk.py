"""The desk for the policy: what is in force, what it says about a mail, what is odd.

Changes nothing: the policy is the owner's file, and no door writes it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tuimail.core.draft import Draft
from tuimail.core.origin import Origin, is_agent
from tuimail.core.policy import lint, telling
from tuimail.core.policy.action import Action
from tuimail.core.policy.case import Case, Step
from tuimail.core.policy.lint import Remark
from tuimail.core.policy.policy import Policy
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError, NotAllowedError
from tuimail.settings.files import expanded, is_ours_to_write
from tuimail.settings.policy_file import NAME
from tuimail.store.drafts import Revision
from tuimail.workspace import policies
from tuimail.workspace.authority import require_person
from tuimail.workspace.policies import Ruling
from tuimail.workspace.rendering import new_revision
from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The policy in force."""

    path: Path
    """Where the file is, or would be."""
    is_there: bool
    """Whether there is a policy at all; without one, agents are reviewed."""
    digest: str
    """SHA-256 of the text in force, or empty."""
    since: datetime | None
    """When that text was first known here."""
    problem: str
    """Why the file cannot be read, in one sentence; or empty."""
    hint: str
    tables: Mapping[str, Mapping[str, object]]
    """Every key of every table, those that the file leaves out as well."""
    rules: tuple[Mapping[str, object], ...]
    """In their order, with the keys that say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One thing that was looked at."""

    rule: str
    """Which line of the policy it is by."""
    text: str
    action: Action | None
    """What it asks for; None where it says nothing about the mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What the policy says about one mail, step by step."""

    ruling: Ruling
    looked_at: tuple[Looked, ...]
    """Everything, in the order in which it was looked at."""
    sample_share: float = 0.0
    """Where a rule would let a program's mail leave: the share of such mail that a
    person looks at all the same."""
    is_stored: bool = False
    """Whether it was handed in already: rules release nothing after that."""


class PolicyDesk:
    """Explains the policy; for people and, all but ``roots``, at any door."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    @property
    def problem(self) -> str:
        """Why the policy file cannot be read, in one sentence; or empty."""
        return self._stores.policy.current().problem

    def roots(self) -> tuple[Path, ...]:
        """Return the folders that programs may name files in; none without a policy."""
        return policies.roots(self._stores) or ()

    def show(self) -> Shown:
        """Return what is in force, whether or not the file can be read now."""
        found = self._stores.policy.current()
        policy = found.policy or Policy()
        newest = self._stores.policies.newest()
        is_kept = newest is not None and newest.digest == found.digest
        return Shown(
            path=self._stores.policy.path,
            is_there=found.policy is not None,
            digest=found.digest,
            since=newest.at if newest and is_kept else None,
            problem=found.problem,
            hint=found.hint,
            tables=telling.tables(policy),
            rules=telling.rules(policy),
        )

    def test(self, draft_id: str) -> Tested:
        """Return what the policy says about a mail that is stored, as it is now."""
        row = self._stores.drafts.get(draft_id)
        revision = self._stores.drafts.revision(draft_id, row.revision)
        return self._tested(revision, row.origin)

    def test_new(self, draft: Draft, origin: Origin) -> Tested:
        """Return what the policy would say about ``draft``; nothing is stored."""
        revision = new_revision(
            self._stores, draft, draft_id="", number=1, origin=origin
        )
        return self._tested(revision, origin)

    def lint(self) -> tuple[Remark, ...]:
        """Return what is probably not meant in the policy.

        Raises:
            ConfigurationError: The file cannot be read; the text says why.
        """
        stores, found = self._stores, self._stores.policy.current()
        if found.problem:
            raise ConfigurationError(found.problem, hint=found.hint, field="policy")
        if found.policy is None:
            return ()
        remarks = lint.remarks(
            found.policy,
            now=stores.clock.now(),
            accounts=[one.name for one in stores.config.accounts],
            clients=[
                one.name for one in stores.clients.all() if one.revoked_at is None
            ],
            home=str(expanded(Path("~"))),
        )
        return (*_of_folder(stores.policy.path.parent), *remarks)

    def adopt(self) -> Shown:
        """Have the policy file of these settings be the one that counts.

        Raises:
            NotAllowedError: It is no person at a real terminal who says so.
        """
        require_person(self._stores)
        if not self._stores.acting.on_terminal:
            raise NotAllowedError(
                "Which policy counts is said by a person at a real terminal.",
                hint="Run it in a terminal: tuimail policy adopt",
            )
        self._stores.policy.adopt()
        return self.show()

    def _tested(self, revision: Revision, origin: Origin) -> Tested:
        message, found = revision.message, self._stores.policy.current()
        case = Case(
            draft=revision.draft,
            origin=origin,
            findings=revision.findings,
            size_bytes=message.size_bytes if message else 0,
            draft_id=revision.draft_id,
        )
        policy = found.policy or Policy()
        said = policies.evaluated(self._stores, policy, case)
        ruling = policies.ruling_of(found, said, origin)
        is_released = ruling.action == "auto" and is_agent(origin.actor)
        shares = {one.name: one.sample_review for one in policy.rules}
        return Tested(
            ruling=ruling,
            looked_at=tuple(map(_looked, said.steps)),
            sample_share=shares.get(ruling.rule, 0.0) if is_released else 0.0,
            is_stored=bool(revision.draft_id),
        )


def _of_folder(folder: Path) -> tuple[Remark, ...]:
    """Return that others may put another file in the place of the policy."""
    if is_ours_to_write(folder):
        return ()
    remark = Remark(
        where=NAME,
        text=f"Others may write the folder {folder}, and put another file there.",
        hint=f"Close it: chmod go-w {folder}",
    )
    return (remark,)


def _looked(step: Step) -> Looked:
    return Looked(rule=step.rule, text=step.text, action=step.action)
