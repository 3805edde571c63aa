"""Markdown made into HTML that mail programs show as it was meant.

One element with a style of its own, and no document around it: so it can stand
beside a signature or within a template, and no program drops its looks, as several
do with style sheets. No colour is set for text, because in the dark it is light;
only code has a background, and then both.

Plain HTML within the Markdown is shown as it was typed. The values of a template
are put in when all else was read.

Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from tuimail.core.html import targets
from tuimail.core.html.nesting import SIZE_LIMIT, refuse_costly
from tuimail.core.patterns import regex
from tuimail.core.templates.values import LIFTED, lowered
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MARKDOWN_LIMIT: Final = 200_000
"""Characters; a long report has 50,000, and each may take 15 microseconds."""
URL_LIMIT: Final = 2_000

_FONT: Final = (
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    "font-size:15px;line-height:1.5"
)
_CODE: Final = "background:#f3f4f6;color:#1f2937;font-family:Consolas,Menlo,monospace"
_CELL: Final = "border:1px solid #c8ccd1;padding:4px 10px"
_STYLES: Final = {
    "blockquote_open": "border-left:3px solid #c8ccd1;margin:0 0 1em;padding:0 0 0 1em",
    "code_inline": f"{_CODE};padding:1px 4px",
    "image": "max-width:100%",
    "table_open": "border-collapse:collapse;margin:0 0 1em",
    "td_open": _CELL,
    "th_open": f"{_CELL};text-align:left",
}
_BARE_URL: Final = regex(
    r"://[^\s<>\"`|\\^{}\[\]\u2018-\u201f\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]"
    rf"{{1,{URL_LIMIT}}}"
)
_SCHEME_BEFORE: Final = regex(r"(?:^|[^A-Za-z0-9+.-])(https?)\Z", re.IGNORECASE)
_AFTER_A_URL: Final = ".,;:!?'\"*_~"
_ANGLES: Final = regex(r"<([^<>\s]+)>")
_URL: Final = regex(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_MAILBOX: Final = regex(r"[^\s@:]+@[^\s@:]+")
_LINE_END: Final = regex(r"\r\n?")
_BOX: Final = regex(r"\A\[([ xX])\][ \t]+")
_MARKS: Final = {" ": "\u2610", "x": "\u2611"}


def markdown_to_html(text: str) -> str:
    """Return ``text`` as one element of HTML.

    Tables, struck-out text, footnotes and task lists are understood besides what
    CommonMark has, and addresses that begin with ``https://`` are links. What
    looks like a site and is a file, such as ``README.md``, is not.

    Raises:
        FieldError: It is over 200,000 characters, or becomes more HTML than can
            be looked at; or a value makes a link lead where no mail may lead to.
    """
    if len(text) > MARKDOWN_LIMIT:
        raise _too_much(f"has {len(text)} characters; {MARKDOWN_LIMIT} are the limit")
    parser = _parser()
    environment: dict[str, Any] = {}
    tokens = _without_empty(parser.parse(text, environment))
    _fill(tokens)
    if sum(map(_length, tokens)) > SIZE_LIMIT:
        raise _too_much(f"becomes HTML of over {SIZE_LIMIT} characters")
    body = parser.renderer.render(tokens, parser.options, environment)
    html = f'<div style="{_FONT}">\n{body}</div>\n'
    try:
        refuse_costly(html)
    except FieldError as error:
        raise _too_much("becomes more HTML than can be looked at") from error
    return html


def _too_much(what: str) -> FieldError:
    return FieldError(
        f"The Markdown {what}.",
        hint="Shorten it, or attach it as a file.",
        field="markdown",
    )


def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 30 ms that only Markdown pays
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415 - the same

    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.inline.ruler.before("autolink", "filled_link", _filled_link)
    parser.inline.ruler.push("bare_url", _bare_url)
    parser.core.ruler.after("inline", "boxes", _boxes)
    parser.core.ruler.push("styles", _styles)
    parser.validateLink = targets.is_for_mail  # type: ignore[method-assign]
    parser.normalizeLink = targets.normalized  # type: ignore[method-assign]
    parser.normalizeLinkText = targets.normalized_text  # type: ignore[method-assign]
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _length(token: "Token") -> int:
    """Return the least that ``token`` will need: one address may be used often."""
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + len(token.content) + sum(map(_length, token.children or ()))


def _without_empty(tokens: Sequence["Token"]) -> list["Token"]:
    """Return ``tokens`` without paragraphs of nothing but empty values."""
    dropped = {
        at + beside
        for at, token in enumerate(tokens)
        for beside in (-1, 0, 1)
        if token.type == "inline" and tokens[at - 1].type == "paragraph_open"
        if not lowered(token.content).strip()
    }
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _fill(tokens: Sequence["Token"]) -> None:
    """Put the values into texts and links that were read without them."""
    for token in tokens:
        token.content = _LINE_END.sub("\n", lowered(token.content))
        for name, value in token.attrs.items():
            fill = targets.filled if name in {"href", "src"} else lowered
            token.attrs[name] = fill(value) if isinstance(value, str) else value
        _fill(token.children or ())


def _filled_link(state: "StateInline", silent: bool) -> bool:  # noqa: FBT001 - theirs
    """Make a link of ``<{{ url }}>`` if the value is an address of some kind."""
    found = _ANGLES.match(state.src, state.pos)
    if found is None or not LIFTED.search(found[1]):
        return False
    whole = lowered(found[1])
    is_mailbox = _MAILBOX.fullmatch(whole) is not None
    if not is_mailbox and not _URL.fullmatch(whole):
        return False
    if not silent:
        _push_link(state, ("mailto:" if is_mailbox else "") + found[1], found[1])
    state.pos = found.end()
    return True


def _push_link(state: "StateInline", url: str, text: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": url}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _bare_url(state: "StateInline", silent: bool) -> bool:  # noqa: FBT001 - their call
    """Make a link of an address that is only written down.

    What the text before it was is asked of a few characters only, so that a mail
    full of colons takes no longer.
    """
    before = _SCHEME_BEFORE.search(state.src[max(state.pos - 6, 0) : state.pos])
    found = _BARE_URL.match(state.src, state.pos) if before else None
    if before is None or found is None or state.linkLevel:
        return False
    rest = _without_stops(found[0])
    url = state.md.normalizeLink(before[1] + rest)
    if len(rest) <= len("://") or not state.md.validateLink(url):
        return False
    if not silent:
        state.pending = state.pending[: -len(before[1])]
        _push_link(state, url, before[1] + rest)
    state.pos += len(rest)
    return True


def _without_stops(url: str) -> str:
    """Return ``url`` without what belongs to the sentence around it."""
    while url[-1] in _AFTER_A_URL or (
        url[-1] == ")" and url.count("(") < url.count(")")
    ):
        url = url[:-1]
    return url


def _boxes(state: "StateCore") -> None:
    """Show what is done as a ticked box: programs drop the fields of forms."""
    tokens = state.tokens
    for item, token in zip(tokens, tokens[2:], strict=False):
        first = token.children[0] if token.children else None
        if item.type == "list_item_open" and first and first.type == "text":
            first.content = _BOX.sub(_box, first.content, count=1)


def _box(found: re.Match[str]) -> str:
    return f"{_MARKS[found[1].lower()]} "


def _styles(state: "StateCore") -> None:
    for token in state.tokens:
        for one in (token, *(token.children or ())):
            if one.type in _STYLES:
                own = one.attrs.get("style")
                one.attrs["style"] = ";".join(filter(None, (_STYLES[one.type], own)))


def _code(
    _: "RendererHTML", tokens: Sequence["Token"], index: int, *_others: object
) -> str:
    style = f"{_CODE};padding:8px 12px;white-space:pre-wrap"
    return f'<pre style="{style}"><code>{escape(tokens[index].content)}</code></pre>\n'


def _text(
    _: "RendererHTML", tokens: Sequence["Token"], index: int, *_others: object
) -> str:
    """Return a text, which has lines only where a value has them."""
    return escape(tokens[index].content, quote=False).replace("\n", "<br />\n")


def _note_mark(
    _: "RendererHTML", tokens: Sequence["Token"], index: int, *_others: object
) -> str:
    """Return the number of a footnote; few programs follow links within a mail."""
    return f"<sup>{tokens[index].meta['id'] + 1}</sup>"


def _always(html: str) -> Callable[..., str]:
    def render(*_: object) -> str:
        return html

    return render


_RULES: Final[Mapping[str, Callable[..., str]]] = {
    "code_block": _code,
    "fence": _code,
    "footnote_anchor": _always(""),
    "footnote_block_close": _always("</ol>\n"),
    "footnote_block_open": _always("<hr>\n<ol>\n"),
    "footnote_open": _always("<li>"),
    "footnote_ref": _note_mark,
    "text": _text,
}
