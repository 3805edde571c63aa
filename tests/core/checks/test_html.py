from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.sample import DIGEST, draft
from tuimail.core.checks.every import run
from tuimail.core.draft import Attachment
from tuimail.core.finding import Finding, Severity


def image(content_id: str) -> Attachment:
    return Attachment(
        name="x.png",
        content_type="image/png",
        digest=DIGEST,
        size_bytes=9,
        content_id=content_id,
    )


def found(html: str, *content_ids: str) -> list[Finding]:
    images = tuple(map(image, content_ids))
    return list(run(draft(text="", html=html, attachments=images)))


def codes(html: str, *content_ids: str) -> list[str]:
    return [finding.code for finding in found(html, *content_ids)]


def html_of(row: Any) -> str:
    given = row["input"]
    if "generate" not in given:
        return str(given["html"])
    return "".join(text * number for text, number in given["generate"]["parts"])


@pytest.mark.parametrize("row", rows("html"))
def test_the_corpus_agrees(row: Any) -> None:
    """Of what is only too much it counts that there is an end, and no crash."""
    wanted = {row["expect"], *row.get("also_ok", ())}
    seen = found(html_of(row), *row["input"].get("inline_cids", ()))

    is_fine = all(finding.severity is Severity.INFO for finding in seen)
    outcomes = {f"accept-with-finding:{finding.code}" for finding in seen}

    assert (
        row["subclass"] == "dos"
        or outcomes & wanted
        or (is_fine and "accept" in wanted)
    )


@pytest.mark.parametrize("row", rows("html"))
def test_what_would_be_fetched_is_noted(row: Any) -> None:
    is_noted = "html.remote-content" in codes(html_of(row))

    assert is_noted == (row["subclass"] == "remote")


@pytest.mark.parametrize(("number", "words"), [(1, "one thing"), (2, "2 things")])
def test_what_would_be_fetched_is_counted(number: int, words: str) -> None:
    (finding,) = found('<img src="//a.example/x">' * number)

    assert finding.severity is Severity.INFO
    assert words in finding.message
    assert finding.place.startswith("//a.example/x")


def test_html_that_cannot_be_looked_at_is_the_worst() -> None:
    (finding,) = found("<div>" * 5000)

    assert finding.code == "html.too-complex"
    assert finding.severity is Severity.BLOCK
    assert finding.hint


def test_an_attachment_promised_in_html_only_is_missed() -> None:
    html = "<p>See the attachment.</p><blockquote>attached</blockquote>"

    (finding,) = found(html)

    assert finding.code == "att.forgotten"
    assert not found("<blockquote>See the attachment.</blockquote>")


def test_links_and_both_bodies_are_checked() -> None:
    given = draft(
        text="Lunch at noon?",
        html='<p>Your account is locked: <a href="https://evil.example">bank.example</a>',
    )

    seen = {finding.code for finding in run(given)}

    assert seen == {"html.link-mismatch", "mime.alternative-mismatch"}


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<SCRIPT/src=x>",
        "<svg><script>x</script></svg>",
        "<svg onload=x>",
        "<svg><a xlink:href='javascript:x'><text>x</text></a></svg>",
        "<svg><set attributeName=href to='javascript:x'></svg>",
        "<math><mtext><script>x</script></mtext></math>",
        "<p onclick='x'>a",
        "<img/onerror=x src=cid:y>",
        "<body onload=x>",
        "<p ONMOUSEOVER>a",
        "<a href=' java\nscript:x'>a</a>",
        "<a href='&#1;JavaScript:x'>a</a>",
        "<a href='&#106;avascript&colon;x'>a</a>",
        "<a href='vbscript:x'>a</a>",
        "<area href='javascript:x'>",
        "<a href='ms-msdt:/id x'>a</a>",
        "<img src='javascript:x'>",
        "<table background='javascript:x'></table>",
        "<object></object>",
        "<embed>",
        "<applet></applet>",
        "<iframe srcdoc='x'></iframe>",
        "<frameset><frame src=x></frameset>",
        "<p style='width:expression(x)'>a",
        "<p style='width:exp/**/ression(x);behavior:url(x)'>a",
        "<p style='width:e\\78 pression (x)'>a",
        "<style>p{-moz-binding:url(x)}</style>",
        "<style>p{background:url(JAVASCRIPT:x)}</style>",
        "<p hidden><iframe></iframe></p>",
        "<script type='text/javascript'>x</script>",
    ],
)
def test_what_a_program_could_run_is_found(html: str) -> None:
    seen = [f for f in found(f"{html}<p>Hi</p>") if f.code == "html.active-content"]

    assert [finding.severity for finding in seen] == [Severity.WARNING]
    assert "could run" in seen[0].message


@pytest.mark.parametrize(
    "html",
    [
        "<script type='application/ld+json'>{}</script>",
        "<p>javascript: is a language, and onclick=x an attribute</p>",
        "<a href='https://a.example/javascript:x'>a</a>",
        "<p on=x one>a",
        "<pre>&lt;script&gt;</pre>",
        "<style>p{scroll-behavior:smooth}</style>",
        "<!-- <script>x</script> -->",
        "<svg><path d=''/></svg>",
        "<base target=_blank>",
        "<meta http-equiv=Content-Type content='text/html'><meta name=x>",
        "<ul><li><input type=checkbox disabled checked> done</ul>",
        "<input type=hidden><input type=button value=x>",
        "<video src=x></video>",
    ],
)
def test_what_only_looks_active_is_fine(html: str) -> None:
    assert codes(f"<p>Hi</p>{html}") == []


def test_what_could_run_is_named_in_a_row() -> None:
    (finding,) = found(
        "<p onclick=x>a<script></script><embed><script></script><applet>"
    )

    assert "onclick of <p>, <script>, <embed> and 1 more." in finding.message


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<form action='https://evil.example/x'><input></form>", "https://evil.example/x"),
        ("<form></form>", ""),
        ("<input type=password>", ""),
        ("<input>", ""),
        ("<textarea></textarea>", ""),
        ("<button formaction='https://evil.example'>b</button>", "https://evil.example"),
        ("<select></select>", ""),
        ("<form></form><form action=x></form>", "x"),
    ],
)  # fmt: skip
def test_forms_are_found(html: str, place: str) -> None:
    (finding,) = found(f"<p>Hi</p>{html}")

    assert finding.code == "html.form"
    assert finding.severity is Severity.WARNING
    assert finding.place == place


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<base href='https://a.example/'>", "html.base"),
        ("<div><base target=x href=/x></div>", "html.base"),
        ("<meta http-equiv=' Refresh' content='0;url=x'>", "html.meta-refresh"),
        ("<meta http-equiv=refresh>", "html.meta-refresh"),
        ("<a href='data:text/html,x'>a</a>", "html.data-uri-link"),
        ("<a href=' DA\tTA:,x'>a</a>", "html.data-uri-link"),
        ("<map><area href='data:x' alt=a></map>", "html.data-uri-link"),
        ("<svg><a xlink:href='data:x'>a</a></svg>", "html.data-uri-link"),
    ],
)
def test_what_leads_elsewhere_is_found(html: str, code: str) -> None:
    (finding,) = found(f"<p>Hi</p>{html}")

    assert (finding.code, finding.severity) == (code, Severity.WARNING)
    assert "{}" not in finding.message


def test_data_in_a_form_is_a_form_and_a_link() -> None:
    assert codes("<form action='data:x'>a</form>") == [
        "html.form",
        "html.data-uri-link",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<img src='cid:logo'>",
        "<img src='CID:logo'>",
        "<img src='cid:%6Cogo'>",
        "<table><td background='cid:logo'></table>",
        "<p style='background:url(cid:logo)'>a",
        "<p style=\"background:url('cid:logo')\">a",
        "<style>p{background:url(cid:logo)}</style>",
        "<img srcset='cid:logo 2x'>",
        "<p hidden><img src='cid:logo'></p>",
    ],
)
def test_an_image_may_be_used_in_every_way(html: str) -> None:
    assert codes(f"<p>Hi</p>{html}", "logo") == []


def test_markup_that_programs_drop_uses_nothing() -> None:
    assert codes("<td background='cid:logo'>Hi", "logo") == ["html.unused-inline"]


def test_an_image_that_is_not_attached_is_missed() -> None:
    (finding,) = found("<img src='cid:logo'><img src='cid:logo'>")

    assert (finding.code, finding.severity) == ("html.missing-cid", Severity.WARNING)
    assert "--inline logo=PATH" in finding.hint


@pytest.mark.parametrize("html", ["<img src='cid:'>", "<img src=' CID: '>"])
def test_an_image_that_is_not_named_is_missed(html: str) -> None:
    (finding,) = found(html, "")

    assert finding.code == "html.missing-cid"
    assert "which attached image is meant" in finding.hint


def test_an_image_that_differs_in_case_is_missed_and_named() -> None:
    seen = found("<img src='cid:Logo@A.example'>", "logo@a.EXAMPLE")

    assert [f.code for f in seen] == ["html.missing-cid", "html.unused-inline"]
    assert "cid:logo@a.EXAMPLE" in seen[0].hint


def test_the_domain_of_an_image_is_not_told_apart_by_case() -> None:
    assert codes("<img src='cid:Logo@A.example'>", "Logo@a.EXAMPLE") == []


def test_a_file_that_is_no_inline_image_does_not_count() -> None:
    seen = found("<p>Hi</p>", "")

    assert seen == []


def test_an_image_that_nobody_refers_to_is_told() -> None:
    (finding,) = found("<p>Hi</p>", "logo")

    assert (finding.code, finding.severity) == ("html.unused-inline", Severity.INFO)
    assert finding.field == "inline"


def test_many_missing_images_are_named_in_part() -> None:
    html = "".join(f"<img src='cid:a{n}'>" for n in range(2000))

    assert len(found(html)) == 6


@pytest.mark.parametrize(
    ("html", "severity"),
    [
        ("<img src=//a.example/o.gif?u=1 width=1 height=1>", Severity.WARNING),
        ("<img src=//a.example/o/4f9a8b7c6d5e4f3a2b1c.gif width=0 height=0>",
         Severity.WARNING),
        ("<img src=//a.example/o?u=1 style='width:1px;height:1px'>", Severity.WARNING),
        ("<img src=//a.example/o?u=1 style='display:none'>", Severity.WARNING),
        ("<div hidden><img src=//a.example/o?u=1></div>", Severity.WARNING),
        ("<img src=//a.example/spacer.gif width=1 height=1>", Severity.INFO),
    ],
)  # fmt: skip
def test_pictures_that_count_readers_are_found(html: str, severity: Severity) -> None:
    seen = [f for f in found(html) if f.code == "html.tracking-pixel"]

    assert [finding.severity for finding in seen] == [severity]


@pytest.mark.parametrize(
    "html",
    [
        "<img src=//a.example/o?u=1 width=1 height=30>",
        "<img src=//a.example/o?u=1>",
        "<img src=cid:x width=1 height=1>",
        "<img width=1 height=1>",
    ],
)
def test_other_pictures_count_nobody(html: str) -> None:
    assert "html.tracking-pixel" not in codes(html, "x")


def test_an_inline_picture_without_html_is_told() -> None:
    picture = Attachment(
        name="a.png",
        content_type="image/png",
        digest=DIGEST,
        size_bytes=9,
        content_id="logo",
    )
    given = draft(attachments=(picture,))

    assert "html.unused-inline" in [one.code for one in run(given)]
