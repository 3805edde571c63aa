"""The desk for reviewers: people who decide under their own name, by a PIN.

Where there is none, the user of the operating system is the one who decides.

A PIN is short, so guessing has to be slow: the hash is, and after a few wrong
ones none is looked at for a while. That is kept in the store, so that a program
that is started again does not begin to count anew.
"""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from tuimail.core.checks.confusables import ARMENIAN, CYRILLIC, GREEK, LOOSE
from tuimail.core.lines import check_line
from tuimail.core.origin import PERSON_PREFIX
from tuimail.core.values import dataclass
from tuimail.errors import (
    AuthenticationError,
    FieldError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
)
from tuimail.store.reviewers import ReviewerRow
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

SHORTEST_PIN: Final = 6
LONGEST_PIN: Final = 128
LONGEST_NAME: Final = 64
WRONG_PINS: Final = 5
"""In a row, before the next has to wait."""
FIRST_WAIT: Final = timedelta(seconds=30)
"""After that many; twice as long after each further one."""
LONGEST_WAIT: Final = timedelta(hours=1)

_DOUBLES: Final = {**LOOSE, **ARMENIAN, **GREEK, **CYRILLIC}
_MOST_DOUBLED: Final = (LONGEST_WAIT // FIRST_WAIT).bit_length()
_COST: Final = 14
"""Binary logarithm of scrypt's N: 16 MiB and some 50 ms for each PIN that is tried
(RFC 7914 §2)."""
_BLOCK_SIZE: Final = 8
_SALT_BYTES: Final = 16
_NOBODYS: Final = f"{_COST}${'00' * _SALT_BYTES}$"
"""Takes as long as any PIN, and is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person who decides; never the PIN."""

    name: str
    added_at: datetime

    @property
    def actor(self) -> str:
        """Who it is in the journal."""
        return PERSON_PREFIX + self.name


class ReviewerDesk:
    """Where people who decide are named."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def add(self, name: str, pin: str) -> Reviewer:
        """Name somebody who decides.

        Raises:
            FieldError: The name or the PIN cannot be one, or the name is taken.
            NotAllowedError: It is no person at a real terminal who asks.
        """
        self._require_terminal()
        _check_name(name)
        _check_pin(pin)
        hashed = _new_hash(pin, self._stores.random(_SALT_BYTES))
        with self._stores.transaction():
            self._refuse_present(name)
            self._refuse_lookalike(name)
            at = self._stores.clock.now()
            self._stores.reviewers.set(name, pin_hash=hashed, at=at)
        self._stores.afterwards(self._stores.kept_access.keep)
        return _reviewer(self._present(name))

    def remove(self, name: str) -> Reviewer:
        """Let somebody decide no more; what they decided stays.

        Raises:
            NotFoundError: There is no such reviewer.
            NotAllowedError: It is no person at a real terminal who asks.
        """
        self._require_terminal()
        with self._stores.transaction():
            row = self._present(name)
            self._stores.reviewers.remove(row.name, self._stores.clock.now())
        self._stores.afterwards(self._stores.kept_access.keep)
        return _reviewer(row)

    def list(self) -> tuple[Reviewer, ...]:
        """Return who decides now, by name."""
        return tuple(map(_reviewer, self._stores.reviewers.present()))

    def verify(self, name: str, pin: str) -> str:
        """Return the actor whose name and PIN these are.

        Outside a transaction: a wrong PIN is counted, whatever happens then.

        Raises:
            NotAllowedError: It is no person who asks.
            AuthenticationError: There is no such reviewer, or it is another PIN.
            TooManyError: There were wrong ones; it has to wait.
        """
        require_person(self._stores)
        row = self._stores.reviewers.get(name)
        self._refuse_too_soon(row)
        is_right = _is_right(row.pin_hash if row else "", pin)
        with self._stores.transaction():
            # Of many who tried meanwhile, the first few were told already.
            row = self._stores.reviewers.get(name)
            self._refuse_too_soon(row)
            is_right = is_right and row is not None and row.removed_at is None
            self._note(row, is_right=is_right)
        if not is_right or row is None:
            raise AuthenticationError(
                "That is not the name and the PIN of a reviewer.",
                hint="Try again, or see who there is: tuimail reviewers list",
                field="pin",
            )
        return PERSON_PREFIX + row.name

    def _note(self, row: ReviewerRow | None, *, is_right: bool) -> None:
        if row is None:
            return
        if is_right:
            if row.failures:
                self._stores.reviewers.succeeded(row.name)
            return
        now, failures = self._stores.clock.now(), row.failures + 1
        wait = _wait_after(failures)
        self._stores.reviewers.failed(
            row.name, failures=failures, at=now, until=now + wait if wait else None
        )

    def _refuse_too_soon(self, row: ReviewerRow | None) -> None:
        now = self._stores.clock.now()
        if row is None or row.waits_until is None or not row.waits(now):
            return
        seconds = max(1, round((row.waits_until - now).total_seconds()))
        raise TooManyError(
            f"There were {row.failures} wrong PINs in a row for {row.name}.",
            wait_seconds=seconds,
            hint=f"Try again in {seconds} seconds.",
            field="pin",
        )

    def _require_terminal(self) -> None:
        require_person(self._stores)
        if not self._stores.acting.on_terminal:
            raise NotAllowedError(
                "Who decides is changed by a person at a real terminal.",
                hint="Run it in a terminal: tuimail reviewers add NAME",
            )

    def _refuse_present(self, name: str) -> None:
        found = self._stores.reviewers.get(name)
        if found is not None and found.removed_at is None:
            raise FieldError(
                f"There is a reviewer {found.name} already.",
                hint="To give them another PIN, remove them first: "
                f"tuimail reviewers remove {found.name}",
                field="name",
            )

    def _refuse_lookalike(self, name: str) -> None:
        """Refuse a name that reads like another's, who decides now or did."""
        again = self._stores.reviewers.get(name)
        for other in self._stores.reviewers.names():
            is_same = again is not None and again.name == other
            if not is_same and _skeleton(other) == _skeleton(name):
                raise FieldError(
                    f"{name!r} reads like the reviewer {other}.",
                    hint="Use a name that nobody takes for another.",
                    field="name",
                )

    def _present(self, name: str) -> ReviewerRow:
        found = self._stores.reviewers.get(name)
        if found is None or found.removed_at is not None:
            raise NotFoundError(
                f"There is no reviewer {name[:LONGEST_NAME]!r}.",
                hint="See who there is: tuimail reviewers list",
                field="name",
            )
        return found


def _reviewer(row: ReviewerRow) -> Reviewer:
    return Reviewer(name=row.name, added_at=row.added_at)


def _wait_after(failures: int) -> timedelta:
    """Return how long no PIN is looked at after so many wrong ones in a row."""
    if failures < WRONG_PINS:
        return timedelta(0)
    doubled = 1 << min(failures - WRONG_PINS, _MOST_DOUBLED)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _new_hash(pin: str, salt: bytes) -> str:
    return f"{_COST}${salt.hex()}${_scrypt(pin, salt, _COST)}"


def _is_right(pin_hash: str, pin: str) -> bool:
    """Return whether ``pin`` is the one; takes as long where there is none."""
    cost, salt, wanted = (pin_hash or _NOBODYS).split("$")
    found = _scrypt(pin, bytes.fromhex(salt), int(cost))
    return compare_digest(found, wanted)


def _scrypt(pin: str, salt: bytes, cost: int) -> str:
    text = unicodedata.normalize("NFC", pin).encode("utf-8", "surrogatepass")
    needed = 128 * _BLOCK_SIZE * (2**cost + 2)
    return hashlib.scrypt(
        text, salt=salt, n=2**cost, r=_BLOCK_SIZE, p=1, maxmem=2 * needed
    ).hex()


def _check_name(name: str) -> None:
    is_plain = name.isprintable() and all(
        letter.isalnum() or letter in "._-" for letter in name
    )
    if not is_plain or not 0 < len(name) <= LONGEST_NAME or not name[0].isalnum():
        raise FieldError(
            f"{name[:LONGEST_NAME]!r} cannot be the name of a reviewer.",
            hint=f"Use 1 to {LONGEST_NAME} letters and digits, with . _ - after "
            "the first.",
            field="name",
        )


def _skeleton(name: str) -> str:
    """Return what a name reads like: without case, marks and foreign doubles."""
    plain = unicodedata.normalize("NFKD", name.casefold()).casefold()
    letters = (one for one in plain if not unicodedata.combining(one))
    return "".join(_DOUBLES.get(one, one) for one in letters)


def _check_pin(pin: str) -> None:
    """Refuse what is no PIN, in words that do not have it."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise FieldError(
            f"The PIN has {len(pin)} characters.",
            hint=f"Use {SHORTEST_PIN} to {LONGEST_PIN}; letters are as good as digits.",
            field="pin",
        )
    check_line(pin, field="pin", what="The PIN")
