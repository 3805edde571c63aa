"""No secret is anywhere but where it was planted: after success, after failure."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.planting import (
    GONE,
    HELD,
    MAIL,
    SECRET,
    Case,
    Inside,
    Planted,
    forms_of,
    serving_all,
)
from tests.end_to_end.talkers import shown_to
from tests.end_to_end.ways_out import CASES, HERE, OAUTH, SMTP
from tests.providers.test_every_provider import OURS
from tests.settings.conftest import FakeKeyring, desktop  # noqa: F401 - a fixture
from tuimail.providers.http.exchange import CHATTY
from tuimail.providers.ses.client import CHATTY as AMAZONS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="lists /proc"),
]
WAYS = ("env", "file", "command", "keyring")


@pytest.fixture(autouse=True)
def chatty() -> Iterator[None]:
    """Let nobody be quiet because of an earlier test, nor a later one."""
    yield
    for name in (*AMAZONS, CHATTY):
        logging.getLogger(name).setLevel(logging.NOTSET)


def look_everywhere(planted: Planted) -> list[str]:
    """Have everything printed that a person could look at."""
    for words in (
        ("accounts", "show", next(iter(planted.case.scenes)), "--origin"),
        ("accounts", "list"),
        ("outbox",),
        ("doctor", "--json"),
        ("audit", "export"),
    ):
        planted.run(*words)
    mails = planted.run("list", "--json").document["mails"]
    for mail in mails:
        planted.run("show", mail["id"], "--attempts", "--bcc", "--json")
    if mails:
        planted.run("show", mails[0]["id"], "--attempts")
    return planted.given_away()


def outcome_of(planted: Planted, account: str) -> bool | None:
    """Return what ``accounts test`` says; None where it met a mistake."""
    document = planted.run("accounts", "test", account, "--json").document
    works: bool | None = document.get("ok")
    return works


def write(planted: Planted, account: str) -> None:
    """Release a mail, which nobody sends yet."""
    words = ("--account", account, *MAIL, *planted.case.flags, "--wait", "0", "--json")
    planted.run("send", *words)


def send(planted: Planted, account: str) -> str:
    """Send a mail and return what became of it."""
    words = ("--account", account, *MAIL, *planted.case.flags, "--json")
    status: str = planted.run("send", *words).document["status"]
    return status


def statuses(planted: Planted) -> dict[str, str]:
    """Return what became of each mail, by its account."""
    mails = planted.run("list", "--json").document["mails"]
    return {mail["account"]: mail["status"] for mail in mails}


def unshown(case: Case, servers: dict[str, Any]) -> list[str]:
    """Return the scenes in which the server had nothing to repeat."""
    forms = forms_of(case)
    return [
        name
        for name, scene in case.scenes.items()
        if scene.is_shown != any(one in shown_to(servers[name]) for one in forms)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_secret_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    planted = Planted(folder=tmp_path, case=case)
    planted.runner = Inside(planted, monkeypatch)
    with serving_all(
        {name: one.server for name, one in case.scenes.items()}
    ) as servers:
        planted.lead_to(servers)
        works = {name: outcome_of(planted, name) for name in case.scenes}
        for name in case.scenes:
            write(planted, name)
        planted.run("outbox", "run", "--drain", "--json")
        ended = statuses(planted)
        given_away = look_everywhere(planted)

    wanted = {name: one.works for name, one in case.scenes.items()}
    assert works == {name: works[name] if one is None else one
                     for name, one in wanted.items()}  # fmt: skip
    odd = [name for name, one in case.scenes.items() if not one.is_end(ended.get(name))]
    assert {name: ended[name] for name in odd} == {}
    assert unshown(case, servers) == []
    assert "\n".join(given_away) == ""


def test_no_way_out_of_ours_is_left_out() -> None:
    found = {case.name.partition("-")[0] for case in CASES}

    assert OURS.keys() - found == set()


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_stays_where_it_was_planted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    desktop: FakeKeyring,  # noqa: F811 - the fixture
    way: str,
) -> None:
    planted = Planted(folder=tmp_path, case=SMTP, way=way)
    planted.runner = Inside(planted, monkeypatch)
    desktop.kept["tuimail", "takes"] = desktop.kept["tuimail", "wrong-key"] = SECRET
    ways = {name: SMTP.scenes[name].server for name in ("takes", "wrong-key")}
    with serving_all(ways) as servers:
        planted.lead_to(servers)
        works = [outcome_of(planted, name) for name in ways]
        sent = [send(planted, name) for name in ways]

    assert works == [True, False]
    assert sent[0] in GONE
    assert sent[1] in HELD
    assert "\n".join(look_everywhere(planted)) == ""


@pytest.mark.parametrize("way", ["file", "command", "keyring"])
def test_a_secret_that_cannot_be_read_is_not_told_either(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    desktop: FakeKeyring,  # noqa: F811 - the fixture
    way: str,
) -> None:
    planted = Planted(folder=tmp_path, case=SMTP, way=way)
    planted.runner = Inside(planted, monkeypatch)
    desktop.fails = RuntimeError(f"not JSON {SECRET}")
    (tmp_path / "secret").chmod(0o644)
    with serving_all({"takes": SMTP.scenes["takes"].server}) as servers:
        planted.lead_to(servers)
        if way == "command":
            accounts = planted.home / "accounts.toml"
            accounts.write_text(accounts.read_text().replace("cat", "cat -nosuch"))
        works = outcome_of(planted, "takes")
        held = send(planted, "takes")

    assert (works, held) == (False, "held")
    assert "\n".join(look_everywhere(planted)) == ""


@pytest.mark.parametrize(
    ("case", "way"),
    [(SMTP, "keyring"), (SMTP, "command"), (OAUTH[0], "file"), (HERE[0], "file")],
    ids=["smtp-keyring", "smtp-command", "gmail", "sendmail"],
)
def test_no_list_of_processes_shows_it(tmp_path: Path, case: Case, way: str) -> None:
    """The real command, while it runs."""
    planted = Planted(folder=tmp_path, case=case, way=way)
    with serving_all({"takes": case.scenes["takes"].server}) as servers:
        planted.lead_to(servers)
        sent = send(planted, "takes")

    assert sent in GONE
    assert planted.given_away() == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A test that could find nothing would prove nothing."""
    planted = Planted(folder=tmp_path, case=SMTP)
    (planted.home / "log").write_text(
        "AUTH PLAIN AGFkYQBwbGFudGVkLThjMWYvSHVudGVyKzI9ZW5k"
    )
    planted.said.append(f"it was {SECRET}")
    planted.run("list", "--json", "--account", SECRET)

    found = planted.given_away()

    assert any(one.startswith(f"{planted.home / 'log'}: ") for one in found)
    assert any(one.startswith("output 0: ") for one in found)
    assert any("/proc/" in one for one in found)


def test_it_listens_to_what_libraries_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Planted(folder=tmp_path, case=SMTP)
    planted.runner = Inside(planted, monkeypatch)

    def print_rows(*_: object, **__: object) -> int:
        logging.getLogger("x").debug(SECRET)
        return 0

    monkeypatch.setattr("tuimail.cli.finding.print_rows", print_rows)
    planted.run("list")

    assert planted.given_away() == [f"log of x: b'{SECRET}'"]
