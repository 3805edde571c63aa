"""F41 to F43, F46: a server that says more, less or other than it should."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.network import (
    USUAL,
    authority_in,
    held,
    one_by_one_and_pipelined,
    page,
    patience,
    place_at,
    retried,
    secured,
    states,
    verbs,
)
from tests.faults.place import LOGINS, PASSWORD, TO
from tests.faults.server import MailServer
from tuimail.core.display import display
from tuimail.testing import Act, Close, Say

OK = b"250 2.0.0 ok\r\n"
UNASKED: dict[str, dict[str, Act | Sequence[Act]]] = {
    "behind the greeting": {"greeting": Say(b"220 hi\r\n" + OK * 5)},
    "behind EHLO": {"ehlo": Say(b"250-hi\r\n250 SIZE 1000000\r\n" + OK * 5)},
    "one behind MAIL": {"mail": Say(OK * 2)},
    "many behind MAIL": {"mail": Say(OK * 12)},
    "a flood behind MAIL": {"mail": Say(OK * 100_000)},
    "one behind RCPT": {"rcpt:1": Say(OK * 2)},
    "one behind the last RCPT": {"rcpt:3": Say(OK * 2)},
    "one behind 354": {"data": Say(b"354 go ahead\r\n" + OK)},
    "one in the body": {"mid-data": Say(OK)},
    "half a reply in the body": {"mid-data": Say(b"250-2.0.0 o")},
}
IN_THE_BODY = {name for name in UNASKED if name.endswith("in the body")}
LONG = "A line of a mail that no network takes at once, as it is too long.\n" * 180_000
"""So that what the server says to its beginning is there before the final dot."""


@pytest.mark.parametrize("name", UNASKED)
@one_by_one_and_pipelined
def test_F41_nothing_is_sent_by_a_reply_that_came_too_early(
    tmp_path: Path, name: str, extensions: Sequence[str]
) -> None:
    """The server takes nothing, and ends at the dot: an early 250 is no answer."""
    script = UNASKED[name] | {"end-of-data": Close()}
    server = MailServer(script, extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(text=LONG if name in IN_THE_BODY else "Hi.\n")
        place.drain()

        assert place.status(mail) in {"deferred", "unknown"}
        assert "sent" not in states(place, mail).values()


@pytest.mark.parametrize("name", UNASKED)
@one_by_one_and_pipelined
def test_F41_a_server_that_talks_too_much_takes_nothing_twice(
    tmp_path: Path, name: str, extensions: Sequence[str]
) -> None:
    server = MailServer(UNASKED[name], extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        retried(place)

        assert place.status(mail) in {"sent", "unknown"}
        assert len(server.accepted) <= 1


@one_by_one_and_pipelined
def test_F41_replies_that_slip_refuse_nobody_for_good(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    """One reply too many: the refusal of the second could become everybody's."""
    script = {"rcpt:1": Say(OK * 2), "rcpt:2": Say("550 5.1.1 no such user")}
    server = MailServer(script, extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()

        assert states(place, mail)[TO] in {"pending", "deferred"}
        assert place.status(mail) == "deferred"


SIZES: dict[str, tuple[str, str]] = {
    "smaller": ("SIZE 100", "error"),
    "0": ("SIZE 0", "sent"),
    "none": ("SIZE", "sent"),
    "huge": (f"SIZE {10**30}", "sent"),
    "negative": ("SIZE -1", "sent"),
    "garbage": ("SIZE one two", "sent"),
    "other digits": ("SIZE ١٢", "sent"),
    "as big": ("SIZE 100000000", "sent"),
}


@pytest.mark.parametrize("name", SIZES)
def test_F42_only_a_size_that_is_one_limits_a_message(
    tmp_path: Path, name: str
) -> None:
    line, status = SIZES[name]
    server = MailServer(extensions=("8BITMIME", line))
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == status
        assert ("MAIL" in verbs(server)) == (status == "sent")


def test_F42_a_message_that_is_too_big_names_both_sizes(tmp_path: Path) -> None:
    server = MailServer(extensions=("8BITMIME", "SIZE 100"))
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        shown = page(place, mail)

        assert str(shown.size_bytes) in shown.row.reason
        assert "100" in shown.row.reason


UTF8 = {"to": ("用户@example.net",), "cc": (), "bcc": ()}


@pytest.mark.parametrize("extensions", [("PIPELINING",), ("8BITMIME", "SIZE 100000")])
def test_F43_an_address_that_the_server_cannot_take_is_not_mangled(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    server = MailServer(extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(**UTF8)
        place.drain()

        assert place.status(mail) == "error"
        assert "SMTPUTF8" in page(place, mail).row.reason
        assert "MAIL" not in verbs(server)


@one_by_one_and_pipelined
def test_F43_an_address_in_utf8_goes_where_it_is_understood(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    server = MailServer(extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(**UTF8)
        place.drain()

        assert place.status(mail) == "sent"
        assert server.accepted[0].recipients == ("用户@example.net",)


@pytest.mark.parametrize("missing", [*USUAL, "all of them"])
def test_F43_a_body_is_seven_bits_whatever_the_server_offers(
    tmp_path: Path, missing: str
) -> None:
    extensions = [one for one in USUAL if missing not in {one, "all of them"}]
    server = MailServer(extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(subject="Grüße", text="Größe: 5 €\n")
        place.drain()

        assert place.status(mail) == "sent"
        assert server.accepted[0].content.isascii()


NO_EHLO = {"ehlo": Say("502 5.5.1 what?")}


def test_F43_helo_is_enough_where_neither_tls_nor_a_login_is_needed(
    tmp_path: Path,
) -> None:
    server = MailServer(NO_EHLO)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "sent"
        assert verbs(server)[:2] == ["EHLO", "HELO"]


@pytest.mark.parametrize("needs", ["a login", "TLS"])
def test_F43_helo_is_not_enough_where_the_account_needs_more(
    tmp_path: Path, needs: str
) -> None:
    if needs == "TLS":
        server, account = secured(tmp_path, NO_EHLO)
    else:
        server, account = MailServer(NO_EHLO, logins=LOGINS), {}
    with place_at(tmp_path, server, **account) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert held(place)
        assert set(verbs(server)) <= {"EHLO", "HELO", "QUIT"}


ODD: dict[str, bytes] = {
    "a bare LF": b"250 2.0.0 fine\n",
    "a bare CR": b"250 2.0.0 fine\r250 really\r\n",
    "no space": b"250fine\r\n",
    "a tab": b"250\tfine\r\n",
    "no text": b"250\r\n",
    "8 bits": b"250 2.0.0 gr\xfc\xdfe\r\n",
    "an escape": b"250 2.0.0 \x1b]0;owned\x07\x1b[31mfine\r\n",
    "an 8-bit escape": b"250 2.0.0 \x9b31mfine\r\n",
    "a nought": b"250 2.0.0 fi\x00ne\r\n",
    "two lines": b"250-2.0.0 fine\r\n250 really\r\n",
    "two codes": b"250-2.0.0 fine\r\n550 5.0.0 not\r\n",
    "no code": b"fine\r\n",
    "a code too big": b"999 fine\r\n",
    "a code too long": b"2500 fine\r\n",
    "nothing": b"\r\n",
}
NO_REPLY = {"two codes", "no code", "a code too big", "a code too long", "nothing"}
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("stage", ["greeting", "mail", "rcpt:3", "end-of-data", "quit"])
@one_by_one_and_pipelined
def test_F46_an_odd_reply_is_understood_or_taken_for_none(
    tmp_path: Path, name: str, stage: str, extensions: Sequence[str]
) -> None:
    odd = ODD[name].replace(b"250", b"220") if stage == "greeting" else ODD[name]
    server = MailServer({stage: Say(odd)}, extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        shown = page(place, mail)

        assert shown.row.status in _expected(name, stage)
        assert not CONTROLS.search(display(shown.row.reason))


def _expected(name: str, stage: str) -> set[str]:
    if stage == "greeting":
        return {"sent", "deferred"}
    if stage == "quit" or name not in NO_REPLY:
        return {"sent"}
    return {"unknown"} if stage == "end-of-data" else {"deferred"}


@pytest.mark.parametrize("name", sorted(ODD.keys() - NO_REPLY))
def test_F46_an_odd_refusal_is_shown_without_its_control_characters(
    tmp_path: Path, name: str
) -> None:
    refusal = ODD[name].replace(b"250", b"550").replace(b"2.0.0", b"5.7.1")
    server = MailServer({"end-of-data": Say(refusal)})
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        shown = page(place, mail)

        assert shown.row.status == "error"
        for text in (shown.row.reason, *(one.receipt.text for one in shown.attempts)):
            assert not CONTROLS.search(display(text))


def test_F46_a_password_in_a_reply_is_not_kept(tmp_path: Path) -> None:
    """Some servers repeat what they did not understand."""
    authority = authority_in(tmp_path)
    server = MailServer(
        {"auth": Say(f"535 5.7.8 wrong: {PASSWORD}")},
        starttls=authority.context(),
        logins=LOGINS,
    )
    trust = f'ca_file = "{authority.file}"\n'
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert PASSWORD not in held(place)
