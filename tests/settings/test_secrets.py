import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tests.settings.conftest import FakeKeyring, no_keyring
from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.secrets import check_reference, read_secret, store_secret

SHORT = timedelta(milliseconds=100)


def read(reference: str, **environ: str) -> str | None:
    return read_secret(reference, account="work", environ=environ)


class ChainKeyring(FakeKeyring):
    """Several back ends in one, as ``keyring`` makes on some desktops."""

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "keyring:",
        "oauth:",
        "prompt:",
        "env:A",
        "file:/run/x",
        "command:pass show 'a b'",
    ],
)
def test_a_reference_says_where_a_password_is(reference: str) -> None:
    check_reference(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "file:/run/hunter2\0",
        "command:pass hunter2\0",
        "hunter2",
        "keyring:work",
        "oauth:work",
        "env:",
        "env:not a name",
        "env:1A",
        "file:",
        "command:",
        "command: ",
        "command:pass 'show",
        "KEYRING:",
    ],
)
def test_anything_else_is_refused_and_not_repeated(reference: str) -> None:
    with pytest.raises(SecretError) as raised:
        check_reference(reference)

    assert reference not in str(raised.value)
    assert raised.value.field == "password"


def test_a_refresh_token_is_never_taken_for_a_password(desktop: FakeKeyring) -> None:
    """It stands where a password would, and is worth much more."""
    desktop.kept["tuimail", "work"] = "a refresh token"

    with pytest.raises(ValueError, match="refresh token"):
        read("oauth:")


def test_no_reference_is_no_password() -> None:
    assert read("") is None


def test_a_variable_holds_a_password() -> None:
    assert read("env:MAIL_PASSWORD", MAIL_PASSWORD="hunter2") == "hunter2"


@pytest.mark.parametrize("environ", [{}, {"MAIL_PASSWORD": ""}])
def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(SecretError, match="MAIL_PASSWORD") as raised:
        read("env:MAIL_PASSWORD", **environ)

    assert raised.value.hint == "Set it: export MAIL_PASSWORD=…"


@pytest.mark.parametrize(
    "content", [b"hunter2", b"hunter2\n", b"hunter2\r\nlogin: ada\n"]
)
def test_the_first_line_of_a_file_is_the_password(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o400)

    assert read(f"file:{path}") == "hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    path.write_text("hunter2")
    path.chmod(mode)

    with pytest.raises(SecretError, match=f"mode 0{mode:o} instead of 0600") as raised:
        read(f"file:{path}")
    assert raised.value.hint == f"Close it: chmod 600 {path}"


@pytest.mark.parametrize("content", [b"", b"\nhunter2", b"\xff\xfe", b"x" * 70_000])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(SecretError, match="does not begin with a line"):
        read(f"file:{path}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file") as raised:
        read(f"file:{tmp_path / 'secret'}")

    assert "ls -l" in raised.value.hint


def test_a_pipe_is_no_file_and_hangs_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    with pytest.raises(SecretError, match="is not a file"):
        read(f"file:{tmp_path / 'pipe'}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="Is a directory"):
        read(f"file:{tmp_path}")


def test_the_first_line_that_a_command_prints_is_the_password() -> None:
    assert read("command:printf 'hunter2\\nlogin: ada\\n'") == "hunter2"


def test_a_command_has_no_shell(tmp_path: Path) -> None:
    assert read(f"command:echo '$HOME' ';' touch {tmp_path}/x") == (
        f"$HOME ; touch {tmp_path}/x"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_command_sees_the_environment_but_not_our_own_secrets() -> None:
    code = "import os; print(','.join(k for k in os.environ if len(k) > 6))"
    environ = {"EDITOR_X": "vi", "TUIMAIL_SMTP_PASSWORD": "hunter2"}
    seen = read(f'command:{sys.executable} -c "{code}"', **environ)

    assert seen is not None
    assert "EDITOR_X" in seen
    assert "TUIMAIL" not in seen


def test_a_command_has_nothing_to_read_and_nowhere_to_complain(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = "import sys; print('x' + sys.stdin.read()); sys.stderr.write('noise')"

    assert read(f'command:{sys.executable} -c "{code}"') == "x"
    assert capfd.readouterr() == ("", "")


def test_a_command_that_fails_is_shown_with_its_code() -> None:
    with pytest.raises(SecretError, match="exit code 1") as raised:
        read("command:false")

    assert raised.value.hint.endswith("false")


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(SecretError, match="cannot be started") as raised:
        read("command:no-such-program-here show mail")

    assert raised.value.hint.endswith("command -v no-such-program-here")


def test_a_command_that_prints_nothing_gives_no_password() -> None:
    with pytest.raises(SecretError, match="does not begin with a line"):
        read("command:true")


def test_a_command_that_prints_for_ever_is_ended() -> None:
    """Reading stops at the limit, and the pipe that closes ends the command."""
    with pytest.raises(SecretError, match="exit code"):
        read("command:yes")


def test_a_command_that_hangs_is_ended_with_everything_it_started() -> None:
    code = "import subprocess; subprocess.run(['sleep', '1000'])"

    with pytest.raises(SecretError, match=r"longer than 0\.1 seconds"):
        read_secret(
            f'command:{sys.executable} -c "{code}"',
            account="work",
            environ=dict(os.environ),
            limit=SHORT,
        )


def test_a_command_that_ends_just_as_it_is_ended_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(process_group: int, number: int) -> None:
        raise ProcessLookupError

    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*args: object, **kwargs: object) -> "subprocess.Popen[bytes]":
        started.append(real(*args, **kwargs))  # type: ignore[call-overload]  # as is
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(os, "killpg", gone)
    with pytest.raises(SecretError, match="longer"):
        read_secret(
            "command:sleep 1000", account="work", environ=os.environ, limit=SHORT
        )
    started[0].kill()
    started[0].wait()


def test_the_keyring_holds_a_password_by_account(desktop: FakeKeyring) -> None:
    store_secret("work", "hunter2")

    assert desktop.kept == {("tuimail", "work"): "hunter2"}
    assert read("keyring:") == "hunter2"


@pytest.mark.parametrize("kept", [None, ""])
def test_a_keyring_without_the_password_says_how_to_put_it_there(
    desktop: FakeKeyring, kept: str | None
) -> None:
    if kept is not None:
        desktop.kept["tuimail", "work"] = kept

    with pytest.raises(SecretError, match="“work”") as raised:
        read("keyring:")
    assert raised.value.hint == "Put it there: keyring set tuimail work"


def test_a_keyring_that_waits_for_somebody_is_given_up(desktop: FakeKeyring) -> None:
    desktop.answers.clear()

    with pytest.raises(SecretError, match=r"within 0\.1 seconds"):
        read_secret("keyring:", account="work", environ={}, limit=SHORT)
    with pytest.raises(SecretError, match=r"within 0\.1 seconds"):
        store_secret("work", "hunter2", limit=SHORT)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyringLocked("hunter2"), "is locked"),
        (RuntimeError("hunter2"), "does not work"),
        (OSError(5, "hunter2"), "does not work"),
        (ZeroDivisionError("hunter2"), "does not work"),
    ],
)
def test_what_a_keyring_says_itself_is_never_repeated(
    desktop: FakeKeyring, error: BaseException, says: str
) -> None:
    desktop.fails = error

    with pytest.raises(SecretError, match=says) as read_error:
        read("keyring:")
    with pytest.raises(SecretError, match=says) as store_error:
        store_secret("work", "hunter2")
    assert "hunter2" not in f"{read_error.value} {store_error.value}"


@pytest.mark.usefixtures("home")
def test_no_desktop_means_other_ways_are_named() -> None:
    keyring.set_keyring(no_keyring())

    with pytest.raises(SecretError, match="no desktop keyring") as raised:
        read("keyring:")
    assert "command:pass show mail" in raised.value.hint


def test_a_back_end_that_nobody_vouches_for_is_not_used(
    desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.kept["tuimail", "work"] = "hunter2"
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset[str]())

    with pytest.raises(SecretError, match="no desktop keyring"):
        read("keyring:")


def test_of_several_back_ends_the_first_good_one_is_used(desktop: FakeKeyring) -> None:
    desktop.kept["tuimail", "work"] = "hunter2"
    keyring.set_keyring(ChainKeyring(no_keyring(), desktop))

    assert read("keyring:") == "hunter2"


def test_keyring_is_imported_only_where_one_is_used() -> None:
    code = (
        "import os, sys\n"
        "from tuimail.settings.config import load\n"
        "from tuimail.settings.secrets import read_secret\n"
        "assert read_secret('env:HOME', account='a', environ=os.environ)\n"
        "print('keyring' in sys.modules, 'asyncio' in sys.modules)\n"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)

    assert printed.stdout.split()[0] == "False"


def test_a_password_in_a_variable_is_text() -> None:
    with pytest.raises(SecretError, match=r"MAIL_PASSWORD.* is not UTF-8 text"):
        read_secret(
            "env:MAIL_PASSWORD", account="work", environ={"MAIL_PASSWORD": "\udcff"}
        )


def test_a_home_of_nobody_is_a_file_that_is_not_there() -> None:
    with pytest.raises(SecretError, match="No such file"):
        read_secret("file:~nobody-has-this-name/x", account="work", environ={})


def test_what_the_keyring_kept_is_forgotten(desktop: FakeKeyring) -> None:
    desktop.kept["tuimail", "work"] = "hunter2"

    keyrings.forget("work", limit=SHORT)
    keyrings.forget("work", limit=SHORT)

    assert desktop.kept == {}


def test_a_keyring_that_does_not_forget_says_so(desktop: FakeKeyring) -> None:
    desktop.fails = RuntimeError("broken")

    with pytest.raises(SecretError, match="does not work"):
        keyrings.forget("work", limit=SHORT)
