import pytest

from tests.core.handed_in.mails import codes, mail, multipart, read, text, the_one
from tuimail.core.finding import Severity
from tuimail.core.handed_in.message import read_message
from tuimail.errors import FieldError


def test_parts_stand_between_delimiter_lines_and_own_no_line_end_of_theirs() -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=q", "", "--q \t", "", "one", "",
        "--q", "Content-Disposition: attachment; filename=a", "", "--q--", "",
    )  # fmt: skip

    assert found.text == "one\n"
    assert found.files[0].content == b""


def test_line_feeds_alone_separate_parts_as_well() -> None:
    raw = mail(*multipart("mixed", text("one"), text("two")))

    found = read_message(raw.replace(b"\r\n", b"\n"))

    assert found.text == "one\n\ntwo"


@pytest.mark.parametrize(
    "line", ["--qq", "--q x", " --q", "x--q", "--q--x", "-- q", "--Q"]
)
def test_a_line_that_only_looks_like_a_boundary_is_text(line: str) -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=q", "", "--q", "", line, "--q--"
    )

    assert found.text == line


def test_what_ends_the_outer_multipart_ends_the_inner_ones() -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=outer", "", "--outer",
        "Content-Type: multipart/mixed; boundary=inner", "", "--inner", "", "one",
        "--outer--",
    )  # fmt: skip

    assert found.text == "one"
    assert "Part 2 has no boundary at its end" in the_one(found).message


def test_a_message_that_was_cut_off_is_noted() -> None:
    finding = the_one(
        read("Content-Type: multipart/mixed; boundary=q", "", "--q", "", "one")
    )

    assert (finding.code, finding.severity) == ("mime.structure", Severity.WARNING)


@pytest.mark.parametrize(
    ("before", "after", "noted"),
    [
        ("This is a multi-part message in MIME format.", "", []),
        ("", "", []),
        ("", "hidden", ["mime.structure"]),
        ("Pay to another account.", "", ["mime.structure"]),
        ("", "--q", ["mime.structure"]),
    ],
)
def test_text_outside_the_parts_is_left_out_and_noted(
    before: str, after: str, noted: list[str]
) -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=q", "", before, "--q", "", "one",
        "--q--", after,
    )  # fmt: skip

    assert (found.text, codes(found)) == ("one", noted)


@pytest.mark.parametrize(
    "parameters",
    [
        "", "; boundary=", '; boundary=""', "; boundary=" + "x" * 71,
        "; boundary*=utf-8''q", "; boundary=q; boundary*0=q", '; boundary="q "',
        "; boundary=ü",
    ],
)  # fmt: skip
def test_a_multipart_without_a_boundary_is_refused(parameters: str) -> None:
    with pytest.raises(FieldError, match="boundary") as caught:
        read(f"Content-Type: multipart/mixed{parameters}", "", "--q", "", "x", "--q--")

    assert caught.value.field == "message"


def test_a_multipart_whose_boundary_is_nowhere_is_refused() -> None:
    with pytest.raises(FieldError, match="nowhere in it"):
        read("Content-Type: multipart/mixed; boundary=q", "", "hello")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-rot13"])
def test_a_multipart_may_not_be_encoded(encoding: str) -> None:
    with pytest.raises(FieldError, match="forbids"):
        read(f"Content-Transfer-Encoding: {encoding}", *multipart("mixed", text()))


@pytest.mark.parametrize("encoding", ["7bit", "8BIT", "Binary", "7bit (plain)"])
def test_a_multipart_may_say_that_it_is_not_encoded(encoding: str) -> None:
    found = read(f"Content-Transfer-Encoding: {encoding}", *multipart("mixed", text()))

    assert found.text == "hello"


@pytest.mark.parametrize("kind", ["pdf", "text", "text/", "/plain", "a/b c", "ä/b"])
def test_a_type_that_is_none_is_refused(kind: str) -> None:
    with pytest.raises(FieldError, match="Content-Type"):
        read(f"Content-Type: {kind}", "", "x")


def nested(depth: int) -> bytes:
    body = b"Content-Type: text/plain\r\n\r\nbottom"
    for number in reversed(range(depth)):
        head = f"Content-Type: multipart/mixed; boundary=b{number}x\r\n\r\n"
        line = f"--b{number}x\r\n"
        body = head.encode() + line.encode() + body + f"\r\n--b{number}x--".encode()
    return mail()[:-2] + b"\r\n" + body


def test_twenty_multiparts_in_one_another_are_read() -> None:
    assert read_message(nested(20)).text == "bottom"


@pytest.mark.parametrize("depth", [21, 300, 5_000])
def test_more_multiparts_in_one_another_are_refused(depth: int) -> None:
    with pytest.raises(FieldError, match="more than 20 deep"):
        read_message(nested(depth))


def test_more_than_a_thousand_parts_are_refused() -> None:
    with pytest.raises(FieldError, match=r"more than 1,000 parts"):
        read(*multipart("mixed", *[text()] * 20_000))


def test_a_boundary_that_is_everywhere_costs_no_more_than_its_length() -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=q", "", "--q", "",
        "--qx\r\n--q.\r\n" * 300_000, "--q--",
    )  # fmt: skip

    assert found.text.count("--q") == 600_000
