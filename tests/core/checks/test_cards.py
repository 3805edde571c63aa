import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sample import draft
from tuimail.core.checks.cards import CARDS_LIMIT, check, scan, scan_data
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity

VISA = "4111 1111 1111 1111"


def card(at: int) -> str:
    """Return a card number with a right check digit."""
    body = f"4{at:014}"
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return f"{body}{-(sum(doubled) + sum(map(int, body[-2::-2]))) % 10}"


def found(text: str) -> list[Finding]:
    return list(scan(text, field="text", label="text"))


@pytest.mark.parametrize(
    "text",
    [
        f"Card {VISA} exp 12/29 cvv 123",
        VISA,
        "4111111111111111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111\u20131111\u20131111\u20131111.",
        f"({VISA})",
        f"{VISA} 123",
        f"{VISA} 12/29",
        f"{VISA}, please",
        "5555555555554444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "378282246310005",
        "6011 1111 1111 1117",
        "3056 930902 5904",
        "3530 1113 3330 0000",
        "6200 0000 0000 0005",
        "6759 6498 2643 8453",
        "2200 0000 0000 0004",
        "\uff14111 1111 1111 1111",
        "Kartennummer:4111111111111111",
        "Pay order 12 by card\n4111111111111111",
    ],
)
def test_a_card_number_is_found(text: str) -> None:
    (finding,) = found(text)

    assert finding.code == "pii.payment-card"
    assert finding.severity is Severity.WARNING
    assert "1111" not in f"{finding.message}{finding.place}".replace("4111…", "")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "1234 5678 9012 3456",
        "0000 0000 0000 0000",
        "4111 1111 1111 1111 1111",
        "1234 4111 1111 1111 1111",
        "4111111111111111111111",
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "AT61 1904 3002 3457 3201",
        "9400 1000 0000 0000 0000 00",
        "1Z999AA10123456784",
        "1700000000000",
        "2026-11-21 05:36:53",
        "20261121053653000",
        "+49 4111 1111111 1111",
        "4006381333931",
        "978-3-16-148410-0",
        "0.4111111111111111",
        "4111111111111111.5",
        "4111,1111,1111,1111",
        "https://social.example/posts/4111111111111111",
        "https://shop.example/?id=4111111111111111&x=1",
        "https://shop.example/a-4111111111111111",
        "x4111111111111111",
        "4111111111111111px",
        "4111 1111 11111111",
        "41111111-1111-1111",
        "**** **** **** 1111",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Order 4111111111111111",
        "Your order no. 4111111111111111 has shipped",
        "Tracking number: 4111111111111111",
        "Bestellnummer: 4111 1111 1111 1111",
        "Sendungsnr. 4111111111111111",
        "ID: 4111111111111111",
    ],
)
def test_what_is_said_to_be_another_number_is_only_noted(text: str) -> None:
    (finding,) = found(text)

    assert finding.severity is Severity.INFO


def test_calling_a_card_an_order_does_not_hide_it() -> None:
    (finding,) = found(f"Order {VISA} cvv 123")

    assert finding.severity is Severity.WARNING


def test_several_numbers_are_one_finding_that_names_the_worst() -> None:
    (finding,) = found(f"Order 4012888888881881\nand then\n{VISA}\n{VISA}")

    assert finding.severity is Severity.WARNING
    assert "4111… (16 characters), and 1 more" in finding.message


def test_every_text_that_is_read_is_looked_at() -> None:
    given = draft(
        subject=VISA,
        text=VISA,
        html="<td>4111&nbsp;1111&nbsp;1111&nbsp;1111</td>",
    )

    assert [finding.field for finding in check(given)] == ["subject", "text", "html"]


def test_what_html_does_not_show_is_no_card_number() -> None:
    given = draft(
        html="<style>a{width:4111111111111111}</style>"
        '<a id="4111111111111111" href="/4111111111111111">x</a>'
    )

    assert not list(check(given))


def test_text_that_was_made_from_the_html_is_not_looked_at_twice() -> None:
    body = Body(text=VISA, html=f"<p>{VISA}</p>", is_text_made=True)

    assert [finding.field for finding in check(draft(body=body))] == ["html"]


def test_ordinary_mail_has_no_card_number() -> None:
    assert not list(check(draft()))


@pytest.mark.parametrize(
    "text", ["4" * 1_000_000, "4 " * 500_000, "4111 " * 200_000, "4111-1111-" * 100_000]
)
def test_many_digits_take_no_longer_than_they_are_long(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    "line",
    ["4111111111111111\n", "Order 4111111111111111\n", "card number 4111111111111111 "],
)
def test_one_number_many_times_is_looked_at_once_or_twice(line: str) -> None:
    (finding,) = found(line * 100_000)

    assert "more" not in finding.message


def test_a_card_behind_many_other_numbers_is_still_a_warning() -> None:
    (finding,) = found("Order 4012888888881881\n" * 20_000 + VISA)

    assert finding.severity is Severity.WARNING
    assert "4111" in finding.place


def test_many_cards_are_counted_to_a_bound() -> None:
    numbers = "\n".join(card(at) for at in range(CARDS_LIMIT + 50))

    (finding,) = found(numbers)

    assert f"and {CARDS_LIMIT - 1} more" in finding.message


def test_numbers_of_which_most_have_no_check_digit_are_only_noted() -> None:
    """A list of orders has a right check digit in one of ten."""
    numbers = "\n".join(f"{4000_0000_0000_0000 + 7 * at}" for at in range(100))

    (finding,) = found(numbers)

    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    "text",
    [
        "bob,4111111111111111,12/29,123\n",
        '"bob";"4111111111111111";"12/29"\n',
        '{"pan":"4111111111111111","exp":"12/29"}',
        "bob\t4111 1111 1111 1111\t12/29\n",
        "bob|4111-1111-1111-1111|x",
    ],
)
def test_a_card_number_in_a_table_of_data_is_found(text: str) -> None:
    (finding,) = scan_data(text, field="attach", label="attachment a.csv")

    assert (finding.code, finding.severity) == ("pii.payment-card", Severity.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        '{"order_id": "4111111111111111"}',
        '{"order_id":4111111111111111,"x":1}',
        "order_no,4111111111111111,12\n",
    ],
)
def test_a_number_with_another_name_in_data_is_only_noted(text: str) -> None:
    (finding,) = scan_data(text, field="attach", label="attachment a.csv")

    assert finding.severity is Severity.INFO


@pytest.mark.parametrize("html", ["<" * 500_000, "<style>" * 100_000])
def test_broken_html_takes_no_longer_than_it_is_long(html: str) -> None:
    assert not list(check(draft(html=html)))


@given(st.text("0123456789 .-_,a/\n", max_size=60))
def test_plain_text_is_looked_at_as_closely_as_any_other(text: str) -> None:
    text = f"{VISA[:9]}{text} {card(7)}"

    assert found(text) == found(f"{text} é")
