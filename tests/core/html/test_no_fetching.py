"""Whatever a mail asks for, nothing is fetched and no file is read."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.core.sample import draft
from tuimail.core.checks.every import run
from tuimail.core.html.cleaning import clean_html
from tuimail.core.html.facts import examine
from tuimail.core.html.markdown import markdown_to_html
from tuimail.core.html.styles import inline_css
from tuimail.core.html.text import html_to_text

MARKER = "body { color: #c0ffee } p { width: 31337px }"
ADDRESSES = (
    "http://127.0.0.1:{port}/x", "//127.0.0.1:{port}/x", "file://{file}", "{file}",
    "http:\\\\127.0.0.1:{port}\\x", "ftp://127.0.0.1:{port}/x", "file:{file}",
)  # fmt: skip
EVERYTHING = """<html><head><base href="{at}">
<link rel="stylesheet" href="{at}"><link rel="icon" href="{at}">
<link rel="preload" as="style" href="{at}"><link rel="import" href="{at}">
<style>@import "{at}"; @import url({at}); p {{ background: url({at}) }}
@font-face {{ font-family: x; src: url('{at}') }}</style>
<style src="{at}"></style><script src="{at}"></script>
<meta http-equiv="refresh" content="0;url={at}"></head>
<body background="{at}"><p style="background: url('{at}')">words</p>
<img src="{at}" srcset="{at} 2x" lowsrc="{at}"><picture><source srcset="{at}"></picture>
<iframe src="{at}"></iframe><embed src="{at}"><object data="{at}"></object>
<applet code="{at}"></applet><video src="{at}" poster="{at}"></video>
<audio src="{at}"></audio><table background="{at}"><tr><td>x</td></tr></table>
<input type="image" src="{at}"><form action="{at}"></form>
<a href="{at}" ping="{at}">a</a>
<svg><image href="{at}"/><use href="{at}"/><style>@import "{at}";</style></svg>
</body></html>
<!DOCTYPE x [<!ENTITY e SYSTEM "{at}">]>&e;<?xml-stylesheet href="{at}"?>"""
MARKDOWN = """![a]({at}) [b]({at}) <{at}>

[c]: {at}

[c] {at} <img src="{at}">
"""


def checked(html: str) -> str:
    return repr(run(draft(text=html, html=html)))


FUNCTIONS: tuple[Callable[[str], object], ...] = (
    html_to_text, examine, inline_css, clean_html, checked, markdown_to_html,
)  # fmt: skip


class Listener:
    """Counts who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                self.calls += 1
                caller.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def is_called_by(self, call: Callable[[], object]) -> bool:
        """Return whether ``call`` calls: a call of ours comes through after it."""
        before = self.calls
        call()
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            own.recv(1)
        return self.calls != before + 1


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    file = tmp_path / "marked.css"
    file.write_text(MARKER)
    return file


def test_a_call_would_be_seen(listener: Listener) -> None:
    def call() -> None:
        with socket.create_connection(("127.0.0.1", listener.port)) as caller:
            caller.recv(1)

    assert listener.is_called_by(call)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_fetched_or_read(
    function: Callable[[str], object], address: str, listener: Listener, marked: Path
) -> None:
    at = address.format(port=listener.port, file=marked)
    html = EVERYTHING.format(at=at)
    results: list[object] = []

    is_called = listener.is_called_by(lambda: results.append(function(html)))

    assert not is_called
    assert "c0ffee" not in repr(results)
    assert "31337" not in repr(results)


@pytest.mark.parametrize("address", ADDRESSES)
def test_markdown_fetches_and_reads_nothing(
    address: str, listener: Listener, marked: Path
) -> None:
    text = MARKDOWN.format(at=address.format(port=listener.port, file=marked))
    results: list[str] = []

    assert not listener.is_called_by(lambda: results.append(markdown_to_html(text)))
    assert "c0ffee" not in results[0]
