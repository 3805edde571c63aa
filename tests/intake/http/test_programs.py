"""Real programs against the real door: curl, requests, urllib, our own providers."""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.core.drafts import a_draft, address, rendered
from tests.docs import programs
from tests.intake.documented import blocks
from tests.intake.http.conftest import MAIL, SENDER, Served, new_shop, serving
from tuimail.core import compose
from tuimail.core.draft import Body
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.atmos.provider import AtmosProvider
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.providers.temp_email.credentials import Mode
from tuimail.providers.temp_email.provider import TempEmailProvider
from tuimail.testing import RecordedJob

PROGRAMS = Path(__file__).with_name("programs")
DOCS = Path(__file__).parents[3] / "tuimail" / "docs" / "agents.md"
BOB = "bob@partner.example"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        shop = new_shop(Path(folder))
        with serving(shop, shop.client("ci")) as made:
            yield made


@pytest.fixture
def newest(served: Served) -> Iterator[Any]:
    """What was handed in last, as a person sees it."""
    with served.shop.open() as workspace:
        yield lambda: workspace.drafts.page(workspace.drafts.rows(limit=1)[0].id)


def run(
    served: Served, *words: str, key: str = ""
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        env={
            "PATH": os.environ["PATH"],
            "MAIL_API": served.url,
            "MAIL_KEY": key or served.token,
            "MAIL_FROM": SENDER,
            "TUIMAIL_TOKEN": key or served.token,
            "SOCKET": str(served.path),
            "DRAFT": key,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


# Programs that were written for somebody else ------------------------------------


@pytest.mark.parametrize("program", ["relay", "temp_mail", "outside"])
def test_a_program_needs_only_another_address(
    served: Served, newest: Any, program: str
) -> None:
    done = run(served, sys.executable, str(PROGRAMS / f"{program}.py"), BOB)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sent ")
    page = newest()
    assert (page.row.status, [one.text for one in page.draft.to]) == ("review", [BOB])


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("relay", "AUTH_FAILED"),
        ("outside", "Failed to send mail Invalid address credential"),
    ],
)
def test_a_program_with_a_wrong_token_is_told_in_words_that_it_knows(
    served: Served, program: str, words: str
) -> None:
    path = str(PROGRAMS / f"{program}.py")

    done = run(served, sys.executable, path, BOB, key="tm_wrong")

    assert done.returncode == 1
    assert done.stderr.startswith(words)


def test_curl_on_the_socket(served: Served, newest: Any) -> None:
    done = run(
        served, "curl", "-sS", "--fail-with-body", "--unix-socket", str(served.path),
        "http://localhost/v1/drafts", "-H", f"Authorization: Bearer {served.token}",
        "-H", "Content-Type: application/json", "-d", json.dumps(MAIL),
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert newest().row.id == json.loads(done.stdout)["id"]


def test_curl_is_told_why_a_big_file_is_too_big(served: Served, tmp_path: Path) -> None:
    """It sends while it reads, and has to see the answer all the same."""
    big = tmp_path / "big"
    big.write_bytes(b" " * 3_000_000)

    done = run(
        served, "curl", "-sS", f"{served.url}/v1/send", "-H", "Expect:",
        "-H", f"Authorization: Bearer {served.token}",
        "-H", "Content-Type: application/json", "--data-binary", f"@{big}",
    )  # fmt: skip

    assert json.loads(done.stdout)["code"] == "INVALID_REQUEST"
    assert "octets" in done.stdout


def examples() -> list[str]:
    """Return what the docs have people copy to a shell."""
    section = DOCS.read_text("utf-8").partition("## Over HTTP")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(curl .*?)```", section, re.DOTALL)


def test_what_the_docs_have_people_copy_works(served: Served) -> None:
    """One after the other, as they stand there; ``DRAFT`` is the first's answer."""
    first, *others = examples()
    handed_in = run(served, "sh", "-c", first)
    draft_id = json.loads(handed_in.stdout)["id"]

    answers = [run(served, "sh", "-c", f"DRAFT={draft_id}\n{one}") for one in others]

    assert len(answers) >= 3
    for done in (handed_in, *answers):
        assert (done.returncode, done.stderr) == (0, "")
        assert "error" not in json.loads(done.stdout)


def test_the_program_that_the_docs_show_hands_in(served: Served, newest: Any) -> None:
    (program,) = blocks("Over HTTP", "python")
    ours = program.replace("http://127.0.0.1:8025", served.url)
    assert ours != program

    programs.run(ours, {"token": served.token}, place="agents.md")

    assert newest().row.status == "review"


# Our own ways out, which speak both contracts -------------------------------------


def a_job() -> SendJob:
    draft = a_draft(
        sender=address(SENDER), to=(address(BOB),), body=Body(text="It is green.")
    )
    recorded = RecordedJob(content=rendered(draft), piece_bytes=1000)
    return replace(recorded.job, envelope=compose.envelope(draft))


def way_out(served: Served, key: str, **options: str) -> ProviderAccount:
    return ProviderAccount(
        name="door", options={"url": served.url, **options}, secret=lambda: key
    )


@pytest.mark.parametrize("mode", [Mode.ADDRESS, Mode.EXTERNAL])
async def test_our_own_temp_email_provider_takes_the_door_for_the_service(
    served: Served, newest: Any, mode: Mode
) -> None:
    account = way_out(served, served.token, mode=mode.value)
    provider = TempEmailProvider(account)

    verdicts = await provider.submit(a_job())
    check = await provider.check()
    await provider.close()

    assert [one.kind for one in verdicts.by_recipient] == [VerdictKind.SENT]
    assert (check.ok, check.error) == (True, "")
    assert newest().row.status == "review"


@pytest.mark.parametrize("mode", [Mode.ADDRESS, Mode.EXTERNAL])
async def test_our_own_temp_email_provider_knows_a_wrong_token(
    served: Served, mode: Mode
) -> None:
    provider = TempEmailProvider(way_out(served, "tm_wrong", mode=mode.value))

    verdicts = await provider.submit(a_job())
    await provider.close()

    assert verdicts.fault is AccountFault.LOGIN


@pytest.mark.parametrize(
    ("is_right", "fault"), [("yes", None), ("no", AccountFault.LOGIN)]
)
async def test_our_own_atmos_provider_takes_the_door_for_the_relay(
    served: Served, newest: Any, is_right: str, fault: AccountFault | None
) -> None:
    key = served.token if is_right == "yes" else "tm_wrong"
    provider = AtmosProvider(way_out(served, key, did="did:plc:" + "a" * 24))

    verdicts = await provider.submit(a_job())
    await provider.close()

    assert verdicts.fault is fault
    if fault is None:
        (one,) = verdicts.by_recipient
        assert one.kind is VerdictKind.SENT
        assert one.receipt.provider_message_id.isdecimal()
        assert newest().row.status == "review"


# A web page ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_page_of_another_site_hands_nothing_in(served: Served, kind: str) -> None:
    """What a browser sends for ``fetch(..., {mode: "no-cors"})``."""
    with served.shop.open() as workspace:
        before = workspace.drafts.counts()

        answer = requests.post(
            f"{served.url}/external/api/send_mail",
            data=json.dumps({"token": served.token, "to_mail": BOB}),
            headers={"Origin": "https://evil.example", "Content-Type": kind},
            timeout=10,
        )

        assert answer.status_code == 403
        assert workspace.drafts.counts() == before


def test_a_name_that_was_led_here_hands_nothing_in(served: Served) -> None:
    answer = requests.post(
        f"{served.url}/v1/drafts",
        json=MAIL,
        headers={
            "Host": f"rebound.example:{served.port}",
            "Authorization": f"Bearer {served.token}",
        },
        timeout=10,
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host")


# Many ----------------------------------------------------------------------------


def test_of_many_at_once_none_is_lost_and_none_is_there_twice(served: Served) -> None:
    """Every one that was acknowledged is there, by whichever way it came."""
    number, clients = 160, 8

    def hand_in(first: int) -> list[str]:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {served.token}",
            "Content-Type": "application/json",
        }
        found = []
        for each in range(first, number, clients):
            body = json.dumps({**MAIL, "subject": f"many {each}"})
            connection.request("POST", "/v1/drafts", body, headers)
            answer = connection.getresponse()
            found.append(json.loads(answer.read())["id"])
            assert answer.status == 201
        connection.close()
        return found

    with ThreadPoolExecutor(clients) as pool:
        ids = [one for some in pool.map(hand_in, range(clients)) for one in some]

    assert len(set(ids)) == number
    with served.shop.open() as workspace:
        subjects = {workspace.drafts.row(one).subject for one in ids}
    assert subjects == {f"many {each}" for each in range(number)}
