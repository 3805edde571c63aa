"""The desk for clients: who is let in, by which token, and for how much."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, MARA, NOW, Desk, account
from tuimail.core.address import parse_address
from tuimail.errors import (
    AddressError,
    AuthenticationError,
    ConfigurationError,
    FieldError,
    NotAllowedError,
    NotFoundError,
    TooManyError,
    TuimailError,
)
from tuimail.settings.identities import Identity
from tuimail.store.clients import Clients
from tuimail.workspace.clients import ALL_SCOPES, Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

HandIn = Callable[..., object]


def test_a_token_is_shown_once_and_found_again(workspace: Workspace) -> None:
    client, token = workspace.clients.add("billing")

    assert token.startswith("tm_")
    assert len(token) == len("tm_") + 43
    assert client == Client(
        name="billing",
        scopes=ALL_SCOPES,
        account="",
        sender="",
        per_hour=600,
        added_at=NOW,
        revoked_at=None,
        last_characters=token[-2:],
    )
    assert client.actor == BILLING
    assert workspace.clients.authenticate(token) == client
    assert workspace.clients.list() == (client,)


def test_a_client_is_bound_to_what_it_was_let_in_for(workspace: Workspace) -> None:
    client, token = workspace.clients.add(
        "ci",
        scopes=["draft"],
        account="work",
        sender="Mara <mara@example.org>",
        per_hour=5,
    )

    assert client.scopes == {"draft"}
    assert (client.account, client.sender) == ("work", "mara@example.org")
    assert client.per_hour == 5
    assert workspace.clients.authenticate(token) == client


def test_another_address_of_an_account_is_its_own_too(
    desk: Desk, workspace: Workspace
) -> None:
    reports = Identity(address=parse_address("reports@example.org", field="x"))
    desk.save(account(others=(reports,)))

    client, _ = workspace.clients.add("ci", sender="reports@example.org")

    assert client.sender == "reports@example.org"


@pytest.mark.parametrize(
    ("said", "error", "field"),
    [
        ({"name": ""}, FieldError, "name"),
        ({"name": "two words"}, FieldError, "name"),
        ({"name": "-flag"}, FieldError, "name"),
        ({"name": "n" * 65}, FieldError, "name"),
        ({"name": "bílling"}, FieldError, "name"),
        ({"name": "esc\x1b"}, FieldError, "name"),
        ({"scopes": []}, FieldError, "scope"),
        ({"scopes": ["draft", "approve"]}, FieldError, "scope"),
        ({"per_hour": 0}, FieldError, "per-hour"),
        ({"per_hour": 1_000_001}, FieldError, "per-hour"),
        ({"account": "nowhere"}, ConfigurationError, ""),
        ({"sender": "eve@elsewhere.example"}, FieldError, "from"),
        ({"account": "work", "sender": "eve@elsewhere.example"}, FieldError, "from"),
        ({"sender": "not an address"}, AddressError, "from"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_let_in(
    workspace: Workspace, said: dict[str, object], error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refused:
        workspace.clients.add(**({"name": "ci"} | said))  # type: ignore[arg-type]

    assert isinstance(refused.value, TuimailError)
    assert refused.value.hint
    assert not field or refused.value.field == field
    assert workspace.clients.list() == ()


@pytest.mark.parametrize("name", ["billing", "Billing"])
def test_a_name_is_given_once(workspace: Workspace, name: str) -> None:
    workspace.clients.add("billing")
    workspace.clients.revoke("billing")

    with pytest.raises(FieldError, match="stays its own"):
        workspace.clients.add(name)


@pytest.mark.parametrize("name", ["sendmail", "Sendmail"])
def test_who_needs_no_token_is_no_client(workspace: Workspace, name: str) -> None:
    with pytest.raises(FieldError, match="without a token") as refused:
        workspace.clients.add(name)

    assert refused.value.field == "name"
    assert refused.value.hint
    assert workspace.clients.list() == ()


@pytest.mark.parametrize("name", ["billing", "Billing"])
def test_a_name_that_has_mail_is_given_to_nobody(
    workspace: Workspace, name: str
) -> None:
    """Whoever got it would see what came without a token."""
    draft = workspace.drafts.compose(Fields(to="bob@partner.example", text="Hi"))
    with workspace.acting_as(BILLING, door="cli"):
        workspace.drafts.submit(draft)

    with pytest.raises(FieldError, match="came without a token") as refused:
        workspace.clients.add(name)
    assert refused.value.hint == "Use another name."
    assert workspace.clients.list() == ()


@pytest.mark.parametrize("actor", [BILLING, "agent:Billing"])
def test_a_clients_name_is_for_who_has_its_token(
    workspace: Workspace, actor: str
) -> None:
    workspace.clients.add("billing")
    draft = workspace.drafts.compose(Fields(to="bob@partner.example", text="Hi"))

    with (
        workspace.acting_as(actor, door="cli"),
        pytest.raises(NotAllowedError, match="comes with its token") as refused,
    ):
        workspace.drafts.submit(draft)
    assert refused.value.field == "actor"
    assert workspace.drafts.rows() == ()


def test_the_name_of_who_was_revoked_shows_nobody_anything(
    workspace: Workspace,
) -> None:
    workspace.clients.add("billing")
    workspace.clients.revoke("billing")
    draft = workspace.drafts.compose(Fields(to="bob@partner.example", text="Hi"))

    with workspace.acting_as(BILLING, door="cli"):
        row = workspace.drafts.new(draft)
    assert row.status == "review"


def test_another_token_ends_the_first(workspace: Workspace) -> None:
    _, first = workspace.clients.add("billing")

    client, second = workspace.clients.rotate("billing")

    assert second != first
    assert workspace.clients.authenticate(second) == client
    with pytest.raises(AuthenticationError):
        workspace.clients.authenticate(first)


def test_who_was_revoked_is_shut_out_for_good(workspace: Workspace) -> None:
    _, token = workspace.clients.add("billing")

    client = workspace.clients.revoke("billing")

    assert client.revoked_at == NOW
    assert workspace.clients.revoke("billing") == client
    with pytest.raises(AuthenticationError):
        workspace.clients.authenticate(token)
    with pytest.raises(NotAllowedError, match="for good"):
        workspace.clients.rotate("billing")


def test_one_refusal_is_as_another_and_has_no_token(workspace: Workspace) -> None:
    """Nobody learns from it whether a token was right once."""
    _, revoked = workspace.clients.add("billing")
    workspace.clients.revoke("billing")
    guesses = ["", "tm_", revoked, revoked[:-1], "tm_" + "A" * 43, "\ud800", "é" * 9999]

    told = set()
    for guess in guesses:
        with pytest.raises(AuthenticationError) as refused:
            workspace.clients.authenticate(guess)
        told.add((str(refused.value), refused.value.hint, refused.value.field))

    assert len(told) == 1
    assert revoked not in str(told)


def test_no_token_is_written_anywhere(desk: Desk, workspace: Workspace) -> None:
    client, token = workspace.clients.add("billing")
    _, second = workspace.clients.rotate("billing")

    written = b"".join(
        one.read_bytes() for one in desk.root.rglob("*") if one.is_file()
    )
    assert len(written) > 1000
    for secret in (token, second):
        assert secret.encode() not in written
        assert secret not in repr(client)


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_nobody_of_that_name_is_said_so(workspace: Workspace, verb: str) -> None:
    with pytest.raises(NotFoundError, match="no client 'eve'"):
        getattr(workspace.clients, verb)("eve")


@pytest.mark.parametrize(
    ("verb", "words"),
    [("add", ["eve"]), ("rotate", ["ci"]), ("revoke", ["ci"]), ("list", [])],
)
def test_a_program_lets_nobody_in_or_out(
    workspace: Workspace, verb: str, words: list[str]
) -> None:
    _, token = workspace.clients.add("ci")

    with (
        workspace.acting_as("agent:ci", door="http", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        getattr(workspace.clients, verb)(*words)

    assert workspace.clients.authenticate(token).name == "ci"
    assert len(workspace.clients.list()) == 1


def test_the_journal_says_who_let_whom_in(workspace: Workspace) -> None:
    workspace.clients.add("billing")
    workspace.clients.rotate("billing")
    workspace.clients.revoke("billing")

    lines = workspace._stores.journal.all()
    assert [(one.actor, one.event) for one in lines] == [
        (MARA, "client_added"),
        (MARA, "client_rotated"),
        (MARA, "client_revoked"),
    ]


# How much ----------------------------------------------------------------------


@pytest.fixture
def two_an_hour(workspace: Workspace) -> Client:
    return workspace.clients.add("billing", per_hour=2)[0]


def test_a_client_hands_in_as_much_as_it_may(
    desk: Desk, workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    for _ in range(2):
        workspace.clients.require_room(two_an_hour)
        hand_in()
        desk.advance(60)

    with pytest.raises(TooManyError, match="2 mails") as refused:
        workspace.clients.require_room(two_an_hour)

    assert refused.value.wait_seconds == 3600 - 120
    assert "3480 seconds" in refused.value.hint


def test_there_is_room_again_once_the_hour_is_over(
    desk: Desk, workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    hand_in()
    desk.advance(600)
    hand_in()

    desk.advance(3000 - 0.5)
    with pytest.raises(TooManyError) as refused:
        workspace.clients.require_room(two_an_hour)
    desk.advance(0.5)
    workspace.clients.require_room(two_an_hour)

    assert refused.value.wait_seconds == 1


def test_what_was_handed_in_is_not_counted_anew_each_time(
    workspace: Workspace, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only when so much has happened since that it could be used up."""
    client, _ = workspace.clients.add("billing", per_hour=100)
    counted: list[str] = []
    real = Clients.room

    def room(self: Clients, actor: str, **of: Any) -> int:
        counted.append(actor)
        return real(self, actor, **of)

    monkeypatch.setattr(Clients, "room", room)
    for _ in range(9):
        workspace.clients.require_room(client)
        hand_in()

    assert counted == [client.actor]


def test_a_clock_that_ran_ahead_and_is_right_again_gives_no_more(
    desk: Desk, workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    hand_in()
    hand_in()
    desk.advance(7200)
    workspace.clients.require_room(two_an_hour)

    desk.advance(-7200)

    with pytest.raises(TooManyError):
        workspace.clients.require_room(two_an_hour)


def test_a_restart_gives_no_more(
    desk: Desk, workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    hand_in()
    hand_in()
    workspace.close()

    with desk.open() as again, pytest.raises(TooManyError):
        again.clients.require_room(two_an_hour)


def test_what_others_hand_in_is_not_its_own(
    workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    hand_in()
    hand_in()

    other = replace(two_an_hour, name="sales")

    workspace.clients.require_room(other)


def test_a_key_that_was_asked_under_is_no_more_mail(
    workspace: Workspace, two_an_hour: Client, hand_in: HandIn
) -> None:
    hand_in()
    with workspace.acting_as(BILLING, door="http"):
        row = workspace.drafts.row(workspace.drafts.rows()[0].id)
        draft = workspace.drafts.page(row.id).draft
        workspace.drafts.submit(draft, key="k1")

    workspace.clients.require_room(two_an_hour, key="k1")
    with pytest.raises(TooManyError):
        workspace.clients.require_room(two_an_hour, key="k2")


def test_tokens_come_from_the_workspaces_source_of_chance(
    desk: Desk, tmp_path: Path
) -> None:
    def ones(size: int) -> bytes:
        return b"\xff" * size

    with Workspace.open(
        tmp_path / "other",
        config_path=desk.config,
        actor=MARA,
        door="app",
        environ={},
        random=ones,
    ) as opened:
        _, token = opened.clients.add("billing")

    assert token == "tm_" + "_" * 42 + "8"
