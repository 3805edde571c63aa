"""Whether an attachment that the text speaks of is there.

Only the author's own words count: what is quoted, forwarded or in a signature
speaks of somebody else's attachments, and so does the subject of an answer. What
denies an attachment, speaks of the reader's, or uses the word otherwise is taken
out before anything is looked for.

Pure.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from unicodedata import normalize

from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import Finding, Severity

PLACE_LIMIT: Final = 200
NAMED_LIMIT: Final = 10
"""So many missing files are told one by one."""

_PROMISES: Final = {
    "English": r"attached|attachments?|attaching|enclosed",
    "German": r"anhang|anhänge|angehängte?[nrsm]?|beigefügte?[nrsm]?|anbei"
    r"|(?:in der|in den|als|siehe|s\.|beiliegende) anlagen?|^anlagen?(?=\s*(?:\d|:))"
    r"|hänge (?:dir|euch|ihnen|ich|die|den|das|eine?n?)\b[^.!?]{0,80} an",
    "French": r"pi[èe]ces? jointes?|ci-joint(?:e|s|es)?|ci-annexée?s?|joins à ce|en pj",
    "Spanish": r"adjunt(?:o|a|os|as|amos|é|ado|ada)",
    "Italian": r"allegat[oaie]|allego|alleghiamo",
    "Portuguese": r"anex(?:o|a|os|as|ado|ada|ei|amos)",
    "Dutch": r"bijlagen?|bijgevoegde?|bijgaande?",
    "Polish": r"załącznik(?:i|u|ach|iem|ami)?|załączeniu|załączamy?|załączon[yea]",
    "Swedish": r"bifoga(?:r|d|t|de)|bilag(?:a|or|an)",
    "Danish and Norwegian": r"vedhæft(?:et|ede|er)|vedlagte?|vedlegg(?:et)?",
    "Finnish": r"liitteenä|liitteessä|liitetiedosto(?:na|ssa)?",
    "Russian": r"вложени[еия]|вложени(?:ю|ем|ях)|прилага(?:ю|ем|ется|ются)"
    r"|прикреп\w{2,6}",
    "Czech": r"přílo(?:ha|hy|hou|hách|hu|ze)|přikládám|přiložen\w{0,3}",
}
_PROMISES_WITHOUT_SPACES: Final = {
    "Chinese": "附件|附上|附檔",
    "Japanese": "添付|同封",
    "Korean": "첨부",
}
_PROMISE: Final = re.compile(
    rf"\b(?:{'|'.join(_PROMISES.values())})\b"
    rf"|{'|'.join(_PROMISES_WITHOUT_SPACES.values())}",
    re.IGNORECASE,
)

_THIS_MAIL: Final = (
    r"(?:this|it\b|(?:the|my) (?:present )?(?:e-?mail|mail|message|letter|note))"
)
_OTHERWISE: Final = {
    "English": r"(?:no|not|never|nothing|without|\w{2,6}n['\u2019]t)"
    r"(?: (?:an?|any|be|been|have|has|is|was|yet|the|need|needed)){0,2}"
    r" (?:attached|attachments?|attaching|enclosed)"
    r"|your attachments?|you(?:['\u2019]ve| have| had)? (?:attached|enclosed)"
    r"|(?:thanks|thank you|thx) for (?:the|all|these) attachments?"
    r"|(?:got|received|opened|downloaded|resend|re-send) (?:the|all|both) attachments?"
    r"|attachments? (?:that )?you|attachments? (?:style|theory|disorder|parenting)"
    r"|(?:emotionally|deeply|strings|very|too|so|more) attached"
    rf"|attached to (?!{_THIS_MAIL})|enclosed (?:in|by|within) (?!{_THIS_MAIL})"
    r"|enclosed (?:areas?|spaces?|rooms?)",
    "German": r"(?:ohne|keine?n?|ihre?n?|deine?n?|eure?n?) (?:anhang|anhänge|anlagen?)"
    r"|(?:nicht|nichts) (?:angehängt|beigefügt)"
    r"|hänge ich (?:sehr |so )?an",
    "French": r"(?:sans|aucune|pas de|vos|votre|ta|tes) pi[èe]ces? jointes?"
    r"|(?:rien|pas) (?:de )?ci-joint",
    "Spanish": r"(?:directora?|subdirectora?|profesora?|fiscal|secretari[oa]|gerente"
    r"|general|editora?|jef[ea]|ministr[oa]|médic[oa]|comisari[oa]|alcald\w{1,3})"
    r" adjunt[oa]|(?:sin|tus?|sus?|ning[úu]n) (?:(?:archivo|fichero|documento)s? )?"
    r"adjuntos?|no (?:\w{1,10} )?adjunt(?:o|é|ado|amos)",
    "Italian": r"(?:senza|nessun|tuoi?|suoi?|vostr[oi]|non|non ho|non c'è) allegat[oi]",
    "Portuguese": r"(?:sem|nenhum|seus?|não|não foi|edifício|prédio)"
    r" anex(?:os?|ado|ei)",
    "Dutch": r"(?:zonder|geen|je|jouw|uw|niet) (?:bijlagen?|bijgevoegd)",
    "Polish": r"(?:bez|brak|nie|nie ma|tw[oó]je?|twój) załąc\w{3,6}",
    "Swedish": r"(?:utan|ingen|inga|inte|din|dina|er) (?:bilag\w{1,2}|bifoga\w{1,2})",
    "Danish and Norwegian": r"(?:uden|uten|ingen|ikke|din|dit|ditt)"
    r" (?:vedhæftet|vedhæftede|vedlagt|vedlegg)",
    "Russian": r"(?:без|нет|ваш\w{0,2}|тво\w{1,2}|капитальн\w{2,3}|финансов\w{2,3}"
    r"|денежн\w{2,3}) вложени\w{1,2}|прилага\w{2,4} (?:все |максимум )?усили\w{1,2}"
    r"|прикрепл\w{1,6} к (?!письму|сообщению|этому)",
    "Czech": r"(?:bez|žádn\w{1,3}|vaše|tvoje) přílo\w{2,4}",
    "Chinese": "(?:没有|沒有|无|無|无需|不需要|你的|您的)附件|附件炎",
    "Japanese": "(?:添付|同封)(?:ファイル|資料)?(?:は|が|の)?(?:なし|無し|不要"
    "|ありません|ございません)|(?:添付|同封)(?:は|して|されて)(?:い|おり)?ません"
    "|(?:添付|同封)(?:して)?(?:いただ|頂|くださ|下さ)",
    "Korean": "첨부 ?(?:파일)?[은는이가]? ?(?:없|하지)|첨부해 ?주",
}
"""The same words where they promise nothing."""
_HARMLESS: Final = re.compile(
    "|".join(
        pattern if language in _PROMISES_WITHOUT_SPACES else rf"\b(?:{pattern})\b"
        for language, pattern in _OTHERWISE.items()
    ),
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(
    r"\s*(?:re|fwd?|aw|wg|antw|sv|vs|tr|rif|res|enc|odp|rv|ynt|vl|回复|回覆|答复|转发|轉寄)"
    r"(?:\[\d{1,3}\])?\s*[:\uff1a]",
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
    mine = list(_own(draft, text))
    promise = next((line for line in mine if _promises(line)), None)
    if promise is None:
        return
    if not any(_is_file(draft, attachment) for attachment in draft.attachments):
        yield _forgotten("The text speaks of an attachment, and there is none", promise)
        return
    yield from islice(_missing(draft, mine), NAMED_LIMIT)


def own_lines(text: str) -> Iterator[str]:
    """Yield the lines that the author wrote."""
    for line in text.splitlines():
        if _NOT_MINE_ANY_MORE.fullmatch(line.rstrip()):
            return
        if not _QUOTED.match(line):
            yield line


def _own(draft: Draft, text: str) -> Iterator[str]:
    if not draft.in_reply_to and not _ANSWER.match(draft.subject):
        yield draft.subject
    yield from own_lines(text)


def _is_file(draft: Draft, attachment: Attachment) -> bool:
    """Return whether the reader sees a file, and not a picture in its place."""
    return not (attachment.is_inline and draft.body.html)


def _promises(line: str) -> bool:
    composed = normalize("NFC", line).strip()
    if _PROMISE.search(composed) is None:
        return False
    return _PROMISE.search(_HARMLESS.sub(" ", composed)) is not None


def _missing(draft: Draft, lines: list[str]) -> Iterator[Finding]:
    """Yield a finding for each file that is named and not attached."""
    seen: set[str] = set()
    attached = tuple(_folded(attachment.name) for attachment in draft.attachments)
    for line in lines:
        for found in _NAMED_FILE.findall(line):
            name = _folded(found)
            if name not in seen and not any(one.endswith(name) for one in attached):
                yield _forgotten(f"The text names {found}, which is not attached", line)
            seen.add(name)


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _forgotten(what: str, place: str) -> Finding:
    return Finding(
        code="att.forgotten",
        severity=Severity.WARNING,
        field="attach",
        message=f"{what}.",
        hint="Attach the file, or change the text.",
        place=place.strip()[:PLACE_LIMIT],
    )
