"""The option that names an agent, for verbs by which mail is handed in."""

from typing import Final

from tuimail.cli.parser import Parser
from tuimail.core.lines import check_line
from tuimail.core.origin import AGENT_PREFIX
from tuimail.errors import UsageError

LONGEST_NAME: Final = 64


def add_actor(parser: Parser) -> None:
    """Take who hands in, and what they say about it."""
    parser.add_argument(
        "--actor", metavar="NAME", help="the agent that hands it in, by its own name"
    )
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="what the reviewer should know"
    )


def actor_of(name: str | None) -> str:
    """Return the actor of that name, or nothing where none was given.

    Raises:
        FieldError: The name has a character that could act on a terminal.
        UsageError: It is empty or too long.
    """
    if name is None:
        return ""
    name = name.removeprefix(AGENT_PREFIX)
    check_line(name, field="actor", what="The name of the agent")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise UsageError(
            f"An agent's name has 1 to {LONGEST_NAME} characters, not {len(name)}.",
            hint="Write --actor NAME.",
            field="actor",
        )
    return AGENT_PREFIX + name
