"""What ``git send-email`` would send through: git's settings, read. Pure.

Of git's own list, as ``git config --null --show-origin`` prints it: where it stands,
a NUL, a key, a line break, the value, a NUL. ``sendemail.NAME.*`` is another
identity, with what ``sendemail.*`` says where it says nothing itself.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.settings.importing.candidate import (
    Candidate,
    account_name,
    port_of,
    sender_of,
)

ARGUMENTS: Final = (
    "config", "--global", "--includes", "--null", "--show-origin",
    "--get-regexp", "^(sendemail|user|include|includeif)\\.",
)  # fmt: skip
"""What git is asked. Not what a folder's own file says: a copy of somebody else's
repository must not decide where mail goes."""
SOURCE: Final = "git config --global sendemail.*"
_SECTION: Final = "sendemail"
_FILE: Final = "file:"
_TLS: Final = {"ssl": "implicit", "tls": "starttls"}


def from_git(printed: bytes) -> tuple[Candidate, ...]:
    """Return an account for each identity that git sends mail as.

    Args:
        printed: What git answers to ``ARGUMENTS``.
    """
    usual: dict[str, str] = {}
    identities: dict[str, dict[str, str]] = {}
    for _, entry in _entries(printed):
        key, _, value = entry.partition("\n")
        section, _, rest = key.partition(".")
        identity, _, name = rest.rpartition(".")
        if section == _SECTION and identity:
            identities.setdefault(identity, {})[name] = value
        elif section in {_SECTION, "user"}:
            usual[name if section == _SECTION else f"user.{name}"] = value
    each = {"git": usual} | {f"git-{name}": usual | said
                             for name, said in identities.items()}  # fmt: skip
    return tuple(
        _candidate(name, said) for name, said in each.items() if said.get("smtpserver")
    )


def files_of(printed: bytes) -> tuple[str, ...]:
    """Return every file that had a say, or that named one that had."""
    found = (origin for origin, _ in _entries(printed) if origin.startswith(_FILE))
    return tuple(dict.fromkeys(one.removeprefix(_FILE) for one in found))


def _entries(printed: bytes) -> Iterator[tuple[str, str]]:
    """Yield where each setting stands, and the setting."""
    words = printed.decode("utf-8", "surrogateescape").split("\0")
    yield from zip(words[::2], words[1::2], strict=False)


def _candidate(name: str, said: Mapping[str, str]) -> Candidate:
    if not all(map(_is_text, said.values())):
        return _broken(name, "One of its settings is not UTF-8 text.")
    if said["smtpserver"].startswith("/"):
        return Candidate(
            name=account_name(name),
            provider="sendmail",
            source=SOURCE,
            address=_sender(said),
            options={"command": shlex.quote(said["smtpserver"])},
        )
    try:
        options = _options(said)
    except ValueError as error:
        return _broken(name, str(error))
    user = said.get("smtpuser", "")
    return Candidate(
        name=account_name(name),
        provider="smtp",
        source=SOURCE,
        address=_sender(said),
        options=options,
        secret="keyring:" if user else "",
        secret_value=said.get("smtppass", "") if user else "",
        notes=("Its password is not in git's settings; put it into the keyring.",)
        if user and not said.get("smtppass")
        else (),
    )


def _options(said: Mapping[str, str]) -> dict[str, str | int | bool]:
    tls = _TLS.get(said.get("smtpencryption", ""), "none")
    usual = {"implicit": 465, "starttls": 587, "none": 25}[tls]
    port = said.get("smtpserverport", "")
    options: dict[str, str | int | bool] = {
        "host": said["smtpserver"],
        "port": port_of(port, what="sendemail.smtpServerPort", default=usual),
        "tls": tls,
    }
    if said.get("smtpuser"):
        options["username"] = said["smtpuser"]
    return options


def _sender(said: Mapping[str, str]) -> str:
    """Return whom its mail is from: what it says, or the author of commits."""
    email, name = said.get("user.email", ""), said.get("user.name", "")
    author = f"{name} <{email}>" if name and email else email
    return sender_of(said.get("from", ""), author)


def _broken(name: str, problem: str) -> Candidate:
    return Candidate(
        name=account_name(name), provider="smtp", source=SOURCE, problem=problem
    )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
