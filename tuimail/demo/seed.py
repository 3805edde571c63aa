"""Fills the demo's workspace: a handful of mails, one in every status.

Each got there the way mail does: it was written or handed in, decided about,
released, and sent to the server inside, which answered.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.decision import Code, Comment
from tuimail.core.draft import Draft
from tuimail.demo.place import DOOR, Place, SetClock, actor_of
from tuimail.demo.samples import Sample, samples
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


class Story:
    """What people and agents do with the samples, at the time the clock shows."""

    def __init__(self, place: Place, workspace: Workspace, clock: SetClock) -> None:
        self._place = place
        self._workspace = workspace
        self._clock = clock

    def keep(self, sample: Sample) -> Row:
        """Write it, or hand it in, and no more."""
        with self._workspace.acting_as(actor_of(sample), door=DOOR):
            draft = self._place.compose(self._workspace, sample)
            return self._workspace.drafts.new(draft, note=sample.note)

    def revise(self, sample: Sample) -> None:
        """Hand it in with a mistake, which is sent back, and then without."""
        reviews, drafts = self._workspace.reviews, self._workspace.drafts
        with self._workspace.acting_as(actor_of(sample), door=DOOR):
            right = self._place.compose(self._workspace, sample)
            row = drafts.new(_with_a_mistake(right), note=sample.note)
        reviews.request_changes(
            row.id,
            revision=1,
            reason="The film night is on Friday the 27th, as the poster says.",
            codes=(Code.WRONG_FACTS,),
            comments=(Comment(text="It is Friday the 27th.", field="text", line=7),),
        )
        with self._workspace.acting_as(actor_of(sample), door=DOOR):
            drafts.edit(row.id, right, revision=1)
            drafts.request_review(row.id)

    def dry_run(self, sample: Sample) -> None:
        """Have it rendered and checked only."""
        self._workspace.drafts.dry_run(self._place.compose(self._workspace, sample))

    def discard(self, sample: Sample) -> None:
        """Throw it away."""
        self._workspace.drafts.discard(self.keep(sample).id)

    def approve(self, sample: Sample) -> Row:
        """Decide that it may go."""
        row = self.keep(sample)
        return self._workspace.reviews.approve(row.id, revision=row.revision)

    def reject(self, sample: Sample) -> None:
        """Decide that it may not."""
        row = self.keep(sample)
        self._workspace.reviews.reject(
            row.id,
            revision=row.revision,
            reason="There was no call. We do not write to people who never asked.",
        )

    def release(self, sample: Sample) -> Row:
        """Let it enter the outbox, due now."""
        return self._workspace.outbox.release(self.approve(sample).id)

    def schedule(self, sample: Sample) -> None:
        """Let it enter the outbox, due tomorrow."""
        row = self.approve(sample)
        at = self._clock.now() + timedelta(days=1)
        self._workspace.outbox.release(row.id, at=at)

    def hold(self, sample: Sample) -> None:
        """Release it, and stop it by hand."""
        self._workspace.outbox.hold(self.release(sample).id)

    def cancel(self, sample: Sample) -> None:
        """Release it, and withdraw it."""
        self._workspace.outbox.cancel(self.release(sample).id)

    def send(self, sample: Sample) -> None:
        """Release it, and have it submitted."""
        self.release(sample)
        drain(lambda: self._place.open(self._clock))


_STORY: Final[tuple[tuple[str, Callable[[Story, Sample], object], timedelta], ...]] = (
    ("notes", Story.discard, timedelta(days=6)),
    ("offer", Story.cancel, timedelta(days=5)),
    ("outreach", Story.reject, timedelta(days=4)),
    ("complaint", Story.send, timedelta(days=3)),
    ("rota", Story.send, timedelta(days=2)),
    ("contract", Story.hold, timedelta(days=1, hours=3)),
    ("booking", Story.send, timedelta(days=1)),
    ("receipt", Story.send, timedelta(hours=20)),
    ("backup", Story.dry_run, timedelta(hours=7)),
    ("reminder", Story.approve, timedelta(hours=5)),
    ("birthday", Story.schedule, timedelta(hours=4)),
    ("agenda", Story.keep, timedelta(hours=3)),
    ("newsletter", Story.revise, timedelta(hours=2)),
    ("invoice", Story.keep, timedelta(minutes=40)),
    ("password", Story.keep, timedelta(minutes=12)),
    ("delivery", Story.send, timedelta(minutes=1)),
)
"""Which sample, what becomes of it, and how long ago."""


def _with_a_mistake(draft: Draft) -> Draft:
    """Return the newsletter with another day in it."""
    wrong = draft.body.text.replace("Friday 27 November", "Saturday 28 November")
    return replace(draft, body=replace(draft.body, text=wrong))


def fill(place: Place, *, now: datetime) -> None:
    """Tell the whole story in the workspace of ``place``, up to ``now``."""
    clock = SetClock(now)
    with place.open(clock) as workspace:
        place.add_account(workspace)
        story = Story(place, workspace, clock)
        for name, step, ago in _STORY:
            clock.set(now - ago)
            step(story, samples()[name])
