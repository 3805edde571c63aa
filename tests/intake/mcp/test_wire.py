"""What is read from stdin: whatever comes, whoever asked gets an answer."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest

from tests.intake.mcp.conftest import Office
from tuimail.intake.mcp import wire
from tuimail.intake.mcp.server import serve
from tuimail.intake.mcp.wire import Checked, Writing

LIST = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {}}


def call(arguments: str, end: str = "") -> bytes:
    """Return a call as a line; ``end`` follows the parameters."""
    first = "" if end else '"id":7,'
    params = '"params":{"name":"create_draft","arguments":' + arguments + "}"
    line = '{"jsonrpc":"2.0",' + first + '"method":"tools/call",' + params + end + "}"
    return line.encode() + b"\n"


def read(*lines: bytes) -> tuple[list[str], list[Any]]:
    """Return which lines are let through, and what the others are answered."""
    sink = BytesIO()
    checked = Checked(BytesIO(b"".join(lines)), Writing(sink))
    through = list(iter(checked.readline, ""))
    return through, [json.loads(one) for one in sink.getvalue().splitlines()]


@pytest.mark.parametrize("end", ["", ',"id":7', ', "id" : 7'])
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ('{"to":["a@x.example"],"to":["b@x.example"],"text":"t"}', "twice"),
        ('{"to":["a@x.example"],"text":"\\ud800"}', "surrogate"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "in one another"),
        ('{"a":' * 30 + '"id"' + "}" * 30, "in one another"),
        ('{"seconds":NaN}', "number"),
        ('{"id":9,"to":}', "not JSON"),
        ('{"a":"\\"id\\":9","b":nul}', "not JSON"),
        ('{"a":' + "9" * 5000 + "}", "number"),
    ],
    ids=["twice", "surrogate", "deep", "30", "nan", "none", "quoted", "long"],
)
def test_a_call_that_cannot_be_read_is_answered_under_its_number(
    arguments: str, why: str, end: str
) -> None:
    """Or the agent would wait for it for ever."""
    through, (answer,) = read(call(arguments, end))

    assert through == []
    assert (answer["id"], answer["error"]["code"]) == (7, -32700)
    assert why in answer["error"]["message"]


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n", b"[]\n", b'"id"\n', b'{"a":"\xff"}\n', b"{\n", b"\x00\n",
        b'{"id":{"id":1},"x"}\n', b'{"id":1,"id":2}\n', b'{"id":"\\x","a"}\n',
        b'{"id":nul}\n', b'{"id":"\n', b'{"a":"' + b'\\"' * 100_000 + b"\n",
    ],
)  # fmt: skip
def test_what_is_no_message_is_answered_without_a_number(line: bytes) -> None:
    through, (answer,) = read(line)

    assert through == []
    assert answer["id"] is None
    assert answer["error"]["code"] == -32700


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ({"id": 7}, 7), ({"jsonrpc": "1.0", "id": "a", "method": "x"}, "a"), ({}, None),
        ({"jsonrpc": "2.0", "id": 7, "method": 1}, 7), ({"id": [7]}, None),
    ],
)  # fmt: skip
def test_what_is_no_request_is_told_so(message: Any, number: Any) -> None:
    through, (answer,) = read(json.dumps(message).encode())

    assert through == []
    assert (answer["id"], answer["error"]["code"]) == (number, -32600)


def test_messages_are_let_through_and_empty_lines_are_nothing() -> None:
    line = json.dumps(LIST).encode() + b"\n"

    through, answers = read(line, b"\n", b" \r\n", call('{"text":"ü"}'), line)

    assert [json.loads(one)["id"] for one in through] == [7, 7, 7]
    assert answers == []


def test_a_message_that_is_too_long_is_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "LONGEST_BYTES", 100)
    line = json.dumps(LIST).encode() + b"\n"

    through, (answer,) = read(call('{"text":"' + "t" * 1000 + '"}'), line)

    assert [json.loads(one) for one in through] == [LIST]
    assert (answer["id"], "too long" in answer["error"]["message"]) == (7, True)


def test_stdin_and_stdout_are_for_messages_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with wire.wire() as (lines, answers):
        assert lines.readline() == ""
        assert os.read(0, 1) == b""
        os.write(1, b"stray\n")
        answers.write("an answer\n")
    os.write(1, b"afterwards\n")

    out, err = capfd.readouterr()
    assert out.splitlines() == ["an answer", "afterwards"]
    assert err.splitlines() == ["stray"]


class Agent(BytesIO):
    """An agent's two ends: it says its lines, and leaves once all are answered."""

    def __init__(self, said: list[bytes], *, answers: int) -> None:
        super().__init__()
        self._said, self._answers = said, answers
        self._is_answered = threading.Event()
        self.heard: list[Any] = []

    def readline(self, _size: int | None = -1, /) -> bytes:
        if self._said:
            return self._said.pop(0)
        self._is_answered.wait(30)
        return b""

    def write(self, text: Any, /) -> int:
        self.heard.append(json.loads(text))
        if len(self.heard) == self._answers:
            self._is_answered.set()
        return len(text)


async def test_an_agent_goes_on_after_what_could_not_be_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "x", "version": "1"},
    }
    first = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    lines = [json.dumps(one).encode() + b"\n" for one in (first, ready, LIST)]
    lines[2:2] = [call('{"to":["a@x.example"],"text":"\\ud800"}', ',"id":5')]
    agent = Agent(lines, answers=3)

    @contextmanager
    def ends() -> Iterator[tuple[Checked, Writing]]:
        yield Checked(agent, Writing(agent)), Writing(agent)

    monkeypatch.setattr("tuimail.intake.mcp.server.wire", ends)

    await serve(lambda: office.open(door="mcp", on_terminal=False), office.token)

    by_number = {one["id"]: one for one in agent.heard}
    assert by_number[5]["error"]["code"] == -32700
    assert len(by_number[7]["result"]["tools"]) == 6
