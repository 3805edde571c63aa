"""The desk for what a person has to be told once, whichever face comes first."""

from collections.abc import Iterable
from typing import Final

from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.values import dataclass
from tuimail.store.list_names import SUPPRESSIONS
from tuimail.store.notices import ACCESS_LOST, ACCOUNT_HELD, LATE, UNKNOWN, Notice
from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One thing to tell, as faces show it; never safe for a terminal as it is."""

    number: int
    kind: str
    """As in the store: ``account_held``, ``unknown``, ``late``, ``access_lost``."""
    about: str
    """Subject of the mail, or name of the account or the file; untrusted."""
    sentence: str
    hint: str
    """What to type next."""


_STILL_LATE: Final = frozenset(
    {SubmissionState.HELD, DraftState.DRAFT, DraftState.REVIEW}
)
"""Where mail that was late still waits for a person."""


class NoticeDesk:
    """What nobody was told yet."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def untold(self) -> tuple[NoticeView, ...]:
        """Return what has to be told, oldest first.

        What was mended meanwhile is nobody's worry any more.
        """
        shown = map(self._shown, self._stores.notices.untold())
        return tuple(one for one in shown if one is not None)

    def told(self, numbers: Iterable[int]) -> None:
        """Never tell these again; a face says so once a person can see them."""
        with self._stores.database.transaction():
            self._stores.notices.mark_told(numbers, self._stores.clock.now())

    def _shown(self, notice: Notice) -> NoticeView | None:
        kinds = {
            ACCOUNT_HELD: self._held,
            UNKNOWN: self._unknown,
            LATE: self._late,
            ACCESS_LOST: self._lost,
        }
        return kinds[notice.kind](notice)

    def _lost(self, notice: Notice) -> NoticeView | None:
        if notice.subject == SUPPRESSIONS:
            return NoticeView(
                number=notice.number,
                kind=notice.kind,
                about=notice.subject,
                sentence=notice.sentence,
                hint="Look who is in it: "
                f"{self._stores.root}/damaged-…/{SUPPRESSIONS}, or in a backup; then: "
                "tuimail suppress add ADDRESS",
            )
        if not self._stores.reviewers.are_lost():
            return None
        return NoticeView(
            number=notice.number,
            kind=notice.kind,
            about=notice.subject,
            sentence=notice.sentence,
            hint="Name who reviews: tuimail reviewers add NAME; give programs other "
            "names: tuimail clients add NAME; see what is missing: tuimail doctor",
        )

    def _held(self, notice: Notice) -> NoticeView | None:
        held = self._stores.accounts.held().get(notice.subject)
        if held is None or held.fault is None:  # by hand: somebody knows
            return None
        resume = f"tuimail accounts resume {held.name}"
        return NoticeView(
            number=notice.number,
            kind=notice.kind,
            about=notice.subject,
            sentence=f"The account {held.name} is held: {held.reason}",
            hint=(
                f"Mend it, then let it send: {resume}"
                if held.until is None
                else f"It goes on by itself at {held.until.astimezone():%Y-%m-%d %H:%M}"
                f"; sooner: {resume}"
            ),
        )

    def _late(self, notice: Notice) -> NoticeView | None:
        found = self._stores.rows.row(notice.subject)
        if found.status not in _STILL_LATE:
            return None
        id_, is_held = found.id, found.status == SubmissionState.HELD
        return NoticeView(
            number=notice.number,
            kind=notice.kind,
            about=found.subject,
            sentence=f"Mail {id_} did not leave in time. {notice.sentence}",
            hint=f"Let it leave now: tuimail resume {id_}; or withdraw it: "
            f"tuimail cancel {id_}"
            if is_held
            else f"Look at it: tuimail show {id_}",
        )

    def _unknown(self, notice: Notice) -> NoticeView | None:
        found = self._stores.submissions.of_draft(notice.subject)
        if found is None or found.state is not SubmissionState.UNKNOWN:
            return None
        return NoticeView(
            number=notice.number,
            kind=notice.kind,
            about=self._subject(found.draft_id),
            sentence=f"Mail {found.draft_id} may or may not have arrived: "
            f"{notice.sentence}",
            hint=f"Look: tuimail show {found.draft_id} --attempts; then decide: "
            f"tuimail resolve {found.draft_id} --sent, --resend or --give-up",
        )

    def _subject(self, draft_id: str) -> str:
        return self._stores.rows.row(draft_id).subject
