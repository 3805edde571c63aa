"""What changed between two versions of a mail, as lines for people and programs.

Nothing here is made inert; the console does that to every line.
"""

from collections.abc import Callable, Iterable
from typing import Final

from tuimail.cli.table import local
from tuimail.core.address import Address, format_address, wire_address
from tuimail.core.diffs import Diff, DiffLine, Kind, diff
from tuimail.core.draft import Draft
from tuimail.workspace.documents import Document, service_facts

LONGEST: Final = 200
"""Lines that are shown of a diff."""
CONTEXT: Final = 1
_MORE: Final = "(There is more that changed.)"
_MARKS: Final = {Kind.REMOVED: ("[-", "-]"), Kind.ADDED: ("{+", "+}")}
_SIGNS: Final = {Kind.SAME: " ", Kind.REMOVED: "-", Kind.ADDED: "+"}


def compared(before: Draft, after: Draft, *, with_bcc: bool) -> Diff:
    """Return what changed in any field, in bounded time."""
    old, new = (comparable(one, with_bcc=with_bcc) for one in (before, after))
    return diff("\n".join(old), "\n".join(new))


def plain_lines(found: Diff) -> list[str]:
    """Return whole lines, each removed, added or beside one: ``-was``, ``+now``."""
    return _bounded(found, _plain)


def word_lines(found: Diff) -> list[str]:
    """Return lines in which what changed is marked: ``[-was-]{+now+}``."""
    return _bounded(found, _marked)


def document(found: Diff) -> Document:
    """Return the lines that changed, word by word, for programs."""
    changed = [line for line in found.lines if line.kind is not Kind.SAME]
    return {
        "is_complete": found.is_complete,
        "is_cut": found.is_cut,
        "lines": [
            {
                "kind": line.kind.value,
                "before": line.before or None,
                "after": line.after or None,
                "words": [[one.kind.value, one.text] for one in line.words],
            }
            for line in changed
        ],
    }


def people(addresses: Iterable[Address]) -> str:
    """Return addresses on one line, each domain as servers see it, too."""
    return ", ".join(map(_person, addresses))


def _person(address: Address) -> str:
    wire = wire_address(address)
    shown = format_address(address)
    return shown if wire == address.text else f"{shown} [{wire}]"


def further_facts(draft: Draft) -> Iterable[tuple[str, str]]:
    """Yield what is said of a mail beside whom it is from and for, with labels."""
    for name, value in draft.headers:
        yield "Header", f"{name}: {value}"
    if draft.priority:
        yield "Priority", draft.priority.value
    if draft.unsubscribe_url:
        yield "Unsubscribe", draft.unsubscribe_url
    for asked in service_facts(draft.service):
        yield "Provider", asked


def comparable(draft: Draft, *, with_bcc: bool) -> list[str]:
    """Return a draft as lines, so that any field that changed is seen."""
    return [
        f"From: {people((draft.sender,))}",
        f"To: {people(draft.to)}",
        f"Cc: {people(draft.cc)}",
        *([f"Bcc: {people(draft.bcc)}"] if with_bcc else []),
        f"Reply-To: {people(draft.reply_to)}",
        f"Subject: {draft.subject}",
        f"Account: {draft.account}",
        f"Expires: {local(draft.expires_at)}",
        *(f"{name}: {value}" for name, value in further_facts(draft)),
        *(
            f"Attachment: {one.name} {one.content_id} {one.digest}"
            for one in draft.attachments
        ),
        *draft.body.text.split("\n"),
        *draft.body.html.split("\n"),
    ]


def _bounded(found: Diff, told: Callable[[DiffLine], list[str]]) -> list[str]:
    lines: list[str] = []
    for line in found.around(CONTEXT):
        lines += ["…"] if line is None else told(line)
        if len(lines) > LONGEST:
            return [*lines[:LONGEST], _MORE]
    if found.is_cut:
        lines.append(_MORE)
    if not found.is_complete:
        lines.append("(Too much changed to compare it all: more is marked than did.)")
    return lines


def _plain(line: DiffLine) -> list[str]:
    if line.kind is not Kind.CHANGED:
        return [_SIGNS[line.kind] + line.text]
    sides = ((Kind.REMOVED, Kind.ADDED), (Kind.ADDED, Kind.REMOVED))
    return [
        _SIGNS[kind] + "".join(one.text for one in line.words if one.kind is not other)
        for kind, other in sides
    ]


def _marked(line: DiffLine) -> list[str]:
    if line.kind is not Kind.CHANGED:
        return _plain(line)
    begin_end = [(_MARKS.get(one.kind, ("", "")), one.text) for one in line.words]
    return ["~" + "".join(f"{begin}{text}{end}" for (begin, end), text in begin_end)]
