"""How much one mail of a program may have."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.conftest import Desk
from tuimail.errors import AttachmentError, FieldError
from tuimail.intake.gate import Gate, Handing
from tuimail.workspace.attaching import MOST_OF_A_PROGRAM, FileToAttach
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.handing_in import MOST_RECIPIENTS
from tuimail.workspace.workspace import Workspace

HTTP = Handing(door="http")
HEAD = b"From: mara@example.org\r\nTo: bob@partner.example\r\nSubject: s\r\n"


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return workspace.clients.add("billing")[0]


def fields(*, files: int = 0, to: int = 1) -> Fields:
    return Fields(
        to=tuple(f"a{number}@partner.example" for number in range(to)),
        text="Hi",
        attachments=tuple(
            FileToAttach(source=b"%d" % number, name=f"{number}.txt")
            for number in range(files)
        ),
    )


def message(*, files: int) -> bytes:
    part = b"--b\r\nContent-Disposition: attachment\r\n\r\nhi\r\n"
    kind = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return HEAD + kind + part * files + b"--b--\r\n"


def kept(desk: Desk) -> list[Path]:
    return list((desk.root / "blobs").rglob("??/*"))


def as_json(gate: Gate, client: Client, files: int) -> None:
    gate.hand_in(client, fields(files=files), HTTP)


def as_message(gate: Gate, client: Client, files: int) -> None:
    gate.hand_in_message(client, message(files=files), HTTP)


@pytest.mark.parametrize("act", [as_json, as_message])
def test_more_files_than_a_mail_may_have_are_refused_before_any_is_kept(
    desk: Desk,
    workspace: Workspace,
    client: Client,
    act: Callable[[Gate, Client, int], None],
) -> None:
    with pytest.raises(AttachmentError, match="100 files, not 101") as refused:
        act(Gate(workspace), client, MOST_OF_A_PROGRAM + 1)

    assert refused.value.field == "attachments"
    assert refused.value.hint
    assert kept(desk) == []


def test_as_many_files_as_a_mail_may_have_are_taken(
    workspace: Workspace, client: Client
) -> None:
    answer = Gate(workspace).hand_in_message(
        client, message(files=MOST_OF_A_PROGRAM), HTTP
    )

    assert workspace.drafts.row(answer.id).attachment_count == MOST_OF_A_PROGRAM


def test_a_person_attaches_as_many_files_as_they_like(workspace: Workspace) -> None:
    draft = workspace.drafts.import_message(message(files=MOST_OF_A_PROGRAM + 1))

    assert len(draft.attachments) == MOST_OF_A_PROGRAM + 1


def too_many_at_once(gate: Gate, client: Client) -> None:
    gate.hand_in(client, fields(to=MOST_RECIPIENTS + 1), HTTP)


def too_many_of_all_kinds(gate: Gate, client: Client) -> None:
    both = fields(to=MOST_RECIPIENTS)
    gate.hand_in(client, Fields(to=both.to, bcc=("b@partner.example",)), HTTP)


def too_many_in_one_item(gate: Gate, client: Client) -> None:
    to = ", ".join(fields(to=MOST_RECIPIENTS + 1).to)
    gate.hand_in_message(client, b"To: " + to.encode() + b"\r\n\r\nHi\r\n", HTTP)


def too_many_in_a_revision(gate: Gate, client: Client) -> None:
    answer = gate.hand_in(client, fields(), HTTP)
    gate.revise(client, answer.id, fields(to=MOST_RECIPIENTS + 1), HTTP)


@pytest.mark.parametrize(
    "act",
    [
        too_many_at_once,
        too_many_of_all_kinds,
        too_many_in_one_item,
        too_many_in_a_revision,
    ],
)
def test_more_recipients_than_a_mail_may_have_are_refused(
    workspace: Workspace, client: Client, act: Callable[[Gate, Client], None]
) -> None:
    with pytest.raises(FieldError, match=r"1,000 recipients, not to 1,001") as refused:
        act(Gate(workspace), client)

    assert refused.value.field == "to"
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("headers", tuple((f"X-{number}", "a") for number in range(1_001))),
        ("metadata", {f"m{number}": "a" for number in range(1_001)}),
        ("merge", {f"m{number}": "a" for number in range(1_001)}),
        ("references", tuple(f"<{number}@x.example>" for number in range(1_001))),
    ],
)
def test_more_of_anything_than_anybody_needs_is_refused(
    workspace: Workspace, client: Client, name: str, values: object
) -> None:
    many = replace(fields(), **{name: values})  # type: ignore[arg-type] # by name

    with pytest.raises(FieldError, match="1,000") as refused:
        Gate(workspace).hand_in(client, many, HTTP)
    assert refused.value.field == name


def test_references_in_one_text_are_as_long_as_they_are(
    workspace: Workspace, client: Client
) -> None:
    said = replace(fields(), references=f"<{'a' * 400}@x> " * 3)

    assert Gate(workspace).hand_in(client, said, HTTP).id


def test_merge_data_of_more_than_may_get_it_is_refused(
    workspace: Workspace, client: Client
) -> None:
    of_each = {f"a{number}@partner.example": {"a": "b"} for number in range(1_001)}

    with pytest.raises(FieldError, match="1,001"):
        Gate(workspace).hand_in(
            client, Fields(to=("a1@partner.example",), merge_for=of_each), HTTP
        )
