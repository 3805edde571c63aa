"""What it takes for a mail to be approved, and how far that is.

An approval is the verdicts about one revision that satisfy the policy's quorum:
by different people, none of them its author, none older than the policy allows.
Whatever changes the mail, or ends an approval, lets them count no more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tuimail.core.finding import Severity
from tuimail.core.lifecycle import DraftState
from tuimail.core.origin import PERSON_PREFIX, is_agent
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, NotAllowedError, PolicyError
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace.policies import Ruling, ruling
from tuimail.workspace.stores import Stores

ZERO: Final = 0
ONE: Final = 1
TWO: Final = 2
_NOBODY: Final = (
    "The workspace was rebuilt, and who its reviewers are is lost; until somebody is "
    "named, nobody approves what others wrote."
)
_IN_FORCE: Final = frozenset({DraftState.APPROVED, DraftState.RELEASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the policy and the reviewers say about one revision, as of now."""

    row: DraftRow
    revision: Revision
    ruling: Ruling
    editors: frozenset[str]
    """Those who changed it after its author wrote it."""
    reviewers: tuple[str, ...]
    now: datetime
    reviewers_lost: bool = False
    """Whether there may be some whom a rebuild did not find."""

    @property
    def is_own(self) -> bool:
        """Whether its author decides: a person's own mail that needs nobody else.

        Where no reviewers are named, the owner of the workspace is the only one
        there is, and decides about what needs one, too.
        """
        most = ONE if self._is_the_owners else ZERO
        return not is_agent(self.row.origin.actor) and self.ruling.quorum <= most

    @property
    def blocks(self) -> tuple[str, ...]:
        """Codes of the findings of level block that take more than one yes."""
        blocks = (
            one.code
            for one in self.ruling.findings
            if one.severity is Severity.BLOCK and not self.is_own
        )
        return tuple(dict.fromkeys(blocks))

    @property
    def to_type(self) -> str:
        """What overrules them: the domain of the first whom it is for.

        Another word for each mail, that has to be read off it, so that nobody
        gets used to typing it.
        """
        recipients = self.revision.draft.recipients
        return recipients[0].domain if self.blocks and recipients else ""

    @property
    def blocked(self) -> str:
        """Why nobody can approve it, in one sentence, or empty."""
        return self.ruling.blocked or self._too_few

    @property
    def _actors(self) -> frozenset[str]:
        """Whose yes counts, if they gave a PIN: a removed reviewer's does not."""
        return frozenset(PERSON_PREFIX + name for name in self.reviewers)

    @property
    def _is_the_owners(self) -> bool:
        """Whether nobody reviews but the owner, for certain."""
        return not self.reviewers and not self.reviewers_lost

    @property
    def _too_few(self) -> str:
        if self.is_own or (self._is_the_owners and self.ruling.quorum <= ONE):
            return ""
        if self.reviewers_lost:
            return _NOBODY
        able = [one for one in self.reviewers if not self.is_barred(f"person:{one}")]
        if len(able) >= self.ruling.quorum:
            return ""
        return (
            f"It takes {self.ruling.quorum} reviewers who did not write it, and "
            f"there are {len(able)}."
        )

    def require_open(self) -> None:
        """Refuse what nobody can approve.

        Raises:
            PolicyError: The text says what of the policy is in the way.
        """
        if self.blocked:
            named = f"See what the policy says: tuimail policy test {self.row.id}"
            raise PolicyError(
                self.blocked,
                hint=named
                if self.ruling.blocked
                else "Name one: tuimail reviewers add NAME"
                if self.reviewers_lost
                else "Name another one: tuimail reviewers add NAME",
            )

    def require_reviewer(self, actor: str) -> None:
        """Refuse whoever's word would not count.

        Raises:
            NotAllowedError: It is an author of the mail.
        """
        if self.is_barred(actor):
            done = "wrote" if actor == self.row.origin.actor else "changed"
            raise NotAllowedError(
                f"{actor} {done} draft {self.row.id}; somebody else has to approve it.",
                hint=f"Let a reviewer look: tuimail approve {self.row.id} --as NAME",
            )

    def overruled(self, typed: str) -> tuple[str, ...]:
        """Return the codes that ``typed`` overrules; none where nothing was typed.

        Raises:
            FieldError: It is another word than the one for this mail.
        """
        if not (typed and self.to_type):
            return ()
        if typed.strip().casefold() != self.to_type.casefold():
            raise FieldError(
                f"{typed[:60]!r} is not the word that overrules the findings of "
                f"draft {self.row.id}.",
                hint="Type the domain of the first whom it is for, or let a second "
                "person approve it.",
                field="overrule",
            )
        return self.blocks

    def is_barred(self, actor: str) -> bool:
        """Return whether somebody's word does not count, as an author's does not."""
        if actor == self.row.origin.actor:
            return not self.is_own
        return actor in self.editors and not self.ruling.editor_may_approve

    def given(
        self, decisions: Iterable[DecisionRow], digest: str
    ) -> tuple[DecisionRow, ...]:
        """Return the approvals that count, oldest first, one a person.

        Args:
            decisions: All about the draft, oldest first.
            digest: Over what would leave now.
        """
        life = self.ruling.approval_ttl
        found: dict[str, DecisionRow] = {}
        for one in _latest(list(decisions), self.row):
            is_fresh = life is None or self.now < one.at + life
            is_this = one.release_digest == digest
            is_known = one.role != "reviewer" or one.actor in self._actors
            if is_fresh and is_this and is_known and not self.is_barred(one.actor):
                found.setdefault(one.actor, one)
        return tuple(reversed(found.values()))

    def needed(self, given: Iterable[DecisionRow]) -> int:
        """Return how many have to approve, with those who did.

        Findings of level block take a second person, unless somebody overruled
        them in so many words.
        """
        overruled = {code for one in given for code in one.overruled}
        least = TWO if set(self.blocks) - overruled else ONE
        return max(least, self.ruling.quorum)


def asked(stores: Stores, row: DraftRow, revision: Revision) -> Asked:
    """Ask the policy about the newest revision of a draft."""
    return Asked(
        row=row,
        revision=revision,
        ruling=ruling(
            stores,
            revision.draft,
            revision.findings,
            row.origin,
            revision.message.size_bytes if revision.message else 0,
            draft_id=row.id,
        ),
        editors=stores.drafts.authors(row.id) - {row.origin.actor},
        reviewers=tuple(one.name for one in stores.reviewers.present()),
        now=stores.clock.now(),
        reviewers_lost=stores.reviewers.are_lost(),
    )


def _latest(decisions: list[DecisionRow], row: DraftRow) -> Iterator[DecisionRow]:
    """Yield the approvals since the last step that voided any, newest first."""
    for index, one in enumerate(reversed(decisions)):
        if one.verdict != "approved" or one.revision != row.revision:
            return
        if one.is_enough and (index or row.state not in _IN_FORCE):
            return
        yield one
