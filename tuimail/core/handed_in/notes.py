"""What is said about a message while it is read: refusals and findings.

What a draft cannot say exactly is refused; what changes on the way, and what is
left out on purpose, is noted.

Pure.
"""

from typing import Final

from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.errors import FieldError

FIELD: Final = "message"
SHOWN_LIMIT: Final = 60
REPLACEMENT: Final = "\ufffd"
"""Stands for what cannot be read."""


def refused(sentence: str, *, hint: str) -> FieldError:
    """Return the error that says why the message cannot become a draft."""
    return FieldError(sentence, hint=hint, field=FIELD)


def shown(text: str) -> str:
    """Return the beginning of ``text``, quoted, for a sentence."""
    return f"{text[:SHOWN_LIMIT]!r}{'…' if len(text) > SHOWN_LIMIT else ''}"


class Notes:
    """The findings about one message, in order, none twice."""

    def __init__(self, *, is_lenient: bool = False) -> None:
        """Begin with none.

        Args:
            is_lenient: Whether what cannot be read is noted, and shown as U+FFFD,
                where it would be refused otherwise.
        """
        self.is_lenient = is_lenient
        self._found: dict[Finding, None] = {}

    def info(
        self, code: str, message: str, *, field: str, hint: str = "", place: str = ""
    ) -> None:
        """Note what is good to know."""
        self._add(
            Finding(
                code=code,
                severity=Severity.INFO,
                field=field,
                message=message,
                hint=hint,
                place=place[:PLACE_LIMIT],
            )
        )

    def warn(
        self, code: str, message: str, *, field: str, hint: str, place: str = ""
    ) -> None:
        """Note what is worth a look."""
        self._add(
            Finding(
                code=code,
                severity=Severity.WARNING,
                field=field,
                message=message,
                hint=hint,
                place=place[:PLACE_LIMIT],
            )
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was noted."""
        return tuple(self._found)

    def _add(self, finding: Finding) -> None:
        self._found[finding] = None
