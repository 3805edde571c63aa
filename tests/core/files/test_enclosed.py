"""The files of a message, found in its bytes."""

import hashlib
import io
import zipfile
from email import policy
from email.message import EmailMessage

from tuimail.core.files.enclosed import ENTRIES_LIMIT, enclosed, entries

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


def archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return held.getvalue()


def message(*files: tuple[str, str, bytes]) -> bytes:
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content("hi")
    for name, media_type, content in files:
        main, _, sub = media_type.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes(policy=policy.SMTP)


def test_each_file_is_told_with_what_it_really_is() -> None:
    (pdf, odd) = enclosed(
        message(
            ("a.pdf", "application/pdf", PDF),
            ("b.pdf", "application/pdf", b"MZ\x00\x01"),
        )
    )

    assert (pdf.name, pdf.what, pdf.is_contradicted) == (
        "a.pdf",
        "a PDF document",
        False,
    )
    assert pdf.digest == hashlib.sha256(PDF).hexdigest()
    assert pdf.size_bytes == len(PDF)
    assert pdf.encoded_bytes > len(PDF)
    assert pdf.is_binary
    assert (odd.what, odd.is_contradicted) == ("a Windows program", True)


def test_what_is_not_certain_is_called_nothing() -> None:
    (found,) = enclosed(message(("a.dat", "application/octet-stream", b"words")))

    assert (found.what, found.is_contradicted, found.is_binary) == ("", False, False)


def test_text_to_be_read_is_no_file() -> None:
    assert enclosed(message()) == ()


def test_names_in_an_archive_are_listed_once() -> None:
    found = [one.name for one in entries(archive("a.txt", "b/c.exe"))]

    assert found == ["a.txt", "b/c.exe"]
    assert len(entries(archive(*map(str, range(ENTRIES_LIMIT + 5))))) == ENTRIES_LIMIT
    assert entries(PDF) == ()
