import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Stream
from tuimail.cli.call import Call
from tuimail.cli.console import Console
from tuimail.cli.fields import fields_of
from tuimail.cli.flags import add_fields, add_template
from tuimail.cli.merging import DATA_LIMIT_BYTES, Merge, merge_of
from tuimail.cli.parser import Command, Parser, parse
from tuimail.errors import FieldError, TemplateError, UsageError
from tuimail.workspace.fields import Fields

PEOPLE = "email,name\nada@example.org,Ada\nbob@example.org,Bob\n"
TO = ("--to", "{{ email }}")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "hi.txt").write_text("Subject: Hi {{ name }}\n\nDear {{ name }}\n")
    return tmp_path


def merge(home: Path, *words: str, stdin: bytes = b"") -> Merge:
    parser = Parser("send", "write a mail with flags and send it")
    command = Command(arguments=add_fields, run=lambda _call: 0)
    call = Call(
        options=parse(parser, command, words),
        console=Console(stdin=Stream(stdin), stdout=Stream(), stderr=Stream()),
        environ={},
        cwd=home,
        workspace=None,
        config=None,
        sleep=lambda _seconds: None,
        clock=lambda: 0.0,
    )
    return merge_of(call, fields_of(call))


def texts(found: Merge) -> list[tuple[object, str, str]]:
    return [(one.to, one.subject, one.text) for one in found.mails]


ADA = (("ada@example.org",), "Hi Ada", "Dear Ada\n")
BOB = (("bob@example.org",), "Hi Bob", "Dear Bob\n")


@pytest.mark.parametrize("path", ["people.csv", "~/people.csv"])
def test_a_template_and_a_file_of_data_make_one_mail_for_each_row(
    home: Path, path: str
) -> None:
    found = merge(home, "--template", "hi.txt", "--data", path, *TO)

    assert texts(found) == [ADA, BOB]
    assert found.is_list


def test_without_a_template_the_options_are_templates(home: Path) -> None:
    words = ("--subject", "Hi {{ name }}", "--text", "Dear {{ name }}\n", *TO)

    assert texts(merge(home, "--data", "people.csv", *words)) == [ADA, BOB]


AS_LIST = (
    b'[{"email": "ada@example.org", "name": "Ada"},'
    b' {"email": "bob@example.org", "name": "Bob"}]'
)
AS_LINES = (
    b'{"email": "ada@example.org", "name": "Ada"}\n'
    b'{"email": "bob@example.org", "name": "Bob"}\n'
)


@pytest.mark.parametrize(
    "data",
    [
        PEOPLE.encode(),
        b"\xef\xbb\xbf" + PEOPLE.replace(",", ";").encode(),
        AS_LIST,
        AS_LINES,
    ],
)
def test_data_may_come_from_stdin(home: Path, data: bytes) -> None:
    found = merge(home, "--template", "hi.txt", "--data", "-", *TO, stdin=data)

    assert texts(found) == [ADA, BOB]
    assert found.is_list


def test_one_object_typed_is_one_mail(home: Path) -> None:
    data = json.dumps({"email": "ada@example.org", "name": "Ada"})

    found = merge(home, "--template", "hi.txt", "--data", data, *TO)

    assert texts(found) == [ADA]
    assert not found.is_list


def test_a_list_of_one_row_is_a_list(home: Path) -> None:
    data = json.dumps([{"email": "ada@example.org", "name": "Ada"}])

    assert merge(home, "--template", "hi.txt", "--data", data, *TO).is_list


def test_what_a_shell_opened_may_be_the_data(home: Path) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, PEOPLE.encode())
    os.close(theirs)

    found = merge(home, "--template", "hi.txt", "--data", f"/dev/fd/{ours}", *TO)

    os.close(ours)
    assert texts(found) == [ADA, BOB]


def test_without_either_nothing_is_a_template(home: Path) -> None:
    found = merge(home, "--subject", "{{ name }}", "--text", "{% if")

    assert found == Merge(
        mails=(Fields(subject="{{ name }}", text="{% if"),), is_list=False
    )


def test_a_template_without_data_is_one_mail(home: Path) -> None:
    (home / "same.md").write_text("Subject: Same\n\n*For all*\n")

    found = merge(home, "--template", "same.md")

    assert found == Merge(
        mails=(Fields(subject="Same", markdown="*For all*\n"),), is_list=False
    )


def test_a_template_without_the_data_it_needs_is_refused(home: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        merge(home, "--template", "hi.txt")

    assert caught.value.message == (
        "Template hi.txt, line 1: the variable `name` has no value."
    )
    assert caught.value.hint.startswith("There is no data; give some with --data.")


def test_options_go_before_the_headers_of_the_template(home: Path) -> None:
    words = ("--subject", "For {{ name }}")

    found = merge(home, "--template", "hi.txt", "--data", '{"name": "Ada"}', *words)

    assert found.mails[0].subject == "For Ada"


def test_files_beside_the_template_may_be_included(home: Path) -> None:
    (home / "mails").mkdir()
    (home / "mails" / "a.html").write_text("{% include 'parts/foot.html' %}")
    (home / "mails" / "parts").mkdir()
    (home / "mails" / "parts" / "foot.html").write_text("<p>{{ name }}</p>")

    found = merge(home, "--template", "mails/a.html", "--data", '{"name": "<Ada>"}')

    assert found.mails[0].html == "<p>&lt;Ada&gt;</p>"


def test_no_other_files_may_be_included(home: Path) -> None:
    (home / "mails").mkdir()
    (home / "mails" / "a.txt").write_text("{% include '../people.csv' %}")
    (home / "mails" / "b.txt").write_text("{% include 'link.csv' %}")
    (home / "mails" / "link.csv").symlink_to(home / "people.csv")

    for name in ("a", "b"):
        with pytest.raises(
            TemplateError, match=f"Template {name}.txt, line 1: the file"
        ):
            merge(home, "--template", f"mails/{name}.txt")


def test_a_text_with_blanks_may_be_a_file_too(home: Path) -> None:
    words = ("--text-file", "body.txt", "--data", '{"name": "Ada"}')
    (home / "body.txt").write_text("Dear {{ name }}\n")

    assert merge(home, *words).mails[0].text == "Dear Ada\n"


@pytest.mark.parametrize(
    ("words", "message", "field"),
    [
        (("--data", "none.csv"), "none.csv cannot be read: No such file", "data"),
        (("--data", ""), "cannot be read: it is not a regular file", "data"),
        (("--data", "latin.csv"), "latin.csv is not UTF-8 text: byte 7", "data"),
        (("--data", "long.csv"), f"long.csv is longer than {DATA_LIMIT_BYTES}", "data"),
        (("--data", "{"), "--data is not JSON: line 1, column 2", "data"),
        (("--data", "[]"), "--data has no row of data.", "data"),
        (("--data", "[1]"), "Row 1 of --data is a number, not an object.", "data"),
        (("--data", "-"), "stdin has no header row.", "data"),
        (("--template", "none.txt"), "none.txt cannot be read: No such", "template"),
        (("--template", "people.csv"), "people.csv does not end in", "template"),
        (("--template", "hi.txt", "--text", "x"), "The template says what", "text"),
        (
            ("--data", "people.csv", "--subject", "{{ wrong }}"),
            "Row 1: Template subject, line 1: the variable `wrong` has no value.",
            "subject",
        ),
    ],
)
def test_what_is_wrong_is_told(
    home: Path, words: tuple[str, ...], message: str, field: str
) -> None:
    (home / "latin.csv").write_bytes(b"name\nJ\xf6rg\n")
    (home / "long.csv").write_bytes(b"a\n" + b"x\n" * (DATA_LIMIT_BYTES // 2))

    with pytest.raises(FieldError) as caught:
        merge(home, *words)

    assert message in caught.value.message
    assert caught.value.field == field
    assert caught.value.hint


def test_more_than_anybody_types_into_stdin_is_refused(home: Path) -> None:
    with pytest.raises(FieldError, match="stdin is longer than"):
        merge(home, "--data", "-", stdin=b"x" * (DATA_LIMIT_BYTES + 1))


@pytest.mark.parametrize("option", ["text-file", "html-file", "markdown-file"])
def test_data_and_a_body_cannot_both_come_from_stdin(home: Path, option: str) -> None:
    with pytest.raises(UsageError, match="cannot both come from stdin"):
        merge(home, "--data", "-", f"--{option}", "-", stdin=PEOPLE.encode())


def test_the_help_says_what_they_take() -> None:
    parser = Parser("send", "write a mail with flags and send it")
    add_template(parser)

    text = " ".join(parser.format_help().split())
    assert "--template FILE a mail with blanks such as {{ name }}" in text
    assert "--data SOURCE what fills the blanks in" in text
