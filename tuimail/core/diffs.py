"""What changed between two texts, line by line and word by word, in bounded time.

Lines are matched as Myers' greedy algorithm of 1986 does (Algorithmica 1, pages 251 to
266), whose time grows with the length and the number of differences; after a
limit of steps the rest is shown as removed and added, and said not to be
complete. Words are compared only within lines that took the place of others.

Pure: the limit counts steps, so that the same texts give the same diff anywhere.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace

STEPS: Final = 200_000
"""Comparisons that a diff may take: a tenth of a second or so."""
LONGEST_LINE: Final = 4_000
"""Characters of a line whose words are compared; longer ones change as a whole."""

MOST_LINES: Final = 2_500
"""Of each text that are compared, of what is between the same beginning and end."""
BESIDE: Final = 100
"""Lines that are kept of the same beginning and end, where there are too many."""


class Kind(StrEnum):
    """What became of a line or of some words."""

    SAME = "same"
    """It is in both."""
    REMOVED = "removed"
    """It was there before."""
    ADDED = "added"
    """It is there now."""
    CHANGED = "changed"
    """A line of which some words are other ones now; never of words."""


class Words(NamedTuple):
    """Some words that stand beside each other, with the white space between."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line, before, now, or both."""

    kind: Kind
    words: tuple[Words, ...]
    """All of its text; only a changed line has more than one kind."""
    before: int = 0
    """Its number before, from 1; 0 where it was not there."""
    after: int = 0
    """Its number now, from 1; 0 where it is not there."""

    @property
    def text(self) -> str:
        """All of it, with what was removed and what was added."""
        return "".join(one.text for one in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two texts, told as one."""

    lines: tuple[DiffLine, ...]
    is_complete: bool
    """Whether the limit was enough: if not, more is marked than changed."""
    is_cut: bool = False
    """Whether there is more behind the last line that was not compared."""

    @property
    def is_same(self) -> bool:
        """Whether nothing changed at all."""
        same = all(line.kind is Kind.SAME for line in self.lines)
        return same and not self.is_cut

    @property
    def words_changed(self) -> int:
        """How many words were removed or added, one for one that was replaced."""
        return sum(_replaced(line.words) for line in self.lines)

    def around(self, context: int) -> tuple[DiffLine | None, ...]:
        """Return what changed with so many lines beside it; None for what is between.

        Args:
            context: Lines before and after each change, 0 or more.
        """
        near = _near(self.lines, context)
        found: list[DiffLine | None] = []
        for index, line in enumerate(self.lines):
            if index in near:
                found.append(line)
            elif not found or found[-1] is not None:
                found.append(None)
        return tuple(found)


def diff(before: str, after: str, *, limit: int = STEPS) -> Diff:
    """Return what changed from ``before`` to ``after``.

    Args:
        before: Lines end with LF.
        after: As well.
        limit: Steps it may take, 0 or more; with none nothing is matched but
            what begins and ends the same.

    Of long texts only some of what is the same at their beginning and end is
    there, and ``MOST_LINES`` of what is between.
    """
    budget = _Budget(limit)
    if before.count("\n") + after.count("\n") < MOST_LINES:
        lines = _lines(before.split("\n"), after.split("\n"), budget)
        return Diff(lines=tuple(lines), is_complete=not budget.is_over)
    part = _part(before, after)
    found = _lines(part.old, part.new, budget)
    return Diff(
        lines=tuple(_further_down(line, part.above) for line in found),
        is_complete=not budget.is_over,
        is_cut=part.is_cut,
    )


class _Part(NamedTuple):
    """The lines of two long texts that are compared."""

    old: list[str]
    new: list[str]
    above: int
    """So many lines, the same in both, are above them."""
    is_cut: bool


def _part(before: str, after: str) -> _Part:
    """Return what is between the same beginning and end, with a few lines of both.

    Found without a list of all lines, of which there may be millions.
    """
    most = min(len(before), len(after))
    head = _longest(most, lambda size: before.startswith(after[:size]))
    start = before.rfind("\n", 0, head) + 1
    length = _longest(
        most - start, lambda size: before.endswith(after[len(after) - size :])
    )
    ends = before.find("\n", len(before) - length) if length else -1
    tail = len(before) - ends if ends >= 0 else 0
    above = before.count("\n", 0, start)
    begin = before[:start].rsplit("\n", BESIDE + 1)[:-1][-BESIDE:]
    old, is_cut = _first(before[start : len(before) - tail])
    new, is_cut_too = _first(after[start : len(after) - tail])
    is_cut = is_cut or is_cut_too
    end = _first(before[ends + 1 :])[0][:BESIDE] if tail and not is_cut else []
    return _Part(
        [*begin, *old, *end],
        [*begin, *new, *end],
        above - len(begin),
        is_cut,
    )


def _longest(most: int, is_same: Callable[[int], bool]) -> int:
    """Return the greatest size up to ``most`` that is the same in both."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_same(middle) else (low, middle - 1)
    return low


def _first(text: str) -> tuple[list[str], bool]:
    """Return the first lines of a text, and whether there are more."""
    lines = text.split("\n", MOST_LINES)
    return lines[:MOST_LINES], len(lines) > MOST_LINES


def _further_down(line: DiffLine, above: int) -> DiffLine:
    return replace(
        line,
        before=line.before and line.before + above,
        after=line.after and line.after + above,
    )


class _Budget:
    """How many steps are left, and whether they were ever not enough."""

    def __init__(self, steps: int) -> None:
        self._left = steps
        self.is_over = False

    def take(self, steps: int) -> bool:
        """Use some; return whether there were so many."""
        self._left -= steps
        self.is_over = self.is_over or self._left < 0
        return self._left >= 0


class _Run(NamedTuple):
    """Items that are the same in both, or stand against each other."""

    is_same: bool
    old: range
    new: range


def _lines(old: list[str], new: list[str], budget: _Budget) -> Iterator[DiffLine]:
    for run in _runs(old, new, budget):
        if run.is_same:
            for i, j in zip(run.old, run.new, strict=True):
                yield _line(Kind.SAME, old[i], before=i + 1, after=j + 1)
        else:
            yield from _changed(old, new, run, budget)


def _changed(
    old: list[str], new: list[str], run: _Run, budget: _Budget
) -> Iterator[DiffLine]:
    """Yield lines that stand against each other: in pairs, as long as they can."""
    pairs = list(zip(run.old, run.new, strict=False))
    for i, j in pairs:
        yield from _pair(old[i], new[j], i + 1, j + 1, budget)
    for i in islice(run.old, len(pairs), None):
        yield _line(Kind.REMOVED, old[i], before=i + 1)
    for j in islice(run.new, len(pairs), None):
        yield _line(Kind.ADDED, new[j], after=j + 1)


def _pair(
    was: str, now: str, before: int, after: int, budget: _Budget
) -> Iterator[DiffLine]:
    """Yield one changed line, or two where they have no word in common."""
    words = _words(was, now, budget)
    if any(one.kind is Kind.SAME and one.text.strip() for one in words):
        yield DiffLine(kind=Kind.CHANGED, words=words, before=before, after=after)
        return
    yield _line(Kind.REMOVED, was, before=before)
    yield _line(Kind.ADDED, now, after=after)


def _words(was: str, now: str, budget: _Budget) -> tuple[Words, ...]:
    cost = (len(was) + len(now)) // _CHARACTERS_A_STEP + 1
    if max(len(was), len(now)) > LONGEST_LINE or not budget.take(cost):
        return ()
    old, new = _WORD.findall(was), _WORD.findall(now)
    found: list[Words] = []
    for run in _runs(old, new, budget):
        removed = "".join(old[i] for i in run.old)
        if run.is_same:
            found.append(Words(Kind.SAME, removed))
            continue
        added = "".join(new[j] for j in run.new)
        found += [Words(Kind.REMOVED, removed)] if removed else []
        found += [Words(Kind.ADDED, added)] if added else []
    return tuple(found)


def _line(kind: Kind, text: str, *, before: int = 0, after: int = 0) -> DiffLine:
    words = (Words(kind, text),)
    return DiffLine(kind=kind, words=words, before=before, after=after)


def _runs(old: Sequence[str], new: Sequence[str], budget: _Budget) -> Iterator[_Run]:
    """Yield what is the same and what is not, in order, all of both."""
    i = j = 0
    for start_old, start_new, length in _matches(old, new, budget):
        if start_old > i or start_new > j:
            yield _Run(False, range(i, start_old), range(j, start_new))  # noqa: FBT003
        i, j = start_old + length, start_new + length
        yield _Run(True, range(start_old, i), range(start_new, j))  # noqa: FBT003
    if i < len(old) or j < len(new):
        yield _Run(False, range(i, len(old)), range(j, len(new)))  # noqa: FBT003


def _matches(
    old: Sequence[str], new: Sequence[str], budget: _Budget
) -> Iterator[tuple[int, int, int]]:
    """Yield where both are the same and for how long: start, middle and end."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield 0, 0, head
    for i, j, length in _joined(_path(inner_old, inner_new, budget)):
        yield head + i, head + j, length
    if tail:
        yield len(old) - tail, len(new) - tail, tail


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many items both begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _path(
    old: Sequence[str], new: Sequence[str], budget: _Budget
) -> list[tuple[int, int]]:
    """Return pairs of places with the same item, on a shortest way, in order.

    Nothing where the budget is used up: then all of it counts as changed.
    """
    levels: list[list[int]] = []
    if not set(old).intersection(new):
        return []
    while True:
        level = _level(old, new, levels[-1] if levels else [])
        levels.append(level.reached)
        if not budget.take(level.steps):
            return []
        if level.is_last:
            return _walk_back(len(old), len(new), levels)


class _Level(NamedTuple):
    """How far one comes with so many edits, on each diagonal that they lead to.

    With ``e`` edits that is every other diagonal from ``-e`` to ``e``.
    """

    reached: list[int]
    steps: int
    is_last: bool


def _level(old: Sequence[str], new: Sequence[str], last: list[int]) -> _Level:
    """Take one more edit on every diagonal, and then go on while both are the same."""
    reached, steps, is_last = [], 0, False
    edits = len(last)
    for index in range(edits + 1):
        x = start = _start(last, index)
        y = x - (2 * index - edits)
        while x < len(old) and y < len(new) and old[x] == new[y]:
            x, y = x + 1, y + 1
        reached.append(x)
        steps += 1 + x - start
        is_last = is_last or (x >= len(old) and y >= len(new))
    return _Level(reached, steps, is_last)


def _start(last: list[int], index: int) -> int:
    """Return where an edit leads on a diagonal, of which the best way is taken."""
    if not last:
        return 0
    return last[index] if _is_added(last, index) else last[index - 1] + 1


def _is_added(last: list[int], index: int) -> bool:
    """Return whether the best edit adds an item of the new, or removes one."""
    if index in {0, len(last)}:
        return index == 0
    return last[index - 1] < last[index]


def _walk_back(x: int, y: int, levels: list[list[int]]) -> list[tuple[int, int]]:
    """Return the pairs on the way that was found to ``x`` and ``y``, in order."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(levels) - 1, 0, -1):
        last, index = levels[edits - 1], (x - y + edits) // 2
        is_added = _is_added(last, index)
        before = last[index] if is_added else last[index - 1]
        start = before if is_added else before + 1
        pairs += [(x - step, y - step) for step in range(1, x - start + 1)]
        y -= x - start
        x, y = before, y - 1 if is_added else y
    pairs += [(x - step, y - step) for step in range(1, x + 1)]
    return pairs[::-1]


def _joined(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield pairs that follow each other as one."""
    start: tuple[int, int] | None = None
    length = 0
    for i, j in pairs:
        if start is not None and (i, j) == (start[0] + length, start[1] + length):
            length += 1
            continue
        if start is not None:
            yield (*start, length)
        start, length = (i, j), 1
    if start is not None:
        yield (*start, length)


def _near(lines: Sequence[DiffLine], context: int) -> set[int]:
    near: set[int] = set()
    for index, line in enumerate(lines):
        if line.kind is not Kind.SAME:
            near.update(range(index - context, index + context + 1))
    return near


def _replaced(words: Sequence[Words]) -> int:
    """Return how many words changed: those of the longer of what stands together."""
    total = removed = 0
    for one in words:
        count = len(one.text.split())
        if one.kind is Kind.REMOVED:
            total, removed = total + count, count
        elif one.kind is Kind.ADDED:
            total, removed = total + max(count - removed, 0), 0
        else:
            removed = 0
    return total


_CHARACTERS_A_STEP: Final = 8
_WORD: Final = regex(r"\s+|[\u2e80-\u9fff\uac00-\ud7af]|\d+(?:[.,:]\d+)+|\w+|[^\w\s]")
"""A price, a time or an address of numbers is one word: half of it says nothing."""
