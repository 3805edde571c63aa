"""Google's client library, as far as Gmail's sending goes.

The only module that knows the library, which is not typed and takes a fifth of a
second to import: it is imported in a worker thread, where its functions block.
The library makes the requests, from the description of the API that it brings
along; ``Http`` sends them. Nothing is tried again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import Error
from googleapiclient.http import HttpRequest, MediaUpload

from tuimail.providers.gmail.place import Session
from tuimail.providers.gmail.transport import Http, Mail, NoAnswerError


class _EnoughError(Exception):
    """The session is there, and nothing is to be put into it."""


class _Upload(MediaUpload):  # type: ignore[misc]  # not typed there
    """What the library has to know about a mail in order to upload it."""

    def __init__(self, size_bytes: int, mail: Mail | None) -> None:
        self._size_bytes = size_bytes
        self._mail = mail

    def chunksize(self) -> int:
        """Return that all of it goes into one request."""
        return -1

    def mimetype(self) -> str:
        return "message/rfc822"

    def size(self) -> int:
        return self._size_bytes

    def resumable(self) -> bool:
        return True

    def has_stream(self) -> bool:
        return True

    def stream(self) -> Mail:
        """Return the mail; asked for once the session is there."""
        if self._mail is None:
            raise _EnoughError
        return self._mail


def send(http: Http, url: str, mail: Mail, *, thread: str = "") -> None:
    """Open a session for ``mail``, and put it in.

    Args:
        http: Tells what came of it.
        url: Where the API is, without a slash at its end.
        mail: Whose pieces are asked for once the session is open.
        thread: Id of the conversation that it belongs to; empty for none.
    """
    upload = _Upload(mail.size_bytes, mail)
    with _as_far_as_it_goes(http):
        _request(http, url, upload, thread).next_chunk(http=http, num_retries=0)


def open_session(http: Http, url: str) -> None:
    """Open a session and leave it; nothing is sent, and it goes away by itself."""
    upload = _Upload(_ANY_SIZE, None)
    with _as_far_as_it_goes(http):
        _request(http, url, upload, "").next_chunk(http=http, num_retries=0)


def ask(http: Http, session: Session) -> None:
    """Ask what became of ``session``, without putting anything into it.

    Google APIs, "Resumable upload": an empty PUT that names no range.
    """
    asking = HttpRequest(
        http,
        _nothing,
        session.uri,
        method="PUT",
        headers={
            "content-length": "0",
            "content-range": f"bytes */{session.size_bytes}",
        },
    )
    with _as_far_as_it_goes(http):
        asking.execute(http=http, num_retries=0)


def _request(http: Http, url: str, upload: _Upload, thread: str) -> HttpRequest:
    service = build_from_document(
        _description(url), http=http, client_options={"universe_domain": _UNIVERSE}
    )
    messages = service.users().messages()
    body = {"threadId": thread} if thread else None
    return messages.send(userId="me", body=body, media_body=upload)


def _description(url: str) -> dict[str, object]:
    """Return the API's description, with its address; the library changes it."""
    found: dict[str, object] = json.loads(_bundled())
    return found | {"rootUrl": f"{url}/", "baseUrl": f"{url}/", "servicePath": ""}


@cache
def _bundled() -> str:
    return str(get_static_doc("gmail", "v1"))


def _nothing(_head: object, _content: object) -> None:
    """Make nothing of an answer, which whoever asked reads by itself."""


@contextmanager
def _as_far_as_it_goes(http: Http) -> Iterator[None]:
    """Let the library end in its own ways, once ``http`` can tell what happened."""
    try:
        yield
    except _ENDS:
        if not http.is_done:
            raise


_ENDS: Final = (
    *(Error, NoAnswerError, _EnoughError),
    *(LookupError, RecursionError, ValueError),  # answers that it cannot read
)
_UNIVERSE: Final = "googleapis.com"
"""Said here, because the library would else ask the environment."""
_ANY_SIZE: Final = 1024
