"""Send a mail, or hand it in, in one call: what most programs need.

With a workspace a mail is stored before anything else is done with it, so that
no crash loses it or sends it twice; with ``workspace=None`` nothing is stored.
"""

from asyncio import to_thread
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Unpack

from tuimail.api.message import Message, MessageFields
from tuimail.api.request import Silence, message_of
from tuimail.api.result import Result
from tuimail.api.workspace import DEFAULT, Default, Place, Workspace, workspace_at

if TYPE_CHECKING:
    from tuimail.api.account import Account


def send(
    message: Message | None = None,
    /,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
    account: "str | Account | None" = None,
    idempotency_key: str = "",
    at: datetime | None = None,
    dry_run: bool = False,
    wait: float = 60.0,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> Result:
    """Send a mail, and return what came of it for each recipient.

    A mail that a server refuses raises nothing: look at the result. What stops it
    before there is a record of it does. Where the account or the policy wants mail
    looked at that comes from no terminal, it is in review.

    Args:
        message: What it says; ``fields`` take the place of its own.
        workspace: Where it is stored; the one that the command line would use
            here, if left out. None stores nothing.
        account: Name of the way out, or with ``workspace=None`` one of the
            program's own; that of ``from_``, or the default, if left out.
        idempotency_key: What this request is called: asked for again under the
            same key, the mail is not sent again, unless it failed.
        at: When it may leave, aware; not waited for if that is after ``wait``.
        dry_run: Whether to render, check and store it, and contact nobody.
        wait: Seconds to wait for a verdict; 0 leaves it to whoever sends, and this
            process does not. Without a workspace the mail is given up after them,
            unless it may be out.
        fail_silently: Whether what would be raised is the ``error`` of a result,
            in which every recipient failed.
        fields: The fields of ``Message``.

    Raises:
        TuimailError: It cannot be a mail, has no account to go through, may not be
            sent, or cannot be stored.
    """
    with Silence(message, fields, is_silent=fail_silently) as silence:
        if workspace is None:
            from tuimail.api import direct  # noqa: PLC0415 - 0.3 s, once

            direct.require_nothing_kept(idempotency_key, at)
            said = message_of(message, fields)
            return direct.send(said, account=account, dry_run=dry_run, wait=wait)
        return workspace_at(workspace).send(
            message,
            account=account,
            idempotency_key=idempotency_key,
            at=at,
            dry_run=dry_run,
            wait=wait,
            **fields,
        )
    return silence.result


async def asend(
    message: Message | None = None,
    /,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
    account: "str | Account | None" = None,
    idempotency_key: str = "",
    at: datetime | None = None,
    dry_run: bool = False,
    wait: float = 60.0,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> Result:
    """Do what ``send`` does, without blocking the loop.

    Cancelled before it began, nothing is stored; after that, the mail leaves.
    """
    with Silence(message, fields, is_silent=fail_silently) as silence:
        if workspace is None:
            await to_thread(import_module, "tuimail.api.direct")
            from tuimail.api import direct  # noqa: PLC0415 - as above, and there now

            direct.require_nothing_kept(idempotency_key, at)
            said = message_of(message, fields)
            return await direct.asend(said, account=account, dry_run=dry_run, wait=wait)
        return await workspace_at(workspace).asend(
            message,
            account=account,
            idempotency_key=idempotency_key,
            at=at,
            dry_run=dry_run,
            wait=wait,
            **fields,
        )
    return silence.result


def submit(
    message: Message | None = None,
    /,
    *,
    workspace: Workspace | Place | Default = DEFAULT,
    account: "str | Account | None" = None,
    idempotency_key: str = "",
    note: str = "",
    revises: str = "",
    actor: str = "",
    wait: float = 0.0,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> Result:
    """Hand a mail in for a person to decide about, and return how it stands.

    Args:
        message: What it says; ``fields`` take the place of its own.
        workspace: Where it is stored; the one that the command line would use
            here, if left out.
        account: Name of the way out it would leave by.
        idempotency_key: What this request is called: asked for again under the
            same key, it is not handed in again.
        note: What the reviewer should know.
        revises: Id of an earlier mail of the same author that it takes the place
            of.
        actor: ``agent:NAME``, in whose name it is handed in; the person's own, if
            left out.
        wait: Seconds to wait for a decision; 0 returns at once.
        fail_silently: As ``send`` has it.
        fields: The fields of ``Message``.

    Raises:
        TuimailError: It cannot be a mail, may not be handed in, or cannot be
            stored.
    """
    with Silence(message, fields, is_silent=fail_silently) as silence:
        return workspace_at(workspace).submit(
            message,
            account=account,
            idempotency_key=idempotency_key,
            note=note,
            revises=revises,
            actor=actor,
            wait=wait,
            **fields,
        )
    return silence.result


async def asubmit(
    message: Message | None = None,
    /,
    *,
    workspace: Workspace | Place | Default = DEFAULT,
    account: "str | Account | None" = None,
    idempotency_key: str = "",
    note: str = "",
    revises: str = "",
    actor: str = "",
    wait: float = 0.0,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> Result:
    """Do what ``submit`` does, without blocking the loop."""
    with Silence(message, fields, is_silent=fail_silently) as silence:
        return await workspace_at(workspace).asubmit(
            message,
            account=account,
            idempotency_key=idempotency_key,
            note=note,
            revises=revises,
            actor=actor,
            wait=wait,
            **fields,
        )
    return silence.result
