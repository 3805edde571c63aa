import pytest

from tuimail.core.templates.file import template_file
from tuimail.core.templates.renderer import Kind
from tuimail.errors import TemplateError


def sources(text: str, *, name: str = "welcome.txt") -> dict[str, list[str]]:
    written = template_file(text, name=name)
    return {field: [one.source for one in found] for field, found in written.items()}


def refusal(text: str, *, name: str = "welcome.txt") -> str:
    with pytest.raises(TemplateError) as caught:
        template_file(text, name=name)
    assert caught.value.field == "template"
    assert caught.value.hint
    return caught.value.message


def test_headers_end_at_the_first_empty_line() -> None:
    text = (
        "Subject: Hi {{ name }}: news\nFrom: Ada <a@example.org>\n"
        "To: {{ email }}\nto:b@example.org\nTo: \t b@example.org \nCC: c@example.org\n"
        "Bcc: d@example.org\nReply-To: e@example.org\n \nSubject: text\n\nBye\n"
    )

    found = sources(text.replace("to:b@example.org\n", ""))

    assert found == {
        "subject": ["Hi {{ name }}: news"],
        "sender": ["Ada <a@example.org>"],
        "to": ["{{ email }}", "b@example.org"],
        "cc": ["c@example.org"],
        "bcc": ["d@example.org"],
        "reply_to": ["e@example.org"],
        "text": ["Subject: text\n\nBye\n"],
    }


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Dear Ada,\n\nHi\n", "Dear Ada,\n\nHi\n"),
        ("Dear Ada:\n\nHi", "Dear Ada:\n\nHi"),
        ("Subject: x\nno header\n\nHi", "Subject: x\nno header\n\nHi"),
        ("to:b@example.org\n\nHi", "to:b@example.org\n\nHi"),
        ("\nSubject: x\n", "Subject: x\n"),
        (
            "{% if x %}\nSubject: x\n{% endif %}\n\n",
            "{% if x %}\nSubject: x\n{% endif %}\n\n",
        ),
        ("", ""),
        ("https://example.org\n\n", "https://example.org\n\n"),
    ],
)
def test_a_text_without_headers_is_the_body(text: str, body: str) -> None:
    assert sources(text) == {"text": [body]}


def test_a_file_may_have_headers_only() -> None:
    assert sources("Subject:\n") == {"subject": [""], "text": [""]}
    assert sources("Subject: x") == {"subject": ["x"], "text": [""]}


def test_line_ends_of_other_systems_are_line_ends() -> None:
    assert sources("Subject: x\r\n\r\na\r\nb\rc") == {
        "subject": ["x"],
        "text": ["a\nb\nc"],
    }


def test_every_part_knows_where_it_stands() -> None:
    written = template_file("Subject: x\nTo: a\nTo: b\n\nHi", name="welcome.txt")

    assert [one.first_line for found in written.values() for one in found] == [
        1,
        2,
        3,
        5,
    ]
    assert {one.name for found in written.values() for one in found} == {"welcome.txt"}


def test_a_body_without_headers_begins_in_the_first_line() -> None:
    assert template_file("Hi", name="a.txt")["text"][0].first_line == 1
    assert template_file("\nHi", name="a.txt")["text"][0].first_line == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", Kind.TEXT),
        ("a.b.md", Kind.MARKDOWN),
        ("A.HTML", Kind.HTML),
    ],
)
def test_the_ending_says_what_the_body_is(name: str, kind: Kind) -> None:
    written = template_file("Subject: <x>\n\nHi", name=name)

    assert written[kind.value][0].kind is kind
    assert written["subject"][0].kind is Kind.TEXT


@pytest.mark.parametrize("name", ["a", "a.pdf", "txt", "a.txt.j2", "html"])
def test_another_ending_is_refused(name: str) -> None:
    assert refusal("Hi", name=name) == (
        f"Template {name} does not end in .txt, .md, .html."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Subjct: x\n\n",
            "line 1: Subjct is none of From, To, Cc, Bcc, Reply-To, Subject.",
        ),
        ("To: a\nX-Mailer: b\n\n", "line 2: X-Mailer is none of From"),
        ("Hello:\n\nAda", "line 1: Hello is none of From"),
        ("Subject: x\nSubject: y\n\n", "line 2: Subject is there already."),
        ("From: x\nFROM: y\n\n", "line 2: FROM is there already."),
    ],
)
def test_a_header_that_says_nothing_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(f"Template welcome.txt, {message}")
