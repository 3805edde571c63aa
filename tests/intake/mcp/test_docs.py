"""What the docs say about MCP is what there is."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import stdio_client

from tests.intake.documented import blocks, table
from tests.intake.mcp.conftest import Office
from tuimail.intake.mcp.tools import TOOLS

PASTED = "What to paste where"
TOKEN_FILE = "/home/ada/.config/tuimail/claude.token"


def servers(values: dict[str, Any]) -> Any:
    """Return the list of servers, whatever a program calls it."""
    (found,) = (one for one in values.values() if isinstance(one, dict))
    return found


def pasted() -> list[dict[str, Any]]:
    """Return how each program for agents is told to start the server."""
    texts = [json.loads(one) for one in blocks(PASTED, "json")]
    texts += [tomllib.loads(one) for one in blocks(PASTED, "toml")]
    return [servers(one)["tuimail"] for one in texts]


@pytest.mark.slow
@pytest.mark.parametrize("said", pasted())
async def test_what_is_pasted_into_a_program_gives_it_the_tools(
    office: Office, tmp_path: Path, said: dict[str, Any]
) -> None:
    token = tmp_path / "claude.token"
    token.write_text(f"{office.token}\n")
    token.chmod(0o600)
    words = [str(token) if one == TOKEN_FILE else one for one in said["args"]]
    named = {"TUIMAIL_TOKEN": office.token} if said.get("env") else {}
    process = office.process(**named)
    started = process.model_copy(update={"args": [*process.args[:-1], *words]})

    async with Client(stdio_client(started)) as client:
        offered = (await client.list_tools()).tools

    assert said["command"] == "tuimail"
    assert [one.name for one in offered] == list(TOOLS)


def test_every_tool_is_explained() -> None:
    assert list(table("MCP", "tool")) == [f"`{name}`" for name in TOOLS]


def test_what_is_to_be_copied_starts_the_server_as_the_tests_do(office: Office) -> None:
    (block,) = blocks("MCP", "json")
    said = json.loads(block)["mcpServers"]["tuimail"]

    assert said["command"] == "tuimail"
    assert said["args"] == office.process().args[-1:]
    assert list(said["env"]) == ["TUIMAIL_TOKEN"]
