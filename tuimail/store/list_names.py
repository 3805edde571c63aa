"""What lists that stand beside the database are called there."""

from typing import Final

ACCESS: Final = "access.json"
SUPPRESSIONS: Final = "suppressions.json"
NAMES: Final = (ACCESS, SUPPRESSIONS)
