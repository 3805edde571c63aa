"""Verbs that open a screen, and what a command loads."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.call import Call
from tuimail.cli.linear import opening
from tuimail.demo import journey
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.workspace import Workspace

Opener = Callable[[], Workspace]
HEAVY = ("textual", "rich", "googleapiclient", "keyring", "aiosmtplib", "aiosmtpd")
MAIL = "From: mara@example.org\nTo: ana@example.net\nSubject: Q3\n\nHi\n"
PROVIDERS = ("smtp.provider", "console", "dummy")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How the app was opened, without its screen."""
    calls: list[str] = []

    def run_app(
        opener: Opener,
        *,
        start: str = "review",
        first: FirstDraft | None = None,
        has_mouse: bool = True,
    ) -> int:
        clicks = "" if has_mouse else " without clicks"
        with opener() as workspace:
            place = f"{workspace.root.name} by {workspace.door}"
            about = f": {first.draft.subject}" if first else ""
            calls.append(f"{start} in {place}{clicks}{about}")
        return 0

    def run_demo(run: Callable[..., int]) -> int:
        if isinstance(run, partial):
            run(dict, start="review", is_kept=False)
        else:
            calls.append(f"demo with {run.__name__}")
        return 0

    app = ModuleType("tuimail.tui.app")
    app.run_app = run_app  # type: ignore[attr-defined]  # a stand-in
    demo = ModuleType("tuimail.demo.app")
    demo.run_demo = run_demo  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "tuimail.tui.app", app)
    monkeypatch.setitem(sys.modules, "tuimail.demo.app", demo)
    return calls


@pytest.fixture
def mailed(tuimail: Shell) -> Shell:
    """A command line with an account, and a mail in a file."""
    accounts = tuimail.folder / "settings" / "accounts.toml"
    accounts.parent.mkdir()
    accounts.write_text(
        'default_account = "work"\n[accounts.work]\nprovider = "dummy"\n'
        'address = "mara@example.org"\n'
    )
    (tuimail.folder / "mail.eml").write_text(MAIL)
    return tuimail


@pytest.mark.parametrize(
    ("words", "start"), [((), "review"), (("compose",), "compose")]
)
def test_the_app_opens_on_the_workspace(
    tuimail: Shell, opened: list[str], words: tuple[str, ...], start: str
) -> None:
    answer = tuimail(*words, terminal=True, shown=True)

    assert answer.code == 0
    assert opened == [f"{start} in workspace by app"]


def test_whoever_wants_no_clicks_gets_none(tuimail: Shell, opened: list[str]) -> None:
    (tuimail.folder / "settings").mkdir()
    (tuimail.folder / "settings" / "config.toml").write_text("mouse = false\n")

    answer = tuimail(terminal=True, shown=True)

    assert answer.code == 0
    assert opened == ["review in workspace by app without clicks"]


@pytest.mark.parametrize("words", [(), ("compose",), ("demo",)])
@pytest.mark.parametrize("missing", ["terminal", "shown"])
def test_no_screen_is_opened_without_a_terminal(
    tuimail: Shell,
    opened: list[str],
    words: tuple[str, ...],
    missing: str,
) -> None:
    answer = tuimail(*words, terminal=missing != "terminal", shown=missing != "shown")

    assert (answer.code, opened) == (2, [])
    assert "needs a terminal" in answer.talk


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        (("mailto:ana@example.net?subject=Hello",), "Hello"),
        (("--reply", "mail.eml"), "Re: Q3"),
        (("--reply-all", "./mail.eml"), "Re: Q3"),
        (("--forward", "mail.eml"), "Fwd: Q3"),
    ],
)
def test_mail_begins_with_a_link_or_with_another_mail(
    mailed: Shell, opened: list[str], words: tuple[str, ...], subject: str
) -> None:
    answer = mailed("compose", *words, terminal=True, shown=True)

    assert (answer.code, opened) == (0, [f"compose in workspace by app: {subject}"])


def test_mail_begins_with_one_that_is_here(mailed: Shell, opened: list[str]) -> None:
    with mailed.open() as workspace:
        draft = workspace.drafts.import_message(MAIL.encode())
        row = workspace.drafts.new(draft)
    answer = mailed("compose", "--reply", row.id[-6:], terminal=True, shown=True)

    assert (answer.code, opened) == (0, ["compose in workspace by app: Re: Q3"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("http://example.org",), "is not a mailto: link"),
        (("--reply", "gone.eml"), "gone.eml cannot be read"),
        (("--reply", "abcdef"), "No mail has an id like"),
        (("--reply", "mail.eml", "mailto:a@b.c"), "not with both"),
        (("--reply", "mail.eml", "--forward", "mail.eml"), "not allowed with"),
    ],
)
def test_what_no_mail_can_begin_with_is_told_before_the_screen_opens(
    mailed: Shell, opened: list[str], words: tuple[str, ...], told: str
) -> None:
    answer = mailed("compose", *words, terminal=True, shown=True)

    assert opened == []
    assert answer.code != 0
    assert told in answer.talk


def test_settings_that_are_wrong_are_told_before_the_screen_opens(
    tuimail: Shell, opened: list[str]
) -> None:
    (tuimail.folder / "settings").mkdir()
    (tuimail.folder / "settings" / "config.toml").write_text("them = 'x'\n")

    answer = tuimail(terminal=True, shown=True)

    assert (answer.code, opened) == (4, [])
    assert "Did you mean theme?" in answer.talk


def test_the_demo_opens_with_the_app(tuimail: Shell, opened: list[str]) -> None:
    assert tuimail("demo", terminal=True, shown=True).code == 0
    assert opened == ["demo with run_app"]


@pytest.mark.parametrize(
    ("words", "kind"), [(("demo",), "dumb"), (("demo", "--linear"), "xterm")]
)
def test_the_demo_is_a_dialogue_where_no_screen_can_be_or_is_wanted(
    tuimail: Shell,
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    kind: str,
) -> None:
    def hold(_call: Call, opener: Callable[[], object], *, is_kept: bool) -> None:
        opened.append(f"dialogue about {opener()}, kept: {is_kept}")

    monkeypatch.setattr(opening, "hold", hold)
    monkeypatch.setenv("TERM", kind)

    assert tuimail(*words, terminal=True, shown=True).code == 0
    assert opened == ["dialogue about {}, kept: False"]


def test_the_checked_demo_prints_its_report(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "check", lambda: ({"ok": False}, 1))

    answer = tuimail("demo", "--check")

    assert (answer.code, answer.json) == (1, {"ok": False})


def _loaded_by(*words: str) -> set[str]:
    """Return the modules that a fresh interpreter has after one command."""
    code = (
        "import sys; before = set(sys.modules); from tuimail.__main__ import run; "
        "print(run(), *(set(sys.modules) - before), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        check=True,
        text=True,
    )
    exit_code, *modules = done.stderr.splitlines()[-1].split()
    assert exit_code == "0", done.stdout
    return set(modules)


def test_help_loads_nothing_heavy() -> None:
    modules = _loaded_by("--help")

    assert not modules.intersection(HEAVY)
    assert not modules.intersection(
        ("argparse", "asyncio", "apsw", "email", "json", "pathlib", "ssl", "subprocess")
    )
    assert not [name for name in modules if name.startswith("tuimail.workspace")]


@pytest.mark.parametrize(
    "words", [("send", "--help"), ("accounts", "add", "--help"), ("demo", "--help")]
)
def test_help_about_a_verb_loads_no_screen_and_no_provider(
    words: tuple[str, ...],
) -> None:
    modules = _loaded_by(*words)

    assert not modules.intersection(HEAVY)
    assert not modules.intersection(f"tuimail.providers.{one}" for one in PROVIDERS)


@pytest.mark.usefixtures("account")
def test_a_dry_run_loads_no_screen_and_no_provider(tuimail: Shell) -> None:
    modules = _loaded_by("send", "--to", "bob@partner.example", "--dry-run")

    assert not modules.intersection(HEAVY)
    assert not modules.intersection(f"tuimail.providers.{one}" for one in PROVIDERS)
    assert tuimail("list", "--json").json["mails"][0]["status"] == "dry_run"


def test_keys_are_never_typed_into_the_app_by_a_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTUAL_PRESS", "a")
    code = (
        "import os, sys; from tuimail.__main__ import run; run(); "
        "print('TEXTUAL_PRESS' in os.environ)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "--version"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert done.stdout.splitlines()[-1] == "False"


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tuimail", "nonsense", "--json"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert done.stderr == b""


def test_a_provider_is_not_imported_from_the_folder_one_stands_in(
    tmp_path: Path,
) -> None:
    (tmp_path / "own_way.py").write_text('open("was_run", "w")')
    words = ("accounts", "add", "x", "--address", "a@example.org")

    done = subprocess.run(
        [
            sys.executable, "-m", "tuimail", *words,
            "--provider", "own_way:Class", "--json",
        ],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={"HOME": str(tmp_path / "home")},
    )  # fmt: skip

    assert done.returncode == 4
    assert "cannot be loaded" in json.loads(done.stdout)["error"]["message"]
    assert not (tmp_path / "was_run").exists()


def test_no_file_of_ours_gets_the_number_of_a_stream_that_is_closed() -> None:
    """What a library writes to stderr would end up in it."""
    program = (
        "import os; [os.close(one) for one in range(3)];"
        "from tuimail.__main__ import _keep_standard_streams as keep;"
        "keep(); number = os.open('/dev/null', os.O_RDONLY);"
        "os._exit(0 if number == 3 else 1)"
    )

    done = subprocess.run([sys.executable, "-c", program], check=False)

    assert done.returncode == 0
