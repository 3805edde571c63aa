"""Bcc is private: promise 4."""

import json

import pytest

from tests.end_to_end.command import Done, Tuimail
from tests.end_to_end.conftest import Server

HIDDEN = "dora@example.net"


@pytest.fixture
def sent(tuimail: Tuimail) -> Done:
    return tuimail.run(
        *("send", "--to", "bob@example.net", "--bcc", HIDDEN, "--subject", "Quiet"),
        *("--text", "Dora reads this, too.", "--json"),
    )


def test_bcc_recipients_get_the_mail(sent: Done, server: Server) -> None:
    assert sent.code == 0
    assert server.caught[0].recipients == ("bob@example.net", HIDDEN)


def test_the_message_does_not_name_them(
    sent: Done, tuimail: Tuimail, server: Server
) -> None:
    stored = tuimail.stored(sent.document["id"])

    assert HIDDEN.encode() not in server.caught[0].content
    assert b"\nbcc:" not in server.caught[0].content.lower()
    assert stored == server.caught[0].content


def test_no_mail_file_of_the_workspace_names_them(sent: Done, tuimail: Tuimail) -> None:
    mails = [path for path in (tuimail.root / "mail").rglob("*") if path.is_file()]

    assert sent.code == 0
    assert mails
    assert [path for path in mails if HIDDEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("words", [("list",), ("outbox",), ("show", "ID")])
def test_only_who_asks_is_shown_them(
    words: tuple[str, ...], sent: Done, tuimail: Tuimail
) -> None:
    asked = [sent.document["id"] if word == "ID" else word for word in words]

    assert HIDDEN not in tuimail.run(*asked, "--json").out
    assert HIDDEN not in tuimail.run(*asked).out


def test_who_asks_is_shown_them(sent: Done, tuimail: Tuimail) -> None:
    shown = tuimail.run("show", sent.document["id"], "--bcc", "--json")

    assert HIDDEN in json.dumps(shown.document)


def test_mail_to_bcc_recipients_only_names_nobody(
    tuimail: Tuimail, server: Server
) -> None:
    done = tuimail.run("send", "--bcc", HIDDEN, "--subject", "Quiet", "--text", "Hi")

    assert done.code == 0
    assert server.caught[0].recipients == (HIDDEN,)
    assert HIDDEN.encode() not in server.caught[0].content
    assert b"undisclosed-recipients:;" in server.caught[0].content
