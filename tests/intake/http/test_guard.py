"""What a request has to be before anybody looks what it wants."""

from typing import Any

import pytest

from tests.intake.http.conftest import HOST, MAIL, Shop, Web, in_process
from tuimail.intake.http.bodies import PATIENCE_SECONDS
from tuimail.intake.http.hosts import hosts_at, public_host

TOKEN = "tm_" + "k" * 43
PATHS = ["/v1/drafts", "/v1/send", "/api/send_mail", "/external/api/send_mail"]


# Names and pages -----------------------------------------------------------------


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/nothing"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8025", "127.0.0.1", "127.0.0.1:80",
        "127.0.0.1.evil.example:8025", "localhost", "localhost:1", "0.0.0.0:8025",
        "[::1]:8025", "127.1:8025", "2130706433:8025", "localhost.:8025", "", None,
    ],
)  # fmt: skip
async def test_any_other_name_is_refused(front: Web, path: str, host: str) -> None:
    """A page's own name may lead here (DNS rebinding); its browser says so."""
    answer = await front("POST", path, MAIL, headers={"Host": host})

    assert answer.status == 403


@pytest.mark.parametrize("host", [HOST, "localhost:8025", "LocalHost:8025"])
async def test_its_own_names_are_taken(web: Web, host: str) -> None:
    assert (await web("GET", "/healthz", headers={"Host": host})).status == 200


async def test_two_names_are_refused(front: Web) -> None:
    """Who looks at the first and who looks at the last would see two requests."""
    answer = await front("GET", "/healthz", also=[(b"host", HOST.encode())])

    assert (answer.status, answer.code) == (400, "header")


@pytest.mark.parametrize("name", [HOST, "localhost:8025", "LOCALHOST:8025"])
async def test_a_whole_address_is_taken_as_its_path(web: Web, name: str) -> None:
    """A server has to take one (RFC 9112 §3.2.2); programs with a proxy send it."""
    answer = await web("GET", f"http://{name}/v1/drafts?limit=1")
    mail = await web("POST", f"HTTP://{name}/v1/drafts", MAIL)
    nothing = await web("GET", f"http://{name}")

    assert (answer.status, answer.json["drafts"]) == (200, [])
    assert mail.status == 201
    assert (nothing.status, nothing.code) == (404, "not-found")


@pytest.mark.parametrize(
    "beginning",
    [
        "http://evil.example:8025", "http://127.0.0.1", "http://a@127.0.0.1:8025",
        "http://127.0.0.1:8025@evil.example", "https://127.0.0.1:8025", "http://",
        "ftp://127.0.0.1:8025", "http:///", "//127.0.0.1:8025", "x",
    ],
)  # fmt: skip
async def test_a_whole_address_of_another_place_is_refused(
    front: Web, beginning: str
) -> None:
    answer = await front("GET", f"{beginning}/v1/drafts")

    assert answer.status in {403, 404}


async def test_what_is_wrong_is_said_as_its_path_wants_it(front: Web) -> None:
    answer = await front("GET", f"http://{HOST}/v1/send")

    assert answer.json["code"] == "INVALID_REQUEST"


async def test_a_token_in_a_whole_address_is_refused(front: Web) -> None:
    answer = await front("GET", f"http://{HOST}/v1/drafts?x={TOKEN}")

    assert answer.code == "token-in-url"


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/nothing"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:8025"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_pages_are_refused_and_get_no_permission(
    front: Web, path: str, headers: dict[str, str]
) -> None:
    answer = await front("POST", path, MAIL, headers=headers)

    assert answer.status == 403
    assert not [one for one in answer.headers if one.startswith("access-control")]


async def test_a_page_may_not_even_ask_whether_it_may(front: Web) -> None:
    """The question before a cross-site request (CORS preflight) gets a no."""
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "X"}

    asked_by_page = await front("OPTIONS", "/v1/drafts", headers=preflight)
    asked_by_program = await front("OPTIONS", "/v1/drafts")

    assert asked_by_page.status == 403
    assert (asked_by_program.status, asked_by_program.headers["allow"]) == (
        405,
        "GET, POST",
    )


def test_the_names_are_those_of_the_place_where_it_listens() -> None:
    assert hosts_at(("127.0.0.1", 8025)) == {"127.0.0.1:8025", "localhost:8025"}
    assert hosts_at(("::1", 8025)) == {"[::1]:8025", "localhost:8025"}
    assert hosts_at(("127.0.0.1", 80)) >= {"127.0.0.1", "localhost", "localhost:80"}
    assert hosts_at(("/home/mara/http.sock", None)) == {"localhost", "127.0.0.1"}


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://mail.example.org", "mail.example.org"),
        ("https://Mail.Example.org:443/below", "mail.example.org"),
        ("https://mail.example.org:8443", "mail.example.org:8443"),
        ("", ""),
    ],
)
def test_the_public_name_is_as_programs_elsewhere_say_it(url: str, host: str) -> None:
    assert public_host(url) == host


# Tokens --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "tm_x",
        "Bearer \u00e9",
    ],
)  # fmt: skip
async def test_who_does_not_say_who_asks_is_refused(front: Web, value: str) -> None:
    answer = await front("POST", "/v1/drafts", MAIL, headers={"Authorization": value})

    assert (answer.status, answer.code) == (401, "no-token")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_guessed_token_is_refused_and_not_repeated(web: Web) -> None:
    guess = "tm_" + "A" * 43
    header = {"Authorization": f"Bearer {guess}"}

    answer = await web("POST", "/v1/drafts", MAIL, headers=header)

    assert (answer.status, answer.code) == (401, "not-authenticated")
    assert guess.encode() not in answer.body


async def test_the_word_bearer_may_be_written_in_any_case(web: Web) -> None:
    header = {"Authorization": f"bEARER  {web.token}"}

    assert (await web("GET", "/healthz", headers=header)).status == 200


async def test_two_tokens_are_refused(front: Web) -> None:
    also = [(b"authorization", b"Bearer other")]

    assert (await front("GET", "/healthz", also=also)).code == "header"


@pytest.mark.parametrize(
    "query",
    ["token={}", "access_token={}", "TOKEN=x", "api_key=x", "a={}", "a=%74m_{rest}"],
)
async def test_a_token_in_the_address_is_refused_though_it_is_right(
    front: Web, query: str
) -> None:
    """Logs and histories keep addresses (RFC 6750 §5.3)."""
    address = query.format(TOKEN, rest=TOKEN[3:])

    answer = await front("POST", f"/v1/drafts?{address}", MAIL)

    assert (answer.status, answer.code) == (400, "token-in-url")
    assert TOKEN.encode() not in answer.body


async def test_a_token_in_the_path_is_refused(front: Web) -> None:
    assert (await front("GET", f"/v1/drafts/{TOKEN}")).code == "token-in-url"


async def test_nothing_is_read_for_who_has_no_token(web: Web) -> None:
    """Else anybody could fill the memory."""
    pieces: list[Any] = [b"x"]

    await web("POST", "/v1/drafts", body=pieces, headers={"Authorization": "Bearer x"})

    assert pieces == [b"x"]


async def test_wrong_tokens_are_slowed_down_and_right_ones_never(web: Web) -> None:
    wrong = {"Authorization": "Bearer tm_wrong"}

    statuses = [(await web("GET", "/healthz", headers=wrong)).status for _ in range(25)]
    slowed = await web("GET", "/healthz", headers=wrong)
    right = await web("GET", "/healthz")

    assert statuses[:20] == [401] * 20
    assert (slowed.status, slowed.code) == (429, "too-many")
    assert 0 < int(slowed.headers["retry-after"]) <= 3
    assert right.status == 200


async def test_a_token_that_ended_ends_at_once(web: Web, shop: Shop) -> None:
    """Though it was right a moment ago."""
    assert (await web("POST", "/v1/drafts", MAIL)).status == 201
    with shop.open() as workspace:
        workspace.clients.revoke("ci")

    for method, path in (("POST", "/v1/drafts"), ("GET", "/healthz")):
        assert (await web(method, path, MAIL)).status == 401


async def test_a_token_that_is_not_for_it_is_refused(shop: Shop) -> None:
    token = shop.client("watcher", scopes=frozenset({"status"}))

    async with in_process(shop, token) as web:
        answer = await web("POST", "/v1/drafts", body=[b"never read"])

        assert (answer.status, answer.code) == (403, "not-allowed")
        assert (await web("GET", "/v1/drafts")).status == 200


async def test_a_client_that_hands_in_too_much_has_to_wait(shop: Shop) -> None:
    token = shop.client("busy", per_hour=1)

    async with in_process(shop, token) as web:
        first = await web("POST", "/v1/drafts", MAIL)
        second = await web("POST", "/v1/drafts", MAIL)

    assert first.status == 201
    assert (second.status, second.code) == (429, "too-many")
    assert int(second.headers["retry-after"]) > 0


# Kinds, lengths and methods ------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "kind",
    [
        None, "", "text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/json; charset=latin-1",
        "text/json", "application/jsonp",
    ],
)  # fmt: skip
async def test_what_a_form_could_send_is_refused(
    front: Web, path: str, kind: str
) -> None:
    answer = await front("POST", path, MAIL, headers={"Content-Type": kind})

    assert answer.status == 415


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"']
)
async def test_json_may_be_said_to_be_utf_8(web: Web, kind: str) -> None:
    answer = await web("POST", "/v1/drafts", MAIL, headers={"Content-Type": kind})

    assert answer.status == 201


async def test_a_compressed_body_is_refused(front: Web) -> None:
    """A small one could be unpacked into any size."""
    answer = await front(
        "POST", "/v1/drafts", MAIL, headers={"Content-Encoding": "gzip"}
    )

    assert (answer.status, answer.code) == (415, "content-type")


async def test_a_length_beside_chunks_is_refused_and_ends_the_connection(
    front: Web,
) -> None:
    answer = await front(
        "POST", "/v1/drafts", MAIL, headers={"Transfer-Encoding": "chunked"}
    )

    assert (answer.status, answer.code) == (400, "length")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/drafts"), ("PATCH", "/v1/drafts/x"), ("GET", "/v1/send"),
        ("POST", "/v1/drafts/x"), ("TRACE", "/healthz"), ("PUT", "/api/send_mail"),
        ("GET", "/v1/drafts/x/cancel"), ("X" * 100, "/v1/drafts"),
    ],
)  # fmt: skip
async def test_another_method_is_refused_with_those_that_there_are(
    front: Web, method: str, path: str
) -> None:
    answer = await front(method, path)

    assert answer.status == 405
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/v1", "/v1/drafts/", "/v1/drafts/x/approve", "/v1/drafts/x/release",
        "/v1/policy", "/u/x", "//v1/drafts", "/v1/drafts/../healthz", "/v1/accounts",
        "/admin/send_mail",
    ],
)  # fmt: skip
async def test_there_is_nothing_else_and_above_all_nothing_that_decides(
    front: Web, path: str
) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = await front(method, path, MAIL)

        assert (answer.status, answer.code) == (404, "not-found")


async def test_a_head_is_answered_as_a_get(web: Web) -> None:
    """uvicorn leaves the body out."""
    assert (await web("HEAD", "/healthz")).status == 200


@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "what=1", "limit=0", "limit=x", "limit=9999999999"]
)
async def test_an_address_says_only_what_is_known(web: Web, query: str) -> None:
    answer = await web("GET", f"/v1/drafts?{query}")

    assert (answer.status, answer.code) == (400, "parameter")


async def test_a_thousand_parameters_are_refused(front: Web) -> None:
    query = "&".join(f"a{number}=1" for number in range(1000))

    assert (await front("GET", f"/v1/drafts?{query}")).code == "parameter"


# What always holds ---------------------------------------------------------------


async def test_no_answer_is_kept_by_anybody_or_shown_in_a_page(web: Web) -> None:
    for answer in (await web("GET", "/healthz"), await web("GET", "/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_mistake_of_ours_is_said_without_any_text_of_it(
    shop: Shop, token: str
) -> None:
    """Texts of exceptions hold what was being worked on."""

    def gate(_workspace: object) -> Any:
        raise ZeroDivisionError("a secret")

    async with in_process(shop, token, gate=gate) as web:
        answer = await web("POST", "/v1/drafts", MAIL)

    assert (answer.status, answer.code) == (500, "bug")
    assert answer.error["message"].endswith("(ZeroDivisionError).")
    assert b"secret" not in answer.body


async def test_what_is_no_http_is_not_answered(front: Web) -> None:
    async def never(*_: Any) -> Any:
        raise AssertionError("Nothing is read or said.")

    await front.app({"type": "websocket", "path": "/"}, never, never)


def test_a_body_may_take_a_minute() -> None:
    assert PATIENCE_SECONDS == 60
