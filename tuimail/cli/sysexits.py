"""What ``sendmail`` ends with: the codes that programs who call it know.

As in BSD's ``sysexits.h``. Programs try again after 75, and give up after the rest.
"""

from typing import Final

from tuimail import errors

NO_USER: Final = 67
SOFTWARE: Final = 70
TRY_AGAIN: Final = 75

_BY_ERROR: Final[tuple[tuple[type[errors.TuimailError], int], ...]] = (
    (errors.UsageError, 64),
    (errors.AddressError, NO_USER),
    (errors.InputError, 65),
    (errors.UnsupportedFeatureError, 69),
    (errors.NotAllowedError, 77),
    (errors.AuthenticationError, 77),
    (errors.ConfigurationError, 78),
    (errors.WorkspaceRefusedError, 78),
    (errors.NewerWorkspaceError, 78),
    (errors.StoreError, TRY_AGAIN),
    (errors.TooManyError, TRY_AGAIN),
)
"""The first that fits."""


def of(error: errors.TuimailError) -> int:
    """Return the exit code for what kept a mail from being taken."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), SOFTWARE)
