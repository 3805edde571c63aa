"""A secret is read where nobody waits for it who has no time."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from tuimail.core.submission import AccountFault
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.secrets import NO_KEY, secret_from


async def test_a_secret_is_read_in_a_thread_that_keeps_no_program_alive() -> None:
    def read() -> str:
        thread = threading.current_thread()
        return f"{thread is threading.main_thread()} {thread.daemon}"

    assert await secret_from(read) == "False True"


async def test_whoever_stops_waiting_for_a_keyring_waits_no_longer() -> None:
    goes_on = threading.Event()
    asking = asyncio.create_task(secret_from(lambda: str(goes_on.wait(10))))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    ended = asking.cancelled() and not goes_on.is_set()
    goes_on.set()

    assert ended


def locked() -> str:
    raise TemporarySecretError("The keyring is locked.", hint="Unlock it.")


def wrong() -> str:
    raise SecretError("There is no such file.", hint="Write it.")


@pytest.mark.parametrize(
    ("read", "fault", "text"),
    [
        (locked, None, "The keyring is locked. Unlock it."),
        (wrong, AccountFault.SECRET, "There is no such file. Write it."),
        (lambda: None, AccountFault.SECRET, "a user name, but no password"),
        (lambda: "", AccountFault.SECRET, "a user name, but no password"),
    ],
)
async def test_what_cannot_be_read_is_a_fault_or_comes_later(
    read: Callable[[], str | None], fault: AccountFault | None, text: str
) -> None:
    with pytest.raises(NotConnectedError) as caught:
        await secret_from(read)

    assert caught.value.fault is fault
    assert text in caught.value.receipt.text


async def test_what_has_no_user_is_told_what_is_missing() -> None:
    with pytest.raises(NotConnectedError) as caught:
        await secret_from(lambda: None, missing=NO_KEY)

    assert "no key or token" in caught.value.receipt.text
    assert caught.value.fault is AccountFault.SECRET
