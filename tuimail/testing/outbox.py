"""What a program sent in a test, and what its recipients were told."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final, cast, overload

import tomli_w

from tuimail.testing.catching import REPLIES, CatchingProvider, key_of

ACCOUNT: Final = "test"
ADDRESS: Final = "test@example.org"
_PROVIDER: Final = f"{CatchingProvider.__module__}:{CatchingProvider.__name__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One mail that would have left."""

    account: str
    """Name of the account that it went through."""
    return_path: str
    """Where it would have come back to."""
    recipients: tuple[str, ...]
    """Who got it, blind copies among them; those who were refused are not."""
    content: bytes
    """The message, as it would have stood on the wire."""

    @property
    def message(self) -> EmailMessage:
        """The message, as Python's standard library reads it."""
        return message_from_bytes(self.content, policy=SMTP)

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """The text, with line ends as Python's; empty where there is none."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML, likewise."""
        return self._body("html")

    @property
    def attachments(self) -> Mapping[str, bytes]:
        """What was attached, by the names that the receiver sees."""
        return {
            str(part.get_filename()): cast("bytes", part.get_payload(decode=True))
            for part in self.message.walk()
            if part.get_filename()
        }

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


class Outbox(Sequence[Caught]):
    """The mail that was caught, oldest first, also that of other processes."""

    def __init__(self, folder: Path) -> None:
        """Catch nothing yet.

        Args:
            folder: An empty one, that nothing else writes to.
        """
        self.folder = folder
        self.workspace = folder / "workspace"
        """The workspace that is meant where none is named."""
        self.config = folder / "settings" / "config.toml"
        self._caught = folder / "caught"
        self._accounts: dict[str, dict[str, str]] = {}
        for path in (self._caught, self.config.parent):
            path.mkdir(mode=0o700, parents=True)
        self.add_account(ACCOUNT, ADDRESS)

    @property
    def caught(self) -> Path:
        """The folder where each mail is a file."""
        return self._caught

    @overload
    def __getitem__(self, index: int) -> Caught: ...
    @overload
    def __getitem__(self, index: slice) -> list[Caught]: ...
    def __getitem__(self, index: int | slice) -> Caught | list[Caught]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Caught]:
        return iter(self._all())

    def to(self, address: str) -> list[Caught]:
        """Return the mails that somebody got, oldest first."""
        key = key_of(address)
        return [one for one in self if key in map(key_of, one.recipients)]

    def add_account(self, name: str, address: str, **settings: str) -> None:
        """Have one more account, which is the default from now on.

        Args:
            name: What programs call it by.
            address: Whom its mail is from, ``Name <address>`` or the address alone.
            settings: Others of ``accounts.toml``, such as ``noninteractive_send``.
        """
        self._accounts[name] = {
            "provider": _PROVIDER,
            "address": address,
            "folder": str(self._caught),
            **settings,
        }
        said = {"default_account": name, "accounts": self._accounts}
        path = self.config.with_name("accounts.toml")
        path.write_text(tomli_w.dumps(said), encoding="utf-8")
        path.chmod(0o600)

    def refuse(self, address: str, reply: str = "550 5.1.1 No such user") -> None:
        """Have mail to somebody refused for good; others still get it.

        Raises:
            ValueError: The reply is none that refuses.
        """
        self._reply(address, _of_a_server(reply, "5"))

    def defer(self, address: str, reply: str = "450 4.2.0 Come back later") -> None:
        """Have mail to somebody put off, until ``take`` is called for them.

        Raises:
            ValueError: The reply is none that puts off.
        """
        self._reply(address, _of_a_server(reply, "4"))

    def take(self, address: str) -> None:
        """Have mail to somebody taken again."""
        self._reply(address, "")

    def clear(self) -> None:
        """Forget what was caught."""
        for path in (*self._caught.glob("*.json"), *self._caught.glob("*.eml")):
            if path.name != REPLIES:
                path.unlink()

    def _names(self) -> list[Path]:
        return sorted(
            path for path in self._caught.glob("*.json") if path.name != REPLIES
        )

    def _all(self) -> list[Caught]:
        return [_read(path) for path in self._names()]

    def _reply(self, address: str, reply: str) -> None:
        path = self._caught / REPLIES
        replies = json.loads(path.read_text()) if path.exists() else {}
        key = key_of(address)
        replies.pop(key, None)
        if reply:
            replies[key] = reply
        unfinished = path.with_suffix(".tmp")
        unfinished.write_text(json.dumps(replies), encoding="utf-8")
        unfinished.rename(path)


def _of_a_server(reply: str, begins: str) -> str:
    if not re.fullmatch(rf"{begins}\d\d( .*)?", reply):
        raise ValueError(f"{reply!r} is no reply; write {begins}50 and why.")
    return reply


def _read(path: Path) -> Caught:
    known = json.loads(path.read_text())
    return Caught(
        account=known["account"],
        return_path=known["return_path"],
        recipients=tuple(known["recipients"]),
        content=path.with_suffix(".eml").read_bytes(),
    )
