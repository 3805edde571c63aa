"""F34 to F36: a server that does not answer alike for everybody."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.network import (
    one_by_one_and_pipelined,
    page,
    place_at,
    retried,
    states,
)
from tests.faults.place import CC, HIDDEN, TO, Place
from tests.faults.server import MailServer
from tuimail.testing import Say, Script

GREYLISTED, NO_SUCH_USER = Say("450 4.2.0 Greylisted"), Say("550 5.1.1 no such user")


def offered(server: MailServer) -> list[str]:
    """Return whom the server was asked to take mail for, in order."""
    lines = [line for line in server.commands if line.upper().startswith("RCPT")]
    return [line.partition("<")[2].partition(">")[0] for line in lines]


def copies(place: Place) -> Counter[str]:
    """Count what each recipient has."""
    return Counter(
        recipient
        for delivery in place.server.accepted
        for recipient in delivery.recipients
    )


@pytest.mark.parametrize("number", [1, 2, 3])
@one_by_one_and_pipelined
def test_F34_one_of_three_recipients_is_told_later_and_is_tried_again_alone(
    tmp_path: Path, number: int, extensions: Sequence[str]
) -> None:
    everybody = (TO, CC, HIDDEN)
    late = everybody[number - 1]
    server = MailServer({f"rcpt:{number}": GREYLISTED}, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        first, before = states(place, mail), offered(server)
        retried(place)

        assert first == dict.fromkeys(everybody, "sent") | {late: "deferred"}
        assert before == list(everybody)
        assert offered(server)[3:] == [late]
        assert states(place, mail) == dict.fromkeys(everybody, "sent")
        assert place.status(mail) == "sent"


@one_by_one_and_pipelined
def test_F34_who_is_greylisted_is_left_alone_for_five_minutes(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    server = MailServer({"rcpt:3": GREYLISTED}, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        place.waiting()
        place.drain()
        server.script.clear()
        place.advance(minutes=4, seconds=59)
        place.drain()
        soon = offered(server)
        place.advance(seconds=1)
        place.drain()

        assert len(soon) == 3
        assert len(offered(server)) == 4


@pytest.mark.parametrize("number", [1, 2, 3])
@one_by_one_and_pipelined
def test_F35_one_of_three_recipients_is_told_never_and_is_shown(
    tmp_path: Path, number: int, extensions: Sequence[str]
) -> None:
    everybody = (TO, CC, HIDDEN)
    refused = everybody[number - 1]
    server = MailServer({f"rcpt:{number}": NO_SUCH_USER}, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        shown = page(place, mail)
        retried(place)

        (one,) = [one for one in shown.recipients if one.address == refused]
        assert "550 5.1.1 no such user" in one.reason
        assert states(place, mail) == dict.fromkeys(everybody, "sent") | {
            refused: "invalid"
        }
        assert place.status(mail) == "partial"
        assert len(offered(server)) == 3


@one_by_one_and_pipelined
def test_F35_three_answers_are_three_states_and_only_the_third_is_tried_again(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    script: Script = {"rcpt:2": NO_SUCH_USER, "rcpt:3": Say("451 4.3.0 in a moment")}
    server = MailServer(script, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        first = page(place, mail)
        retried(place)

        told = {one.address: one.state.value for one in first.recipients}
        assert told == {TO: "sent", CC: "invalid", HIDDEN: "deferred"}
        assert first.row.status == "deferred"
        assert HIDDEN not in first.row.reason
        assert offered(server) == [TO, CC, HIDDEN, HIDDEN]
        assert states(place, mail) == {TO: "sent", CC: "invalid", HIDDEN: "sent"}
        assert place.status(mail) == "partial"


@one_by_one_and_pipelined
def test_F35_nobody_is_left_so_that_nothing_of_the_content_leaves(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    script = {f"rcpt:{number}": NO_SUCH_USER for number in (1, 2, 3)}
    server = MailServer(
        script | {"data": Say("554 5.5.1 no valid recipients")}, extensions=extensions
    )
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()

        assert set(states(place, mail).values()) == {"invalid"}
        assert place.status(mail) == "error"
        assert server.deliveries == ()


TOO_MANY = {
    "452 with a code": "452 4.5.3 too many recipients",
    "452": "452 too many recipients",
    "552 with a code": "552 5.5.3 too many recipients",
    "552": "552 too many recipients",
}


@pytest.mark.parametrize("reply", TOO_MANY.values(), ids=TOO_MANY)
@pytest.mark.parametrize("is_rest_refused", [True, False], ids=["rest too", "only one"])
@one_by_one_and_pipelined
def test_F36_too_many_recipients_at_the_101st_are_split_and_each_has_one_copy(
    tmp_path: Path, reply: str, extensions: Sequence[str], *, is_rest_refused: bool
) -> None:
    crowded_out = range(101, 151 if is_rest_refused else 102)
    script = {f"rcpt:{number}": Say(reply) for number in crowded_out}
    everybody = tuple(f"r{number}@example.net" for number in range(1, 151))
    server = MailServer(script, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(to=everybody, cc=(), bcc=())
        place.drain()

        assert place.status(mail) == "sent"
        assert copies(place) == Counter(everybody)
        assert len(server.accepted) == 2


def test_F36_a_server_that_takes_nobody_is_not_asked_without_end(
    tmp_path: Path,
) -> None:
    server = MailServer({"rcpt:1": Say("452 4.5.3 too many recipients")})
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting(to=(TO,), cc=(), bcc=())
        place.drain()

        assert place.status(mail) == "deferred"
        assert offered(server) == [TO]


@one_by_one_and_pipelined
def test_F36_an_account_may_say_itself_how_many_go_at_once(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    everybody = tuple(f"r{number}@example.net" for number in range(1, 26))
    server = MailServer(extensions=extensions)
    with place_at(
        tmp_path, server, login=False, more="recipients_per_message = 10"
    ) as place:
        mail = place.waiting(to=everybody, cc=(), bcc=())
        place.drain()

        assert [len(one.recipients) for one in server.accepted] == [10, 10, 5]
        assert place.status(mail) == "sent"
