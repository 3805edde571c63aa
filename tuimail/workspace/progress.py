"""How far attempts are that run now, for people who watch; nothing depends on it.

Kept in memory only. Written by the sender's thread and read by others: each of
the two looks at, or replaces, whole values.
"""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tuimail.core.values import dataclass

BEGUN = "begun"
"""Nobody was reached yet."""
_CONTENT = frozenset({"data354", "mid_body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one attempt is."""

    stage: str
    """As ``SendJob.progress`` names them, or ``begun``."""
    size_bytes: int
    handed_bytes: int = 0
    """What the provider's code has taken; the last of it may not be out yet."""
    stage_seconds: float = 0.0
    """For how long it has been there."""
    content_seconds: float = 0.0
    """For how long content has been going out."""

    @property
    def bytes_per_second(self) -> float:
        """How fast it goes; 0 while nobody can tell."""
        if self.content_seconds <= 0:
            return 0.0
        return self.handed_bytes / self.content_seconds


class _Run(NamedTuple):
    """One attempt, as it is noted several times for each mail."""

    stage: str
    size_bytes: int
    handed_bytes: int
    since: float
    content_since: float | None


class Watch:
    """Takes note of attempts, by the ids of their mails."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._runs: dict[str, _Run] = {}
        self._said: dict[str, str] = {}

    def begin(self, draft_id: str, size_bytes: int) -> None:
        """Note that an attempt begins."""
        self._runs[draft_id] = _Run(BEGUN, size_bytes, 0, self._ticks(), None)

    def reach(self, draft_id: str, stage: str) -> None:
        """Note that an attempt has come to a stage."""
        run = self._runs.get(draft_id)
        if run is None or run.stage == stage:
            return
        now, content_since = self._ticks(), run.content_since
        if content_since is None and stage in _CONTENT:
            content_since = now
        self._runs[draft_id] = _Run(
            stage, run.size_bytes, run.handed_bytes, now, content_since
        )

    def hand(self, draft_id: str, size_bytes: int) -> None:
        """Note that the provider's code took so much more of the content."""
        run = self._runs.get(draft_id)
        if run is not None:
            stage, size, handed, since, content_since = run
            self._runs[draft_id] = _Run(
                stage, size, handed + size_bytes, since, content_since
            )

    def end(self, draft_id: str) -> None:
        """Forget an attempt that is over."""
        self._runs.pop(draft_id, None)

    def say(self, draft_id: str, sentence: str) -> None:
        """Note what came of asking a provider about a mail of unknown fate."""
        self._said[draft_id] = sentence

    def forget(self, draft_id: str) -> None:
        """Forget what came of that; it is being asked again."""
        self._said.pop(draft_id, None)

    @property
    def under_way(self) -> Mapping[str, Progress]:
        """How far everything is, at this moment."""
        now = self._ticks()
        return {key: _at(run, now) for key, run in tuple(self._runs.items())}

    @property
    def said(self) -> Mapping[str, str]:
        """What came of asking providers, by mail: sentences of ours."""
        return dict(self._said)


def _at(run: _Run, now: float) -> Progress:
    content = 0.0 if run.content_since is None else now - run.content_since
    return Progress(
        stage=run.stage,
        size_bytes=run.size_bytes,
        handed_bytes=run.handed_bytes,
        stage_seconds=now - run.since,
        content_seconds=content,
    )
