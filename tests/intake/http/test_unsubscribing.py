"""One click that ends bulk mail, the only thing that anybody may ask for."""

from collections.abc import AsyncIterator

import pytest

from tests.intake.http.conftest import HOST, MAIL, Shop, Web, in_process
from tuimail.workspace.workspace import Workspace

PUBLIC = "mail.example.org"
FORM = {
    "Host": PUBLIC, "Authorization": None,
    "Content-Type": "application/x-www-form-urlencoded",
}  # fmt: skip
CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
async def public(shop: Shop, token: str) -> AsyncIterator[Web]:
    shop.configure(f'public_url = "https://{PUBLIC}"\n')
    async with in_process(shop, token, public_host=PUBLIC) as made:
        yield made


async def link_of(web: Web, workspace: Workspace) -> str:
    """Return the path of the link in a bulk mail that is handed in."""
    handed_in = await web("POST", "/v1/drafts", {**MAIL, "category": "bulk"})
    url = workspace.drafts.page(handed_in.json["id"]).draft.unsubscribe_url
    assert url.startswith(f"https://{PUBLIC}/u/")
    return url.removeprefix(f"https://{PUBLIC}")


def stopped(workspace: Workspace) -> list[str]:
    return [one.address for one in workspace.suppressions.list()]


async def test_a_click_ends_it_and_once_more_changes_nothing(
    public: Web, shop: Shop
) -> None:
    with shop.open() as workspace:
        path = await link_of(public, workspace)

        answers = [await public("POST", path, body=CLICK, headers=FORM) for _ in "12"]

        assert [one.status for one in answers] == [200, 200]
        assert stopped(workspace) == ["bob@partner.example"]


async def test_a_form_of_parts_is_a_click_too(public: Web, shop: Shop) -> None:
    """RFC 8058 §3.2 has both ways."""
    form = {**FORM, "Content-Type": "multipart/form-data; boundary=b"}
    body = (
        b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        b"One-Click\r\n--b--\r\n"
    )
    with shop.open() as workspace:
        path = await link_of(public, workspace)

        answer = await public("POST", path, body=body, headers=form)

        assert (answer.status, stopped(workspace)) == (200, ["bob@partner.example"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
async def test_looking_at_the_link_does_nothing(
    public: Web, shop: Shop, method: str
) -> None:
    """Programs that look for harm follow every link."""
    with shop.open() as workspace:
        path = await link_of(public, workspace)

        answer = await public(method, path, headers=FORM)

        assert (answer.status, stopped(workspace)) == (405, [])


async def test_a_post_that_says_nothing_does_nothing(public: Web, shop: Shop) -> None:
    with shop.open() as workspace:
        path = await link_of(public, workspace)

        answer = await public("POST", path, body=b"", headers=FORM)

        assert (answer.status, stopped(workspace)) == (400, [])


async def test_a_link_that_was_made_up_is_none_and_guessing_is_slowed_down(
    public: Web, shop: Shop
) -> None:
    statuses = {
        (await public("POST", f"/u/x{n}", body=CLICK, headers=FORM)).status
        for n in range(20)
    }
    slowed = await public("POST", "/u/x", body=CLICK, headers=FORM)

    assert statuses == {404}
    assert (slowed.status, slowed.code) == (429, "too-many")


async def test_too_much_is_not_read(public: Web) -> None:
    answer = await public("POST", "/u/x", body=b"x" * 100_000, headers=FORM)

    assert answer.status == 413


async def test_the_public_name_leads_nowhere_else(public: Web) -> None:
    """A server in front may hand on more than it should."""
    answers = [
        await public("GET", "/healthz", headers={"Host": PUBLIC}),
        await public("POST", "/v1/drafts", MAIL, headers={"Host": PUBLIC}),
        await public("POST", "/u/x", body=CLICK, headers={**FORM, "Host": "x.example"}),
    ]

    assert [one.code for one in answers] == ["host"] * 3


async def test_the_server_in_front_may_call_this_one_by_its_own_name(
    public: Web,
) -> None:
    answer = await public("POST", "/u/x", body=CLICK, headers={**FORM, "Host": HOST})

    assert answer.status == 404


async def test_without_a_public_name_there_is_no_such_thing(web: Web) -> None:
    answer = await web("POST", "/u/x", body=CLICK, headers={**FORM, "Host": HOST})

    assert (answer.status, answer.code) == (404, "not-found")
