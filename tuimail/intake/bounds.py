"""What a client may put into its mail: how much, for whom it speaks, which files.

Pure: who asks is known by then, and nothing is written yet.
"""

from pathlib import Path
from typing import Final

from tuimail.core.address import is_same, parse_address
from tuimail.core.draft import Draft
from tuimail.core.values import replace
from tuimail.errors import AttachmentError, FieldError, NotAllowedError
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.handing_in import require_few

MOST_OF_A_KIND: Final = 1_000
"""Headers and the like of one mail: each is checked by itself, while others wait."""


def require_few_of_each(fields: Fields) -> None:
    """Refuse more of anything than a mail may have, before any of it is read.

    Raises:
        FieldError: They are more.
    """
    roles = (fields.to, fields.cc, fields.bcc, fields.reply_to)
    require_few(sum(len(one) for one in roles if not isinstance(one, str)))
    require_few(len(fields.merge_for))
    for name in ("headers", "metadata", "merge", "references"):
        number = len(getattr(fields, name))
        if number > MOST_OF_A_KIND and not isinstance(getattr(fields, name), str):
            raise FieldError(
                f"A mail may have {MOST_OF_A_KIND:,} {name}, not {number:,}.",
                hint="Leave out what nobody needs.",
                field=name,
            )


def for_client(client: Client, fields: Fields) -> Fields:
    """Return ``fields`` with what the client is bound to, if they say nothing else.

    Raises:
        NotAllowedError: They name another account.
    """
    if not client.account:
        is_said = fields.sender or not client.sender
        return fields if is_said else replace(fields, sender=client.sender)
    if fields.account not in {"", client.account}:
        raise NotAllowedError(
            f"The client {client.name} hands in for the account {client.account}, "
            f"not for {fields.account[:60]!r}.",
            hint="Leave the account out.",
            field="account",
        )
    return replace(
        fields,
        account=client.account,
        provider="",
        sender=fields.sender or client.sender,
    )


def require_own_sender(client: Client, draft: Draft) -> None:
    """Refuse what would be from another address than the client's.

    Raises:
        NotAllowedError: It would.
    """
    if client.sender and not _is_same(draft, client.sender):
        raise NotAllowedError(
            f"The client {client.name} writes as {client.sender}, not as "
            f"{draft.sender.text}.",
            hint=f"Write From {client.sender}, or leave it out.",
            field="from",
        )


def require_bound(file: FileToAttach | Path) -> None:
    """Refuse a path for which nobody said where it may lead.

    Raises:
        AttachmentError: It is one.
    """
    is_path = isinstance(file, Path) or isinstance(file.source, Path)
    if isinstance(file, Path) or (is_path and file.roots is None):
        raise AttachmentError(
            "A program names files only in folders that are allowed to it.",
            hint="Hand in the content of the file.",
            field="attach",
        )


def _is_same(draft: Draft, sender: str) -> bool:
    return is_same(draft.sender, parse_address(sender, field="from"))
