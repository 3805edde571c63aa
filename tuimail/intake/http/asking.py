"""What a request says before its body: names, lengths, kinds and tokens. Pure.

Each function looks at one thing of an ASGI scope, and refuses it or returns it.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote

from starlette.types import Scope

from tuimail.core.patterns import regex
from tuimail.intake.http.refusals import CLOSING, RefusedError, refused

_MOST_PARAMETERS: Final = 20
_WHOLE: Final = regex(rb"(?i:http)://(?P<host>[^/]*)(?P<path>/.*)?", re.DOTALL)
_BEARER: Final = regex(r"(?i:bearer) +([!-~]{1,1000})")
_TOKEN: Final = regex(r"\btm_[A-Za-z0-9_-]{16,}")
"""How our own tokens look, so that one in a wrong place is noticed."""
_TOKEN_NAMES: Final = frozenset(
    {"token", "access_token", "api_key", "apikey", "key", "jwt", "authorization"}
)


def header(scope: Scope, name: str) -> str:
    """Return the value of a header that may be there once; empty where it is not.

    Raises:
        RefusedError: It is there more than once, so that two could read two things.
    """
    found = list(_values(scope, name.lower().encode()))
    if len(found) > 1:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "header",
            f"The header {name} is there {len(found)} times.",
            hint="Send it once.",
            field=name.lower(),
            headers=CLOSING,
        )
    return found[0] if found else ""


def in_origin_form(scope: Scope) -> tuple[Scope, str | None]:
    """Return the request as one for a path, and the host that stood before that.

    A server has to take whole addresses, too (RFC 9112 §3.2.2); programs that were
    told of a proxy send them. None where there was no host.
    """
    found = _WHOLE.fullmatch(scope["raw_path"])
    if found is None:
        return scope, None
    raw = found["path"] or b"/"
    path = unquote(raw.decode("latin-1"))
    return {**scope, "raw_path": raw, "path": path}, found["host"].decode("latin-1")


def require_host(
    scope: Scope, allowed: frozenset[str], *, addressed: str | None = None
) -> None:
    """Refuse a request that was meant for another name (DNS rebinding).

    Args:
        scope: Of the request.
        allowed: Our names.
        addressed: The one in a whole address; it has to be ours as well, because
            a page that has another as ``Host`` is another page.

    Raises:
        RefusedError: Its ``Host`` is not one of ours, or not there.
    """
    named = header(scope, "Host")
    for host in (named, named if addressed is None else addressed):
        if host.lower() not in allowed:
            raise refused(
                HTTPStatus.FORBIDDEN,
                "host",
                f"This is not {host[:100]!r}." if host else "No Host was named.",
                hint=f"Ask for it as {min(allowed)}.",
                field="host",
            )


def refuse_pages(scope: Scope) -> None:
    """Refuse what a browser sends for a web page: programs have no ``Origin``.

    Raises:
        RefusedError: There is one, whichever it is; or the browser says that a
            page asks (Fetch Metadata).
    """
    site = header(scope, "Sec-Fetch-Site")
    if list(_values(scope, b"origin")) or site not in {"", "none"}:
        raise refused(
            HTTPStatus.FORBIDDEN,
            "origin",
            "Web pages may not ask here.",
            hint="Ask from a program, without the header Origin.",
            field="origin",
        )


def require_one_length(scope: Scope) -> None:
    """Refuse a body with two ends, which two readers may find in two places.

    RFC 9112 §6.1 lets a server refuse a length beside chunks, and has it close
    the connection then.

    Raises:
        RefusedError: Both lengths are told, or one that is none.
    """
    length, chunks = header(scope, "Content-Length"), header(scope, "Transfer-Encoding")
    if length and chunks:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "length",
            "The request has a Content-Length and chunks.",
            hint="Send one of the two.",
            field="content-length",
            headers=CLOSING,
        )


def length_of(scope: Scope) -> int:
    """Return how long the body says it is; 0 where there is none or it is not said."""
    length = header(scope, "Content-Length")
    return int(length) if length.isdecimal() and length.isascii() else 0


def has_body(scope: Scope) -> bool:
    """Return whether a body follows."""
    return length_of(scope) > 0 or bool(header(scope, "Transfer-Encoding"))


def require_json(scope: Scope) -> None:
    """Refuse what an HTML form could send.

    Raises:
        RefusedError: The body is not said to be JSON in UTF-8, or is compressed.
    """
    kind, _, rest = header(scope, "Content-Type").partition(";")
    charset = rest.strip().lower().removeprefix("charset=").strip('"')
    is_json = kind.strip().lower() == "application/json" and charset in {"", "utf-8"}
    if not is_json or header(scope, "Content-Encoding"):
        raise refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "content-type",
            f"The body is {kind[:60].strip() or 'of no type'!r}, and JSON is wanted."
            if not is_json
            else "The body is compressed.",
            hint="Send plain JSON with: Content-Type: application/json",
            field="content-type",
        )


def refuse_tokens_in_address(scope: Scope) -> None:
    """Refuse a token in a URL, which logs and histories keep (RFC 6750 §5.3).

    Raises:
        RefusedError: There is one, or what is called so.
    """
    address = unquote(_address(scope))
    names = {name.lower() for name, _ in _pairs(scope)}
    if _TOKEN.search(address) or names & _TOKEN_NAMES:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "token-in-url",
            "A token in a URL is kept by logs and histories.",
            hint="Send it as Authorization: Bearer TOKEN, and give the program "
            "another: tuimail clients rotate NAME",
            field="authorization",
        )


def query_of(scope: Scope, known: frozenset[str] | None) -> Mapping[str, str]:
    """Return the parameters of the query.

    Args:
        scope: Of the request.
        known: Which there may be, each once; None takes any, and the last of one
            that is there twice.

    Raises:
        RefusedError: One is unknown, or there twice.
    """
    pairs = _pairs(scope)
    found = dict(pairs)
    if known is not None and (len(found) != len(pairs) or not found.keys() <= known):
        wrong = next(iter(found.keys() - known), next(iter(found), ""))
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "parameter",
            f"The parameter {wrong[:60]!r} is unknown here, or there twice.",
            hint=f"There may be: {', '.join(sorted(known)) or 'none'}.",
            field=wrong[:60],
        )
    return found


def bearer(scope: Scope) -> str:
    """Return the token that was sent; empty where none was.

    Raises:
        RefusedError: There is one, but not a bearer's (RFC 6750 §2.1).
    """
    value = header(scope, "Authorization")
    if not value:
        return ""
    found = _BEARER.fullmatch(value)
    if found is None:
        raise no_token("What stands in Authorization is no bearer token.")
    return found[1]


def no_token(message: str = "No token was sent.") -> RefusedError:
    """Return the refusal of a request that does not say who asks."""
    return refused(
        HTTPStatus.UNAUTHORIZED,
        "no-token",
        message,
        hint="Send: Authorization: Bearer TOKEN. A person makes one: "
        "tuimail clients add NAME",
        field="authorization",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _values(scope: Scope, name: bytes) -> Iterator[str]:
    for key, value in scope["headers"]:
        if key == name:
            yield value.decode("latin-1").strip()


def _address(scope: Scope) -> str:
    raw: bytes = scope["raw_path"] + b"?" + scope["query_string"]
    return raw.decode("latin-1")


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "parameter",
            f"The address has over {_MOST_PARAMETERS} parameters.",
            hint="Leave them out.",
        ) from None
