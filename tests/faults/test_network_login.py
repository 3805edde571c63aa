"""F44, F47, F50: a server that wants another login, asks without end, or says no."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.faults.network import (
    authority_in,
    held,
    page,
    patience,
    place_at,
    states,
    verbs,
)
from tests.faults.place import LOGINS, PASSWORD, USER
from tests.faults.server import MailServer
from tuimail.testing import Say

METHODS: dict[str, tuple[str, str]] = {
    "PLAIN": ("PLAIN", "sent"),
    "LOGIN": ("LOGIN", "sent"),
    "CRAM-MD5": ("CRAM-MD5", "sent"),
    "lower case": ("plain login", "sent"),
    "unknown": ("GSSAPI NTLM SCRAM-SHA-256-PLUS", "held"),
    "only for tokens": ("XOAUTH2 OAUTHBEARER", "held"),
    "none": ("", "held"),
}


def behind_tls(
    folder: Path, script: Any = None, **options: Any
) -> tuple[MailServer, str]:
    """Return a server with STARTTLS and a login, and what trusts it."""
    authority = authority_in(folder)
    values = {"logins": LOGINS} | options
    server = MailServer(script, starttls=authority.context(), **values)
    return server, f'ca_file = "{authority.file}"\n'


def logins(server: MailServer) -> list[str]:
    """Return every AUTH command."""
    return [line for line in server.commands if line.upper().startswith("AUTH")]


@pytest.mark.parametrize("name", METHODS)
def test_F44_the_login_that_both_sides_know_is_used_over_tls(
    tmp_path: Path, name: str
) -> None:
    methods, status = METHODS[name]
    server, trust = behind_tls(tmp_path, methods=methods)
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == status
        assert len(logins(server)) == (status == "sent")
        assert bool(held(place)) == (status == "held")
        assert page(place, mail).row.attempts == (status == "sent")


def test_F44_a_server_without_a_login_holds_an_account_that_has_one(
    tmp_path: Path,
) -> None:
    server, trust = behind_tls(tmp_path, logins={})
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert "offers no login" in held(place)
        assert "MAIL" not in verbs(server)


@pytest.mark.parametrize("method", ["XOAUTH2", "OAUTHBEARER"])
def test_F44_an_access_token_logs_in_where_the_server_takes_only_tokens(
    tmp_path: Path, method: str
) -> None:
    server, trust = behind_tls(tmp_path, methods=method)
    more = trust + 'auth = "oauth"\n'
    with place_at(tmp_path, server, tls="starttls", more=more) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "sent"
        assert logins(server)[0].startswith(f"AUTH {method} ")


def test_F44_a_token_is_not_shown_as_a_password(tmp_path: Path) -> None:
    server, trust = behind_tls(tmp_path, methods="PLAIN LOGIN")
    more = trust + 'auth = "oauth"\n'
    with place_at(tmp_path, server, tls="starttls", more=more) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert logins(server) == []


LONG = "334 " + base64.b64encode(bytes(750_000)).decode()
ASKING: dict[str, tuple[str, dict[str, Any]]] = {
    "1 MB": ("PLAIN", {"auth": Say(LONG)}),
    "1 MB, then more": ("LOGIN", {"auth": Say(LONG), "unknown": Say(LONG)}),
    "1 MB for CRAM-MD5": ("CRAM-MD5", {"auth": Say(LONG)}),
    "for ever": ("PLAIN", {"auth": Say("334 "), "unknown": Say("334 ")}),
    "for ever, LOGIN": (
        "LOGIN",
        {"auth": Say("334 VXNlcg=="), "unknown": Say("334 VXNlcg==")},
    ),
    "no base64": ("CRAM-MD5", {"auth": Say("334 *!*")}),
    "no base64, LOGIN": ("LOGIN", {"auth": Say("334 *!*"), "unknown": Say("334 *!*")}),
    "8 bits": ("CRAM-MD5", {"auth": Say(b"334 \xff\xfe\r\n")}),
}


@pytest.mark.parametrize("name", ASKING)
def test_F47_a_server_that_asks_too_much_holds_the_account(
    tmp_path: Path, name: str
) -> None:
    methods, script = ASKING[name]
    server, trust = behind_tls(tmp_path, script, methods=methods)
    with patience(), place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()
        row = page(place, mail).row

        assert (row.status, row.attempts) == ("held", 0)
        assert held(place)
        assert len(held(place)) < 1_000
        assert len(logins(server)) == 1
        assert len(server.commands) < 10


def test_F47_asking_without_end_for_a_token_holds_the_account(tmp_path: Path) -> None:
    script = {"auth": Say("334 "), "unknown": Say("334 ")}
    server, trust = behind_tls(tmp_path, script, methods="XOAUTH2")
    more = trust + 'auth = "oauth"\n'
    with patience(), place_at(tmp_path, server, tls="starttls", more=more) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert len(logins(server)) == 1


WRONG = Say("535 5.7.8 Authentication credentials invalid")


HOW = ["one message each", "one connection", "as usual"]


@pytest.mark.parametrize("how", HOW)
def test_F50_a_password_that_changed_holds_the_account_after_the_first_no(
    tmp_path: Path, how: str
) -> None:
    """Servers lock accounts that are tried with a wrong password again and again."""
    script = {f"login:{number}": WRONG for number in range(2, 20)}
    if how != "as usual":
        script["mail:3"] = Say("530 5.7.0 Authentication required")
    server, trust = behind_tls(tmp_path, script)
    more = {
        "one message each": "messages_per_connection = 1\n",
        "one connection": "connections = 1\n",
        "as usual": "",
    }[how]
    other = MailServer()
    with place_at(tmp_path, server, other, tls="starttls", more=trust + more) as place:
        mails = [place.waiting() for _ in range(8)]
        elsewhere = [place.waiting(account="other") for _ in range(3)]
        place.drain()
        place.advance(days=1)
        place.drain()
        statuses = [place.status(mail) for mail in mails]

        assert {place.status(mail) for mail in elsewhere} == {"sent"}
        assert set(statuses) <= {"sent", "held"}
        if how != "as usual":
            assert "held" in statuses
            assert "535 5.7.8" in held(place) or "530 5.7.0" in held(place)
        assert len(logins(server)) <= 2


def test_F50_the_mail_leaves_once_the_new_password_is_known(tmp_path: Path) -> None:
    server, trust = behind_tls(tmp_path, {"login": WRONG})
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mails = [place.waiting() for _ in range(3)]
        place.drain()
        before = {place.status(mail) for mail in mails}
        server.script.clear()
        with place.open() as workspace:
            workspace.accounts.resume("work")
        place.drain()

        assert before == {"held"}
        assert {place.status(mail) for mail in mails} == {"sent"}
        assert set(states(place, mails[0]).values()) == {"sent"}


def test_F50_who_logs_in_is_the_user_and_nobody_else(tmp_path: Path) -> None:
    server, trust = behind_tls(tmp_path, methods="PLAIN")
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        place.waiting()
        place.drain()

        (line,) = logins(server)
        assert base64.b64decode(line.split()[2]).decode() == f"\0{USER}\0{PASSWORD}"
