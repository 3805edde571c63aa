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

from tuimail.core.checks.hints import Hints
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex

LINE_LIMIT: Final = 10_000
"""Nobody writes longer lines; what comes after is data."""
NAMED_LIMIT: Final = 10
"""So many missing files are told one by one."""

_NOT_NUMBERED: Final = r"(?!\s+(?-i:[IVXLC]+|[A-Z]|\d{1,2})\b)"
"""Laws and books have annexes, which have a number or a letter."""
_PROMISES: Final = {
    "English": r"attached|enclosed"
    r"|(?:i ?am|i['\u2019]?m|we ?are|we['\u2019]re|also|^) attaching"
    r"|(?:i|we) (?:also |hereby |herewith )?attach"
    r"|(?:see|find|open|view|read|check|review|consult|refer to|look at|in|forgot"
    r"|forgotten"
    r"|here (?:is|are)|here['\u2019]s|(?:this time|now|again) with)"
    r" (?:(?:the|my|our|this|these|both|an?|following|pdf) ){1,2}attachments?"
    r"|(?:see|in|find|per) attachments?(?= *(?:[.,;:!)]|$))"
    r"|the attachments? (?:below|contains?|shows?|explains?|lists?|includes?|gives?)"
    r"|(?:(?:i|we)\b[^.?!]{1,60}|(?:is|are|comes?|sent"
    r"|follows?)) as (?:an )?attachments?"
    r"|^attachments?(?= *(?::|$))",
    "German": rf"(?:im|in (?:meinem|unserem|diesem)|als|siehe|s\."
    rf"|^) anhang{_NOT_NUMBERED}"
    r"|(?:den|die|siehe|s\.|in den) anh(?:ang|änge?n?) (?:bitte|öffnen|beachten|ansehen"
    r"|anschauen|lesen|prüfen|entnehmen|findest|finden)"
    r"|(?:beachten|öffnen|lesen|prüfen|sehen) sie (?:bitte )?(?:den|die"
    r"|im) anh(?:ang|änge)"
    r"|(?:diesmal|jetzt|nun|hier|nochmal|noch ?mal) (?:mit|der"
    r"|die) (?:dem )?anh(?:ang|änge)"
    r"|(?:in den|siehe) anhängen?|anhang(?= *:)"
    r"|angehängte?[nrsm]?|beigefügte?[nrsm]?|anbei"
    r"|(?:in der|in den|als|siehe|s\.|beiliegende) anlagen?|^anlagen?(?=\s*(?:\d|:))"
    r"|hänge (?:dir|euch|ihnen|ich|die|den|das|eine?n?)\b[^.!?]{0,80} an",
    "French": r"(?:en|voir|dans|ouvrir|consulter|lire|ouvrez|consultez|voici|trouverez)"
    r" (?:(?:la|les|ma|mes|nos|cette|ces) )?pi[èe]ces? jointes?"
    r"|^pi[èe]ces? jointes?(?= *(?::|$))"
    r"|ci-joint(?:e|s|es)?|ci-annexée?s?|joins à ce|en pj|^pj(?= *:)",
    "Spanish": r"^adjunt[oa]s?|adjunto (?:el|la|los|las|un|una|mis?|le|te|les"
    r"|encontrar\w*"
    r"|remito|envío|a (?:este|la presente))|adjuntamos|adjunté|(?:le|te|les|os) adjunto"
    r"|(?:ver|vea|véase|consulte|revise|revisa|abra|abre|mira|en|va|van|está|están"
    r"|viene"
    r"|vienen|envío|mando|remito)(?: [\w.]{1,20}){0,4} adjunt[oa]s?"
    r"|he adjuntado",
    "Italian": r"in allegat[oi]|allego|alleghiamo|^allegat[oaie](?= *:| (?:alla"
    r"|trov\w+|il"
    r"|la|i|le|un|una|si|ecco))"
    r"|(?:vedi|veda|vedere|trovi|trova|trovate|ecco|invio|mando|apri|apra)"
    r"(?: [\w.'\u2019]{1,20}){0,4}[ '\u2019]allegat[oaie]|ho allegato",
    "Portuguese": rf"em anexo{_NOT_NUMBERED}|anex(?:ei|amos)|anexo (?:o|a|os|as|um"
    rf"|uma|segue)"
    r"|(?:segue|seguem|vai|vão|veja|ver|envio|está"
    r"|estão)(?: [\w.]{1,20}){0,4} anex[oa]s?",
    "Dutch": rf"(?:in (?:de )?|zie (?:de )?|als )bijlagen?{_NOT_NUMBERED}"
    r"|^bijlagen?(?= *:)|bijgevoegde?|bijgaande?",
    "Polish": rf"w załącz(?:niku|nikach|eniu){_NOT_NUMBERED}|załączamy?|załączon[yea]"
    r"|(?:zobacz|patrz|zob\.|otwórz) załącznik\w{0,3}|^załączniki?(?= *:)",
    "Swedish": rf"bifoga(?:r|d|t|de)|(?:i|se|som|öppna) bilag(?:a|an|or"
    rf"|orna){_NOT_NUMBERED}",
    "Danish and Norwegian": r"vedhæft(?:et|ede|er)|vedlagte?|vedlegger"
    rf"|(?:i|se|som|åpne) vedlegg(?:et|ene)?{_NOT_NUMBERED}",
    "Finnish": rf"liitteenä|liitteessä{_NOT_NUMBERED}|liitetiedosto(?:na|ssa)",
    "Russian": r"(?:во?|смотри(?:те)?|см\.|откро(?:й|йте)) вложени\w{1,2}"
    r"|^вложени[ея](?= *:)|прилага(?:ю|ем|ется|ются)"
    r"|прикрепля(?:ю|ем)|прикрепил[аи]?|прикрепл[её]н\w{0,3}",
    "Czech": rf"(?:v|viz) přílo\w{{2,4}}{_NOT_NUMBERED}|^příloh[ay](?= *:)"
    r"|přikládám|přiložen\w{0,3}",
}
_PROMISES_WITHOUT_SPACES: Final = {
    "Chinese": "(?:查收|查看|查阅|查閱|参见|參見|参阅|詳見|详见|[见見]|打开|下载|在|看)"
    "[^。\uff0c]{0,4}附件|附件(?:是|为|為|中|里|裡|内|內|如下|[:\uff1a]|[请請]查)"
    "|^附件$|附上|附檔|[随隨]附",
    "Japanese": "添付(?:いたし|致し|しま|しており|しています|にて|で(?:お|送))"
    "|(?:添付|同封)の(?!上限|制限|可否|方法|有無|場合|際|サイズ)"
    "|添付ファイル(?:を(?:ご|御|お|参)|にて|で(?:お|送)|の(?:通|とお))|を(?:添付"
    "|同封)。?$"
    "|同封(?:いたし|致し|しま|しており)",
    "Korean": "첨부(?:합니|했|하였|해 ?드|드립|된 ?(?:파일|문서|자료)|와 같|하오니|[:]"
    "|(?: ?파일|물)(?:을|를)? ?(?:참조|확인|참고)| ?파일로)",
}
_STEMS: Final = Hints((
    "attach", "enclosed", "anhang", "anhäng", "angehäng", "beigefügt", "anbei",
    "anlage", "hänge", "joint", "annexé", "joins", "pj", "adjunt", "alleg", "anex",
    "bijlage", "bijgevoegd", "bijgaand", "załąc", "bifoga", "bilag", "vedhæft", "vedl",
    "liit", "вложени", "прилага", "прикреп", "přílo", "přiklád", "přilož",
    "附", "添付", "同封", "첨부",
))  # fmt: skip
"""One of these is in each: looking for words is much faster than for patterns."""
_PROMISE: Final = regex(
    rf"(?<!\w)(?:{'|'.join(_PROMISES.values())})(?!\w)"
    rf"|{'|'.join(_PROMISES_WITHOUT_SPACES.values())}",
    re.IGNORECASE,
)

_THIS_MAIL: Final = (
    r"(?:this|it\b|(?:the|my) (?:present )?(?:e-?mail|mail|message|letter|note))"
)
_THINGS: Final = (
    r"(?:storage |block |network |usb |external )?(?:volumes?|dis[ck]s?|drives?"
    r"|devices?"
    r"|storage|monitors?|displays?|screens?|debuggers?|process(?:es)?|sessions?"
    r"|terminals?"
    r"|consoles?|databases?|polic(?:y|ies)|roles?|networks?|interfaces?|cables?"
    r"|garages?"
    r"|houses?|bathrooms?|buildings?|listeners?|handlers?|instances?|nodes?|containers?"
    r"|servers?|probes?|sensors?|keyboards?|strings)"
)
"""What is attached to something else than a mail."""
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
    r"|enclosed (?:areas?|spaces?|rooms?)"
    r"|(?:if|when|whenever|once|unless|until|whether|after)\b[^.!?,;:]{0,40} attached"
    r"|(?:can|could|may|must|should|might|cannot|to|gets?|being) (?:be )?attached"
    rf"|attached (?:{_THINGS})|(?:{_THINGS}) (?:is|are|was|were|stays?) attached"
    r"|(?:could|can|would|will) you\b[^.?!]{0,80} (?:attachments?|attached)"
    r"|attachments? (?:names?|sizes?|limits?|fields?|types?|tables?|handling|icons?"
    r"|views?"
    r"|dialogs?|parsers?|stor(?:e|age)|uploads?|code|models?|headers?|folders?|ids?"
    r"|urls?"
    r"|previews?|buttons?|checks?|tests?)",
    "German": r"(?:ohne|keine?n?|ihre?n?|deine?n?|eure?n?) (?:anhang|anhänge|anlagen?)"
    r"|(?:nicht|nichts) (?:angehängt|beigefügt)"
    r"|hänge ich (?:sehr |so )?an"
    r"|(?:im|siehe|s\.) anhang (?:des|dieses|von|zur|zum"
    r"|(?:der|dieser|einer) [\w-]{0,30}?(?:norm|verordnung|richtlinie|satzung|dsgvo"
    r"|studie"
    r"|arbeit|dissertation|dokumentation|spezifikation|publikation|konvention"
    r"|vereinbarung))"
    r"|(?:können|könnten|kannst|könntest|würden|würdest) (?:sie|du|ihr)\b[^.?!]{0,80}"
    r" anh(?:ang|änge)|bitte [^.?!]{0,60}als anhang (?:zu |zurück)?(?:send|schick"
    r"|mail)\w{0,4}",
    "French": r"(?:sans|aucune|pas de|vos|votre|ta|tes) pi[èe]ces? jointes?"
    r"|(?:rien|pas) (?:de )?ci-joint"
    r"|(?:pouvez|pourriez|peux|pourrais)[ -](?:vous"
    r"|tu)\b[^.?!]{0,80} pi[èe]ces? jointes?",
    "Spanish": r"(?:directora?|subdirectora?|profesora?|fiscal|secretari[oa]|gerente"
    r"|general|editora?|jef[ea]|ministr[oa]|médic[oa]|comisari[oa]|alcald\w{1,3})"
    r" adjunt[oa]|(?:sin|tus?|sus?|ning[úu]n) (?:(?:archivo|fichero|documento)s? )?"
    r"adjuntos?|(?:puede|puedes|podría|podrías)\b[^.?!]{0,80} adjunt[oa]s?"
    r"|no (?:\w{1,10} )?adjunt(?:o|é|ado|amos)",
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
    r"|(?:можете|могли|можешь|пришлите)\b[^.?!]{0,80} вложени\w{1,2}"
    r"|прикрепл\w{1,6} к (?!письму|сообщению|этому)",
    "Czech": r"(?:bez|žádn\w{1,3}|vaše|tvoje) přílo\w{2,4}",
    "Chinese": "[请請需须須应應]附上|(?:没有|沒有|无|無|无需|不需要|你的"
    "|您的)附件|附件炎",
    "Japanese": "(?:添付|同封)(?:ファイル|資料)?(?:は|が|の)?(?:なし|無し|不要"
    "|ありません|ございません)|(?:添付|同封)(?:は|して|されて)(?:い|おり)?ません"
    "|(?:添付|同封)(?:して)?(?:いただ|頂|くださ|下さ)",
    "Korean": "첨부 ?(?:파일)?[은는이가]? ?(?:없|하지)|첨부해 ?주",
}
"""The same words where they promise nothing."""
_HARMLESS: Final = regex(
    "|".join(
        pattern if language in _PROMISES_WITHOUT_SPACES else rf"\b(?:{pattern})\b"
        for language, pattern in _OTHERWISE.items()
    ),
    re.IGNORECASE,
)
_ANSWER: Final = regex(
    r"\s*(?:re|fwd?|aw|wg|antw|sv|vs|tr|rif|res|enc|odp|rv|ynt|vl|回复|回覆"
    r"|答复|转发|轉寄)"
    r"(?:\[\d{1,3}\])?\s*[:\uff1a]",
    re.IGNORECASE,
)
_NAMED_FILE: Final = regex(
    r"(?<![\w/@.\\-])[\w-][\w.-]{0,80}"
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|csv|zip|jpe?g|png)\b",
    re.IGNORECASE,
)
_NOT_MINE_ANY_MORE: Final = regex(r"-- ?|_{10,}|-{3,} ?[^-].*[^-] ?-{3,}")
_QUOTED: Final = regex(r"\s*[>|]")


def check(draft: Draft, *, text: str) -> Iterator[Finding]:
    """Find a promised attachment that is missing.

    Args:
        draft: What is checked.
        text: What the receiver will read; quotes marked by ``>``.
    """
    stems = _stems(f"{draft.subject}\n{text}")
    mine = list(_own(draft, text)) if stems else []
    promise = next((line for line in mine if _promises(line, stems)), None)
    if promise is None:
        return
    if not any(_is_file(draft, attachment) for attachment in draft.attachments):
        yield _forgotten("The text speaks of an attachment, and there is none", promise)
        return
    yield from islice(_missing(draft, mine), NAMED_LIMIT)


def own_lines(text: str) -> Iterator[str]:
    """Yield the lines that the author wrote, without empty ones."""
    for line in filter(None, text.splitlines()):
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


def _stems(text: str) -> tuple[str, ...]:
    return tuple(_STEMS.found_in(normalize("NFC", text).lower()))


def _promises(line: str, stems: tuple[str, ...]) -> bool:
    composed = normalize("NFC", line[:LINE_LIMIT]).strip()
    plain = composed.lower()
    if not any(stem in plain for stem in stems):
        return False
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
