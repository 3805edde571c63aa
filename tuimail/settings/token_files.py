"""Files with a refresh token: which of them are ours to write over, or to remove.

The first line is the token, as in every file with a secret; the second says whose
it is. A file that a person wrote need not have that one. The one rule kept here:
nothing else that lies on the disk is taken for such a file.
"""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import SecretError
from tuimail.settings.files import expanded, is_unicode, replace_private
from tuimail.settings.oauth import FILE
from tuimail.settings.secrets import MOST_BYTES


def token_path(reference: str) -> Path:
    """Return where ``file:PATH`` leads to, wherever one is when it is looked at."""
    return expanded(Path(reference.removeprefix(FILE))).absolute()


def write_token(path: Path, account: str, token: str) -> None:
    """Put ``token`` in the place of the one there was, for nobody else to read.

    Raises:
        SecretError: The folder or the disk refuses; the file is as it was.
    """
    try:
        replace_private(path, f"{token}\n{_owner(account)}\n".encode())
    except OSError as error:
        raise _unwritten(path, error) from None


def remove_token(path: Path, account: str) -> None:
    """Remove the file; fine where there is none.

    Raises:
        SecretError: It stays: it is something else, or the folder refuses.
    """
    try:
        if not _is_token_file(path, account, is_named=True):
            raise SecretError(
                f"{path} is no token file of the account “{account}”, and stays.",
                hint=f"Look what it is, and remove it yourself: ls -l {path}",
                field="refresh_token",
            )
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(path, error) from None


def require_writable(path: Path, account: str, *, is_named: bool) -> None:
    """Refuse to begin where a token could not be written, or had better not be.

    Args:
        path: Where it is to be.
        account: Whose token.
        is_named: Whether the account's settings name the file already.

    Raises:
        SecretError: There is no such folder, it is full or closed, or the file is
            there and is another one.
    """
    _require_name(path)
    try:
        is_ours = _is_token_file(path, account, is_named=is_named)
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.write(bytes(_PROBE_BYTES))
    except OSError as error:
        raise _unwritten(path, error) from None
    if not is_ours:
        other = "Name a file that is not there yet: --token-file FILE"
        raise SecretError(
            f"{path} is there already, and is no token file of the account "
            f"“{account}”.",
            hint=f"Look what it is: ls -l {path}" if is_named else other,
            field=FLAG,
        )


def _require_name(path: Path) -> None:
    if not path.name.strip() or not is_unicode(str(path)):
        raise SecretError(
            "The token file has no name, or one that is not UTF-8 text.",
            hint="Name a file that is not there yet: --token-file FILE",
            field=FLAG,
        )


def _is_token_file(path: Path, account: str, *, is_named: bool) -> bool:
    """Return whether nothing is lost with what is at ``path``, if anything is."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        content = _content(path)
    except FileNotFoundError:
        return True
    token, _, owner = content.partition(b"\n")
    if len(content) > MOST_BYTES or not _TOKEN.fullmatch(token):
        return False
    owner = owner.strip()
    return owner == _owner(account).encode() or (is_named and not owner)


def _content(path: Path) -> bytes:
    with os.fdopen(os.open(path, _READING), "rb") as file:
        return file.read(MOST_BYTES + 1)


def _owner(account: str) -> str:
    return f"tuimail account: {account}"


def _unwritten(path: Path, error: OSError) -> SecretError:
    return SecretError(
        f"The file {path}, which holds the refresh token, cannot be written: "
        f"{error.strerror}.",
        hint="Look whether its folder is there and yours, and has room: "
        f"ls -ld {path.parent}",
        field="refresh_token",
    )


FLAG: Final = "token-file"
_TOKEN: Final = regex(rb"[ -~]*\r?")
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
_PROBE_BYTES: Final = 32 * 1024
"""More than any token, so that a full disk is known before somebody signs in."""
