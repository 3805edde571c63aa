"""Template files: the one that was named, and what it may include.

The rule kept here: whatever a template asks for, it gets regular files below its
own folder only. Links are not followed and hidden names are refused, so that a
template somebody else wrote reads no keys and no passwords into a mail.
"""

import os
from pathlib import Path
from typing import Final

from tuimail.core.values import dataclass
from tuimail.errors import TemplateError
from tuimail.settings.texts import READING, decoded, reason, regular

FILE_LIMIT_BYTES: Final = 8_000_000
"""Of one template; four bytes for every character that a template may have."""
_INSIDE: Final = READING | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """What templates may include."""

    path: Path

    def load(self, name: str) -> str | None:
        """Return the template called ``name``, or None where there is none.

        Raises:
            TemplateError: It is outside the folder, hidden, a link, no regular
                file, too long or not UTF-8.
        """
        parts = _parts(name)
        try:
            with os.fdopen(self._open(parts), "rb") as file:
                content = file.read(FILE_LIMIT_BYTES + 1)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise TemplateError(
                f"the file {name!r} cannot be read: {reason(error)}.",
                hint=_HINT,
                field="template",
            ) from error
        text = decoded(
            content, name=name, field="template", limit_bytes=FILE_LIMIT_BYTES
        )
        return text.replace("\r\n", "\n")

    def _open(self, parts: tuple[str, ...]) -> int:
        """Open one folder after the other, so that none becomes a link meanwhile."""
        at = os.open(self.path, READING | os.O_DIRECTORY)
        for part in parts[:-1]:
            at = _below(part, _INSIDE | os.O_DIRECTORY, at)
        return regular(_below(parts[-1], _INSIDE, at))


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(name.split("/"))
    if any(not part or part.startswith(".") for part in parts):
        raise TemplateError(
            f"the file {name!r} is hidden, or not within the folder of the template.",
            hint=_HINT,
            field="template",
        )
    return parts


def _below(part: str, flags: int, folder: int) -> int:
    """Open ``part`` within ``folder``, which is closed."""
    try:
        return os.open(part, flags, dir_fd=folder)
    finally:
        os.close(folder)


_HINT: Final = (
    "Put it beside the template or in a folder below, and name it from there."
)
