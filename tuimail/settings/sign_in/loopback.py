"""Where the browser comes back to: a server on this machine, for one sign-in.

RFC 8252 §7.3. Anybody on this machine may ask it things: what does not belong to
the sign-in is told that there is nothing here, and does not end it.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

HOST: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 10
"""For a request that does not come to its end."""


class Loopback:
    """Listens from the moment it is made until it is closed."""

    def __init__(self) -> None:
        self._answer = ""
        self._has_come = threading.Event()
        self._is_answer: Callable[[str], bool] = lambda _url: False
        self._is_consent: Callable[[str], bool] = lambda _url: True
        self._server = _Server((HOST, 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": _POLL_SECONDS},
            name="sign-in",
            daemon=True,
        )
        self._thread.start()

    def url(self, host: str = HOST) -> str:
        """Return where it is, as a service knows this machine."""
        return f"http://{host}:{self._server.server_port}/"

    def expect(
        self,
        is_answer: Callable[[str], bool],
        is_consent: Callable[[str], bool] = lambda _url: True,
    ) -> None:
        """Take the first request that is an answer, and tell a yes from a no."""
        self._is_answer, self._is_consent = is_answer, is_consent

    def offer(self, url: str) -> bool:
        """Take ``url`` if it is the answer that is waited for."""
        if not self._is_answer(url):
            return False
        if not self._has_come.is_set():
            self._answer = url
            self._has_come.set()
        return True

    def page(self, url: str) -> tuple[int, bytes]:
        """Return what a browser that comes to ``url`` is shown."""
        if not self._is_answer(url):
            return 404, _NOTHING
        return 200, _DONE if self._is_consent(url) else _DENIED

    def wait(self, limit: timedelta) -> str:
        """Return the address that the browser came to; empty when time is up."""
        self._has_come.wait(limit.total_seconds())
        return self._answer

    def close(self) -> None:
        """Listen no more, and let nobody wait any longer."""
        self._has_come.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    """Tells nobody about a client that broke off."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Let it be: the next request may be the one."""


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one request."""

        timeout = PATIENCE_SECONDS
        server_version, sys_version = "tuimail", ""

        def do_GET(self) -> None:
            try:
                self._say(*loopback.page(self.path))
            finally:  # who waits may end the process as soon as it has come
                loopback.offer(self.path)

        def log_message(self, *_args: object) -> None:
            """Keep the code, which stands in the address, out of any log."""

        def _say(self, status: int, page: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(page)

    return Handler


def _page(title: str, words: str) -> bytes:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<title>{title}</title><body style='font-family:sans-serif;margin:3em'>"
        f"<h1>{title}</h1><p>{words}</p></body></html>"
    ).encode()


_POLL_SECONDS: Final = 0.05
"""How long closing takes at most."""
_DONE: Final = _page("tuimail", "You may close this window, and go back to tuimail.")
_DENIED: Final = _page("tuimail", "tuimail was not let in. Go back to tuimail.")
_NOTHING: Final = _page("tuimail", "There is nothing here.")
