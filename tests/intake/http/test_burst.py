"""Ten thousand mails at once: each is taken, or told to come again; none is lost."""

import asyncio
import json
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.intake.http.conftest import MAIL, Served, Shop, serving
from tuimail.intake.gate import Gate
from tuimail.intake.http import door
from tuimail.intake.http.bodies import Room
from tuimail.intake.http.brakes import Places
from tuimail.intake.http.desk import Desk
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.answering import Answer, Resubmit
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.clients import ALL_SCOPES, Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

MAILS, CONNECTIONS, PLACES = 10_000, 40, 36
GROWTH_MIB = 60
CLIENT = Client(
    name="ci", scopes=ALL_SCOPES, account="", sender="", per_hour=1,
    added_at=datetime(2026, 11, 21, tzinfo=UTC), revoked_at=None, last_characters="…",
)  # fmt: skip


class NotedGate(Gate):
    """Takes everything, and writes down the subjects."""

    subjects: list[str]

    def client(self, token: str) -> Client:
        return CLIENT

    def hand_in(self, client: Client, fields: Fields, *_: Any, **__: Any) -> Answer:
        self.subjects.append(fields.subject)
        return Answer(
            id=fields.subject, revision=1, state="review", decision=None,
            findings=(), edited=False, resubmit=Resubmit.NO, duplicate_of="",
        )  # fmt: skip


@pytest.fixture
def subjects() -> list[str]:
    return []


@pytest.fixture
def served(
    shop: Shop, token: str, subjects: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    def gate(workspace: Workspace) -> NotedGate:
        made = NotedGate(workspace)
        made.subjects = subjects
        return made

    def desk(bridge: Bridge) -> Desk:
        storing = Storing(bridge)
        return Desk(
            storing=storing, watch=Watch(storing), gate=gate,
            places=Places(PLACES), room=Room(PLACES * 200),
        )  # fmt: skip

    monkeypatch.setattr(door, "_desk", desk)
    with serving(shop, token) as made:
        yield made


async def ask(served: Served, numbers: Iterator[int]) -> tuple[list[str], int]:
    """Hand in one after the other over one connection, as long as there are any."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    taken, again = [], 0
    for number in numbers:
        while True:
            writer.write(request(served, f"mail {number}"))
            status, document = await answer(reader)
            if status == 201:
                taken.append(document["id"])
                break
            assert (status, document["error"]["code"]) == (503, "busy")
            again += 1
    writer.close()
    await writer.wait_closed()
    return taken, again


def request(served: Served, subject: str) -> bytes:
    body = json.dumps({**MAIL, "subject": subject})
    return (
        f"POST /v1/drafts HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n"
        f"Authorization: Bearer {served.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


def most_memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.slow
async def test_ten_thousand_mails_at_once_are_all_taken_and_fill_no_memory(
    served: Served, subjects: list[str]
) -> None:
    """There are fewer places than connections: who finds none is told, and comes
    again; what was acknowledged was handed in, once."""
    numbers, before = iter(range(MAILS)), most_memory_mib()

    done = await asyncio.gather(*(ask(served, numbers) for _ in range(CONNECTIONS)))

    taken = [one for some, _ in done for one in some]
    assert sorted(taken) == sorted(subjects)
    assert len(set(subjects)) == len(subjects) == MAILS
    assert sum(again for _, again in done) > 0
    assert most_memory_mib() - before < GROWTH_MIB
