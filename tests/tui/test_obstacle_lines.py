"""What keeps whole accounts from sending, in a line each."""

from datetime import timedelta

import pytest

from tests.tui.test_whys import NOW, obstacle
from tuimail.tui.widgets.obstacle_lines import obstacle_lines
from tuimail.workspace.obstacles import Obstacle

pytestmark = pytest.mark.usefixtures("berlin")
KEYS = {"log_in": "L", "resume": "R", "retry": "t"}
MINUTE = NOW + timedelta(minutes=1)


def lines(*found: Obstacle, about: str = "work") -> list[str]:
    return [one.text for one in obstacle_lines(found, NOW, keys=KEYS, about=about)]


def test_nothing_is_said_while_nothing_is_in_the_way() -> None:
    assert lines() == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (obstacle(is_login=True),
         ("account work is held   L log in again   R resume its 3 messages   "
         "The server refused the password: 535 no.")),
        (obstacle(waiting=1, reason="Held."),
         "account work is held   R resume its 1 message   Held."),
        (obstacle(waiting=0, reason="Held."),
         "account work is held   R resume it   Held."),
        (obstacle(account="home"),
         "account home is held: The server refused the password: 535 no"),
        (obstacle(is_held=False, until=MINUTE, reason="It asks to wait: 421 busy"),
         "account work waits, until 15:03: It asks to wait"),
        (obstacle(account="w\x1bk", reason="a\x07b"), "account w␛k is held: a␇b"),
    ],
)  # fmt: skip
def test_an_account_has_a_line_with_the_keys_that_help(
    found: Obstacle, said: str
) -> None:
    assert lines(found) == [said]


def test_no_network_is_one_line_for_all() -> None:
    away = {"is_held": False, "is_unreachable": True}
    found = (
        obstacle(until=NOW + timedelta(seconds=40), **away),
        obstacle(account="home", until=MINUTE, waiting=9, **away),
    )

    assert lines(*found) == [
        (
            "no network: no server could be reached, next try in 40 s; "
            "12 messages waiting.   t try now"
        )
    ]


def test_of_many_accounts_only_the_number_is_said() -> None:
    said = lines(*(obstacle(account=f"a{number}") for number in range(5)))

    assert len(said) == 4
    assert said[-1] == "and 2 more accounts, see Accounts"
