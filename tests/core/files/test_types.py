import pytest

from tuimail.core.draft import Attachment
from tuimail.core.files import types as file_types
from tuimail.core.files.types import (
    DANGEROUS,
    Group,
    declared_type,
    disguise_of,
    endings,
    endings_of_type,
    group_of,
    group_of_ending,
    group_of_type,
    media_type_of,
)
from tuimail.errors import FieldError


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("report.pdf", ("pdf",)),
        ("a.tar.gz", ("tar", "gz")),
        ("A.TAR.GZ", ("tar", "gz")),
        ("README", ()),
        ("invoice.pdf      .exe", ("pdf", "exe")),
        ("x.exe . ", ("exe",)),
        ("x.\uff45\uff58\uff45", ("exe",)),
        ("x\u2024exe", ("exe",)),
        ("x.e\u200bxe", ("exe",)),
        ("invoice\u202efdp.exe", ("exe",)),
        ("x.STRAẞE", ("strasse",)),
    ],
)
def test_endings_are_what_a_system_would_look_up(
    name: str, found: tuple[str, ...]
) -> None:
    assert endings(name) == found


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("setup.exe", Group.PROGRAM),
        ("www.example.com", Group.PROGRAM),
        ("run.js", Group.SCRIPT),
        ("a.PS1", Group.SCRIPT),
        ("a.msi", Group.INSTALLER),
        ("a.lnk", Group.SHORTCUT),
        ("a.iso", Group.DISK_IMAGE),
        ("a.sh", Group.SOURCE),
        ("a.docm", Group.MACRO_DOCUMENT),
        ("a.zip", Group.ARCHIVE),
        ("a.svg", Group.WEB_PAGE),
        ("a.docx", Group.DOCUMENT),
        ("a.jpeg", Group.IMAGE),
        ("a.mp4", Group.MEDIA),
        ("a.csv", Group.TEXT),
        ("a.sqlite", Group.DATA),
        ("a.unheard-of", None),
        ("exe", None),
    ],
)
def test_an_ending_stands_for_a_group(name: str, group: Group | None) -> None:
    assert group_of(name) is group


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("report.pdf", "application/pdf"),
        ("notes.txt", "text/plain"),
        ("invite.ics", "text/calendar"),
        ("logo.PNG", "image/png"),
        ("photo.webp", "image/webp"),
        (
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("mail.eml", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_an_ending_stands_for_a_media_type(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type


def test_every_media_type_is_one_that_an_attachment_can_have() -> None:
    for ending, media_type in file_types._TYPE_OF_ENDING.items():
        Attachment(name="a", content_type=media_type, digest="", size_bytes=0)
        assert group_of_ending(ending) is not None, ending
        assert ending in endings_of_type(media_type)


def test_no_ending_stands_in_two_groups_or_for_two_types() -> None:
    for table in (file_types._GROUPS, file_types._MEDIA_TYPES):
        listed = " ".join(table.values()).split()

        assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("media_type", "group"),
    [
        ("application/x-msdownload", Group.PROGRAM),
        ("text/html", Group.WEB_PAGE),
        ("text/plain", None),
        ("application/octet-stream", None),
        ("x/unheard-of", None),
    ],
)
def test_a_media_type_stands_for_a_group_if_all_its_endings_do(
    media_type: str, group: Group | None
) -> None:
    assert group_of_type(media_type) is group


@pytest.mark.parametrize(
    ("name", "posed_as", "is_really"),
    [
        ("invoice.pdf.exe", Group.DOCUMENT, Group.PROGRAM),
        ("photo.jpg.scr", Group.IMAGE, Group.PROGRAM),
        ("notes.txt.js", Group.TEXT, Group.SCRIPT),
        ("2026.invoice.docx        .lnk", Group.DOCUMENT, Group.SHORTCUT),
        ("song.mp3.iso", Group.MEDIA, Group.DISK_IMAGE),
        ("files.zip.msi", Group.ARCHIVE, Group.INSTALLER),
        ("report.pdf.sh", Group.DOCUMENT, Group.SOURCE),
    ],
)
def test_a_program_that_poses_as_a_document_is_known(
    name: str, posed_as: Group, is_really: Group
) -> None:
    assert disguise_of(name) == (posed_as, is_really)


@pytest.mark.parametrize(
    "name",
    [
        "v1.2.3-notes.txt",
        "setup.exe",
        "setup-1.2.3.exe",
        "site.min.js",
        "archive.tar.gz",
        "scan.pdf.zip",
        "report.docx.pdf",
        "program.exe.txt",
        "a.b",
        "README",
    ],
)
def test_other_dots_deceive_nobody(name: str) -> None:
    assert disguise_of(name) is None


@pytest.mark.parametrize(
    ("declared", "media_type"),
    [
        ("application/pdf", "application/pdf"),
        ("Application/PDF", "application/pdf"),
        (" text/plain ; charset=utf-8", "text/plain"),
        ('text/calendar;method="REQUEST"', "text/calendar"),
        ("multipart/mixed; boundary=x", "application/octet-stream"),
        ("MULTIPART/related", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("message/partial; id=1; number=1", "application/octet-stream"),
        ("APPLICATION/Vnd.MS-Excel", "application/vnd.ms-excel"),
    ],
)
def test_a_declared_type_is_reduced_to_type_and_subtype(
    declared: str, media_type: str
) -> None:
    assert declared_type(declared) == media_type


@pytest.mark.parametrize(
    "declared",
    [
        "pdf",
        "application/",
        "/pdf",
        "a/b/c",
        "application/pdf, text/html",
        "text/plain charset=utf-8",
        "text/plain\r\nX-Evil: 1",
        "text/plain; a=b\r\nX-Evil: 1",
        "text/plain; a=\x00",
        "téxt/plain",
        "a" * 65 + "/b",
        "",
    ],
)
def test_what_is_no_media_type_is_refused(declared: str) -> None:
    with pytest.raises(FieldError, match="is not a media type") as caught:
        declared_type(declared)

    assert caught.value.field == "attach"


@pytest.mark.parametrize(
    "ending",
    ["exe", "js", "msi", "lnk", "iso", "vbs", "jar", "hta", "scr", "bat", "cab", "ps1"],
)
def test_what_servers_refuse_is_dangerous(ending: str) -> None:
    assert group_of_ending(ending) in DANGEROUS
