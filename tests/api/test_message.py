import io
from dataclasses import fields
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from tuimail.api import template
from tuimail.api.message import Attachment, File, Message, MessageFields, fields_of
from tuimail.core.finding import Finding
from tuimail.errors import AttachmentError, FieldError
from tuimail.workspace.fields import Fields


def test_the_keywords_of_send_are_the_fields_of_a_message() -> None:
    """But for what nobody can say, because ``from_bytes`` noticed it."""
    names: dict[str, Any] = {"Template": template.Template}
    keywords = get_type_hints(MessageFields, None, names)

    said = get_type_hints(Message, None, names)
    assert said.pop("noticed") == tuple[Finding, ...]
    assert keywords == said


def test_everything_that_fields_can_say_a_message_can_say() -> None:
    """But for what is said beside a message: which way out, and the request's name."""
    renamed = {
        "sender": "from_",
        "sender_name": "from_name",
        "inlines_css": "inline_css",
    }
    beside = {"account", "provider", "idempotency_key"}

    said = {one.name for one in fields(Message)}

    wanted = {renamed.get(one.name, one.name) for one in fields(Fields)} - beside
    assert said == wanted | {"template", "data"}


def test_a_text_of_several_mailboxes_is_split_with_names_and_case_kept() -> None:
    said = Message(to='CaseSensitive@x.example, "Zoë, B." <b@x.example>')

    assert fields_of(said).to == ("CaseSensitive@x.example", '"Zoë, B." <b@x.example>')


def test_an_empty_mailbox_among_several_is_kept_to_be_refused() -> None:
    assert fields_of(Message(to=["a@x.example", ""])).to == ("a@x.example", "")


def test_every_field_arrives_as_the_workspace_knows_it() -> None:
    said = Message(
        to=["a@x.example, b@x.example", "c@x.example"],
        from_="me@x.example",
        from_name="Me",
        html="<p>Hi</p>",
        headers={"X-One": "1"},
        references="<a@x> <b@x>",
        tags="one",
        metadata={"k": "v"},
        inline_css=True,
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    )

    found = fields_of(said)

    assert found == Fields(
        to=("a@x.example", "b@x.example", "c@x.example"),
        sender="me@x.example",
        sender_name="Me",
        html="<p>Hi</p>",
        headers=(("X-One", "1"),),
        references=("<a@x> <b@x>",),
        tags=("one",),
        metadata={"k": "v"},
        inlines_css=True,
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    )


def test_headers_may_be_pairs_with_a_name_twice() -> None:
    said = Message(headers=[("X-One", "1"), ("X-One", "2")])

    assert fields_of(said).headers == (("X-One", "1"), ("X-One", "2"))


def test_files_are_paths_or_attachments_and_none_is_read_yet() -> None:
    stream = io.BytesIO(b"later")
    files: list[File] = [
        "missing.pdf",
        Path("also missing.pdf"),
        Attachment(source=stream, name="a.txt"),
        Attachment(source="x.png", content_id="logo", content_type="image/png"),
    ]

    found = fields_of(Message(attachments=files)).attachments

    assert [one.source for one in found if not isinstance(one, Path)] == [
        Path("missing.pdf"), Path("also missing.pdf"), stream, Path("x.png"),
    ]  # fmt: skip
    assert stream.tell() == 0


WRONG: dict[str, list[Any]] = {
    "to": [3, None, [3], {"a@x.example"}, b"a@x.example"],
    "subject": [None, 3, b"Hi"],
    "text": [3, b"Hi"],
    "attachments": ["a.txt", [3], [b"Hi"], None],
    "headers": ["X-One: 1", [("X-One",)], {"X-One": 1}, [("X-One", None)]],
    "metadata": [{"k": 1}, [("k", "v")]],
    "merge_for": [{"a@x.example": "v"}, {3: {}}, 3],
    "track_opens": ["no", 1],
    "inline_css": [None, "yes"],
    "expires_at": [datetime(2027, 1, 1), "tomorrow"],  # noqa: DTZ001 - it is refused
    "template": [3, b"welcome.md"],
    "data": [{3: "x"}, "name=Zoë"],
    "noticed": ["x", [3], (3,), None],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, one) for name in WRONG for one in WRONG[name]]
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_field(
    name: str, value: Any
) -> None:
    with pytest.raises(FieldError) as refused:
        Message(**{name: value})

    assert refused.value.field == name.replace("_", "-")
    assert f"help(tuimail.Message.{name})" in refused.value.hint


def test_an_attachment_of_the_wrong_kind_is_refused() -> None:
    wrong: Any = 3

    with pytest.raises(FieldError, match="field attach is a path, bytes or") as refused:
        Attachment(source=wrong)

    assert "help(tuimail.Attachment)" in refused.value.hint
    assert not isinstance(refused.value, AttachmentError)


def test_a_field_that_there_is_not_is_a_mistake_of_the_program() -> None:
    wrong: Any = {"too": "a@x.example"}

    with pytest.raises(TypeError, match="too"):
        Message(**wrong)


def test_a_whole_message_says_the_same_again() -> None:
    eml = EmailMessage()
    eml["From"] = "Ada <ada@example.org>"
    eml["To"] = "Bob <bob@example.net>, c@example.net"
    eml["Bcc"] = "d@example.net"
    eml["Subject"] = "Grüße"
    eml["X-One"] = "1"
    eml.set_content("Hallo\n")
    eml.add_alternative("<p>Hallo</p>", subtype="html")
    eml.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")

    found = Message.from_bytes(bytes(eml))

    assert found.from_ == "Ada <ada@example.org>"
    assert found.to == ("Bob <bob@example.net>", "c@example.net")
    assert found.bcc == ("d@example.net",)
    assert (found.subject, found.html) == ("Grüße", "<p>Hallo</p>\n")
    assert found.headers == (("X-One", "1"),)
    assert found.attachments == (
        Attachment(source=b"%PDF", name="a.pdf", content_type="application/pdf"),
    )
    assert not found.is_signed


def test_no_message_is_refused_as_import_refuses_it() -> None:
    with pytest.raises(FieldError) as refused:
        Message.from_bytes(b"nothing")

    assert refused.value.field == "message"


@pytest.mark.parametrize("given", ["From: a@x.example", None, Path("mail.eml")])
def test_what_is_no_bytes_is_no_whole_message(given: Any) -> None:
    with pytest.raises(FieldError, match="is bytes, not") as refused:
        Message.from_bytes(given)

    assert refused.value.field == "message"
    assert "help(tuimail.Message.from_bytes)" in refused.value.hint


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_whole_message_may_be_in_any_memory(kind: Any) -> None:
    assert Message.from_bytes(kind(b"Subject: Hi\r\n\r\nHi\r\n")).subject == "Hi"


def test_what_a_whole_message_could_not_say_is_kept_with_it() -> None:
    found = Message.from_bytes(b"To: b@x.example\r\nReceived: from x\r\n\r\nHi\r\n")

    changed = found.with_fields(subject="Hi")

    assert [one.code for one in changed.noticed] == ["mime.header-left-out"]
    assert fields_of(changed).noticed == found.noticed


def test_a_wrong_item_is_named_by_its_kind() -> None:
    wrong: Any = ["a@x.example", None]

    with pytest.raises(FieldError, match=r"not list of str, NoneType\."):
        Message(to=wrong)


def test_a_message_is_changed_by_making_another() -> None:
    first = Message(to="a@x.example", subject="One")

    second = first.with_fields(subject="Two")

    assert (first.subject, second) == (
        "One",
        Message(to="a@x.example", subject="Two"),
    )


def test_a_message_that_is_printed_names_no_blind_copy() -> None:
    message = Message(to="bob@example.net", bcc="eve@example.net")

    assert "bob@example.net" in repr(message)
    assert "eve@example.net" not in repr(message)
