"""What the flags of a mail say, as fields.

Takes text apart and reads files; whether a value may stand in mail is for the
workspace to say.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.flags import STDIN
from tuimail.core.draft import Draft, check_idempotency_key
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, UsageError
from tuimail.settings.files import expanded
from tuimail.settings.texts import decoded, read_text
from tuimail.workspace.attaching import ATTACHMENT_LIMIT_BYTES, FileToAttach
from tuimail.workspace.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A mail that is asked for, and what the request is called."""

    draft: Draft
    key: str
    """Empty where it is not called anything."""


FILE_LIMIT_BYTES: Final = 10_000_000
"""More text than anybody reads; a device that never ends stops here."""
_FILE_OPTION: Final = regex(r";(name|type)=([^;]*)\Z")


def fields_of(call: Call) -> Fields:
    """Return what was typed, with the files of text and HTML read.

    Raises:
        FieldError: A file cannot be read as text, or a header has no name.
        UsageError: Two things are to come from stdin.
    """
    options = call.options
    _refuse_two_from_stdin(call)
    return Fields(
        sender=options.sender,
        sender_name=options.from_name,
        to=tuple(options.to),
        cc=tuple(options.cc),
        bcc=tuple(options.bcc),
        reply_to=tuple(options.reply_to),
        subject=options.subject,
        text=_body(call, "text"),
        html=_body(call, "html"),
        markdown=_body(call, "markdown"),
        makes_text=not options.no_text,
        inlines_css=options.inline_css,
        is_flowed=options.flowed,
        is_signed=not options.no_signature,
        attachments=(
            *(_attached(call, text) for text in options.attach),
            *(_inline(call, text) for text in options.inline),
        ),
        headers=tuple(_header(header) for header in options.header),
        in_reply_to=options.in_reply_to,
        references=tuple(options.references),
        priority=options.priority,
        unsubscribe_url=options.unsubscribe_url,
        category=options.category,
        tags=tuple(options.tag),
        metadata=_pairs(options.meta, field="meta"),
        template_id=options.template_id,
        merge=_pairs(options.merge, field="merge"),
        merge_for=_merge_for(options.merge_for),
        track_opens=options.track_opens,
        track_clicks=options.track_clicks,
        account=options.account,
        provider=options.provider,
        expires_at=options.expires if isinstance(options.expires, datetime) else None,
        idempotency_key=options.idempotency_key or "",
    )


def lifetime_of(call: Call) -> timedelta | None:
    """Return how long from now the mail is of use, where that was said so."""
    wanted = call.options.expires
    return wanted if isinstance(wanted, timedelta) else None


def require_keys(call: Call, mails: Sequence[Fields]) -> None:
    """Refuse keys that are none, or that would be for several mails at once.

    Raises:
        FieldError: One has a character that a key may not have, or none at all.
        UsageError: Two mails would have the same.
    """
    if call.options.idempotency_key is None:
        return
    rows: dict[str, int] = {}
    for number, key in enumerate((one.idempotency_key for one in mails), start=1):
        check_idempotency_key(key)
        if key in rows:
            raise UsageError(
                f"Rows {rows[key]} and {number} have the same key, {key!r}.",
                hint="Name what differs: --idempotency-key 'invoice-{{ number }}'",
                field="idempotency-key",
            )
        rows[key] = number


def _refuse_two_from_stdin(call: Call) -> None:
    options = call.options
    wanted = [kind for kind in _BODIES if getattr(options, kind) == STDIN]
    files = {f"{kind}-file": getattr(options, f"{kind}_file") for kind in _BODIES}
    wanted += [field for field, path in files.items() if path == STDIN]
    wanted += ["data"] if options.data == STDIN else []
    wanted += ["attach" for text in options.attach if _path_of(text)[0] == STDIN]
    if len(wanted) > 1:
        raise UsageError(
            f"--{wanted[0]} and --{wanted[1]} cannot both come from stdin.",
            hint="Write one of them to a file.",
            field=wanted[1],
        )


_BODIES: Final = ("text", "html", "markdown")


def _path(text: str) -> Path:
    return expanded(Path(text))


def _header(text: str) -> tuple[str, str]:
    """Split at the first ``:`` or ``=``: no header's name has either."""
    ends = [at for at in (text.find(":"), text.find("=")) if at > 0]
    if not ends:
        raise FieldError(
            f"The header {text!r} has no name and value.",
            hint="Write --header NAME=VALUE.",
            field="header",
        )
    return text[: min(ends)], text[min(ends) + 1 :].strip(" \t")


def _path_of(text: str) -> tuple[str, dict[str, str]]:
    """Split ``PATH;name=NAME;type=TYPE``, in any order, from its end."""
    found: dict[str, str] = {}
    while (option := _FILE_OPTION.search(text)) is not None:
        found.setdefault(option[1], option[2])
        text = text[: option.start()]
    return text, found


def _attached(call: Call, text: str, *, content_id: str = "") -> FileToAttach:
    path, said = _path_of(text)
    return FileToAttach(
        source=_from_stdin(call, said) if path == STDIN else call.cwd / _path(path),
        name=said.get("name", ""),
        content_type=said.get("type", ""),
        content_id=content_id,
    )


def _from_stdin(call: Call, said: dict[str, str]) -> bytes:
    if not said.get("name"):
        raise FieldError(
            "What comes from stdin has no name to attach it under.",
            hint="Write --attach='-;name=report.pdf'.",
            field="attach",
        )
    return call.console.read(ATTACHMENT_LIMIT_BYTES + 1)


def _inline(call: Call, text: str) -> FileToAttach:
    content_id, equals, path = text.partition("=")
    if not equals or not content_id or not path:
        raise FieldError(
            f"The picture {text[:60]!r} has no Content-ID and path.",
            hint='Write --inline logo=logo.png, and <img src="cid:logo"> in the HTML.',
            field="inline",
        )
    return _attached(call, path, content_id=content_id)


def _pairs(typed: Iterable[str], *, field: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals or name in found:
            raise FieldError(
                f"{text[:60]!r} is not NAME=VALUE, or its name is there twice.",
                hint=f"Write --{field} NAME=VALUE, each name once.",
                field=field,
            )
        found[name] = value
    return found


def _merge_for(typed: Iterable[str]) -> dict[str, dict[str, str]]:
    by_address: dict[str, list[str]] = {}
    for text in typed:
        address, colon, pair = text.partition(":")
        if not colon:
            raise FieldError(
                f"{text[:60]!r} is not ADDRESS:NAME=VALUE.",
                hint="Write --merge-for bob@example.org:name=Bob.",
                field="merge-for",
            )
        by_address.setdefault(address, []).append(pair)
    return {
        address: _pairs(pairs, field="merge-for")
        for address, pairs in by_address.items()
    }


def _body(call: Call, kind: str) -> str:
    path: str | None = getattr(call.options, f"{kind}_file")
    text: str | None = getattr(call.options, kind)
    if text == STDIN:
        return _text(call, None, STDIN, field=kind)
    return _text(call, text, path, field=f"{kind}-file")


def _text(call: Call, text: str | None, path: str | None, *, field: str) -> str:
    if path is None:
        return text or ""
    if path != STDIN:
        return read_text(
            call.cwd / _path(path), name=path, field=field, limit_bytes=FILE_LIMIT_BYTES
        )
    content = call.console.read(FILE_LIMIT_BYTES + 1)
    return decoded(content, name="stdin", field=field, limit_bytes=FILE_LIMIT_BYTES)
