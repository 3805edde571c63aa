"""No secret is anywhere but where it was planted: after success, after failure."""

from pathlib import Path

import pytest

from tests.end_to_end.planting import SECRET, USER, Case, Planted, serving
from tuimail.testing import Say, ScriptedSmtpServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="lists /proc"),
]


def _smtp(port: int) -> str:
    return (
        f'provider = "smtp"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        f'username = "{USER}"\nallow_clear_auth = true'
    )


SMTP = Case(
    name="smtp",
    account=_smtp,
    takes=lambda: ScriptedSmtpServer(logins={USER: SECRET}),
    refuses=lambda: ScriptedSmtpServer(
        {"auth": Say(f"535 5.7.8 Not {SECRET}, {USER}")}, logins={USER: SECRET}
    ),
)
CASES: tuple[Case, ...] = (SMTP,)
"""Every way out that shows somebody a secret."""
WAYS = ("env", "file", "command", "keyring")
BOTH: list[tuple[Case, str]] = [
    *((SMTP, way) for way in WAYS),
    *((case, "file") for case in CASES[1:]),
]
"""Where it is planted is the same code for all, so that one case tries each."""


def look_everywhere(planted: Planted) -> list[str]:
    """Have everything printed that a person could look at."""
    for words in (
        ("accounts", "show", "--origin"),
        ("doctor", "--json"),
        ("audit", "export"),
    ):
        planted.run(*words)
    for mail in planted.run("list", "--json").document["mails"]:
        planted.run("show", mail["id"], "--attempts", "--bcc", "--json")
    return planted.given_away()


def send(planted: Planted) -> str:
    """Send one mail and return what became of it."""
    done = planted.run(
        "send", "--to", "bob@example.net", "--subject", "Hi", "--text", "Hi", "--json"
    )
    status: str = done.document["status"]
    return status


@pytest.mark.parametrize(
    ("case", "way"), BOTH, ids=[f"{case.name}-{way}" for case, way in BOTH]
)
def test_a_secret_stays_where_it_is(tmp_path: Path, case: Case, way: str) -> None:
    planted = Planted(folder=tmp_path, case=case, way=way)
    planted.home.mkdir()
    with serving(case.takes) as server:
        planted.account(server.port)
        works = planted.run("accounts", "test", "--json").document
        sent = send(planted)
    with serving(case.refuses) as server:
        planted.account(server.port)
        fails = planted.run("accounts", "test", "--json").document
        held = send(planted)

    assert works["ok"], works
    assert (sent in {"sent", "queued"}, fails["ok"], held) == (True, False, "held")
    assert look_everywhere(planted) == []


@pytest.mark.parametrize("way", ["file", "command", "keyring"])
def test_a_secret_that_cannot_be_read_is_not_told_either(
    tmp_path: Path, way: str
) -> None:
    planted = Planted(folder=tmp_path, case=SMTP, way=way)
    planted.home.mkdir()
    with serving(SMTP.takes) as server:
        planted.account(server.port)
        (tmp_path / "secret").chmod(0o644)
        (tmp_path / "keyring").write_text(f"not JSON {SECRET}")
        if way == "command":
            accounts = planted.home / "accounts.toml"
            accounts.write_text(accounts.read_text().replace("cat", "cat -nosuch"))
        fails = planted.run("accounts", "test", "--json").document
        held = send(planted)

    assert (fails["ok"], held) == (False, "held")
    assert look_everywhere(planted) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A test that could find nothing would prove nothing."""
    planted = Planted(folder=tmp_path, case=SMTP, way="env")
    planted.home.mkdir()
    (planted.home / "log").write_text(
        "AUTH PLAIN AGFkYQBwbGFudGVkLThjMWYvSHVudGVyKzI9ZW5k"
    )
    planted.said.append(f"it was {SECRET}")
    planted.run("list", "--json", "--account", SECRET)

    found = planted.given_away()

    assert str(planted.home / "log") in found
    assert "output 0" in found
    assert any("/proc/" in one for one in found)
