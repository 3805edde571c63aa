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
        ("在浏览器中查看此邮件 https://a.example", "<p>秋季新品上市\uff0c全场八折</p>"),
        (GERMAN, f"<p>{ENGLISH}</p>"),
        ("See you [1]\n\n[1] https://a.example/long", f"<p>See you</p>{OTHER}"),
        ("会议改到星期四下午三点。地点不变。", "<p>会议改到<b>星期四</b></p>"),
        ("Yes.", "<p>No.</p>"),
        ("OK", "<p>Sounds good, see you there!</p>"),
        (LETTER, '<img src="cid:poster">'),
        ("", f"<p>{OTHER}</p>"),
        ("\uff21\uff22\uff23\uff24 order", "<p>abcd order</p>"),
    ],
)  # fmt: skip
def test_bodies_that_say_the_same_or_less_are_fine(text: str, html: str) -> None:
    assert found(text, html) == []


def test_two_scripts_are_told_without_an_alarm() -> None:
    (finding,) = found("会议改到星期四下午三点", "<p>The meeting moved to Thursday</p>")

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


@pytest.mark.parametrize("text", ["a" * 900_000, "http://" * 90_000, "漢" * 900_000])
def test_long_bodies_are_compared_in_time(text: str) -> None:
    assert found(text, f"<p>{text}</p>") == []
