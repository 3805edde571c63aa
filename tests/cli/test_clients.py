"""Programs are let in and shut out by verbs; a token is printed once."""

import json

import pytest

from tests.cli.conftest import Shell


def test_a_token_is_printed_and_works(tuimail: Shell) -> None:
    answer = tuimail("clients", "add", "billing")

    name, token = answer.text.splitlines()
    assert (answer.code, name) == (0, "name: billing")
    assert "not shown again" in answer.talk
    with tuimail.open() as workspace:
        client = workspace.clients.authenticate(token.removeprefix("token: "))
    assert client.name == "billing"


@pytest.mark.usefixtures("account")
def test_programs_get_the_token_and_what_it_is_for(tuimail: Shell) -> None:
    answer = tuimail(
        "clients", "add", "ci", "--scope", "draft", "--account", "main", "--from",
        "nora@example.org", "--per-hour", "20", "--json",
    )  # fmt: skip

    token = answer.json["token"]
    assert answer.code == 0
    assert token.startswith("tm_")
    client = answer.json["client"]
    assert client.pop("added_at").endswith("Z")
    assert client == {
        "name": "ci",
        "scopes": ["draft"],
        "account": "main",
        "from": "nora@example.org",
        "per_hour": 20,
        "revoked_at": None,
        "token_ends_with": token[-2:],
    }


def test_a_list_shows_no_token_but_its_end(tuimail: Shell) -> None:
    token = tuimail("clients", "add", "billing", "--json").json["token"]
    tuimail("clients", "add", "ci", "--scope", "status")
    tuimail("clients", "revoke", "ci")

    lines = tuimail("clients", "list").text.splitlines()
    documents = tuimail("clients", "list", "--json")

    assert lines[0].split("\t") == [
        "billing", f"…{token[-2:]}", "draft status", "any", "any", "600", "",
    ]  # fmt: skip
    assert lines[1].split("\t")[2] == "status"
    assert "\trevoked 20" in lines[1]
    assert [one["name"] for one in documents.json["clients"]] == ["billing", "ci"]
    assert token not in "\n".join(lines)
    assert token.encode() not in documents.raw


def test_an_empty_list_says_what_to_type(tuimail: Shell) -> None:
    answer = tuimail("clients", "list")

    assert (answer.code, answer.text) == (0, "")
    assert "tuimail clients add NAME" in answer.talk
    assert tuimail("clients", "list", "--json").json == {"clients": [], "next": None}


def test_another_token_ends_the_first_and_revoking_ends_all(tuimail: Shell) -> None:
    first = tuimail("clients", "add", "ci", "--json").json["token"]
    second = tuimail("clients", "rotate", "ci", "--json").json["token"]
    revoked = tuimail("clients", "revoke", "ci", "--json").json["client"]
    again = tuimail("clients", "revoke", "ci")

    assert first != second
    assert revoked["revoked_at"].endswith("Z")
    assert again.text == "revoked: ci\n"
    refused = tuimail("clients", "rotate", "ci")
    assert refused.code == 1
    assert "for good" in refused.talk


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("add", "two words"), "field", "name"),
        (("add", "ci", "--account", "nowhere"), "configuration", None),
        (("add", "ci", "--from", "eve@elsewhere.example"), "field", "from"),
        (("add", "ci", "--scope", "approve"), "usage", "scope"),
        (("add", "ci", "--per-hour", "0"), "usage", "per-hour"),
        (("add",), "usage", "name"),
        (("rotate", "nobody"), "not-found", "name"),
        (("revoke", "nobody"), "not-found", "name"),
    ],
)
def test_a_mistake_is_named_and_lets_nobody_in(
    tuimail: Shell, words: tuple[str, ...], code: str, field: str | None
) -> None:
    answer = tuimail("clients", *words, "--json")

    assert answer.code != 0
    assert answer.error["code"] == code
    assert answer.error["hint"]
    assert field is None or answer.error["field"] == field
    assert json.loads(tuimail("clients", "list", "--json").raw) == {
        "clients": [],
        "next": None,
    }
