"""Bytes that are no text, files that are none, folders that are gone."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.call import Call

pytestmark = pytest.mark.usefixtures("account")
BYTES = os.fsdecode(b"\xff\xfe\xff\xfe\xff")
TO = ("--to", "bob@partner.example")
ADD = ("accounts", "add", "x", "--address", "a@b.example")
WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "a note": (("submit", *TO, "--note", BYTES), "note"),
    "an actor": (("submit", *TO, "--actor", BYTES), "actor"),
    "a recipient": (("send", "--to", BYTES), "to"),
    "one of several": (("send", *TO, "--to", BYTES), "to"),
    "a sender": (("send", *TO, "--from", BYTES), "from"),
    "a subject": (("send", *TO, "--subject", BYTES), "subject"),
    "a text": (("send", *TO, "--text", BYTES), "text"),
    "a header": (("send", *TO, "--header", f"X-A={BYTES}"), "header"),
    "an attachment": (("send", *TO, "--attach", BYTES), "attach"),
    "the file of a text": (("send", *TO, "--text-file", BYTES), "text-file"),
    "an id": (("show", BYTES), "id"),
    "an id to review": (("review", BYTES), "id"),
    "a page": (("list", "--after", BYTES), "after"),
    "a page of the outbox": (("outbox", "--after", BYTES), "after"),
    "a reason": (("reject", "abcd", "--reason", BYTES), "reason"),
    "a workspace": (("list", "--workspace", f"/x/{BYTES}"), "workspace"),
    "settings": (("list", f"--config={BYTES}"), "config"),
    "a status": (("list", "--status", BYTES), "status"),
    "a limit": (("list", "--limit", BYTES), "limit"),
    "an option": (
        (*ADD, "--option", f"a={BYTES}"),
        "option",
    ),
    "a password's place": (
        (*ADD, "--password", f"file:{BYTES}"),
        "password",
    ),
    "an account": (("accounts", "hold", BYTES), "name"),
}


@pytest.mark.parametrize("case", WORDS)
def test_bytes_that_are_no_text_are_refused_by_field(tuimail: Shell, case: str) -> None:
    words, field = WORDS[case]

    talk = tuimail(*words)
    document = tuimail(*words, "--json")

    assert (talk.code, document.code) == (2, 2)
    assert len(talk.talk.splitlines()) == 2
    assert document.error["field"] == field
    assert document.error["hint"]


@pytest.mark.parametrize("words", [(BYTES,), (f"--{BYTES}",), ("list", BYTES)])
def test_bytes_in_the_place_of_a_verb_are_refused(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = tuimail(*words, "--json")

    assert (answer.code, answer.error["code"]) == (2, "usage")


@pytest.mark.parametrize("name", ["LOGNAME", "TUIMAIL_WORKSPACE", "TUIMAIL_ADDRESS"])
def test_bytes_in_a_variable_are_refused_by_its_name(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, BYTES)

    answer = tuimail("send", *TO, "--json")

    assert (answer.code, answer.error["field"]) == (4, name)


def test_bytes_in_other_variables_are_nobodys_business(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LS_COLORS", BYTES)

    assert tuimail("list").code == 0


def test_a_password_on_stdin_is_text(tuimail: Shell) -> None:
    answer = tuimail(
        "accounts", "add", "x", "--address", "a@b.example", "--host", "b.example",
        "--password-stdin", "--json", stdin=b"\xff\n",
    )  # fmt: skip

    assert (answer.code, answer.error["field"]) == (2, "stdin")


@pytest.mark.parametrize(
    "words",
    [
        ("send", *TO, "--text-file", "-"),
        (*ADD, "--host", "b.example", "--password-stdin"),
    ],
)
def test_a_stdin_that_can_only_be_written_is_told(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A shell makes one of ``0>FILE``."""
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "tuimail", *words],
            check=False,
            stdin=out,
            stderr=subprocess.PIPE,
        )

    assert done.returncode == 2
    assert done.stderr.startswith(b"tuimail: Nothing can be read from stdin: ")


def test_a_number_that_is_too_long_is_text(tuimail: Shell) -> None:
    """Python refuses to make a number of so many digits."""
    answer = tuimail(
        "accounts", "add", "x", "--address", "a@b.example", "--host", "b.example",
        "--option", f"timeout={'1' * 5000}", "--json",
    )  # fmt: skip

    assert (answer.code, answer.error["code"]) == (4, "configuration")


def test_a_folder_that_is_gone_is_told(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tuimail.folder / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    answer = tuimail("list", "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")
    assert "folder that you are in" in answer.error["message"]


@pytest.mark.parametrize("name", ["config.toml", "accounts.toml"])
@pytest.mark.parametrize("kind", ["nested", "digits", "pipe"])
def test_settings_that_cannot_be_read_are_named(
    tuimail: Shell, name: str, kind: str
) -> None:
    path = tuimail.folder / "settings" / name
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text("a = " + ("[" * 3000 if kind == "nested" else "1" * 5000))

    answer = tuimail("outbox", "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")
    assert str(path) in answer.error["message"]


def test_settings_below_what_is_no_folder_are_named(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_CONFIG", "/dev/null/x")

    answer = tuimail("outbox", "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")
    assert "/dev/null/x" in answer.error["message"]


@pytest.mark.parametrize("words", [("list",), ("search", "invoice")])
def test_mail_is_found_whatever_the_settings_say(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    """Nothing in a list is made of them, and reading them takes as long as it does."""
    draft_id = tuimail.submit()["id"]
    (tuimail.folder / "settings" / "config.toml").write_text("zebra = 1\n")

    answer = tuimail(*words, "--json")

    assert answer.code == 0
    assert [one["id"] for one in answer.json["mails"]] == [draft_id]


@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "."])
def test_a_text_that_is_in_no_file_is_refused_at_once(
    tuimail: Shell, kind: str
) -> None:
    """A pipe that nobody writes to would keep the command for ever."""
    os.mkfifo("pipe")

    answer = tuimail("send", *TO, "--text-file", kind, "--json")

    assert (answer.code, answer.error["field"]) == (1, "text-file")
    assert "it is not a regular file" in answer.error["message"]


def _write(descriptor: int, content: bytes) -> None:
    os.write(descriptor, content)
    os.close(descriptor)


@pytest.mark.parametrize("folder", ["/dev/fd", "/proc/self/fd"])
def test_a_pipe_from_the_shell_may_be_slow(tuimail: Shell, folder: str) -> None:
    """So ``--text-file <(command)`` reaches us."""
    if not Path(folder).is_dir():
        pytest.skip("There is no such folder here.")
    reading, writing = os.pipe()
    later = threading.Timer(0.05, _write, (writing, b"At noon?"))
    later.start()

    answer = tuimail(
        "send", *TO, "--dry-run", "--text-file", f"{folder}/{reading}", "--json"
    )

    later.join()
    os.close(reading)
    assert "At noon?" in tuimail("show", answer.json["id"]).text


def test_a_text_is_read_before_the_workspace_is_opened(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the database: closing it would drop the locks SQLite has on it."""
    tuimail("list")
    monkeypatch.delattr(Call, "open")

    for verb in ("send", "submit"):
        answer = tuimail(verb, *TO, "--text-file", "workspace/tuimail.db", "--json")

        assert (answer.code, answer.error["field"]) == (1, "text-file")


def test_a_home_of_nobody_is_a_file_that_is_not_there(tuimail: Shell) -> None:
    for flag in ("--attach", "--text-file"):
        answer = tuimail("send", *TO, flag, "~nobody-has-this-name/x", "--json")

        assert (answer.code, answer.error["field"]) == (1, flag.removeprefix("--"))


def test_what_python_makes_of_bytes_is_refused_by_a_real_command(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tuimail", "show", b"\xff\xff\xff\xff\xff"],
        check=False,
        capture_output=True,
        cwd=tmp_path,
    )

    assert done.returncode == 2
    assert done.stderr.startswith(b"tuimail: ID has bytes that are not UTF-8.\n")


TOO_LONG = "x" * 5000


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("send", *TO, "--template", TOO_LONG), "template"),
        (("import", ""), "path"),
        (("backup", ""), "dest"),
    ],
    ids=["a name too long", "no name to import", "no name to copy to"],
)
def test_a_path_that_names_nothing_is_refused(
    tuimail: Shell, words: tuple[str, ...], field: str
) -> None:
    answer = tuimail(*words, "--json")

    assert answer.code in {1, 2}
    assert answer.error["field"] == field


def test_a_place_to_export_to_that_names_nothing_is_refused(tuimail: Shell) -> None:
    mail = tuimail("send", *TO, "--text", "x", "--dry-run", "--json").json["id"]

    empty = tuimail("export", mail, "--output", "", "--json")
    long = tuimail("export", mail, "--output", TOO_LONG, "--json")

    assert (empty.code, empty.error["field"]) == (2, "output")
    assert (long.code, long.error["field"]) == (1, "output")


@pytest.mark.parametrize(
    "words",
    [
        ("send", *TO, "--text", "-"),
        ("import", "-"),
        ("sendmail", "bob@partner.example"),
    ],
    ids=["a text", "a message", "sendmail"],
)
def test_stdin_that_is_closed_is_no_empty_mail(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = tuimail(*words, "--json", stdin=None)

    assert (answer.code != 0, answer.error["field"]) == (True, "stdin")
    assert tuimail("list", "--json").json["mails"] == []
