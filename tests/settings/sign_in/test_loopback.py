"""The server that a browser comes back to, and whoever else asks it things."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from urllib.error import HTTPError

import pytest

from tests.settings.sign_in.fake_service import go
from tuimail.settings.sign_in.loopback import HOST, Loopback

SOON, NEVER = timedelta(seconds=10), timedelta(0)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as made:
        made.expect(lambda url: url == "/?the=answer")
        yield made


def test_the_answer_is_handed_on(loopback: Loopback) -> None:
    page = go(f"{loopback.url()}?the=answer")

    assert loopback.wait(SOON) == "/?the=answer"
    assert "close this window" in page


def test_a_no_is_not_told_that_all_is_well(loopback: Loopback) -> None:
    loopback.expect(lambda _url: True, lambda url: "error" not in url)

    page = go(f"{loopback.url()}?error=access_denied")

    assert "was not let in" in page
    assert "close this window" not in page
    assert loopback.wait(SOON) == "/?error=access_denied"


def test_the_page_is_shown_before_anybody_is_told(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits may end the process at once, and the browser with an error."""
    order: list[str] = []
    page, offer = loopback.page, loopback.offer

    def shown(url: str) -> tuple[int, bytes]:
        order.append("page")
        return page(url)

    def told(url: str) -> bool:
        order.append("told")
        return offer(url)

    monkeypatch.setattr(loopback, "page", shown)
    monkeypatch.setattr(loopback, "offer", told)

    go(f"{loopback.url()}?the=answer")
    loopback.wait(SOON)

    assert order == ["page", "told"]


def test_whatever_else_is_asked_ends_nothing(loopback: Loopback) -> None:
    for path in ("favicon.ico", "", "?the=other"):
        with pytest.raises(HTTPError, match="404"):
            go(f"{loopback.url()}{path}")

    assert loopback.wait(NEVER) == ""


def test_a_client_that_says_nothing_keeps_nobody_waiting(loopback: Loopback) -> None:
    port = int(loopback.url().rstrip("/").rpartition(":")[2])
    with socket.create_connection((HOST, port)):
        go(f"{loopback.url()}?the=answer")

    assert loopback.wait(SOON) == "/?the=answer"


def test_the_first_answer_stays(loopback: Loopback) -> None:
    assert loopback.offer("/?the=answer")
    loopback.expect(lambda _url: True)
    assert loopback.offer("/?another")

    assert loopback.wait(SOON) == "/?the=answer"


def test_nothing_is_logged(
    loopback: Loopback, capfd: pytest.CaptureFixture[str]
) -> None:
    go(f"{loopback.url()}?the=answer")
    loopback.close()

    assert capfd.readouterr() == ("", "")


def test_after_closing_nobody_waits(loopback: Loopback) -> None:
    loopback.close()

    assert loopback.wait(SOON) == ""
    with pytest.raises(OSError, match="refused"):
        go(f"{loopback.url()}?the=answer")


def test_a_service_may_know_this_machine_by_name(loopback: Loopback) -> None:
    assert loopback.url("localhost").startswith("http://localhost:")
