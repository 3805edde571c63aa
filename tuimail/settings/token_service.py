"""One question to a token endpoint (RFC 6749 §6): a fresh token for an old one.

Blocks for as long as its time limit. Nothing is followed, and no proxy is taken
from the environment: what is sent is as good as a password.

The rule kept here: who answers in a way that nobody promised may do better
later; a refusal in the service's own words is one, and a person has to act.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings.files import is_unicode
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.services import how_to_sign_in
from tuimail.settings.waiting import attempt

USUAL_LIFE: Final = timedelta(hours=1)
"""Where the service does not say how long a token lasts (RFC 6749 §5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a token endpoint handed out."""

    access_token: str = field(repr=False)
    life: timedelta
    refresh_token: str = field(default="", repr=False)
    """A new one in the old one's place; empty where that stays good."""
    scope: str = ""
    """What it is for, where the service says so."""


def refresh(
    oauth: OAuth,
    *,
    account: str,
    refresh_token: str,
    client_secret: str = "",
    limit: timedelta,
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Granted:
    """Return a fresh access token.

    Args:
        oauth: Whom to ask, and as which program.
        account: Name of the account, for errors.
        refresh_token: What shows that a person consented once.
        client_secret: What the program itself shows, where one is wanted.
        limit: How long it may take altogether.
        context: Whom to trust.

    Raises:
        TemporarySecretError: No answer, or none that makes sense.
        SecretError: The service refuses; the text says why, and repeats nothing
            of what it was shown.
    """
    shown = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": oauth.client_id,
        "client_secret": client_secret,
        "scope": oauth.scope,
    }
    try:
        return granted(
            oauth,
            account=account,
            shown=shown,
            secrets=(refresh_token, client_secret),
            limit=limit,
            context=context,
        )
    except TemporarySecretError as error:
        error.hint = "It is asked again later."
        raise


def granted(
    oauth: OAuth,
    *,
    account: str,
    shown: Mapping[str, str],
    secrets: tuple[str, ...],
    limit: timedelta,
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> Granted:
    """Return what the token endpoint hands out for what it is shown.

    Args:
        oauth: Whom to ask.
        account: Name of the account, for errors.
        shown: The fields of the form; empty ones are left out.
        secrets: What no error may repeat.
        limit: How long it may take altogether.
        context: Whom to trust.

    Raises as ``refresh`` does.
    """
    status, answer = answered(
        oauth,
        account=account,
        url=oauth.endpoint,
        shown=shown,
        limit=limit,
        context=context,
    )
    return judged(oauth, account, status, answer, secrets)


def answered(
    oauth: OAuth,
    *,
    account: str,
    url: str,
    shown: Mapping[str, str],
    limit: timedelta,
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON that a form posted to ``url`` is answered.

    Raises:
        TemporarySecretError: No answer.
        SecretError: The server did not prove who it is.
    """
    form = urlencode({key: value for key, value in shown.items() if value})
    asked = attempt(limit, lambda: _answer(url, form, limit, context))
    try:
        status, body = asked.result()
    except ssl.SSLCertVerificationError as error:
        raise _refused(
            oauth, account, f"did not prove who it is: {error.verify_message}"
        ) from None
    except TimeoutError:
        seconds = limit.total_seconds()
        raise _later(oauth, f"did not answer within {seconds:g} seconds") from None
    except (OSError, HTTPException, ValueError) as error:
        raise _later(oauth, f"cannot be reached: {_in_short(error)}") from None
    return status, _parsed(body)


def _answer(
    url: str, form: str, limit: timedelta, context: Callable[[], ssl.SSLContext]
) -> tuple[int, bytes]:
    where = urlsplit(url)
    seconds = limit.total_seconds()
    host = where.hostname or ""
    if where.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(
            host, where.port, timeout=seconds, context=context()
        )
    else:
        connection = HTTPConnection(host, where.port, timeout=seconds)
    try:
        connection.request(
            "POST", where._replace(scheme="", netloc="").geturl() or "/", form, _HEADERS
        )
        response = connection.getresponse()
        return response.status, response.read(_MOST_BYTES)
    finally:
        connection.close()


def judged(
    oauth: OAuth,
    account: str,
    status: int,
    answer: dict[str, Any],
    secrets: tuple[str, ...],
) -> Granted:
    """Return what an answer hands out; raises as ``refresh`` does."""
    token = answer.get("access_token")
    if status == _OKAY and isinstance(token, str) and _TOKEN.fullmatch(token):
        return Granted(
            access_token=token,
            life=_life(answer.get("expires_in")),
            refresh_token=_new(answer.get("refresh_token")),
            scope=_line(answer.get("scope")),
        )
    raise refusal(oauth, account, status, answer, secrets)


def refusal(
    oauth: OAuth,
    account: str,
    status: int,
    answer: dict[str, Any],
    secrets: tuple[str, ...],
) -> SecretError:
    """Return what an answer means that hands out nothing: later, or never."""
    is_busy = status in _BUSY or answer.get("error") in _NOT_NOW
    if status in _WRONG and not is_busy:
        return _refused(oauth, account, _words(status, answer, secrets))
    return _later(oauth, f"answers {status} and no token")


def _words(status: int, answer: dict[str, Any], secrets: tuple[str, ...]) -> str:
    """Return what the service says; nothing that repeats what it was shown."""
    code = _clean(_line(answer.get("error")), secrets)
    named = f" ({code})" if _CODE.fullmatch(code) else ""
    more = _clean(_line(answer.get("error_description")), secrets)
    words = " ".join(more.split())[:_MOST_WORDS]
    said = f" {words.rstrip('.')}" if words else ""
    return f"answers {status}{named}{':' if said else ''}{said}"


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text that has no secret in it, also not as a form has it."""
    both = (text, unquote_plus(text))
    is_told = any(secret and secret in one for one in both for secret in secrets)
    return "" if is_told else text


def _life(seconds: object) -> timedelta:
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds[:_MOST_DIGITS])
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
        return USUAL_LIFE
    return timedelta(seconds=min(seconds, _LONGEST_SECONDS))


def _new(token: object) -> str:
    is_one = isinstance(token, str) and _TOKEN.fullmatch(token)
    return str(token) if is_one else ""


def _line(text: object) -> str:
    """Return a text that can be written; JSON may hold halves of characters."""
    return text if isinstance(text, str) and is_unicode(text) else ""


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _in_short(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it does not speak HTTP"


def _later(oauth: OAuth, what: str) -> TemporarySecretError:
    return TemporarySecretError(
        f"The token service {oauth.host} {what}.",
        hint="Try again.",
        field="password",
    )


def _refused(oauth: OAuth, account: str, what: str) -> SecretError:
    return SecretError(
        f"The token service {oauth.host} {what}.",
        hint=how_to_sign_in(oauth, account),
        field="password",
    )


_OKAY: Final = 200
_WRONG: Final = range(400, 500)
_BUSY: Final = (408, 425, 429)
_NOT_NOW: Final = ("server_error", "temporarily_unavailable")
_TOKEN: Final = regex(r"[!-~]{1,20000}")
_CODE: Final = regex(r"[A-Za-z0-9_.-]{1,64}")
_MOST_BYTES: Final = 256 * 1024
_MOST_WORDS: Final = 200
_MOST_DIGITS: Final = 9
_LONGEST_SECONDS: Final = 24 * 3600
_HEADERS: Final = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "tuimail",
}
