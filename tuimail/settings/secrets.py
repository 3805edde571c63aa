"""Passwords: where they are, and how they are read without hanging anything.

Every function here may block for as long as its time limit, so that callers on
an event loop use a worker thread. Nothing is kept, logged or put into an error.
"""

import contextlib
import os
import stat
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.core.patterns import regex
from tuimail.errors import SecretError
from tuimail.settings.files import expanded, is_unicode
from tuimail.settings.oauth import FILE, KEYRING, OAUTH
from tuimail.settings.prompts import NOBODY, PROMPT, Prompts

if TYPE_CHECKING:
    import subprocess

ENV: Final = "env:"
COMMAND: Final = "command:"

LIMIT: Final = timedelta(seconds=30)
"""How long a keyring or a command may take; somebody may have to type."""
MOST_BYTES: Final = 64 * 1024
"""More than any password or token; what is longer is the wrong file."""


def check_reference(reference: str) -> None:
    """Refuse what is not a reference, above all a password itself.

    Raises:
        SecretError: It is none; the text does not repeat what was given.
    """
    has_nul = "\0" in reference  # no path and no argument can have one
    if reference in {"", KEYRING, OAUTH, PROMPT} or _ENV_REFERENCE.fullmatch(reference):
        return
    if reference.startswith(FILE) and reference != FILE and not has_nul:
        return
    if reference.startswith(COMMAND) and _arguments(reference) and not has_nul:
        return
    raise SecretError(
        "The password is not given as a reference to where it is kept.",
        hint='Write "keyring:", "env:NAME", "command:pass show mail", "file:PATH", '
        '"prompt:", or "oauth:" for access tokens.',
        field="password",
    )


def read_secret(
    reference: str,
    *,
    account: str,
    environ: Mapping[str, str],
    prompts: Prompts = NOBODY,
    limit: timedelta = LIMIT,
) -> str | None:
    """Return the secret that ``reference`` leads to, None for no reference.

    Args:
        reference: ``keyring:``, ``env:NAME``, ``command:…``, ``file:PATH``,
            ``prompt:``, or empty. Not ``oauth:``, which leads to no secret but
            to ``Tokens``.
        account: Name of the account, which is the user in the keyring.
        environ: Where ``env:`` looks, and what ``command:`` runs with.
        prompts: What a person typed.
        limit: How long it may take.

    Raises:
        TemporarySecretError: It can be read once somebody typed it.
        SecretError: It cannot be read; the hint is the next step.
        ValueError: It is ``oauth:``.
    """
    check_reference(reference)
    if reference == OAUTH:
        raise ValueError("A refresh token is not what an account logs in with.")
    if reference.startswith(ENV):
        return _from_environment(reference.removeprefix(ENV), environ)
    if reference.startswith(COMMAND):
        return _from_command(_arguments(reference), environ, limit=limit)
    if reference.startswith(FILE):
        return _from_file(expanded(Path(reference.removeprefix(FILE))))
    if reference == PROMPT:
        return prompts.secret(account)
    return _from_keyring(account, limit=limit) if reference else None


def store_secret(account: str, secret: str, *, limit: timedelta = LIMIT) -> None:
    """Put ``secret`` into the keyring for ``account``.

    Raises:
        SecretError: There is no keyring that can be trusted, or it refuses.
    """
    from tuimail.settings import keyrings  # noqa: PLC0415 - who lists mail needs none

    keyrings.set_password(account, secret, limit=limit)


_ENV_REFERENCE: Final = regex(r"env:[A-Za-z_][A-Za-z0-9_]*")


def _from_keyring(account: str, *, limit: timedelta) -> str | None:
    from tuimail.settings import keyrings  # noqa: PLC0415 - for accounts that use one

    return keyrings.password(account, limit=limit)


def _arguments(reference: str) -> list[str]:
    import shlex  # noqa: PLC0415 - for accounts that have such a command

    try:
        return shlex.split(reference.removeprefix(COMMAND))
    except ValueError:
        return []


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        raise SecretError(
            f"The variable {name}, which holds the password, is not set.",
            hint=f"Set it: export {name}=…",
            field="password",
        )
    if not is_unicode(value):
        raise SecretError(
            f"The variable {name}, which holds the password, is not UTF-8 text.",
            hint=f"Set it again: export {name}=…",
            field="password",
        )
    return value


def _from_command(
    arguments: list[str], environ: Mapping[str, str], *, limit: timedelta
) -> str:
    import shlex  # noqa: PLC0415 - for accounts that have such a command

    from tuimail.settings.waiting import attempt  # noqa: PLC0415 - the same

    told = f"Run it yourself to see what it says: {shlex.join(arguments)}"
    process = _start(arguments, environ)
    try:
        output, code = attempt(limit, lambda: _output(process)).result()
    except TimeoutError:
        _stop(process)
        raise _no_secret(
            f"took longer than {limit.total_seconds():g} seconds", hint=told
        ) from None
    if code != 0:
        raise _no_secret(f"ended with exit code {code}", hint=told)
    return _first_line(output, what="What the command for the password prints")


def _start(
    arguments: list[str], environ: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Start the command in a session of its own.

    It then has no terminal to ask on, which would be one that the app draws
    on, and everything that it starts can be stopped with it.
    """
    inherited = {
        name: value
        for name, value in environ.items()
        if not name.startswith("TUIMAIL_")
    }
    import subprocess  # noqa: PLC0415 - for accounts that have such a command

    try:
        return subprocess.Popen(  # noqa: S603 - the person's own, split, no shell
            arguments,
            env=inherited,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise _no_secret(
            f"cannot be started: {error.strerror}",
            hint=f"Look whether it is installed: command -v {arguments[0]}",
        ) from error


def _output(process: "subprocess.Popen[bytes]") -> tuple[bytes, int]:
    with process:
        stdout = process.stdout
        content = stdout.read(MOST_BYTES + 1) if stdout else b""
    return content, process.returncode


def _stop(process: "subprocess.Popen[bytes]") -> None:
    import signal  # noqa: PLC0415 - for commands that take too long

    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _no_secret(what: str, *, hint: str) -> SecretError:
    return SecretError(
        f"The command for the password {what}.", hint=hint, field="password"
    )


def _from_file(path: Path) -> str:
    try:
        content = _private_content(path)
    except OSError as error:
        raise SecretError(
            f"The file {path}, which holds the password, cannot be read: "
            f"{error.strerror}.",
            hint=f"Look whether it is there and yours: ls -l {path}",
            field="password",
        ) from error
    return _first_line(content, what=f"The file {path}")


def _private_content(path: Path) -> bytes:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SecretError(
                f"{path} is not a file.", hint="Name a file.", field="password"
            )
        if status.st_mode & 0o077:
            raise SecretError(
                f"The file {path} is open to others: mode "
                f"{stat.S_IMODE(status.st_mode):04o} instead of 0600.",
                hint=f"Close it: chmod 600 {path}",
                field="password",
            )
        return file.read(MOST_BYTES + 1)


def _first_line(content: bytes, *, what: str) -> str:
    line = content.partition(b"\n")[0].removesuffix(b"\r")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = ""
    if not text or len(content) > MOST_BYTES:
        raise SecretError(
            f"{what} does not begin with a line that is a password.",
            hint="The first line has to be the password, in UTF-8, and no more.",
            field="password",
        )
    return text
