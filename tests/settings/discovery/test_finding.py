"""From an address to its provider's settings, over a small internet."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import dns.rcode
import pytest
import trustme

from tests.settings.discovery.fake_internet import (
    LONG,
    FakeDns,
    FakeWeb,
    Record,
    config,
    smtp,
)
from tuimail.errors import AddressError
from tuimail.settings.discovery.fetching import Page, Web
from tuimail.settings.discovery.finding import Ways, find
from tuimail.settings.discovery.found import Asked, Login, Search, Source
from tuimail.settings.discovery.lookups import NameServers, Records, Service
from tuimail.testing import Hang, Received, Respond, ScriptedHttpServer

ADA = "ada@example.org"
AUTOCONFIG = "https://autoconfig.example.org/mail/config-v1.1.xml"
WELL_KNOWN = "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml"
ISPDB = "https://autoconfig.thunderbird.net/v1.1/example.org"
SRV = "_submissions._tcp.example.org"
OLD_SRV = "_submission._tcp.example.org"
HOSTS = (
    "autoconfig.example.org",
    "example.org",
    "autoconfig.thunderbird.net",
    "autoconfig.host.example",
    "host.example",
    "autoconfig.mail.host.example",
    "mail.host.example",
    "autoconfig.xn--bcher-kva.example",
    "xn--bcher-kva.example",
)
SOON = timedelta(milliseconds=200)


@dataclass(slots=True, kw_only=True)
class Internet:
    """Pages and names, and who asked for what."""

    web: FakeWeb
    server: ScriptedHttpServer
    names: FakeDns

    @property
    def ways(self) -> Ways:
        names = replace(self.names.names, limit=LONG)
        return Ways(web=self.web.web(self.server), names=names, limit=LONG)

    @property
    def pages_asked(self) -> set[str]:
        return {
            f"https://{one.headers['host']}{one.target}" for one in self.server.requests
        }


@contextlib.asynccontextmanager
async def internet(
    ca: trustme.CA,
    pages: Mapping[str, bytes] | None = None,
    records: Iterable[Record] = (),
) -> AsyncIterator[Internet]:
    known = {url: Respond(body=page) for url, page in (pages or {}).items()}
    web = FakeWeb(ca=ca, hosts=HOSTS, pages=known)
    async with web.server() as server, FakeDns(records) as names:
        yield Internet(web=web, server=server, names=names)


def sources(search: Search) -> list[Source]:
    return [one.source for one in search.found]


def outcome(search: Search, what: str, source: Source | None = None) -> str:
    (asked,) = [
        one for one in search.asked if one.what == what and source in (None, one.source)
    ]
    return asked.outcome


async def test_an_address_of_a_known_service_needs_nobody(ca: trustme.CA) -> None:
    async with internet(ca) as world:
        search = await find("Ada <ada@GMAIL.com>", ways=world.ways)

    assert [one.provider for one in search.found] == ["gmail", "smtp"]
    assert search.asked == (
        Asked(source=Source.PRESET, what="gmail.com", outcome="2 ways out"),
    )
    assert world.server.connections == 0
    assert world.names.asked == []


async def test_without_anything_else_the_table_is_enough() -> None:
    search = await find("ada@posteo.de", ways=Ways(offline=True))

    assert search.found[0].options["host"] == "posteo.de"


async def test_offline_nobody_is_asked_and_that_is_said(ca: trustme.CA) -> None:
    async with internet(ca, {AUTOCONFIG: config(smtp())}) as world:
        search = await find(ADA, ways=replace(world.ways, offline=True))

    assert search.found == ()
    assert outcome(search, "example.org", Source.PRESET) == "not in our own table"
    assert {one.outcome for one in search.asked[1:]} == {"not asked: offline"}
    assert len(search.asked) == 9
    assert world.web.looked_up == []
    assert world.names.asked == []


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (AUTOCONFIG, Source.AUTOCONFIG),
        (WELL_KNOWN, Source.WELL_KNOWN),
        (ISPDB, Source.ISPDB),
    ],
)
async def test_a_page_is_found_where_it_may_be(
    ca: trustme.CA, url: str, source: Source
) -> None:
    async with internet(ca, {url: config(smtp())}) as world:
        search = await find(ADA, ways=world.ways)

    (found,) = search.found
    assert (found.source, found.asked) == (source, url)
    assert found.options["host"] == "smtp.example.org"
    assert outcome(search, url) == "1 way out"


async def test_the_domains_own_page_is_believed_first(ca: trustme.CA) -> None:
    pages = {
        AUTOCONFIG: config(smtp("a.example.org")),
        WELL_KNOWN: config(smtp("b.example.org")),
        ISPDB: config(smtp("c.example.org")),
    }
    records = [(SRV, "SRV", "0 1 465 d.example.org.")]
    async with internet(ca, pages, records) as world:
        search = await find(ADA, ways=world.ways)

    order = [str(one.options["host"])[0] for one in search.found]
    assert order[0] == "a"
    assert order == sorted(order)


async def test_what_several_say_is_offered_once(ca: trustme.CA) -> None:
    pages = {WELL_KNOWN: config(smtp(), smtp()), ISPDB: config(smtp())}
    records = [(SRV, "SRV", "0 1 465 smtp.example.org.")]
    async with internet(ca, pages, records) as world:
        search = await find(ADA, ways=world.ways)

    assert sources(search) == [Source.WELL_KNOWN]


async def test_who_is_believed_less_is_not_waited_for(ca: trustme.CA) -> None:
    async with internet(ca, {AUTOCONFIG: config(smtp())}) as world:
        world.names.is_silent = True
        search = await find(ADA, ways=world.ways)

    assert sources(search) == [Source.AUTOCONFIG]
    assert outcome(search, SRV) == "not waited for"
    assert outcome(search, "example.org", Source.MX) == "not waited for"


async def test_who_is_believed_more_is_waited_for(ca: trustme.CA) -> None:
    """A name server answers at once; the domain's own page takes its time."""
    has_answered = asyncio.Event()
    records = [(SRV, "SRV", "0 1 465 srv.example.org.")]

    class Slow(Web):
        async def page(self, url: str) -> Page:
            await has_answered.wait()
            return await Web.page(self, url)

    def watch(asked: Asked) -> None:
        if asked.source is Source.MX:
            has_answered.set()

    async with internet(ca, {AUTOCONFIG: config(smtp())}, records) as world:
        known = world.web.web(world.server)
        slow = Slow(trust=known.trust, places=known.places)
        ways = replace(world.ways, web=slow)
        search = await find(ADA, ways=ways, progress=watch)

    assert sources(search)[:2] == [Source.AUTOCONFIG, Source.SRV]


async def test_services_are_found_with_tls_from_the_start_first(
    ca: trustme.CA,
) -> None:
    records = [
        (OLD_SRV, "SRV", "0 1 587 smtp.example.org."),
        (SRV, "SRV", "0 1 465 smtp.example.org."),
    ]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    first = search.found[0]
    assert first.options == {
        "host": "smtp.example.org",
        "port": 465,
        "tls": "implicit",
        "username": ADA,
    }
    assert (first.source, first.asked, first.is_foreign) == (Source.SRV, SRV, False)


async def test_a_service_with_starttls_is_found(ca: trustme.CA) -> None:
    records = [(OLD_SRV, "SRV", "0 1 587 smtp.example.org.")]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    (found,) = search.found
    assert (found.options["port"], found.options["tls"]) == (587, "starttls")


async def test_a_service_elsewhere_needs_a_yes(ca: trustme.CA) -> None:
    records = [(SRV, "SRV", "0 1 465 smtp.attacker.example.")]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    assert [one.is_foreign for one in search.found] == [True]


async def test_ones_own_domain_at_a_known_service_is_that_service(
    ca: trustme.CA,
) -> None:
    records = [("example.org", "MX", "1 aspmx.l.google.com.")]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    assert [one.provider for one in search.found] == ["gmail", "smtp"]
    assert search.found[0].title == "Google Workspace"
    assert {one.asked for one in search.found} == {"aspmx.l.google.com"}
    assert not any(one.is_foreign for one in search.found)
    assert (
        outcome(search, "example.org", Source.MX)
        == "Google Workspace, by aspmx.l.google.com"
    )


async def test_any_of_the_exchangers_may_be_known(ca: trustme.CA) -> None:
    records = [
        ("example.org", "MX", "1 filter.example.net."),
        ("example.org", "MX", "2 in1-smtp.messagingengine.com."),
    ]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    assert [one.preset for one in search.found] == ["fastmail"]


async def test_who_takes_in_the_mail_may_have_published_settings(
    ca: trustme.CA,
) -> None:
    url = "https://autoconfig.host.example/mail/config-v1.1.xml"
    page = config(smtp("smtp.host.example"))
    records = [("example.org", "MX", "1 mx1.mail.host.example.")]
    async with internet(ca, {url: page}, records) as world:
        search = await find(ADA, ways=world.ways)

    (found,) = search.found
    assert (found.source, found.asked, found.is_foreign) == (Source.MX, url, True)
    assert found.options["username"] == ADA
    assert outcome(search, url) == "1 way out"
    assert outcome(search, "example.org", Source.MX) == "it is mx1.mail.host.example"
    assert world.pages_asked >= {
        "https://autoconfig.mail.host.example/mail/config-v1.1.xml",
        "https://mail.host.example/.well-known/autoconfig/mail/config-v1.1.xml",
        "https://autoconfig.thunderbird.net/v1.1/mail.host.example",
        "https://host.example/.well-known/autoconfig/mail/config-v1.1.xml",
        "https://autoconfig.thunderbird.net/v1.1/host.example",
    }


async def test_a_domain_that_takes_in_its_own_mail_is_not_asked_twice(
    ca: trustme.CA,
) -> None:
    records = [("example.org", "MX", "1 mx.example.org.")]
    async with internet(ca, records=records) as world:
        await find(ADA, ways=world.ways)

    assert len(world.server.requests) == len(world.pages_asked) == 3


async def test_a_usual_name_is_the_last_resort(ca: trustme.CA) -> None:
    records = [("mail.example.org", "A", "192.0.2.1")]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    assert [(one.options["host"], one.options["port"]) for one in search.found] == [
        ("mail.example.org", 465),
        ("mail.example.org", 587),
    ]
    assert {one.source for one in search.found} == {Source.GUESS}
    assert not any(one.is_foreign for one in search.found)
    assert all("ask your provider" in one.advice for one in search.found)
    assert outcome(search, "mail.example.org") == "there is a host of that name"
    assert outcome(search, "smtp.example.org") == "no such host"


async def test_where_anybody_knows_nothing_is_guessed(ca: trustme.CA) -> None:
    records = [
        ("smtp.example.org", "A", "192.0.2.1"),
        (OLD_SRV, "SRV", "0 1 587 out.example.org."),
    ]
    async with internet(ca, records=records) as world:
        search = await find(ADA, ways=world.ways)

    assert sources(search) == [Source.SRV]


async def test_nothing_anywhere_is_said_of_each_source(ca: trustme.CA) -> None:
    async with internet(ca) as world:
        search = await find(ADA, ways=world.ways)

    assert search.found == ()
    assert [one.source for one in search.asked] == [
        Source.PRESET,
        Source.AUTOCONFIG,
        Source.WELL_KNOWN,
        Source.ISPDB,
        Source.SRV,
        Source.SRV,
        Source.MX,
        Source.GUESS,
        Source.GUESS,
    ]
    assert {outcome(search, url) for url in (AUTOCONFIG, WELL_KNOWN, ISPDB)} == {
        "nothing there"
    }
    assert outcome(search, SRV) == "nothing there"
    assert outcome(search, "example.org", Source.MX) == "it takes in no mail"


async def test_name_servers_that_fail_are_said_to_fail(ca: trustme.CA) -> None:
    async with internet(ca) as world:
        world.names.rcode = dns.rcode.REFUSED
        search = await find(ADA, ways=world.ways)

    assert {one.outcome for one in search.asked[4:]} == {
        "the name servers could not answer"
    }


async def test_a_page_with_nothing_usable_says_why(ca: trustme.CA) -> None:
    pages = {AUTOCONFIG: config(smtp(tls="plain")), WELL_KNOWN: b"<html/>"}
    async with internet(ca, pages) as world:
        search = await find(ADA, ways=world.ways)

    assert search.found == ()
    assert outcome(search, AUTOCONFIG) == "no server there that can be used safely"
    assert outcome(search, WELL_KNOWN) == "the page has no mail settings"


async def test_nobody_is_told_the_address(ca: trustme.CA) -> None:
    """Only the domain leaves this machine, and to nobody in clear."""
    async with internet(ca) as world:
        await find("ada.lovelace@example.org", ways=world.ways)

    said = [
        f"{one.target} {dict(one.headers)} {one.body!r}"
        for one in world.server.requests
    ]
    assert said
    assert not [one for one in (*said, *world.names.asked) if "lovelace" in one]


class Silence(Web):
    """A web in which no page ever comes."""

    async def page(self, url: str) -> Page:
        await asyncio.Event().wait()
        return Page(url=url)


class Oracle(NameServers):
    """Name servers that answer at once."""

    async def services(self, name: str) -> Records[Service]:
        known = name == SRV
        service = Service(host="smtp.example.org", port=465)
        return Records(values=(service,) if known else ())

    async def exchangers(self, _domain: str) -> Records[str]:
        return Records()

    async def addresses(self, _host: str) -> Records[str]:
        return Records()


async def test_all_of_it_takes_no_longer_than_it_may() -> None:
    ways = Ways(web=Silence(), names=Oracle(), limit=SOON)

    search = await find(ADA, ways=ways)

    assert sources(search) == [Source.SRV]
    assert outcome(search, AUTOCONFIG) == "no answer within 0.2 seconds"


async def test_each_source_is_told_when_it_is_done(ca: trustme.CA) -> None:
    told: list[Asked] = []
    async with internet(ca) as world:
        search = await find(ADA, ways=world.ways, progress=told.append)

    assert told[0].source is Source.PRESET
    assert sorted(told, key=repr) == sorted(search.asked, key=repr)


async def test_a_mistake_of_whoever_watches_is_not_hidden(ca: trustme.CA) -> None:
    def watch(asked: Asked) -> None:
        if asked.source is Source.MX:
            raise ZeroDivisionError

    async with internet(ca) as world:
        with pytest.raises(ZeroDivisionError):
            await find(ADA, ways=world.ways, progress=watch)


async def three(times: asyncio.Semaphore) -> None:
    """Wait until it has happened for each of the three pages."""
    async with asyncio.timeout(LONG.total_seconds()):
        for _page in (AUTOCONFIG, WELL_KNOWN, ISPDB):
            await times.acquire()


async def give_up(search: asyncio.Task[Search]) -> None:
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search


async def test_a_search_that_is_given_up_leaves_nothing_open(ca: trustme.CA) -> None:
    """What is left open is a warning, and a warning is an error here."""
    asked = asyncio.Semaphore(0)

    def answer(_received: Received) -> Respond:
        asked.release()
        return Respond()

    async with internet(ca) as world:
        world.server.answer = answer
        world.server.script["after-taking"] = Hang()
        world.names.is_silent = True
        before = asyncio.all_tasks()
        search = asyncio.create_task(find(ADA, ways=world.ways))
        await three(asked)
        await give_up(search)
        left = [one for one in asyncio.all_tasks() - before if "_answer" in repr(one)]

    gc.collect()
    assert left == []


async def test_a_handshake_that_is_given_up_leaves_nothing_open(
    ca: trustme.CA,
) -> None:
    begun, ended = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read(1) == b"\x16"
        begun.release()
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        ended.release()
        writer.close()

    async with internet(ca) as world:
        silent = await asyncio.start_server(hang, "127.0.0.1", 0)
        world.server.port = silent.sockets[0].getsockname()[1]
        search = asyncio.create_task(find(ADA, ways=world.ways))
        await three(begun)
        await give_up(search)
        await three(ended)
        silent.close()

    gc.collect()
    assert world.server.connections == 0


async def test_an_international_domain_is_asked_in_its_other_form(
    ca: trustme.CA,
) -> None:
    url = "https://autoconfig.xn--bcher-kva.example/mail/config-v1.1.xml"
    page = config(smtp("smtp.bücher.example"))
    async with internet(ca, {url: page}) as world:
        search = await find("ada@bücher.example", ways=world.ways)

    (found,) = search.found
    assert found.options["host"] == "smtp.xn--bcher-kva.example"
    assert found.options["username"] == "ada@xn--bcher-kva.example"
    assert not found.is_foreign


@pytest.mark.parametrize("address", ["ada@localhost", "ada@[192.0.2.1]"])
async def test_a_domain_of_no_registry_is_asked_of_nobody(
    ca: trustme.CA, address: str
) -> None:
    async with internet(ca) as world:
        search = await find(address, ways=world.ways)

    assert [one.source for one in search.asked] == [Source.PRESET]
    assert search.found == ()
    assert world.web.looked_up == []


@pytest.mark.parametrize("text", ["", "ada", "ada@", "a@b@c.example"])
async def test_what_is_no_address_is_an_error(text: str) -> None:
    with pytest.raises(AddressError):
        await find(text, ways=Ways(offline=True))


async def test_a_service_that_lets_nobody_send_is_found_and_says_so() -> None:
    search = await find("ada@tuta.com", ways=Ways(offline=True))

    (found,) = search.found
    assert not found.can_send
    assert found.logins == (Login.NONE,)


def test_the_usual_ways_ask_the_machines_own_name_servers_and_trust() -> None:
    ways = Ways()

    assert ways.names == NameServers()
    assert ways.web == Web()
    assert ways.limit == timedelta(seconds=15)
    assert ways.web.limit == timedelta(seconds=10)
