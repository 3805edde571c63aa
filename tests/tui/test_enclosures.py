"""Files of a mail: what they say they are, what they are, and what is in them."""

import io
import zipfile
from email import policy
from email.message import EmailMessage

from tuimail.core.files.enclosed import enclosed
from tuimail.tui import enclosures
from tuimail.tui.widgets.blocks import Blocks

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


def message(*files: tuple[str, str, bytes]) -> bytes:
    made = EmailMessage()
    made["Subject"] = "x"
    made.set_content("hi")
    for name, media_type, content in files:
        main, _, sub = media_type.partition("/")
        made.add_attachment(
            content, maintype=main, subtype=sub, filename=name, cid=f"<{name}>"
        )
    return made.as_bytes(policy=policy.SMTP)


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("a/b.exe", "x")
    return held.getvalue()


def lines(blocks: Blocks) -> list[str]:
    return [
        f"{one.label} {one.text}".strip()
        for number in range(len(blocks))
        for one in blocks.block(number)
    ]


def inside(content: bytes) -> list[str]:
    (file,) = enclosed(message(("a.bin", "application/octet-stream", content)))
    return lines(enclosures.inside(file))


def test_a_file_that_is_something_else_than_it_says_is_called_so() -> None:
    raw = message(("quote.pdf", "application/pdf", b"MZ\x00\x01" * 20))

    tab = enclosures.tab(raw, 1)

    found = [f"{one.label} {one.text}" for one in tab.paragraphs]
    assert (tab.title, tab.short) == ("Attachments 1", "Att 1")
    assert "1 “quote.pdf”" in found
    assert "said application/pdf" in found
    assert "is a Windows program, which is something else" in found
    assert "shown by the HTML, as cid:quote.pdf" in found
    assert any(one.startswith("digest ") for one in found)


def test_without_files_it_tells_how_the_message_is_put_together() -> None:
    tab = enclosures.tab(message(), 0)

    assert (tab.title, tab.short) == ("Parts", "Prt")
    assert tab.paragraphs[0].text == "How the message is put together"


def test_a_text_is_shown_an_archive_listed_and_anything_else_as_bytes() -> None:
    assert inside("Gr\u00fc\u00dfe\x1b[c\n".encode())[0] == "Gr\u00fc\u00dfe␛[c"
    assert inside(archive()) == ["1 file", "a/b.exe"]
    assert inside(PDF)[0] == "0 %PDF-1.7"
    assert inside(b"") == ["It has nothing in it."]


def test_what_is_not_recognised_is_not_called_anything() -> None:
    (words, octets) = enclosed(
        message(
            ("a.dat", "application/octet-stream", b"words"),
            ("b.dat", "application/octet-stream", bytes(range(256))),
        )
    )

    said = [next(x for x in enclosures.described(one) if x.label == "is").text
            for one in (words, octets)]  # fmt: skip

    assert said == ["text, or like it", "not recognised"]
    assert enclosures.name_of(words) == "“a.dat”"
