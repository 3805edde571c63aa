"""What belongs to a request, and what is said where a field of it cannot be."""

from dataclasses import replace

import pytest

from tests.workspace.conftest import NOW
from tuimail.errors import FieldError, KeyConflictError, NotComposableError
from tuimail.intake.gate import Gate, Handing
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

FIELDS = Fields(to=("bob@partner.example",), subject="Invoice", text="Please pay.\n")
HTTP = Handing(door="http")
UNDER_KEY = replace(HTTP, key="k1")


@pytest.fixture
def gate(workspace: Workspace) -> Gate:
    return Gate(workspace)


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return workspace.clients.add("billing")[0]


def test_what_a_mail_takes_the_place_of_belongs_to_its_request(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    earlier = gate.hand_in(client, FIELDS, HTTP).id
    gate.hand_in(client, FIELDS, UNDER_KEY)

    with pytest.raises(KeyConflictError):
        gate.hand_in(client, FIELDS, replace(UNDER_KEY, revises=earlier))
    assert len(workspace.drafts.rows()) == 2


def test_the_same_that_takes_the_place_of_the_same_is_the_same_mail(
    gate: Gate, client: Client
) -> None:
    earlier = gate.hand_in(client, FIELDS, HTTP).id
    handing = replace(UNDER_KEY, revises=earlier)

    first = gate.hand_in(client, FIELDS, handing)

    assert gate.hand_in(client, FIELDS, handing).id == first.id
    with pytest.raises(KeyConflictError):
        gate.hand_in(client, FIELDS, UNDER_KEY)


def test_a_mail_and_its_revision_are_two_requests(gate: Gate, client: Client) -> None:
    first = gate.hand_in(client, FIELDS, UNDER_KEY)
    again = replace(HTTP, key="k2", note="Looked at again")

    with pytest.raises(KeyConflictError):
        gate.revise(client, first.id, FIELDS, UNDER_KEY)
    second = gate.revise(client, first.id, FIELDS, again)

    assert second.revision == 2
    assert gate.revise(client, first.id, FIELDS, again) == second
    with pytest.raises(KeyConflictError):
        gate.hand_in(client, FIELDS, replace(HTTP, key="k2", revises=first.id))


@pytest.mark.parametrize(
    "changed", [{"at": NOW}, {"note": "Other words", "run_url": "https://x.example/8"}]
)
def test_what_a_reviewer_is_told_beside_a_mail_is_no_other_request(
    gate: Gate, client: Client, changed: dict[str, object]
) -> None:
    handing = replace(UNDER_KEY, run_url="https://x.example/7")
    first = gate.hand_in(client, FIELDS, handing)
    other = replace(handing, **changed)  # type: ignore[arg-type] # by name

    if "at" in changed:
        with pytest.raises(KeyConflictError):
            gate.hand_in(client, FIELDS, other)
    else:
        assert gate.hand_in(client, FIELDS, other).id == first.id


def test_a_mail_for_nobody_is_refused_in_words_of_its_own(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    """There is nothing that could be opened in the app: nothing was stored."""
    with pytest.raises(NotComposableError, match="was not taken") as refused:
        gate.hand_in(client, replace(FIELDS, to=()), HTTP)

    assert refused.value.field == "to"
    assert refused.value.hint == "Name somebody in to, cc or bcc."
    assert workspace.drafts.rows() == ()


def test_a_revision_for_nobody_is_refused_and_the_mail_stays(
    gate: Gate, client: Client
) -> None:
    first = gate.hand_in(client, FIELDS, HTTP)

    with pytest.raises(NotComposableError, match="was not taken"):
        gate.revise(client, first.id, replace(FIELDS, to=()), HTTP)
    assert gate.answer(client, first.id) == first


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\x07", "\x9b", "\u2028"])
def test_a_note_that_could_act_on_a_terminal_is_refused(
    workspace: Workspace, gate: Gate, client: Client, character: str
) -> None:
    with pytest.raises(FieldError, match="The note contains") as refused:
        gate.hand_in(client, FIELDS, replace(HTTP, note=f"a{character}[31m"))

    assert refused.value.field == "note"
    assert workspace.drafts.rows() == ()


def test_a_note_may_have_lines(
    workspace: Workspace, gate: Gate, client: Client
) -> None:
    answer = gate.hand_in(client, FIELDS, replace(HTTP, note="a\r\n\tb\nc"))

    assert workspace.drafts.row(answer.id).origin.note == "a\r\n\tb\nc"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@ci.example/7",
        "https://secret@ci.example",
        "http://a@b@ci.example/7?q",
        "https://me:secret@ci.example#f",
    ],
)
def test_an_address_with_a_password_in_it_is_refused_and_not_told_again(
    workspace: Workspace, gate: Gate, client: Client, url: str
) -> None:
    with pytest.raises(FieldError, match="a password in it") as refused:
        gate.hand_in(client, FIELDS, replace(HTTP, run_url=url))

    assert refused.value.field == "run-url"
    assert "secret" not in f"{refused.value} {refused.value.hint}"
    assert workspace.drafts.rows() == ()


@pytest.mark.parametrize(
    "url", ["https://ci.example/@me/7", "https://ci.example?to=a@b", "http://[::1]/#@"]
)
def test_an_address_may_have_an_at_behind_its_host(
    workspace: Workspace, gate: Gate, client: Client, url: str
) -> None:
    answer = gate.hand_in(client, FIELDS, replace(HTTP, run_url=url))

    assert workspace.drafts.row(answer.id).origin.run_url == url


def test_ones_own_address_is_ones_own_in_whatever_capitals(
    workspace: Workspace, gate: Gate
) -> None:
    bound, _ = workspace.clients.add("ci", sender="mara@example.org")

    answer = gate.hand_in(bound, replace(FIELDS, sender="Mara@Example.org"), HTTP)

    assert workspace.drafts.page(answer.id).draft.sender.local == "Mara"


def test_a_message_without_a_from_is_from_the_clients_own_address(
    workspace: Workspace, gate: Gate
) -> None:
    bound, _ = workspace.clients.add("ci", sender="mara@example.org")
    raw = b"To: bob@partner.example\r\nSubject: s\r\n\r\nHi\r\n"

    answer = gate.hand_in_message(
        bound, raw, HTTP, envelope_from="eve@elsewhere.example"
    )

    assert workspace.drafts.page(answer.id).draft.sender.text == "mara@example.org"
