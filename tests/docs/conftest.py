"""Where the docs are tried: an account that leads to a server inside the test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Shell, Time
from tuimail.demo.server import HOST, DemoServer, Manners

MANNERS = Manners(
    refused=frozenset({"gone@example.net"}),
    greylisted=frozenset({"slow@example.net"}),
    lost=frozenset({"silent@example.net"}),
)
ACCOUNTS = f"""
default_account = "work"

[accounts.work]
provider = "smtp"
address = "Ada Lovelace <ada@example.org>"
host = "{HOST}"
port = {{port}}
tls = "none"

[accounts.reports]
provider = "smtp"
address = "Reports <ci@example.org>"
host = "{HOST}"
port = {{port}}
tls = "none"
"""
FILES = {
    "report.pdf": b"%PDF-1.7\n%%EOF\n",
    "invoice.txt": b"Please pay 4,200 euros by Friday.\n",
    "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(16),
    "page.html": b"<p>The numbers are <b>good</b>.</p>\n",
    "notes.md": b"# Notes\n\nThe numbers are **good**.\n",
    "mail.eml": b"From: ada@example.org\r\nTo: bob@example.net\r\nSubject: Kept\r\n"
    b"\r\nHello\r\n",
}
"""Files that the docs attach and read, and that a reader would have."""


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(MANNERS) as running:
        yield running


@pytest.fixture
def shell(
    tmp_path: Path, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    """A command line in a folder with a few files, and an account that sends."""
    settings = tmp_path / "settings"
    settings.mkdir()
    accounts = settings / "accounts.toml"
    accounts.write_text(ACCOUNTS.format(port=server.port))
    accounts.chmod(0o600)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUIMAIL_CONFIG", str(settings / "config.toml"))
    monkeypatch.setenv("TUIMAIL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("COLUMNS", "100")
    passing = Time()
    yield Shell(
        folder=tmp_path,
        monkeypatch=monkeypatch,
        sleep=passing.sleep,
        clock=passing.clock,
    )
    _close_what_programs_opened()


def _close_what_programs_opened() -> None:
    shared = sys.modules.get("tuimail.api.workspace")
    if shared is not None:
        for one in shared._SHARED.values():
            one.close()
        shared._SHARED.clear()
