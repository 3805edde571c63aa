"""The three ways in which the owner of an account sends a mail by a program.

Each of them takes what the Python API takes, and answers in the same words, so that
a test is written once and holds for all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import tuimail
from tests.cli.conftest import SENDER, Shell
from tuimail.testing import SmtpServer

FLAGS: Final = {
    "from_name": "--from-name", "subject": "--subject", "text": "--text",
    "html": "--html", "in_reply_to": "--in-reply-to", "priority": "--priority",
    "unsubscribe_url": "--unsubscribe-url", "idempotency_key": "--idempotency-key",
    "account": "--account", "reply_to": "--reply-to",
}  # fmt: skip
SEVERAL: Final = {"to": "--to", "cc": "--cc", "bcc": "--bcc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a mail."""

    id: str = ""
    status: str = "refused"
    """Its one word; ``refused`` where nothing became of it at all."""
    states: Mapping[str, str] = field(default_factory=dict)
    """By address."""
    code: str = ""
    """Of the error."""
    named: str = ""
    """The field that the error names."""
    message: str = ""
    exit_code: int = 0
    """As the command ends, or would."""


Way = Callable[..., Came]


def by_command(shell: Shell) -> Way:
    """Return what types a mail as ``tuimail send``."""

    def send(**said: Any) -> Came:
        answer = shell("send", *_words(said), "--json")
        if "error" in answer.json and isinstance(answer.json["error"], dict):
            error = answer.error
            return Came(
                code=error["code"], named=error["field"], message=error["message"],
                exit_code=answer.code,
            )  # fmt: skip
        shown = shell("show", answer.json["id"], "--bcc", "--json").json
        return Came(
            id=shown["id"],
            status=shown["status"],
            states={one["address"]: one["status"] for one in shown["recipients"]},
            message=answer.json["error"],
            exit_code=answer.code,
        )

    return send


def by_program(**where: Any) -> Way:
    """Return what calls ``tuimail.send``; through the workspace, or without one."""

    def send(**said: Any) -> Came:
        try:
            found = tuimail.send(**_fields(said), **({"wait": 20} | where))
        except tuimail.TuimailError as error:
            return Came(
                code=error.code, named=error.field, message=str(error), exit_code=1
            )
        return Came(
            id=found.id,
            status=found.status,
            states={name: one.status for name, one in found.recipients.items()},
            message=_said_by(found),
            exit_code=0 if found.is_success else 1,
        )

    return send


def without_a_workspace(server: SmtpServer) -> Way:
    """Return what sends at once, and stores nothing."""
    account = tuimail.Account(
        host=server.host, port=server.port, tls="none", address=SENDER
    )
    return by_program(workspace=None, account=account)


def _said_by(found: tuimail.Result) -> str:
    """Return why it failed, or why it waits."""
    if found.error is None:
        return str(found.raw.get("reason", ""))
    return f"{found.error} {found.error.hint}"


def _fields(said: Mapping[str, Any]) -> dict[str, Any]:
    files = [
        tuimail.Attachment(source=path, name=name)
        for path, name in said.get("attachments", ())
    ]
    return {**said, "attachments": files} if files else dict(said)


def _words(said: Mapping[str, Any]) -> Sequence[str]:
    words = [f"{FLAGS[name]}={said[name]}" for name in FLAGS if name in said]
    for name, flag in SEVERAL.items():
        words += [f"{flag}={one}" for one in _several(said.get(name, ()))]
    words += [f"--header={name}={value}" for name, value in said.get("headers", ())]
    words += [f"--attach={_file(*one)}" for one in said.get("attachments", ())]
    if "references" in said:
        words.append(f"--references={' '.join(said['references'])}")
    return words + ["--dry-run"] * bool(said.get("dry_run"))


def _several(said: str | Sequence[str]) -> Sequence[str]:
    return [said] if isinstance(said, str) else said


def _file(path: Path, name: str) -> str:
    return f"{path};name={name}" if name else str(path)
