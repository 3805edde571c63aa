"""F52, F54, F55: a mail API that asks for time, or answers with half an answer."""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tests.faults import invariants
from tests.faults.network import SHORT, held, page, provider, states
from tests.faults.place import (
    CC,
    HIDDEN,
    PASSWORD,
    PASSWORD_VARIABLE,
    TO,
    Place,
    make_place,
)
from tests.faults.server import MailServer
from tests.faults.web import WebServer
from tests.providers.http.tiny_api import TinyApi, TinyProvider
from tuimail.core.retry import LONGEST_WAIT
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.request import HttpLimits
from tuimail.testing import (
    Close,
    Delivery,
    FakeClock,
    Hang,
    Received,
    Respond,
    Say,
)

EVERYBODY = (TO, CC, HIDDEN)
TABLE = """
[accounts.{name}]
provider = "tiny"
address = "Ada Lovelace <ada@example.org>"
password = "env:{variable}"
url = "{url}"
"""


class MailApi(WebServer):
    """A mail API that shows what it took as mail."""

    def __init__(self) -> None:
        self.api = TinyApi(PASSWORD)
        super().__init__(answer=self.api.answer)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        sent = [one for one in self.scripted.requests if one.method == "POST"]
        return tuple(_delivery(one, self.api) for one in sent)

    @property
    def accepted(self) -> Sequence[Delivery]:
        return tuple(one for one in self.deliveries if one.is_accepted)


def _delivery(received: Received, api: TinyApi) -> Delivery:
    document = received.json
    refused = {one for one, kind in api.kinds.items() if kind == "rejected"}
    return Delivery(
        sender="",
        recipients=tuple(one for one in document["to"] if one not in refused),
        wire=base64.b64decode(document["message"]).replace(b"\r\n.", b"\r\n.."),
        is_accepted=received.is_taken,
    )


@contextmanager
def place_behind_api(folder: Path) -> Iterator[tuple[Place, MailApi]]:
    """Yield a place whose account sends through the API, and the API."""

    class Impatient(TinyProvider):
        def __init__(self, account: ProviderAccount) -> None:
            limits = HttpLimits(connect=SHORT, block=SHORT, reply=SHORT)
            super().__init__(account, limits=limits)

    with MailApi() as server, provider("tiny", Impatient):
        shown = cast("MailServer", server)
        place = make_place(folder, shown, clock=FakeClock())
        url, variable = server.url, PASSWORD_VARIABLE
        place.configure(TABLE.format(name="work", variable=variable, url=url))
        try:
            yield place, server
            invariants.check(place)
        finally:
            place.end_all()


def test_F54_without_any_fault_the_mail_leaves_once(tmp_path: Path) -> None:
    """Else the rows below would say nothing."""
    with place_behind_api(tmp_path) as (place, server):
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "sent"
        assert set(states(place, mail).values()) == {"sent"}
        assert server.scripted.copies == 1


def busy(value: str, status: int = 429) -> Respond:
    return Respond(
        status=status, body={"error": "slow down"}, headers={"Retry-After": value}
    )


def date_in(wait: timedelta) -> str:
    return format_datetime(datetime.now(UTC) + wait, usegmt=True)


HOURS = timedelta(hours=1)
WAITS: dict[str, tuple[Callable[[], str], timedelta]] = {
    "seconds": (lambda: "7200", 2 * HOURS),
    "a date": (lambda: date_in(3 * HOURS), 3 * HOURS),
    "ten days": (lambda: "864000", LONGEST_WAIT),
    "a date years ahead": (lambda: date_in(80_000 * HOURS), LONGEST_WAIT),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("name", WAITS)
def test_F54_a_wait_that_is_asked_for_is_kept_but_for_a_cap(
    tmp_path: Path, name: str, status: int
) -> None:
    value, wait = WAITS[name]
    with place_behind_api(tmp_path) as (place, server):
        mail = place.waiting()
        server.scripted.answers.append(busy(value(), status))
        place.drain()
        row = page(place, mail).row
        assert row.status == "deferred"
        assert row.due_at is not None
        due = row.due_at - place.clock.now()

        assert wait - timedelta(minutes=1) <= due <= wait * 1.3
        place.clock.advance(due - timedelta(minutes=2))  # type: ignore[attr-defined]
        place.drain()
        assert len(server.scripted.requests) == 1
        place.advance(days=2)
        place.drain()
        assert place.status(mail) == "sent"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(date_in(-timedelta(hours=3)), id="a time that is past"),
        "-5",
        "0",
        "99999999999999999999",
        "soon",
        "",
        "1e9",
        "२",
        "7200 seconds",
    ],
)
def test_F54_a_wait_that_means_nothing_leaves_it_to_our_own_schedule(
    tmp_path: Path, value: str
) -> None:
    with place_behind_api(tmp_path) as (place, server):
        server.scripted.answers.append(busy(value.encode().decode("latin-1")))
        mail = place.waiting()
        place.drain()
        row = page(place, mail).row

        assert row.status == "deferred"
        assert row.due_at is not None
        waits = row.due_at - place.clock.now()
        assert timedelta(seconds=48) <= waits <= timedelta(minutes=2)


def test_F54_the_whole_account_is_left_alone(tmp_path: Path) -> None:
    with place_behind_api(tmp_path) as (place, server):
        server.scripted.answers.append(busy("7200"))
        mails = [place.waiting() for _ in range(3)]
        place.drain()
        place.advance(hours=1)
        place.drain()
        asked = len(server.scripted.requests)
        place.advance(days=1)
        place.drain()

        assert asked == 1
        assert {place.status(mail) for mail in mails} == {"sent"}


HALF = b'{"id": "4F2A77", "accepted": ["bob@exa'
PAGE = "<html><h1>200 OK</h1>Please accept our terms.</html>"
ODD_ANSWERS: dict[str, Any] = {
    "half of the JSON": Respond(body=HALF),
    "half of what was announced": (
        Respond(body=HALF, headers={"Content-Length": "4000"}),
        Close(),
    ),
    "nothing": Respond(body=b""),
    "a portal's page": Respond(body=PAGE),
    "another document": Respond(body={"hello": "world"}),
    "a list": Respond(body=["4F2A77"]),
    "a number": Respond(body=b"42"),
    "no end of it": Respond(body=b"[" * 200_000),
    "an empty line": Say(b"\r\n"),
    "no HTTP": Say(b"250 2.0.0 ok\r\n"),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_F55_a_yes_that_is_not_the_apis_own_leaves_the_mail_unknown(
    tmp_path: Path, name: str
) -> None:
    with place_behind_api(tmp_path) as (place, server):
        server.scripted.script["after-taking"] = ODD_ANSWERS[name]
        if isinstance(ODD_ANSWERS[name], Say):
            server.scripted.script["after-taking"] = (ODD_ANSWERS[name], Close())
        mail = place.waiting()
        place.drain()
        first = page(place, mail)
        server.scripted.script.clear()
        place.advance(days=1)
        place.drain()

        assert first.row.status == "unknown"
        assert set(states(place, mail).values()) == {"unknown"}
        assert server.scripted.copies == 1


@pytest.mark.parametrize("missing", EVERYBODY)
def test_F55_of_whom_a_list_says_nothing_nothing_is_known(
    tmp_path: Path, missing: str
) -> None:
    with place_behind_api(tmp_path) as (place, server):
        told = [one for one in EVERYBODY if one != missing]
        answer = Respond(body={"id": "4F2A77", "accepted": told})
        server.scripted.script["after-taking"] = answer
        mail = place.waiting()
        place.drain()

        assert states(place, mail) == dict.fromkeys(EVERYBODY, "sent") | {
            missing: "unknown"
        }
        assert place.status(mail) == "unknown"


def test_F55_who_is_refused_in_a_list_is_refused(tmp_path: Path) -> None:
    with place_behind_api(tmp_path) as (place, server):
        server.api.kinds[CC] = "rejected"
        mail = place.waiting()
        place.drain()

        assert states(place, mail) == {TO: "sent", CC: "rejected", HIDDEN: "sent"}
        assert place.status(mail) == "partial"


PORTALS: dict[str, tuple[Any, str]] = {
    "200 HTML": (Respond(body=PAGE), "unknown"),
    "302 to a login": (
        Respond(status=302, body=PAGE, headers={"Location": "http://127.0.0.1:1/"}),
        "held",
    ),
    "511": (Respond(status=511, body=PAGE), "unknown"),
    "502": (Respond(status=502, body=PAGE), "unknown"),
    "closes": (Close(), "unknown"),
    "hangs": (Hang(), "unknown"),
}


@pytest.mark.parametrize("name", PORTALS)
def test_F52_a_portal_in_place_of_the_api_is_judged_by_the_table(
    tmp_path: Path, name: str
) -> None:
    act, status = PORTALS[name]
    with place_behind_api(tmp_path) as (place, server):
        server.scripted.script["answer"] = act
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == status
        assert "sent" not in states(place, mail).values()
        assert bool(held(place)) == (status == "held")


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["connect", "head"])
def test_F52_a_network_that_goes_before_the_request_is_out_is_tried_again(
    tmp_path: Path, stage: str
) -> None:
    with place_behind_api(tmp_path) as (place, server):
        server.scripted.script[stage] = Close()
        mail = place.waiting(text="A line of the body.\n" * 400_000)
        place.drain()
        first = place.status(mail)
        server.scripted.script.clear()
        place.advance(days=1)
        place.drain()

        assert first == "deferred"
        assert place.status(mail) == "sent"
        assert server.scripted.copies == 1
