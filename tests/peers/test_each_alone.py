"""Behaviours that are about one thing beside the ways to send."""

import asyncio
import ssl
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import trustme

import tuimail as package
from tests.cli.conftest import SENDER, Shell
from tests.peers.ways import Way
from tests.settings.conftest import FakeKeyring
from tuimail.errors import FieldError
from tuimail.intake.fields import read_document
from tuimail.settings.secrets import read_secret
from tuimail.testing import SmtpServer

BOB = "bob@partner.example"
MAIL = package.Message(from_=SENDER, to=BOB, text="At noon?")
YES, NO = ("1", "true", "yes", "on", "True", "ON"), ("0", "false", "no", "off")


def of_nobody() -> ssl.SSLContext:
    """Return what a server shows whom nobody here has reason to trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_server_of_an_unknown_authority_is_told_nothing_on_any_path(
    tuimail: Shell, ways: dict[str, Way], tls: str
) -> None:
    context = of_nobody()
    kind: dict[str, Any] = {"tls": context} if tls == "implicit" else {
        "starttls": context
    }  # fmt: skip
    with SmtpServer(logins={"nora": "hunter2"}, **kind) as server:
        account = package.Account(
            host=server.host, port=server.port, tls=tls, address=SENDER,
            username="nora", password="hunter2",
        )  # fmt: skip
        tuimail(
            "accounts", "set", "main", f"port={server.port}", f"tls={tls}",
            "username=nora", "password=env:HUNTER",
        )  # fmt: skip
        tuimail.monkeypatch.setenv("HUNTER", "hunter2")
        typed = ways["command"](to=[BOB], text="Hi")
        program = ways["program"](to=[BOB], text="Hi")
        direct = package.send(MAIL, workspace=None, account=account)
        with package.connection(account, workspace=None) as connection:
            kept = connection.send(MAIL)
        checked = package.check(account)
        tested = tuimail("accounts", "test", "main", "--json")
        told = " ".join(server.commands)

    assert {typed.status, program.status} <= {"held", "refused"}
    assert (direct.status, kept.status) == ("error", "error")
    assert not checked.ok
    assert tested.code != 0
    why = (
        typed.message, program.message, f"{direct.error}", f"{kept.error}",
        f"{checked.error}", tested.text,
    )  # fmt: skip
    assert [one for one in why if "did not prove who it is" not in one] == []
    assert not any(word in told for word in ("AUTH", "MAIL", "RCPT"))


@pytest.mark.parametrize("path", ["set", "add"])
def test_an_account_that_would_log_in_in_clear_elsewhere_cannot_be_made(
    tuimail: Shell, account: str, path: str
) -> None:
    words = {
        "set": ("set", account, "host=smtp.example.net"),
        "add": ("add", "other", "--address", SENDER, "--host", "smtp.example.net"),
    }[path]
    login = {
        "set": ("tls=none", "username=nora", "password=env:HUNTER"),
        "add": ("--tls", "none", "--username", "nora", "--password", "env:HUNTER"),
    }[path]

    answer = tuimail("accounts", *words, *login, "--json")

    assert answer.code == 4
    assert "clear" in answer.error["message"]


@pytest.mark.usefixtures("tuimail")
@pytest.mark.parametrize("word", [*YES, *NO])
def test_a_switch_takes_the_usual_words(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """``TUIMAIL_SMTP_SSL=true`` needs nothing beside it."""
    monkeypatch.setenv("TUIMAIL_ADDRESS", SENDER)
    monkeypatch.setenv("TUIMAIL_SMTP_HOST", "smtp.example.net")
    monkeypatch.setenv("TUIMAIL_SMTP_SSL", word)

    found = package.Account.from_env().settings()

    assert found.options.get("tls") == ("implicit" if word in YES else None)


@pytest.mark.parametrize("word", ["maybe", "2", "treu", "", "None"])
def test_a_switch_that_says_nothing_stops_everything(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("TUIMAIL_ADDRESS", SENDER)
    monkeypatch.setenv("TUIMAIL_SMTP_HOST", "smtp.example.net")
    monkeypatch.setenv("TUIMAIL_SMTP_SSL", word)

    typed = tuimail("send", "--to", BOB, "--dry-run", "--json")
    with pytest.raises(package.ConfigurationError) as refused:
        package.Account.from_env()

    assert (typed.code, typed.error["field"]) == (4, "TUIMAIL_SMTP_SSL")
    assert refused.value.field == "TUIMAIL_SMTP_SSL"


@pytest.mark.slow
def test_thirty_megabytes_through_the_workspace_stay_below_a_hundred(
    tuimail: Shell, tmp_path: Path
) -> None:
    """As a file on disk, which another program takes from there."""
    folder = tmp_path / "out"
    folder.mkdir()
    tuimail(
        "accounts", "add", "main", "--address", SENDER, "--provider", "maildrop",
        "--option", f"folder={folder}",
    )  # fmt: skip
    file = tmp_path / "big.bin"
    file.write_bytes(bytes(30_000_000))
    tracemalloc.start()

    answer = tuimail("send", "--to", BOB, "--attach", str(file), "--json")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.json["status"] in {"sent", "queued"}
    assert max(one.stat().st_size for one in folder.rglob("*.eml")) > 40_000_000
    assert most < 100_000_000


@pytest.mark.slow
@pytest.mark.usefixtures("tuimail")
def test_twenty_thousand_recipients_are_composed_in_under_two_seconds() -> None:
    """Of this process' own time, as others share the machine."""
    everybody = [f"r{number}@x.example" for number in range(20_000)]
    account = package.Account(provider="dummy", address=SENDER)
    begin = time.process_time()

    found = package.send(
        to=everybody, text="Hi", workspace=None, account=account, dry_run=True
    )

    assert len(found.recipients) == 20_000
    assert time.process_time() - begin < 2


@pytest.mark.slow
@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("field", ["to", "bcc"])
def test_thousands_of_recipients_take_no_longer_than_they_are_many(
    tuimail: Shell, field: Literal["to", "bcc"]
) -> None:
    """Stored, told to a program, and shown with and without blind copies."""
    _seconds_to_show(tuimail, field, 1)  # what is used for the first time is loaded
    few, many = (_seconds_to_show(tuimail, field, count) for count in (500, 5_000))

    assert many < 30 * few


def _seconds_to_show(tuimail: Shell, field: Literal["to", "bcc"], count: int) -> float:
    """Of this process' own time, as others share the machine."""
    everybody = [f"r{number}@x.example" for number in range(count)]
    mail = package.Message(text="Hi", subject=f"Hi {count}")
    said = (
        replace(mail, to=everybody) if field == "to" else replace(mail, bcc=everybody)
    )
    begin = time.process_time()

    found = package.send(said, dry_run=True)
    shown = tuimail("show", found.id, "--json").json
    whole = tuimail("show", found.id, "--bcc", "--json").json

    taken = time.process_time() - begin
    assert [len(found.recipients), len(whole[field])] == [count, count]
    assert len(shown["to"]) == (count if field == "to" else 0)
    return taken


@pytest.mark.usefixtures("account")
def test_global_options_do_the_same_before_and_behind_the_verb(
    tuimail: Shell, tmp_path: Path
) -> None:
    tuimail("send", "--to", BOB, "--dry-run")
    where = ("--workspace", str(tmp_path / "workspace"), "--json")

    answers = [
        tuimail(*where, "list", "--limit", "1"),
        tuimail("list", *where, "--limit", "1"),
        tuimail("list", "--limit", "1", *where),
        tuimail("--json", "list", "--limit", "1", *where[:2]),
    ]

    assert len({one.raw for one in answers}) == 1
    assert len(answers[0].json["mails"]) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"host": "smtp.evil.example"},
        {"port": 25},
        {"smtp": {"host": "smtp.evil.example"}},
        {"provider": "smtp"},
        {"password": "env:AWS_SECRET_ACCESS_KEY"},
        {"options": {"host": "smtp.evil.example"}},
    ],
)
def test_no_program_says_which_server_its_mail_goes_through(
    said: dict[str, object],
) -> None:
    """HTTP and MCP read the same model; SMTP and sendmail have no word for it."""
    mail: dict[str, object] = {"to": [BOB], "text": "Hi"}

    with pytest.raises(FieldError) as refused:
        read_document(mail | said)

    assert refused.value.field == next(iter(said))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a keyring for a moment, and not for half a minute."""
    defaults = read_secret.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "limit", timedelta(seconds=0.3))


@pytest.mark.usefixtures("impatient", "tuimail")
async def test_a_keyring_that_waits_for_somebody_hangs_no_program(
    server: SmtpServer, desktop: FakeKeyring
) -> None:
    desktop.answers.clear()
    where: dict[str, Any] = {
        "host": server.host, "port": server.port, "tls": "none", "address": SENDER,
    }  # fmt: skip
    locked = package.Account(
        **where, name="work", username="nora", password="keyring:",
        options={"allow_clear_auth": True},
    )  # fmt: skip
    order: list[str] = []

    async def one(name: str, asked: Callable[[], Any]) -> Any:
        found = await asked()
        order.append(name)
        return found

    stuck, _, checked = await asyncio.gather(
        one("locked", lambda: package.asend(MAIL, account=locked, workspace=None)),
        one(
            "open",
            lambda: package.asend(
                MAIL, account=package.Account(**where), workspace=None
            ),
        ),
        one("checked", lambda: package.acheck(locked)),
    )

    assert order[0] == "open"
    assert stuck.failed == (BOB,)
    assert "keyring of this machine did not answer" in str(stuck.error)
    assert not checked.ok
    assert not [one for one in server.commands if "AUTH" in one]
