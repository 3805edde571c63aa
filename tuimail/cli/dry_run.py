"""Exactly what would be sent: to whom, what else is asked, and every byte.

Read back from the rendered message, not from what was typed. Blind copies are
named, because whoever tries a mail out asks for all of it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.delivery import record_lines, say_findings
from tuimail.core import compose
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.preview import PartView, Preview, preview
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.workspace.documents import (
    Document,
    record_document,
    service_document,
    service_facts,
)
from tuimail.workspace.views import Page
from tuimail.workspace.workspace import Workspace

INDENT: Final = "  "
MOST_SHOWN: Final = 4_000
"""Characters of what is handed on; attachments are in it."""


def print_dry_run(call: Call, workspace: Workspace, page: Page) -> None:
    """Print the record of a dry run and everything that would be sent."""
    document, lines = dry_run_of(workspace, page)
    if call.console.is_json:
        call.console.document(document)
        return
    call.console.data(*record_lines(page), *lines)
    say_findings(call, page, with_bcc=True)


def dry_run_of(workspace: Workspace, page: Page) -> tuple[Document, Iterable[str]]:
    """Return everything that would be sent, for programs and for people.

    The lines for people come after those of the record.
    """
    message = workspace.drafts.message_bytes(page.row.id)
    envelope, seen = compose.envelope(page.draft), preview(message)
    block = message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    handed_on = _handed_on(workspace, page)
    return (
        record_document(page, with_bcc=True)
        | _document(page.draft, envelope, seen)
        | {"handed_on": handed_on},
        (*_lines(page, envelope, seen, block), *_handed_on_lines(handed_on)),
    )


def _handed_on(workspace: Workspace, page: Page) -> str | None:
    """Return what the provider is handed instead; that it refuses is a finding."""
    try:
        found = workspace.drafts.handed_on(page.row.id)
    except (ConfigurationError, UnsupportedFeatureError):
        return None
    return None if found is None else found.decode("utf-8", "replace")


def _handed_on_lines(handed_on: str | None) -> Iterator[str]:
    if handed_on is None:
        return
    shown = handed_on[:MOST_SHOWN]
    yield from _section("What the provider gets, made from that", _barred(shown))
    if len(handed_on) > len(shown):
        yield f"{INDENT}… {len(handed_on) - len(shown)} more characters"


def _document(draft: Draft, envelope: Envelope, seen: Preview) -> Document:
    return {
        "envelope": {
            "from": envelope.return_path,
            "recipients": [
                {
                    "role": one.role.value,
                    "address": one.address,
                    "wire_address": one.wire_address,
                }
                for one in envelope.recipients
            ],
            "smtputf8": envelope.needs_smtputf8,
        },
        "service": service_document(draft.service),
        "headers": [list(header) for header in seen.headers],
        "text": seen.text,
        "html_text": seen.html_text,
        "links": [
            {"text": one.text, "target": one.target, "host": one.host}
            for one in seen.links
        ],
        "parts": [_part_document(one) for one in seen.parts],
        "source": seen.source.replace("\n", "\r\n"),
        "is_source_cut": seen.is_source_cut,
    }


def _part_document(part: PartView) -> Document:
    return {
        "depth": part.depth,
        "content_type": part.content_type,
        "name": part.name,
        "disposition": part.disposition,
        "content_id": part.content_id,
        "encoding": part.encoding,
        "charset": part.charset,
        "size_bytes": part.size_bytes,
        "encoded_bytes": part.encoded_bytes,
    }


def _lines(page: Page, envelope: Envelope, seen: Preview, block: str) -> Iterator[str]:
    yield from _section("Envelope", _envelope(envelope))
    yield from _section(
        "For the provider, beside the message", service_facts(page.draft.service)
    )
    yield from _section("Headers", block.split("\r\n"))
    yield from _section("Parts", map(_part, seen.parts))
    yield from _section("Text", _barred(seen.text))
    yield from _section("HTML as text", _barred(seen.html_text or ""))
    yield from _section("Links", (f"{one.target}" for one in seen.links))
    yield ""
    yield f"The bytes: tuimail show {page.row.id} --raw"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"{title}:"
        yield from (f"{INDENT}{line}" for line in found)


def _envelope(envelope: Envelope) -> Iterator[str]:
    yield f"from: {envelope.return_path}"
    for one in envelope.recipients:
        yield f"{one.role.value}: {one.wire_address}"
    if envelope.needs_smtputf8:
        yield "needs SMTPUTF8"


def _part(part: PartView) -> str:
    facts = (part.name, part.disposition, part.content_id, part.encoding)
    said = ", ".join(fact for fact in facts if fact)
    size = f"{part.size_bytes} B" if not part.is_container else ""
    return f"{INDENT * part.depth}{part.content_type}  {size}  {said}".rstrip()


def _barred(text: str) -> Iterator[str]:
    """Yield lines behind a bar, so that no mail can pretend to be one of ours."""
    return (f"| {line}" for line in text.split("\n")) if text else iter(())
