"""How mail is written here: ``[compose]`` in ``config.toml``.

Pure.
"""

from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.settings.schema import Table

KEYS: Final = ("address_command", "markdown", "spelling")
NO_SPELLING: Final = "off"
_LANGUAGES: Final = regex(r"[A-Za-z][\w-]{1,30}(?:,[A-Za-z][\w-]{1,30}){0,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeSettings:
    """What the person wants of the app while they write."""

    address_command: str = ""
    """Program with arguments that prints who is meant by a text, or empty."""
    markdown: bool = False
    """Whether new mail begins as Markdown, from which its HTML part is made."""
    spelling: str = ""
    """Languages whose words are right, as hunspell names them, with commas between;
    empty for that of the environment, and ``off`` for no look at the spelling."""


def read_compose(table: Table) -> ComposeSettings:
    """Return what ``table`` says.

    Raises:
        ConfigurationError: A key means nothing, or its value cannot be.
    """
    table.refuse_unknown(KEYS)
    return ComposeSettings(
        address_command=_address_command(table),
        markdown=table.switch("markdown", default=False),
        spelling=_spelling(table),
    )


def _spelling(table: Table) -> str:
    languages = table.text("spelling", default="").replace(" ", "")
    if languages and not _LANGUAGES.fullmatch(languages):
        raise table.error(
            "spelling",
            f"is “{languages[:40]}”, which names no languages",
            hint=f'Write spelling = "en_US,de_DE", or spelling = "{NO_SPELLING}"',
        )
    return languages


def _address_command(table: Table) -> str:
    command = table.text("address_command", default="")
    if command and not _has_words(command):
        raise table.error(
            "address_command",
            "is no program with arguments",
            hint='Write address_command = "khard email --parsable %s"',
        )
    return command


def _has_words(command: str) -> bool:
    import shlex  # noqa: PLC0415 - for who has such a command

    try:
        return bool(shlex.split(command))
    except ValueError:
        return False
