"""What the docs say about MCP is what there is."""

import json

from tests.intake.documented import blocks, table
from tests.intake.mcp.conftest import Office
from tuimail.intake.mcp.tools import TOOLS


def test_every_tool_is_explained() -> None:
    assert list(table("MCP", "tool")) == [f"`{name}`" for name in TOOLS]


def test_what_is_to_be_copied_starts_the_server_as_the_tests_do(office: Office) -> None:
    (block,) = blocks("MCP", "json")
    said = json.loads(block)["mcpServers"]["tuimail"]

    assert said["command"] == "tuimail"
    assert said["args"] == office.process().args[-1:]
    assert list(said["env"]) == ["TUIMAIL_TOKEN"]
