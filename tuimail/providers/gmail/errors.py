"""What an error of Gmail's own says, and whether it is one. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.providers.http.request import Exchanged


def is_proof(found: Exchanged, *, has_mail: bool) -> bool:
    """Return whether ``found``, which is no yes, proves that no mail was taken.

    A gateway, a proxy or a captive portal may answer in the place of Gmail, which
    has the mail by then: Gmail's own errors say their status in the body, too
    (Gmail API, "Resolve errors"). And a session that has ended well may be as gone
    (410) or in the way (308, 409, 412, 416) as one that has not.

    Args:
        found: The answer, or what there is of one.
        has_mail: Whether the mail was the body of the request.
    """
    if not has_mail or found.stage is not HttpStage.REPLY:
        return True
    is_its_own = _error(found).get("code") == found.status
    return is_its_own and found.status in _NOTHING_DONE


def reasons(found: Exchanged) -> frozenset[str]:
    """Return every word by which an error names its kind."""
    return frozenset(_reasons(_error(found)))


def _reasons(error: Mapping[str, object]) -> Iterator[str]:
    yield str(error.get("status", ""))
    for name in ("errors", "details"):
        listed = error.get(name)
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping):
                yield str(one.get("reason", ""))


def _error(found: Exchanged) -> Mapping[str, object]:
    """Return the error of an answer; nothing where it has none."""
    answer = found.json()
    error = answer.get("error") if isinstance(answer, Mapping) else None
    return error if isinstance(error, Mapping) else {}


_NOTHING_DONE: Final = frozenset({400, 401, 403, 404, 405, 411, 413, 415, 429})
"""By which Gmail says that it did nothing with a request."""
