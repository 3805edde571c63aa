"""What a start loads: a new process each, as only that tells the truth."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tuimail.demo.server import DemoServer

CLIENTS = (
    "aiosmtplib", "boto3", "botocore", "dns", "googleapiclient", "httplib2", "httpx2",
    "win32com",
)  # fmt: skip
"""What providers speak through; each is loaded when something is sent, and no other."""
HEAVY = (
    "textual", "rich", "keyring", "aiosmtpd", "starlette", "uvicorn", *CLIENTS,
)  # fmt: skip
SLOW = (
    "asyncio", "dataclasses", "difflib", "email", "importlib.metadata",
    "importlib.resources", "inspect", "logging", "msgspec", "selectolax", "ssl",
    "subprocess", "tomli_w", "zoneinfo",
)  # fmt: skip
"""What takes long to load, and is for what a mail says, or for sending it."""
OF_CONTENTS = tuple(
    f"tuimail.{package}"
    for package in (
        "core.checks", "core.html", "core.policy", "core.templates", "core.wire",
        "providers", "workspace.drafts", "workspace.outbox", "workspace.sending",
    )
)  # fmt: skip
"""What reads or makes a mail; a list shows what was kept of it."""
NOT_FOR_A_PAGE = (
    "bz2", "hashlib", "hmac", "locale", "lzma", "shutil", "threading", "tomllib",
    "tuimail.core.address", "tuimail.core.display", "tuimail.core.draft",
    "tuimail.core.message", "tuimail.core.submission", "tuimail.settings.config",
    "tuimail.store.drafts", "tuimail.store.journal", "tuimail.store.submissions",
    "tuimail.workspace.documents", "tuimail.workspace.policy_watch",
)  # fmt: skip
"""What makes a page of a list take half as long again, and says nothing in it."""
NOT_FOR_A_PLAIN_MAIL = (
    "encodings.idna", "tuimail.core.checks.files", "tuimail.core.files",
    "tuimail.core.handed_in", "tuimail.core.wire.flowed", "tuimail.settings.keyrings",
    "tuimail.workspace.by_rule", "tuimail.workspace.clients",
    "tuimail.workspace.editing", "tuimail.workspace.importing",
    "tuimail.workspace.reports", "tuimail.workspace.sampling",
    "tuimail.workspace.unsubscribing", "tuimail.workspace.zones",
)  # fmt: skip
"""For HTML, for files, for rules, for bulk mail and for what programs hand in."""
NOT_BEFORE_IT_LEAVES = (
    "shlex", "signal", "threading", "tuimail.core.status", "tuimail.store.attempts",
    "tuimail.store.journal", "tuimail.store.submissions",
    "tuimail.workspace.misplaced",
)  # fmt: skip
"""For mail that was tried, and for who waits for something that may hang."""
PROVIDERS = tuple(
    entry.module
    for entry in entry_points(group="tuimail.providers")
    if entry.module.startswith("tuimail.")
)
RUN = """
import json, runpy, sys
sys.argv = ["tuimail", *{words}]
try:
    runpy.run_module("tuimail", run_name="__main__")
except SystemExit as end:
    code = end.code
sys.stderr.write("LOADED " + json.dumps(["exit " + str(code), *sys.modules]) + "\\n")
"""
ACCOUNTS = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "ada@example.org"
host = "127.0.0.1"
port = {port}
tls = "none"
"""


def _loaded(code: str, home: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    return _last_line(done.stderr)


def _last_line(text: str) -> list[str]:
    loaded: list[str] = json.loads(text.rpartition("LOADED ")[2])
    return loaded


def _starting_with(names: tuple[str, ...], loaded: list[str]) -> list[str]:
    return [
        one
        for one in loaded
        for name in names
        if one == name or one.startswith(f"{name}.")
    ]


def test_importing_tuimail_loads_nothing_else(home: Path) -> None:
    code = (
        "import json, sys; before = set(sys.modules); import tuimail;"
        "new = [one for one in sys.modules if one not in before];"
        "sys.stderr.write('LOADED ' + json.dumps(new))"
    )

    assert _loaded(code, home) == ["tuimail"]


def test_help_loads_no_app_no_provider_and_no_network(home: Path) -> None:
    loaded = _loaded(RUN.format(words=["--help"]), home)

    assert loaded[0] == "exit 0"
    assert _starting_with((*HEAVY, *PROVIDERS, "asyncio", "apsw"), loaded) == []


def _words(folder: Path, port: int, *flags: str) -> list[str]:
    """Return the words that send a mail through a server at ``port``."""
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNTS.format(port=port))
    accounts.chmod(0o600)
    return [*_at(folder), "send", "--to", "bob@example.net", "--text", "Hi", *flags]


def _at(folder: Path) -> tuple[str, ...]:
    workspace, config = folder / "workspace", folder / "config.toml"
    return "--workspace", str(workspace), "--config", str(config)


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("search", "hi")])
def test_a_list_loads_nothing_that_reads_a_mail(
    words: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    """It is what a shell waits for, and mostly what is loaded takes the time."""
    _loaded(RUN.format(words=_words(tmp_path, 25, "--dry-run")), home)
    _loaded(RUN.format(words=[*_at(tmp_path), "search", "hi"]), home)

    loaded = _loaded(RUN.format(words=[*_at(tmp_path), *words]), home)

    assert loaded[0] == "exit 0"
    assert _starting_with((*HEAVY, *SLOW, *OF_CONTENTS), loaded) == []


def test_a_page_is_listed_by_what_it_says_and_no_more(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_LOG", "off")  # else the usual folders are looked up
    _loaded(RUN.format(words=_words(tmp_path, 25, "--dry-run")), home)

    loaded = _loaded(RUN.format(words=[*_at(tmp_path), "list"]), home)

    assert loaded[0] == "exit 0"
    assert "tuimail.store.rows" in loaded
    assert _starting_with(NOT_FOR_A_PAGE, loaded) == []


def test_a_dry_run_loads_no_app_and_no_provider(home: Path, tmp_path: Path) -> None:
    words = _words(tmp_path, 25, "--dry-run")
    _loaded(RUN.format(words=words), home)  # makes the workspace, and writes its lists

    loaded = _loaded(RUN.format(words=words), home)

    assert loaded[0] == "exit 0"
    unused = (*NOT_FOR_A_PLAIN_MAIL, *NOT_BEFORE_IT_LEAVES)
    found = _starting_with((*HEAVY, *PROVIDERS, *SLOW, *unused), loaded)
    assert {one.partition(".")[0] for one in found} <= {"email"}
    assert "email.policy" not in found  # with every header there is, 10 ms of it


def test_sending_loads_no_app_and_no_provider_but_its_own(
    home: Path, tmp_path: Path
) -> None:
    with DemoServer() as server:
        words = _words(tmp_path, server.port)
        _loaded(RUN.format(words=[*words, "--dry-run"]), home)
        loaded = _loaded(RUN.format(words=words), home)

    assert loaded[0] == "exit 0"
    unused = ("importlib.metadata", "msgspec", "selectolax", *NOT_FOR_A_PLAIN_MAIL)
    found = _starting_with((*HEAVY, *PROVIDERS, *unused), loaded)
    assert {one for one in found if not one.startswith("aiosmtplib")} == {
        "tuimail.providers.smtp.provider"
    }


def test_a_provider_loads_no_client_before_it_sends(home: Path) -> None:
    """Only that of SMTP, which is small, comes with its provider."""
    code = (
        "import json, sys; from importlib.metadata import entry_points;"
        "[entry.load() for entry in entry_points(group='tuimail.providers')];"
        "sys.stderr.write('LOADED ' + json.dumps(list(sys.modules)))"
    )

    loaded = _loaded(code, home)

    assert set(PROVIDERS) <= set(loaded)
    found = _starting_with(HEAVY, loaded)
    assert {one.partition(".")[0] for one in found} <= {"aiosmtplib"}


@pytest.mark.parametrize("verb", ["send", "list", "show", "review", "serve"])
def test_the_help_of_a_verb_loads_no_app_and_no_provider(verb: str, home: Path) -> None:
    loaded = _loaded(RUN.format(words=[*verb.split(), "--help"]), home)

    assert loaded[0] == "exit 0"
    assert _starting_with((*HEAVY, *PROVIDERS), loaded) == []
