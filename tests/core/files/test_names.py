import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sample import DIGEST
from tuimail.core.draft import FILE_NAME_LIMIT, Attachment
from tuimail.core.files.names import clean_name, has_folders
from tuimail.errors import FieldError


@pytest.mark.parametrize(
    "name",
    [
        "report.pdf",
        "résumé 简历.pdf",
        "re\u0301sume\u0301.pdf",
        "\ufa19.txt",
        "v1.2.3-notes.txt",
        'The "final" offer (2), 50% & more; #1 = [ok].pdf',
        "5' 11\".txt",
        "no-ending",
        "a  b.txt",
        "👩\u200d💻.png",
        "CON.txt",
        "x" * FILE_NAME_LIMIT,
    ],
)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert clean_name(name) == (name, False)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/shadow", "shadow"),
        ("C:\\temp\\x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("\\\\server\\share\\x.pdf", "x.pdf"),
        ("\\\\?\\C:\\x.pdf", "x.pdf"),
        ("folder/", "folder"),
        ("a/b\\c/", "c"),
        ("C:x.pdf", "C_x.pdf"),
        ("C:", "C_"),
        ("file:///tmp/x.pdf", "x.pdf"),
        ("report.pdf:evil.exe", "report.pdf_evil.exe"),
        ("what?.txt", "what_.txt"),
        ("a<b>c|d*.txt", "a_b_c_d_.txt"),
        ("a\tb.txt", "a b.txt"),
        (".profile", "profile"),
        ("...hidden.txt", "hidden.txt"),
        ("x.exe.", "x.exe"),
        ("x.exe. . .", "x.exe"),
        (" x.txt ", "x.txt"),
        ("x.exe\u00a0\u3000", "x.exe"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2067x\u2069.pdf", "x.pdf"),
    ],
)
def test_what_a_system_would_act_upon_is_taken_out(name: str, cleaned: str) -> None:
    assert clean_name(name) == (cleaned, True)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "...", " ", ". .", "/", "\\", "../..", "a/..", "a/ ", "\u202e"],
)
def test_what_leaves_nothing_is_refused(name: str) -> None:
    with pytest.raises(FieldError, match="cannot be the name") as caught:
        clean_name(name)

    assert caught.value.field == "attach"
    assert caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        'a.txt"\r\nX-Evil: 1',
        "a\n.txt",
        "a\0.txt",
        "a\x1b[31m.txt",
        "a\u2028b",
        "\udcff",
    ],
)
def test_control_characters_are_refused_in_folders_too(name: str) -> None:
    for given_name in (name, f"{name}/a.txt"):
        with pytest.raises(FieldError, match="cannot stand in a header"):
            clean_name(given_name)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("a" * 300 + ".pdf", "aaa", "a.pdf"),
        ("é" * 300 + ".pdf", "éé", "é.pdf"),
        ("🎉" * 100 + ".tar.gz", "🎉🎉", "🎉.gz"),
        ("invoice.pdf" + " " * 300 + ".exe", "invoice.pdf", "invoice.pdf.exe"),
        ("a." + "b" * 300, "a.bbb", "b"),
        ("x" * 300, "xxx", "x"),
    ],
)
def test_a_long_name_is_cut_and_keeps_its_ending(
    name: str, start: str, end: str
) -> None:
    cleaned, is_changed = clean_name(name)

    assert is_changed
    assert cleaned.startswith(start)
    assert cleaned.endswith(end)
    assert (
        FILE_NAME_LIMIT - 3 <= len(cleaned.encode()) <= FILE_NAME_LIMIT or " " in name
    )


@given(st.text(max_size=400) | st.text('a.:/\\ \t\u202eé"?', max_size=400))
def test_every_name_is_refused_or_can_be_that_of_an_attachment(name: str) -> None:
    try:
        cleaned, _ = clean_name(name)
    except FieldError:
        return

    Attachment(name=cleaned, content_type="a/b", digest=DIGEST, size_bytes=1)
    assert clean_name(cleaned) == (cleaned, False)


def test_a_path_is_told_from_a_name() -> None:
    assert has_folders("a/b")
    assert has_folders("a\\b")
    assert not has_folders("a.b")
