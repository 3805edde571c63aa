"""Reading settings key by key, with errors that name file, key and what may stand.

Pure: it is given what was parsed.
"""

from collections.abc import Collection, Mapping
from typing import Any

from tuimail.core.values import dataclass, field
from tuimail.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a settings file, or the environment in its place."""

    source: str
    """The file, for errors."""
    values: Mapping[str, Any]
    path: str = ""
    """Dotted name of this table within the file; empty at the top."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Keys that came from another place than ``source``, and which."""

    def name(self, key: str) -> str:
        """Return ``key`` as it is spelled from the top of the file."""
        return f"{self.path}.{key}" if self.path else key

    def refuse_unknown(self, allowed: Collection[str]) -> None:
        """Refuse a key that means nothing, naming the nearest one that does.

        A misspelt setting that is silently ignored is one that a person
        believes in.
        """
        for key in self.values:
            if key not in allowed:
                raise self.error(
                    key, "is not a setting", hint=nearest(key, sorted(allowed))
                )

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return the text at ``key``; without a default it has to be there."""
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, "is missing", hint=f'Add {key} = "…"')
        if not isinstance(value, str):
            raise self.error(key, "is not text", hint=f'Write {key} = "…"')
        return value

    def choice(self, key: str, *, allowed: Collection[str], default: str) -> str:
        """Return the text at ``key``, which is one of ``allowed``."""
        value = self.text(key, default=default)
        if value not in allowed:
            raise self.error(
                key,
                f"is “{value[:40]}”",
                hint=f"It may be {', '.join(allowed)}.",
            )
        return value

    def switch(self, key: str, *, default: bool) -> bool:
        """Return whether ``key`` is on."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(
                key, "is neither true nor false", hint=f"Write {key} = false"
            )
        return value

    def number(self, key: str, *, default: int, lowest: int, highest: int) -> int:
        """Return the whole number at ``key``, within its bounds."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, "is not a whole number", hint=f"Write {key} = 10")
        if not lowest <= value <= highest:
            raise self.error(
                key,
                f"is {value}",
                hint=f"It may be between {lowest} and {highest}.",
            )
        return value

    def maybe_number(self, key: str, *, lowest: int, highest: int) -> int | None:
        """Return the whole number at ``key``; None where there is none."""
        if key not in self.values:
            return None
        return self.number(key, default=lowest, lowest=lowest, highest=highest)

    def table(self, key: str) -> "Table":
        """Return the table at ``key``; an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(
                key, "is not a table", hint=f"It begins with a line [{self.name(key)}]"
            )
        return Table(source=self.source, values=value, path=self.name(key))

    def tables(self, key: str) -> "tuple[Table, ...]":
        """Return the tables in the list at ``key``; none where there is no list."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(
            isinstance(value, dict) for value in values
        ):
            raise self.error(
                key,
                "is not a list of tables",
                hint=f"Each begins with a line [[{self.name(key)}]]",
            )
        return tuple(
            Table(source=self.source, values=value, path=f"{self.name(key)}[{number}]")
            for number, value in enumerate(values, start=1)
        )

    def error(self, key: str, what: str, *, hint: str) -> ConfigurationError:
        """Return the error that says ``what`` is wrong with ``key``."""
        source = self.elsewhere.get(key, self.source)
        return ConfigurationError(
            f"{self.name(key)} in {source} {what}.", hint=hint, field=key
        )


def nearest(word: str, known: Collection[str]) -> str:
    """Return a hint: the one that was probably meant, or all there are."""
    import difflib  # noqa: PLC0415 - for a mistake only

    found = difflib.get_close_matches(word, known, n=1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"There are: {', '.join(known) or 'none'}."
