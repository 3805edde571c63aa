import pytest

from tests.core.sample import draft
from tuimail.core.checks.alternatives import check
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.text import html_to_text

LETTER = """Dear Bob, thank you for your order of three blue pens and one notebook.
We will send the parcel on Tuesday, and it should arrive before the weekend.
Please write to us if anything is missing. Kind regards, your stationery shop."""
OTHER = """Our autumn collection has landed. Discover wool coats, leather boots and
scarves for cold evenings, with free returns in every store near you until Sunday."""
GERMAN = """Rechnung 20417781 vom 03.11.2026 mit 4270 Euro, zahlbar binnen 14 Tagen
ohne Abzug auf unser Konto, vielen Dank, dass Sie bei uns gekauft haben."""
ENGLISH = """Invoice 20417781 of November 3, 2026 about 4270 euros, to be paid within 14
days to our account, many thanks for buying from our little shop again."""
PHISHING = (
    "<p>Your account is locked. "
    '<a href="https://evil.example">Verify your password now</a></p>'
)


def found(text: str, html: str) -> list[Finding]:
    return list(check(draft(text=text, html=html), html_to_text(html)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Lunch at noon?", PHISHING),
        (LETTER, f"<p>{OTHER}</p>"),
        (LETTER, PHISHING),
        ("Invoice attached, due Friday.", f"<p>{LETTER}</p>"),
        ("明日の会議は午後三時からです。", "<p>お客様の口座が凍結されました。</p>"),
        ("会议改到星期四下午", "<p>您的账户已被锁定\uff0c请立即验证密码</p>"),
        (
            "Встреча перенесена на четверг",
            "<p>Ваш счёт заблокирован, введите пароль</p>",
        ),
        ("See https://a.example/x and Lunch later", f"<p>{PHISHING}</p>"),
        ("Lunch?", PHISHING),
        ("Hello Bob.", PHISHING),
        ("OK, thanks.", PHISHING),
        ("Yes, do it.", PHISHING),
        ("Thank you for this.", PHISHING),
        ("Hi!", PHISHING),
        ("Hello Bob", f"<p>Hello,</p>{PHISHING}"),
        ("Hi Bob", f"<p>Hi,</p>{PHISHING}"),
        ("Good", "<p>Evil</p>"),
        ("I agree", "<p>Send money</p>"),
        ("Yes.", "<p>No.</p>"),
        ("OK", "<p>Sounds good, see you there!</p>"),
        ("Bob, can we go to the zoo or pub at ten? Joe", "<p>Pay me now via app x</p>"),
        ("好", "<p>您的账户已被锁定\uff0c请立即验证密码</p>"),
        (LETTER, "<p>Hi</p>"),
        (f"Hi Bob, {LETTER}", "<p>Hi</p>"),
        (LETTER, "<p>[x]</p>"),
    ],
)
def test_bodies_that_say_other_things_are_found(text: str, html: str) -> None:
    (finding,) = found(text, html)

    assert finding.code == "mime.alternative-mismatch"
    assert finding.severity is Severity.WARNING
    assert finding.field == "text"
    assert " ≠ " in finding.place


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello Bob.", "<p>Hello <b>Bob</b>.</p>"),
        (LETTER, f"<table><tr><td>{LETTER}</td></tr></table>"),
        (LETTER[:80], f"<p>{LETTER}</p><p>{OTHER}</p>"),
        ("View this mail in your browser: https://a.example/v/1", f"<p>{OTHER}</p>"),
        ("Your mail program does not show HTML.", f"<p>{OTHER}</p>"),
        ("Voir dans le navigateur : https://a.example", f"<p>{OTHER}</p>"),
        ("READ THIS ONLINE: https://a.example/v/1", f"<p>{OTHER}</p>"),
        ("Open it in your web mail.", f"<p>{OTHER}</p>"),
        ("在浏览器中查看此邮件 https://a.example", "<p>秋季新品上市\uff0c全场八折</p>"),
        (GERMAN, f"<p>{ENGLISH}</p>"),
        ("See you [1]\n\n[1] https://a.example/long", f"<p>See you</p>{OTHER}"),
        ("会议改到星期四下午三点。地点不变。", "<p>会议改到<b>星期四</b></p>"),
        ("Thanks, Bob", "<p>Thanks a lot for your help on Friday,<br>Bob</p>"),
        ("Thank you", f"<p>{LETTER}</p>"),
        ("Hi", f"<p>Hi Bob,</p><p>{LETTER}</p>"),
        ("好", "<p>好的\uff0c谢谢\uff0c明天见</p>"),
        ("Rechnung 20417781", "<p>Invoice 20417781</p>"),
        ("https://a.example/v/1", f"<p>{OTHER}</p>"),
        ("\U0001f44d", '<p>\U0001f44d <img src="cid:poster"></p>'),
        ("Lunch?", '<img src="cid:poster">'),
        ("Lunch?", '<a href="https://a.example/x"><img src="cid:poster"></a>'),
        (" ", '<img src="cid:poster">'),
        (f"{GERMAN}\n\n{ENGLISH}", f"<p>{ENGLISH}</p><p>{GERMAN}</p>"),
        (LETTER[:80], f"<p>{LETTER}</p><p>{GERMAN}</p>"),
        ("", f"<p>{OTHER}</p>"),
        ("\uff21\uff22\uff23\uff24 order", "<p>abcd order</p>"),
    ],
)  # fmt: skip
def test_bodies_that_say_the_same_or_less_are_fine(text: str, html: str) -> None:
    assert found(text, html) == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Pay to account 111", "<p>Pay to account 999</p>"),
        (f"{LETTER} Call 555 0100 today.", f"<p>{LETTER} Call 555 0199 today.</p>"),
        ("The total is 1,000.00 EUR.", "<p>The total is <b>9,000.00</b> EUR.</p>"),
        ("Invoice of 3 November 2026", "<p>Invoice of 4 November 2026</p>"),
        ("IBAN DE02 1203 0000 0000 2020 51", "<p>IBAN DE02 1001 0010 0006 8201 01</p>"),
        ("请支付到账户 111 谢谢", "<p>请支付到账户 999 谢谢</p>"),
        ("Room 5, please", "<p>Room <i>6</i>, please</p>"),
    ],
)
def test_another_number_in_the_same_words_is_found(text: str, html: str) -> None:
    (finding,) = found(text, html)

    assert finding.code == "mime.alternative-mismatch"
    assert finding.severity is Severity.WARNING
    assert "different numbers" in finding.message


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The total is 1,000.00 EUR.", "<p>The total is 1.000,00 EUR.</p>"),
        ("The total is EUR 1000.", "<p>The total is EUR 1,000.00.</p>"),
        ("Due 3/11/2026.", "<p>Due 03.11.2026.</p>"),
        ("Due 2026-11-03 at noon", "<p>Due 03.11.2026 at noon</p>"),
        ("At 15:00", "<p>At 15</p>"),
        ("Call +49 (0)30 123", "<p>Call +49 030 123</p>"),
        ("See [1] for 5 pens\n\n[1] https://a.example/7",
         '<p>See <a href="https://a.example/8">it</a> for 5 pens</p>'),
        ("1. pens\n2. pens", "<ul><li>pens<li>pens</ul>"),
        ("- a pen for 3 EUR\n", "<p>a pen for 5 EUR</p><p>a pen for 3 EUR</p>"),
        ("We have 3 pens for you", "<p>We have 4 brushes for you, and pens</p>"),
    ],
)  # fmt: skip
def test_numbers_written_in_another_way_are_the_same(text: str, html: str) -> None:
    assert found(text, html) == []


def test_html_without_words_beside_a_letter_is_told() -> None:
    """It may be a picture of the letter, which nobody here can read."""
    (finding,) = found(LETTER, '<img src="cid:poster">')

    assert finding.code == "mime.alternative-mismatch"
    assert finding.severity is Severity.INFO
    assert "says nothing" in finding.message


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("会议改到星期四下午三点", "<p>The meeting moved to Thursday</p>"),
        ("是的", PHISHING),
        ("Да", PHISHING),
    ],
)
def test_two_scripts_are_told_without_an_alarm(text: str, html: str) -> None:
    (finding,) = found(text, html)

    assert finding.severity is Severity.INFO
    assert "different scripts" in finding.message


def test_an_empty_text_is_told() -> None:
    (finding,) = found(" \n", "<p>Hello</p>")

    assert finding.severity is Severity.INFO
    assert "empty" in finding.message


def test_a_text_made_from_the_html_is_not_compared() -> None:
    body = Body(text=LETTER, html=PHISHING, is_text_made=True)

    assert not list(check(draft(body=body), html_to_text(PHISHING)))


def test_a_pointer_to_the_html_is_short() -> None:
    words = " ".join(f"word{n}" for n in range(90))

    (finding,) = found(f"{LETTER} {words} browser", PHISHING)

    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "text",
    ["a" * 900_000, "http://" * 90_000, "漢" * 900_000, "a 1 " * 90_000, "1 " * 90_000],
)
def test_long_bodies_are_compared_in_time(text: str) -> None:
    assert found(text, f"<p>{text}</p>") == []
