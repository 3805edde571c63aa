"""Name servers that answer, that answer oddly, and that do not."""

import asyncio
import socket
from pathlib import Path

import dns.message
import dns.name
import dns.rcode
import dns.resolver
import pytest

from tests.settings.discovery.fake_internet import LONG, SHORT, FakeDns, Record, Speaks
from tuimail.settings.discovery.lookups import NameServers, Records, Service

SUBMISSIONS = "_submissions._tcp.example.org"
LATE: Records[str] = Records(problem="no answer within 0.3 seconds")
UNABLE: Records[str] = Records(problem="the name servers could not answer")


def srv(value: str) -> Record:
    return (SUBMISSIONS, "SRV", value)


async def services(*records: Record) -> list[tuple[str, int]]:
    async with FakeDns(records) as server:
        found = await server.names.services(SUBMISSIONS)
    assert found.problem == ""
    return [(one.host, one.port) for one in found.values]


async def exchangers(*records: Record) -> Records[str]:
    async with FakeDns(records) as server:
        return await server.names.exchangers("example.org")


async def test_a_service_has_a_host_and_a_port() -> None:
    async with FakeDns([srv("0 1 465 smtp.example.org.")]) as server:
        found = await server.names.services(SUBMISSIONS)

    assert found == Records(values=(Service(host="smtp.example.org", port=465),))
    assert server.asked == [f"{SUBMISSIONS} SRV"]


async def test_the_lowest_priority_comes_first_then_the_heaviest() -> None:
    found = await services(
        srv("20 9 465 c.example.org."),
        srv("10 5 465 b.example.org."),
        srv("10 60 465 a.example.org."),
    )

    assert [host for host, _ in found] == [
        "a.example.org",
        "b.example.org",
        "c.example.org",
    ]


@pytest.mark.parametrize(
    "value", ["0 0 0 .", "0 0 465 .", "0 0 0 smtp.example.org.", r"0 0 1 a\000b.org."]
)
async def test_a_service_that_is_not_offered_has_no_server(value: str) -> None:
    """RFC 2782: a target of "." says that there is decidedly none."""
    assert await services(srv(value)) == []


async def test_a_service_elsewhere_is_followed() -> None:
    found = await services(
        (SUBMISSIONS, "CNAME", "services.example.net."),
        ("services.example.net", "SRV", "0 1 465 smtp.example.net."),
    )

    assert found == [("smtp.example.net", 465)]


async def test_a_name_that_leads_to_nothing_has_no_server() -> None:
    assert await services((SUBMISSIONS, "CNAME", "services.example.net.")) == []


async def test_a_name_that_leads_to_itself_has_no_answer() -> None:
    async with FakeDns([(SUBMISSIONS, "CNAME", f"{SUBMISSIONS}.")]) as server:
        found = await server.names.services(SUBMISSIONS)

    assert found.values == ()


async def test_more_records_than_anybody_has_are_not_looked_at() -> None:
    records = [srv(f"{n} 0 465 smtp{n}.example.org.") for n in range(15)]

    assert len(await services(*records)) == 10


async def test_exchangers_come_in_the_order_of_preference() -> None:
    found = await exchangers(
        ("example.org", "MX", "20 b.example.net."),
        ("example.org", "MX", "10 a.example.net."),
    )

    assert found.values == ("a.example.net", "b.example.net")


async def test_a_domain_that_takes_no_mail_has_no_exchanger() -> None:
    """RFC 7505: a single "." says so."""
    assert await exchangers(("example.org", "MX", "0 .")) == Records()


async def test_a_name_without_such_records_has_none() -> None:
    assert await exchangers(("example.org", "A", "192.0.2.1")) == Records()


async def test_a_name_that_is_not_there_has_none() -> None:
    assert await exchangers() == Records()


async def test_a_host_has_addresses() -> None:
    async with FakeDns([("smtp.example.org", "A", "192.0.2.1")]) as server:
        found = await server.names.addresses("smtp.example.org")

    assert found == Records(values=("192.0.2.1",))


async def test_a_host_may_have_an_address_of_version_6_only() -> None:
    async with FakeDns([("smtp.example.org", "AAAA", "2001:db8::1")]) as server:
        found = await server.names.addresses("smtp.example.org")

    assert found == Records(values=("2001:db8::1",))
    assert server.asked == ["smtp.example.org A", "smtp.example.org AAAA"]


async def test_a_host_that_nobody_can_say_anything_about_is_asked_for_once() -> None:
    async with FakeDns(rcode=dns.rcode.REFUSED) as server:
        found = await server.names.addresses("smtp.example.org")

    assert found == UNABLE
    assert server.asked == ["smtp.example.org A"]


@pytest.mark.parametrize(
    "rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP]
)
async def test_a_name_server_that_cannot_answer_is_a_problem(
    rcode: dns.rcode.Rcode,
) -> None:
    async with FakeDns(rcode=rcode) as server:
        found = await server.names.exchangers("example.org")

    assert found == UNABLE


async def test_a_name_server_that_finds_a_name_too_long_makes_no_sense() -> None:
    async with FakeDns(rcode=dns.rcode.YXDOMAIN) as server:
        found = await server.names.exchangers("example.org")

    assert found == Records(problem="the answer made no sense")


async def test_a_name_server_that_is_silent_is_not_waited_for() -> None:
    async with FakeDns(is_silent=True) as server:
        found = await server.names.exchangers("example.org")

    assert found == LATE


async def test_an_answer_that_was_cut_is_asked_for_again_over_tcp() -> None:
    async with FakeDns(
        [("example.org", "MX", "10 a.example.net.")], is_cut=True
    ) as server:
        found = await server.names.exchangers("example.org")

    assert found.values == ("a.example.net",)
    assert server.asked == ["example.org MX", "example.org MX"]


def _nonsense(query: dns.message.Message) -> bytes:
    return query.to_wire()[:2] + b"\xff" * 30


def _somebody_elses(query: dns.message.Message) -> bytes:
    response = dns.message.make_response(query)
    response.id = (query.id + 1) % 65536
    return response.to_wire()


def _another_question(_query: dns.message.Message) -> bytes:
    other = dns.message.make_query("attacker.example", "MX")
    return dns.message.make_response(other).to_wire()


@pytest.mark.parametrize("speaks", [_nonsense, _somebody_elses, _another_question])
async def test_an_answer_to_nothing_that_was_asked_is_none(
    speaks: Speaks,
) -> None:
    async with FakeDns(speaks=speaks) as server:
        found = await server.names.exchangers("example.org")

    assert found.values == ()
    assert found.problem


async def test_nobody_at_the_port_is_a_problem() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    names = NameServers(servers=("127.0.0.1",), port=port, limit=SHORT)

    found = await names.exchangers("example.org")

    assert found in (LATE, UNABLE)


async def test_a_machine_without_name_servers_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without(_resolver: object, _file: object = "") -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", without)

    found = await NameServers().exchangers("example.org")

    assert found == Records(problem="this machine knows no name server")


async def test_the_name_servers_of_this_machine_are_asked_if_no_others_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with FakeDns([("example.org", "MX", "10 a.example.net.")]) as server:

        def ours(resolver: dns.resolver.BaseResolver, _file: object = "") -> None:
            resolver.nameservers = ["127.0.0.1"]
            resolver.port = server.port

        monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", ours)
        found = await NameServers(limit=LONG).exchangers("example.org")

    assert found.values == ("a.example.net",)


async def test_no_other_domain_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search list would ask for the mail servers of the network one is in."""
    async with FakeDns() as server:

        def ours(resolver: dns.resolver.BaseResolver, _file: object = "") -> None:
            resolver.nameservers = ["127.0.0.1"]
            resolver.port = server.port
            resolver.search = [dns.name.from_text("office.example")]
            resolver.use_search_by_default = True

        monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", ours)
        await NameServers(limit=LONG).exchangers("example.org")

    assert server.asked == ["example.org MX"]


async def test_a_name_that_is_too_long_to_be_asked_is_a_problem() -> None:
    async with FakeDns() as server:
        found = await server.names.services("_submissions._tcp." + "a." * 125 + "org")

    assert found == Records(problem="the answer made no sense")


async def test_many_can_be_asked_at_the_same_time() -> None:
    async with FakeDns([("example.org", "MX", "10 a.example.net.")]) as server:
        found = await asyncio.gather(
            *(server.names.exchangers("example.org") for _ in range(10))
        )

    assert {one.values for one in found} == {("a.example.net",)}
