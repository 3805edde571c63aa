"""``policy.toml``: found beside ``config.toml``, believed only where it is ours.

Who may change the policy decides what leaves. So the file is the user's own and
closed to others, or root's and closed to change, and anything else in its place is
as bad as a file that cannot be read.
"""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.settings.files import parsed, read_content

if TYPE_CHECKING:
    from tuimail.core.policy.policy import Policy

NAME: Final = "policy.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """What stands in the file."""

    content: bytes
    digest: str
    """SHA-256 of it, lower-case hexadecimal."""


def policy_path(config: Path) -> Path:
    """Return the ``policy.toml`` that goes with ``config``."""
    return config.with_name(NAME)


def read_policy_text(path: Path) -> PolicyText | None:
    """Return what stands in ``path``; None where there is no such file.

    Raises:
        ConfigurationError: It cannot be read, or others may write it.
    """
    try:
        content = read_content(path, check=lambda status: _require_ours(path, status))
    except FileNotFoundError:
        return None
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, and lists hash nothing

    return PolicyText(content=content, digest=sha256(content).hexdigest())


def policy_in(path: Path, content: bytes) -> "Policy":
    """Return the policy that ``content`` says, which is what ``path`` holds or held.

    Raises:
        ConfigurationError: It is not understood; the text names the key.
    """
    from tuimail.settings.policy_tables import read_policy  # noqa: PLC0415 - rare
    from tuimail.settings.schema import Table  # noqa: PLC0415 - as well

    return read_policy(Table(source=str(path), values=parsed(path, content)))


def _require_ours(path: Path, status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in {0, os.geteuid()}:
        raise ConfigurationError(
            f"{path} belongs to user {status.st_uid}, who could change it.",
            hint=f"Make it yours: chown {os.geteuid()} {path}",
        )
    is_own = status.st_uid == os.geteuid()
    if mode & (0o077 if is_own else 0o022):
        raise ConfigurationError(
            f"{path} is open to others (mode {mode:04o}).",
            hint=f"Close it: chmod 600 {path}",
        )
