"""The desk for the policy: what is in force, what it says about a mail, what is odd.

Changes nothing: the policy is the owner's file, and no door writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuimail.core.draft import Draft, Origin
from tuimail.core.policy import lint, telling
from tuimail.core.policy.action import Action
from tuimail.core.policy.case import Case, Step
from tuimail.core.policy.lint import Remark
from tuimail.core.policy.policy import Policy
from tuimail.errors import ConfigurationError
from tuimail.store.drafts import Revision
from tuimail.workspace import policies
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
        return lint.remarks(
            found.policy,
            now=stores.clock.now(),
            accounts=[one.name for one in stores.config.accounts],
            clients=[
                one.name for one in stores.clients.all() if one.revoked_at is None
            ],
        )

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
        return Tested(
            ruling=policies.ruling_of(found, said, origin),
            looked_at=tuple(map(_looked, said.steps)),
        )


def _looked(step: Step) -> Looked:
    return Looked(rule=step.rule, text=step.text, action=step.action)
