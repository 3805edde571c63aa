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
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from tuimail.core.submission import Verdict, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError
from tuimail.providers.base import AccountCheck, Provider, ProviderAccount
from tuimail.testing.jobs import RecordedJob

SECRET: Final = "the secret of the contract"  # noqa: S105 - made up
FIRST, SECOND = "first@example.net", "second@example.net"


class Situation(StrEnum):
    """What the service is like."""

    TAKES = "takes"
    """Takes every message for everybody."""
    REFUSES = "refuses"
    """Refuses every message for good."""
    REFUSES_SECOND = "refuses_second"
    """Refuses the second recipient for good, and takes the first."""
    NOT_THERE = "not_there"
    """Cannot be reached."""
    BREAKS_OFF = "breaks_off"
    """Ends the connection before the content is complete."""
    SILENT = "silent"
    """Takes the content, and then ends the connection without a word."""
    WRONG_LOGIN = "wrong_login"
    """Refuses the password, which is ``SECRET``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A provider in a situation."""

    provider: Provider
    copies: Callable[[], int]
    """Counts what the service has taken, one for each message."""


class _SurpriseError(Exception):
    """Raised at the point of no return; nobody but the contract knows it."""


class ProviderContract:
    """Inherit, name the situations, make them real."""

    situations: ClassVar[frozenset[Situation]] = frozenset(Situation)
    """Those that the service can be in; tests for others are skipped."""

    def scene(self, situation: Situation) -> AbstractAsyncContextManager[Scene]:
        """Return a provider whose service is in ``situation``."""
        raise NotImplementedError

    def account(self, **options: str | int | bool) -> ProviderAccount:
        """Return an account with these options, whose secret is ``SECRET``."""
        return ProviderAccount(name="work", options=options, secret=lambda: SECRET)

    def test_everybody_is_told_sent_or_queued(self) -> None:
        """Each recipient has one verdict, in the order of the envelope."""
        verdicts, copies = self._submit(Situation.TAKES, RecordedJob(FIRST, SECOND))

        addresses = [verdict.wire_address for verdict in verdicts.by_recipient]
        _hold(addresses == [FIRST, SECOND], f"verdicts are for {addresses}")
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

    def test_a_refusal_is_a_value(self) -> None:
        """A refused recipient is expected, and no exception."""
        verdicts, copies = self._submit(Situation.REFUSES, RecordedJob(FIRST, SECOND))

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
        recorded = RecordedJob(FIRST, SECOND)
        verdicts, _ = self._submit(Situation.NOT_THERE, recorded)

        _hold(_kinds(verdicts) == {VerdictKind.DEFERRED}, f"it became {verdicts}")
        _hold("point" not in recorded.events, "there was nobody to send it to")

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

    def test_the_secret_is_shown_nowhere(self) -> None:
        """Not in a log, a receipt, nor in what the provider looks like."""
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            seen = asyncio.run(self._seen(Situation.WRONG_LOGIN))
        finally:
            root.removeHandler(handler)
            root.setLevel(level)

        _hold(SECRET not in seen + log.getvalue(), "the secret can be seen")

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
        kind = asyncio.run(self._kind())
        try:
            kind(self.account(**{"no such setting": "x"}))
        except ConfigurationError as error:
            _hold("no such setting" in str(error), f"the setting is not named: {error}")
        else:
            _hold(claim=False, otherwise="a setting that means nothing was taken")

    def test_closing_twice_does_no_harm(self) -> None:
        """The sender closes what it opened, whatever happened before."""
        self._submit(Situation.TAKES, RecordedJob(FIRST))

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

    async def _kind(self) -> type[Provider]:
        async with self._enter(Situation.TAKES) as scene:
            return type(scene.provider)

    async def _seen(self, situation: Situation) -> str:
        async with self._enter(situation) as scene:
            verdicts = await scene.provider.submit(RecordedJob(FIRST).job)
            check = await scene.provider.check()
            await scene.provider.close()
            return f"{scene.provider!r} {verdicts!r} {check!r}"


_BIG: Final = b"Subject: big\r\n\r\n" + b"x" * 10_000_000 + b"\r\n"
"""More than what is buffered between two programs, so that an end is noticed."""
_TAKEN: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED})


def _kinds(verdicts: Verdicts) -> set[VerdictKind]:
    return {verdict.kind for verdict in verdicts.by_recipient}


def _has_words(verdict: Verdict) -> bool:
    return bool(verdict.receipt.text and verdict.receipt.stage)


def _hold(claim: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as assert
    if not claim:
        raise AssertionError(otherwise)
