"""The files of a mail that goes along as a file."""

from base64 import encodebytes

import pytest

from tests.core.checks.test_files import PDF, PROGRAM, codes, found, packed
from tuimail.core.checks import nested
from tuimail.core.finding import PLACE_LIMIT, Severity

HEAD = b"From: ana@example.net\r\nTo: bob@example.net\r\nSubject: Look\r\n"


def mail(*files: tuple[str, bytes]) -> bytes:
    """Return a mail with a text and ``files``."""
    parts = [b"Content-Type: text/plain\r\n\r\nSee below.\r\n"]
    for name, content in files:
        head = f'Content-Disposition: attachment; filename="{name}"\r\n'
        head += "Content-Type: application/octet-stream\r\n"
        head += "Content-Transfer-Encoding: base64\r\n\r\n"
        encoded = encodebytes(content).replace(b"\n", b"\r\n")
        parts.append(head.encode() + encoded)
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    kind = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return HEAD + kind + body


def test_a_mail_with_ordinary_files_is_fine() -> None:
    assert codes("mail.eml", mail(("report.pdf", PDF))) == {}
    assert codes("mail.eml", HEAD + b"\r\nHello.\r\n") == {}


@pytest.mark.parametrize(
    ("name", "content", "code", "severity"),
    [
        ("setup.exe", PROGRAM, "att.dangerous-type", Severity.BLOCK),
        ("setup.bin", PROGRAM, "att.dangerous-type", Severity.BLOCK),
        ("report.pdf.exe", b"x", "att.double-extension", Severity.BLOCK),
        ("letter.docm", b"x", "att.macro-document", Severity.WARNING),
        ("page.html", b"<form action=x>", "att.html-active", Severity.WARNING),
        ("a.zip", packed("a.txt"), "att.archive", Severity.INFO),
        (
            "a.zip", packed("a.txt", is_encrypted=True), "att.encrypted",
            Severity.WARNING,
        ),
    ],
)  # fmt: skip
def test_its_files_are_told_like_attached_ones(
    name: str, content: bytes, code: str, severity: Severity
) -> None:
    findings = found(("mail.eml", mail((name, content))))

    (finding,) = (one for one in findings if one.code == code)
    assert finding.severity is severity
    assert finding.message.startswith("In the mail mail.eml: ")
    assert finding.place == f"mail.eml: {name}"


def test_a_mail_that_is_one_by_itself_has_its_file_told() -> None:
    single = (
        HEAD + b"Content-Type: application/octet-stream; name=setup.exe\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(PROGRAM)
    )

    assert codes("x.EML", single)["att.dangerous-type"] is Severity.BLOCK


def wrapped(times: int) -> bytes:
    content = mail(("setup.exe", PROGRAM))
    for _ in range(times):
        content = mail(("inner.eml", content))
    return content


def test_a_mail_within_a_mail_within_a_mail_is_looked_into() -> None:
    (finding,) = found(("mail.eml", wrapped(nested.DEEPEST - 1)))

    assert finding.code == "att.dangerous-type"
    assert len(finding.place) <= PLACE_LIMIT


def test_there_is_an_end_to_looking() -> None:
    assert codes("mail.eml", wrapped(nested.DEEPEST)) == {
        "att.unread-mail": Severity.WARNING
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no mail at all",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing",
        mail(("a/b.exe", PROGRAM)),
    ],
)
def test_what_cannot_be_read_in_one_way_is_told_as_that(content: bytes) -> None:
    assert codes("mail.eml", content)["att.unread-mail"] is Severity.WARNING


def test_a_mail_that_is_very_long_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nested, "MAIL_BYTES", 100)

    (finding,) = found(("mail.eml", mail(("setup.exe", PROGRAM))))

    assert finding.code == "att.unread-mail"
    assert "more than 100 bytes" in finding.message
