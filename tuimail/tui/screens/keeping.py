"""Stores what is being written, one call after the other.

The rules that live here: a newer text never waits behind an older answer, no two
calls store the same new draft twice, and nobody who did not ask for it gets an
emptied body, or a draft of its own, stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tuimail.errors import LifecycleError, TuimailError
from tuimail.tui import editing
from tuimail.tui.asking import Call
from tuimail.tui.editing import Kept, Opened, Saved, Typed

Then = Callable[[Saved], None]
"""Told of a revision."""
ThenKept = Callable[[Kept], None]
"""Told of whatever was stored."""
Otherwise = Callable[[TuimailError], None]
Ask = Callable[[Call[Kept], ThenKept, Otherwise], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to happen with the fields once the call before is answered."""

    call: Callable[[], Call[Kept]]
    """Made when its turn has come, of what the fields hold then."""
    then: ThenKept
    otherwise: Otherwise


class Keeper:
    """Knows what is stored of what is typed, and stores the rest."""

    def __init__(
        self, ask: Ask, typed: Callable[[], Typed], place: Callable[[], str] = str
    ) -> None:
        """Begin with nothing.

        Args:
            ask: Has the workspace do something.
            typed: Gives what stands in the fields now.
            place: Gives where the cursor stands now.
        """
        self._ask = ask
        self._typed = typed
        self._place = place
        self._kept = self._cut = Typed()
        self._wish: _Wish | None = None
        self._begun = 0
        self.is_busy = False
        """Whether something is being stored."""
        self.opened = Opened()
        """The stored draft, or none yet."""
        self.is_alone = False
        """The stored draft went its own way: keeping makes a new one."""

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed that is not stored."""
        return self._typed() != self._kept

    @property
    def is_uncut(self) -> bool:
        """Whether something was typed that no revision has."""
        return self._typed() != self._cut

    @property
    def is_free(self) -> bool:
        """Whether nothing is lost when the fields are filled anew."""
        return not self.is_uncut or self._typed().is_blank

    def begin(self, opened: Opened, typed: Typed, *, cut: Typed | None = None) -> None:
        """Go on with another draft.

        Args:
            opened: Which one.
            typed: What the fields show.
            cut: What its revision has of that; all of it where it is None.
        """
        self._begun += 1
        self._wish = None
        self.opened = opened
        self.is_alone = False
        self._kept = typed
        self._cut = typed if cut is None else cut

    def take_account(self, account: str, sender: str) -> None:
        """Have the account and the sender in the fields be nobody's change."""
        self._kept = replace(self._kept, account=account, sender=sender)
        self._cut = replace(self._cut, account=account, sender=sender)

    def autosave(self, then: ThenKept, otherwise: Otherwise) -> None:
        """Store what changed, unless that would make a copy."""
        typed = self._unasked()
        if self.is_busy or self.is_alone or typed == self._kept:
            return
        if self.opened.id or not typed.is_blank:
            call = self._working_copy
            self._begin(_Wish(call=call, then=then, otherwise=otherwise))

    def store(
        self,
        then: Then,
        otherwise: Otherwise,
        *,
        strict: bool,
    ) -> None:
        """Store the fields as a revision, after what is being stored now.

        Args:
            then: Told what was stored.
            otherwise: Told why nothing was.
            strict: Whether a field that is no mail yet is a refusal.
        """

        def call() -> Call[Kept]:
            typed, place = self._typed(), self._place()
            return editing.save(typed, self._target, strict=strict, place=place)

        def told(kept: Kept) -> None:
            if isinstance(kept, Saved):
                then(kept)

        self._wait_for(_Wish(call=call, then=told, otherwise=otherwise))

    def put_down(
        self, then: ThenKept, otherwise: Otherwise, *, gives_way: bool = False
    ) -> None:
        """Store the fields, though nobody asked for exactly this to be stored.

        Args:
            then: Told what was stored: a revision, wherever there is an account.
            otherwise: Told why nothing was.
            gives_way: Whether it is left out where another wish waits already.
        """

        def call() -> Call[Kept]:
            place = self._place()
            return editing.put_down(self._unasked(), self._target, place=place)

        wish = _Wish(call=call, then=then, otherwise=otherwise)
        self._wait_for(wish, gives_way=gives_way)

    def _wait_for(self, wish: _Wish, *, gives_way: bool = False) -> None:
        if not self.is_busy:
            self._begin(wish)
        elif self._wish is None or not gives_way:
            self._wish = wish

    def _unasked(self) -> Typed:
        return editing.not_emptied(self._typed(), self._kept)

    @property
    def _target(self) -> Opened:
        """The draft to store into: a new one where the other went its own way."""
        if self.is_alone:
            return replace(self.opened, id="", revision=0, seen=0)
        return self.opened

    def _working_copy(self) -> Call[Kept]:
        return editing.keep(self._unasked(), self.opened, place=self._place())

    def _begin(self, wish: _Wish) -> None:
        self.is_busy = True
        begun = self._begun
        self._ask(
            wish.call(),
            lambda kept: self._stored(wish, kept, is_ours=begun == self._begun),
            lambda error: self._refused(wish, error, is_ours=begun == self._begun),
        )

    def _stored(self, wish: _Wish, kept: Kept, *, is_ours: bool) -> None:
        """Go on with what was stored, unless another draft was begun meanwhile."""
        self.is_busy = False
        if is_ours:
            self.opened, self._kept = kept.opened, kept.typed
            if isinstance(kept, Saved):
                self._cut = kept.typed
                self.is_alone = False
            wish.then(kept)
        self._go_on()

    def _refused(self, wish: _Wish, error: TuimailError, *, is_ours: bool) -> None:
        self.is_busy = False
        if is_ours:
            self.is_alone = self.is_alone or isinstance(error, LifecycleError)
            wish.otherwise(error)
        self._go_on()

    def _go_on(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            self._begin(wish)
