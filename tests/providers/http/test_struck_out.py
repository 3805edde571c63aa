"""Answers without what was shown to get them."""

import html
import json
from urllib.parse import quote

import pytest

from tuimail.core.http_reasons import HttpStage
from tuimail.providers.failures import REDACTED
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.struck_out import without

SECRET = "abc/d+e=f&g 'h\" ~\\"


def answer(body: str, *, error: str = "", **headers: str) -> Exchanged:
    return Exchanged(
        stage=HttpStage.REPLY,
        server="api.example.org:443",
        status=401,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body.encode(),
        error=error,
    )


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
        "".join(one if one.isalnum() else f"\\u{ord(one):04x}" for one in SECRET),
        "".join(one if one.isalnum() else f"\\u{ord(one):04X}" for one in SECRET),
        quote(SECRET, safe=""),
        quote(SECRET).replace("%20", "+"),
        html.escape(SECRET),
        "".join(one if one.isalnum() else f"&#{ord(one)};" for one in SECRET),
        "".join(one if one.isalnum() else f"&#x{ord(one):X};" for one in SECRET),
    ],
)
def test_however_it_is_written_it_is_struck_out(written: str) -> None:
    found = without(answer(f"no such token: {written}, sorry"), SECRET)

    assert found.text == f"no such token: {REDACTED}, sorry"


def test_headers_are_without_it() -> None:
    found = without(answer("", x_message_id=f"<{SECRET}>", date="today"), SECRET)

    assert found.headers == {"x-message-id": f"<{REDACTED}>", "date": "today"}


def test_several_are_struck_out() -> None:
    found = without(answer("one-key and two-key"), "one-key", "two-key")

    assert found.text == f"{REDACTED} and {REDACTED}"


def test_an_answer_that_breaks_off_is_without_the_beginning_of_it() -> None:
    found = without(answer("it was hunter-2-lo", error="gone"), "hunter-2-long")

    assert found.text == f"it was {REDACTED}"


def test_what_only_begins_like_it_is_left_alone() -> None:
    found = without(answer("it was hunter-2"), "hunter-2-long")

    assert found.text == "it was hunter-2"


def test_what_is_too_short_for_a_secret_is_left_alone() -> None:
    found = without(answer("a cat sat"), "a", "", "cat")

    assert found.text == "a cat sat"
