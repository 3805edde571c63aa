"""An agent and a reviewer, from a draft to a delivered mail, through real doors.

The agent's program speaks MCP over the stdin and stdout of ``tuimail mcp``; the
reviewer sits at a terminal; a real mail server gets what was approved.
"""

import json
import re
from email import message_from_bytes
from typing import Any

import apsw
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.end_to_end.command import COMMAND, Done, Tuimail
from tests.end_to_end.conftest import Server

pytestmark = pytest.mark.slow

TO = "bob@partner.example"
KEY = "AKIAIOSFODNN7EXAMPLE"
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def token_of(tuimail: Tuimail, name: str) -> str:
    """Return the token of a new client, which is shown once."""
    with tuimail.terminal("clients", "add", name, "--json") as shown:
        shown.wait_for_end()
    found = re.search(r"tm_[A-Za-z0-9_-]{43}", shown.written.decode())
    assert found, shown.text
    return found[0]


def reviewer(tuimail: Tuimail, *words: str, typed: str = "") -> str:
    """Run a verb at a terminal, as a person does; return what it showed."""
    with tuimail.terminal(*words, columns=140, rows=60) as shown:
        if typed:
            shown.wait_for("digest to approve this")
            shown.type(typed)
            shown.press("enter")
        shown.wait_for_end()
    assert shown.exit_code in {0, 3}, shown.text
    return shown.text


def session(tuimail: Tuimail, token: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=COMMAND[0],
        args=[*COMMAND[1:], "mcp"],
        env={**tuimail.environ, "TUIMAIL_TOKEN": token},
    )


async def said(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    found: dict[str, Any] = result.structured_content
    return found


async def test_an_agent_drafts_revises_and_reads_that_a_person_sent_it(
    tuimail: Tuimail, server: Server
) -> None:
    token = token_of(tuimail, "sales")
    first = f"Hi Bob,\n\nthe key is {KEY}.\n"
    second = "Hi Bob,\n\nthe key is in your vault since yesterday.\n"
    third = second.replace("yesterday", "today")

    async with Client(session(tuimail, token)) as agent:
        made = await said(agent, "create_draft", to=[TO], subject="Key", text=first)
        draft = made["id"]
        reason = "No keys in mail."
        reviewer(tuimail, "request-changes", draft, "--reason", reason)
        asked = await said(agent, "wait_for_decision", id=draft, seconds=30)
        revised = await said(
            agent, "revise_draft", id=draft, to=[TO], subject="Key", text=second
        )
        reviewer(tuimail, "edit", draft, "--text", third)
        digest = digest_of(tuimail, draft)
        reviewer(tuimail, "approve", draft, typed=digest[:6])
        reviewer(tuimail, "release", draft, "--wait", "30")
        read = await said(agent, "get_status", id=draft)
    audit = tuimail.run("audit", "verify", "--json")

    assert "secret.aws-access-key" in {one["code"] for one in made["findings"]}
    assert asked["resubmit"] == "revise"
    assert asked["decision"]["reason"] == reason
    assert not [one for one in revised["findings"] if one["code"].startswith("secret")]
    assert read["state"] == "sent"
    assert (read["edited"], read["resubmit"]) == (True, "no")
    assert text_of(server) == third
    assert server.caught[0].content == tuimail.stored(draft)
    assert audit.code == 0
    tampered(tuimail)


def digest_of(tuimail: Tuimail, draft: str) -> str:
    shown: str = tuimail.run("review", draft, "--json").document["release_digest"]
    return shown


def text_of(server: Server) -> str:
    """Return the text of the one mail that was delivered."""
    (caught,) = server.caught
    content = message_from_bytes(caught.content).get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def tampered(tuimail: Tuimail) -> None:
    """Take a line out of the journal, past the program: it is named."""
    database = apsw.Connection(str(tuimail.root / "tuimail.db"))
    triggers = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
    )
    for (trigger,) in list(database.execute(triggers)):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute("DELETE FROM journal WHERE number = 3")
    database.close()
    found: Done = tuimail.run("audit", "verify", "--json")

    assert found.code == 1
    assert json.loads(found.out)["first_bad"] == 3
