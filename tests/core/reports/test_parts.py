"""Parts of messages, read as far as that goes."""

import pytest

from tuimail.core.reports.parts import (
    DEPTH_LIMIT,
    HEADER_LIMIT_BYTES,
    PARTS_LIMIT,
    VALUE_LIMIT,
    Part,
    content,
    leaves,
    read_fields,
    read_part,
)


def whole(raw: bytes) -> Part:
    return read_part(raw, 0, len(raw))


def contents(raw: bytes) -> list[str]:
    return [content(raw, one, 100) for one in leaves(raw, whole(raw))]


def test_a_part_without_a_header_begins_with_an_empty_line() -> None:
    raw = b"Content-Type: multipart/x; boundary=b\n\n--b\n\nA: b\n\nc\n--b--"

    assert contents(raw) == ["A: b\n\nc\n"]


def test_a_header_without_an_end_has_no_content() -> None:
    part = whole(b"A: b\nC: d")

    assert part.fields == {"a": "b", "c": "d"}
    assert part.start == part.end


def test_a_header_that_never_ends_is_read_as_far_as_its_limit() -> None:
    part = whole(b"A: b\n" + b"X: y\n" * HEADER_LIMIT_BYTES + b"Z: z\n\nbody")

    assert set(part.fields) == {"a", "x"}


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("A: b\r\n  c\r\n\td", {"a": "b c d"}),
        ("A : b\nA: c", {"a": "b"}),
        ("no field\nA: b\n: c\nB", {"a": "b"}),
        ("Ä: b", {}),
        (f"A: {'x' * VALUE_LIMIT}y", {"a": "x" * (VALUE_LIMIT - 1)}),
    ],
)
def test_fields_are_unfolded_and_what_is_none_is_left_out(
    block: str, fields: dict[str, str]
) -> None:
    assert read_fields(block) == fields


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ('multipart/x; boundary="a b\\"c"', 'a b"c'),
        ("multipart/x; charset=u; BOUNDARY=ab", "ab"),
        ("multipart/x;boundary = ab", "ab"),
        ('multipart/x; boundary="ab', "ab"),
        ("multipart/x; nothing", ""),
        ("multipart/x", ""),
    ],
)
def test_a_boundary_is_read_as_it_is_written(value: str, boundary: str) -> None:
    part = whole(f"Content-Type: {value}\n\n".encode())

    assert part.parameter("boundary") == boundary


def test_a_multipart_without_a_boundary_has_no_parts() -> None:
    assert contents(b"Content-Type: multipart/x\n\n--\n\nx\n----") == []


def test_only_so_many_parts_are_looked_at() -> None:
    raw = b"Content-Type: multipart/x; boundary=b\n\n" + b"--b\n\nx\n" * 2 * PARTS_LIMIT

    assert len(contents(raw)) == PARTS_LIMIT


def test_only_so_deep_is_looked() -> None:
    def nested(depth: int) -> bytes:
        if not depth:
            return b"\nx\n"
        name = str(depth).encode()
        return (
            b"Content-Type: multipart/x; boundary=b" + name + b"\n\n"
            b"--b" + name + b"\n" + nested(depth - 1)
        )

    assert contents(nested(DEPTH_LIMIT)) == ["x\n"]
    assert contents(nested(DEPTH_LIMIT + 1)) == []


def test_text_that_only_looks_like_a_boundary_is_none() -> None:
    head = b"Content-Type: multipart/x; boundary=b\n\n"
    raw = head + b"--b\n\na --b\n--bc\n--b c\n--b--\nend"

    assert contents(raw) == ["a --b\n--bc\n--b c\n"]
