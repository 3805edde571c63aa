"""The way out through Outlook on Windows: the mail is opened there, to be sent there.

Whether a person then sends it, changes it or closes the window is nothing that we
learn. So nobody is ever told *sent* here: what became of the mail is not known until
a person says so. Outlook is no mail API: it is given parts, and makes another message
of them, with its own date and Message-ID.
"""

import asyncio
import importlib.util
import json
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from tuimail.core.address import format_address
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import OUR_MACHINE
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.everybody import told_to_all
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.http.api import content_of
from tuimail.providers.options import refuse_unknown
from tuimail.providers.parts import Attached, Parts, parts_of
from tuimail.providers.sayable import Sayable, refuse_unsayable
from tuimail.providers.threads import in_a_thread

Outlook = Callable[[], AbstractContextManager[Any]]
"""Gives Outlook as COM shows it, for the thread that asks.

Raises NotConnectedError where there is none.
"""
WINDOWS: Final = "win32"


class OutlookProvider:
    """Opens each mail in a window of Outlook."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="outlook 1")

    def __init__(
        self, account: ProviderAccount, *, outlook: Outlook | None = None
    ) -> None:
        refuse_unknown(account, ())
        if outlook is None:
            _must_be_possible(account)
        self._outlook = outlook or outlook_application

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take what a window of Outlook can be filled with."""
        refuse_features(envelope.service, provider=_NAME)
        refuse_smtputf8(draft, envelope, provider=_NAME)
        refuse_unsayable(draft, envelope, _SAYABLE, provider=_NAME)

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return what the window is filled with, as JSON."""
        parts = parts_of(content, envelope)
        said = _said(parts) | {
            "attachments": [_shown(one) for one in parts.attachments]
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode()

    async def submit(self, job: SendJob) -> Verdicts:
        """Open the mail; what a person does with it is not known."""
        try:
            parts = parts_of(await content_of(job), job.envelope)
            commit = partial(_commit, job, asyncio.get_running_loop())
            opened = partial(_open, self._outlook, parts, commit)
            text = await in_a_thread(opened, name="tuimail-outlook")
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=_NAME)
        except UnsupportedFeatureError as error:
            return _told(job.envelope, VerdictKind.REFUSED, str(error))
        return _told(job.envelope, VerdictKind.UNKNOWN, text)

    async def check(self) -> AccountCheck:
        """Ask Outlook for its version, and whom it sends as."""
        try:
            version, senders = await in_a_thread(
                partial(_looked_at, self._outlook), name="tuimail-outlook"
            )
        except NotConnectedError as error:
            return AccountCheck(
                ok=False,
                endpoint=_NAME,
                fault=error.fault,
                error=error.receipt.text,
                hint="Start Outlook, and look whether it shows its mail.",
            )
        return AccountCheck(
            ok=True, endpoint=f"{_NAME} {version}", capabilities=senders
        )

    async def close(self) -> None:
        """Nothing is open; windows are the person's."""


@contextmanager
def outlook_application() -> Iterator[Any]:
    """Give Outlook, started where it is not running; for a thread of its own.

    Raises:
        NotConnectedError: It is not there, or does not answer.
    """
    import pythoncom  # noqa: PLC0415 - an extra, and on Windows alone
    from win32com.client import Dispatch  # noqa: PLC0415 - as above

    pythoncom.CoInitialize()
    try:
        yield Dispatch("Outlook.Application")
    except pythoncom.com_error as error:
        raise _no_outlook(error) from None
    finally:
        pythoncom.CoUninitialize()


def _no_outlook(error: Exception) -> NotConnectedError:
    is_missing = getattr(error, "hresult", 0) in _NOT_INSTALLED
    return NotConnectedError(
        Receipt(stage=OUR_MACHINE, text=f"Outlook does not answer: {error}"),
        fault=AccountFault.SETTINGS if is_missing else None,
    )


def _must_be_possible(account: ProviderAccount) -> None:
    if sys.platform != WINDOWS:
        raise ConfigurationError(
            f"The account “{account.name}” opens mail in Outlook, "
            "which is possible on Windows alone.",
            hint='Send through Microsoft 365 instead: provider = "graph"',
            field="provider",
        )
    if importlib.util.find_spec("win32com") is None:
        raise ConfigurationError(
            f"The account “{account.name}” needs pywin32, which is not installed.",
            hint="Install it: pip install 'tuimail[outlook]'",
            field="provider",
        )


def _commit(job: SendJob, loop: asyncio.AbstractEventLoop) -> None:
    """Pass the point of no return, from the thread that speaks with Outlook."""
    asyncio.run_coroutine_threadsafe(job.point_of_no_return(), loop).result()


def _open(outlook: Outlook, parts: Parts, commit: Callable[[], None]) -> str:
    """Fill a window, show it, say so; in a thread.

    Raises:
        NotConnectedError: It cannot be shown, and was not.
    """
    is_committed = False
    try:
        with outlook() as application, tempfile.TemporaryDirectory() as folder:
            item = _filled(application, parts, Path(folder))
            commit()
            is_committed = True
            item.Display(False)  # noqa: FBT003 - Outlook's own signature
    except NotConnectedError as error:
        if not is_committed:
            raise
        return error.receipt.text
    return _OPENED


def _filled(application: Any, parts: Parts, folder: Path) -> Any:  # noqa: ANN401 - COM
    item = application.CreateItem(_MAIL_ITEM)
    item.SendUsingAccount = _sender_in(application, parts)
    for kind, people in ((_TO, parts.to), (_CC, parts.cc), (_BCC, parts.bcc)):
        for one in people:
            item.Recipients.Add(format_address(one)).Type = kind
    for one in parts.reply_to:
        item.ReplyRecipients.Add(format_address(one))
    item.Subject = parts.subject
    if parts.html is not None:
        item.HTMLBody = parts.html
    else:
        item.Body = (parts.text or "").replace("\n", "\r\n")
    for number, attached in enumerate(parts.attachments):
        item.Attachments.Add(str(_file(folder / str(number), attached)))
    return item


def _sender_in(application: Any, parts: Parts) -> Any:  # noqa: ANN401 - COM
    """Return Outlook's account of the sender; in no other name is anything opened."""
    wanted = parts.sender.text.lower()
    for one in application.Session.Accounts:
        if str(one.SmtpAddress).lower() == wanted:
            return one
    raise NotConnectedError(
        Receipt(
            stage=OUR_MACHINE,
            text=f"Outlook has no account for {parts.sender.text}.",
        ),
        fault=AccountFault.SETTINGS,
    )


def _file(folder: Path, attached: Attached) -> Path:
    """Return a file that Outlook can copy, under the name that readers will see.

    Its name is one that a draft may have: a plain file name without folders.
    """
    folder.mkdir()
    path = folder / (Path(attached.filename).name or "attachment")
    path.write_bytes(attached.content)
    return path


def _looked_at(outlook: Outlook) -> tuple[str, tuple[str, ...]]:
    with outlook() as application:
        senders = tuple(str(one.SmtpAddress) for one in application.Session.Accounts)
        return str(application.Version), senders


def _said(parts: Parts) -> dict[str, object]:
    body = ("html", parts.html) if parts.html is not None else ("text", parts.text)
    return {
        "from": parts.sender.text,
        "reply_to": [format_address(one) for one in parts.reply_to],
        "to": [format_address(one) for one in parts.to],
        "cc": [format_address(one) for one in parts.cc],
        "bcc": [format_address(one) for one in parts.bcc],
        "subject": parts.subject,
        body[0]: body[1] or "",
    }


def _shown(attached: Attached) -> dict[str, str]:
    return {
        "filename": attached.filename,
        "content": b64encode(attached.content).decode(),
    }


def _told(envelope: Envelope, kind: VerdictKind, text: str) -> Verdicts:
    receipt = Receipt(stage=OUR_MACHINE, text=text)
    return told_to_all(envelope, kind, receipt=receipt, server=_NAME)


_NAME: Final = "Outlook"
_OPENED: Final = "It was opened in Outlook; look there whether it was sent."
_SAYABLE: Final = Sayable(
    is_told=True, has_inline=False, may_say=lambda _name, _value: False
)
"""The sender's name is that of Outlook's account, and a text beside the HTML is made
by Outlook: whoever looks at the window sees both."""
_MAIL_ITEM: Final = 0
_TO, _CC, _BCC = 1, 2, 3
"""``OlItemType`` and ``OlMailRecipientType`` of Outlook's object model."""
_NOT_INSTALLED: Final = frozenset({-2147221005, -2147221164})
"""CO_E_CLASSSTRING and REGDB_E_CLASSNOTREG."""
