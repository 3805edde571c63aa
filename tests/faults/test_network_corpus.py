"""Every reply of the adversarial corpus, through the whole product to its end."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.network import (
    USUAL,
    authority_in,
    held,
    page,
    patience,
    place_at,
    retried,
    states,
    verbs,
)
from tests.faults.place import LOGINS, Place
from tests.faults.server import MailServer
from tests.providers.smtp import test_corpus as corpus
from tuimail.core.address import parse_address, wire_address
from tuimail.providers.smtp.limits import StageLimits

Row = dict[str, Any]
SLOWEST: Final = {"greeting": StageLimits().greeting, "quit": StageLimits().farewell}
BY_STATUS: Final = {
    "sent": "sent",
    "unknown": "unknown",
    "error": "fail",
    "partial": "fail-rcpt",
    "deferred": "defer",
    "held": "hold-account",
}
OFFERS_PIPELINING: Final = pytest.mark.parametrize(
    "extra", [(), ("PIPELINING",)], ids=["one-by-one", "pipelined"]
)


def events(row: Row, key: str) -> list[Any]:
    """Return what the row's events say under ``key``."""
    return [event[key] for event in row["input"]["events"] if key in event]


@contextmanager
def place_of(folder: Path, row: Row, extra: tuple[str, ...]) -> Iterator[Place]:
    account = row["input"]["account"]
    tls = account["tls"].removesuffix("-required")
    options: dict[str, Any] = {"extensions": (*USUAL, *extra)}
    authority = authority_in(folder)
    if tls != "none":
        way = "tls" if tls == "implicit" else "starttls"
        options[way] = corpus.server_context(row, authority)
    if account["auth"]:
        options["logins"] = LOGINS
    trusts = "cert:self-signed" not in events(row, "do")
    more = f'ca_file = "{authority.file}"\n' if trusts else ""
    server = MailServer(corpus.script(row), **options)
    with (
        patience(corpus.patience(row)),
        place_at(folder, server, login=account["auth"], tls=tls, more=more) as place,
    ):
        yield place


def slowest_seconds(row: Row) -> float:
    """Return how long a worker waits where the row's server does, outside of tests."""
    stages = [one["at"] for one in row["input"]["events"] if "do" in one]
    limits = [SLOWEST[stage] for stage in stages if stage in SLOWEST]
    return max((limit.total_seconds() for limit in limits), default=0.0)


def recipients(row: Row) -> tuple[str, ...]:
    given = row["input"]
    if "recipient" in given:
        return (given["recipient"],)
    return tuple(f"r{one + 1}@example.net" for one in range(given["recipients"]))


def outcome(place: Place, mail: str) -> str:
    """Return where the mail stands, in the corpus' words."""
    status = place.status(mail)
    if status == "held":
        assert held(place), "The message is held, and the account is not."
    told = set(states(place, mail).values())
    some = "-rcpt" if status == "deferred" and "sent" in told else ""
    return f"accept-with-finding:smtp.{BY_STATUS[status]}{some}"


def offered(server: MailServer) -> list[str]:
    lines = [line for line in server.commands if line.upper().startswith("RCPT")]
    return [line.partition("<")[2].partition(">")[0] for line in lines]


def numbers(row: Row, addresses: Any) -> list[int]:
    wire = [wire_address(parse_address(one, field="to")) for one in recipients(row)]
    return sorted(wire.index(one) + 1 for one in set(addresses))


class Run:
    """One row: sent once as it says, then tried again by a server that is well."""

    def __init__(self, place: Place, row: Row) -> None:
        server = place.server
        self.slowest_seconds = slowest_seconds(row)
        size = row["input"].get("message_size", 10)
        text = "A line of the body.\n" * (size // 20 + 1)
        self.mail = place.waiting(to=recipients(row), cc=(), bcc=(), text=text)
        tracemalloc.start()
        place.drain()
        self.memory_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.outcome = outcome(place, self.mail)
        self.page = page(place, self.mail)
        self.verbs = verbs(server)
        first = server.accepted[0].recipients if server.accepted else ()
        self.sent = numbers(row, first)
        asked = min(self.verbs.count("RCPT"), len(recipients(row)))
        # With pipelining, DATA leaves before the recipients are answered for.
        is_pipelined = "PIPELINING" in server.scripted.extensions
        self.is_data_unsent = (
            not any(one.wire for one in server.deliveries)
            if is_pipelined
            else "DATA" not in self.verbs
        )
        retried(place)
        self.again = numbers(row, offered(server)[asked:])
        self.end = place.status(self.mail)


def honours(run: Run, must: Row) -> None:
    """Compare what happened with everything that the row asks for beside."""
    known: dict[str, Callable[[Any], bool]] = {
        "sent_recipients": lambda wanted: run.sent == wanted,
        "retry_recipients": lambda wanted: run.again == wanted,
        "auto_resend": lambda wanted: (run.end == "sent") is wanted,
        "stores_reply": lambda _: "queued as 4F2A" in run.page.attempts[0].receipt.text,
        "data_not_sent": lambda _: run.is_data_unsent,
        "auth_attempts_max": lambda most: run.verbs.count("AUTH") <= most,
        "message_state": lambda wanted: run.page.row.status in wanted,
        "never_sent": lambda never: not set(never) & set(run.verbs),
        "never_sent_in_clear": lambda never: not set(never) & set(run.verbs),
        "max_memory_mb": lambda most: run.memory_bytes < most * 1_000_000,
        "max_seconds_worker_blocked": lambda most: run.slowest_seconds < most,
    }
    for name, wanted in must.items():
        assert known[name](wanted), f"{name} is not {wanted}"


@pytest.mark.parametrize("row", corpus.ROWS, ids=[row["id"] for row in corpus.ROWS])
@OFFERS_PIPELINING
def test_a_reply_of_the_corpus_ends_as_it_says(
    tmp_path: Path, row: Row, extra: tuple[str, ...]
) -> None:
    with place_of(tmp_path, row, extra) as place:
        run = Run(place, row)

        assert run.outcome in {row["expect"], *row.get("also_ok", [])}
        honours(run, row.get("must", {}))
