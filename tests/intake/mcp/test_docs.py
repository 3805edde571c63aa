"""What the docs say about MCP is what there is."""

import json
import re
from pathlib import Path

from tests.intake.mcp.conftest import Office
from tuimail import cli
from tuimail.intake.mcp.tools import TOOLS

DOCS = Path(cli.__file__).parent.parent / "docs" / "agents.md"
SECTION = DOCS.read_text().partition("\n## MCP\n")[2].partition("\n## ")[0]


def test_every_tool_is_explained() -> None:
    assert re.findall(r"^\| `(\w+)` \|", SECTION, re.MULTILINE) == list(TOOLS)


def test_what_is_to_be_copied_starts_the_server_as_the_tests_do(office: Office) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", SECTION, re.DOTALL)
    said = json.loads(block)["mcpServers"]["tuimail"]

    assert said["command"] == "tuimail"
    assert said["args"] == office.process().args[-1:]
    assert list(said["env"]) == ["TUIMAIL_TOKEN"]
