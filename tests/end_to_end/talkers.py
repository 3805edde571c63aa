"""Servers that repeat whatever they were shown, in every place that there is."""

import html
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

from tests.end_to_end.planting import GONE, HELD, Scene, Serving
from tuimail.testing import (
    Close,
    Received,
    Respond,
    Say,
    ScriptedHttpServer,
    ScriptedSmtpServer,
    WebAct,
)

Answer = Callable[[Received], WebAct | Sequence[WebAct]]


class Fake(Protocol):
    """A service, as the tests of its provider have it."""

    def answer(self, received: Received) -> Any: ...


@dataclass(slots=True)
class Nobody:
    """No server at all."""

    port: int = 0


@asynccontextmanager
async def nobody() -> AsyncIterator[Nobody]:
    yield Nobody()


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """A mail API and a mail server beside it."""

    web: ScriptedHttpServer
    smtp: ScriptedSmtpServer

    @property
    def port(self) -> int:
        return self.web.port


def beside(web: Serving, smtp: Serving) -> Serving:
    """Return both servers as one."""

    @asynccontextmanager
    async def both() -> AsyncIterator[Both]:
        async with web() as first, smtp() as second:
            yield Both(web=first, smtp=second)

    return both


def shown_to(server: object) -> bytes:
    """Return everything that a server was shown."""
    if isinstance(server, Both):
        return shown_to(server.web) + shown_to(server.smtp)
    if isinstance(server, ScriptedSmtpServer):
        return "\n".join(server.commands).encode()
    if isinstance(server, ScriptedHttpServer):
        return b"\n".join(
            "\n".join(one.headers.values()).encode() + one.body
            for one in server.requests
        )
    return b""


def web(answer: Answer) -> Serving:
    """Return a server that answers so."""
    return lambda: ScriptedHttpServer(answer=answer)


def repeated(received: Received) -> str:
    """Return what a request showed."""
    shown = " ".join(received.headers.values())
    return f"{shown} {received.body.decode('ascii', 'replace')}"


def page(received: Received) -> str:
    """Return what was shown as careless pages repeat it."""
    headers = [one for name, one in received.headers.items() if name not in _USUAL]
    shown = " ".join(headers)
    escaped = json.dumps(shown)[1:-1].replace("/", "\\/")
    other = escaped.replace("+", "\\u002b").replace("=", "\\u003D")
    numbered = "".join(one if one.isalnum() else f"&#{ord(one)};" for one in shown)
    told = received.body.decode("ascii", "replace")
    forms = (quote(shown), html.escape(shown), escaped, other, numbered, told)
    return "\n".join(f"<p>{one}</p>" for one in forms)


def talkative(found: Respond, received: Received) -> Respond:
    """Return an answer with what was shown in every text, and in headers."""
    words = " ".join(repeated(received).split())
    headers = {**found.headers, "X-Shown": words, "X-Request-Id": words}
    if isinstance(found.body, bytes | str):
        body: object = found.content + b" " + words.encode()
    else:
        body = _extended(found.body, words)
    return Respond(status=found.status, body=body, headers=headers)


def _extended(tree: Any, words: str) -> Any:
    """Return ``tree`` with ``words`` in whatever is a sentence, and as one key more."""
    if isinstance(tree, Mapping):
        return {key: _extended(one, words) for key, one in tree.items()} | {"x": words}
    if isinstance(tree, list):
        return [_extended(one, words) for one in tree]
    is_sentence = isinstance(tree, str) and (" " in tree or tree.endswith("."))
    return f"{tree} {words}" if is_sentence else tree


def only(found: Respond, key: str) -> Respond:
    """Return an answer whose every word is ``key``, as PHP writes JSON."""
    headers = dict.fromkeys(found.headers, key)
    if isinstance(found.body, bytes | str):
        return Respond(status=found.status, body=key, headers=headers)
    text = json.dumps(_replaced(found.body, key)).replace("/", "\\/")
    return Respond(status=found.status, body=text, headers=headers)


def _replaced(tree: Any, key: str) -> Any:
    if isinstance(tree, Mapping):
        return {name: _replaced(one, key) for name, one in tree.items()}
    if isinstance(tree, list):
        return [_replaced(one, key) for one in tree]
    return key if isinstance(tree, str) else tree


def breaking_off(key: str) -> Answer:
    """Return a service whose answer ends in the middle of the key."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    half = f'{{"id": "{key[:-6]}'.encode()
    return lambda _received: (Say(head + half), Close())


def scenes(good: Fake, wrong: Fake, *, key: str) -> dict[str, Scene]:
    """Return what can happen with a mail API.

    Args:
        good: One that knows the key.
        wrong: One that knows another.
        key: What it is shown.
    """

    def refuses(received: Received) -> Respond:
        return talkative(wrong.answer(received), received)

    return {
        "takes": Scene(server=web(good.answer), works=True, ends=GONE),
        "wrong-key": Scene(server=web(refuses), ends=HELD),
        "breaks-off": Scene(server=web(breaking_off(key))),
        "garbage": Scene(server=web(lambda received: Respond(body=page(received)))),
        "parrot": Scene(
            server=web(lambda received: only(good.answer(received), key)),
            works=None,
            ends=frozenset({"sent", "queued", "unknown", "deferred", "error", "held"}),
        ),
        "fails": Scene(
            server=web(lambda received: Respond(status=500, body=page(received)))
        ),
    }


_USUAL: Final = frozenset({
    "accept", "accept-encoding", "content-length", "content-type", "host", "user-agent",
})  # fmt: skip


def few(found: Mapping[str, Scene]) -> dict[str, Scene]:
    """Return what is worth a look at services that share their code with others."""
    return {name: one for name, one in found.items() if name != "fails"}
