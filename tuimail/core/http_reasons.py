"""What a mail API's answer says, in words for people.

Pure.
"""

from enum import StrEnum
from typing import Final


class HttpStage(StrEnum):
    """How far a request had got when it ended, well or not."""

    CONNECT = "connect"
    """Nothing of it was written."""
    REQUEST = "request"
    """Part of it was, but not its last piece, without which it is none."""
    REPLY = "reply"
    """All of it is out."""


def http_meaning(status: int, *, is_out: bool = False) -> str:
    """Return why a recipient does not get it, as a sentence without its dot.

    Args:
        status: What the answer begins with.
        is_out: Whether all of the request was out, so that a yes is one, though
            not for this recipient.
    """
    if is_out and status // 100 == _YES:
        return _NOT_FOR_ALL
    return _MEANINGS.get(status) or _BY_DIGIT.get(status // 100, _ODD)


_MEANINGS: Final = {
    401: "The provider refused the key or the token",
    402: "The provider wants to be paid first",
    403: "The provider does not allow the account to send",
    404: "The provider has nothing at the address that was asked",
    408: "The provider did not get the whole message in time",
    409: "The provider knows another message by the same key",
    413: "The message is too big for the provider",
    429: "The provider asks to slow down",
    503: "The provider takes no mail right now",
}
_BY_DIGIT: Final = {
    2: "The provider said yes before it had the whole message",
    3: "The provider sends us somewhere else, where the key must not go",
    4: "The provider does not take the message as it is",
    5: "The provider has a problem of its own",
}
_YES: Final = 2
_NOT_FOR_ALL: Final = "The provider does not send to this recipient"
_ODD: Final = "The provider did not say anything that makes sense"
