"""Whether an attachment that the text speaks of is there.

Only the author's own words count: what is quoted, forwarded or in a signature
speaks of somebody else's attachments.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity

PLACE_LIMIT: Final = 200

_PROMISES: Final = {
    "English": r"attached|attachments?|attaching|enclosed",
    "German": r"anhang|anhänge|angehängte?[nrsm]?|beigefügte?[nrsm]?|anbei|anlagen?"
    r"|hänge an",
    "French": r"pi[èe]ces? jointes?|ci-joint(?:e|s|es)?|joins à ce",
    "Spanish": r"adjunt(?:o|a|os|as|amos|é|ado|ada)",
    "Italian": r"allegat[oaie]|allego|alleghiamo",
    "Portuguese": r"anex(?:o|a|os|as|ado|ada|ei|amos)",
    "Dutch": r"bijlagen?|bijgevoegd|bijgaand",
    "Polish": r"załącznik(?:i|u|ach)?|załączeniu|załączamy?|załączon[yea]",
    "Swedish": r"bifoga(?:r|d|t|de)|bilag(?:a|or|an)",
    "Russian": r"вложени\w{1,2}|прилага(?:ю|ем|ется|ются)|прикреп\w{2,6}",
    "Czech": r"přílo(?:ha|hy|hou|hách|hu|ze)|přikládám|přiložen\w{0,3}",
}
_PROMISES_WITHOUT_SPACES: Final = {
    "Chinese": "附件|附上",
    "Japanese": "添付|同封",
    "Korean": "첨부",
}
_PROMISE: Final = re.compile(
    rf"\b(?:{'|'.join(_PROMISES.values())})\b"
    rf"|{'|'.join(_PROMISES_WITHOUT_SPACES.values())}",
    re.IGNORECASE,
)
_NAMED_FILE: Final = re.compile(
    r"(?<![\w/@.\\-])[\w-][\w.-]{0,80}"
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|csv|zip|jpe?g|png)\b",
    re.IGNORECASE,
)
_NOT_MINE_ANY_MORE: Final = re.compile(r"-- ?|_{10,}|-{3,} ?[^-].*[^-] ?-{3,}")
_QUOTED: Final = re.compile(r"\s*[>|]")


def check(draft: Draft, *, text: str) -> Iterator[Finding]:
    """Find a promised attachment that is missing.

    Args:
        draft: What is checked.
        text: What the receiver will read; quotes marked by ``>``.
    """
    mine = list(own_lines(text))
    promise = next((line for line in mine if _PROMISE.search(line)), None)
    if promise is None:
        return
    if not draft.attachments:
        yield _forgotten("The text speaks of an attachment, and there is none", promise)
        return
    names = {attachment.name.casefold() for attachment in draft.attachments}
    for line in mine:
        for found in _NAMED_FILE.findall(line):
            if found.casefold() not in names:
                yield _forgotten(f"The text names {found}, which is not attached", line)


def own_lines(text: str) -> Iterator[str]:
    """Yield the lines that the author wrote."""
    for line in text.splitlines():
        if _NOT_MINE_ANY_MORE.fullmatch(line.rstrip()):
            return
        if not _QUOTED.match(line):
            yield line


def _forgotten(what: str, place: str) -> Finding:
    return Finding(
        code="att.forgotten",
        severity=Severity.WARNING,
        field="attach",
        message=f"{what}.",
        hint="Attach the file, or change the text.",
        place=place.strip()[:PLACE_LIMIT],
    )
