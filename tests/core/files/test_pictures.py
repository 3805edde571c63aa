"""Pictures in a message, judged before anything is decoded."""

import base64
from collections.abc import Sequence
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.files.pictures import (
    PICTURES_LIMIT,
    SIZE_LIMIT,
    Picture,
    kind_of,
    pictures,
    pixels_of,
)


def png(width: int = 3, height: int = 2) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + pack(">II", width, height) + bytes(9)


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments)


def segment(marker: int, content: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(content) + 2) + content


SIZE = segment(0xC2, b"\x08" + pack(">HH", 480, 640) + b"\x03")


def webp(chunk: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + chunk


def message(*files: tuple[str, bytes]) -> bytes:
    sections = (
        f"--q\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(content)
        for head, content in files
    )
    return (
        b"Content-Type: multipart/mixed; boundary=q\r\n\r\n"
        + b"\r\n".join(sections)
        + b"\r\n--q--\r\n"
    )


def only(content: bytes, head: str = "Content-Type: image/png") -> Picture:
    (found,) = pictures(message((head, content)))
    return found


def names(found: Sequence[Picture]) -> list[str]:
    return [one.name or one.content_id for one in found]


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (png(300, 200), "PNG", (300, 200)),
        (b"GIF89a" + pack("<HH", 70, 50), "GIF", (70, 50)),
        (b"GIF87a" + pack("<HH", 7, 5), "GIF", (7, 5)),
        (jpeg(segment(0xE0, b"JFIF\0"), SIZE), "JPEG", (640, 480)),
        (jpeg(segment(0xC4, bytes(30)), b"\xff\xff" + SIZE), "JPEG", (640, 480)),
        (jpeg(b"\xff\xd9"), "JPEG", (0, 0)),
        (jpeg(b"\xff\xe0\0\0", b"\xff\xe0"), "JPEG", (0, 0)),
        (webp(b"VP8X" + bytes(8) + b"\x7f\x02\0\xdf\x01\0"), "WEBP", (640, 480)),
        (webp(b"VP8L" + bytes(4) + b"\x2f" + pack("<I", 479 << 14 | 639)), "WEBP",
         (640, 480)),
        (webp(b"VP8 " + bytes(10) + pack("<HH", 0x4000 | 640, 480)), "WEBP",
         (640, 480)),
        (webp(b"ALPH"), "WEBP", (0, 0)),
        (b"RIFF\0\0\0\0WAVE", "", (0, 0)),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "", (0, 0)),
        (b"", "", (0, 0)),
    ],
)  # fmt: skip
def test_kind_and_size_are_read_from_the_first_bytes(
    content: bytes, kind: str, size: tuple[int, int]
) -> None:
    assert kind_of(content) == kind
    assert pixels_of(content) == size


def test_pictures_are_found_wherever_they_are() -> None:
    found = pictures(
        message(
            ("Content-Type: text/html", b"<p>no picture"),
            ("Content-Type: image/png\r\nContent-ID: <logo>", png()),
            ("Content-Disposition: attachment; filename=x.bin", png(9, 9)),
            ("Content-Type: application/pdf; name=y.pdf", b"%PDF-1.7"),
        )
    )

    assert names(found) == ["logo", "x.bin"]
    assert (found[0].kind, found[0].width, found[0].height) == ("PNG", 3, 2)
    assert (found[0].content, found[0].problem) == (png(), "")
    assert found[0].size_bytes == len(png())


def test_what_only_says_that_it_is_a_picture_is_not_shown() -> None:
    found = only(b"MZ\x90\0", "Content-Type: image/png; name=x.png")

    assert (found.content, found.kind) == (b"", "")
    assert found.problem.startswith("It is no PNG, JPEG, GIF or WebP")


def test_a_picture_of_too_many_pixels_is_not_shown() -> None:
    found = only(png(60_000, 60_000))

    assert found.content == b""
    assert found.problem.startswith("It has 3600 million pixels")


def test_a_picture_of_too_many_bytes_is_not_decoded() -> None:
    found = only(png() + bytes(SIZE_LIMIT))

    assert found.content == b""
    assert found.problem.startswith("It has 10 MB, and pictures of more than 10 MB")


def test_a_picture_that_is_cut_off_says_so() -> None:
    found = only(png()[:16])

    assert found.problem == "It begins as a PNG and does not say how big it is."


def test_only_so_many_pictures_are_shown() -> None:
    files = [("Content-Type: image/png", png())] * (PICTURES_LIMIT + 5)

    assert len(pictures(message(*files))) == PICTURES_LIMIT


def test_a_long_run_of_markers_is_read_once() -> None:
    assert pixels_of(jpeg(b"\xff" * 3_000_000)) == (0, 0)
    assert pixels_of(jpeg(b"\xff\xe0\0\0" * 1_000_000)) == (0, 0)


@given(st.binary(max_size=80), st.sampled_from([png()[:8], b"\xff\xd8\xff", b"GIF89a"]))
def test_no_bytes_break_the_reading(content: bytes, start: bytes) -> None:
    width, height = pixels_of(start + content)

    assert width >= 0 <= height
