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


def http_meaning(status: int) -> str:
    """Return what an answer with ``status`` says, as a sentence without its dot."""
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
_ODD: Final = "The provider did not say anything that makes sense"
