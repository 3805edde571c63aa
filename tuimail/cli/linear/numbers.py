"""The number that each mail has in one dialogue.

It is given when the mail is first named and never changed or given again, so that
what was typed about one mail is never about another.

Pure.
"""

import re
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import NotFoundError, UsageError

_NUMBER: Final = regex(r"#?([0-9]{1,9})", re.ASCII)


class Numbers:
    """Which mail has which number."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._numbers: dict[str, int] = {}

    def of(self, draft_id: str) -> int:
        """Return the number of a mail, a new one if it has none."""
        if draft_id not in self._numbers:
            self._ids.append(draft_id)
            self._numbers[draft_id] = len(self._ids)
        return self._numbers[draft_id]

    def mail(self, typed: str, *, verb: str) -> str:
        """Return the id of the mail with the number that was typed.

        Raises:
            UsageError: It is no number.
            NotFoundError: No mail has it.
        """
        found = _NUMBER.fullmatch(typed)
        if found is None:
            raise UsageError(
                f"{typed[:40]!r} is no number of a mail."
                if typed
                else f"It is not said which mail to {verb}.",
                hint=f"Type its number after the word: {verb} 1",
                field="number",
            )
        place = int(found[1])
        if not 0 < place <= len(self._ids):
            raise NotFoundError(
                f"No mail has the number {place} here.",
                hint="Type list, and take a number from there.",
                field="number",
            )
        return self._ids[place - 1]

    def in_words(self, text: str) -> str:
        """Return ``text`` with the numbers of mails where it has their ids."""
        for draft_id, number in self._numbers.items():
            text = text.replace(draft_id, str(number))
        return text
