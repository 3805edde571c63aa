"""What msmtp would send through: its configuration file, read. Pure.

The format is that of msmtp's manual: a command a line, ``defaults`` for all that
follows, ``account NAME : OTHER`` with what another account says. A password in
clear is taken along in memory, to be put where it is safe.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.core.patterns import regex
from tuimail.settings.importing.candidate import (
    Candidate,
    account_name,
    port_of,
    sender_of,
)

Settings = dict[str, str]
_COMMAND: Final = regex(r"[A-Za-z_]+")
_SHELL: Final = frozenset("|&;<>()$`\\*?[]#~!{}\n")
"""What a shell does something with, and ``command:`` does not."""
_ASSIGNMENT: Final = regex(r"\s*[A-Za-z_][A-Za-z0-9_]*=")
"""How ``GPG_TTY=1 pass show mail`` begins, which only a shell can run."""
_DETOURS: Final = ("proxy_host", "socket")
_DEFAULT: Final = "default"


def from_msmtp(text: str, *, source: str) -> tuple[Candidate, ...]:
    """Return an account for each that ``text`` describes.

    Args:
        text: The file.
        source: Its name, for people.
    """
    reader = _Reader()
    try:
        for number, line in enumerate(text.split("\n"), start=1):
            reader.read(line, number)
    except ValueError as error:
        return (
            Candidate(name="msmtp", provider="smtp", source=source, problem=str(error)),
        )
    return tuple(
        _candidate(name, settings, source=source)
        for name, settings in reader.accounts.items()
        if settings.get("host")
    )


class _Reader:
    """Reads line after line; what stands below ``account`` belongs to that one."""

    def __init__(self) -> None:
        self.accounts: dict[str, Settings] = {}
        self._defaults: Settings = {}
        self._current = self._defaults

    def read(self, line: str, number: int) -> None:
        """Take one line.

        Raises:
            ValueError: It is none of msmtp's; the text repeats nothing of it.
        """
        word, *rest = line.split(maxsplit=1) or ["#"]
        if word.startswith("#"):
            return
        if not _COMMAND.fullmatch(word):
            raise ValueError(f"Line {number} is none of msmtp's.")
        command, value = word.lower(), _unquoted("".join(rest).strip())
        if command == "defaults":
            self._current = self._defaults
        elif command == "account":
            self._begin(value, number)
        else:
            self._current[command] = value

    def _begin(self, value: str, number: int) -> None:
        head, _, tail = value.partition(":")
        name, bases = head.strip(), [one.strip() for one in tail.split(",")]
        self._current = dict(self._defaults)
        for base in filter(None, bases):
            if base not in self.accounts:
                raise ValueError(f"Line {number} names an account that is not there.")
            self._current |= self.accounts[base]
        if name != _DEFAULT or not tail.strip():
            self.accounts[name] = self._current


def _candidate(name: str, said: Mapping[str, str], *, source: str) -> Candidate:
    try:
        _refuse_detours(said)
        options = _options(said)
        problem = ""
    except ValueError as error:
        options, problem = {}, str(error)
    is_in_use = _has_login(said)
    clear = said.get("password", "") if is_in_use else ""
    return Candidate(
        name=account_name(name),
        provider="smtp",
        source=f"{source} ({name})",
        address=sender_of(said.get("from", ""), said.get("user", "")),
        options=options,
        secret=_reference(said) if is_in_use else "",
        secret_value=clear,
        notes=tuple(_notes(said)),
        problem=problem,
    )


def _options(said: Mapping[str, str]) -> dict[str, str | int | bool]:
    tls = _tls(said)
    usual = 465 if tls == "implicit" else 25
    options: dict[str, str | int | bool] = {
        "host": said["host"],
        "port": port_of(said.get("port", ""), what="port", default=usual),
        "tls": tls,
    }
    if _has_login(said):
        options["username"] = said["user"]
    if said.get("auth") in {"oauthbearer", "xoauth2"}:
        options["auth"] = "oauth"
    if said.get("tls_trust_file", "system") != "system":
        options["ca_file"] = said["tls_trust_file"]
    if said.get("domain") and "%" not in said["domain"]:
        options["local_name"] = said["domain"]
    return options | _certificate(said, tls)


def _refuse_detours(said: Mapping[str, str]) -> None:
    """Refuse what reaches the server by another way than we would.

    Raises:
        ValueError: The text names the command of msmtp.
    """
    found = next((said_of for said_of in _DETOURS if said.get(said_of)), "")
    if said.get("protocol", "smtp") == "lmtp":
        found = "protocol lmtp"
    if found:
        raise ValueError(
            f"It reaches its server by {found}, and tuimail connects by itself only."
        )


def _certificate(said: Mapping[str, str], tls: str) -> dict[str, str | int | bool]:
    """Return what it shows to a server that asks who it is."""
    if tls == "none" or not said.get("tls_cert_file"):
        return {}
    files = {
        "client_cert_file": said["tls_cert_file"],
        "client_key_file": said.get("tls_key_file", ""),
    }
    return {key: value for key, value in files.items() if value}


def _tls(said: Mapping[str, str]) -> str:
    """Return how it is protected; msmtp's own defaults are no TLS, and STARTTLS."""
    if said.get("tls", "off") not in {"on", ""}:
        return "none"
    return "implicit" if said.get("tls_starttls", "on") == "off" else "starttls"


def _has_login(said: Mapping[str, str]) -> bool:
    """Return whether it logs in; msmtp does so only where it is told to."""
    return bool(said.get("user")) and said.get("auth", "off") != "off"


def _reference(said: Mapping[str, str]) -> str:
    """Return where the password is; msmtp has a shell for its command."""
    command = said.get("passwordeval", "")
    if not command:
        return "keyring:"
    if _SHELL & set(command) or _ASSIGNMENT.match(command) or not _is_whole(command):
        return f"command:sh -c {shlex.quote(command)}"
    return f"command:{command}"


def _is_whole(command: str) -> bool:
    try:
        return bool(shlex.split(command))
    except ValueError:
        return False


def _notes(said: Mapping[str, str]) -> Iterator[str]:
    if "eval" in said:
        yield "What its eval prints is not read."
    if said.get("tls_certcheck") == "off" or said.get("tls_fingerprint"):
        yield "The server has to prove who it is here."
    if _has_login(said) and not (said.get("passwordeval") or said.get("password")):
        yield "Its password is not in the file; put it into the keyring."


def _unquoted(value: str) -> str:
    """Return a value without the quotes around it, which msmtp allows."""
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
