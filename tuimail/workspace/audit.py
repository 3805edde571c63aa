"""The desk for the journal: whether it is whole, its end, and all of it."""

from collections.abc import Iterator, Mapping

from tuimail.core.values import dataclass
from tuimail.workspace.stores import Stores
from tuimail.workspace.witnessing import first_misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The end of the journal as somebody kept it elsewhere."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a look at the whole journal found."""

    checked: int
    """Lines that are there."""
    first_bad: int | None
    """Number of the first line that was changed or removed."""
    is_cut: bool
    """Whether the line that was kept is not there any more, or another."""
    head: Kept
    """The newest line."""
    misfit: str = ""
    """The first decision or approval that is not what the journal tells of it."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.first_bad is None and not self.is_cut and not self.misfit


class AuditDesk:
    """Reads the journal; nobody writes it but the database itself."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._journal = stores.journal

    def verify(self, kept: Kept | None = None) -> Audit:
        """Compute every hash again, and look for the line that was kept.

        What the tables say was decided is compared with what the journal tells.

        Without one, lines cut off the end leave no trace; nor does a journal
        that somebody wrote anew from the beginning.
        """
        found = self._journal.verify()
        is_cut = kept is not None and self._journal.hash_of(kept.number) != kept.hash
        return Audit(
            checked=found.checked,
            first_bad=found.first_bad,
            is_cut=is_cut,
            head=self.head(),
            misfit=first_misfit(self._stores),
        )

    def head(self) -> Kept:
        """Return the newest line, to be kept where nobody can change it."""
        found = self._journal.head()
        return Kept(number=found.number, hash=found.hash)

    def lines(self) -> Iterator[Mapping[str, str | int]]:
        """Yield every line as it was hashed, oldest first."""
        for link in self._journal.chain():
            yield link._asdict()
