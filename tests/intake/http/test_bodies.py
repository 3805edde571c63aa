"""Bodies: how much is read, for how long, and what counts as JSON."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.intake.http.conftest import HOST, MAIL, Shop, Web, in_process, turns
from tuimail.intake.http.bodies import (
    DEEPEST,
    Body,
    Room,
    read_object,
)
from tuimail.intake.http.brakes import Places
from tuimail.intake.http.refusals import RefusedError

MIB = 1024 * 1024


def code_of(content: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        read_object(content)
    assert refused.value.refusal.status == 400
    return refused.value.refusal.message


# JSON ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b'{"to": [', b"[]", b'"text"', b"null", b"1", b"{} {}", b"{'a': 1}",
        b"\xff\xfe{\x00}\x00", "\ufeff{}".encode(), b'{"a": "\xff"}', b'{"a": NaN}',
        b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}', b'{"a": "\\ud800"}', b'{"\\ud800": 1}',
        b'{"a": ' + b"1" * 5000 + b"}", b'{"a": "\n"}', b'{"a": "\x00"}',
    ],
)  # fmt: skip
def test_what_is_not_one_strict_object_is_refused(content: bytes) -> None:
    assert code_of(content).startswith("The body ")


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000],
    ids=["lists", "objects", "closed"],
)
def test_what_goes_too_deep_is_refused_and_crashes_nothing(content: bytes) -> None:
    assert "in one another" in code_of(content)


def test_how_deep_it_may_go_is_counted_exactly() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    assert read_object(nested(DEEPEST - 1))
    assert "in one another" in code_of(nested(DEEPEST))


def test_a_small_text_that_stands_for_much_memory_is_refused() -> None:
    """A list of a million lists takes sixty times its text."""
    content = b'{"a": [' + b"[]," * 1_000_000 + b"[]]}"

    assert "values" in code_of(content)


def test_any_text_that_can_be_sent_is_read() -> None:
    found = read_object('{"a": "\\ud83d\\ude00 ü 漢", "b": ["é"]}'.encode())

    assert found == {"a": "\U0001f600 ü 漢", "b": ["é"]}


# Sizes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/v1/send", MIB), ("/api/send_mail", MIB), ("/v1/drafts", 40 * MIB)],
)
async def test_a_body_that_says_it_is_too_long_is_not_read(
    front: Web, path: str, limit: int
) -> None:
    pieces = [b"{}"]
    header = {"Content-Length": str(limit + 1)}

    answer = await front("POST", path, body=pieces, headers=header)

    assert answer.status == 413
    assert pieces == [b"{}"]


async def test_a_body_in_chunks_is_read_no_further_than_the_limit(web: Web) -> None:
    pieces = [b" " * MIB, b" ", b"never read"]
    headers = {"Content-Length": None, "Transfer-Encoding": "chunked"}

    answer = await web("POST", "/v1/send", body=pieces, headers=headers)

    assert (answer.status, answer.json["code"]) == (413, "INVALID_REQUEST")
    assert pieces == [b"never read"]


async def test_a_mail_of_over_a_megabyte_is_taken(web: Web) -> None:
    answer = await web("POST", "/v1/drafts", {**MAIL, "text": "word " * (MIB // 4)})

    assert answer.status == 201


async def test_all_requests_together_hold_no_more_than_there_is_room_for(
    shop: Shop, token: str
) -> None:
    """Those that hold it go on; a later one finds room again."""
    async with in_process(shop, token, room=Room(1000)) as web:
        full = await web("POST", "/v1/drafts", {**MAIL, "text": "x" * 1000})
        first = await web("POST", "/v1/drafts", {**MAIL, "text": "x" * 800})
        second = await web("POST", "/v1/drafts", {**MAIL, "text": "x" * 800})

    assert (full.status, full.code) == (503, "busy")
    assert full.headers["retry-after"] == "1"
    assert (first.status, second.status) == (201, 201)


async def test_room_is_held_until_the_mail_is_stored() -> None:
    room = Room(10)
    body = Body(_receiving(b"12345678"), room, limit_bytes=100)

    await body.read()

    with pytest.raises(RefusedError):
        room.take(5)
    body.close()
    room.take(10)


async def test_more_requests_than_there_are_places_for_are_told_to_come_again(
    shop: Shop, token: str
) -> None:
    async with in_process(shop, token, places=Places(0)) as web:
        answer = await web("GET", "/healthz")

    assert (answer.status, answer.code) == (503, "busy")
    assert answer.headers["retry-after"] == "1"


async def test_who_is_not_known_yet_keeps_no_client_out(shop: Shop, token: str) -> None:
    """Their bodies are read first, as the contract has the token there."""
    async with in_process(shop, token, strangers=Places(0)) as web:
        stranger = await web("POST", "/external/api/send_mail", {"token": token})
        client = await web("POST", "/v1/drafts", MAIL)

    assert (stranger.status, client.status) == (503, 201)


async def test_one_client_does_not_keep_another_out(shop: Shop, token: str) -> None:
    """Whose bodies come slowly holds half of the places, and half of the room."""
    other = {"Authorization": f"Bearer {shop.client('other')}"}
    async with in_process(shop, token, places=Places(4), room=Room(2000)) as web:
        slow = [
            asyncio.ensure_future(
                web("POST", "/v1/drafts", body=[b""], receive=_trickling(b"x" * 900))
            )
            for _ in range(4)
        ]
        await until(lambda: sum(one.done() for one in slow) == 3)
        refused = [one.result() for one in slow if one.done()]

        answers = [
            await web("POST", "/v1/drafts", {**MAIL, "text": "x" * 800}, headers=other)
            for _ in range(2)
        ]
        for one in slow:
            one.cancel()

    assert [one.code for one in refused] == ["busy"] * 3
    assert [one.status for one in answers] == [201, 201]


@pytest.mark.parametrize("path", ["/external/api/send_mail", "/u/x"])
async def test_who_is_not_known_gets_little_patience_and_no_clients_place(
    shop: Shop, token: str, path: str
) -> None:
    async with in_process(shop, token, public_host=HOST, strangers_seconds=0.01) as web:
        slow = [web("POST", path, {}, receive=_never) for _ in range(40)]
        asking = asyncio.gather(*slow)
        await turns()
        client = await web("POST", "/v1/drafts", MAIL)
        answers = await asking

    assert client.status == 201
    assert sorted({one.status for one in answers}) == [408, 503]


async def test_clicks_from_outside_keep_no_program_here_out(
    shop: Shop, token: str
) -> None:
    async with in_process(shop, token, public_host=HOST) as web:
        clicks = [
            asyncio.ensure_future(web("POST", "/u/x", {}, receive=_never))
            for _ in range(40)
        ]
        await until(lambda: any(one.done() for one in clicks))
        mail = {"token": token, "to_mail": "b@x.example", "subject": "s",
                "content": "t"}  # fmt: skip
        program = await web("POST", "/external/api/send_mail", mail)
        for one in clicks:
            one.cancel()

    assert program.status == 200


async def test_a_click_is_no_long_text(shop: Shop, token: str) -> None:
    async with in_process(shop, token, public_host=HOST) as web:
        answer = await web("POST", "/u/x", body=b"x" * (16 * 1024 + 1))

    assert answer.status == 413


async def test_a_place_is_given_back_whatever_happens(shop: Shop, token: str) -> None:
    async with in_process(shop, token, places=Places(1)) as web:
        answers = [
            await web("GET", "/healthz"),
            await web("POST", "/v1/drafts", body=b"{"),
            await web("GET", "/healthz", headers={"Authorization": "Bearer x"}),
            await web("GET", "/healthz"),
        ]

    assert [one.status for one in answers] == [200, 400, 401, 200]


# Slow ones, and those that go ----------------------------------------------------


async def test_a_body_that_does_not_come_is_not_waited_for(
    shop: Shop, token: str
) -> None:
    async with in_process(shop, token, patience_seconds=0.01) as web:
        answer = await web("POST", "/v1/drafts", MAIL, receive=_never)

    assert (answer.status, answer.code) == (408, "slow")
    assert answer.headers["connection"] == "close"


async def test_who_breaks_off_is_told_nothing_and_nothing_is_stored(
    web: Web, shop: Shop
) -> None:
    answer = await web("POST", "/v1/drafts", MAIL, receive=_gone)

    assert answer.status == 0
    with shop.open() as workspace:
        assert workspace.drafts.rows() == ()


def _receiving(content: bytes) -> Any:
    async def receive() -> Any:
        return {"type": "http.request", "body": content}

    return receive


def _trickling(first: bytes) -> Any:
    """Return what gives the beginning of a body, and never the rest."""
    left = [first]

    async def receive() -> Any:
        if not left:
            await _never()
        return {"type": "http.request", "body": left.pop(), "more_body": True}

    return receive


async def until(is_so: Callable[[], bool]) -> None:
    """Let others run until it is so, and not for ever."""
    for _ in range(10_000):
        if is_so():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("It never came.")


async def _never() -> Any:
    await asyncio.Event().wait()


async def _gone() -> Any:
    return {"type": "http.disconnect"}
