"""``tuimail mcp`` before anything is said in MCP: whose session it is."""

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell


def test_without_a_token_it_says_how_to_get_one(tuimail: Shell) -> None:
    answer = tuimail("mcp", "--json")

    assert answer.code == 4
    assert answer.json["error"]["field"] == "token"
    assert "clients add" in answer.json["error"]["hint"]


def test_a_token_that_is_nobodys_ends_it_before_a_word(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_TOKEN", "tm_" + "a" * 43)

    answer = tuimail("mcp", "--json")

    assert answer.code == 1
    assert answer.json["error"]["code"] == "not-authenticated"
    assert "a" * 43 not in answer.text + answer.talk


def test_a_token_can_be_in_a_file(tuimail: Shell, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("tm_wrong\n")

    wrong = tuimail("mcp", "--token-file", str(file), "--json")
    missing = tuimail("mcp", "--token-file", str(tmp_path / "none"), "--json")

    assert wrong.json["error"]["code"] == "not-authenticated"
    assert missing.json["error"]["field"] == "token-file"


def test_without_the_extra_it_says_what_to_install(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_TOKEN", "tm_any")
    monkeypatch.setitem(sys.modules, "mcp_types", None)
    monkeypatch.delitem(sys.modules, "tuimail.intake.mcp.server", raising=False)

    answer = tuimail("mcp", "--json")

    assert answer.code == 4
    assert "tuimail[mcp]" in answer.json["error"]["hint"]
