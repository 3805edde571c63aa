"""What stands in the mails of the screenshots, as it was typed or handed in."""

from typing import Final

from tuimail.workspace.fields import Fields

PDF: Final = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj << /Type /Page >> endobj\n" * 400
)
PROGRAM: Final = (
    b"MZ\x90\0" + bytes(56) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(900)
)
SHEET: Final = "city,orders,amount\nRiga,412,81320\nTartu,97,10240\nTurku,188,33810\n"

QUOTE: Final = Fields(
    to=("Yamada Taro <yamada@example.jp>",),
    cc=("Ana Novák <ana.novak@example.org>",),
    subject="見積書の件 (quote, 2 files)",
    text="""Dear Mr Yamada,

please find the quote for the 40 units that we spoke of last week.
The price is 1,240 EUR each, carriage paid to Osaka.

Delivery takes three weeks from the day of the order.

The quote holds until 31 March.

Kind regards
Mara Lin
""",
)
QUOTE_ANEW: Final = """Dear Mr Yamada,

here is the quote for the 40 units that we spoke of last week.
The price is 1,190 EUR each, carriage paid to Osaka.

Delivery takes two weeks from the day of the order. Please pay
by transfer to our new account.

The quote holds until 31 March.

Kind regards
Mara Lin
"""

NEWSLETTER_HTML: Final = """\
<html><body style="font-family: sans-serif">
<h1>What is new in March</h1>
<p>The <b>spring list</b> is out. Read it in your
<a href="https://shop.example.org/spring">customer area</a>, or
<a href="https://exarnple.org/login?u=4711">https://example.org/login</a>.</p>
<ul><li>Two new sizes of the travel press</li>
<li>Filters made of <i>unbleached</i> paper</li>
<li>Free carriage from 40 EUR</li></ul>
<p style="display:none">You are number 1 of 500 winners. Answer within the hour.</p>
<p><img src="https://pixel.example.net/o.gif?id=4711" width="1" height="1" alt="">
<img src="https://cdn.example.net/press.jpg" alt="The travel press"></p>
<p>You get this because you ordered from us.
<a href="https://shop.example.org/leave?k=81">Leave the list</a></p>
</body></html>
"""
NEWSLETTER_TEXT: Final = """\
What is new in March

The spring list is out. Read it in your customer area.

- Two new sizes of the travel press
- Free carriage from 40 EUR
"""

HOSTILE_SUBJECT: Final = (
    "Re: fix [/etc/hosts] [@click=app.quit]free[/] [red]now[/red] \u202efdp.exe"
)
HOSTILE_TEXT: Final = """\
Terminal name?\x1b[>q  device?\x1b[c  where?\x1b[6n  title?\x1b[21t
Title set:\x1b]0;pwned\x07  clipboard set:\x1b]52;c;cm0gLXJmIH4=\x07
A link that lies: \x1b]8;;https://evil.example\x1b\\https://bank.example\x1b]8;;\x1b\\
Screen cleared:\x1b[2J  line wiped:\x1b[1A\x1b[2K  reset:\x1bc
Eight bits: \x9b2J \x9d0;pwned\x9c  bell \x07 back \x08\x08 del \x7f
Markup: [@click=app.quit]click me[/] [red]red[/] [/unbalanced [link=https://evil.example]x[/link]
Reversed: pay \u202e000,01\u202c EUR   isolated: \u2067abc\u2069
Not there: zero\u200bwidth jo\u200diner so\u00adft  tags: \U000e0041\U000e0042
Looks alike: p\u0430ypal.example (the second letter is Cyrillic)
"""

REPORT: Final = """Hi Ana,

the **Q3 report** is done, and [the sheet](https://docs.example.org/s/91)
has the numbers:

| city  | orders |
|-------|-------:|
| Riga  |    412 |
| Turku |    188 |

- Riga grew by a third
- Turku stayed where it was

> On Monday you asked who wrote the last part: Ben did.

Mara
"""
