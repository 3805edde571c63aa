"""Files are made here, small and real where it matters, and read by the check."""

import io
import zipfile
from collections.abc import Iterator
from hashlib import sha256

import pytest

from tests.core.sample import draft
from tuimail.core.checks.context import Context
from tuimail.core.checks.files import check
from tuimail.core.draft import Attachment
from tuimail.core.files.types import media_type_of
from tuimail.core.finding import Finding, Severity

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
PROGRAM = b"MZ\x90\x00" + bytes(60)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"'
TEXT = "Grüße\n".encode()
KEY = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "RkFLRUZBS0VG" * 9
    + "\n-----END PRIVATE KEY-----\n"
)


def packed(*names: str, is_encrypted: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    content = bytearray(file.getvalue())
    if is_encrypted:
        content[6] |= 1
    return bytes(content)


def attached(name: str, content: bytes, *, declared: str = "") -> Attachment:
    return Attachment(
        name=name,
        content_type=declared or media_type_of(name),
        digest=sha256(content).hexdigest(),
        size_bytes=len(content),
    )


def found(*files: tuple[str, bytes], declared: str = "") -> list[Finding]:
    attachments = tuple(attached(*file, declared=declared) for file in files)
    contents = {sha256(content).hexdigest(): content for _, content in files}

    def read(digest: str) -> Iterator[bytes]:
        content = contents[digest]
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    return list(check(draft(attachments=attachments), Context(read=read)))


def codes(name: str, content: bytes, *, declared: str = "") -> dict[str, Severity]:
    seen = found((name, content), declared=declared)
    assert all(finding.field == "attach" for finding in seen)
    assert all(finding.message.endswith(".") and finding.hint for finding in seen)
    return {finding.code: finding.severity for finding in seen}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", PDF),
        ("notes.txt", TEXT),
        ("résumé 简历.pdf", PDF),
        ("v1.2.3-notes.txt", b"x\n"),
        ("photo.jpg", JPEG),
        ("logo.png", PNG),
        ("logo.svg", SVG + b" width='9'/>"),
        ("report.html", b"<!DOCTYPE html><title>Q3</title><p>Up</p>"),
        ("invite.ics", b"BEGIN:VCALENDAR\r\n"),
        ("data.csv", b"MZ,1\n"),
        ("data.xml", b"<?xml version='1.0'?><order><form/></order>"),
        ("letter.docx", packed("[Content_Types].xml", "word/document.xml")),
        ("old.doc", OLD_OFFICE + bytes(99)),
        ("letter.odt", packed("mimetype", "content.xml", "Basic/script-lc.xml")),
        ("files.zip", packed("a.pdf", "b/c.txt", "www.example.com/", "README")),
        ("book.epub", packed("mimetype", "page.xhtml", "run.js")),
        ("console.txt", TEXT),
        ("page.txt", b"<html><script>x</script>"),
        ("crlf.bin", b"a\r\nb\rc\n\x00\xff.\r\n.\r\n"),
        ("archive.tar.gz", b"\x1f\x8b\x08\x00"),
        ("notes.txt", "Grüße".encode("utf-16")),
        ("server.crt", b"-----BEGIN CERTIFICATE-----\nMIIB\n"),
    ],
)
def test_ordinary_files_are_fine(name: str, content: bytes) -> None:
    assert codes(name, content) == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.exe", PROGRAM),
        ("invoice.exe", b""),
        ("run.js", b"WScript.Echo(1)"),
        ("setup.msi", OLD_OFFICE),
        ("backup.iso", b"x"),
        ("open.lnk", b"x"),
        ("statement", PROGRAM),
        ("statement.unheard-of", b"\x7fELF\x02"),
        ("page.hta", b"<p>x</p>"),
        ("x.SCR", b"x"),
        ("x.exe .", b"x"),
    ],
)
def test_a_program_may_not_pass(name: str, content: bytes) -> None:
    assert codes(name, content)["att.dangerous-type"] is Severity.BLOCK


@pytest.mark.parametrize("name", ["statement.pdf", "photo.png", "notes.txt"])
def test_a_program_under_another_name_is_both(name: str) -> None:
    assert codes(name, PROGRAM) == {
        "att.dangerous-type": Severity.BLOCK,
        "att.type-mismatch": Severity.WARNING,
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.bin", b"7z\xbc\xaf\x27\x1c"),
        ("data.dat", packed("a.txt")),
        ("data", b"Rar!\x1a\x07\x00"),
        ("notes.txt", b"\x1f\x8b\x08\x00"),
    ],
)
def test_an_archive_that_is_not_called_one_is_told(name: str, content: bytes) -> None:
    assert codes(name, content)["att.archive"] is Severity.INFO


def test_a_program_may_be_one_by_its_declared_type() -> None:
    seen = codes("update", b"x", declared="application/x-msdownload")

    assert seen == {"att.dangerous-type": Severity.BLOCK}


@pytest.mark.parametrize(
    ("name", "content"), [("build.sh", b"make"), ("tool", b"#!/bin/sh\n")]
)
def test_what_an_interpreter_runs_is_only_worth_a_look(
    name: str, content: bytes
) -> None:
    assert codes(name, content) == {"att.dangerous-type": Severity.WARNING}


def test_the_worst_of_several_claims_is_told_once() -> None:
    (finding,) = found(("run.command", b"#!/bin/sh\n"))

    assert finding.severity is Severity.BLOCK
    assert finding.message == (
        "run.command is a script, which runs when it is opened, as its name says."
    )


@pytest.mark.parametrize(
    "name", ["invoice.pdf.exe", "invoice.pdf      .exe", "a.txt.js", "scan.jpg.sh"]
)
def test_two_endings_that_deceive_may_not_pass(name: str) -> None:
    assert codes(name, b"x")["att.double-extension"] is Severity.BLOCK


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("photo.png", PDF, ""),
        ("invoice.pdf", b"<html><p>x</p>", ""),
        ("list.csv", packed("xl/workbook.xml"), ""),
        ("scan", PDF, "image/jpeg"),
    ],
)
def test_a_content_that_is_something_else_is_found(
    name: str, content: bytes, declared: str
) -> None:
    seen = codes(name, content, declared=declared)

    seen.pop("att.archive", None)
    assert seen == {"att.type-mismatch": Severity.WARNING}


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("photo.jpg", PNG, ""),
        ("photo", PNG, "image/jpeg"),
        ("files.zip", b"Rar!\x1a\x07\x01\x00", ""),
    ],
)
def test_one_kind_of_picture_under_the_name_of_another_is_only_untidy(
    name: str, content: bytes, declared: str
) -> None:
    seen = codes(name, content, declared=declared)

    assert seen == {"att.type-mismatch": Severity.INFO}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("minutes.docm", b"PK\x03\x04"),
        ("minutes.docm", packed("word/vbaProject.bin")),
        ("old.xlm", b"x"),
        ("minutes.docx", packed("word/document.xml", "word/vbaProject.bin")),
        ("sheet.xlsx", packed("xl/macrosheets/sheet1.xml")),
        ("letter.odt", packed("mimetype", "Basic/Standard/Module1.xml")),
        ("old.doc", OLD_OFFICE + bytes(985) + "_VBA_PROJECT".encode("utf-16-le")),
        ("old.xls", OLD_OFFICE + bytes(5000) + "_VBA_PROJECT_CUR".encode("utf-16-le")),
    ],
)
def test_macros_are_found(name: str, content: bytes) -> None:
    assert codes(name, content) == {"att.macro-document": Severity.WARNING}


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        (
            "secure-message.html",
            b"<script>location='https://evil.example'</script>",
            "",
        ),
        ("logo.svg", SVG + b" onload='alert(1)'/>", ""),
        ("page.mht", b"<img one=\r\nrror=3D1>", ""),
        ("page", b"<html><form>", ""),
        ("page.doc", b"<html><iframe >", ""),
        ("page.txt", b"<form>", "text/html"),
        ("page.xhtml", "<script>".encode("utf-16"), ""),
        ("data.xml", b"<a xmlns='http://www.w3.org/1999/xhtml'><script>", ""),
    ],
)
def test_a_page_that_does_something_is_found(
    name: str, content: bytes, declared: str
) -> None:
    seen = codes(name, content, declared=declared)

    assert seen["att.html-active"] is Severity.WARNING


def test_programs_in_an_archive_are_listed() -> None:
    names = ("a.txt", "x/run.bat", "y/run.bat", "b.exe", "c.lnk", "d.js", "e.vbs")

    (finding,) = found(("files.zip", packed(*names)))

    assert finding.code == "att.dangerous-type"
    assert finding.severity is Severity.WARNING
    assert "contains run.bat, b.exe, c.lnk and 2 more, which" in finding.message
    assert finding.place == "run.bat, b.exe, c.lnk, d.js, e.vbs"


def test_a_few_programs_in_an_archive_are_all_named() -> None:
    (finding,) = found(("files.zip", packed("a.exe", "b.exe")))

    assert "contains a.exe, b.exe, which" in finding.message


@pytest.mark.parametrize("name", ["files.zip", "files", "photo.txt"])
def test_a_disguised_program_in_an_archive_may_not_pass(name: str) -> None:
    seen = codes(name, packed("invoice.pdf.exe"))

    assert seen["att.dangerous-type"] is Severity.BLOCK


def test_an_archive_with_a_password_is_found() -> None:
    content = packed("a.txt", is_encrypted=True)

    assert codes("files.zip", content) == {"att.encrypted": Severity.WARNING}


@pytest.mark.parametrize(
    "name",
    ["CON.txt", "con", "Nul.tar.gz", "AUX .pdf", "com1.txt", "LPT9", "COM\u00b9.txt"],
)
def test_the_name_of_a_device_is_found(name: str) -> None:
    assert codes(name, b"x") == {"att.reserved-name": Severity.WARNING}


@pytest.mark.parametrize("name", ["contract.txt", "com10.txt", "my con.txt", "auxin"])
def test_a_name_that_only_begins_like_a_device_is_fine(name: str) -> None:
    assert codes(name, b"x") == {}


def test_a_name_whose_letters_are_turned_round_is_found() -> None:
    seen = codes("invoice\u202efdp.exe", b"x")

    assert seen["att.bidi-filename"] is Severity.WARNING
    assert seen["att.dangerous-type"] is Severity.BLOCK


def test_an_empty_file_is_found() -> None:
    assert codes("report.pdf", b"") == {"att.empty": Severity.INFO}


def test_the_same_file_twice_is_found() -> None:
    (finding,) = found(("a.txt", TEXT), ("b.txt", b"x"), ("c.txt", TEXT))

    assert (finding.code, finding.severity) == ("att.twice", Severity.INFO)
    assert finding.place == "a.txt, c.txt"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("name", ["notes.txt", "id_rsa", "server.key", "page.html"])
def test_a_secret_in_a_text_is_found(name: str, encoding: str) -> None:
    seen = codes(name, ("Grüße\n" + KEY).encode(encoding))

    assert seen == {"secret.private-key": Severity.BLOCK}


def test_a_secret_in_what_is_no_text_is_not_looked_for() -> None:
    assert codes("a.bin", bytes(64) + KEY.encode()) == {}
    assert codes("a.pdf", PDF + KEY.encode()) == {}


def test_places_are_short() -> None:
    name = f"{'x' * 240}.exe"

    assert all(len(one.place) <= 200 for one in found((name, PROGRAM), ("y", PROGRAM)))


def test_files_that_cannot_be_read_here_are_told_by_their_names() -> None:
    """As where a draft is checked without the workspace that keeps its files."""
    given = draft(attachments=(attached("a.exe", b"x"), attached("a.pdf", b"x")))

    assert [finding.code for finding in check(given)] == [
        "att.dangerous-type",
        "att.twice",
    ]


def test_of_a_big_file_only_the_beginning_is_read() -> None:
    given = []

    def endless(_digest: str) -> Iterator[bytes]:
        while True:
            given.append(1)
            yield b"\x00" * 1000

    assert not list(
        check(draft(attachments=(attached("a.bin", b"x"),)), Context(read=endless))
    )
    assert len(given) < 50


def test_of_a_long_text_the_first_megabyte_is_looked_through() -> None:
    filling = b"all is well\n" * 90_000

    assert "secret.private-key" in codes("a.log", filling[:1_000_000] + KEY.encode())
    assert codes("a.log", filling + KEY.encode()) == {}


@pytest.mark.parametrize(
    "content", [b"name,card\nBob,4111111111111111,12/29\n", b"Visa 4111 1111 1111 1111"]
)
def test_a_card_number_in_a_text_is_found(content: bytes) -> None:
    (finding,) = found(("cards.csv", content))

    assert (finding.code, finding.field) == ("pii.payment-card", "attach")
    assert "cards.csv" in finding.message


def test_numbers_in_what_is_no_text_are_no_cards() -> None:
    assert not found(("a.pdf", PDF + b"4111 1111 1111 1111"))


@pytest.mark.parametrize(
    "content",
    [
        KEY.encode("utf-16-le"),
        KEY.encode("utf-16-be"),
        KEY.encode("utf-16"),
        b"\0" + KEY.encode(),
        KEY.encode() + b"\x01",
    ],
)
def test_a_secret_in_a_text_of_any_encoding_is_found(content: bytes) -> None:
    assert "secret.private-key" in codes(".env", content)


def test_what_is_binary_is_not_looked_through() -> None:
    binary = bytes(range(256)) * 4

    assert "secret.private-key" not in codes("a.bin", binary + KEY.encode())
