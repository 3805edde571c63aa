"""What a server's reply means: stage first, then code, then enhanced code.

Never by words: servers translate and decorate them. Where the first digits of
the code and of the enhanced code differ, the code rules and the other is not
looked at (RFC 5321 §4.2); what no row lists is judged by its first digit
(§4.2.1: a client that insists on 250 sends twice).

The rows marked *really temporary* say never and mean later: providers answer
so for limits that end by themselves.

Pure.
"""

from collections.abc import Container
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tuimail.core.http_reasons import HttpStage, http_meaning
from tuimail.core.patterns import regex
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    RecipientState,
    VerdictKind,
)
from tuimail.core.values import dataclass, replace


class Stage(StrEnum):
    """Where in the conversation a reply belongs."""

    CONNECT = "connect"
    """Nothing was read from the server yet."""
    GREETING = "greeting"
    """The server's first line."""
    EHLO = "ehlo"
    """Who is there, and what the server offers."""
    STARTTLS = "starttls"
    """The change to an encrypted connection."""
    AUTH = "auth"
    """The login, after its last step."""
    MAIL = "mail"
    """The return path was named."""
    RCPT = "rcpt"
    """A recipient was named."""
    DATA = "data"
    """Leave to send the content was asked for."""
    END_OF_DATA = "end_of_data"
    """The content is out, or the server spoke in the middle of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one reply means. Neither kind nor fault: go on."""

    kind: VerdictKind | None = None
    """For the recipient at ``rcpt``, else for everybody in the transaction."""
    fault: AccountFault | None = None
    """Why no message of the account would get through."""
    is_bad_address: bool = False
    """Refused because there is no such mailbox."""
    is_too_many_recipients: bool = False
    """Deferred only because others were named before: a new transaction for
    the rest may follow at once (RFC 5321 §4.5.3.1.10)."""
    enhanced: str = ""
    """The enhanced status code (RFC 3463) that the reply begins with."""
    wait: timedelta | None = None
    """The least time after which another try makes sense."""
    is_about_account: bool = False
    """The wait is for every message of the account, not only for this one."""


@dataclass(frozen=True, slots=True)
class _Row:
    stages: Container[Stage]
    codes: Container[int]
    enhanced: str
    """``*`` is any or none, ``-`` is none, a final dot begins a subject."""
    judgement: Judgement


GREYLIST_WAIT: Final = timedelta(minutes=5)
"""RFC 6647 §2.1: most greylists let nobody in sooner."""
SLOW_DOWN_WAIT: Final = timedelta(minutes=15)
"""After a rate limit, which a hasty retry only prolongs."""
QUOTA_WAIT: Final = timedelta(hours=24)
"""Daily shares are counted over the last 24 hours."""

_ENHANCED: Final = regex(r"(?:[2-5]\d\d[ -])?([245]\.\d{1,3}\.\d{1,3})(?!\S)")

_GO_ON: Final = Judgement()
_SENT: Final = Judgement(kind=VerdictKind.SENT)
_DEFER: Final = Judgement(kind=VerdictKind.DEFERRED)
_REFUSE: Final = Judgement(kind=VerdictKind.REFUSED)
_UNKNOWN: Final = Judgement(kind=VerdictKind.UNKNOWN)
_NO_SUCH_MAILBOX: Final = replace(_REFUSE, is_bad_address=True)
_NEXT_TRANSACTION: Final = replace(_DEFER, is_too_many_recipients=True)
_GREYLISTED: Final = replace(_DEFER, wait=GREYLIST_WAIT)
_SLOW_DOWN: Final = replace(_DEFER, wait=SLOW_DOWN_WAIT, is_about_account=True)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_NO_TLS: Final = Judgement(fault=AccountFault.CERTIFICATE)
_QUOTA: Final = Judgement(
    fault=AccountFault.QUOTA, wait=QUOTA_WAIT, is_about_account=True
)

_ANY: Final = frozenset(Stage)
_BEFORE: Final = frozenset({Stage.CONNECT, Stage.GREETING, Stage.EHLO})
_TRANSACTION: Final = frozenset({Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA})
_TLS: Final = frozenset({Stage.STARTTLS})
_AUTH: Final = frozenset({Stage.AUTH})
_RCPT: Final = frozenset({Stage.RCPT})
_DATA: Final = frozenset({Stage.DATA})
_END: Final = frozenset({Stage.END_OF_DATA})
_CONTENT: Final = _DATA | _END

_OKAY: Final = range(200, 300)
_MORE: Final = range(300, 400)
_LATER: Final = range(400, 500)
_NEVER: Final = range(500, 600)
_SILENCE: Final = (0,)

_ROWS: Final = (
    # The server's silence, and what is no reply at all.
    _Row(_END, _SILENCE, "*", _UNKNOWN),
    _Row(_ANY, _SILENCE, "*", _DEFER),
    # Yes. A server that wants no content before DATA was refused is confused.
    _Row(_END, _OKAY, "*", _SENT),
    _Row(_DATA, _OKAY, "*", _DEFER),
    _Row(_ANY, _OKAY, "*", _GO_ON),
    # Go on. A login that wants one more step after the last will never end.
    _Row(_DATA, _MORE, "*", _GO_ON),
    _Row(_END, _MORE, "*", _UNKNOWN),
    _Row(_AUTH, _MORE, "*", _LOGIN),
    _Row(_ANY, _MORE, "*", _DEFER),
    # Before a message is named, a refusal is about the session: one bad greeting
    # must not fail a queue (Postfix: smtp_skip_5xx_greeting).
    _Row(_BEFORE, _LATER, "*", _DEFER),
    _Row(_BEFORE, _NEVER, "*", _DEFER),
    _Row(_TLS, _LATER, "*", _DEFER),
    _Row(_TLS, _NEVER, "*", _NO_TLS),
    _Row(_AUTH, (421, 454), "4.7.", _SLOW_DOWN),
    _Row(_AUTH, _LATER, "*", _DEFER),
    _Row(_AUTH, _NEVER, "*", _LOGIN),
    # RFC 4954 §6: no message of the account would get further.
    _Row(_TRANSACTION, (530, 534, 535, 538), "*", _LOGIN),
    # Really temporary. Gmail: "Daily user sending limit exceeded".
    _Row(_TRANSACTION, (550,), "5.4.5", _QUOTA),
    # Really temporary. A Postfix milter that says reject where it means tempfail
    # (Delta Chat keeps the same row): "Service unavailable".
    _Row(_TRANSACTION, (550,), "5.5.0", _DEFER),
    # Rate limits. Microsoft: "Server busy".
    _Row(_TRANSACTION, (451,), "4.7.500", _SLOW_DOWN),
    _Row(_TRANSACTION, (421, 454), "4.7.", _SLOW_DOWN),
    # RFC 5321 §4.5.3.1.10: both codes can mean too many recipients, but an
    # enhanced code may say that it is the mailbox that is full.
    _Row(_RCPT, (452,), "4.5.3", _NEXT_TRANSACTION),
    _Row(_RCPT, (452,), "-", _NEXT_TRANSACTION),
    _Row(_RCPT, (552,), "5.5.3", _NEXT_TRANSACTION),
    _Row(_RCPT, (552,), "-", _NEXT_TRANSACTION),
    _Row(_RCPT, (450,), "*", _GREYLISTED),
    _Row(_RCPT, (451,), "4.7.1", _GREYLISTED),
    _Row(_CONTENT, (451,), "4.7.1", _GREYLISTED),
    _Row(_RCPT, _NEVER, "5.1.1", _NO_SUCH_MAILBOX),
    _Row(_RCPT, _NEVER, "5.1.2", _NO_SUCH_MAILBOX),
    _Row(_RCPT, _NEVER, "5.1.3", _NO_SUCH_MAILBOX),
    _Row(_RCPT, _NEVER, "5.1.6", _NO_SUCH_MAILBOX),
    _Row(_RCPT, _NEVER, "5.1.10", _NO_SUCH_MAILBOX),
    _Row(_RCPT, (551, 553), "-", _NO_SUCH_MAILBOX),
    # By the book.
    _Row(_ANY, _LATER, "*", _DEFER),
    _Row(_ANY, _NEVER, "*", _REFUSE),
)
"""The first row that fits decides; the last two and the ranges fit every code."""


def smtp_verdict(*, stage: Stage, code: int, text: str) -> Judgement:
    """Return what a reply means for the mail, or for the whole account.

    Args:
        stage: What the reply answers.
        code: The reply code; 0, or any number that is no reply code, means
            that no readable reply came.
        text: The rest of the reply, with or without the code in front. Only
            an enhanced code at its very beginning is read: digits further on
            are prose (RFC 2034 §4).
    """
    return _judged(stage, code, enhanced_code(text))


@lru_cache(maxsize=256)
def _judged(stage: Stage, code: int, enhanced: str) -> Judgement:
    """Return what is judged; a server says the same about most mail."""
    readable = code if code in range(200, 600) else 0
    judged = enhanced if enhanced.startswith(f"{readable // 100}.") else ""
    return replace(_judgement(stage, readable, judged), enhanced=enhanced)


def enhanced_code(text: str) -> str:
    """Return the enhanced status code that ``text`` begins with, or nothing."""
    found = _ENHANCED.match(text)
    return found[1] if found else ""


def _judgement(stage: Stage, code: int, enhanced: str) -> Judgement:
    return next(
        row.judgement
        for row in _ROWS
        if stage in row.stages and code in row.codes and _fits(row.enhanced, enhanced)
    )


def _fits(pattern: str, enhanced: str) -> bool:
    if pattern.endswith("."):
        return enhanced.startswith(pattern)
    return pattern in {"*", enhanced or "-"}


Outcome = VerdictKind | RecipientState | AccountFault
"""What a reason is asked for: a verdict, a recipient's state, or a fault."""

QUOTE_LIMIT: Final = 300
"""So much of a server's reply is quoted; the receipt keeps the rest."""

_FIXED: Final[dict[str, str]] = {
    VerdictKind.SENT: "Accepted by the provider",
    VerdictKind.QUEUED: "Queued by the provider",
    VerdictKind.UNKNOWN: "The whole message went out and no answer came, "
    "so it may have arrived",
    RecipientState.PENDING: "Not tried yet",
    RecipientState.FAILED: "Given up",
    AccountFault.LOGIN: "The server refused the user name or the password",
    AccountFault.CERTIFICATE: "The server did not prove who it is, "
    "or offers no encryption",
    AccountFault.SECRET: "The password of the account could not be read",
    AccountFault.QUOTA: "The account has sent all that its provider allows for now",
    AccountFault.SETTINGS: "The account cannot be used as it is set up",
}
"""Where the outcome alone says what a person has to know."""

_MEANINGS: Final[dict[str, str]] = {
    ".1.1": "There is no such mailbox",
    ".1.2": "There is no such mail domain",
    ".1.3": "The server cannot make sense of the address",
    ".1.6": "The mailbox has moved",
    ".1.7": "The server does not accept the sender's address",
    ".1.8": "The server does not accept the sender's address",
    ".1.10": "The domain takes no mail at all",
    ".1": "There is a problem with an address",
    "5.2.1": "The mailbox is switched off",
    ".2.2": "The mailbox is full",
    ".2.3": "The message is too big for this mailbox",
    ".2": "The mailbox cannot take mail right now",
    "5.2": "The mailbox cannot take the mail",
    ".3.1": "The server is out of space",
    ".3.4": "The message is too big for the server",
    ".3": "The server takes no mail right now",
    "5.3": "The server does not take this mail",
    "5.4.5": "The account has sent all that its provider allows for now",
    ".4": "The server has trouble passing mail on",
    "4.5.3": "There were too many recipients at once; the rest follows",
    "5.5.3": "There are too many recipients",
    ".5": "The server did not accept what it was told",
    ".6": "The server does not accept the content",
    "4.7.1": "The server asks to come back later",
    "4.7.12": "The server wants the password to be changed first",
    "4.7": "The server asks to slow down",
    ".7.8": "The server refused the user name or the password",
    ".7.9": "The server wants another way to log in",
    ".7": "The server's rules do not allow it",
}
"""By enhanced code (RFC 3463), its class left out where it changes nothing;
shorter keys are whole subjects. The longest key that fits is taken."""

_CODE_MEANINGS: Final = {
    421: "The server closed the connection for now",
    432: "The server wants the password to be changed first",
    450: "The mailbox cannot take mail right now",
    451: "The server has a problem of its own",
    452: "The server is out of space, or takes no more recipients at once",
    454: "The server cannot do that right now",
    551: "The mailbox is somewhere else",
    552: "The message is too big, or the mailbox is full",
    553: "The server does not take mail for this address",
}

OUR_DISK: Final = "disk"
"""Where our own disk did not take the mark that mail may leave."""
OUR_MACHINE: Final = "machine"
"""Where no server is asked, but a program or a folder of this machine."""
STOPPED: Final = "stopped"
"""Where somebody stopped the sender while nothing was out."""
NOT_REACHED: Final = "The server could not be reached"
"""How the reason begins where nobody answered at all."""
_STAGE_MEANINGS: Final[dict[str, str]] = {
    OUR_DISK: "This machine's disk failed before the message was handed over",
    OUR_MACHINE: "This machine did not take the message over",
    STOPPED: "The sender was stopped before the message was handed over",
    Stage.CONNECT: NOT_REACHED,
    Stage.GREETING: "The server takes no connections right now",
    Stage.EHLO: "The server did not say what it can do",
    Stage.STARTTLS: "The connection could not be encrypted",
    Stage.AUTH: "The login did not work this time",
    Stage.MAIL: "The server did not take the sender",
    Stage.RCPT: "The server did not take the recipient",
    Stage.DATA: "The server did not take the content",
    Stage.END_OF_DATA: "The server did not take the content",
}

_NAMED_BY_STAGE: Final = frozenset({
    Stage.CONNECT, Stage.STARTTLS, OUR_DISK, OUR_MACHINE, STOPPED,
})  # fmt: skip
"""Where it is clear without any reply what went wrong."""
_HTTP: Final = frozenset({HttpStage.REQUEST, HttpStage.REPLY})
_UNCLEAR: Final = (
    "The whole message went out and the answer does not say whether it was taken, "
    "so it may have arrived"
)


def reason(receipt: Receipt, outcome: Outcome) -> str:
    """Return one sentence that says why, and then what the server said.

    The first part is ours and plain; what follows the colon is the server's
    own text, cut and in one line, and untrusted.
    """
    plain = _FIXED.get(outcome) or _meaning(receipt, outcome)
    if outcome == VerdictKind.UNKNOWN and receipt.stage in _HTTP and receipt.code:
        plain = _UNCLEAR
    words = _quoted(receipt)
    return f"{plain}: {words}" if words else plain


def _meaning(receipt: Receipt, outcome: Outcome) -> str:
    if not receipt.code:
        return _without_reply(receipt, outcome)
    if receipt.stage in _HTTP:
        return http_meaning(receipt.code, is_out=receipt.stage == HttpStage.REPLY)
    if receipt.enhanced.startswith(str(receipt.code)[0]):
        for key in _keys(receipt.enhanced):
            if key in _MEANINGS:
                return _MEANINGS[key]
    by_stage = _STAGE_MEANINGS.get(receipt.stage, "The provider did not take it")
    return _CODE_MEANINGS.get(receipt.code, by_stage)


def _without_reply(receipt: Receipt, outcome: Outcome) -> str:
    if outcome != VerdictKind.DEFERRED:
        return "It cannot be sent this way"
    if receipt.stage in _NAMED_BY_STAGE:
        return _STAGE_MEANINGS[receipt.stage]
    return "The connection broke off before the message was handed over"


def _keys(enhanced: str) -> tuple[str, str, str, str]:
    number, subject, detail = (*enhanced.split("."), "", "")[:3]
    return (
        enhanced,
        f".{subject}.{detail}",
        f"{number}.{subject}",
        f".{subject}",
    )


def _quoted(receipt: Receipt) -> str:
    lines = receipt.text.splitlines()
    first = " ".join(lines[:1])
    rest = (line.removeprefix(receipt.enhanced) for line in lines[1:])
    words = " ".join(" ".join((first, *rest)).split())
    if receipt.code and not words.startswith(str(receipt.code)):
        words = f"{receipt.code} {words}".rstrip()
    return words if len(words) <= QUOTE_LIMIT else f"{words[:QUOTE_LIMIT]}…"
