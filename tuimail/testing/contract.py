"""The promises of a provider, as tests that every provider inherits.

A plug-in's test is a class that makes each situation real, with a fake service
of its own, and inherits the tests::

    class TestMyProvider(ProviderContract):
        situations = frozenset({Situation.TAKES, Situation.SILENT})

        @asynccontextmanager
        async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
            async with MyFakeService(situation) as service:
                provider = MyProvider(self.account(url=service.url))
                yield Scene(provider=provider, copies=lambda: service.count)

Each test runs an event loop of its own, so that nothing but pytest is needed.
"""

import asyncio
import io
import logging
import unittest
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from datetime import timedelta
from typing import ClassVar, Final

from tuimail.core.submission import Verdict, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError
from tuimail.providers.base import (
    AccountCheck,
    LooksUp,
    Provider,
    ProviderAccount,
    SendJob,
)
from tuimail.testing.jobs import (
    RecordedJob,
    Standstill,
    job_of,
    standing_still_at_a_piece,
    standing_still_at_the_point,
)
from tuimail.testing.situations import FIRST, FRESH, SECOND, SECRET, Scene, Situation

TWO_MINUTES: Final = timedelta(minutes=2)


class _SurpriseError(Exception):
    """Raised at the point of no return; nobody but the contract knows it."""


class ProviderContract:
    """Inherit, name the situations, make them real."""

    situations: ClassVar[frozenset[Situation]] = frozenset(Situation)
    """Those that the service can be in; tests for others are skipped."""
    several: ClassVar[tuple[str, ...]] = (FIRST, SECOND)
    """Whom a mail for several is for; one of them where the service takes no more."""

    def scene(self, situation: Situation) -> AbstractAsyncContextManager[Scene]:
        """Return a provider whose service is in ``situation``."""
        raise NotImplementedError

    def account(self, **options: str | int | bool) -> ProviderAccount:
        """Return an account with these options, whose secret is ``SECRET``."""
        return ProviderAccount(name="work", options=options, secret=lambda: SECRET)

    def account_with_tokens(self, **options: str | int | bool) -> ProviderAccount:
        """Return an account whose token is ``SECRET`` until it is renewed."""
        token = [SECRET]

        def renewed() -> str:
            token[0] = FRESH
            return FRESH

        return ProviderAccount(
            name="work",
            options=options,
            secret=lambda: token[0],
            renew_secret=renewed,
        )

    def test_everybody_is_told_sent_or_queued(self) -> None:
        """Each recipient has one verdict, in the order of the envelope."""
        verdicts, copies = self._submit(Situation.TAKES, RecordedJob(*self.several))

        addresses = [verdict.wire_address for verdict in verdicts.by_recipient]
        _hold(addresses == [*self.several], f"verdicts are for {addresses}")
        _hold(_kinds(verdicts) <= _TAKEN, f"a service that takes said {verdicts}")
        _hold(verdicts.fault is None, "an account that works has no fault")
        _hold(copies == 1, f"the service has {copies} copies")

    def test_the_point_of_no_return_comes_once_and_after_the_last_byte(self) -> None:
        """Until then everything can be sent again; the bytes are hashed before."""
        recorded = RecordedJob(FIRST, piece_bytes=5)
        self._submit(Situation.TAKES, recorded)

        events = [event for event in recorded.events if event in {"piece", "point"}]
        _hold(events.count("point") == 1, f"the point came {events.count('point')}x")
        _hold(events[-1:] == ["point"], "bytes were asked for after the point")
        pieces = -(-len(recorded.content) // 5)
        _hold(events.count("piece") == pieces, "the bytes were not asked for once")

    def test_what_the_point_of_no_return_raises_passes_through(self) -> None:
        """It says that the mail was withdrawn, or is not what was approved."""
        recorded = RecordedJob(FIRST, at_the_point=_SurpriseError())
        raised, copies = asyncio.run(self._surprised(recorded))

        _hold(raised, "what the point of no return raised was swallowed")
        _hold(copies == 0, "the mail was sent all the same")

    def test_after_that_the_provider_can_be_used_for_the_next_job(self) -> None:
        """A connection in the middle of a message must not be used for another."""
        next_one = RecordedJob(SECOND)
        told, copies = asyncio.run(self._after_a_surprise(next_one))

        _hold(_kinds(told) <= _TAKEN, f"the next job was told {told}")
        _hold(copies == 1, f"the service has {copies} copies, of one that was sent")

    def test_jobs_at_the_same_time_are_independent(self) -> None:
        """Each has its own recipients told, hands out its own bytes, passes once."""
        jobs = [_numbered(number) for number in range(_TOGETHER)]
        told, copies = asyncio.run(self._together(jobs))

        for number, verdicts in enumerate(told):
            addresses = [verdict.wire_address for verdict in verdicts.by_recipient]
            _hold(addresses == [_address(number)], f"job {number} told {addresses}")
            _hold(_kinds(verdicts) <= _TAKEN, f"job {number} was told {verdicts}")
        points = [one.events.count("point") for one, _ in jobs]
        _hold(points == [1] * _TOGETHER, f"the points came {points} times")
        _hold(copies == _TOGETHER, f"the service has {copies} copies")

    def test_a_job_that_fails_takes_nothing_from_those_beside_it(self) -> None:
        """Withdrawing one mail says nothing about the others."""
        jobs = [_numbered(number) for number in range(_TOGETHER - 1)]
        jobs.insert(1, _numbered(_TOGETHER, at_the_point=_SurpriseError()))
        told, copies = asyncio.run(self._together(jobs))

        others = [verdicts for verdicts in told if verdicts.by_recipient]
        _hold(len(others) == _TOGETHER - 1, f"those beside it were told {told}")
        for verdicts in others:
            _hold(_kinds(verdicts) <= _TAKEN, f"one beside it was told {verdicts}")
        _hold(copies == _TOGETHER - 1, f"the service has {copies} copies")

    def test_closing_in_the_middle_of_the_content_makes_nothing_up(self) -> None:
        """Whoever is told that it was sent, or was not, can believe it."""
        recorded = RecordedJob(FIRST)
        self._close_while(recorded, standing_still_at_a_piece(recorded.job))

    def test_closing_at_the_point_of_no_return_makes_nothing_up(self) -> None:
        """As in the middle of the content."""
        recorded = RecordedJob(FIRST)
        self._close_while(recorded, standing_still_at_the_point(recorded.job))

    def test_a_refusal_is_a_value(self) -> None:
        """A refused recipient is expected, and no exception."""
        verdicts, copies = self._submit(Situation.REFUSES, RecordedJob(*self.several))

        _hold(_kinds(verdicts) == {VerdictKind.REFUSED}, f"a refusal became {verdicts}")
        _hold(copies == 0, "the service took what it refused")

    def test_recipients_are_answered_one_by_one(self) -> None:
        """One who is refused takes nothing from the others."""
        recorded = RecordedJob(FIRST, SECOND)
        verdicts, _ = self._submit(Situation.REFUSES_SECOND, recorded)

        first, second = (verdict.kind for verdict in verdicts.by_recipient)
        _hold(first in _TAKEN, f"the first was told {first}")
        _hold(second is VerdictKind.REFUSED, f"the second was told {second}")

    def test_a_reply_is_kept_word_for_word(self) -> None:
        """People have to see what a service said."""
        verdicts, _ = self._submit(Situation.REFUSES, RecordedJob(FIRST))

        _hold(all(map(_has_words, verdicts.by_recipient)), f"no words in {verdicts}")

    def test_a_service_that_is_not_there_means_later(self) -> None:
        """Nothing left this machine."""
        recorded = RecordedJob(*self.several)
        verdicts, _ = self._submit(Situation.NOT_THERE, recorded)

        _hold(_kinds(verdicts) == {VerdictKind.DEFERRED}, f"it became {verdicts}")
        _hold("point" not in recorded.events, "there was nobody to send it to")

    def test_a_service_that_is_not_there_is_unreachable(self) -> None:
        """Every other message would have met the same: one is tried, and not all."""
        verdicts, _ = self._submit(Situation.NOT_THERE, RecordedJob(FIRST))

        _hold(verdicts.is_unreachable, f"it is not said to be unreachable: {verdicts}")

    def test_a_service_that_answers_is_not_unreachable(self) -> None:
        """A refusal is about one message, and not about the way out."""
        verdicts, _ = self._submit(Situation.REFUSES, RecordedJob(FIRST))

        _hold(
            not verdicts.is_unreachable, f"it answered, and is unreachable: {verdicts}"
        )

    def test_who_answered_is_said(self) -> None:
        """An attempt shows people where it went, whatever came of it."""
        for situation in (*self._possible(_ANSWERED), Situation.TAKES):
            verdicts, _ = self._submit(situation, RecordedJob(FIRST))
            _hold(bool(verdicts.server), f"{situation}: nobody says who answered")

    def test_a_service_that_breaks_off_means_later(self) -> None:
        """A message that is not complete is none."""
        recorded = RecordedJob(FIRST, content=_BIG, piece_bytes=65536)
        verdicts, copies = self._submit(Situation.BREAKS_OFF, recorded)

        _hold(_kinds(verdicts) == {VerdictKind.DEFERRED}, f"it became {verdicts}")
        _hold(copies == 0, "the service took half a message")

    def test_silence_after_the_content_means_that_nobody_knows(self) -> None:
        """Sending again might send twice; giving up might lose it."""
        recorded = RecordedJob(FIRST)
        verdicts, _ = self._submit(Situation.SILENT, recorded)

        _hold(_kinds(verdicts) == {VerdictKind.UNKNOWN}, f"silence became {verdicts}")
        _hold("point" in recorded.events, "the point of no return was not passed")

    def test_a_refused_password_is_the_accounts_fault(self) -> None:
        """Every message would fail alike, so none does, and a person is told."""
        verdicts, _ = self._submit(Situation.WRONG_LOGIN, RecordedJob(FIRST))

        _hold(verdicts.fault is not None, f"a refused password became {verdicts}")
        _hold(verdicts.by_recipient == (), "somebody was offered without a login")

    def test_a_token_that_has_run_out_is_renewed(self) -> None:
        """At once or for the next attempt: no person has to do anything."""
        told, copies = asyncio.run(self._with_an_old_token())

        _hold(told[0].fault is None, f"a token that ran out became {told[0]}")
        first = _kinds(told[0])
        _hold(first <= _TAKEN | {VerdictKind.DEFERRED}, f"the first was told {told[0]}")
        _hold(_kinds(told[1]) <= _TAKEN, f"with a fresh token: {told[1]}")
        _hold(copies == 1 + (first <= _TAKEN), f"there are {copies} copies")

    def test_a_service_that_asks_for_time_gets_it(self) -> None:
        """As long as it asks for, at least."""
        verdicts, copies = self._submit(Situation.SLOW_DOWN, RecordedJob(FIRST))

        kinds, waits = _kinds(verdicts), [one.wait for one in verdicts.by_recipient]
        is_later = kinds == {VerdictKind.DEFERRED}
        _hold(is_later or verdicts.fault is not None, f"it became {verdicts}")
        longest = max(filter(None, [*waits, verdicts.wait]), default=timedelta(0))
        _hold(longest >= TWO_MINUTES, f"it is left alone for {longest}")
        _hold(copies == 0, f"the service has {copies} copies")

    def test_an_error_that_the_service_owns_up_to_means_later(self) -> None:
        """It says itself that it took nothing."""
        verdicts, _ = self._submit(Situation.FAILS, RecordedJob(FIRST))

        _hold(_kinds(verdicts) == {VerdictKind.DEFERRED}, f"it became {verdicts}")

    def test_an_error_of_what_stands_between_means_that_nobody_knows(self) -> None:
        """A gateway does not know what became of a request that it passed on."""
        verdicts, _ = self._submit(Situation.GATEWAY_FAILS, RecordedJob(FIRST))

        _hold(_kinds(verdicts) == {VerdictKind.UNKNOWN}, f"it became {verdicts}")

    def test_nobody_knows_even_if_what_stands_between_names_a_time(self) -> None:
        """When to come back says nothing about the request that is out."""
        verdicts, _ = self._submit(Situation.GATEWAY_IS_BUSY, RecordedJob(FIRST))

        _hold(_kinds(verdicts) == {VerdictKind.UNKNOWN}, f"it became {verdicts}")

    def test_a_yes_that_nobody_can_read_is_none(self) -> None:
        """Nor is it a no."""
        verdicts, _ = self._submit(Situation.GARBAGE, RecordedJob(FIRST))

        _hold(_kinds(verdicts) == {VerdictKind.UNKNOWN}, f"it became {verdicts}")

    def test_the_secret_is_shown_nowhere(self) -> None:
        """Not in a log, a receipt, nor in what the provider looks like."""
        for situation in self._possible((Situation.WRONG_LOGIN, Situation.TAKES)):
            with _log() as log:
                seen = asyncio.run(self._seen(situation))

            _hold(SECRET not in seen + log.getvalue(), "the secret can be seen")

    def test_what_is_said_to_be_possible_is(self) -> None:
        """The sender asks later only who says that it can be asked."""
        provider = asyncio.run(self._provider())
        says, can = provider.capabilities.can_look_up, isinstance(provider, LooksUp)

        _hold(says is can, f"can_look_up is {says}, and look_up is there: {can}")

    def test_the_same_key_delivers_once_where_that_is_said(self) -> None:
        """Else mail whose fate is not known would be sent twice."""
        if not asyncio.run(self._provider()).capabilities.is_idempotent:
            raise unittest.SkipTest("It does not say that keys make it idempotent.")
        twice = [RecordedJob(FIRST), RecordedJob(FIRST)]
        _, copies = asyncio.run(self._one_by_one(twice))

        _hold(copies == 1, f"one key delivered {copies} copies")

    def test_a_check_of_a_working_account_is_good(self) -> None:
        """And sends nothing."""
        check, copies = asyncio.run(self._check(Situation.TAKES))

        _hold(check.ok, f"the check says {check}")
        _hold(bool(check.endpoint), "the check does not say where it connected")
        _hold(copies == 0, "the check sent something")

    def test_a_check_says_what_is_wrong(self) -> None:
        """In words, with something to do about it, and never as an exception."""
        check, _ = asyncio.run(self._check(Situation.WRONG_LOGIN))

        _hold(not check.ok, "a refused password passed the check")
        _hold(check.fault is not None, "the check names no fault")
        _hold(bool(check.error and check.hint), "the check has no words for it")

    def test_a_setting_that_means_nothing_is_refused(self) -> None:
        """A misspelt setting that is ignored is one that a person believes in."""
        kind = type(asyncio.run(self._provider()))
        try:
            kind(self.account(**{"no such setting": "x"}))
        except ConfigurationError as error:
            _hold("no such setting" in str(error), f"the setting is not named: {error}")
        else:
            _hold(claim=False, otherwise="a setting that means nothing was taken")

    def test_closing_twice_does_no_harm(self) -> None:
        """The sender closes what it opened, whatever happened before."""
        self._submit(Situation.TAKES, RecordedJob(FIRST))

    def _possible(self, situations: Iterable[Situation]) -> tuple[Situation, ...]:
        """Return those that the service can be in."""
        return tuple(one for one in situations if one in self.situations)

    def _close_while(
        self, recorded: RecordedJob, stopping: tuple[SendJob, Standstill]
    ) -> None:
        told, copies = asyncio.run(self._closed_meanwhile(*stopping))

        kinds = _kinds(told) if isinstance(told, Verdicts) else set()
        _hold(copies > 0 or not kinds & _TAKEN, f"nobody took it, and it is {told}")
        is_back = bool(kinds & _NOT_TAKEN) or "point" not in recorded.events
        _hold(copies == 0 or not is_back, f"it was taken, and is {told}")

    def _enter(self, situation: Situation) -> AbstractAsyncContextManager[Scene]:
        if situation not in self.situations:
            raise unittest.SkipTest(f"The service is never so: {situation}.")
        return self.scene(situation)

    def _submit(
        self, situation: Situation, recorded: RecordedJob
    ) -> tuple[Verdicts, int]:
        return asyncio.run(self._submitted(situation, recorded))

    async def _submitted(
        self, situation: Situation, recorded: RecordedJob
    ) -> tuple[Verdicts, int]:
        async with self._enter(situation) as scene:
            verdicts = await scene.provider.submit(recorded.job)
            await scene.provider.close()
            await scene.provider.close()
            return verdicts, scene.copies()

    async def _surprised(self, recorded: RecordedJob) -> tuple[bool, int]:
        async with self._enter(Situation.TAKES) as scene:
            try:
                await scene.provider.submit(recorded.job)
            except _SurpriseError:
                return True, scene.copies()
            return False, scene.copies()

    async def _check(self, situation: Situation) -> tuple[AccountCheck, int]:
        async with self._enter(situation) as scene:
            check = await scene.provider.check()
            await scene.provider.close()
            return check, scene.copies()

    async def _after_a_surprise(self, next_one: RecordedJob) -> tuple[Verdicts, int]:
        withdrawn = RecordedJob(FIRST, at_the_point=_SurpriseError())
        async with self._enter(Situation.TAKES) as scene:
            with suppress(_SurpriseError):
                await scene.provider.submit(withdrawn.job)
            told = await scene.provider.submit(job_of(next_one.job, "next"))
            await scene.provider.close()
            return told, scene.copies()

    async def _together(
        self, jobs: list[tuple[RecordedJob, SendJob]]
    ) -> tuple[list[Verdicts], int]:
        """Submit all at once; what raised was told nothing."""
        async with self._enter(Situation.TAKES) as scene:
            told = await asyncio.gather(
                *(_unless_surprised(scene.provider.submit(job)) for _, job in jobs)
            )
            await scene.provider.close()
            return told, scene.copies()

    async def _one_by_one(self, jobs: list[RecordedJob]) -> tuple[list[Verdicts], int]:
        async with self._enter(Situation.TAKES) as scene:
            told = [await scene.provider.submit(one.job) for one in jobs]
            await scene.provider.close()
            return told, scene.copies()

    async def _closed_meanwhile(
        self, job: SendJob, stop: Standstill
    ) -> tuple[Verdicts | BaseException, int]:
        """Close while the job stands still, which may wait for it or not."""
        async with self._enter(Situation.TAKES) as scene:
            submitting = asyncio.create_task(scene.provider.submit(job))
            await stop.is_reached.wait()
            closing = asyncio.create_task(scene.provider.close())
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            stop.goes_on.set()
            told, _ = await asyncio.gather(submitting, closing, return_exceptions=True)
            await scene.provider.close()
            return told, scene.copies()

    async def _with_an_old_token(self) -> tuple[list[Verdicts], int]:
        async with self._enter(Situation.OLD_TOKEN) as scene:
            told = [await scene.provider.submit(RecordedJob(FIRST).job)]
            told.append(await scene.provider.submit(RecordedJob(SECOND).job))
            await scene.provider.close()
            return told, scene.copies()

    async def _provider(self) -> Provider:
        async with self._enter(Situation.TAKES) as scene:
            await scene.provider.close()
            return scene.provider

    async def _seen(self, situation: Situation) -> str:
        async with self._enter(situation) as scene:
            verdicts = await scene.provider.submit(RecordedJob(FIRST).job)
            check = await scene.provider.check()
            await scene.provider.close()
            return f"{scene.provider!r} {verdicts!r} {check!r}"


async def _unless_surprised(submitting: Coroutine[None, None, Verdicts]) -> Verdicts:
    try:
        return await submitting
    except _SurpriseError:
        return Verdicts()


@contextmanager
def _log() -> Iterator[io.StringIO]:
    """Yield everything that is logged meanwhile, by whomever."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _numbered(
    number: int, *, at_the_point: Exception | None = None
) -> tuple[RecordedJob, SendJob]:
    recorded = RecordedJob(_address(number), at_the_point=at_the_point)
    return recorded, job_of(recorded.job, str(number))


def _address(number: int) -> str:
    return f"r{number}@example.net"


_TOGETHER: Final = 6
"""More jobs than an account has connections, as it usually is."""
_TURNS: Final = 50
"""Of the loop: enough for whatever closing does before it waits."""
_ANSWERED: Final = (
    Situation.REFUSES,
    Situation.NOT_THERE,
    Situation.SILENT,
    Situation.WRONG_LOGIN,
)
_BIG: Final = (
    b"From: ada@example.org\r\nSubject: big\r\n\r\n" + b"x" * 10_000_000 + b"\r\n"
)
"""More than what is buffered between two programs, so that an end is noticed."""
_TAKEN: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED})
_NOT_TAKEN: Final = frozenset({VerdictKind.DEFERRED, VerdictKind.REFUSED})


def _kinds(verdicts: Verdicts) -> set[VerdictKind]:
    return {verdict.kind for verdict in verdicts.by_recipient}


def _has_words(verdict: Verdict) -> bool:
    return bool(verdict.receipt.text and verdict.receipt.stage)


def _hold(claim: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as assert
    if not claim:
        raise AssertionError(otherwise)
