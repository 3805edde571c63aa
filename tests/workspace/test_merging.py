import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.conftest import Desk, account
from tuimail.core.draft import Draft
from tuimail.core.html.markdown import markdown_to_html
from tuimail.core.templates.file import template_file
from tuimail.core.templates.merge_data import Row
from tuimail.errors import AddressError, AttachmentError, FieldError, TemplateError
from tuimail.workspace import merging
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.merging import composed, merged, merged_each, read_template
from tuimail.workspace.workspace import Workspace

ADA: Row = {"name": "Ada", "email": "ada@example.org"}
BOB: Row = {"name": "Bob", "email": "bob@example.org"}


@pytest.fixture
def workspace(desk: Desk) -> Iterator[Workspace]:
    desk.save(account())
    with desk.open() as workspace:
        yield workspace


def test_every_text_of_every_field_is_filled_in() -> None:
    fields = Fields(
        sender="{{ name }}@example.org",
        sender_name="{{ name }}",
        to=("{{ name }} <{{ email }}>", "all@example.org"),
        cc="{{ email }}",
        subject="Hi {{ name }}",
        text="{{ name }}\n",
        html="<b>{{ name }}</b>",
        markdown="**{{ name }}**",
        headers=(("X-{{ name }}", "{{ name }}"),),
        references=("<{{ name }}@example.org>",),
        unsubscribe_url="https://example.org/{{ name }}",
        tags=("{{ name }}",),
        metadata={"{{ k }}": "{{ name }}"},
        merge_for={"ada@example.org": {"k": "{{ name }}"}},
        makes_text=False,
        track_opens=True,
    )

    assert merged(fields, [ADA]) == (
        Fields(
            sender="Ada@example.org",
            sender_name="Ada",
            to=("Ada <ada@example.org>", "all@example.org"),
            cc="ada@example.org",
            subject="Hi Ada",
            text="Ada\n",
            html="<b>Ada</b>",
            markdown="**Ada**",
            headers=(("X-{{ name }}", "Ada"),),
            references=("<Ada@example.org>",),
            unsubscribe_url="https://example.org/Ada",
            tags=("Ada",),
            metadata={"{{ k }}": "Ada"},
            merge_for={"ada@example.org": {"k": "Ada"}},
            makes_text=False,
            track_opens=True,
        ),
    )


def test_there_is_one_mail_for_each_row_with_its_own_data() -> None:
    fields = Fields(to=("{{ email }}",), subject="{{ name }}", text="Same")

    mails = merged(fields, [ADA, BOB])

    assert [(one.to, one.subject, one.text) for one in mails] == [
        (("ada@example.org",), "Ada", "Same"),
        (("bob@example.org",), "Bob", "Same"),
    ]


def test_without_blanks_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(merging, "rendered")
    fields = Fields(subject="Hi", text="{ }")

    assert merged(fields, [ADA, BOB]) == (fields, fields)


def test_values_are_kept_from_being_markup_where_there_is_markup() -> None:
    fields = Fields(
        subject="{{ x }}", text="{{ x }}", html="{{ x }}", markdown="{{ x }}"
    )

    (mail,) = merged(fields, [{"x": "<*>"}])

    assert (mail.subject, mail.text, mail.html) == ("<*>", "<*>", "&lt;*&gt;")
    assert "<p>&lt;*&gt;</p>" in markdown_to_html(mail.markdown)


@pytest.mark.parametrize(
    ("fields", "name", "field"),
    [
        (Fields(subject="{{ x }}"), "subject", "subject"),
        (Fields(sender_name="{{ x }}"), "from-name", "from-name"),
        (Fields(sender="{{ x }}"), "from", "from"),
        (Fields(reply_to=("{{ x }}",)), "reply-to", "reply-to"),
        (Fields(headers=(("A", "{{ x }}"),)), "header", "header"),
        (Fields(metadata={"a": "{{ x }}"}), "meta", "meta"),
        (Fields(tags=("{{ x }}",)), "tag", "tag"),
        (Fields(html="{{ x }}"), "html", "html"),
    ],
)
def test_a_mistake_is_told_of_the_option_it_is_in(
    fields: Fields, name: str, field: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        merged(fields, [ADA])

    assert caught.value.message.startswith(f"Template {name}, line 1: ")
    assert caught.value.field == field


def test_a_template_file_says_what_no_option_does() -> None:
    written = template_file(
        "Subject: Hi {{ name }}\nTo: {{ email }}\nTo: all@example.org\n"
        "From: a@b.example\n\nDear {{ name }}",
        name="welcome.md",
    )
    fields = Fields(sender="mara@example.org")

    (mail,) = merged(fields, [ADA], template=written)

    assert mail == Fields(
        sender="mara@example.org",
        to=("ada@example.org", "all@example.org"),
        subject="Hi Ada",
        markdown="Dear Ada",
    )


def test_a_mistake_in_a_file_is_told_with_its_line_there() -> None:
    text = "To: a@example.org\nTo: {{ mail }}\nSubject: {{ wrong }}\n\nDear\n{{ n }}"
    written = template_file(text, name="welcome.txt")

    def message(**row: str) -> str:
        with pytest.raises(TemplateError) as caught:
            merged(Fields(), [row], template=written)
        return caught.value.message

    assert message().startswith("Template welcome.txt, line 2: the variable `mail`")
    assert message(mail="x").startswith("Template welcome.txt, line 3: the variable")
    assert message(mail="x", wrong="y").startswith("Template welcome.txt, line 6: ")


def test_two_bodies_are_refused() -> None:
    written = template_file("Dear {{ name }}", name="welcome.txt")

    with pytest.raises(
        FieldError, match="says what the text is, and so does"
    ) as caught:
        merged(Fields(text="Hi"), [ADA], template=written)

    assert caught.value.field == "text"


def test_an_html_template_has_its_text_beside_it(tmp_path: Path) -> None:
    (tmp_path / "hi.html").write_text("Subject: From HTML\n\n<p>{{ name }}</p>")
    (tmp_path / "hi.txt").write_text(
        "Subject: From text\nTo: {{ email }}\n\n{{ name }}"
    )

    (mail,) = merged(Fields(), [ADA], template=read_template(tmp_path / "hi.html"))

    assert mail == Fields(
        to=("ada@example.org",), subject="From HTML", html="<p>Ada</p>", text="Ada"
    )


@pytest.mark.parametrize(("name", "field"), [("hi.md", "markdown"), ("hi.txt", "text")])
def test_another_template_stands_alone(tmp_path: Path, name: str, field: str) -> None:
    (tmp_path / "hi.txt").write_text("text")
    (tmp_path / "hi.html").write_text("html")
    (tmp_path / name).write_text("{{ name }}")

    assert list(read_template(tmp_path / name)) == [field]


def test_an_html_template_may_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "hi.html").write_text("<p>")

    assert list(read_template(tmp_path / "hi.html")) == ["html"]


def test_a_template_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FieldError, match=r"none\.txt cannot be read: No such file"):
        read_template(tmp_path / "none.txt")
    with pytest.raises(TemplateError, match=r"image\.png does not end in"):
        read_template(tmp_path / "image.png")


def test_templates_include_from_the_folder_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "footer.txt").write_text("-- {{ name }}")
    fields = Fields(text="{% include 'footer.txt' %}")

    assert merged(fields, [ADA], folder=tmp_path)[0].text == "-- Ada"


def test_a_stream_is_attached_to_one_mail_only() -> None:
    stream = FileToAttach(source=io.BytesIO(b"x"), name="a.bin")
    fields = Fields(
        subject="{{ name }}",
        attachments=(Path("b.txt"), FileToAttach(source=b"x", name="c"), stream),
    )

    assert merged(fields, [ADA])[0].attachments == fields.attachments
    with pytest.raises(FieldError, match=r"a\.bin comes from a stream") as caught:
        merged(fields, [ADA, BOB])
    assert caught.value.field == "attach"


@pytest.mark.parametrize("source", ["{{ name }}.pdf", "{{ n }}/{{ name }}.pdf"])
def test_every_mail_has_files_of_its_own(source: str) -> None:
    file = FileToAttach(source=Path(source), name="For {{ name }}, {{ n }}.pdf")
    same = FileToAttach(source=b"{{ x }}", name="all.txt", content_type="{{ x }}")
    fields = Fields(attachments=(Path("in", source), file, same))

    mails = merged(fields, [{**ADA, "n": 1}, {**BOB, "n": 2}])

    def path(name: str, number: int) -> Path:
        return Path(source.replace("{{ name }}", name).replace("{{ n }}", str(number)))

    assert [one.attachments for one in mails] == [
        (
            Path("in") / path(name, number),
            FileToAttach(source=path(name, number), name=f"For {name}, {number}.pdf"),
            same,
        )
        for number, name in enumerate(["Ada", "Bob"], start=1)
    ]


@pytest.mark.parametrize("value", ["../secret", "/etc/passwd", "..", ".ssh", "", "a/b"])
@pytest.mark.parametrize(("content_id", "field"), [("", "attach"), ("logo", "inline")])
def test_a_value_never_leads_to_a_file_elsewhere(
    value: str, content_id: str, field: str
) -> None:
    file = FileToAttach(source=Path("in/{{ n }}"), content_id=content_id)

    with pytest.raises(TemplateError, match=r"\ARow 2: .* of a path") as caught:
        merged(Fields(attachments=(file,)), [{"n": "a.pdf"}, {"n": value}])

    assert caught.value.field == field


def test_a_file_of_one_row_is_attached_to_its_mail(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "R_1.pdf").write_bytes(b"%PDF-1")
    fields = Fields(
        to=("{{ email }}",), text="Hi", attachments=(tmp_path / "{{ number }}.pdf",)
    )

    (draft,) = compose(workspace, fields, {**ADA, "number": "R_1"})

    assert [one.name for one in draft.attachments] == ["R_1.pdf"]
    with pytest.raises(AttachmentError, match=r"\ARow 2: "):
        compose(workspace, fields, {**ADA, "number": "R_1"}, {**BOB, "number": "R_2"})


@pytest.mark.parametrize(
    "name", ["O'Brien, Pat", "Pat (Sales)", "Pat; x", "a@b.example"]
)
def test_a_name_that_needs_quotes_gets_them(workspace: Workspace, name: str) -> None:
    both = "{{ n }} <{{ e }}>"
    written = template_file(f"Cc: {both}\n\nHi", name="a.txt")
    fields = Fields(to=(both,), bcc=both, reply_to=(both,))

    (mail,) = merged(fields, [{"n": name, "e": "p@x.example"}], template=written)
    draft = workspace.drafts.compose(mail)

    for several in (draft.to, draft.cc, draft.bcc, draft.reply_to):
        assert [(one.name, one.text) for one in several] == [(name, "p@x.example")]


def test_markdown_is_read_before_its_values_are(workspace: Workspace) -> None:
    fields = Fields(
        to=("{{ email }}",), markdown="Order `{{ n }}`: https://x.example/t/{{ n }}"
    )

    (draft,) = compose(workspace, fields, {**ADA, "n": "A_1*b*c"})

    assert draft.body.text == "Order A_1*b*c: https://x.example/t/A_1*b*c\n"
    assert 'href="https://x.example/t/A_1*b*c"' in draft.body.html


def test_a_link_that_is_nothing_for_a_mail_is_told_with_its_row(
    workspace: Workspace,
) -> None:
    fields = Fields(to=("{{ email }}",), markdown="[x]({{ url }})")

    with pytest.raises(FieldError, match=r"\ARow 2: A link leads to 'javascript:x'"):
        compose(workspace, fields, {**ADA, "url": "a"}, {**BOB, "url": "javascript:x"})


def compose(workspace: Workspace, fields: Fields, *rows: Row) -> tuple[Draft, ...]:
    return composed(merged(fields, rows), workspace.drafts.compose)


def test_every_mail_is_composed(workspace: Workspace) -> None:
    fields = Fields(to=("{{ name }} <{{ email }}>",), text="{{ name }}")

    drafts = compose(workspace, fields, ADA, BOB)

    assert [one.to[0].text for one in drafts] == ["ada@example.org", "bob@example.org"]
    assert [one.body.text for one in drafts] == ["Ada", "Bob"]


@pytest.mark.parametrize(
    "value",
    [
        "a@example.org, b@example.org",
        "a@example.org; b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n",
        "Friends: a@example.org, b@example.org;",
        "a@example.org> <b@example.org",
        "",
    ],
)
def test_a_value_is_never_more_than_one_recipient(
    workspace: Workspace, value: str
) -> None:
    with pytest.raises(AddressError, match=r"\ARow 2: ") as caught:
        compose(workspace, Fields(to=("{{ email }}",)), ADA, {"email": value})

    assert caught.value.field == "to"


@pytest.mark.parametrize("blank", ["{{ n }}", '"{{ n }}"'])
@pytest.mark.parametrize(
    "value",
    [
        "evil@example.com",
        "evil@example.com, x",
        "evil@example.com>, <",
        "<evil@example.com>",
        "<evil@example.com>,",
        "<evil@example.com> (",
        "evil: ",
        'x" <evil@example.com>, "',
        'x" <evil@example.com>; "',
        '" <evil@example.com> ("',
        "x\\",
    ],
)
def test_a_name_is_never_a_recipient(
    workspace: Workspace, blank: str, value: str
) -> None:
    fields = Fields(to=(f"{blank} <a@example.org>",))
    try:
        (draft,) = compose(workspace, fields, {"n": value})
    except AddressError:
        return

    assert [one.text for one in draft.to] == ["a@example.org"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028"])
def test_a_value_never_ends_a_header(workspace: Workspace, end: str) -> None:
    row: Row = {"x": f"Hi{end}Bcc: evil@example.com"}

    with pytest.raises(FieldError) as caught:
        compose(workspace, Fields(subject="{{ x }}"), row)
    assert caught.value.field == "subject"
    with pytest.raises(FieldError) as caught:
        compose(workspace, Fields(headers=(("X-A", "{{ x }}"),)), row)
    assert caught.value.field == "header"


def test_a_wrong_row_leaves_nothing_behind(workspace: Workspace) -> None:
    with pytest.raises(AddressError, match=r"\ARow 2: "):
        compose(workspace, Fields(to=("{{ email }}",)), ADA, {"email": "nobody"})

    assert workspace.drafts.rows() == ()


def test_a_single_mail_has_no_row(workspace: Workspace) -> None:
    with pytest.raises(AddressError) as caught:
        compose(workspace, Fields(to=("{{ email }}",)), {"email": "nobody"})

    assert not caught.value.message.startswith("Row")


def secrets(count: int) -> list[Row]:
    return [
        {"email": f"r{at}x@example.org", "a": f"secret{at}x", "b": {"c": f"deep{at}x"}}
        for at in range(count)
    ]


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(8)))
def test_no_value_of_one_row_is_in_the_mail_of_another(order: list[int]) -> None:
    rows = [secrets(8)[at] for at in order]
    fields = Fields(
        to=("{{ email }}",),
        subject="{{ a }}",
        text="{% set n = namespace(x=a) %}{{ n.x }} {{ b.c }}",
        html="{% macro m() %}{{ a }}{% endmacro %}{{ m() }}{{ row.b.c }}",
        headers=(("X-A", "{{ a }}"),),
        metadata={"a": "{{ a }}"},
    )

    mails = merged(fields, rows)

    for number, mail in enumerate(mails):
        others = [row for at, row in enumerate(rows) if at != number]
        values = [value for row in others for value in (row["a"], row["email"])]
        assert str(rows[number]["a"]) in repr(mail)
        assert not [value for value in values if str(value) in repr(mail)]


def test_an_error_of_one_row_stops_no_other() -> None:
    fields = Fields(to="{{ email }}", subject="Hi", text="Dear {{ name }}\n")

    ada, nobody, bob = merged_each(fields, [ADA, {"email": "x@example.org"}, BOB])

    assert isinstance(ada, Fields)
    assert isinstance(bob, Fields)
    assert (ada.text, bob.to) == ("Dear Ada\n", "bob@example.org")
    assert isinstance(nobody, TemplateError)
    assert "`name` has no value" in str(nobody)


def test_without_blanks_every_row_is_the_same_mail() -> None:
    fields = Fields(text="Hi\n")

    assert merged_each(fields, [ADA, BOB]) == (fields, fields)


@pytest.mark.parametrize(
    "fields",
    [
        Fields(text="{% if %}"),
        Fields(text="Hi", attachments=(FileToAttach(source=io.BytesIO(b"x")),)),
    ],
)
def test_what_is_no_rows_fault_stops_all(fields: Fields) -> None:
    with pytest.raises(FieldError):
        merged_each(fields, [ADA])
