"""What to do about a login that was refused: the reply, and what the service wants.

Servers say little, and what they say is for programs. By codes alone, never by
words: they are translated and decorated.

Pure.
"""

from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.settings.discovery.found import Found, Login

ANY: Final = ""
"""Stands for every code, or every enhanced code."""


@dataclass(frozen=True, slots=True)
class Row:
    """One reply, and what it means for a person."""

    code: str
    """SMTP reply code, or ``ANY``."""
    enhanced: str
    """Enhanced status code (RFC 3463), or ``ANY``."""
    hint: str
    """``{title}`` is the service."""


ROWS: Final = (
    # Google's support page 2461841: "534, 5.7.9 Application-specific password".
    Row("534", "5.7.9", "{title} wants an app password; your own never works."),
    Row("534", "5.7.14", "{title} wants you to log in with a browser first; then try "
        "again. An app password avoids that."),
    # RFC 4954 §6: 534 5.7.9, "authentication mechanism is too weak".
    Row("534", ANY, "{title} wants something stronger than that password: sign in "
        "there (OAuth), or use an app password."),
    # Exchange Online: "basic authentication is disabled", and its security defaults.
    Row("535", "5.7.139", "{title} switched logging in with passwords off. Sign in "
        "with Microsoft, or have who manages the mailbox allow SMTP AUTH."),
    Row("535", "5.7.3", "The password is wrong, or the mailbox may not send by SMTP: "
        "who manages it can allow SMTP AUTH."),
    Row("530", "5.7.57", "{title} does not let this mailbox log in by SMTP. Sign in "
        "with Microsoft instead."),
    # RFC 5248 §3: "user account disabled".
    Row("525", ANY, "The account is switched off at {title}: ask there."),
    Row(ANY, "5.7.13", "The account is switched off at {title}: ask there."),
    # RFC 4954 §6.
    Row("538", ANY, "The server wants encryption before a password: choose TLS."),
    Row("432", ANY, "{title} wants you to change your password first."),
    Row("454", ANY, "{title} cannot check passwords now: try again in some minutes."),
    Row("421", ANY, "{title} is busy, or saw too many failed logins: wait a while."),
    Row("504", ANY, "{title} does not know that kind of login."),
)  # fmt: skip
"""The first that matches counts; what none does is judged by what is wanted."""


def login_hint(said: str, way: Found) -> str:
    """Return what to do about a login that was refused.

    Args:
        said: The server's reply, beginning with its code where there was one.
        way: Where the login was tried.
    """
    return reply_hint(said, way) or wanted(way)


def reply_hint(said: str, way: Found) -> str:
    """Return what a reply alone says to do; empty where it says nothing special."""
    code, enhanced = codes(said)
    for row in ROWS:
        if row.code in {ANY, code} and row.enhanced in {ANY, enhanced}:
            return row.hint.format(title=way.title.removesuffix(_OVER_SMTP))
    return ""


def codes(said: str) -> tuple[str, str]:
    """Return the reply code and the enhanced code that ``said`` begins with."""
    found = _CODES.match(said)
    return (found["code"] or "", found["enhanced"] or "") if found else ("", "")


def wanted(way: Found) -> str:
    """Return what a service wants, as an answer to whoever showed it another thing."""
    kinds = frozenset(way.logins)
    title = way.title.removesuffix(_OVER_SMTP)
    if kinds <= _FROM_PEOPLE:
        return _WRONG
    if Login.PASSWORD in kinds:
        return _MAYBE.format(title=title)
    if way.advice:
        return way.advice
    words = dict.fromkeys(_WORDS[one] for one in Login if one in kinds)
    return f"{title} wants {' or '.join(words)}; a normal password never works."


_CODES: Final = regex(
    r"(?:(?P<code>[2-5]\d\d)[ -]?)?\s*(?P<enhanced>[245]\.\d{1,3}\.\d{1,3})?"
)
_OVER_SMTP: Final = " over SMTP"
"""How our table tells two ways out of one service apart."""
_FROM_PEOPLE: Final = frozenset({Login.PASSWORD, Login.NONE})
_WORDS: Final = {
    Login.PASSWORD: "a password",
    Login.APP_PASSWORD: "an app password",
    Login.AUTHORIZATION_CODE: "an authorization code",
    Login.TOKEN: "a key that may send",
    Login.BRIDGE: "the password that its bridge shows",
    Login.GOOGLE: "OAuth",
    Login.MICROSOFT: "OAuth",
    Login.NONE: "nothing",
}
_WRONG: Final = (
    "The user name or the password is wrong. Some servers want only what stands "
    "before the @ as the name, or a password made for programs."
)
_MAYBE: Final = (
    "The user name or the password is wrong. With two-step login, {title} wants an "
    "app password instead of the usual one."
)
