import re

from tuimail.demo.pdf import pdf


def test_every_object_begins_where_the_table_says() -> None:
    content = pdf(["Invoice 2026-1184", "", "1,428.00 EUR"])

    offsets = [
        int(at) for at in re.findall(rb"^(\d{10}) 00000 n", content, re.MULTILINE)
    ]
    assert [content[at : at + 7] for at in offsets] == [
        b"%d 0 obj" % number for number in range(1, 6)
    ]


def test_the_end_says_where_the_table_is() -> None:
    content = pdf(["one line"])

    table_at = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[table_at:].startswith(b"xref\n0 6\n")
    assert content.endswith(b"%%EOF\n")


def test_text_cannot_end_its_own_string() -> None:
    content = pdf([r"a) Tj (b \ c"])

    assert rb"(a\) Tj \(b \\ c) Tj" in content


def test_the_same_lines_give_the_same_bytes() -> None:
    assert pdf(["Käse", "→"]) == pdf(["Käse", "→"])
