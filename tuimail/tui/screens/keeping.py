"""Stores what is being written, one call after the other.

The one rule that lives here: a newer text never waits behind an older answer,
and no two calls store the same new draft twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tuimail.errors import LifecycleError, TuimailError
from tuimail.tui import editing
from tuimail.tui.asking import Call
from tuimail.tui.editing import Opened, Saved, Typed

Then = Callable[[Saved], None]
Otherwise = Callable[[TuimailError], None]
Ask = Callable[[Call[Saved], Then, Otherwise], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to happen with the fields once the call before is answered."""

    strict: bool
    then: Then
    otherwise: Otherwise


class Keeper:
    """Knows what is stored of what is typed, and stores the rest."""

    def __init__(self, ask: Ask, typed: Callable[[], Typed]) -> None:
        self._ask = ask
        self._typed = typed
        self._clean = Typed()
        self._is_busy = False
        self._wish: _Wish | None = None
        self._begun = 0
        self.opened = Opened()
        """The stored draft, or none yet."""
        self.is_alone = False
        """The stored draft went its own way: keeping makes a new one."""

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed that is not stored."""
        return self._typed() != self._clean

    @property
    def is_free(self) -> bool:
        """Whether nothing is lost when the fields are filled anew."""
        return not self.is_dirty or self._typed().is_blank

    def begin(self, opened: Opened, typed: Typed) -> None:
        """Go on with another draft, whose fields show ``typed``."""
        self._begun += 1
        self._wish = None
        self.opened = opened
        self.is_alone = False
        self._clean = typed

    def autosave(self, then: Then, otherwise: Otherwise) -> None:
        """Store what changed, unless that would empty a body or make a copy."""
        typed = self._typed()
        if self._is_busy or self.is_alone or typed == self._clean:
            return
        if not editing.would_empty(typed, self.opened):
            self.store(then, otherwise, strict=False)

    def store(self, then: Then, otherwise: Otherwise, *, strict: bool) -> None:
        """Store the fields as a revision, after what is being stored now.

        Args:
            then: Told what was stored.
            otherwise: Told why nothing was.
            strict: Whether a field that is no mail yet is a refusal.
        """
        wish = _Wish(strict=strict, then=then, otherwise=otherwise)
        if self._is_busy:
            self._wish = wish
        else:
            self._begin(wish)

    def _begin(self, wish: _Wish) -> None:
        self._is_busy = True
        opened = Opened(draft=self.opened.draft) if self.is_alone else self.opened
        call = editing.save(self._typed(), opened, strict=wish.strict)
        begun = self._begun
        self._ask(
            call,
            lambda saved: self._saved(wish, saved, is_ours=begun == self._begun),
            lambda error: self._refused(wish, error, is_ours=begun == self._begun),
        )

    def _saved(self, wish: _Wish, saved: Saved, *, is_ours: bool) -> None:
        """Go on with what was stored, unless another draft was begun meanwhile."""
        self._is_busy = False
        if is_ours:
            self.opened, self._clean = saved.opened, saved.typed
            self.is_alone = False
            wish.then(saved)
        self._go_on()

    def _refused(self, wish: _Wish, error: TuimailError, *, is_ours: bool) -> None:
        self._is_busy = False
        if is_ours:
            self.is_alone = self.is_alone or isinstance(error, LifecycleError)
            wish.otherwise(error)
        self._go_on()

    def _go_on(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            self._begin(wish)
