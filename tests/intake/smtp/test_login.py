"""AUTH at the SMTP door: by a token, whoever says they are."""

from base64 import b64encode

import pytest

from tests.intake.smtp.conftest import TOKEN, Opens, Place, Talker, in_base64, plain
from tuimail.errors import NotAllowedError, WorkspaceBusyError

WRONG = "535-5.7.8 No client has that token.\n535 5.7.8 Ask for one."


@pytest.fixture
async def greeted(place: Place) -> Talker:
    talker = await place.talker()
    await talker.say("EHLO me")
    return talker


@pytest.mark.parametrize(
    "user", ["billing", "jwt", "", "anybody at all", "ana@example"]
)
async def test_the_token_decides_and_not_the_name(greeted: Talker, user: str) -> None:
    reply = await greeted.say(f"AUTH PLAIN {plain(TOKEN, user)}")

    assert reply == "235 2.7.0 Logged in"


async def test_plain_may_wait_to_be_asked(greeted: Talker) -> None:
    assert await greeted.say("AUTH PLAIN") == "334 "
    assert await greeted.say(plain(TOKEN)) == "235 2.7.0 Logged in"


async def test_login_asks_for_name_and_password(greeted: Talker) -> None:
    assert await greeted.say("auth login") == f"334 {in_base64('Username:')}"
    assert await greeted.say(in_base64("jwt")) == f"334 {in_base64('Password:')}"
    assert await greeted.say(in_base64(TOKEN)) == "235 2.7.0 Logged in"


async def test_login_may_bring_the_name_along(greeted: Talker) -> None:
    assert await greeted.say(f"AUTH LOGIN {in_base64('jwt')}") == (
        f"334 {in_base64('Password:')}"
    )
    assert await greeted.say(in_base64(TOKEN)) == "235 2.7.0 Logged in"


@pytest.mark.parametrize("length", [0, 1, 170, 370, 748, 4096, 8000])
async def test_a_wrong_token_of_any_length_is_refused_in_order(
    greeted: Talker, length: int
) -> None:
    """Address credentials of other services have hundreds of characters."""
    assert await greeted.say(f"AUTH PLAIN {plain('x' * length)}") == WRONG
    await greeted.say("AUTH LOGIN")
    await greeted.say(in_base64("jwt"))
    assert await greeted.say(in_base64("x" * length)) == WRONG
    assert await greeted.say("NOOP") == "250 2.0.0 Ok"


async def test_a_password_that_is_no_text_is_wrong(greeted: Talker) -> None:
    given = b64encode(b"\0jwt\0\xff\xfe").decode()

    assert await greeted.say(f"AUTH PLAIN {given}") == WRONG


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("", "501 5.5.4 "),
        ("PLAIN a b", "501 5.5.4 "),
        ("CRAM-MD5", "504 5.5.4 There are PLAIN and LOGIN"),
        ("PLAIN ???", "501 5.5.2 That is not base64"),
        ("PLAIN é", "501 5.5.2 That is not base64"),
        ("PLAIN =", "501 5.5.2 PLAIN is NUL"),
        (f"PLAIN {in_base64('no nul')}", "501 5.5.2 PLAIN is NUL"),
    ],
)
async def test_a_login_that_is_not_understood_is_no_wrong_one(
    place: Place, greeted: Talker, argument: str, reply: str
) -> None:
    assert (await greeted.say(f"AUTH {argument}")).startswith(reply)
    assert not place.naps


async def test_a_login_can_be_called_off(greeted: Talker) -> None:
    await greeted.say("AUTH LOGIN")

    assert await greeted.say("*") == "501 5.7.0 The login was called off"
    assert await greeted.say("NOOP") == "250 2.0.0 Ok"


async def test_a_line_without_end_hangs_up(greeted: Talker) -> None:
    await greeted.say("AUTH LOGIN")
    greeted.write("x" * 200_000)

    assert await greeted.reply() == "500 5.5.6 A line of a login is too long"
    assert await greeted.reply() == ""


async def test_wrong_logins_wait_longer_each_time_over_all_connections(
    place: Place,
) -> None:
    for _ in range(3):
        talker = await place.talker()
        for _ in range(2):
            assert await talker.log_in("wrong") == WRONG

    assert place.naps == [1, 2, 4, 8, 8, 8]
    await place.talker(logged_in=True)
    assert await (await place.talker()).log_in("wrong") == WRONG
    assert place.naps[-1] == 1


async def test_the_third_wrong_login_hangs_up(place: Place) -> None:
    talker = await place.talker()
    for _ in range(3):
        assert await talker.log_in("wrong") == WRONG

    assert await talker.reply() == ""


async def test_a_token_for_something_else_is_no_login_and_is_not_slowed_down(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_token: str) -> None:
        raise NotAllowedError("It is for looking only.")

    monkeypatch.setattr(place.desk, "let_in", refuse)
    talker = await place.talker()

    assert await talker.log_in() == "535 5.7.1 It is for looking only."
    assert not place.naps


async def test_where_nobody_can_say_who_it_is_the_client_comes_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_token: str) -> None:
        raise WorkspaceBusyError("Another program writes.")

    monkeypatch.setattr(place.desk, "let_in", refuse)
    talker = await place.talker()

    assert await talker.log_in() == "454 4.3.0 Another program writes."


async def test_a_client_that_never_logs_in_is_left(open_door: Opens) -> None:
    place = await open_door(mistakes=5)
    talker = await place.talker()
    replies = [await talker.say("NOOP") for _ in range(5)]

    assert replies[:4] == ["250 2.0.0 Ok"] * 4
    assert await talker.reply() == "421 4.7.0 Too many mistakes on one connection"
    assert await talker.reply() == ""
