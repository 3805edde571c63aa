"""What must not depend on how a mail is sent: the same through each way.

The behaviours of ``test_behaviours.py`` that no test beside one way shows for all.
"""

import os
import re
from datetime import datetime
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path

import pytest

import tuimail as package
from tests.cli.conftest import SENDER, Shell
from tests.peers.conftest import EVERY, STORING
from tests.peers.ways import Way
from tests.umasks import umask
from tuimail.testing import Close, FakeClock, Say, SmtpServer

MAIL = {"to": ["bob@partner.example"], "subject": "Lunch", "text": "At noon?"}
NOT_BY_HAND = (
    "Bcc", "Cc", "From", "To", "Subject", "Date", "Reply-To", "Sender", "Message-ID",
    "In-Reply-To", "References", "Content-Type", "Content-Transfer-Encoding",
    "MIME-Version", "Received", "Return-Path", "DKIM-Signature", "ARC-Seal",
    "Resent-To", "bCC",
)  # fmt: skip
NO_NAMES = ("X-A\r\nBcc", "X-A\nBcc", "X\rA", "X A", "X-\u00c4", "", "X\0")
HARMFUL = {"NUL": "\0", "a lone surrogate": "\udcff", "a bare CR": "\r"}
every_way = pytest.mark.parametrize("send", EVERY, indirect=True)
every_way_that_stores = pytest.mark.parametrize("send", STORING, indirect=True)


def offered(server: SmtpServer) -> list[str]:
    """Return whom the server was asked to take mail for, in order."""
    told = " ".join(server.commands)
    return re.findall(r"RCPT TO:<([^>]*)>", told)


@every_way_that_stores
def test_what_failed_under_a_key_can_be_tried_again(
    send: Way, server: SmtpServer
) -> None:
    server.script["rcpt:1"] = Say("550 5.7.1 not today")
    failed = send(**MAIL, idempotency_key="lunch-17")
    del server.script["rcpt:1"]

    again = send(**MAIL, idempotency_key="lunch-17")
    more = send(**MAIL, idempotency_key="lunch-17")

    assert (failed.status, again.status, more.status) == ("error", "sent", "sent")
    assert len({failed.id, again.id, more.id}) == 1
    assert len(server.accepted) == 1


@every_way
def test_each_recipient_has_a_result_and_a_retry_is_for_who_was_put_off(
    send: Way, server: SmtpServer, tuimail: Shell
) -> None:
    server.script["rcpt:2"] = Say("550 5.1.1 nobody here")
    server.script["rcpt:3"] = Say("451 4.3.0 in a moment")
    everybody = ["a@x.example", "b@x.example", "c@x.example"]
    first = send(**MAIL | {"to": everybody})
    server.script.clear()

    assert list(first.states) == everybody
    assert list(first.states.values())[:2] == ["sent", "invalid"]
    if not first.id:  # nobody would remember whom to try again
        assert first.states["c@x.example"] == "failed"
        return
    assert (first.status, first.states["c@x.example"]) == ("deferred", "deferred")
    tuimail("retry", first.id)
    tuimail("outbox", "run", "--drain")
    assert offered(server) == [*everybody, "c@x.example"]
    assert [one.recipients for one in server.accepted] == [
        ("a@x.example",),
        ("c@x.example",),
    ]


@every_way
@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("550 5.7.1 never", "error"),
        ("451 4.3.0 later", "deferred"),
        ("421 4.3.2 closing", "deferred"),
    ],
)
def test_a_refusal_is_final_and_what_may_pass_is_tried_later(
    send: Way, server: SmtpServer, tuimail: Shell, said: str, stored: str
) -> None:
    """Where nothing is stored, nobody would come back to it."""
    server.script["rcpt:1"] = Say(said)

    found = send(**MAIL)
    tuimail("outbox", "run", "--drain")

    assert found.status == (stored if found.id else "error")
    assert offered(server) == MAIL["to"]
    assert not server.accepted


@pytest.mark.usefixtures("account")
def test_each_delay_is_longer_than_the_one_before(
    tuimail: Shell, server: SmtpServer, clock: FakeClock
) -> None:
    server.script["rcpt:1"] = Say("451 4.3.0 later")
    mail = tuimail("send", *("--to", "bob@partner.example"), "--json").json["id"]
    waits = []
    for _ in range(4):
        due = tuimail("show", mail, "--json").json["due_at"]
        waits.append(datetime.fromisoformat(due) - clock.now())
        clock.advance(waits[-1])
        tuimail("outbox", "run", "--once")

    assert all(later > earlier for earlier, later in pairwise(waits))
    assert len(offered(server)) == 5


@every_way
def test_a_server_that_took_it_and_dropped_the_line_gets_one_copy(
    send: Way, server: SmtpServer, tuimail: Shell
) -> None:
    server.script["after-end-of-data"] = Close()

    found = send(**MAIL)
    for _ in range(2):
        tuimail("outbox", "run", "--drain")

    assert found.status == "unknown"
    assert len(server.accepted) == 1


@every_way
def test_a_goodbye_that_is_refused_changes_nothing(
    send: Way, server: SmtpServer
) -> None:
    server.script["quit"] = Say("500 what?")

    assert send(**MAIL).status == "sent"


@every_way
def test_headers_that_are_not_set_by_hand_are_refused(
    send: Way, server: SmtpServer
) -> None:
    found = {
        name: (came.code, came.named)
        for name in (*NOT_BY_HAND, *NO_NAMES)
        for came in (send(**MAIL, headers=[(name, "eve@x.example")]),)
    }

    assert found == dict.fromkeys((*NOT_BY_HAND, *NO_NAMES), ("field", "header"))
    assert server.connections == 0


@every_way
@pytest.mark.parametrize("what", HARMFUL)
def test_what_could_do_harm_is_refused_by_the_name_of_its_field(
    send: Way, server: SmtpServer, tmp_path: Path, what: str
) -> None:
    sign = HARMFUL[what]
    file = tmp_path / "a.txt"
    file.write_bytes(b"a")
    fields: dict[str, dict[str, object]] = {
        "subject": {"subject": f"a{sign}b"},
        "to": {"to": [f"Bo{sign}b <bob@partner.example>"]},
        "cc": {"cc": [f"bo{sign}b@partner.example"]},
        "bcc": {"bcc": [f"bob@part{sign}ner.example"]},
        "reply-to": {"reply_to": f"a{sign}@x.example"},
        "from-name": {"from_name": f"No{sign}ra"},
        "header": {"headers": [("X-A", f"a{sign}b")]},
        "attach": {"attachments": [(file, f"a{sign}.txt")]},
    }

    named = {name: send(**MAIL | more).named for name, more in fields.items()}

    assert named == {name: name for name in fields}
    assert server.connections == 0


@every_way
def test_a_body_is_never_sent_with_raw_characters_that_do_harm(
    send: Way, server: SmtpServer
) -> None:
    refused = [send(**MAIL | {"text": f"a{sign}b"}) for sign in ("\0", "\udcff")]
    taken = send(**MAIL | {"text": "one\rtwo\nthree\r\n\x1b[2J\u2028four"})

    assert [one.named for one in refused] == ["text", "text"]
    assert taken.status == "sent"
    (delivery,) = server.accepted
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|[^\r\n\t -~]", delivery.content)


@every_way
def test_names_case_threads_and_wishes_arrive_as_they_are_written(
    send: Way, server: SmtpServer
) -> None:
    """Who is named three times gets one copy."""
    found = send(
        to=["Zoë <zoe@x.example>", "CaseSensitive@x.example"],
        cc=["Again <CaseSensitive@x.example>"],
        bcc=["CaseSensitive@x.example", "hid@x.example"],
        subject="Lunch",
        text="At noon?",
        in_reply_to="<2@x.example>",
        references=["<1@x.example>", "<2@x.example>"],
        priority="high",
        unsubscribe_url="https://x.example/end?u=1",
    )

    (delivery,) = server.accepted
    header = delivery.content.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert found.status == "sent"
    assert offered(server) == [
        "zoe@x.example", "CaseSensitive@x.example", "hid@x.example",
    ]  # fmt: skip
    assert set(header) >= {
        "To: =?utf-8?q?Zo=C3=AB?= <zoe@x.example>, CaseSensitive@x.example",
        "Cc: Again <CaseSensitive@x.example>",
        "In-Reply-To: <2@x.example>",
        "References: <1@x.example> <2@x.example>",
        "X-Priority: 1",
        "Importance: high",
        "X-MSMail-Priority: High",
        "List-Unsubscribe: <https://x.example/end?u=1>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    }
    assert "hid@" not in delivery.content.decode()


@every_way
def test_several_addresses_in_one_text_are_all_meant_or_none(
    send: Way, server: SmtpServer
) -> None:
    everybody = ("a@x.example", "b@x.example", "c@x.example", "d@x.example")

    found = send(
        to="a@x.example, b@x.example", bcc="c@x.example; d@x.example", text="Hi"
    )

    if found.status == "refused":
        assert (found.code, found.named) == ("address", "to")
        assert "a@x.example, b@x.example" in found.message
        assert offered(server) == []
    else:
        assert offered(server) == list(everybody)


@every_way
def test_the_date_and_the_id_are_there_once_and_the_senders_own(
    send: Way, server: SmtpServer, tuimail: Shell
) -> None:
    found = [send(**MAIL) for _ in range(2)]

    contents = [one.content for one in server.accepted]
    mails = [message_from_bytes(one, policy=policy.default) for one in contents]
    ids = [one.get_all("Message-ID", []) for one in mails]
    assert [len(one.get_all("Date", [])) for one in mails] == [1, 1]
    assert [len(one) for one in ids] == [1, 1]
    assert ids[0] != ids[1]
    assert all(one[0].endswith(f"@{SENDER.partition('@')[2]}>") for one in ids)
    stored = [tuimail("show", one.id, "--raw").raw for one in found if one.id]
    assert stored in ([], contents)


@every_way
def test_files_keep_their_names_and_may_be_empty(
    send: Way, server: SmtpServer, tmp_path: Path
) -> None:
    names = ['say "hi".txt', "Tabelle für Zoë.csv", "a;b=c.txt", "it's 100%.txt"]
    files = [(tmp_path / name, "") for name in names]
    for number, (path, _) in enumerate(files):
        path.write_bytes(b"content" * (number % 2))

    found = send(**MAIL, attachments=files)

    (delivery,) = server.accepted
    mail = message_from_bytes(delivery.content, policy=policy.default)
    parts = list(mail.iter_attachments())
    assert found.status == "sent"
    assert [one.get_filename() for one in parts] == names
    assert {one.get_content_disposition() for one in parts} == {"attachment"}
    assert [len(one.get_payload(decode=True)) for one in parts] == [0, 7, 0, 7]


@every_way
def test_what_is_no_file_is_refused_at_once(
    send: Way, server: SmtpServer, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")

    found = [send(**MAIL, attachments=[(tmp_path / one, "")]) for one in ("", "pipe")]

    assert [(one.code, one.named) for one in found] == [("attachment", "attach")] * 2
    assert server.connections == 0


@every_way
def test_an_international_domain_is_told_to_the_server_in_ascii(
    send: Way, server: SmtpServer
) -> None:
    found = send(**MAIL | {"to": ["bea@münchen.example"]})

    assert found.status == "sent"
    assert offered(server) == ["bea@xn--mnchen-3ya.example"]
    assert "SMTPUTF8" not in " ".join(one for one in server.commands if "MAIL" in one)
    assert server.accepted[0].content.isascii()


@pytest.mark.usefixtures("ways")
def test_a_name_that_a_server_cannot_take_is_said_in_the_dry_run_already(
    tuimail: Shell,
) -> None:
    """Where the account says what its server takes; others learn it when they ask."""
    tuimail("accounts", "set", "main", "smtputf8=false")
    words = ("--to=zoë@partner.example", "--dry-run", "--json")

    typed = tuimail("send", *words).json["findings"][0]
    found = package.send(to="zoë@partner.example", dry_run=True).findings[0]

    assert (typed["severity"], typed["field"]) == ("block", "to")
    assert "before the @" in typed["message"]
    assert (found.severity.value, found.message) == ("block", typed["message"])


@every_way
def test_a_name_that_the_server_turns_out_not_to_take_is_an_error(
    send: Way, server: SmtpServer
) -> None:
    server._server.extensions = ("8BITMIME",)

    found = send(**MAIL | {"to": ["zoë@partner.example"]})

    assert found.status == "error"
    assert "SMTPUTF8" in found.message
    assert not server.accepted


def test_only_the_owner_reads_what_was_written(
    ways: dict[str, Way], tmp_path: Path
) -> None:
    """Whatever the umask of whoever runs it."""
    (tmp_path / "a.txt").write_bytes(b"a")
    with umask(0):
        for name in STORING:
            ways[name](**MAIL, attachments=[(tmp_path / "a.txt", "")])

    made = [tmp_path / "workspace", tmp_path / "settings"]
    found = [*made, *(one for folder in made for one in folder.rglob("*"))]
    modes = {one: one.lstat().st_mode & 0o777 for one in found if not one.is_symlink()}
    assert {mode for one, mode in modes.items() if one.is_dir()} == {0o700}
    assert {mode for one, mode in modes.items() if one.is_file()} <= {0o600, 0o400}
    assert len(modes) > 20
