"""JSON read strictly: a mistake is named, and nothing is obeyed by accident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.workspace.conftest import Desk
from tuimail.errors import AttachmentError, FieldError
from tuimail.intake.fields import (
    DraftDocument,
    document_fields,
    document_handing,
    read_document,
)
from tuimail.intake.gate import Gate, Handing
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

MAIL: dict[str, Any] = {"to": ["bob@partner.example"], "subject": "s", "text": "t"}


def test_what_is_left_out_is_empty() -> None:
    assert document_fields(MAIL) == Fields(
        to=("bob@partner.example",), subject="s", text="t"
    )
    assert document_handing(MAIL, door="http") == Handing(door="http")


def test_everything_that_can_be_said_arrives() -> None:
    document = {
        "from": "mara@example.org",
        "from_name": "Mara",
        "to": ["Bob <bob@partner.example>"],
        "cc": ["cay@partner.example"],
        "bcc": ["dan@partner.example"],
        "reply_to": ["answers@example.org"],
        "subject": "Invoice",
        "text": "t",
        "html": "<p>t</p>",
        "markdown": "*t*",
        "attachments": [
            {
                "name": "a.txt",
                "content": "aGk=",
                "type": "text/plain",
                "content_id": "logo",
            }
        ],
        "headers": {"X-Run": "7"},
        "in_reply_to": "<a@b.example>",
        "references": ["<a@b.example>"],
        "priority": "high",
        "category": "bulk",
        "tags": ["nightly"],
        "metadata": {"run": "7"},
        "template_id": "t1",
        "merge": {"name": "Bob"},
        "merge_for": {"bob@partner.example": {"name": "Bob"}},
        "unsubscribe_url": "https://example.org/u",
        "account": "work",
        "send_at": "2026-03-03T08:00:00+01:00",
        "expires_at": "2026-03-04T08:00:00Z",
        "note": "Third reminder",
        "run_url": "https://ci.example/7",
        "revises": "0123456789abcdef",
        "idempotency_key": "k1",
    }
    known = {one.encode_name for one in msgspec.structs.fields(DraftDocument)}

    fields = document_fields(document)
    handing = document_handing(document, door="mcp")

    assert known == set(document)
    assert fields == Fields(
        sender="mara@example.org",
        sender_name="Mara",
        to=("Bob <bob@partner.example>",),
        cc=("cay@partner.example",),
        bcc=("dan@partner.example",),
        reply_to=("answers@example.org",),
        subject="Invoice",
        text="t",
        html="<p>t</p>",
        markdown="*t*",
        attachments=(
            FileToAttach(
                source=b"hi",
                name="a.txt",
                content_type="text/plain",
                content_id="logo",
                roots=(),
            ),
        ),
        headers=(("X-Run", "7"),),
        in_reply_to="<a@b.example>",
        references=("<a@b.example>",),
        priority="high",
        category="bulk",
        tags=("nightly",),
        metadata={"run": "7"},
        template_id="t1",
        merge={"name": "Bob"},
        merge_for={"bob@partner.example": {"name": "Bob"}},
        unsubscribe_url="https://example.org/u",
        account="work",
        expires_at=datetime(2026, 3, 4, 8, tzinfo=UTC),
        idempotency_key="k1",
    )
    assert handing == Handing(
        door="mcp",
        key="k1",
        note="Third reminder",
        run_url="https://ci.example/7",
        revises="0123456789abcdef",
        at=datetime(2026, 3, 3, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("said", "field", "hint"),
    [
        ({"subjekt": "s"}, "subjekt", "Did you mean subject?"),
        ({"replyTo": ["a@b.example"]}, "replyTo", "Did you mean reply_to?"),
        ({"approve": True}, "approve", "There are: "),
        ({"state": "approved"}, "state", ""),
        ({"agent": "trusted-bot"}, "agent", "There are: "),
        ({"provider": "smtp"}, "provider", "There are: "),
        ({"credential": "x"}, "credential", "There are: "),
        ({"sender": "x"}, "sender", ""),
        ({"x" * 500: 1}, "x" * 60, "There are: "),
        (
            {"attachments": [{}, {"url": "http://169.254.169.254/"}]},
            "attachments[1].url",
            "Nothing is fetched",
        ),
        (
            {"attachments": [{"filename": "a"}]},
            "attachments[0].filename",
            "Did you mean name?",
        ),
    ],
)
def test_a_key_that_nobody_knows_is_refused_by_the_nearest(
    said: dict[str, object], field: str, hint: str
) -> None:
    with pytest.raises(FieldError, match="There is no field") as refused:
        read_document(MAIL | said)

    assert refused.value.field == field
    assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"to": "bob@partner.example"}, "to", "expected a list, got text"),
        ({"to": [1]}, "to[0]", "expected text, got a number"),
        ({"to": None}, "to", "expected a list"),
        ({"subject": None}, "subject", "expected text"),
        ({"subject": ["s"]}, "subject", "expected text, got a list"),
        ({"text": True}, "text", "expected text, got true or false"),
        ({"text": 1.5}, "text", "expected text, got a number"),
        ({"headers": [["X-A", "1"]]}, "headers", "expected an object, got a list"),
        ({"attachments": {}}, "attachments", "expected a list"),
        ({"attachments": ["a.pdf"]}, "attachments[0]", "expected an object"),
        ({"attachments": [{"content": "@"}]}, "attachments[0].content", "base64"),
        ({"expires_at": "tomorrow"}, "expires_at", "invalid"),
        ({"send_at": 1772524800}, "send_at", "expected a time or nothing"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_plain_words(
    said: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(FieldError) as refused:
        read_document(MAIL | said)

    assert refused.value.field == field
    assert words in str(refused.value)
    assert refused.value.hint
    assert "`" not in str(refused.value)


def test_where_a_list_belongs_the_hint_shows_one() -> None:
    with pytest.raises(FieldError) as refused:
        read_document({"to": "bob@partner.example"})

    assert '["bob@partner.example"]' in refused.value.hint


@pytest.mark.parametrize("field", ["send_at", "expires_at"])
def test_a_time_without_a_zone_is_no_moment(field: str) -> None:
    said = MAIL | {field: "2026-03-03T08:00:00"}
    read: dict[str, Callable[[], object]] = {
        "send_at": lambda: document_handing(said, door="http"),
        "expires_at": lambda: document_fields(said),
    }

    with pytest.raises(FieldError) as refused:
        read[field]()

    assert refused.value.field == field


def test_two_keys_for_one_request_are_refused_unless_they_are_the_same() -> None:
    said = MAIL | {"idempotency_key": "k1"}

    same = document_handing(said, door="http", key="k1")
    outer = document_handing(MAIL, door="http", key="k2")
    with pytest.raises(FieldError, match="two keys"):
        document_handing(said, door="http", key="k2")

    assert (same.key, outer.key) == ("k1", "k2")


def test_the_schema_is_of_what_is_read() -> None:
    (schema,), parts = msgspec.json.schema_components([DraftDocument])

    draft = parts["DraftDocument"]
    assert schema == {"$ref": "#/$defs/DraftDocument"}
    assert draft["additionalProperties"] is False
    assert draft["properties"]["from"]["type"] == "string"
    assert draft["properties"]["to"]["type"] == "array"
    assert parts["AttachmentDocument"]["additionalProperties"] is False
    assert not {"approve", "provider", "state", "actor"} & set(draft["properties"])


# Files -------------------------------------------------------------------------


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "q3.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "secret.pem").write_text("secret")
    return folder


def attaching(**said: object) -> dict[str, Any]:
    return MAIL | {"attachments": [said]}


def test_a_file_in_an_allowed_folder_is_named_by_its_path(reports: Path) -> None:
    said = attaching(path=str(reports / "q3.pdf"), name="Q3.pdf")

    (file,) = document_fields(said, roots=(reports,)).attachments

    assert file == FileToAttach(
        source=reports / "q3.pdf", name="Q3.pdf", roots=(reports,)
    )


@pytest.mark.parametrize(
    "path",
    [
        "{root}/../secret.pem",
        "{root}/x/../q3.pdf",
        "{root}-other/q3.pdf",
        "/etc/passwd",
        "/proc/self/environ",
        "q3.pdf",
        "~/q3.pdf",
        "{root}/../does-not-exist",
        "\0",
    ],
)
def test_of_a_file_elsewhere_nothing_is_told(reports: Path, path: str) -> None:
    """Whether it is there, too, is nothing a program learns here."""
    said = attaching(path=path.format(root=reports))

    with pytest.raises(AttachmentError, match="outside the folders that programs may"):
        document_fields(said, roots=(reports,))


def test_without_a_policy_no_path_is_allowed(reports: Path) -> None:
    with pytest.raises(AttachmentError):
        document_fields(attaching(path=str(reports / "q3.pdf")))


def test_a_folder_that_a_link_leads_to_is_allowed_under_both_names(
    reports: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(reports)

    for folder in (link, reports):
        said = attaching(path=str(folder / "q3.pdf"))
        assert document_fields(said, roots=(link,)).attachments


@pytest.mark.parametrize(
    "said", [{}, {"name": "a.pdf"}, {"content": "aGk=", "path": "/srv/a.pdf"}]
)
def test_a_file_is_either_its_content_or_where_it_is(said: dict[str, str]) -> None:
    with pytest.raises(AttachmentError, match="one of the two"):
        document_fields(attaching(**said))


def test_an_empty_file_is_one(workspace: Workspace) -> None:
    client, _ = workspace.clients.add("ci")
    fields = document_fields(attaching(name="a.txt", content=""))

    answer = Gate(workspace).hand_in(client, fields, Handing(door="http"))

    assert "att.empty" in {one.code for one in answer.findings}


def test_the_policy_says_which_folders_these_are(
    desk: Desk, workspace: Workspace, reports: Path
) -> None:
    client, _ = workspace.clients.add("ci")
    gate = Gate(workspace)
    assert not gate.roots
    policy = desk.config.with_name("policy.toml")
    policy.touch(mode=0o600)
    policy.write_text(f'version = 1\n[attachments]\nroots = ["{reports}"]\n', "utf-8")

    fields = document_fields(attaching(path=str(reports / "q3.pdf")), roots=gate.roots)
    answer = gate.hand_in(client, fields, Handing(door="http"))

    assert gate.roots == (reports,)
    assert workspace.drafts.row(answer.id).attachment_count == 1
    assert replace(fields, attachments=()) == Fields(
        to=("bob@partner.example",), subject="s", text="t"
    )


@pytest.mark.parametrize("field", ["send_at", "expires_at"])
@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+23:00", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z",
        "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_a_time_at_the_edge_of_all_times_is_refused_with_its_field(
    field: str, moment: str
) -> None:
    """Nobody could say it in another zone."""
    with pytest.raises(FieldError) as refused:
        read_document({**MAIL, field: moment})

    assert (refused.value.field, bool(refused.value.hint)) == (field, True)


@pytest.mark.parametrize("moment", ["1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z"])
def test_any_time_that_can_be_reckoned_with_is_read(moment: str) -> None:
    assert document_handing({**MAIL, "send_at": moment}, door="http").at is not None
