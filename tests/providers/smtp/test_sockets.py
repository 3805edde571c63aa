"""Many addresses for one name: in a loop with a time of its own, so nobody waits."""

import asyncio
import selectors
import socket
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from tuimail.providers.smtp.sockets import Network, Place, connected_socket

T = TypeVar("T")
LIMIT = timedelta(seconds=20)
NEVER = 3600.0
REFUSED = ConnectionRefusedError(111, "Connection refused")


class _NoWaiting(selectors.DefaultSelector):
    """Moves the clock of its loop on, where it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.seconds += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = _NoWaiting()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.seconds


def at_once(work: Callable[[], Awaitable[T]]) -> T:
    """Do it in a loop whose hours take no time."""

    async def main() -> T:
        return await work()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main())


class Name:
    """A name with addresses: when each answers, or with which error it fails."""

    def __init__(self, *ends: tuple[Place, float | OSError]) -> None:
        self.ends = dict(ends)
        self.started: list[tuple[float, Place]] = []
        self.given_up: list[Place] = []
        self.made: list[socket.socket] = []
        self.elapsed = 0.0

    def connect(self) -> socket.socket:
        """Race to it; whatever comes of that, the time it took is kept."""
        network = Network(look_up=self._look_up, connect=self._connect)

        async def race() -> socket.socket:
            try:
                return await connected_socket(
                    "mail.example", 25, limit=LIMIT, network=network
                )
            finally:
                self.elapsed = asyncio.get_running_loop().time()

        return at_once(race)

    @property
    def open_sockets(self) -> list[socket.socket]:
        return [one for one in self.made if one.fileno() != -1]

    async def _look_up(self, _host: str, _port: int) -> Iterable[Place]:
        return list(self.ends)

    async def _connect(self, place: Place) -> socket.socket:
        self.started.append((asyncio.get_running_loop().time(), place))
        end = self.ends[place]
        if isinstance(end, OSError):
            raise end
        try:
            await asyncio.sleep(end)
        except asyncio.CancelledError:
            self.given_up.append(place)
            raise
        self.made.append(socket.socket())
        return self.made[-1]


def v4(number: int) -> Place:
    return Place(socket.AF_INET, 6, (f"192.0.2.{number}", 25))


def v6(number: int) -> Place:
    return Place(socket.AF_INET6, 6, (f"2001:db8::{number}", 25, 0, 0))


def test_nine_dead_addresses_of_ten_cost_seconds() -> None:
    name = Name(*((v4(number), NEVER) for number in range(1, 10)), (v4(10), 0.1))

    with name.connect() as connected:
        assert name.open_sockets == [connected]

    assert name.elapsed == pytest.approx(9 * 0.25 + 0.1)
    assert len(name.given_up) == 9


def test_the_next_address_is_tried_as_soon_as_one_fails() -> None:
    name = Name((v4(1), REFUSED), (v4(2), REFUSED), (v4(3), 0.1))

    name.connect().close()

    assert name.elapsed == pytest.approx(0.1)


def test_a_good_address_has_a_head_start_and_no_rival() -> None:
    name = Name((v4(1), 0.2), (v4(2), 0.0))

    name.connect().close()

    assert name.started == [(0.0, v4(1))]


def test_the_first_that_answers_wins_and_the_slower_one_is_given_up() -> None:
    name = Name((v4(1), 5.0), (v4(2), 0.1))

    name.connect().close()

    assert name.elapsed == pytest.approx(0.35)
    assert name.given_up == [v4(1)]


def test_an_address_that_began_first_may_still_win() -> None:
    name = Name((v4(1), 0.3), (v4(2), 5.0))

    name.connect().close()

    assert name.given_up == [v4(2)]


def test_of_two_that_answer_together_one_is_closed() -> None:
    name = Name((v4(1), 0.5), (v4(2), 0.25))

    with name.connect() as connected:
        assert name.open_sockets == [connected]

    assert len(name.made) == 2


def test_families_take_turns_and_the_best_one_begins() -> None:
    name = Name(
        (v6(1), REFUSED),
        (v6(2), REFUSED),
        (v6(3), REFUSED),
        (v4(1), REFUSED),
        (v4(2), 0.0),
    )

    name.connect().close()

    assert [place for _, place in name.started] == [v6(1), v4(1), v6(2), v4(2)]


def test_an_address_has_all_of_its_time_though_others_are_tried() -> None:
    name = Name((v4(1), 19.0), (v4(2), NEVER), (v4(3), REFUSED))

    name.connect().close()

    assert name.elapsed == pytest.approx(19.0)


def test_every_address_is_tried_before_the_last_error_is_raised() -> None:
    name = Name((v4(1), REFUSED), (v4(2), NEVER), (v4(3), REFUSED))

    with pytest.raises(TimeoutError):
        name.connect()

    assert [place for _, place in name.started] == [v4(1), v4(2), v4(3)]
    assert name.elapsed == pytest.approx(20.0)


def test_a_refusal_is_said_where_nobody_was_silent() -> None:
    with pytest.raises(ConnectionRefusedError, match="refused"):
        Name((v4(1), REFUSED), (v4(2), REFUSED)).connect()


def test_a_mistake_is_not_taken_for_a_dead_address() -> None:
    async def broken(_place: Place) -> socket.socket:
        raise ZeroDivisionError

    async def look_up(_host: str, _port: int) -> Iterable[Place]:
        return [v4(1), v4(2)]

    network = Network(look_up=look_up, connect=broken)
    with pytest.raises(ZeroDivisionError):
        at_once(lambda: connected_socket("a", 25, limit=LIMIT, network=network))


def test_who_is_told_to_stop_leaves_nothing_open() -> None:
    name = Name((v4(1), 0.9), (v4(2), 0.9))
    network = Network(look_up=name._look_up, connect=name._connect)

    async def impatient() -> None:
        async with asyncio.timeout(0.5):
            await connected_socket("a", 25, limit=LIMIT, network=network)

    with pytest.raises(TimeoutError):
        at_once(impatient)

    assert set(name.given_up) == {v4(1), v4(2)}


def resolving(look_up: Callable[[str, int], Awaitable[Iterable[Place]]]) -> None:
    network = Network(look_up=look_up)
    at_once(lambda: connected_socket("mail.example", 25, limit=LIMIT, network=network))


def test_a_name_that_nobody_knows_is_said_in_the_resolvers_words() -> None:
    async def unknown(_host: str, _port: int) -> Iterable[Place]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(socket.gaierror, match="not known"):
        resolving(unknown)


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    async def hangs(_host: str, _port: int) -> Iterable[Place]:
        await asyncio.sleep(NEVER)
        return []

    with pytest.raises(socket.gaierror, match="not resolved within 20 seconds"):
        resolving(hangs)


def test_a_name_without_addresses_is_an_error() -> None:
    async def nothing(_host: str, _port: int) -> Iterable[Place]:
        return []

    with pytest.raises(socket.gaierror, match="no address"):
        resolving(nothing)


async def test_a_name_that_no_host_can_have_is_an_error_of_the_network() -> None:
    with pytest.raises(socket.gaierror, match="a host can have"):
        await connected_socket(f"{'a' * 64}.example", 25, limit=LIMIT)


async def test_a_real_socket_is_connected_and_does_not_wait_for_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with await connected_socket("127.0.0.1", port, limit=LIMIT) as connected:
            assert connected.getpeername() == ("127.0.0.1", port)
            assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        await connected_socket("127.0.0.1", port, limit=LIMIT)


@pytest.mark.parametrize("host", ["a..example", f"{'x' * 64}.example", ".example"])
def test_a_name_that_no_host_can_have_is_told_from_one_that_is_not_known(
    host: str,
) -> None:
    with pytest.raises(OSError, match="not one that a host can have"):
        asyncio.run(connected_socket(host, 25, limit=timedelta(seconds=5)))
