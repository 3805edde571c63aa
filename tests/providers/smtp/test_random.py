"""A server that misbehaves at random, and what must hold whatever it does.

A copy is counted where the server answers for it. Nobody gets two; who is told
*sent* has one; who is *unknown* was offered the whole content; and who is
deferred or refused has none, so that it may be tried again.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.providers.smtp.conftest import USUAL
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.base import ConnectionLimits, ProviderAccount
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import (
    PIPELINED,
    Act,
    Close,
    Hang,
    RecordedJob,
    Say,
    ScriptedSmtpServer,
)

LIMIT = timedelta(milliseconds=60)
QUICK = StageLimits(
    connect=LIMIT,
    greeting=LIMIT,
    command=LIMIT,
    data=LIMIT,
    block=LIMIT,
    final=LIMIT,
    chained=LIMIT,
    farewell=LIMIT,
)
ENDS: tuple[Act, ...] = (
    Close(),
    Close(hard=True),
    Hang(),
    Say("421 4.3.2 closing"),
    Say("421 4.7.0 too fast"),
    Say("451 4.3.0 later"),
    Say("554 5.7.1 never"),
    Say("550 5.4.5 daily limit"),
    Say("rubbish"),
)
MISHAPS: dict[str, tuple[Act | tuple[Act, ...], ...]] = {
    "connect": (Close(), Hang()),
    "greeting": ENDS,
    "ehlo": (Close(), Say("451 later")),
    "mail": (*ENDS, Say("530 5.7.0 log in"), Say("250 ok\r\n250 ok"), Say("354 go")),
    "data": (*ENDS, Say("250 ok"), Say("354 go\r\n250 ok"), (Say("354 go"), Close())),
    "mid-data": (Close(), Close(hard=True), Hang(), (Say("552 5.3.4 no"), Close())),
    "end-of-data": (
        *ENDS, Say("354 go"), Say("250 ok"), (Say("250 ok"), Close()),
        (Say("250 ok"), Say("421 bye"), Close()), (Say(b"250-half"), Close()),
        (Say("554 5.6.0 no"), Say("250 ok")),
    ),
    "after-end-of-data": (Close(), Close(hard=True), Hang(), Say("251 ok")),
    "rset": (Close(), Hang(), Say("500 what?")),
    "quit": (Close(), Hang(), Say("500 what?")),
}  # fmt: skip
AT_A_RECIPIENT: tuple[Act, ...] = (
    *ENDS, Say("450 4.2.0 later"), Say("452 4.5.3 too many"), Say("250 a\r\n250 b"),
    Say("550 5.1.1 no\r\n550 5.1.1 no"),
)  # fmt: skip


SENDERS: tuple[Act, ...] = (
    Say("250 ok"), Say("250 ok"), Say("250 ok"), Say("451 4.3.0 later"),
    Say("550 5.7.1 not from you"), Say("530 5.7.0 log in"), Say("550 5.4.5 limit"),
)  # fmt: skip
RECIPIENTS: tuple[Act, ...] = (
    Say("250 ok"), Say("250 ok"), Say("250 ok"), Say("450 4.2.0 later"),
    Say("550 5.1.1 no"), Say("452 4.5.3 too many"), Say("550 5.4.5 limit"),
)  # fmt: skip
CONTENTS: tuple[Act, ...] = (
    Say("354 go"), Say("354 go"), Say("354 go"), Say("451 4.3.0 later"),
    Say("554 5.5.1 no"), Say("421 4.3.2 closing"),
)  # fmt: skip


def mood(dice: random.Random) -> dict[str, Act]:
    """Each answer by itself: a server that forgets what it said before."""
    numbers = range(1, 31)
    return (
        {f"mail:{number}": dice.choice(SENDERS) for number in numbers}
        | {f"rcpt:{number}": dice.choice(RECIPIENTS) for number in (1, 2, 3)}
        | {f"data:{number}": dice.choice(CONTENTS) for number in numbers}
    )


def script(dice: random.Random) -> dict[str, Act | tuple[Act, ...]]:
    found: dict[str, Act | tuple[Act, ...]] = {
        f"{stage}:{number}": dice.choice(acts)
        for stage, acts in MISHAPS.items()
        for number in range(1, 16)
        if dice.random() < 0.12
    }
    if dice.random() < 0.5:
        found.update(mood(dice))
    elif dice.random() < 0.4:
        found[f"rcpt:{dice.randint(1, 3)}"] = dice.choice(AT_A_RECIPIENT)
    return found


def job(dice: random.Random, number: int) -> RecordedJob:
    length = dice.choice((10, 10, 2000, 60_000))
    content = b"Subject: %d\r\n\r\n" % number + b".x\r\n" * (length // 4)
    people = [f"m{number}r{one}@example.net" for one in range(dice.randint(1, 3))]
    return RecordedJob(*people, content=content, piece_bytes=dice.choice((997, 65536)))


async def sent_by(
    provider: SmtpProvider, waiting: list[RecordedJob]
) -> list[tuple[RecordedJob, Verdicts]]:
    ended = []
    while waiting:
        recorded = waiting.pop(0)
        ended.append((recorded, await provider.submit(recorded.job)))
    return ended


def check(
    recorded: RecordedJob, verdicts: Verdicts, copies: Callable[[bytes, str], int]
) -> None:
    told = [one.wire_address for one in verdicts.by_recipient]
    people = [one.wire_address for one in recorded.job.envelope.recipients]
    assert told == people if verdicts.fault is None else set(told) <= set(people)
    for address in set(people) - set(told):
        assert copies(recorded.content, address) == 0
    for one in verdicts.by_recipient:
        number = copies(recorded.content, one.wire_address)
        if one.kind is VerdictKind.UNKNOWN:
            assert "dot.written" in recorded.events
            assert number <= 1
        else:
            assert number == (one.kind is VerdictKind.SENT)


async def story(seed: int) -> None:
    dice = random.Random(seed)
    limits = ConnectionLimits(
        connections=dice.randint(1, 3), messages=dice.choice((2, 99))
    )
    async with ScriptedSmtpServer(
        script(dice),
        extensions=dice.choice((PIPELINED, PIPELINED, USUAL)),
        max_recipients=dice.choice((None, None, 2)),
        delay=timedelta(milliseconds=dice.choice((0, 0, 2))),
    ) as server:
        options: dict[str, str | int | bool] = {
            "host": "127.0.0.1",
            "port": server.port,
        }
        account = ProviderAccount(
            name="work", options=options, secret=lambda: None, limits=limits
        )
        provider = SmtpProvider(account, limits=QUICK)
        waiting = [job(dice, number) for number in range(12)]
        people = 2 * limits.connections
        ended = await asyncio.gather(
            *(sent_by(provider, waiting) for _ in range(people))
        )
        async with asyncio.timeout(30):
            await provider.close()
        for recorded, verdicts in [one for some in ended for one in some]:
            check(recorded, verdicts, lambda *copy: server.copies()[copy])
            assert recorded.events.count("point") <= 1
        assert {content for content, _ in server.copies()} <= {
            recorded.content for some in ended for recorded, _ in some
        }


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 10))
async def test_whatever_a_server_does_nobody_gets_two_and_nothing_is_lost(
    first: int,
) -> None:
    for seed in range(first, first + 10):
        try:
            await story(seed)
        except AssertionError as error:
            raise AssertionError(f"With seed {seed}: {error}") from error
