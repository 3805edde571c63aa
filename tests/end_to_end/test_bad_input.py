"""What is not mail is refused in one sentence, and nothing is stored."""

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.conftest import Server

GOOD = {"--to": "bob@example.net", "--subject": "Hello", "--text": "Hi"}
BAD = [
    pytest.param({"--subject": "a\r\nBcc: eve@example.net"}, "subject", id="CRLF"),
    pytest.param({"--subject": "a\nb"}, "subject", id="LF in the subject"),
    pytest.param({"--header": "X-Tag=a\nBcc: eve@example.net"}, "header", id="header"),
    pytest.param({"--header": "X Tag=a"}, "header", id="name of a header"),
    pytest.param({"--header": "Bcc=eve@example.net"}, "header", id="Bcc as a header"),
    pytest.param({"--from-name": "Ada\r\nBcc: x@y.example"}, "from-name", id="name"),
    pytest.param({"--to": "bob\r\n@example.net"}, "to", id="CRLF in an address"),
    pytest.param({"--to": "bob"}, "to", id="no domain"),
    pytest.param({"--to": "a@example.net, b@example.net"}, "to", id="two in one --to"),
    pytest.param({"--to": "a@example.net b@example.net"}, "to", id="two with a blank"),
    pytest.param({"--cc": "Bob <bob@>"}, "cc", id="half an address in --cc"),
    pytest.param({"--attach": "missing.pdf"}, "attach", id="missing attachment"),
    pytest.param({"--attach": "."}, "attach", id="folder as attachment"),
    pytest.param({"--account": "nowhere"}, "account", id="no such account"),
    pytest.param({"--to": None}, "to", id="no recipient"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_bad_input_is_refused_in_one_sentence_naming_the_field(
    changes: dict[str, str | None], field: str, tuimail: Tuimail, server: Server
) -> None:
    flags = {**GOOD, **changes}
    words = [f"{flag}={value}" for flag, value in flags.items() if value is not None]

    done = tuimail.run("send", *words, "--json")

    error = done.document["error"]
    assert done.code in {1, 2, 4}
    assert (error["field"], error["message"].count("\n")) == (field, 0)
    assert error["message"].endswith(".")
    assert error["hint"]
    assert tuimail.statuses() == {}
    assert server.caught == ()


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_people_get_the_same_without_a_traceback(
    changes: dict[str, str | None], field: str, tuimail: Tuimail
) -> None:
    flags = {**GOOD, **changes}
    words = [f"{flag}={value}" for flag, value in flags.items() if value is not None]

    done = tuimail.run("send", *words)

    assert done.code in {1, 2, 4}
    assert done.out == ""
    assert done.err.startswith("tuimail: ")
    assert "Traceback" not in done.err


def test_a_body_with_a_nul_is_refused(tuimail: Tuimail, server: Server) -> None:
    """A NUL cannot be typed as an argument, but a file can hold one."""
    (tuimail.folder / "body.txt").write_bytes(b"a\x00b")

    done = tuimail.run(
        *("send", "--to", "bob@example.net", "--text-file", "body.txt", "--json")
    )

    assert done.code == 1
    assert done.document["error"]["field"] == "text"
    assert "NUL" in done.document["error"]["message"]
    assert server.caught == ()
