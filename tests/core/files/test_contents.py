import pytest

from tuimail.core.files.contents import (
    HEAD_BYTES,
    contradicts_name,
    contradicts_type,
    is_binary,
    recognised,
)

PDF = b"%PDF-1.4\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PROGRAM = b"MZ\x90\x00" + bytes(60)
OFFICE = b"PK\x03\x04\x14\x00\x06\x00"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
HTML = b"<!DOCTYPE html><title>Hi</title>"


def what(head: bytes) -> str:
    found = recognised(head)
    return found.what if found else ""


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (PROGRAM, "a Windows program"),
        (b"MZ\x90\x00", "a Windows program"),
        (b"\x7fELF\x02\x01", "a Linux program"),
        (b"\xcf\xfa\xed\xfe\x07", "a macOS program"),
        (b"\xca\xfe\xba\xbe\x00\x00\x004", "a Java or macOS program"),
        (b"dex\n035\x00", "an Android program"),
        (b"L\x00\x00\x00\x01\x14\x02\x00\x00", "a Windows shortcut"),
        (b"[InternetShortcut]\r\nURL=file:", "a shortcut"),
        (b"\xff\xfe" + "Windows Registry Editor Version 5".encode("utf-16-le"),
         "a change to the Windows registry"),
        (b"!<arch>\ndebian-binary", "a Debian package"),
        (b"MSCF\x00\x00\x00\x00", "a Windows cabinet"),
        (bytes(0x8001) + b"CD001\x01", "a disk image"),
        (b"conectix\x00", "a disk image"),
        (OFFICE, "a ZIP archive"),
        (OLD_OFFICE, "an older Office document"),
        (PDF, "a PDF document"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (PNG, "a PNG image"),
        (JPEG, "a JPEG image"),
        (b"GIF89a\x01", "a GIF image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP image"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a WAV recording"),
        (b"RIFF\x00\x00\x00\x00ACON", ""),
        (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36", "a BMP image"),
        (b"BMW 320 and other cars", ""),
        (b"II*\x00\x08", "a TIFF image"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"BZh91AY&SY", "a bzip2 archive"),
        (b"7z\xbc\xaf\x27\x1c\x00", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"a.txt".ljust(257, b"\x00") + b"ustar", "a tar archive"),
        (b"\x00\x00\x00\x18ftypisom", "an MP4 recording"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIF image"),
        (b"ID3\x04\x00", "an MP3 recording"),
        (b"ID3 is a format for", ""),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\xef\xbb\xbfBEGIN:VCALENDAR", "a calendar"),
        (b"BEGIN:VCARD", "a visiting card"),
        (b"#!/bin/sh\n", "a script"),
        (b"#! /usr/bin/env python3\n", "a script"),
        (b"#!important", ""),
        (HTML, "an HTML page"),
        (b"\n <!-- hello - world --> <HTML >", "an HTML page"),
        (b"\xff\xfe" + "<script>x".encode("utf-16-le"), "an HTML page"),
        (b"<!-- " + b"x" * 4000, "an HTML page"),
        (b"<scripture>", ""),
        (b"<?xml version='1.0'?><note/>", "an XML document"),
        (b"<?xml version='1.0'?><!-- " + b"x" * 4000, "an XML document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml ?>\n<!-- x --><!DOCTYPE svg PUBLIC 'x' [<!ENTITY a 'b'>]>\n<svg:svg >",
         "an SVG drawing"),
        (b"Hello Bob", ""),
        (b"", ""),
        (b"\x00\x01\x02", ""),
    ],
)  # fmt: skip
def test_a_file_is_recognised_by_how_it_begins(head: bytes, name: str) -> None:
    assert what(head) == name


def test_a_letter_may_begin_like_a_program() -> None:
    assert recognised(b"MZ called.", may_be_prose=True) is None
    assert recognised(PROGRAM, may_be_prose=True) is not None
    assert what(b"MZ called.") == "a Windows program"


@pytest.mark.parametrize("piece", [b"<", b"<!--", b"<? ", b" ", b"<!doctype svg ["])
def test_markup_that_goes_on_for_ever_is_no_burden(piece: bytes) -> None:
    assert recognised(piece * (HEAD_BYTES // len(piece))) == recognised(piece * 20)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (PDF, "photo.png"),
        (PROGRAM, "statement.pdf"),
        (HTML, "invoice.pdf"),
        (PNG, "notes.txt"),
        (OFFICE, "list.csv"),
        (PDF, "letter.docx"),
        (PDF, "setup.exe"),
        (OLD_OFFICE, "scan.jpg"),
        (JPEG, "logo.png"),
        (b"#!/bin/sh\n", "photo.jpeg"),
        (PNG, "page.html"),
    ],
)
def test_a_content_may_contradict_its_name(head: bytes, name: str) -> None:
    found = recognised(head)

    assert found is not None
    assert contradicts_name(found, name)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (PDF, "report.pdf"),
        (PDF, "REPORT.PDF"),
        (OFFICE, "a.docx"),
        (OFFICE, "a.odt"),
        (OFFICE, "a.doc"),
        (OFFICE, "a.epub"),
        (OLD_OFFICE, "a.xls"),
        (OLD_OFFICE, "a.msg"),
        (OLD_OFFICE, "secret.docx"),
        (HTML, "report.xls"),
        (HTML, "source.txt"),
        (HTML, "page.php"),
        (b"{\\rtf1", "letter.doc"),
        (b"{\\rtf1", "letter.txt"),
        (JPEG, "a.jpg"),
        (JPEG, "a.jpeg"),
        (JPEG, "a.unheard-of"),
        (JPEG, "a"),
        (PNG, "firmware.bin"),
        (b"#!/bin/sh\n", "install.run"),
        (b"#!/usr/bin/python", "tool.py"),
        (b"<?xml version='1.0'?><a/>", "data.xml"),
        (b"BEGIN:VCALENDAR", "invite.ics"),
        (b"BEGIN:VCARD", "card.txt"),
        (b"\x1f\x8b\x08", "a.tar.gz"),
        (b"SQLite format 3\x00", "a.db"),
    ],
)
def test_relatives_and_unknown_endings_are_no_contradiction(
    head: bytes, name: str
) -> None:
    found = recognised(head)

    assert found is not None
    assert not contradicts_name(found, name)


@pytest.mark.parametrize(
    ("head", "media_type", "expected"),
    [
        (PDF, "image/png", True),
        (PDF, "text/plain", True),
        (PDF, "application/pdf", False),
        (PDF, "application/octet-stream", False),
        (PDF, "x/unheard-of", False),
        (OFFICE, "application/msword", False),
        (JPEG, "image/jpeg", False),
        (HTML, "text/markdown", False),
    ],
)
def test_a_content_may_contradict_its_declared_type(
    head: bytes, media_type: str, expected: object
) -> None:
    found = recognised(head)

    assert found is not None
    assert contradicts_type(found, media_type) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Hello\r\n\tBob\x0c", False),
        ("Grüße".encode(), False),
        (b"\x1b[31mred", False),
        (b"\xff\xfeH\x00i\x00", False),
        (b"a\x00b", True),
        (PROGRAM, True),
        (b"", False),
    ],
)
def test_text_is_told_from_other_content(head: bytes, expected: object) -> None:
    assert is_binary(head) is expected
