"""What other programs are set up with, as accounts that could be added here."""

from typing import TYPE_CHECKING, Final

from tuimail.core.values import dataclass, replace
from tuimail.errors import TuimailError
from tuimail.settings.config import Config
from tuimail.settings.importing.candidate import Candidate
from tuimail.workspace.describing import AccountWords

if TYPE_CHECKING:
    from tuimail.workspace.accounts import AccountDesk

KEYRING: Final = "keyring:"
_NO_SENDER: Final = "It does not say whom its mail is from; add --address ADDRESS."


@dataclass(frozen=True, slots=True, kw_only=True)
class Importable:
    """One account that was found, and whether it can be added as it is."""

    candidate: Candidate
    problem: str
    """Why not, or empty."""

    @property
    def secret(self) -> str:
        """Where its password will be: what stands in clear goes into the keyring."""
        found = self.candidate
        return KEYRING if found.secret_value else found.secret

    @property
    def words(self) -> AccountWords:
        """Everything that is to be said of the account."""
        found = self.candidate
        return AccountWords(
            name=found.name,
            provider=found.provider,
            address=found.address,
            options=found.options,
            secret=self.secret,
        )


def judged(
    desk: "AccountDesk", config: Config, found: Candidate, *, address: str
) -> Importable:
    """Return ``found`` with what keeps it from being added, if anything.

    Args:
        desk: Says whether the provider takes the settings.
        config: The accounts there are.
        found: What another program would send through.
        address: Whom mail is from where it does not say so itself.
    """
    candidate = replace(found, address=found.address or address)
    importable = Importable(candidate=candidate, problem=candidate.problem)
    if importable.problem:
        return importable
    if any(one.name == candidate.name for one in config.accounts):
        return replace(importable, problem="There is an account of that name.")
    if not candidate.address:
        return replace(importable, problem=_NO_SENDER)
    try:
        desk.planned(**importable.words)
    except TuimailError as error:
        return replace(importable, problem=f"{error} {error.hint}".rstrip())
    return importable
