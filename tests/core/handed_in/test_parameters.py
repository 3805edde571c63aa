import pytest

from tuimail.core.handed_in.parameters import read_value
from tuimail.errors import FieldError


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("attachment; filename=a.pdf", ("a.pdf",)),
        ('attachment ; FileName = "a; b.pdf" ;', ("a; b.pdf",)),
        (r'attachment; filename="a\"b.pdf"', ('a"b.pdf',)),
        ("attachment; filename=a b (1).pdf", ("a b (1).pdf",)),
        ("attachment; filename*=utf-8''caf%C3%A9.pdf", ("café.pdf",)),
        ("attachment; filename*=iso-8859-1'fr'caf%E9.pdf", ("café.pdf",)),
        ("attachment; filename*=''a.pdf", ("a.pdf",)),
        ("attachment; filename*=a.pdf", ("a.pdf",)),
        ("attachment; filename*0=a; filename*1=b.pdf", ("ab.pdf",)),
        (
            "attachment; filename*1*=%A9.pdf; filename*0*=utf-8''caf%C3",
            ("café.pdf",),
        ),
        ("attachment; filename*0*=utf-8''a; filename*1='b'.pdf", ("a'b'.pdf",)),
        (
            "attachment; filename=_.pdf; filename*=utf-8''%C3%A9.pdf",
            ("é.pdf", "_.pdf"),
        ),
        ('attachment; filename="=?utf-8?q?caf=C3=A9.pdf?="', ("café.pdf",)),
        ("attachment; filename=café.pdf", ("café.pdf",)),
        ("attachment; name*x=a", ()),
        ("attachment", ()),
        ('attachment; filename=""', ()),
    ],
)
def test_a_file_name_is_read_in_every_way_of_writing_it(
    text: str, names: tuple[str, ...]
) -> None:
    value = read_value(text, name="Content-Disposition")

    assert value.word == "attachment"
    assert value.texts("filename") == names


def test_a_type_is_read_without_its_comment_and_in_lower_case() -> None:
    value = read_value('Text/HTML (yes); CharSet="UTF-8"', name="Content-Type")

    assert (value.word, value.plain("charset")) == ("text/html", "UTF-8")
    assert value.plain("format") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a/b; name=x; NAME=y", "twice"),
        ("a/b; name", "no parameter"),
        ('a/b; name="x', "no parameter"),
        ('a/b; name="x" y', "no parameter"),
        ('a/b; name=x"y"', "no parameter"),
        ("a/b; name=" + "x" * 20_000, "limit"),
    ],
)
def test_what_programs_read_differently_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason) as caught:
        read_value(text, name="Content-Type")

    assert caught.value.field == "message"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a/b; name*1=x", "pieces"),
        ("a/b; name*0=x; name*2=y", "pieces"),
        ("a/b; name*0=x; name*0*=y", "pieces"),
        ("a/b; name*=utf-8''%FF", "not text"),
        ("a/b; name*=x-none''a", "not text"),
    ],
)
def test_a_name_that_is_not_whole_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        read_value(text, name="Content-Type").texts("name")


@pytest.mark.parametrize("text", [";" * 19_000, '; a="' + "\\" * 19_000])
def test_a_long_value_is_read_at_once(text: str) -> None:
    with pytest.raises(FieldError):
        read_value(f"{text} x", name="Content-Type")
