"""The verb that lets an agent hand in mail over stdin and stdout: mcp."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.parser import Command, Parser
from tuimail.errors import ConfigurationError

VARIABLE: Final = "TUIMAIL_TOKEN"
"""The variable with the token, as programs that start this can set one."""
DOOR: Final = "mcp"
_HINT: Final = "Make one: tuimail clients add NAME"


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"where the client's token is; else it is in {VARIABLE}",
    )


def _mcp(call: Call) -> int:
    import asyncio  # noqa: PLC0415 - 30 ms

    token = _token(call)
    try:
        from tuimail.intake.mcp.server import serve  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "tuimail":
            raise
        raise ConfigurationError(
            "What speaks MCP is not installed.",
            hint="Install it: pip install 'tuimail[mcp]'",
        ) from None
    asyncio.run(serve(lambda: call.open(door=DOOR), token))
    return exits.DONE


def _token(call: Call) -> str:
    """Return the client's token.

    Raises:
        ConfigurationError: There is none, or its file cannot be read.
    """
    if call.options.token_file is None:
        token = call.environ.get(VARIABLE, "")
    else:
        token = _read(call.options.token_file)
    if not token.strip():
        raise ConfigurationError(
            f"No token was given in {VARIABLE} or in a file.", hint=_HINT, field="token"
        )
    return token.strip()


def _read(path: Path) -> str:
    try:
        with path.open(encoding="ascii") as file:
            return file.readline(_LONGEST)
    except (OSError, UnicodeError):
        raise ConfigurationError(
            f"The token's file {path} cannot be read.", hint=_HINT, field="token-file"
        ) from None


_LONGEST: Final = 4096

COMMANDS: Final[Mapping[str, Command]] = {
    "mcp": Command(
        arguments=_arguments,
        run=_mcp,
        examples=("tuimail mcp --token-file ~/.billing-token",),
    )
}
