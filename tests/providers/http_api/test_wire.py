"""Trees as bytes: JSON and forms, whose size is known before."""

import base64
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.http_api.fakes import form_fields
from tuimail.providers.http_api.paths import first, inside, look, put
from tuimail.providers.http_api.wire import (
    Encoded,
    File,
    Verbatim,
    boundary_for,
    form_pieces,
    json_pieces,
)
from tuimail.testing import Received

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def joined(pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(), JSON))
def test_a_tree_is_json(tree: dict[str, Any]) -> None:
    written = joined(json_pieces(tree))

    assert json.loads(written) == tree
    assert written.isascii()
    assert written == json.dumps(tree).encode()


@given(st.binary())
def test_a_file_is_base64(content: bytes) -> None:
    found = json.loads(joined(json_pieces({"a": Encoded(content)})))

    assert base64.b64decode(found["a"], validate=True) == content


@pytest.mark.parametrize("size", [49_151, 49_152, 49_153, 200_000])
def test_long_values_are_whole(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    text = "ü💩\n" * (size // 3)
    ascii_text = b'a"\\\r\n' * (size // 5)
    tree = {
        "file": Encoded(content[:size]),
        "text": text,
        "message": Verbatim(ascii_text),
    }
    pieces = list(json_pieces(tree))
    found = json.loads(joined(pieces))

    assert base64.b64decode(found["file"]) == content[:size]
    assert found["text"] == text
    assert found["message"].encode() == ascii_text
    assert max(map(len, pieces)) < 700_000


def test_a_form_repeats_what_is_a_list_and_ends_with_its_file() -> None:
    tree = {"message": File(b"Subject: hi\r\n\r\n--x"), "o:tag": ["a", "b"], "n": 1}
    boundary = boundary_for(tree)
    received = Received(
        method="POST",
        target="/",
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
        body=joined(form_pieces(tree, boundary)),
    )

    assert list(form_fields(received)) == [
        ("o:tag", b"a"),
        ("o:tag", b"b"),
        ("n", b"1"),
        ("message", b"Subject: hi\r\n\r\n--x"),
    ]


def test_no_message_can_end_its_part_of_a_form() -> None:
    """Else it could add recipients."""
    first_try = boundary_for({"m": File(b"")})
    content = f"\r\n--{first_try}\r\nX: y\r\n\r\n".encode()

    assert boundary_for({"m": File(content)}) != first_try


def test_a_name_cannot_end_its_place() -> None:
    written = joined(form_pieces({'a"\r\nX': "1"}, "b"))

    assert b'name="a%22%0D%0AX"\r\n' in written


def test_what_is_put_at_a_path_is_there() -> None:
    tree: dict[str, object] = {}
    put(tree, "Messages.0.From", "a")
    put(tree, "Messages.0.Files.0", "b")
    put(tree, "Messages.0.Files.0", "c")
    inside(tree, "Messages.0.Headers")["X.Y"] = "d"

    assert tree == {
        "Messages": [{"From": "a", "Files": ["b", "c"], "Headers": {"X.Y": "d"}}]
    }


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", [[{"b": 1}, {"b": None}, {"b": 3}]]),
        ("a.0.b", [1]),
        ("a.*.b", [1, 3]),
        ("a.9.b", []),
        ("a.x", []),
        ("a.0.b.c", []),
        ("*.1", [{"b": None}]),
        ("none", []),
    ],
)
def test_what_is_at_a_path_is_found(path: str, found: list[object]) -> None:
    tree = {"a": [{"b": 1}, {"b": None}, {"b": 3}]}

    assert list(look(tree, path)) == found
    assert first(tree, path) == (found[0] if found else None)


@pytest.mark.parametrize("path", ["a.b", "a.b.c", "a.0"])
def test_two_things_cannot_be_in_one_place(path: str) -> None:
    tree: dict[str, object] = {"a": "text"}

    with pytest.raises(TypeError):
        put(tree, path, "x")
    with pytest.raises(TypeError):
        inside(tree, path)
