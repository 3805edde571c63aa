"""From what was written to the two parts that are sent: plain text and HTML.

Markdown becomes HTML, styles are written into elements, what an agent wrote is
cleaned, a text part is made where there is none, and the signature is put under
both; in this order, so that nothing comes in after it was cleaned.
"""

from collections.abc import Iterator

from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.core.signature import is_signed, signed_html, signed_text, unsigned
from tuimail.core.values import dataclass, replace
from tuimail.core.wire.encoding import with_lf
from tuimail.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A body as its author gave it."""

    text: str = ""
    html: str = ""
    markdown: str = ""
    """Becomes the HTML, and the text where none is given."""
    makes_text: bool = True
    """Whether HTML without text gets a text part made from it."""
    inlines_css: bool = False
    """Whether style sheets are written into the elements."""
    is_flowed: bool = False
    signature: str = ""
    is_trusted: bool = True
    """Whether a person wrote the HTML; what a program wrote is cleaned."""


def finished(written: Written) -> tuple[Body, tuple[Finding, ...]]:
    """Return the body to be sent, and what was noticed on the way.

    Raises:
        FieldError: Markdown and HTML were both given, or are too complex.
    """
    html, noticed = _html(written)
    if html:
        from tuimail.core.html.nesting import refuse_costly  # noqa: PLC0415 - rare

        refuse_costly(html)
    is_made = bool(html) and not written.text and written.makes_text
    shown = text_of(html) if html and (is_made or written.signature) else ""
    text = shown if is_made else with_lf(written.text)
    signature = written.signature
    if signature and (is_signed(text) or is_signed(shown)):
        signature = ""
    if text or not html:
        text = signed_text(text, signature)
    body = Body(
        text=text,
        html=signed_html(html, signature),
        is_text_made=is_made,
        is_flowed=written.is_flowed,
    )
    return body, noticed


def text_of(html: str) -> str:
    """Return the text part that stands for ``html``; empty where it says nothing."""
    from tuimail.core.html.text import html_to_text  # noqa: PLC0415 - brings a parser

    text = html_to_text(html).text
    return f"{text}\n" if text else ""


def html_of(text: str) -> str:
    """Return the HTML part that stands for ``text``, which is Markdown.

    The signature is set as lines: by themselves, the two hyphens above it would make
    a heading of what stands before them.

    Raises:
        FieldError: It is too long, or becomes more HTML than can be looked at.
    """
    if not text.strip():
        return ""
    from tuimail.core.html.markdown import markdown_to_html  # noqa: PLC0415 - 20 ms

    whole = with_lf(text)
    own = unsigned(whole)
    signature = whole[len(own) :].partition("\n")[2].strip("\n")
    return signed_html(markdown_to_html(own), signature)


def edited(
    before: Body, *, text: str, html: str, is_markdown: bool | None = None
) -> Body:
    """Return ``before`` with what a person changed.

    HTML that is written where there was nothing gets a text part made from it,
    which follows it until somebody writes one.

    Args:
        before: What it was.
        text: The text part, as it is now.
        html: The HTML part; nothing where it is made.
        is_markdown: Whether the text is Markdown, from which the HTML is made; None
            where nobody said.

    Raises:
        FieldError: The Markdown cannot be made into HTML.
    """
    if is_markdown is None:
        is_markdown = before.is_html_made and html == before.html
    if is_markdown:
        return _marked_down(before, text)
    before = replace(before, is_html_made=False)
    if html and not text and not before.html and not before.text:
        return replace(before, text=text_of(html), html=html, is_text_made=True)
    if text != before.text:
        return replace(before, text=text, html=html, is_text_made=False)
    if html != before.html and before.is_text_made:
        return replace(before, text=text_of(html), html=html)
    return replace(before, html=html)


def _marked_down(before: Body, text: str) -> Body:
    """Return a body of which the HTML is made from ``text``."""
    if before.is_html_made and text == before.text:
        return before
    html = html_of(text)
    return replace(before, text=text, html=html, is_text_made=False, is_html_made=True)


def _html(written: Written) -> tuple[str, tuple[Finding, ...]]:
    html = with_lf(written.html)
    if written.markdown:
        html = _from_markdown(written)
    if html and written.inlines_css:
        from tuimail.core.html.styles import inline_css  # noqa: PLC0415 - native code

        html = inline_css(html)
    if not html or written.is_trusted:
        return html, ()
    from tuimail.core.html.cleaning import clean_html  # noqa: PLC0415 - native code

    cleaned = clean_html(html)
    return cleaned.html, tuple(_removed(cleaned.removed))


def _from_markdown(written: Written) -> str:
    if written.html:
        raise FieldError(
            "Markdown and HTML were both given, and both are the HTML part.",
            hint="Leave one of them out.",
            field="markdown",
        )
    from tuimail.core.html.markdown import markdown_to_html  # noqa: PLC0415 - 20 ms

    return markdown_to_html(with_lf(written.markdown))


def _removed(kinds: tuple[str, ...]) -> Iterator[Finding]:
    if kinds:
        yield Finding(
            code="html.cleaned",
            severity=Severity.WARNING,
            field="html",
            message=f"What was taken out of the HTML: {', '.join(kinds)}.",
            hint="Ask its author what it was for.",
        )
