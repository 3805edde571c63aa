"""Every provider of ours keeps the contract that plug-ins have to keep."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from typing import Final

import pytest

from tuimail.core.submission import Receipt, VerdictKind, Verdicts
from tuimail.providers.base import Capabilities, SendJob
from tuimail.providers.console import ConsoleProvider
from tuimail.providers.dummy import DummyProvider
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import (
    AfterThePoint,
    Answer,
    Close,
    FakeProvider,
    ProviderContract,
    Say,
    Scene,
    Script,
    ScriptedSmtpServer,
    Situation,
    verdicts_for,
)
from tuimail.testing.situations import FRESH, SECRET

SCRIPTS: Final[dict[Situation, Script]] = {
    Situation.TAKES: {},
    Situation.REFUSES: {"mail": Say("550 5.7.1 not from you")},
    Situation.REFUSES_SECOND: {"rcpt:2": Say("550 5.1.1 no such user")},
    Situation.NOT_THERE: {"connect": Close()},
    Situation.BREAKS_OFF: {"mid-data": Close()},
    Situation.SILENT: {"after-end-of-data": Close()},
    Situation.WRONG_LOGIN: {"login": Say("535 5.7.8 wrong")},
    Situation.OLD_TOKEN: {},
    Situation.SLOW_DOWN: {"mail": Say("421 4.7.28 too much mail from you")},
    Situation.FAILS: {"end-of-data": Say("451 4.3.0 local error in processing")},
    Situation.GARBAGE: {"after-end-of-data": Say("<h1>Welcome</h1>")},
}
"""Left out: between two mail servers stands nobody who answers in place of one."""


class TestSmtp(ProviderContract):
    situations = frozenset(SCRIPTS)

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        script, has_token = SCRIPTS[situation], situation is Situation.OLD_TOKEN
        async with ScriptedSmtpServer(
            script,
            logins={"ada": FRESH if has_token else SECRET},
            methods="XOAUTH2" if has_token else "PLAIN",
        ) as server:
            account = self.account_with_tokens if has_token else self.account
            yield Scene(
                provider=SmtpProvider(
                    account(
                        host="127.0.0.1",
                        port=server.port,
                        username="ada",
                        allow_clear_auth=True,
                    )
                ),
                copies=lambda: sum(one.is_accepted for one in server.deliveries),
            )


class TestDummy(ProviderContract):
    situations = frozenset({Situation.TAKES})

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        DummyProvider.kept.clear()
        yield Scene(
            provider=DummyProvider(self.account()),
            copies=lambda: len(DummyProvider.kept),
        )


class TestConsole(ProviderContract):
    situations = frozenset({Situation.TAKES})

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        printed = StringIO()
        yield Scene(
            provider=ConsoleProvider(self.account(), stream=printed),
            copies=lambda: printed.getvalue().count("MAIL FROM"),
        )


class ContractOf(ProviderContract):
    """The contract, asked about a provider that does what it is told."""

    def __init__(
        self, *answers: Answer, kind: type[FakeProvider] = FakeProvider
    ) -> None:
        self.answers = answers
        self.kind = kind

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        provider = self.kind(answers=self.answers)
        yield Scene(provider=provider, copies=lambda: len(provider.contents))


class Claims(FakeProvider):
    """Says of itself what it cannot do."""

    capabilities = Capabilities(is_idempotent=True, can_look_up=True)


async def takes_nothing(job: SendJob) -> Verdicts:
    """Hand the job out, and say of the end of it what is not so."""
    async for _piece in job.pieces():
        """It goes nowhere."""
    await job.point_of_no_return()
    return verdicts_for(job.envelope, VerdictKind.SENT)


async def gossips(job: SendJob) -> Verdicts:
    receipt = Receipt(text=f"535 5.7.8 wrong password: {SECRET}")
    return verdicts_for(job.envelope, VerdictKind.REFUSED, receipt=receipt)


@pytest.mark.parametrize(
    "broken",
    [
        ContractOf(VerdictKind.DEFERRED).test_everybody_is_told_sent_or_queued,
        ContractOf(
            VerdictKind.REFUSED
        ).test_the_point_of_no_return_comes_once_and_after_the_last_byte,
        ContractOf(
            VerdictKind.REFUSED
        ).test_what_the_point_of_no_return_raises_passes_through,
        ContractOf(VerdictKind.SENT).test_a_refusal_is_a_value,
        ContractOf(VerdictKind.SENT).test_recipients_are_answered_one_by_one,
        ContractOf(VerdictKind.REFUSED).test_a_reply_is_kept_word_for_word,
        ContractOf(VerdictKind.SENT).test_a_service_that_is_not_there_means_later,
        ContractOf(VerdictKind.UNKNOWN).test_a_service_that_breaks_off_means_later,
        ContractOf(
            VerdictKind.DEFERRED
        ).test_silence_after_the_content_means_that_nobody_knows,
        ContractOf(VerdictKind.REFUSED).test_a_refused_password_is_the_accounts_fault,
        ContractOf(
            VerdictKind.SENT, VerdictKind.DEFERRED
        ).test_after_that_the_provider_can_be_used_for_the_next_job,
        ContractOf(
            VerdictKind.SENT, VerdictKind.DEFERRED
        ).test_jobs_at_the_same_time_are_independent,
        ContractOf(
            VerdictKind.SENT, VerdictKind.SENT, VerdictKind.DEFERRED
        ).test_a_job_that_fails_takes_nothing_from_those_beside_it,
        ContractOf(
            takes_nothing
        ).test_closing_in_the_middle_of_the_content_makes_nothing_up,
        ContractOf(
            takes_nothing
        ).test_closing_at_the_point_of_no_return_makes_nothing_up,
        ContractOf(
            VerdictKind.DEFERRED
        ).test_a_service_that_is_not_there_is_unreachable,
        ContractOf(
            Verdicts(is_unreachable=True)
        ).test_a_service_that_answers_is_not_unreachable,
        ContractOf(VerdictKind.SENT).test_who_answered_is_said,
        ContractOf(
            VerdictKind.DEFERRED, VerdictKind.DEFERRED
        ).test_a_token_that_has_run_out_is_renewed,
        ContractOf(VerdictKind.DEFERRED).test_a_service_that_asks_for_time_gets_it,
        ContractOf(
            VerdictKind.UNKNOWN
        ).test_an_error_that_the_service_owns_up_to_means_later,
        ContractOf(
            VerdictKind.DEFERRED
        ).test_an_error_of_what_stands_between_means_that_nobody_knows,
        ContractOf(VerdictKind.SENT).test_a_yes_that_nobody_can_read_is_none,
        ContractOf(gossips).test_the_secret_is_shown_nowhere,
        ContractOf(kind=Claims).test_what_is_said_to_be_possible_is,
        ContractOf(kind=Claims).test_the_same_key_delivers_once_where_that_is_said,
        ContractOf().test_a_check_says_what_is_wrong,
        ContractOf().test_a_setting_that_means_nothing_is_refused,
    ],
)
def test_a_provider_that_breaks_a_promise_fails_its_test(
    broken: Callable[[], None],
) -> None:
    """A test of the contract that cannot fail would promise nothing."""
    with pytest.raises(AssertionError):
        broken()


def test_mail_that_was_taken_and_is_said_not_to_be_breaks_a_promise() -> None:
    """Of two mistakes in closing, this is the one that sends twice."""

    async def keeps_it_secret(job: SendJob) -> Verdicts:
        provider.contents.append(b"".join([piece async for piece in job.pieces()]))
        await job.point_of_no_return()
        return verdicts_for(job.envelope, VerdictKind.DEFERRED)

    provider = FakeProvider(answers=[keeps_it_secret])

    class Contract(ProviderContract):
        @asynccontextmanager
        async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
            yield Scene(provider=provider, copies=lambda: len(provider.contents))

    with pytest.raises(AssertionError, match="it was taken"):
        Contract().test_closing_at_the_point_of_no_return_makes_nothing_up()


def test_a_situation_that_is_not_made_real_is_an_error() -> None:
    with pytest.raises(NotImplementedError):
        ProviderContract().scene(Situation.TAKES)


def test_an_error_of_a_provider_is_not_hidden() -> None:
    contract = ContractOf(AfterThePoint(ValueError("a bug")))

    with pytest.raises(ValueError, match="a bug"):
        contract.test_everybody_is_told_sent_or_queued()
