import json
from dataclasses import replace
from typing import Any

import pytest

from tuimail.demo import journey
from tuimail.demo.journey import Passage, has_bcc_header, problems_of
from tuimail.demo.server import Delivery


@pytest.fixture(scope="module")
def passages() -> tuple[Passage, ...]:
    """The journey, made once: what the tests look at does not change."""
    return journey.travel().passages


@pytest.fixture
def passage(passages: tuple[Passage, ...]) -> Passage:
    """The mail that was approved as it was handed in."""
    return passages[0]


def _delivered(passage: Passage, **changes: Any) -> Passage:
    first, *others = passage.deliveries
    return replace(passage, deliveries=(replace(first, **changes), *others))


def test_the_journey_goes_right_and_says_so_in_json() -> None:
    report, code = journey.check()

    assert (code, report["ok"], report["problems"]) == (0, True, [])
    assert json.loads(json.dumps(report)) == report


def test_what_is_approved_edited_and_rejected_ends_as_it_should(
    passages: tuple[Passage, ...],
) -> None:
    assert [(one.page.row.status, one.page.row.revision) for one in passages] == [
        ("sent", 1),
        ("partial", 2),
        ("rejected", 1),
    ]


def test_the_server_got_what_was_approved_and_nothing_else(
    passages: tuple[Passage, ...],
) -> None:
    contents = [{one.content for one in passage.deliveries} for passage in passages]

    assert contents == [{passages[0].approved}, {passages[1].approved}, set()]


def test_who_is_told_to_wait_gets_it_alone_the_second_time(passage: Passage) -> None:
    assert [one.recipients for one in passage.deliveries] == [
        ("accounts@tidewater.example", "bookkeeping@example.org"),
        ("frontdesk@slow.example",),
    ]


def test_a_mail_that_went_right_has_no_problem(passages: tuple[Passage, ...]) -> None:
    assert [problems_of(one) for one in passages] == [(), (), ()]


def test_other_bytes_are_noticed(passage: Passage) -> None:
    changed = _delivered(passage, content=passage.approved + b"\r\n")

    assert "other bytes" in problems_of(changed)[0]


def test_a_bcc_header_is_noticed(passage: Passage) -> None:
    changed = _delivered(passage, content=b"Bcc: eve@example.net\r\n\r\n")

    assert any("Bcc" in problem for problem in problems_of(changed))


@pytest.mark.parametrize("recipients", [(), ("bookkeeping@example.org",) * 2])
def test_somebody_left_out_or_told_twice_is_noticed(
    recipients: tuple[str, ...], passage: Passage
) -> None:
    changed = _delivered(passage, recipients=recipients)

    assert "somebody twice" in problems_of(changed)[0]


def test_another_status_is_noticed(passage: Passage) -> None:
    row = replace(passage.page.row, status="unknown")
    changed = replace(passage, page=replace(passage.page, row=row))

    assert "It is unknown, not sent." in problems_of(changed)[0]


def test_another_fate_of_a_recipient_is_noticed(passage: Passage) -> None:
    changed = replace(
        passage, page=replace(passage.page, recipients=passage.page.recipients[1:])
    )

    assert "otherwise than expected" in problems_of(changed)[0]


def test_a_message_that_nobody_sent_makes_the_check_fail(
    passages: tuple[Passage, ...],
) -> None:
    strange = Delivery(return_path="", recipients=("x@example.net",), content=b"")
    made = journey.Journey(passages=passages, deliveries=(strange,))

    assert made.report["ok"] is False
    assert made.exit_code == 1


@pytest.mark.parametrize("name", [b"Bcc", b"bcc", b"RESENT-BCC"])
def test_a_header_that_names_hidden_recipients_is_found(name: bytes) -> None:
    assert has_bcc_header(b"To: a@example.net\r\n" + name + b": b@example.net\r\n\r\n")


@pytest.mark.parametrize(
    "content", [b"Subject: Bcc: x\r\n\r\n", b"Subject: x\r\n\r\nBcc: x\r\n"]
)
def test_the_word_elsewhere_is_not_a_header(content: bytes) -> None:
    assert not has_bcc_header(content)
