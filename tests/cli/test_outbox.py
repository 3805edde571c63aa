import os
import signal
import threading
from datetime import datetime

import pytest

from tests.cli.conftest import Moments, Shell, Time
from tuimail.demo.server import HOST, DemoServer
from tuimail.workspace.sending import SenderThread

pytestmark = pytest.mark.usefixtures("account")


def _release(tuimail: Shell, *to: str) -> str:
    flags = [word for one in to or ("bob@partner.example",) for word in ("--to", one)]
    answer = tuimail("send", *flags, "--text", "x", "--wait", "0", "--json")
    found: str = answer.json["id"]
    return found


def _status(tuimail: Shell, id_: str) -> str:
    found: str = tuimail("show", id_, "--json").json["status"]
    return found


def test_the_outbox_lists_what_is_not_settled(tuimail: Shell) -> None:
    id_ = _release(tuimail)
    tuimail("send", "--to", "bob@partner.example", "--dry-run")

    mails = tuimail("outbox", "--json").json["mails"]

    assert [mail["id"] for mail in mails] == [id_]


def test_the_outbox_tells_a_person_when_and_why(tuimail: Shell) -> None:
    tuimail("send", "--to", "slow@example.net", "--subject", "Bill")

    heads, line = tuimail("outbox", shown=True).text.splitlines()
    due = tuimail("outbox", "--json").json["mails"][0]["due_at"]

    shown = datetime.fromisoformat(due).astimezone().strftime("%Y-%m-%d %H:%M")
    assert "due" in heads
    assert shown in line
    assert "Bill: The mailbox" in line


@pytest.mark.parametrize("flag", ["--drain", "--once"])
def test_drain_sends_all_that_is_due_and_ends(
    tuimail: Shell, server: DemoServer, flag: str
) -> None:
    _release(tuimail)
    _release(tuimail, "slow@example.net")

    answer = tuimail("outbox", "run", flag, "--json")

    assert answer.code == 0
    assert answer.json == {"is_sender": True, "outbox": 1, "unknown": 0}
    assert len(server.deliveries) == 1


def test_drain_tells_a_person_what_is_left(tuimail: Shell) -> None:
    assert tuimail("outbox", "run", "--drain").text == "outbox: 0\nunknown: 0\n"


def test_drain_leaves_it_to_another_sender(tuimail: Shell, server: DemoServer) -> None:
    _release(tuimail)
    with tuimail.open() as workspace:
        lock = workspace.sender_lock()
        assert lock.acquire("app")
        answer = tuimail("outbox", "run", "--drain")
        lock.release()

    assert answer.code == 0
    assert f"Another sender is at it: app, pid {os.getpid()}." in answer.talk
    assert server.deliveries == ()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_run_sends_until_it_is_asked_to_end(
    tuimail: Shell, passing: Time, server: DemoServer, how: signal.Signals
) -> None:
    _release(tuimail)
    before = signal.getsignal(signal.SIGTERM)
    a_moment, seen = Moments(), 0

    def look() -> None:
        nonlocal seen
        a_moment()
        seen += bool(server.deliveries)
        if seen > 1:  # who sends was said once more since then
            os.kill(os.getpid(), how)

    passing.then = look

    answer = tuimail("outbox", "run")

    assert answer.code == 130
    assert "Sender: here" in answer.talk
    assert len(server.deliveries) == 1
    assert signal.getsignal(signal.SIGTERM) is before
    assert tuimail("outbox", "--json").json["mails"] == []


def test_run_ends_at_once_where_the_workspace_cannot_be_used(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tuimail.folder / "settings" / "config.toml").write_text("nonsense = 1\n")

    assert tuimail("outbox", "run", "--json").error["code"] == "configuration"
    assert not [one for one in threading.enumerate() if one.name == "sender"]


def test_hold_and_resume(tuimail: Shell) -> None:
    id_ = _release(tuimail)

    held = tuimail("hold", id_, "--json")
    resumed = tuimail("resume", id_, "--json")

    assert (held.code, held.json["status"]) == (0, "held")
    assert (resumed.code, resumed.json["status"]) == (0, "ready")


def test_cancel_withdraws(tuimail: Shell, server: DemoServer) -> None:
    id_ = _release(tuimail)

    answer = tuimail("cancel", id_, "--json")
    tuimail("outbox", "run", "--drain")

    assert (answer.code, answer.json["status"]) == (0, "cancelled")
    assert server.deliveries == ()


def test_what_was_sent_cannot_be_withdrawn(tuimail: Shell) -> None:
    id_ = tuimail("send", "--to", "bob@partner.example", "--json").json["id"]

    answer = tuimail("cancel", id_, "--json")

    assert (answer.code, answer.error["code"]) == (1, "transition")
    assert answer.error["hint"]


@pytest.mark.parametrize(
    ("way", "status"),
    [("--sent", "sent"), ("--resend", "ready"), ("--give-up", "error")],
)
def test_a_person_decides_about_an_unknown_fate(
    tuimail: Shell, way: str, status: str
) -> None:
    answer = tuimail("send", "--to", "silent@example.net", "--json")

    id_ = answer.json["id"]
    decided = tuimail("resolve", id_, way, "--json")

    assert answer.json["status"] == "unknown"
    assert (decided.code, decided.json["status"]) == (0, status)
    assert _status(tuimail, id_) == status


def test_an_unknown_fate_is_not_decided_by_silence(tuimail: Shell) -> None:
    answer = tuimail("resolve", "abcd", "--json")

    assert (answer.code, answer.error["code"]) == (2, "usage")


def test_the_sender_in_another_process_is_waited_for(
    tuimail: Shell, server: DemoServer
) -> None:
    thread = SenderThread(tuimail.open)
    thread.start()
    try:
        answer = tuimail("send", "--to", "bob@partner.example", "--json")
    finally:
        thread.stop()

    assert (answer.code, answer.json["status"]) == (0, "sent")
    assert len(server.deliveries) == 1


def test_what_is_known_is_not_resolved(tuimail: Shell, server: DemoServer) -> None:
    id_ = tuimail("send", "--to", "slow@example.net", "--json").json["id"]

    answer = tuimail("resolve", id_, "--resend", "--json")

    assert (answer.code, answer.error["code"]) == (1, "transition")
    assert _status(tuimail, id_) == "deferred"


@pytest.fixture
def home(tuimail: Shell, server: DemoServer) -> None:
    """A second way out, with another address."""
    answer = tuimail(
        "accounts", "add", "home", "--address", "nora@home.example", "--host", HOST,
        "--port", str(server.port), "--tls", "none",
    )  # fmt: skip
    assert answer.code == 0, answer


@pytest.mark.usefixtures("home")
def test_mail_takes_another_way_out_after_a_new_approval(
    tuimail: Shell, server: DemoServer
) -> None:
    to = (
        "--to",
        "bob@partner.example",
        "--to",
        "slow@example.net",
        "--account",
        "main",
    )
    id_ = tuimail("send", *to, "--json").json["id"]

    rerouted = tuimail("reroute", id_, "--account", "home", "--json")

    assert (rerouted.code, rerouted.json["status"]) == (0, "draft")
    assert rerouted.json["account"] == "home"
    codes = [one["code"] for one in rerouted.json["findings"]]
    assert {"account.other-sender", "rcpt.has-it"} <= set(codes)
    assert tuimail("release", id_).code == 1
    tuimail("approve", id_)
    tuimail("release", id_)
    assert server.deliveries[1].recipients == ("slow@example.net",)
    assert b"From: nora@home.example" in server.deliveries[1].content


@pytest.mark.usefixtures("home")
def test_a_person_is_told_what_to_type_next(tuimail: Shell) -> None:
    id_ = tuimail(
        "send", "--to", "slow@example.net", "--account", "main", "--json"
    ).json["id"]

    answer = tuimail("reroute", id_, "--account", "home")

    assert f"tuimail approve {id_} && tuimail release {id_}" in answer.talk


def test_it_takes_the_name_of_an_account(tuimail: Shell) -> None:
    id_ = tuimail("send", "--to", "slow@example.net", "--json").json["id"]

    missing = tuimail("reroute", id_, "--json")
    unknown = tuimail("reroute", id_, "--account", "nowhere", "--json")

    assert (missing.code, missing.error["field"]) == (2, "account")
    assert (unknown.code, unknown.error["code"]) == (4, "configuration")
    assert _status(tuimail, id_) == "deferred"
